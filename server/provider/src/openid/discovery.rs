//! What the identity provider says of itself and its keys, fetched when it is needed and kept for an hour.

use std::pin::Pin;
use std::sync::Arc;

use openidconnect::core::CoreClientAuthMethod;
use openidconnect::{
    AsyncHttpClient, AuthType, ClientId, ClientSecret, HttpRequest, HttpResponse, IssuerUrl,
};
use reqwest::Request;
use secrecy::ExposeSecret as _;

use super::claims::{Metadata, OidcClient};
use super::error::OpenIdError;
use super::open_id::OpenId;
use super::registration::Registration;
use crate::{Failure, HttpClient, TransientKind};

impl OpenId {
    /// The configuration and keys of the issuer.
    pub(super) async fn metadata(&self) -> Result<Arc<Metadata>, OpenIdError> {
        if let Some(metadata) = self.known.young() {
            return Ok(metadata);
        }
        let _one = self.fetching.lock().await;
        match (self.known.young(), self.known.failure()) {
            (Some(metadata), _) => Ok(metadata),
            (None, Some(error)) => Err(error),
            (None, None) => self.fetch().await,
        }
    }

    /// The same, fetched now, because the known keys do not fit: the issuer may have new ones.
    pub(super) async fn renewed(&self) -> Result<Arc<Metadata>, OpenIdError> {
        let one = self.fetching.lock().await;
        if self.known.may_renew() {
            return self.fetch().await;
        }
        drop(one);
        self.metadata().await
    }

    async fn fetch(&self) -> Result<Arc<Metadata>, OpenIdError> {
        let fetched = self.discover().await;
        match &fetched {
            Ok(metadata) => self.known.keep(metadata),
            Err(error) => self.known.failed(error),
        }
        fetched
    }

    async fn discover(&self) -> Result<Arc<Metadata>, OpenIdError> {
        let issuer = IssuerUrl::new(self.registration.issuer.clone())
            .map_err(|_| OpenIdError::Malformed("the issuer is no address"))?;
        let metadata = Arc::new(Metadata::discover_async(issuer, &self.http).await?);
        // The browser goes there, so it is as bound to https as what the server calls itself.
        if !self.http.accepts(metadata.authorization_endpoint().url()) {
            return Err(OpenIdError::Malformed("its authorization endpoint is not https"));
        }
        Ok(metadata)
    }
}

/// The client for an issuer with this configuration.
pub(super) fn client(metadata: &Metadata, registration: &Registration) -> OidcClient {
    let secret = registration.client_secret.as_ref();
    let secret = secret.map(|secret| ClientSecret::new(secret.expose_secret().to_owned()));
    let id = ClientId::new(registration.client_id.clone());
    let client = OidcClient::from_provider_metadata(metadata.clone(), id, secret);
    // The standard's default is the header; a few issuers accept the form only.
    let accepts =
        |method| metadata.token_endpoint_auth_methods_supported().is_some_and(|all| all.contains(method));
    if accepts(&CoreClientAuthMethod::ClientSecretPost) && !accepts(&CoreClientAuthMethod::ClientSecretBasic)
    {
        return client.set_auth_type(AuthType::RequestBody);
    }
    client
}

/// Calls of the library, with the limits of the project's client.
impl<'c> AsyncHttpClient<'c> for HttpClient {
    type Error = Failure;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, Failure>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async move {
            let broken = || Failure::transient(TransientKind::Connect);
            let request = Request::try_from(request).map_err(|_| broken())?;
            let (status, headers, body) = self.execute(request).await?;
            let mut response = HttpResponse::new(body.to_vec());
            *response.status_mut() = status;
            *response.headers_mut() = headers;
            Ok(response)
        })
    }
}
