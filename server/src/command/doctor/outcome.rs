//! Creates one check of `doctor` from its result.

use crate::domain::{Result, chain};
use crate::service::readiness::Check;

/// The check `name` with its result, or with the error that prevented it.
pub(super) fn outcome(name: &'static str, found: Result<(bool, String)>) -> Check {
    match found {
        Ok((ok, detail)) => Check { name, ok, detail },
        Err(error) => Check { name, ok: false, detail: chain(&error) },
    }
}
