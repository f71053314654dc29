//! TLS towards Postgres, used where the URL asks for it (`sslmode=require`).

use std::sync::OnceLock;

use rustls::{ClientConfig, RootCertStore};
use tokio_postgres_rustls::MakeRustlsConnect;

/// A connector that trusts what this machine trusts, or Mozilla's roots where it trusts nothing.
///
/// # Errors
/// Where the crypto provider does not have the protocol versions.
pub(super) fn connector() -> Result<MakeRustlsConnect, rustls::Error> {
    // Read once: after a failover many connections are made at the same moment.
    static READ: OnceLock<MakeRustlsConnect> = OnceLock::new();
    if let Some(read) = READ.get() {
        return Ok(read.clone());
    }
    let fresh = read()?;
    Ok(READ.get_or_init(|| fresh).clone())
}

fn read() -> Result<MakeRustlsConnect, rustls::Error> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if roots.is_empty() {
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    }
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}
