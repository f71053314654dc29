//! Operators' passwords: checked when they are new, and hashed with Argon2id outside the async threads, a few at a
//! time.

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version};
use secrecy::{ExposeSecret as _, SecretString};
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, SemaphorePermit};
use zxcvbn::feedback::{Feedback, Warning};
use zxcvbn::{Score, zxcvbn};

use crate::domain::{Code, Error, Result};

/// 64 MiB, 3 passes, 1 lane (the minimum of RFC 9106 for machines with little memory).
const ARGON2_MEMORY_KIB: u32 = 64 * 1024;
const ARGON2_PASSES: u32 = 3;
const ARGON2_LANES: u32 = 1;
/// The number of concurrent hashes, and of callers that may wait for one.
const HASH_PERMITS: usize = 2;
const HASH_QUEUE: usize = 16;
/// The longest password, in bytes.
pub const MAX_PASSWORD: usize = 1024;
/// The shortest new password, in bytes.
pub const MIN_PASSWORD: usize = 12;

/// The zxcvbn score of a new password: more than 10 billion guesses. The next lower score accepts `Summer2026!!`.
const LEAST_PASSWORD_SCORE: Score = Score::Four;
/// Words that an attacker guesses for every operator.
const GUESSABLE_WORDS: [&str; 5] = ["bowline", "dropbox", "operator", "server", "admin"];

/// A place in the queue and one of the permits. Its holder can hash immediately.
pub struct HashTurn<'a> {
    _place: SemaphorePermit<'a>,
    permit: OwnedSemaphorePermit,
}

/// Hashes and verifies passwords.
pub struct PasswordHasher {
    argon2: Argon2<'static>,
    permits: Arc<Semaphore>,
    queue: Semaphore,
    /// Verified against if there is no such operator, so that the response takes the same time.
    dummy: String,
}

impl PasswordHasher {
    /// # Errors
    /// If the algorithm rejects the parameters.
    pub fn new() -> Result<Self> {
        let params = Params::new(ARGON2_MEMORY_KIB, ARGON2_PASSES, ARGON2_LANES, None)
            .map_err(|error| Error::internal("argon2 parameters", error.to_string()))?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        // A well-formed hash that no password has: its salt and output are constants.
        let dummy = format!(
            "$argon2id$v=19$m={ARGON2_MEMORY_KIB},t={ARGON2_PASSES},p={ARGON2_LANES}$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
        );
        Ok(Self {
            argon2,
            permits: Arc::new(Semaphore::new(HASH_PERMITS)),
            queue: Semaphore::new(HASH_PERMITS + HASH_QUEUE),
            dummy,
        })
    }

    /// The PHC string of a new password. `known` holds words that an attacker knows: the names of the operator and of
    /// the service.
    ///
    /// # Errors
    /// `invalid_field` if the password is too short, too long or too easy to guess; `rate_limited` if too many callers
    /// are waiting.
    pub async fn hash(&self, password: &SecretString, known: &[&str]) -> Result<String> {
        let length = password.expose_secret().len();
        if !(MIN_PASSWORD..=MAX_PASSWORD).contains(&length) {
            let detail = format!("password must have {MIN_PASSWORD} to {MAX_PASSWORD} bytes");
            return Err(Code::InvalidField.because(detail).field("password").into());
        }
        let turn = self.turn().await?;
        let password = password.clone();
        let known: Vec<String> = known.iter().map(|&text| text.to_owned()).collect();
        self.run_hash(turn, move |argon2| {
            judge_password(password.expose_secret(), &known)?;
            let hash = argon2.hash_password(password.expose_secret().as_bytes());
            hash.map(|hash| hash.to_string())
                .map_err(|error| Error::internal("hashing a password", error.to_string()))
        })
        .await?
    }

