//! The id that identifies a request in the log.

use rocket::Request;
use rocket::request::{FromRequest, Outcome};

use super::auth::security::Argument;
use crate::domain::entropy;

/// Included in every problem and in the `X-Request-Id` header. It is generated here, never taken from the caller.
#[derive(Debug, Clone)]
pub struct RequestId(String);

impl RequestId {
    /// The id of this request.
    pub fn of<'r>(request: &'r Request<'_>) -> &'r Self {
        request.local_cache(|| Self(format!("req_{}", entropy::owner().simple())))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Argument for &RequestId {}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for &'r RequestId {
    type Error = std::convert::Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Self::Error> {
        Outcome::Success(RequestId::of(request))
    }
}
