//! The bounded HTTP client that all calls to providers go through.

mod answer;
mod member;
mod mend;
mod retry_after;
mod roots;
mod setup_error;

use std::time::Duration;

use reqwest::header::HeaderMap;
use reqwest::{Client, Method, Request, RequestBuilder, Response, StatusCode, redirect, retry};
use url::Url;
use zeroize::Zeroizing;

pub(crate) use answer::Answer;
pub use retry_after::MAX_RETRY_AFTER;
pub use roots::tls_config;
pub use setup_error::HttpSetupError;

use crate::{Failure, Malformed, TransientKind};

/// The limits of outbound calls (security.md, G), and switches for development.
#[derive(Debug, Clone)]
pub struct HttpOptions {
    /// The maximum time to connect, including TLS. 2 s.
    pub connect_timeout: Duration,
    /// The maximum time of a whole call. 10 s.
    pub total_timeout: Duration,
    /// The maximum size of a body in bytes. 64 KiB.
    pub max_body: usize,
    /// Certificates (PEM) trusted in addition to the system's, such as a simulator's.
    pub extra_roots: Option<Vec<u8>>,
    /// Development only: allows endpoints with plain http.
    pub allow_plain_http: bool,
}

impl Default for HttpOptions {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(2),
            total_timeout: Duration::from_secs(10),
            max_body: 64 * 1024,
            extra_roots: None,
            allow_plain_http: false,
        }
    }
}

/// Makes calls that are bounded in time and memory. Clones share one connection pool.
#[derive(Debug, Clone)]
pub struct HttpClient {
    client: Client,
    max_body: usize,
    allow_plain_http: bool,
}

impl HttpClient {
    /// A client with these limits, which follows no redirects and uses no proxy.
    ///
    /// It uses HTTP/1.1, where a broken connection affects only one call, and never retries by itself: the caller
    /// decides whether a request may be sent twice.
    ///
    /// # Errors
    /// [`HttpSetupError`].
    pub fn new(options: &HttpOptions) -> Result<Self, HttpSetupError> {
        let tls = roots::tls_config(options.extra_roots.as_deref())?;
        let client = Client::builder()
            .tls_backend_preconfigured(tls)
            .http1_only()
            .https_only(!options.allow_plain_http)
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            .no_proxy()
            .referer(false)
            .connect_timeout(options.connect_timeout)
            .timeout(options.total_timeout)
            .user_agent(concat!("bowline/", env!("CARGO_PKG_VERSION")))
            .build()?;
        Ok(Self { client, max_body: options.max_body, allow_plain_http: options.allow_plain_http })
    }

    /// Whether the client calls this kind of address at all.
    #[must_use]
    pub fn accepts(&self, url: &Url) -> bool {
        match url.scheme() {
            "https" => true,
            "http" => self.allow_plain_http,
            _ => false,
        }
    }

    pub(crate) fn post(&self, url: &Url) -> RequestBuilder {
        self.request(Method::POST, url)
    }

    pub(crate) fn request(&self, method: Method, url: &Url) -> RequestBuilder {
        self.client.request(method, url.clone())
    }

    /// Sends once and reads the whole response, up to the limit.
    pub(crate) async fn send(&self, request: RequestBuilder) -> Result<Answer, Failure> {
        self.receive(request).await?.checked()
    }

    /// Sends once and reads what arrives, even if it is cut off or too large.
    pub(crate) async fn receive(&self, request: RequestBuilder) -> Result<Answer, Failure> {
        let response = request.send().await.map_err(|error| broken(&error))?;
        let (status, headers, body, incomplete) = self.bounded(response).await;
        let answer = Answer::new(status, &headers, body, incomplete);
        tracing::debug!(
            status = status.as_u16(),
            provider_request = answer.provider_request.as_deref(),
            "provider answered"
        );
        Ok(answer)
    }

    /// Sends a finished request once and returns its status, headers and whole body, for a library that reads them itself. A response
    /// of 429 or 5xx, or one that is cut off or too large, is a failure.
    pub(crate) async fn execute(
        &self,
        request: Request,
    ) -> Result<(StatusCode, HeaderMap, Zeroizing<Vec<u8>>), Failure> {
        let response = self.client.execute(request).await.map_err(|error| broken(&error))?;
        let (status, headers, body, incomplete) = self.bounded(response).await;
        if status == StatusCode::TOO_MANY_REQUESTS {
            return Err(Failure::transient(TransientKind::RateLimited));
        }
        if status.is_server_error() {
            return Err(Failure::transient(TransientKind::Status(status.as_u16())));
        }
        incomplete.map_or(Ok((status, headers, body)), Err)
    }

    /// Reads a response up to the limit; with a failure if it is cut off or too large.
    async fn bounded(
        &self,
        mut response: Response,
    ) -> (StatusCode, HeaderMap, Zeroizing<Vec<u8>>, Option<Failure>) {
        let status = response.status();
        let headers = std::mem::take(response.headers_mut());
        // Allocated once, because growing it would leave copies of tokens behind.
        let mut body = Zeroizing::new(Vec::with_capacity(self.max_body));
        let incomplete = loop {
            match response.chunk().await {
                Ok(None) => break None,
                Ok(Some(chunk)) if chunk.len() <= self.max_body - body.len() => {
                    body.extend_from_slice(&chunk);
                }
                Ok(Some(chunk)) => {
                    let room = self.max_body - body.len();
                    body.extend(chunk.iter().take(room));
                    break Some(Failure::malformed(Malformed::TooLarge));
                }
                Err(error) => break Some(broken(&error)),
            }
        };
        (status, headers, body, incomplete)
    }
}

/// A transport error without its text, which contains the address.
fn broken(error: &reqwest::Error) -> Failure {
    let kind = if error.is_connect() || error.is_builder() {
        TransientKind::Connect
    } else if error.is_timeout() {
        TransientKind::Timeout
    } else {
        TransientKind::Interrupted
    };
    tracing::debug!(kind = kind.code(), "provider call failed");
    Failure::transient(kind)
}
