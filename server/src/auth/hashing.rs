//! Password hashes: Argon2id, slow and large on purpose (OWASP: 19 MiB, two passes, one lane).
//!
//! Hashing keeps a core busy for tens of milliseconds, so it runs on threads of its own, no more of
//! them at once than there are cores: a hundred people who sign in together wait for each other
//! instead of taking two gigabytes. Those who wait are bounded too. Whoever signs in with a login
//! that nobody has pays for the same work, against a hash that fits nothing, so that the time tells
//! nothing.

use std::sync::Arc;

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use thiserror::Error;
use tokio::sync::{Semaphore, SemaphorePermit};

use super::password::Password;
use crate::ops::config;

/// How many may wait for each core; about two seconds of work. More are sent away.
const WAITING_PER_CORE: usize = 64;

/// Too many passwords wait to be hashed.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[error("too many people sign in at once; try again")]
pub struct Busy;

/// What became of a password that was tried.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Verdict {
    /// It is another, or there is no account.
    Wrong,
    /// It is the one.
    Right {
        /// A hash with today's parameters, when the stored one has others.
        better: Option<String>,
    },
}

/// Hashes and verifies; clones share the threads.
#[derive(Clone)]
pub struct Hashing(Arc<Inner>);

struct Inner {
    argon2: Argon2<'static>,
    /// A hash of nothing that anybody knows, with the same parameters as all new ones.
    nobody: String,
    cores: Semaphore,
    waiting: Semaphore,
}

impl Hashing {
    /// With these parameters from now on; hashes of others are still understood.
    pub fn new(config: &config::Auth) -> Self {
        let memory = config.password_memory_kib;
        let params = Params::new(memory, config.password_passes, 1, None)
            .expect("the settings are within the bounds of Argon2");
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let nobody = hash(&argon2, super::Secret::draw().as_str().as_bytes());
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let (cores, waiting) = (Semaphore::new(cores), Semaphore::new(cores * WAITING_PER_CORE));
        Self(Arc::new(Inner { argon2, nobody, cores, waiting }))
    }

    /// The hash of a new password.
    ///
    /// # Errors
    ///
    /// [`Busy`].
    pub async fn hash(&self, password: Password) -> Result<String, Busy> {
        self.run(move |inner| hash(&inner.argon2, password.as_bytes())).await
    }

    /// Tries a password against the hash of an account, or against nobody's.
    ///
    /// # Errors
    ///
    /// [`Busy`].
    pub async fn verify(
        &self,
        password: Option<Password>,
        stored: Option<String>,
    ) -> Result<Verdict, Busy> {
        self.run(move |inner| inner.verify(password, stored)).await
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Inner) -> T + Send + 'static,
    ) -> Result<T, Busy> {
        let _waiting: SemaphorePermit<'_> = self.0.waiting.try_acquire().map_err(|_| Busy)?;
        let core = self.0.cores.acquire().await.map_err(|_| Busy)?;
        // The thread goes on when whoever asked has left, and keeps its core so long.
        core.forget();
        let inner = Arc::clone(&self.0);
        let done = tokio::task::spawn_blocking(move || {
            let _core = Core(&inner.cores);
            work(&inner)
        });
        done.await.map_err(|_| Busy)
    }
}

/// A core in use; free again when this is dropped, also by a panic.
struct Core<'a>(&'a Semaphore);

impl Drop for Core<'_> {
    fn drop(&mut self) {
        self.0.add_permits(1);
    }
}

impl Inner {
    fn verify(&self, password: Option<Password>, stored: Option<String>) -> Verdict {
        let is_someone = stored.is_some() && password.is_some();
        let stored = stored.unwrap_or_else(|| self.nobody.clone());
        let Ok(parsed) = PasswordHash::new(&stored) else { return Verdict::Wrong };
        let tried = password.as_ref().map_or(&b"no password"[..], Password::as_bytes);
        let fits = self.argon2.verify_password(tried, &parsed).is_ok();
        if !fits || !is_someone {
            return Verdict::Wrong;
        }
        let is_current = Params::try_from(&parsed).is_ok_and(|params| {
            let mine = self.argon2.params();
            (params.m_cost(), params.t_cost(), params.p_cost())
                == (mine.m_cost(), mine.t_cost(), mine.p_cost())
        });
        let better = (!is_current).then(|| hash(&self.argon2, tried));
        Verdict::Right { better }
    }
}

fn hash(argon2: &Argon2<'_>, password: &[u8]) -> String {
    let hash = argon2.hash_password(password);
    hash.expect("a password of 200 characters and a salt of 16 bytes can be hashed").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hashing(password_memory_kib: u32) -> Hashing {
        Hashing::new(&config::Auth {
            password_memory_kib,
            password_passes: 1,
            ..Default::default()
        })
    }

    fn password(text: &str) -> Option<Password> {
        Password::claim(text)
    }

    #[tokio::test]
    async fn the_right_password_is_known_again_and_no_other() {
        let hashing = hashing(8);
        let hash = hashing.hash(password("tea at eleven").unwrap()).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=8,t=1,p=1$"), "{hash}");
        let stored = Some(hash);
        let right = hashing.verify(password("tea at eleven"), stored.clone()).await;
        assert_eq!(right, Ok(Verdict::Right { better: None }));
        for (tried, stored) in [
            (password("tea at twelve"), stored.clone()),
            (None, stored),
            (password("tea at eleven"), None),
            (password("tea at eleven"), Some("damaged".to_owned())),
        ] {
            assert_eq!(hashing.verify(tried, stored).await, Ok(Verdict::Wrong));
        }
    }

    #[tokio::test]
    async fn whoever_names_no_password_is_not_let_in_by_the_words_it_is_tried_with() {
        let hashing = hashing(8);
        let hash = hashing.hash(password("no password").unwrap()).await.unwrap();
        assert_eq!(hashing.verify(None, Some(hash)).await, Ok(Verdict::Wrong));
    }

    #[tokio::test]
    async fn a_hash_with_other_parameters_is_made_anew() {
        let (weak, strong) = (hashing(8), hashing(16));
        let old = weak.hash(password("tea at eleven").unwrap()).await.unwrap();
        let verdict = strong.verify(password("tea at eleven"), Some(old)).await.unwrap();
        let Verdict::Right { better: Some(better) } = verdict else { panic!("{verdict:?}") };
        assert!(better.contains("m=16,"), "{better}");
        let again = strong.verify(password("tea at eleven"), Some(better)).await;
        assert_eq!(again, Ok(Verdict::Right { better: None }));
    }

    #[tokio::test]
    async fn too_many_at_once_are_sent_away_and_the_rest_served() {
        let hashing = hashing(8);
        let cores = hashing.0.cores.available_permits();
        let all_cores = hashing.0.cores.acquire_many(cores as u32).await.unwrap();
        let tries = 0..=cores * WAITING_PER_CORE;
        let tries = tries.map(|_| hashing.verify(password("tea at eleven"), None));
        let mut verdicts = futures::future::join_all(tries);
        assert!(futures::poll!(&mut verdicts).is_pending(), "all but one wait for a core");
        drop(all_cores);
        let busy = verdicts.await.into_iter().filter(|verdict| *verdict == Err(Busy)).count();
        assert_eq!(busy, 1);
        assert_eq!(hashing.0.cores.available_permits(), cores);
    }
}
