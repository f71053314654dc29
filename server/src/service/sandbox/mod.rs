//! What a tenant's app may do in its sandbox: put accounts into states, approve links without a browser, fire events.
//!
//! Everything goes through the same code as for live tenants. Only the simulator is told what to do, with the credentials of the
//! connector, which no live connector has.

mod approve;
mod event;
mod state;

pub use approve::approve;
pub use event::fire;
pub use state::set_state;

use bowline_provider::{Failure, RequestReason};

use crate::domain::{Code, Error};

/// What a caller is told if the simulator did not do as it was told.
fn failed(failure: &Failure) -> Error {
    if matches!(failure, Failure::RequestRejected { reason: RequestReason::Misconfigured }) {
        let detail = "this connector is not one of a sandbox, or bowline.sandbox.url in the server's settings does not name a simulator \
                      that was started with --sandbox; ask your operator";
        return Code::InvalidState.because(detail).into();
    }
    let detail = "the simulator of Dropbox does not answer as it should; ask your operator whether it runs";
    let pause = failure.retry_after().unwrap_or(std::time::Duration::from_secs(1));
    Code::ProviderUnavailable.because(detail).reason(failure.code()).retry_after(pause).into()
}
