//! JSON bodies, with the reason when they are refused.

use rocket::Request;
use rocket::data::{Data, FromData, Outcome, ToByteUnit as _};
use serde::de::DeserializeOwned;

use super::problem::Refuse as _;
use crate::domain::{Code, Error};

/// Bytes that a body may have.
const LIMIT_KIB: u64 = 64;

/// A JSON body: 415 without its content type, 413 above 64 KiB, 400 where it is no JSON, 422 where a field is wrong.
#[derive(Debug)]
pub struct Body<T>(pub T);

/// A JSON body that may be left out, and then has its default.
#[derive(Debug)]
pub struct OptionalBody<T>(pub T);

/// A JSON body that may be left out, whose refusal the handler answers itself, after it knows who is calling.
#[derive(Debug)]
pub struct TriedBody<T>(pub Result<T, Error>);

#[rocket::async_trait]
impl<'r, T: DeserializeOwned> FromData<'r> for Body<T> {
    type Error = ();

    async fn from_data(request: &'r Request<'_>, data: Data<'r>) -> Outcome<'r, Self> {
        match read(request, data).await.and_then(|bytes| parse(&bytes)) {
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
        Outcome::Success(Self(read_optional(request, data).await))
    }
}

async fn read_optional<T: DeserializeOwned + Default>(
    request: &Request<'_>,
    mut data: Data<'_>,
) -> Result<T, Error> {
    if data.peek(1).await.is_empty() {
        return Ok(T::default());
    }
    parse(&read(request, data).await?)
}

async fn read(request: &Request<'_>, data: Data<'_>) -> Result<Vec<u8>, Error> {
    if !request.content_type().is_some_and(|kind| kind.is_json()) {
        return Err(Code::UnsupportedMediaType
            .because("send the body as Content-Type: application/json")
            .into());
    }
    let bytes = data
        .open(LIMIT_KIB.kibibytes())
        .into_bytes()
        .await
        .map_err(|_| Code::InvalidRequest.because("the body ended before its time"))?;
    if !bytes.is_complete() {
        return Err(Code::BodyTooLarge.because(format!("bodies may have {LIMIT_KIB} KiB at most")).into());
    }
    Ok(bytes.into_inner())
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Error> {
    serde_json::from_slice(bytes).map_err(|error| {
        let place = format!("at line {}, column {}", error.line(), error.column());
        if error.is_data() {
            // serde's own words would echo values, and a value may be a secret put into the wrong field.
            let what = field_of(&error.to_string());
            Code::InvalidField.because(format!("the body does not fit: {what} {place}")).into()
        } else {
            Code::InvalidRequest.because(format!("the body is not well-formed JSON {place}")).into()
        }
    })
}

/// What of serde's message names fields and types alone.
fn field_of(message: &str) -> String {
    let known = ["unknown field `", "missing field `", "duplicate field `"];
    let named = known.iter().find_map(|start| {
        let name = message.strip_prefix(start)?.split('`').next()?;
        let plain = name.len() <= 64 && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        plain.then(|| format!("{}`{name}`", start.trim_end_matches('`')))
    });
    named.unwrap_or_else(|| "a value has the wrong type or is none of those allowed".to_owned())
}
