//! JSON bodies, with the reason if one is rejected.

pub mod incoming;
mod objects;

use rocket::Request;
use rocket::data::{Data, FromData, Outcome};
use rocket::http::uncased::UncasedStr;
use serde::de::DeserializeOwned;

use super::auth::security::Argument;
use super::auth::tenant_app;
use super::problem::Refuse as _;
use super::{params, query, shared};
use crate::domain::{Code, Error, Result};
use incoming::Incoming;

/// A JSON body: 415 without its content type or with an encoding, 413 above 64 KiB, 408 if it does not arrive in time,
/// 400 if it is not JSON, 422 if a field is wrong or something else is in place of an object. Also refuses query
/// parameters that the route does not have.
#[derive(Debug)]
pub struct Body<T>(pub T);

/// A JSON body that may be omitted and then has its default.
#[derive(Debug)]
pub struct OptionalBody<T>(pub T);

/// A JSON body that may be omitted, and whose refusal the service returns once it knows the caller. For handlers that
/// take an [`UnverifiedApp`](crate::service::token::UnverifiedApp): if the body does not arrive at once, the key is
/// verified before the wait.
#[derive(Debug)]
pub struct TriedBody<T>(pub Result<T, Error>);

impl<T> Argument for Body<T> {}
impl<T> Argument for OptionalBody<T> {}
impl<T> Argument for TriedBody<T> {}

#[rocket::async_trait]
impl<'r, T: DeserializeOwned> FromData<'r> for Body<T> {
    type Error = ();

    async fn from_data(request: &'r Request<'_>, data: Data<'r>) -> Outcome<'r, Self> {
        match read_body(request, data).await {
            Ok(value) => Outcome::Success(Self(value)),
            Err(error) => request.refuse(error),
        }
    }
}

#[rocket::async_trait]
impl<'r, T: DeserializeOwned + Default> FromData<'r> for OptionalBody<T> {
    type Error = ();

    async fn from_data(request: &'r Request<'_>, data: Data<'r>) -> Outcome<'r, Self> {
        match read_optional(request, data).await {
            Ok(value) => Outcome::Success(Self(value)),
            Err(error) => request.refuse(error),
        }
    }
}

#[rocket::async_trait]
impl<'r, T: DeserializeOwned + Default> FromData<'r> for TriedBody<T> {
    type Error = ();

    async fn from_data(request: &'r Request<'_>, data: Data<'r>) -> Outcome<'r, Self> {
        match read_tried(request, data).await {
            Ok(tried) => Outcome::Success(Self(tried)),
            Err(error) => request.refuse(error),
        }
    }
}

async fn read_body<T: DeserializeOwned>(request: &Request<'_>, data: Data<'_>) -> Result<T> {
    check_body(request)?;
    parse_body(&body_is_json(request, data)?.whole().await?)
}

/// The checks for any request that has or may have a body.
fn check_body(request: &Request<'_>) -> Result<()> {
    query::check(request)?;
    incoming::is_plain(request)
}

async fn read_optional<T: DeserializeOwned + Default>(
    request: &Request<'_>,
    mut data: Data<'_>,
) -> Result<T> {
    if is_left_out(&mut data).await {
        check_body(request)?;
        return Ok(T::default());
    }
    read_body(request, data).await
}

/// The body, or the error that the handler is to report; the outer error is for callers that are rejected altogether.
async fn read_tried<T: DeserializeOwned + Default>(
    request: &Request<'_>,
    mut data: Data<'_>,
) -> Result<Result<T>> {
    if let Err(refusal) = check_body(request) {
        return Ok(Err(refusal));
    }
    if is_left_out(&mut data).await {
        return Ok(Ok(T::default()));
    }
    let mut incoming = match body_is_json(request, data) {
        Ok(incoming) => incoming,
        Err(refusal) => return Ok(Err(refusal)),
    };
    match incoming.arrives_at_once().await {
        Ok(true) => {}
        Ok(false) => drop(tenant_app::unverified(request)?.verify(shared::app(request)?).await?),
        Err(refusal) => return Ok(Err(refusal)),
    }
    Ok(incoming.whole().await.and_then(|bytes| parse_body(&bytes)))
}

/// Rocket has already waited for the first bytes, so this does not wait.
async fn is_left_out(data: &mut Data<'_>) -> bool {
    data.peek(1).await.is_empty()
}

fn body_is_json<'r>(request: &Request<'_>, data: Data<'r>) -> Result<Incoming<'r>> {
    if is_json(request) {
        return Incoming::open(request, data);
    }
    let detail = "send the body as Content-Type: application/json, once and in UTF-8";
    Err(Code::UnsupportedMediaType.because(detail).into())
}

/// Whether the only `Content-Type` is JSON. JSON is UTF-8 (RFC 8259 section 8.1), so no other `charset` can be right.
fn is_json(request: &Request<'_>) -> bool {
    let is_single = request.headers().get("content-type").nth(1).is_none();
    let is_utf8 = |(name, charset): (&UncasedStr, &str)| {
        name != "charset" || charset.trim_matches('"').eq_ignore_ascii_case("utf-8")
    };
    is_single && request.content_type().is_some_and(|kind| kind.is_json() && kind.params().all(is_utf8))
}

fn parse_body<T: DeserializeOwned>(bytes: &[u8]) -> Result<T> {
    objects::from_slice(bytes).map_err(|error| {
        let place = format!("at line {}, column {}", error.line(), error.column());
        if error.is_data() {
            // serde's own messages would echo values, and a value may be a secret in the wrong field.
            let what = field_of(&error.to_string());
            Code::InvalidField.because(format!("the body does not fit: {what} {place}")).into()
        } else {
            Code::InvalidRequest.because(format!("the body is not well-formed JSON {place}")).into()
        }
    })
}

/// The part of serde's message that names only fields and types.
fn field_of(message: &str) -> String {
    let known = ["unknown field `", "missing field `", "duplicate field `"];
    let named = known.iter().find_map(|start| {
        let name = params::plain(message.strip_prefix(start)?.split('`').next()?)?;
        Some(format!("{}`{name}`", start.trim_end_matches('`')))
    });
    named.unwrap_or_else(|| "a value has the wrong type or is none of those allowed".to_owned())
}
