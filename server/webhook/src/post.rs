//! One attempt to deliver a message: a POST that is bounded in time and memory and reaches public addresses only.

use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bowline_provider::{HttpSetupError, tls_config};
use ipnet::IpNet;
use reqwest::dns::Resolve;
use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use reqwest::{Client, Response, StatusCode, redirect, retry};
use url::{Host, Url};

use crate::resolver::{NoPublicAddress, PublicOnly, System};
use crate::{Guard, Signed, Target};

/// How many bytes of an answer are kept.
pub const SHOWN: usize = 1_024;

/// The limits of one attempt, and switches for development.
#[derive(Clone)]
pub struct PosterOptions {
    /// The maximum time to connect, including TLS. 2 s.
    pub connect_timeout: Duration,
    /// The maximum time of the whole attempt. 10 s.
    pub total_timeout: Duration,
    /// The maximum number of bytes that are read of an answer. 64 KiB.
    pub max_answer: usize,
    /// Certificates (PEM) trusted in addition to the system's.
    pub extra_roots: Option<Vec<u8>>,
    /// Networks that are never called, although their addresses are public.
    pub denied: Vec<IpNet>,
    /// Tests and development only: loopback addresses may be called, also by plain http.
    pub allow_loopback: bool,
    /// Looks names up in place of the operating system, for tests.
    pub resolver: Option<Arc<dyn Resolve>>,
}

impl Default for PosterOptions {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(2),
            total_timeout: Duration::from_secs(10),
            max_answer: 64 * 1_024,
            extra_roots: None,
            denied: Vec::new(),
            allow_loopback: false,
            resolver: None,
        }
    }
}

/// What is delivered.
#[derive(Debug, Clone, Copy)]
pub struct Message<'a> {
    /// `webhook-id`, the same at each attempt.
    pub id: &'a str,
    /// The JSON body.
    pub body: &'a str,
    /// Time and signatures.
    pub signed: &'a Signed,
}

/// The outcome of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// The status of the answer, or why there was none.
    pub status: Result<u16, NotSent>,
    /// The beginning of the answer, up to [`SHOWN`] bytes.
    pub answer: Vec<u8>,
    /// How long the receiver wants to be left alone, if it said so in whole seconds with 429 or 503.
    pub retry_after: Option<Duration>,
    /// How long the attempt took.
    pub elapsed: Duration,
}

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotSent {
    /// The host's name has no address that may be called, or the URL is not one that may be called.
    NotPublic,
    /// No connection could be made: no such name, nobody listens, or TLS failed.
    Connect,
    /// There was no answer in time.
    Timeout,
    /// The connection broke before an answer.
    Interrupted,
}

impl NotSent {
    /// The name in the delivery log, as operators see it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotPublic => "address_not_public",
            Self::Connect => "connect_failed",
            Self::Timeout => "timeout",
            Self::Interrupted => "interrupted",
        }
    }
}

impl Attempt {
    /// Whether the message was accepted: any 2xx.
    #[must_use]
    pub fn is_accepted(&self) -> bool {
        self.status.is_ok_and(|status| (200..300).contains(&status))
    }

    /// Whether the receiver wants no more messages (410).
    #[must_use]
    pub fn is_gone(&self) -> bool {
        self.status == Ok(StatusCode::GONE.as_u16())
    }

    fn none(why: NotSent, begun: Instant) -> Self {
        Self { status: Err(why), answer: Vec::new(), retry_after: None, elapsed: begun.elapsed() }
    }
}

/// Makes attempts. Clones share one connection pool.
#[derive(Debug, Clone)]
pub struct Poster {
    client: Client,
    connect_timeout: Duration,
    max_answer: usize,
    guard: Guard,
    allow_loopback: bool,
}

