//! The HTTP client and its certificates.

use std::sync::Arc;
use std::time::Duration;

use rustls::{ClientConfig, RootCertStore};

use super::Failure;

/// A client that follows no redirects and ignores proxy settings of the environment, so that a bearer token reaches
/// only the configured server. Without `https` it loads no certificates, which saves a local session megabytes.
pub(super) fn http_client(https: bool) -> Result<reqwest::Client, Failure> {
    let internal = |e: &dyn std::fmt::Display| Failure::Refused(format!("TLS could not be set up: {e}"));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|e| internal(&e))?
        .with_root_certificates(if https { trusted_roots() } else { RootCertStore::empty() })
        .with_no_client_auth();
    reqwest::Client::builder()
        .tls_backend_preconfigured(config)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .connect_timeout(Duration::from_secs(5))
        .timeout(Duration::from_secs(20))
        .user_agent(concat!("bowline/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(|e| internal(&e))
}

/// The system's certificates, or Mozilla's if there are none, as in slim containers.
fn trusted_roots() -> RootCertStore {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if roots.is_empty() {
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    }
    roots
}
