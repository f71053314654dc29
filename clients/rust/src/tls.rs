//! The certificates that connections trust.

use std::sync::Arc;

use rustls::{ClientConfig, RootCertStore};

use crate::Error;

/// TLS with the system's certificates, or Mozilla's if there are none, as in slim containers. `SSL_CERT_FILE` names others.
pub(crate) fn config() -> Result<ClientConfig, Error> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if roots.is_empty() {
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let versions = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let versions = versions.map_err(|e| Error::Setup(format!("TLS cannot be set up: {e}")))?;
    Ok(versions.with_root_certificates(roots).with_no_client_auth())
}