impl Poster {
    /// A client with these limits.
    ///
    /// # Errors
    /// [`HttpSetupError`].
    pub fn new(options: PosterOptions) -> Result<Self, HttpSetupError> {
        let inner = options.resolver.unwrap_or_else(|| Arc::new(System));
        let guard = Guard::new(options.denied, options.allow_loopback);
        let client = Client::builder()
            .tls_backend_preconfigured(tls_config(options.extra_roots.as_deref())?)
            // A broken connection affects one message only.
            .http1_only()
            .https_only(!options.allow_loopback)
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            .no_proxy()
            .referer(false)
            .dns_resolver(PublicOnly::new(inner, guard.clone()))
            // A kept connection goes on to the address that was checked, but not for long.
            .pool_idle_timeout(Duration::from_secs(30))
            .pool_max_idle_per_host(8)
            .connect_timeout(options.connect_timeout)
            .timeout(options.total_timeout)
            .user_agent(concat!("bowline-webhooks/", env!("CARGO_PKG_VERSION")))
            .build()?;
        let PosterOptions { connect_timeout, max_answer, allow_loopback, .. } = options;
        Ok(Self { client, connect_timeout, max_answer, guard, allow_loopback })
    }

    /// Whether and why `url` may not be called, as far as a tenant may know: networks that are denied are known to operators alone.
    ///
    /// # Errors
    /// [`BadTarget`](crate::BadTarget).
    pub fn target(&self, url: &str) -> Result<Target, crate::BadTarget> {
        Target::parse(url, self.allow_loopback)
    }

    /// Sends `message` to `url` once. The URL is checked again, because it may have been stored under other rules, and the client does not
    /// ask the resolver about an address in a URL.
    pub async fn post(&self, url: &str, message: Message<'_>) -> Attempt {
        let begun = Instant::now();
        let target = self.target(url).ok().filter(|target| self.may_call(target.url()));
        let Some(target) = target else { return Attempt::none(NotSent::NotPublic, begun) };
        let request = self
            .client
            .post(target.url().clone())
            .header(CONTENT_TYPE, "application/json")
            .header("webhook-id", message.id)
            .header("webhook-timestamp", &message.signed.timestamp)
            .header("webhook-signature", &message.signed.signature)
            .body(message.body.to_owned());
        match request.send().await {
            Ok(response) => {
                let (status, retry_after) = (response.status(), retry_after(&response));
                let answer = self.beginning(response).await;
                Attempt { status: Ok(status.as_u16()), answer, retry_after, elapsed: begun.elapsed() }
            }
            Err(error) => Attempt::none(why(&error), begun),
        }
    }

    /// How long the outcome of an attempt that has ended should be kept back. An address that may not be called then looks like one at which nobody
    /// answers, also to somebody with a watch.
    #[must_use]
    pub fn kept_back(&self, attempt: &Attempt) -> Duration {
        match attempt.status {
            Err(NotSent::NotPublic) => self.connect_timeout.saturating_sub(attempt.elapsed),
            _ => Duration::ZERO,
        }
    }

    /// Whether the address in a URL may be called. Of a name, the resolver knows.
    fn may_call(&self, url: &Url) -> bool {
        match url.host() {
            Some(Host::Ipv4(address)) => self.guard.lets_pass(address.into()),
            Some(Host::Ipv6(address)) => self.guard.lets_pass(address.into()),
            Some(Host::Domain(_)) => true,
            None => false,
        }
    }

    /// The first bytes of an answer. The rest is read up to the limit, so that the connection can be used again; the status has decided the
    /// outcome before.
    async fn beginning(&self, mut response: Response) -> Vec<u8> {
        let (mut kept, mut read) = (Vec::new(), 0);
        while let Ok(Some(chunk)) = response.chunk().await {
            kept.extend(chunk.iter().take(SHOWN - kept.len()));
            read += chunk.len();
            if read >= self.max_answer {
                break;
            }
        }
        kept
    }
}

fn retry_after(response: &Response) -> Option<Duration> {
    let asks = [StatusCode::TOO_MANY_REQUESTS, StatusCode::SERVICE_UNAVAILABLE].contains(&response.status());
    let seconds = response.headers().get(RETRY_AFTER).filter(|_| asks)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}

fn why(error: &reqwest::Error) -> NotSent {
    if causes(error).any(<dyn Error>::is::<NoPublicAddress>) {
        NotSent::NotPublic
    } else if error.is_connect() || error.is_builder() {
        NotSent::Connect
    } else if error.is_timeout() {
        NotSent::Timeout
    } else {
        NotSent::Interrupted
    }
}

fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error| (*error).source())
}
