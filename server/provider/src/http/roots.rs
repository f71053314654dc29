//! The certificates that TLS trusts: the system's, otherwise the compiled-in ones, and extra ones.

use std::sync::Arc;

use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, pem::PemObject},
};

use super::setup_error::HttpSetupError;

/// TLS 1.2 and 1.3 with ring, whether or not the process has a default provider. `extra` are certificates (PEM) that are trusted in
/// addition to the system's.
///
/// # Errors
/// [`HttpSetupError`] if `extra` has no certificate, or one that cannot be read.
pub fn tls_config(extra: Option<&[u8]>) -> Result<ClientConfig, HttpSetupError> {
    let mut roots = RootCertStore::empty();
    // Unreadable certificates are skipped. A slim container has none at all.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if roots.is_empty() {
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    }
    if let Some(pem) = extra {
        let certificates = CertificateDer::pem_slice_iter(pem)
            .collect::<Result<Vec<_>, _>>()
            .map_err(|_| HttpSetupError::ExtraRoots)?;
        if certificates.is_empty() {
            return Err(HttpSetupError::ExtraRoots);
        }
        for certificate in certificates {
            roots.add(certificate).map_err(|_| HttpSetupError::ExtraRoots)?;
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    Ok(ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth())
}
