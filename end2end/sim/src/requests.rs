//! Questions to the server's REST routes, over the simulated network.

use std::time::Duration;

use witness::requests::{Answer, Question, ask};

use crate::network::Network;

/// How long one waits for an answer.
const PATIENCE: Duration = Duration::from_secs(8);

/// Where one asks from, and as whom.
#[derive(Clone)]
pub struct Asker {
    /// The network.
    pub network: Network,
    /// Along which road.
    pub road: usize,
    /// `name=value` of the session.
    pub cookie: Option<String>,
}

impl Asker {
    /// Asks once; nothing if no answer comes.
    pub async fn ask(&self, method: &str, path: &str, body: String) -> Option<Answer> {
        let cookie = self.cookie.as_deref();
        let question = Question { host: "confab.test", cookie, method, path, body };
        let answer = async {
            let end = self.network.connect(self.road).await.ok()?;
            ask(end, question).await
        };
        tokio::time::timeout(PATIENCE, answer).await.ok()?
    }
}
