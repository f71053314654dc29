//! The process's shared state, as handlers take it.

use std::sync::Arc;

use rocket::State;

use crate::app::App;

/// Taken by reference: `app: &Shared`.
pub type Shared = State<Arc<App>>;
