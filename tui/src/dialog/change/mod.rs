//! The dialog that makes a change, and how it is opened for each kind of change.

mod form;
mod open;

pub use form::{ChangeDialog, Purpose};
pub use open::{end_session, pause, pause_connector, pause_operator, replace_secret, revoke, revoke_api_key};
