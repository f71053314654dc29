//! Answers in exactly the forms that Dropbox uses: status, content type, envelope.

use std::io::Cursor;

use rocket::{
    Request, Response,
    http::{Header, Status},
    response::{self, Responder},
};
use serde_json::{Value, json};

use crate::entropy;

/// An answer of the simulated Dropbox, before the headers that all answers share.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) content_type: String,
    pub(crate) body: Vec<u8>,
    pub(crate) headers: Vec<(&'static str, String)>,
    /// The grant that was created or used, for the call log.
    pub(crate) grant: Option<u64>,
}

impl Reply {
    pub(crate) fn new(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status,
            content_type: content_type.to_owned(),
            body: body.into(),
            headers: Vec::new(),
            grant: None,
        }
    }

    /// JSON with exactly the content type `application/json`, because the Python SDK rejects a charset.
    pub(crate) fn json(status: u16, body: &Value) -> Self {
        Self::new(status, "application/json", body.to_string())
    }

    pub(crate) fn with_grant(mut self, grant: u64) -> Self {
        self.grant = Some(grant);
        self
    }

    /// A 400 of the API: plain text that names the function.
    pub(crate) fn bad_call(function: &str, what: &str) -> Self {
        let text = format!("Error in call to API function \"{function}\": {what}");
        Self::new(400, "text/plain; charset=utf-8", text)
    }

    /// An error envelope whose summary is `summary`, a slash and a random number of dots.
    pub(crate) fn envelope(status: u16, summary: &str, error: &Value) -> Self {
        let summary = format!("{summary}/{}", entropy::dots());
        Self::json(status, &json!({"error_summary": summary, "error": error}))
    }

    /// A 401 with a single tag.
    pub(crate) fn unauthorized(tag: &str) -> Self {
        Self::envelope(401, tag, &json!({".tag": tag}))
    }

    pub(crate) fn too_many_requests(retry_after_seconds: u64) -> Self {
        let error = json!({
            "reason": {".tag": "too_many_requests"},
            "retry_after": retry_after_seconds,
        });
        let mut reply = Self::envelope(429, "too_many_requests", &error);
        reply.headers.push(("Retry-After", retry_after_seconds.to_string()));
        reply
    }

    /// The rate limit of the API v1: a 503 with `Retry-After`.
    pub(crate) fn slow_down(retry_after_seconds: u64) -> Self {
        let mut reply = Self::json(503, &json!({"error": "Your app is making too many requests."}));
        reply.headers.push(("Retry-After", retry_after_seconds.to_string()));
        reply
    }

    /// An error of the token endpoint, which is always a 400 with JSON.
    pub(crate) fn oauth_error(error: &str, description: &str) -> Self {
        Self::json(400, &json!({"error": error, "error_description": description}))
    }

    /// An `invalid_client` error, for which Dropbox puts the whole sentence into `error`.
    pub(crate) fn invalid_client() -> Self {
        let body = json!({"error": "invalid_client: Invalid client_id or client_secret"});
        Self::json(400, &body)
    }

    pub(crate) fn no_auth_function() -> Self {
        Self::oauth_error("invalid_request", "No auth function available for given request")
    }

    /// The answer as HTTP/1.1 bytes that announce the whole body but contain only `bytes` of it. Rocket cannot do this,
    /// because it may drop the head together with a body that ends early.
    pub(crate) fn cut(&self, bytes: usize) -> Vec<u8> {
        let mut head = format!(
            "HTTP/1.1 {} Cut\r\nContent-Type: {}\r\nContent-Length: {}\r\n",
            self.status,
            self.content_type,
            self.body.len()
        );
        for (name, value) in &self.headers {
            head.extend([name, ": ", value, "\r\n"]);
        }
        head.push_str("\r\n");
        let mut raw = head.into_bytes();
        raw.extend(self.body.iter().take(bytes));
        raw
    }

    pub(crate) fn request_id(mut self, id: &str) -> Self {
        self.headers.push(("X-Dropbox-Request-Id", id.to_owned()));
        self
    }
}

impl<'r> Responder<'r, 'static> for Reply {
    fn respond_to(self, _: &'r Request<'_>) -> response::Result<'static> {
        let length = self.body.len();
        let mut response = Response::build();
        response
            .status(Status::new(self.status))
            .header(Header::new("Content-Type", self.content_type))
            .header(Header::new("Cache-Control", "no-cache, no-store"))
            .sized_body(length, Cursor::new(self.body));
        for (name, value) in self.headers {
            response.header(Header::new(name, value));
        }
        response.ok()
    }
}