    /// Waits for a turn to hash.
    ///
    /// # Errors
    /// `rate_limited` if too many callers are waiting.
    pub async fn turn(&self) -> Result<HashTurn<'_>> {
        let place = self.queue.try_acquire().map_err(|_| {
            Error::from(
                Code::RateLimited
                    .because("too many logins at once; try again in a moment")
                    .retry_after(std::time::Duration::from_secs(2)),
            )
        })?;
        let permit = Arc::clone(&self.permits)
            .acquire_owned()
            .await
            .map_err(|source| Error::internal("the password hasher was closed", source))?;
        Ok(HashTurn { _place: place, permit })
    }

    /// A hash that no password has, for an operator without a password.
    pub fn none(&self) -> &str {
        &self.dummy
    }

    /// Whether `hash` is the hash of `password`. It takes the same time if there is no hash.
    ///
    /// # Errors
    /// If hashing itself fails. Nothing was compared then.
    pub async fn verify(
        &self,
        turn: HashTurn<'_>,
        password: &SecretString,
        hash: Option<&str>,
    ) -> Result<bool> {
        let known = hash.is_some();
        let hash = hash.unwrap_or(&self.dummy).to_owned();
        let password = password.clone();
        let fits = self
            .run_hash(turn, move |argon2| {
                PasswordHash::new(&hash).is_ok_and(|hash| {
                    argon2.verify_password(password.expose_secret().as_bytes(), &hash).is_ok()
                })
            })
            .await?;
        Ok(fits && known)
    }

    async fn run_hash<T: Send + 'static>(
        &self,
        turn: HashTurn<'_>,
        work: impl FnOnce(Argon2<'static>) -> T + Send + 'static,
    ) -> Result<T> {
        let HashTurn { _place, permit } = turn;
        let argon2 = self.argon2.clone();
        tokio::task::spawn_blocking(move || {
            let result = work(argon2);
            drop(permit);
            result
        })
        .await
        .map_err(|source| Error::internal("a password hash did not end", source))
    }
}

/// Whether a new password is hard enough to guess, even without the words that an attacker knows: zxcvbn counts the
/// text between two such words as if it could not be guessed. The error quotes no part of the password.
fn judge_password(password: &str, known: &[String]) -> Result<()> {
    let inputs: Vec<&str> = known.iter().map(String::as_str).chain(GUESSABLE_WORDS).collect();
    let mut rest = password.to_lowercase();
    for word in inputs.iter().filter(|word| word.len() > 2) {
        rest = rest.replace(&word.to_lowercase(), "");
    }
    for text in [password, &rest] {
        let estimate = zxcvbn(text, &inputs);
        if estimate.score() < LEAST_PASSWORD_SCORE {
            return Err(too_easy(estimate.feedback().and_then(Feedback::warning)));
        }
    }
    Ok(())
}

fn too_easy(warning: Option<Warning>) -> Error {
    let why = warning.map_or_else(String::new, |warning| format!(" {warning}"));
    let detail =
        format!("this password is too easy to guess.{why} Use several words that do not belong together");
    Code::InvalidField.because(detail).field("password").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_long_and_easy_to_guess_is_refused() {
        let known = ["ops-night-shift".to_owned()];
        for easy in [
            "password1234",
            "Passw0rd!Passw0rd!",
            "qwertyuiop123",
            "aaaaaaaaaaaa",
            "ops-night-shift",
            "bowlineadmin",
            "bowline-server",
            "bowline2026bowline",
            "Summer2026!!",
            "Winter2025Winter",
            "changeme-changeme",
            "welcome-welcome",
            "OPS-night-shift-1",
            "dropbox-admin-7",
            "qwerty-bowline-1",
            "Bowline Dropbox Operator",
            "admin bowline admin",
        ] {
            let error = judge_password(easy, &known).unwrap_err();
            assert_eq!(error.code(), Code::InvalidField, "{easy}");
            assert!(!error.to_string().contains(easy), "{error}");
        }
        for good in ["correct horse battery", "a long enough one", "rather-unguessable-7"] {
            judge_password(good, &known).unwrap();
        }
        // As long as a password may be. zxcvbn considers only the first hundred characters.
        judge_password(&"Ab1! Cd2? ".repeat(102), &known).unwrap();
    }
}
