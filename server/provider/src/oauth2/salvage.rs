//! Finding live tokens in an answer that is no good, so that they can be revoked.

use secrecy::SecretString;
use serde_json::Value;

use super::token::is_token;
use crate::Orphan;

/// The tokens of an answer that could be read as JSON.
pub(super) fn from_fields(access: Option<&Value>, refresh: Option<&Value>) -> Option<Box<Orphan>> {
    orphan(token(access), token(refresh))
}

fn token(value: Option<&Value>) -> Option<&str> {
    value.and_then(Value::as_str).filter(|text| is_token(text))
}

/// The tokens of an answer that is not JSON, such as one that was cut.
pub(super) fn from_text(body: &[u8]) -> Option<Box<Orphan>> {
    let text = body.utf8_chunks().next()?.valid();
    orphan(string_after(text, "\"access_token\""), string_after(text, "\"refresh_token\""))
}

fn orphan(access: Option<&str>, refresh: Option<&str>) -> Option<Box<Orphan>> {
    (access.is_some() || refresh.is_some()).then(|| {
        Box::new(Orphan {
            access_token: access.map(SecretString::from),
            refresh_token: refresh.map(SecretString::from),
        })
    })
}

/// The whole string that is the value of `name`.
fn string_after<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(name)?;
    let value = rest.trim_start().strip_prefix(':')?.trim_start();
    let (value, _) = value.strip_prefix('"')?.split_once('"')?;
    // An escaped character would have to be undone first; no token has one.
    (is_token(value) && !value.contains('\\')).then_some(value)
}
