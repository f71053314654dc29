//! All routes in one list, and what every one of them reads of a request.

mod api;
mod authorize;
mod control;
mod page;
mod panel;
mod token;

use std::convert::Infallible;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use rocket::{
    Catcher, Request, Route, catch, catchers,
    http::Status,
    request::{FromRequest, Outcome},
    routes,
};
use serde_json::json;

use crate::{reply::Reply, secret::Secret};

/// Bytes of a request body that are read.
const MAX_BODY: usize = 1 << 20;

pub(crate) fn all() -> Vec<Route> {
    routes![
        authorize::show,
        authorize::decide,
        authorize::sign_in,
        authorize::sign_out,
        token::token,
        api::call,
        control::index,
        control::calls,
        control::grants,
        control::plant_grant,
        control::revoke_grant,
        control::disconnect,
        control::expire,
        control::clock,
        control::reset,
        control::apps,
        control::put_app,
        control::patch_app,
        control::users,
        control::add_user,
        control::patch_user,
        control::faults,
        control::set_fault,
        control::clear_fault,
        control::clear_faults,
        control::settings,
        control::change_settings,
        control::approve,
        control::decline,
        panel::show,
        panel::act,
    ]
}

pub(crate) fn catchers() -> Vec<Catcher> {
    catchers![anything]
}

#[catch(default)]
fn anything(status: Status, _: &Request<'_>) -> Reply {
    Reply::json(status.code, &json!({"error": status.reason_lossy()}))
}

/// What Dropbox reads of a request besides its body.
struct Head {
    query: String,
    content_type: Option<String>,
    authorization: Option<String>,
    /// The relay's port of this connection.
    port: u16,
}

impl Head {
    fn bearer(&self) -> Option<&str> {
        self.authorization.as_deref()?.strip_prefix("Bearer ")
    }

    /// User and password of HTTP Basic.
    fn basic(&self) -> Option<(String, Secret)> {
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
            query: request.uri().query().map(|query| query.to_string()).unwrap_or_default(),
            content_type: header("Content-Type"),
            authorization: header("Authorization"),
            port: request.remote().map(|address| address.port()).unwrap_or_default(),
        })
    }
}
