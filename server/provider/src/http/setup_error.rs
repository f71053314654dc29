//! Why the HTTP client cannot be set up.

/// The HTTP client could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum HttpSetupError {
    /// The extra certificates are not PEM, or the PEM contains none.
    #[error("the extra root certificates are not valid PEM")]
    ExtraRoots,
    /// TLS could not be configured.
    #[error("TLS could not be configured")]
    Tls(#[from] rustls::Error),
    /// The client could not be built.
    #[error("the HTTP client could not be built")]
    Client(#[from] reqwest::Error),
}
