//! Logging in and out.

mod draw;
mod form;
pub(super) mod session;

pub(super) use draw::draw;
pub use form::{LoginFocus, LoginForm};
