//! The account as a service of OAuth 1 describes it: a JSON object with names that differ from service to service.

use reqwest::StatusCode;
use serde_json::Value;

use super::{
    answer::is_account_id,
    config::AccountFields,
    error::{self, Asked},
};
use crate::{Failure, Malformed, Profile, http::Answer, shown::shown};

/// Reads the answer of the account endpoint. Only the id decides.
pub(super) fn read(answer: &Answer, fields: &AccountFields) -> Result<Profile, Failure> {
    if answer.status != StatusCode::OK {
        return Err(error::failure(answer, Asked::Api));
    }
    if !answer.is_object() {
        return Err(Failure::malformed(Malformed::Json));
    }
    let id = match answer.at::<Value>(&[&fields.id]) {
        Some(Value::String(id)) => id,
        Some(Value::Number(id)) if id.is_u64() => id.to_string(),
        _ => String::new(),
    };
    if !is_account_id(&id) {
        return Err(Failure::malformed(Malformed::AccountId));
    }
    let text = |name: &str| answer.at::<String>(&[name]).map(|text| shown(&text)).unwrap_or_default();
    Ok(Profile { account_id: id, email: text(&fields.email), display_name: text(&fields.name), role: None })
}
