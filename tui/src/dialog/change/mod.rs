//! The dialog that makes a change, and how it is opened for each kind of change.

mod form;
mod jobs;
mod open;
mod warning;

pub use form::{ChangeDialog, Purpose};
pub use jobs::{confirm_job, prepare_job, retry_job, sample_lines, stop_job};
pub use open::{
    end_session, pause, pause_connector, pause_operator, pause_tenant, replace_secret, revoke, revoke_api_key,
};
