//! Operators' passwords: judged when they are new, hashed with Argon2id off the async threads, a few at a time.

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version};
use secrecy::{ExposeSecret as _, SecretString};
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, SemaphorePermit};
use zxcvbn::feedback::{Feedback, Warning};
use zxcvbn::{Score, zxcvbn};

use crate::domain::{Code, Error, Result};

/// 64 MiB, 3 passes, 1 lane (RFC 9106 asks for at least this where memory is scarce).
const MEMORY_KIB: u32 = 64 * 1024;
const PASSES: u32 = 3;
const LANES: u32 = 1;
/// Hashes at a time, and callers that may wait for one.
const PERMITS: usize = 2;
const QUEUE: usize = 16;
/// Bytes that a password may have.
pub const MAX_PASSWORD: usize = 1024;
/// Bytes that a new password must have.
pub const MIN_PASSWORD: usize = 12;

/// How hard to guess a new password must be, as zxcvbn counts: more than 10 billion guesses. One less lets `Summer2026!!` pass.
const LEAST_SCORE: Score = Score::Four;
/// What a guesser knows of every operator.
const KNOWN: [&str; 5] = ["bowline", "dropbox", "operator", "server", "admin"];

/// A place in the queue and one of the permits: whoever has it can hash at once.
pub struct Turn<'a> {
    _place: SemaphorePermit<'a>,
    permit: OwnedSemaphorePermit,
}

/// Hashes and verifies passwords.
pub struct PasswordHasher {
    argon2: Argon2<'static>,
    permits: Arc<Semaphore>,
    queue: Semaphore,
    /// Verified against where there is no such operator, so that the answer takes as long.
    dummy: String,
}

impl PasswordHasher {
    /// # Errors
    /// Where the parameters are not acceptable to the algorithm.
    pub fn new() -> Result<Self> {
        let params = Params::new(MEMORY_KIB, PASSES, LANES, None)
            .map_err(|error| Error::internal("argon2 parameters", error.to_string()))?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        // A well-formed hash that no password has: its salt and output are constants.
        let dummy = format!(
            "$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p={LANES}$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
        );
        Ok(Self {
            argon2,
            permits: Arc::new(Semaphore::new(PERMITS)),
            queue: Semaphore::new(PERMITS + QUEUE),
            dummy,
        })
    }

    /// The PHC string of a new password. `known` is what a guesser knows: names of the operator and of the service.
    ///
    /// # Errors
    /// `invalid_field` where the password is too short, too long or too easy to guess; `rate_limited` where too many are waiting.
    pub async fn hash(&self, password: &SecretString, known: &[&str]) -> Result<String> {
        let length = password.expose_secret().len();
        if !(MIN_PASSWORD..=MAX_PASSWORD).contains(&length) {
            let detail = format!("password must have {MIN_PASSWORD} to {MAX_PASSWORD} bytes");
            return Err(Code::InvalidField.because(detail).field("password").into());
        }
        let turn = self.turn().await?;
        let password = password.clone();
        let known: Vec<String> = known.iter().map(|&text| text.to_owned()).collect();
        self.run(turn, move |argon2| {
            judge(password.expose_secret(), &known)?;
            let hash = argon2.hash_password(password.expose_secret().as_bytes());
            hash.map(|hash| hash.to_string())
                .map_err(|error| Error::internal("hashing a password", error.to_string()))
        })
        .await?
    }

    /// Waits for a turn to hash.
    ///
    /// # Errors
    /// `rate_limited` where too many are waiting already.
    pub async fn turn(&self) -> Result<Turn<'_>> {
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
        Ok(Turn { _place: place, permit })
    }

    /// Whether `password` is the one that `hash` was made of; takes as long where there is no hash.
    ///
    /// # Errors
    /// A fault of ours; then nothing was compared.
    pub async fn verify(&self, turn: Turn<'_>, password: &SecretString, hash: Option<&str>) -> Result<bool> {
        let known = hash.is_some();
        let hash = hash.unwrap_or(&self.dummy).to_owned();
        let password = password.clone();
        let fits = self
            .run(turn, move |argon2| {
                PasswordHash::new(&hash).is_ok_and(|hash| {
                    argon2.verify_password(password.expose_secret().as_bytes(), &hash).is_ok()
                })
            })
            .await?;
        Ok(fits && known)
    }

    async fn run<T: Send + 'static>(
        &self,
        turn: Turn<'_>,
        work: impl FnOnce(Argon2<'static>) -> T + Send + 'static,
    ) -> Result<T> {
        let Turn { _place, permit } = turn;
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

/// Whether a new password is hard enough to guess, also without the words that a guesser knows: zxcvbn counts what stands between two
/// of them as if nobody could think of it. What the caller is told names no part of it.
fn judge(password: &str, known: &[String]) -> Result<()> {
    let inputs: Vec<&str> = known.iter().map(String::as_str).chain(KNOWN).collect();
    let mut rest = password.to_lowercase();
    for word in inputs.iter().filter(|word| word.len() > 2) {
        rest = rest.replace(&word.to_lowercase(), "");
    }
    for text in [password, &rest] {
        let estimate = zxcvbn(text, &inputs);
        if estimate.score() < LEAST_SCORE {
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
            let error = judge(easy, &known).unwrap_err();
            assert_eq!(error.code(), Code::InvalidField, "{easy}");
            assert!(!error.to_string().contains(easy), "{error}");
        }
        for good in ["correct horse battery", "a long enough one", "rather-unguessable-7"] {
            judge(good, &known).unwrap();
        }
        // As long as a password may be: zxcvbn looks at the first hundred characters alone.
        judge(&"Ab1! Cd2? ".repeat(102), &known).unwrap();
    }
}
