//! The header `Last-Event-ID` of those who follow events.

use std::convert::Infallible;

use rocket::request::{FromRequest, Outcome};
use rocket::{Request, async_trait};

use super::auth::security::Argument;

/// The id of the last event that the caller has got, if it sends one.
#[derive(Debug)]
pub struct LastEventId(Option<String>);

impl LastEventId {
    /// The id. It may be none of ours.
    pub fn as_deref(&self) -> Option<&str> {
        self.0.as_deref()
    }
}

impl Argument for LastEventId {}

#[async_trait]
impl<'r> FromRequest<'r> for LastEventId {
    type Error = Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Infallible> {
        let id = request.headers().get_one("last-event-id").filter(|id| !id.is_empty());
        Outcome::Success(Self(id.map(str::to_owned)))
    }
}
