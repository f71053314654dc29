//! Calls are sent until they succeed or cannot, and every refusal becomes an [`Error`].

use std::time::SystemTime;

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use reqwest::{Method, Request, RequestBuilder, Response};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::retry::{Attempts, retry_after};
use crate::{Error, Refusal, Retries, random};

const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// Every call of the API, as the OpenAPI document names it.
pub struct Calls {
    pub(crate) http: reqwest::Client,
    /// Bowline's address without a slash at its end.
    pub(crate) base: String,
    pub(crate) key: HeaderValue,
    pub(crate) retries: Retries,
}

impl Calls {
    pub(crate) fn get(&self, path: impl AsRef<str>) -> RequestBuilder {
        self.request(Method::GET, path.as_ref())
    }

    pub(crate) fn post(&self, path: impl AsRef<str>) -> RequestBuilder {
        self.request(Method::POST, path.as_ref())
    }

    pub(crate) fn put(&self, path: impl AsRef<str>) -> RequestBuilder {
        self.request(Method::PUT, path.as_ref())
    }

    pub(crate) fn patch(&self, path: impl AsRef<str>) -> RequestBuilder {
        self.request(Method::PATCH, path.as_ref())
    }

    pub(crate) fn delete(&self, path: impl AsRef<str>) -> RequestBuilder {
        self.request(Method::DELETE, path.as_ref())
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.base)).header(AUTHORIZATION, self.key.clone())
    }

    /// The answer of a successful call.
    pub(crate) async fn answer<T: DeserializeOwned>(&self, call: RequestBuilder) -> Result<T, Error> {
        let mut request = call.build().map_err(|e| Error::Setup(format!("the call cannot be sent: {e}")))?;
        if request.method() == Method::POST {
            // One key for all attempts, so that a repeated call is not carried out twice.
            let key = HeaderValue::from_str(&random::key()?).map_err(|e| Error::Setup(e.to_string()))?;
            request.headers_mut().entry(IDEMPOTENCY_KEY).or_insert(key);
        }
        let body = self.successful(&request).await?;
        let body = if body.is_empty() { b"null" } else { body.as_slice() };
        serde_json::from_slice(body).map_err(|e| Error::NotUnderstood {
            why: format!("the answer to {} {} is not understood", request.method(), request.url().path()),
            source: Some(e.into()),
        })
    }

    /// The body of the first success.
    async fn successful(&self, request: &Request) -> Result<Vec<u8>, Error> {
        let mut attempts = Attempts::new(self.retries);
        loop {
            let copy = request.try_clone();
            let copy = copy.ok_or_else(|| Error::Setup("the call cannot be sent twice".to_owned()))?;
            let failure = match self.attempt(copy).await {
                Ok(body) => return Ok(body),
                Err(failure) => failure,
            };
            match attempts.pause(&failure, random::jitter()) {
                Some(pause) => tokio::time::sleep(pause).await,
                None => return Err(failure),
            }
        }
    }

    async fn attempt(&self, request: Request) -> Result<Vec<u8>, Error> {
        let lost = |error: reqwest::Error| Error::Unreachable { source: error.without_url().into() };
        let response = self.http.execute(request).await.map_err(lost)?;
        let head = Head::of(&response);
        let body = response.bytes().await.map_err(lost)?.to_vec();
        if head.status >= 400 {
            return Err(head.refusal(&body).into());
        }
        if head.status >= 300 || (!body.is_empty() && head.kind != "application/json") {
            let Head { host, status, kind, .. } = head;
            let why = format!("{host} answers {status} {kind}, which is not Bowline's API");
            return Err(Error::NotUnderstood { why, source: None });
        }
        Ok(body)
    }
}

impl std::fmt::Debug for Calls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Calls").field("base", &self.base).finish_non_exhaustive()
    }
}

/// What is known of an answer before its body has come.
struct Head {
    host: String,
    status: u16,
    /// The media type without its parameters.
    kind: String,
    retry_after: Option<String>,
}

impl Head {
    fn of(response: &Response) -> Self {
        let header = |name| response.headers().get(name).and_then(|value: &HeaderValue| value.to_str().ok());
        let kind = header(CONTENT_TYPE).and_then(|kind| kind.split(';').next()).unwrap_or_default();
        Self {
            host: response.url().host_str().unwrap_or_default().to_owned(),
            status: response.status().as_u16(),
            kind: kind.trim().to_owned(),
            retry_after: header(RETRY_AFTER).map(str::to_owned),
        }
    }

    /// What a status from 400 on means.
    fn refusal(&self, body: &[u8]) -> Refusal {
        #[expect(clippy::disallowed_methods, reason = "Retry-After may be a date")]
        let now = SystemTime::now();
        let told = self.retry_after.as_deref().and_then(|value| retry_after(value, now));
        let members = serde_json::from_slice::<Map<String, Value>>(body).ok();
        members.and_then(|members| Refusal::of(members, self.status, told)).unwrap_or_else(|| {
            let detail = "the answer comes from something before Bowline, such as a proxy";
            Refusal::foreign(self.status, detail, told)
        })
    }
}
