//! Operators' passwords: Argon2id, off the async threads, a few at a time.

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version};
use secrecy::{ExposeSecret as _, SecretString};
use std::sync::Arc;
use tokio::sync::Semaphore;

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

    /// The PHC string of a new password.
    ///
    /// # Errors
    /// `invalid_field` where the password is too short or too long.
    pub async fn hash(&self, password: &SecretString) -> Result<String> {
        let length = password.expose_secret().len();
        if !(MIN_PASSWORD..=MAX_PASSWORD).contains(&length) {
            let detail = format!("password must have {MIN_PASSWORD} to {MAX_PASSWORD} bytes");
            return Err(Code::InvalidField.because(detail).with("field", "password").into());
        }
        let password = password.clone();
        self.run(move |argon2| {
            let hash = argon2.hash_password(password.expose_secret().as_bytes());
            hash.map(|hash| hash.to_string())
                .map_err(|error| Error::internal("hashing a password", error.to_string()))
        })
        .await?
    }

    /// Whether `password` is the one that `hash` was made of; takes as long where there is no hash.
    ///
    /// # Errors
    /// `rate_limited` where too many are waiting already.
    pub async fn verify(&self, password: &SecretString, hash: Option<&str>) -> Result<bool> {
        if password.expose_secret().len() > MAX_PASSWORD {
            return Ok(false);
        }
        let known = hash.is_some();
        let hash = hash.unwrap_or(&self.dummy).to_owned();
        let password = password.clone();
        let fits = self
            .run(move |argon2| {
                PasswordHash::new(&hash).is_ok_and(|hash| {
                    argon2.verify_password(password.expose_secret().as_bytes(), &hash).is_ok()
                })
            })
            .await?;
        Ok(fits && known)
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(Argon2<'static>) -> T + Send + 'static,
    ) -> Result<T> {
        let _place = self.queue.try_acquire().map_err(|_| {
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
