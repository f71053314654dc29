//! Query parameters of the API: one that a route does not document is refused, and so is one that comes twice.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::OnceLock;

use rocket::Request;
use rocket::request::{FromRequest, Outcome};

use super::params::plain;
use super::problem::Refuse as _;
use crate::domain::{Code, Error, Result};

/// The names for each route, such as `GET /v1/accounts`.
pub type Names = HashMap<String, Vec<String>>;

static DOCUMENTED: OnceLock<Names> = OnceLock::new();

/// Says which query parameters there are: those of the OpenAPI document, so that what is accepted and what is documented cannot differ.
/// The first call of a process counts; the document is the same for all.
pub fn document(names: impl FnOnce() -> Names) {
    DOCUMENTED.get_or_init(names);
}

/// Whether the request's query is made of parameters that its route has, each once. Called when it is known who is calling.
///
/// # Errors
/// `invalid_request` that names the parameter.
pub(super) fn check(request: &Request<'_>) -> Result<()> {
    let Some(query) = request.uri().query() else { return Ok(()) };
    let known = request.route().and_then(|route| {
        let path = route.uri.path().replace('<', "{").replace('>', "}");
        DOCUMENTED.get()?.get(&format!("{} {path}", route.method))
    });
    let mut seen: Vec<Cow<'_, str>> = Vec::new();
    for (name, _) in url::form_urlencoded::parse(query.as_bytes()) {
        if !known.is_some_and(|known| known.iter().any(|one| **one == *name)) {
            return Err(refused(&name, "does not exist here; see /openapi.json"));
        }
        if seen.contains(&name) {
            return Err(refused(&name, "is given more than once"));
        }
        seen.push(name);
    }
    Ok(())
}

/// A request without a query, for routes that ask for no credential: those who have none are told at once.
#[derive(Debug)]
pub struct NoQuery;

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

fn refused(name: &str, what: &str) -> Error {
    match plain(name) {
        Some(name) => {
            let detail = format!("the query parameter `{name}` {what}");
            Code::InvalidRequest.because(detail).with("parameter", name).into()
        }
        None => Code::InvalidRequest.because(format!("a query parameter {what}")).into(),
    }
}
