//! The responses of `check/app` and `check/user`, which echo the query.

use reqwest::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::error;
use crate::{ClientReason, Failure, Malformed, http::Answer};

const QUESTION: &str = "bowline";

#[derive(Deserialize)]
struct Echo {
    result: String,
}

pub(super) fn question() -> Value {
    json!({ "query": QUESTION })
}

/// Only the app's credentials vary in this call, so a rejection by Dropbox concerns them.
pub(super) fn read_app(answer: &Answer) -> Result<(), Failure> {
    match answer.status {
        StatusCode::OK => echoed(answer),
        StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED if is_dropbox(answer) => {
            Err(Failure::ClientRejected { reason: ClientReason::InvalidClient })
        }
        _ => Err(error::failure(answer)),
    }
}

pub(super) fn read_user(answer: &Answer) -> Result<(), Failure> {
    match answer.status {
        StatusCode::OK => echoed(answer),
        _ => Err(error::failure(answer)),
    }
}

fn echoed(answer: &Answer) -> Result<(), Failure> {
    match answer.json::<Echo>() {
        Some(echo) if echo.result == QUESTION => Ok(()),
        Some(_) => Err(Failure::malformed(Malformed::Echo)),
        None => Err(Failure::malformed(Malformed::Json)),
    }
}

/// JSON or plain text comes from Dropbox. A web page comes from something in between.
fn is_dropbox(answer: &Answer) -> bool {
    answer.json::<Value>().is_some() || answer.plain_text().is_some()
}
