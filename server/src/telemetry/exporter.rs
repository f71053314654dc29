//! Exports spans with the existing HTTP client, whose TLS is ring's and which runs on the server's own runtime.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use rocket::async_trait;
use rustls::{ClientConfig, RootCertStore};
use tokio::runtime::Handle;

/// The time limit of an export call. The exporter's thread blocks meanwhile, and spans beyond its queue are dropped.
const EXPORT_WITHIN: Duration = Duration::from_secs(5);

/// The client and the runtime that it needs, because the exporter calls it from its own thread.
#[derive(Debug)]
pub(super) struct SpanClient {
    http: reqwest::Client,
    runtime: Handle,
}

impl SpanClient {
    /// # Errors
    /// If TLS cannot be set up.
    pub(super) fn new() -> anyhow::Result<Self> {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        if roots.is_empty() {
            roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        }
        let tls = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let http = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .timeout(EXPORT_WITHIN)
            .build()
            .context("the client of the span exporter")?;
        Ok(Self { http, runtime: Handle::current() })
    }
}

#[async_trait]
impl HttpClient for SpanClient {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let http = self.http.clone();
        let sending = self.runtime.spawn(async move {
            let answer = http.execute(request.try_into()?).await?;
            let status = answer.status();
            let mut response = Response::new(answer.bytes().await?);
            *response.status_mut() = status;
            Ok::<_, HttpError>(response)
        });
        let outcome = sending.await?;
        // The URL may contain a credential, so the error omits it.
        match &outcome {
            Ok(response) if response.status().is_success() => {}
            Ok(response) => {
                tracing::warn!(
                    status = response.status().as_u16(),
                    "the trace collector rejected spans, which are lost"
                );
            }
            Err(_) => tracing::warn!("the trace collector is unreachable; spans are lost"),
        }
        outcome
    }
}
