//! Looks whether a database is what it must be: every promise of the log that its tables can show.
//!
//! A [`CHECKS`] line is a promise and the SQL that finds whoever breaks it: no rows, no offence. All
//! are asked in one transaction that only reads, so a server may run meanwhile, and what is found
//! was so at one moment. An offence says where (dialog and number) and how, and never what was said.
//!
//! `confab doctor` asks for it, `confab restore` before it takes a file, and the tests that do
//! things at random when they are done.

mod checks;

use std::path::Path;

use futures::TryStreamExt;
use sqlx::{Column, Connection, Row, SqliteConnection, sqlite::SqliteRow};
use thiserror::Error;

use self::checks::{CHECKS, Check, STRUCTURE};
use super::open::{MIGRATIONS, read_only};

/// Why nothing can be said of a database.
#[derive(Debug, Error)]
pub enum DoctorError {
    /// It cannot be read.
    #[error("{file} cannot be read: {why}")]
    Database {
        /// The file.
        file: String,
        /// What SQLite says.
        why: sqlx::Error,
    },
    /// Another program made it.
    #[error("{file} is no database of Confab")]
    Foreign {
        /// The file.
        file: String,
    },
    /// Another version of this program made it.
    #[error("{file} has the schema {found}, and this program looks for {known}")]
    Schema {
        /// The file.
        file: String,
        /// Its last migration.
        found: i64,
        /// The last one known here.
        known: i64,
    },
}

/// What was found.
#[derive(Clone, Debug)]
pub struct Diagnosis(pub Vec<Finding>);

impl Diagnosis {
    /// Whether all is as it must be.
    pub fn is_sound(&self) -> bool {
        self.0.iter().all(Finding::is_sound)
    }
}

/// What one check found.
#[derive(Clone, Debug)]
pub struct Finding {
    /// What is checked, as a sentence that is true of a sound database.
    pub check: &'static str,
    /// Who breaks it; only the first few, each as in `dialog lobby, seq 7`.
    pub offences: Vec<String>,
    /// How many do.
    pub count: usize,
}

impl Finding {
    /// Whether nothing breaks it.
    pub fn is_sound(&self) -> bool {
        self.count == 0
    }
}

/// Offences of one kind that are told. One hole in a table is often a hole in all that follows.
const OFFENCES_TOLD: usize = 10;

/// Makes every check, in one snapshot.
///
/// # Errors
///
/// [`DoctorError`] when the file cannot be read, or its schema is another.
pub async fn examine(file: &Path) -> Result<Diagnosis, DoctorError> {
    look(file, |schema| schema.is_current(), CHECKS).await
}

/// Makes only those checks that hold for a database of an older schema, too.
pub(super) async fn examine_structure(file: &Path) -> Result<Diagnosis, DoctorError> {
    look(file, |schema| schema.found <= schema.known, STRUCTURE).await
}

/// Makes some checks on what a connection sees, in one snapshot.
async fn diagnose(
    connection: &mut SqliteConnection,
    checks: &[Check],
) -> Result<Diagnosis, sqlx::Error> {
    let mut snapshot = connection.begin().await?;
    let mut findings = Vec::with_capacity(checks.len());
    for check in checks {
        findings.push(make(check, &mut snapshot).await?);
    }
    Ok(Diagnosis(findings))
}

/// The last migration of a database, and the last that this program knows.
struct Schema {
    found: i64,
    known: i64,
}

impl Schema {
    fn is_current(&self) -> bool {
        self.found == self.known
    }
}

async fn look(
    file: &Path,
    fits: impl FnOnce(&Schema) -> bool,
    checks: &[Check],
) -> Result<Diagnosis, DoctorError> {
    let name = || file.display().to_string();
    let database = |why| DoctorError::Database { file: name(), why };
    let options = read_only(file);
    let mut connection = SqliteConnection::connect_with(&options).await.map_err(database)?;
    let found = schema(&mut connection).await.map_err(database)?;
    let found = found.ok_or_else(|| DoctorError::Foreign { file: name() })?;
    let schema =
        Schema { found, known: MIGRATIONS.iter().map(|step| step.version).max().unwrap_or(0) };
    if !fits(&schema) {
        let Schema { found, known } = schema;
        return Err(DoctorError::Schema { file: name(), found, known });
    }
    let diagnosis = diagnose(&mut connection, checks).await.map_err(database)?;
    connection.close().await.map_err(database)?;
    Ok(diagnosis)
}

/// The last migration of a database of ours.
async fn schema(connection: &mut SqliteConnection) -> Result<Option<i64>, sqlx::Error> {
    let tables = "SELECT COUNT(*) FROM sqlite_schema WHERE name IN ('_sqlx_migrations', 'meta')";
    let tables: i64 = sqlx::query_scalar(tables).fetch_one(&mut *connection).await?;
    if tables < 2 {
        return Ok(None);
    }
    let last = "SELECT MAX(version) FROM _sqlx_migrations WHERE success";
    sqlx::query_scalar(last).fetch_one(connection).await
}

async fn make(check: &Check, snapshot: &mut SqliteConnection) -> Result<Finding, sqlx::Error> {
    let mut rows = sqlx::query(check.offenders).fetch(snapshot);
    let (mut offences, mut count) = (Vec::new(), 0);
    while let Some(row) = rows.try_next().await? {
        count += 1;
        if offences.len() < OFFENCES_TOLD {
            offences.push(told(&row)?);
        }
    }
    Ok(Finding { check: check.name, offences, count })
}

/// A row as `column value, column value`.
fn told(row: &SqliteRow) -> Result<String, sqlx::Error> {
    let told = row.columns().iter().map(|column| {
        // Whatever it is, SQLite has it as text.
        let value: Option<String> = row.try_get_unchecked(column.ordinal())?;
        Ok(format!("{} {}", column.name(), value.as_deref().unwrap_or("none")))
    });
    let told: Result<Vec<_>, sqlx::Error> = told.collect();
    Ok(told?.join(", "))
}
