//! The one place where the client asks for the time.

use chrono::{DateTime, Utc};

/// The time of the operating system.
#[expect(clippy::disallowed_methods, reason = "the one place where the client asks for the time")]
pub fn now() -> DateTime<Utc> {
    Utc::now()
}
