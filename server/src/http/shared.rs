//! Access of handlers and guards to the process's shared state.

use std::sync::Arc;

use rocket::{Request, State};

use crate::app::App;
use crate::domain::{Error, Result};

/// The argument of handlers: `app: &Shared`.
pub type Shared = State<Arc<App>>;

/// The shared state, for a guard.
pub(super) fn app<'r>(request: &'r Request<'_>) -> Result<&'r App> {
    let app = request.rocket().state::<Arc<App>>();
    app.map(AsRef::as_ref).ok_or_else(|| Error::bug("the app is not managed by this listener"))
}
