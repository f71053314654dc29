//! One check of `doctor`, made of what was found.

use crate::domain::{Result, chain};
use crate::service::readiness::Check;

/// The check `name` with the text that was found, or with the error that kept it from being found.
pub(super) fn outcome(name: &'static str, found: Result<(bool, String)>) -> Check {
    match found {
        Ok((ok, detail)) => Check { name, ok, detail },
        Err(error) => Check { name, ok: false, detail: chain(&error) },
    }
}
