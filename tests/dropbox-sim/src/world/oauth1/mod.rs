//! OAuth 1: who signed a request, and how its tokens come about.

mod present;
mod state;
mod tokens;

pub(super) use state::OAuth1State;
pub(crate) use tokens::OAuth1Authorize;
