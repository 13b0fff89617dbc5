//! What an operator does with the program itself and real files: a copy of a running server, a copy
//! put back, a look whether all is well; and one server on a folder at a time.

mod backup;
mod damages;
mod doctor;
mod holding;
mod restore;

use std::path::{Path, PathBuf};

use sqlx::{
    AssertSqlSafe, Connection, SqliteConnection, query, query_scalar, sqlite::SqliteConnectOptions,
};
use tempfile::TempDir;

use crate::harness::{Client, Dial, Program, confab, soon};

/// What a command said, and its exit code.
#[derive(Debug)]
struct Told {
    code: Option<i32>,
    out: String,
    err: String,
}

/// A folder with a data folder in it that outlives its servers.
struct Place(TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn at(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn database(&self) -> PathBuf {
        self.at("data/confab.db")
    }

    /// A server on the data folder that lets people be as fast as they like.
    async fn serves(&self) -> Program {
        let data = self.at("data").display().to_string();
        Program::start(&[
            ("CONFAB_DATA", &data),
            ("CONFAB_LIMITS_FRAMES_PER_SECOND", "100000"),
            ("CONFAB_LIMITS_SENDS_PER_SECOND", "100000"),
            ("CONFAB_LIMITS_SENDS_BURST", "100000"),
        ])
        .await
    }

    /// Runs a command to its end.
    async fn runs(&self, arguments: &[&str]) -> Told {
        let mut command = confab(self.0.path());
        let output = soon("the command", command.args(arguments).output()).await.unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Told { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }

    /// Runs a command that must succeed, and gives what it said.
    async fn does(&self, arguments: &[&str]) -> String {
        let told = self.runs(arguments).await;
        assert_eq!(told.code, Some(0), "{told:?}");
        told.out
    }

    /// The names in a folder.
    fn names(&self, folder: &str) -> Vec<String> {
        let names = std::fs::read_dir(self.at(folder)).unwrap();
        let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<_> = names.collect();
        names.sort();
        names
    }

    /// The one name in the data folder that begins so.
    fn kept(&self, beginning: &str) -> Option<PathBuf> {
        let names = self.names("data");
        let found = names.iter().find(|name| name.starts_with(beginning));
        found.map(|name| self.at("data").join(name))
    }
}

/// A socket to a server.
async fn socket(program: &Program) -> Client {
    Dial::to(program.address).query("topics=").connect().await
}

/// Ends a server as the system does.
async fn ends(program: Program) {
    program.signal("-TERM").await;
    assert_eq!(program.ends().await.0, 0);
}

/// Does something to a database at rest that no program of ours would.
async fn plant(database: &Path, sql: &str) {
    let mut connection = open(database).await;
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

/// What was said in the lobby, in its order.
async fn lobby(database: &Path) -> Vec<String> {
    let mut connection = open(database).await;
    let sql = "SELECT content FROM messages WHERE dialog = 'lobby' ORDER BY seq";
    let said = query_scalar(sql).fetch_all(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    said
}

async fn open(database: &Path) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(database).foreign_keys(false);
    let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
    query("PRAGMA ignore_check_constraints = ON").execute(&mut connection).await.unwrap();
    connection
}
