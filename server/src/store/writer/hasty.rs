//! The planted writer, which says first what it does then ([`Plant`]): to whoever asked, or to the
//! fan-out. Between the two the machine may go down, and the simulation must find what is lost.

use confab_protocol::plants::{Plant, is_planted};
use sqlx::{Connection, SqliteConnection};

use super::{Job, Stamp, Writer};
use crate::{
    ops::Access,
    store::{Committed, News},
};

impl Writer {
    /// Says first and does then.
    pub(super) async fn handle_hastily(&mut self, mut group: Vec<Box<dyn Job>>) {
        let disk = self.outside.disk.clone();
        let prepared = disk.access(Access::Read, self.prepare(&mut group)).await;
        if prepared.map_err(sqlx::Error::Io).flatten().is_err() {
            self.connection = None;
            return group.into_iter().for_each(|job| job.fail("the disk"));
        }
        for job in &mut group {
            for change in job.take_changes() {
                let news = News::Committed(Box::new(Committed::after_commit(change)));
                let _ = self.news.send(news).await;
            }
        }
        let mut late = Vec::new();
        match is_planted(Plant::AckBeforeCommit) {
            true => group.into_iter().for_each(Job::answer),
            false => late = group,
        }
        let Some(connection) = &mut self.connection else { return };
        let commit = sqlx::raw_sql("COMMIT").execute(connection);
        match disk.access(Access::Write, commit).await.map_err(sqlx::Error::Io).flatten() {
            Ok(_) => late.into_iter().for_each(Job::answer),
            Err(_) => {
                self.connection = None;
                late.into_iter().for_each(|job| job.fail("the disk"));
            }
        }
    }

    async fn prepare(&mut self, group: &mut [Box<dyn Job>]) -> Result<(), sqlx::Error> {
        let connection = match &mut self.connection {
            Some(connection) => connection,
            empty => empty.insert(SqliteConnection::connect_with(&self.options).await?),
        };
        sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut *connection).await?;
        for job in group {
            let now = self.outside.clock.wall();
            let id = self.outside.random.uuid_v7(now);
            job.commit(connection, Stamp { now, id }).await?;
        }
        Ok(())
    }
}
