//! A connection to one server: sends requests, and reads their answers or classifies their failures.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bowline_api::{Page, Problem, TenantId};
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use secrecy::{ExposeSecret as _, SecretString};
use serde::de::DeserializeOwned;

use super::call_log::CallLog;
use super::version::{FailedRequest, HEADER};
use super::{CallEntry, Failure, LogFile, ServerUrl, ServerVersion, TenantRef, tls};

/// The maximum length of an answer, in bytes.
const MAX_ANSWER: usize = 4 << 20;

/// The header with what identifies a call in the server's log.
pub(super) const REQUEST_ID: &str = "x-request-id";

/// A page of a list: where it begins and how many rows it has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageQuery {
    /// The `next` or `prev` cursor of an earlier page; `None` for the first page.
    pub cursor: Option<String>,
    /// The number of rows, 1 to [`PageQuery::MAX_ROWS`].
    pub limit: u32,
}

impl PageQuery {
    /// The greatest number of rows of a page.
    pub const MAX_ROWS: u32 = 200;

    pub(super) fn query(self) -> Vec<(&'static str, String)> {
        let mut query = vec![("limit", self.limit.to_string())];
        query.extend(self.cursor.map(|cursor| ("cursor", cursor)));
        query
    }
}

/// What a client may request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Access {
    /// The connection may do everything that the operator's role allows.
    #[default]
    Full,
    /// No changes, whatever the role allows; login and logout stay possible.
    ReadOnly,
}

impl Access {
    /// The access that `--read-only` selects.
    pub fn read_only(read_only: bool) -> Self {
        if read_only { Self::ReadOnly } else { Self::Full }
    }
}

/// A connection to one server as one operator; without a token only `login` succeeds.
pub struct Client {
    http: reqwest::Client,
    server: ServerUrl,
    token: Option<SecretString>,
    access: Access,
    /// The ids of tenants that were looked up by short name.
    pub(super) slugs: Mutex<HashMap<String, TenantId>>,
    calls: CallLog,
    /// What the last answer said of the server.
    version: Mutex<ServerVersion>,
}

impl Client {
    /// Creates a client without sending anything.
    pub fn new(server: ServerUrl, token: Option<SecretString>, access: Access) -> Result<Self, Failure> {
        let http = tls::http_client(server.is_https())?;
        Ok(Self {
            http,
            server,
            token,
            access,
            slugs: Mutex::default(),
            calls: CallLog::default(),
            version: Mutex::default(),
        })
    }

    /// Writes each call that ends into this file as well.
    #[must_use]
    pub fn logged(mut self, file: Option<Arc<LogFile>>) -> Self {
        self.calls.file = file;
        self
    }

    /// Takes the calls that have ended since the last time.
    pub fn take_calls(&self) -> Vec<CallEntry> {
        self.calls.take()
    }

    /// The version of the server that answered last.
    pub fn server_version(&self) -> ServerVersion {
        self.version.lock().map(|version| version.clone()).unwrap_or_default()
    }

    /// Fails if this client may not change anything; for callers that ask for a confirmation first.
    pub fn may_change(&self) -> Result<(), Failure> {
        match self.access {
            Access::Full => Ok(()),
            Access::ReadOnly => Err(Failure::ReadOnly),
        }
    }

    /// Creates a request. [`Client::perform`] decides which changes may be requested; a method other than `GET` that does
    /// not come from there is a mistake, which a read-only client refuses as well.
    pub(super) fn request(&self, method: Method, path: &str) -> Result<RequestBuilder, Failure> {
        let is_own_session =
            ["/sessions", "/sessions/current"].contains(&path) || path.starts_with("/sign-on/");
        if method != Method::GET && !is_own_session {
            self.may_change()?;
        }
        let request = self.http.request(method, self.server.route(path));
        Ok(match &self.token {
            Some(token) => request.bearer_auth(token.expose_secret()),
            None => request,
        })
    }

    /// Requests a page of a list, of one tenant or of all.
    pub(super) async fn page<T: DeserializeOwned>(
        &self,
        path: &str,
        tenant: Option<&TenantRef>,
        page: PageQuery,
    ) -> Result<Page<T>, Failure> {
        let mut query = page.query();
        if let Some(tenant) = tenant {
            query.push(("tenant", self.tenant_id(tenant).await?.to_string()));
        }
        self.json(self.request(Method::GET, path)?.query(&query)).await
    }

