//! Query parameters of the API. Undocumented and repeated ones are rejected.

use std::borrow::Cow;

use rocket::Request;
use rocket::request::{FromRequest, Outcome};

use super::auth::security::Argument;
use super::params::plain;
use super::policy::ListedRoute;
use super::problem::Refuse as _;
use crate::domain::{Code, Error, Facts, Result};

/// Checks that the request's query consists of parameters of its route, each once. Called when the caller is known.
///
/// # Errors
/// `invalid_request` with the parameter's name.
pub(super) fn check(request: &Request<'_>) -> Result<()> {
    let Some(query) = request.uri().query() else { return Ok(()) };
    let known = ListedRoute::of(request).map_or(&[][..], |listed| &listed.query);
    let mut seen: Vec<Cow<'_, str>> = Vec::new();
    for (name, _) in url::form_urlencoded::parse(query.as_bytes()) {
        if !known.iter().any(|one| **one == *name) {
            return Err(refused_parameter(&name, "does not exist here; see /openapi.json"));
        }
        if seen.contains(&name) {
            return Err(refused_parameter(&name, "is given more than once"));
        }
        seen.push(name);
    }
    Ok(())
}

/// A request without query parameters, but for those that its route documents. For routes that need no credential.
#[derive(Debug)]
pub struct NoQuery;

impl Argument for NoQuery {}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for NoQuery {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, ()> {
        match check(request) {
            Ok(()) => Outcome::Success(Self),
            Err(error) => request.refuse(error),
        }
    }
}

fn refused_parameter(name: &str, what: &str) -> Error {
    match plain(name) {
        Some(name) => {
            let detail = format!("the query parameter `{name}` {what}");
            Code::InvalidRequest.because(detail).with(Facts::Parameter { parameter: name.to_owned() }).into()
        }
        None => Code::InvalidRequest.because(format!("a query parameter {what}")).into(),
    }
}
