//! The parts of a request that every route reads.

use std::convert::Infallible;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use rocket::{
    Request,
    http::Method,
    request::{FromRequest, Outcome},
};

use crate::secret::Secret;

/// The maximum number of bytes that are read of a request body.
pub(super) const MAX_BODY: usize = 1 << 20;

/// The parts of a request that Dropbox reads besides the body.
pub(super) struct Head {
    pub(super) method: Method,
    /// As sent, without the query.
    pub(super) path: String,
    pub(super) query: String,
    /// The Host header.
    pub(super) host: String,
    pub(super) content_type: Option<String>,
    pub(super) authorization: Option<String>,
    /// The member of a team for whom a call is made.
    pub(super) select_user: Option<String>,
    /// The relay's port of this connection.
    pub(super) port: u16,
}

impl Head {
    pub(super) fn bearer(&self) -> Option<&str> {
        self.authorization.as_deref()?.strip_prefix("Bearer ")
    }

    /// User and password of HTTP Basic.
    pub(super) fn basic(&self) -> Option<(String, Secret)> {
        let encoded = self.authorization.as_deref()?.strip_prefix("Basic ")?;
        let text = String::from_utf8(STANDARD.decode(encoded).ok()?).ok()?;
        let (user, password) = text.split_once(':')?;
        Some((user.to_owned(), Secret::new(password)))
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Head {
    type Error = Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Infallible> {
        let header = |name| request.headers().get_one(name).map(str::to_owned);
        Outcome::Success(Self {
            method: request.method(),
            path: request.uri().path().to_string(),
            query: request.uri().query().map(|query| query.to_string()).unwrap_or_default(),
            host: header("Host").unwrap_or_default(),
            content_type: header("Content-Type"),
            authorization: header("Authorization"),
            select_user: header("Dropbox-API-Select-User"),
            port: request.remote().map(|address| address.port()).unwrap_or_default(),
        })
    }
}
