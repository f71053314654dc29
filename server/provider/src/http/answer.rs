//! A complete response: status, content type, bounded body.

use std::time::Duration;

use reqwest::{
    StatusCode,
    header::{CONTENT_TYPE, DATE, HeaderMap, RETRY_AFTER},
};
use serde::de::{DeserializeOwned, Error as _, IgnoredAny};
use zeroize::Zeroizing;

use super::mend::mended;
use super::{member, retry_after};
use crate::{Failure, TransientKind};

/// A response. There is no `Debug`, because the body may contain tokens.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    /// The provider's own request id, for its support. Hexadecimal or absent.
    pub(crate) provider_request: Option<String>,
    content_type: String,
    retry_after: Option<Duration>,
    body: Zeroizing<Vec<u8>>,
    incomplete: Option<Failure>,
}

impl Answer {
    pub(super) fn new(
        status: StatusCode,
        headers: &HeaderMap,
        body: Zeroizing<Vec<u8>>,
        incomplete: Option<Failure>,
    ) -> Self {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let content_type =
            text(CONTENT_TYPE.as_str()).and_then(|value| value.split(';').next()).unwrap_or_default();
        let wait =
            text(RETRY_AFTER.as_str()).and_then(|value| retry_after::parse(value, text(DATE.as_str())));
        Self {
            status,
            provider_request: text("x-dropbox-request-id")
                .filter(|id| id.len() <= 64 && id.bytes().all(|byte| byte.is_ascii_hexdigit()))
                .map(str::to_owned),
            content_type: content_type.trim().to_ascii_lowercase(),
            retry_after: wait,
            body,
            incomplete,
        }
    }

    /// The response, if it is complete and its status does not already determine the failure.
    pub(crate) fn checked(self) -> Result<Self, Failure> {
        if is_transient(self.status) {
            return Err(self.unexplained());
        }
        match (&self.incomplete, self.status.is_success()) {
            (None, _) => Ok(self),
            (Some(failure), true) => Err(failure.clone()),
            (Some(_), false) => Err(self.unexplained()),
        }
    }

    /// Whether the body is only a part.
    pub(crate) fn is_incomplete(&self) -> bool {
        self.incomplete.is_some()
    }

    /// The body, if it is declared as JSON and is a `T`, possibly after repair.
    pub(crate) fn json<T: DeserializeOwned>(&self) -> Option<T> {
        if self.content_type != "application/json" {
            return None;
        }
        serde_json::from_slice(&self.body).or_else(|_| serde_json::from_slice(&mended(&self.body))).ok()
    }

    /// The value at `path` of the body, if that is declared as JSON and has a `T` there. If a name occurs twice, the
    /// last one counts.
    ///
    /// Other values are skipped without being parsed, so that a value that no parser accepts (1e400, a thousand
    /// brackets) affects nothing else.
    pub(crate) fn at<T: DeserializeOwned>(&self, path: &[&str]) -> Option<T> {
        self.find(path).ok().flatten()
    }

    /// Whether the body is declared as JSON and is an object.
    pub(crate) fn is_object(&self) -> bool {
        self.find::<IgnoredAny>(&[""]).is_ok()
    }

    fn find<T: DeserializeOwned>(&self, path: &[&str]) -> serde_json::Result<Option<T>> {
        if self.content_type != "application/json" {
            return Err(serde_json::Error::custom("the body is not said to be JSON"));
        }
        member::read(&self.body, path).or_else(|_| member::read(&mended(&self.body), path))
    }

    /// The body, if it is declared as plain text and is UTF-8.
    pub(crate) fn plain_text(&self) -> Option<&str> {
        (self.content_type == "text/plain").then(|| str::from_utf8(&self.body).ok()).flatten()
    }

    /// Whether the body is declared as a web page.
    pub(crate) fn is_page(&self) -> bool {
        matches!(self.content_type.as_str(), "text/html" | "application/xhtml+xml")
    }

    /// The unchanged body.
    pub(crate) fn body(&self) -> &[u8] {
        &self.body
    }

    /// The wait given in the body, which Dropbox's API sends in addition to the header.
    fn told_to_wait(&self) -> Option<Duration> {
        let seconds: serde_json::Number = self.at(&["error", "retry_after"])?;
        retry_after::parse(&seconds.to_string(), None)
    }

    /// The failure for a status that no rule explains. It says nothing about the grant or the app.
    pub(crate) fn unexplained(&self) -> Failure {
        let kind = match self.status {
            StatusCode::TOO_MANY_REQUESTS => TransientKind::RateLimited,
            status => TransientKind::Status(status.as_u16()),
        };
        Failure::Transient { kind, retry_after: self.retry_after.or_else(|| self.told_to_wait()), sent: true }
    }
}

/// Statuses that mean the same on every route.
fn is_transient(status: StatusCode) -> bool {
    status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error()
}