    /// Sends a request and reads its answer.
    pub(super) async fn json<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, Failure> {
        let body = self.bytes(request).await?;
        // serde_json's message may quote a value, and in a session that is the token; only the position is safe to
        // show.
        serde_json::from_slice(&body)
            .map_err(|e| Failure::Malformed(format!("at line {} column {}", e.line(), e.column())))
    }

    /// Sends a request and returns a successful answer, whose body is read as it arrives.
    pub(super) async fn stream(&self, request: RequestBuilder) -> Result<Response, Failure> {
        let (sent, response) = self.send(request).await?;
        if response.status() == StatusCode::OK {
            return Ok(response);
        }
        let (status, retry_after) = (response.status(), retry_after(&response));
        Err(sent.failure(status, retry_after, &body(response).await?))
    }

    /// Sends a request and returns the body of a successful answer.
    pub(super) async fn bytes(&self, request: RequestBuilder) -> Result<Vec<u8>, Failure> {
        let (sent, response) = self.send(request).await?;
        let (status, retry_after) = (response.status(), retry_after(&response));
        let body = body(response).await?;
        if matches!(
            status,
            StatusCode::OK | StatusCode::CREATED | StatusCode::ACCEPTED | StatusCode::NO_CONTENT
        ) {
            Ok(body)
        } else {
            Err(sent.failure(status, retry_after, &body))
        }
    }

    /// Sends a request, notes the call, and what the answer says of the server.
    async fn send(&self, request: RequestBuilder) -> Result<(Sent, Response), Failure> {
        let request = request.build().map_err(|e| Failure::Refused(e.to_string()))?;
        let (method, url) = (request.method().clone(), request.url().to_string());
        let has_body = request.body().is_some();
        let began = Instant::now();
        let answer = self.http.execute(request).await;
        let header = answer.as_ref().ok().and_then(|answer| answer.headers().get(REQUEST_ID));
        self.calls.add(CallEntry {
            method: method.clone(),
            url: url.clone(),
            status: answer.as_ref().ok().map(|answer| answer.status().as_u16()),
            took: began.elapsed(),
            request_id: header.and_then(|id| id.to_str().ok()).map(ToOwned::to_owned),
        });
        let response = answer.map_err(|e| unreachable_because(&e))?;
        let server = ServerVersion::of(response.headers().get(HEADER));
        if let Ok(mut version) = self.version.lock() {
            version.clone_from(&server);
        }
        Ok((Sent { method, url, has_body, server }, response))
    }
}

/// A call that was answered, and what the answer says of the server.
struct Sent {
    method: Method,
    url: String,
    has_body: bool,
    server: ServerVersion,
}

impl Sent {
    fn failure(&self, status: StatusCode, retry_after: Option<Duration>, body: &[u8]) -> Failure {
        let (method, url, status, server) = (&self.method, &*self.url, status.as_u16(), &self.server);
        let call = FailedRequest { method, url, status, has_body: self.has_body, server };
        let has_problem = serde_json::from_slice::<Problem>(body).is_ok();
        Failure::from_answer(status, retry_after, body).explained(&call, has_problem)
    }
}

/// The whole body of an answer, up to a limit.
pub(super) async fn body(mut response: Response) -> Result<Vec<u8>, Failure> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|e| unreachable_because(&e))? {
        if body.len() + chunk.len() > MAX_ANSWER {
            return Err(Failure::Malformed("the answer is too long".to_owned()));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// How long the server asked the client to wait, if it said so in seconds.
pub(super) fn retry_after(response: &Response) -> Option<Duration> {
    let header = response.headers().get(reqwest::header::RETRY_AFTER)?;
    header.to_str().ok()?.trim().parse().ok().map(Duration::from_secs)
}

/// The innermost cause is the clearest ("Connection refused"); the outer ones repeat the URL.
pub(super) fn unreachable_because(error: &reqwest::Error) -> Failure {
    Failure::Unreachable(cause(error))
}

/// Why there is no answer, in words.
pub(super) fn cause(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "timed out".to_owned();
    }
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}
