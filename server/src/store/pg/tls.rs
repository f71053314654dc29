//! TLS to Postgres: the trusted certificate authorities.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{LazyLock, Mutex, PoisonError};

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use tokio_postgres_rustls::MakeRustlsConnect;

/// The connectors are cached, because after a failover many connections are opened at the same time.
static CACHED_CONNECTORS: LazyLock<Mutex<HashMap<Option<PathBuf>, MakeRustlsConnect>>> =
    LazyLock::new(Mutex::default);

/// A connector that trusts only the authorities of `ca_file`. Without a file it trusts this machine's, or Mozilla's
/// roots if the machine has none.
///
/// # Errors
/// If the file cannot be read or contains no certificate, or the crypto provider lacks the protocol versions.
pub(super) fn connector(ca_file: Option<&Path>) -> Result<MakeRustlsConnect, String> {
    let mut read = CACHED_CONNECTORS.lock().unwrap_or_else(PoisonError::into_inner);
    let key = ca_file.map(Path::to_path_buf);
    if let Some(known) = read.get(&key) {
        return Ok(known.clone());
    }
    let roots = match ca_file {
        Some(file) => of_file(file)?,
        None => of_this_machine(),
    };
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let fresh = MakeRustlsConnect::new(config);
    read.insert(key, fresh.clone());
    Ok(fresh)
}

fn of_file(file: &Path) -> Result<RootCertStore, String> {
    let failed = |why: String| format!("bowline.database.ca_file {}: {why}", file.display());
    let pem = std::fs::read(file).map_err(|error| failed(error.to_string()))?;
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(&pem) {
        let certificate = certificate.map_err(|_| failed("not a PEM file".to_owned()))?;
        roots.add(certificate).map_err(|error| failed(error.to_string()))?;
    }
    if roots.is_empty() {
        return Err(failed("it has no certificate".to_owned()));
    }
    Ok(roots)
}

fn of_this_machine() -> RootCertStore {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if roots.is_empty() {
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    }
    roots
}
