//! Signs and sends one request, with the parameters in the place that the service wants (RFC 5849, 3.5).

use rand::rngs::SysRng;
use reqwest::{
    Method, RequestBuilder,
    header::{AUTHORIZATION, HeaderValue},
};
use url::Url;

use super::{
    config::{ServiceConfig, Transmission},
    error,
    signer::{Signed, Signer, Unsigned},
    stamp::Stamp,
    token_pair::TokenPair,
};
use crate::{AppCredentials, Failure, HttpClient, TransientKind, http::Answer};

/// One call, before it is signed.
pub(super) struct Call<'a> {
    pub(super) method: Method,
    pub(super) url: &'a Url,
    pub(super) token: Option<&'a TokenPair>,
    pub(super) protocol: &'a [(&'static str, &'a str)],
}

impl<'a> Call<'a> {
    /// A call with an access token.
    pub(super) fn with_token(method: Method, url: &'a Url, pair: &'a TokenPair) -> Self {
        Self { method, url, token: Some(pair), protocol: &[] }
    }
}

/// Sends a call once and reads what arrives, even if it is cut off.
pub(super) async fn receive(
    http: &HttpClient,
    config: &ServiceConfig,
    app: &AppCredentials,
    call: &Call<'_>,
) -> Result<Answer, Failure> {
    let stamp = Stamp::now(&mut SysRng).map_err(|_| Failure::transient(TransientKind::Randomness))?;
    let signer = Signer {
        app_key: &app.app_key,
        app_secret: &app.app_secret,
        token: call.token,
        method: config.method,
    };
    let request =
        Unsigned { method: call.method.as_str(), url: call.url, form: &[], protocol: call.protocol };
    let parameters = signer.sign(&request, &stamp);
    http.receive(request_of(http, config.transmission, call, &parameters)?).await
}

/// Sends a call once and reads the whole answer.
pub(super) async fn send(
    http: &HttpClient,
    config: &ServiceConfig,
    app: &AppCredentials,
    call: &Call<'_>,
) -> Result<Answer, Failure> {
    receive(http, config, app, call).await?.checked().map_err(error::rate_limit)
}

fn request_of(
    http: &HttpClient,
    transmission: Transmission,
    call: &Call<'_>,
    signed: &Signed,
) -> Result<RequestBuilder, Failure> {
    let bare = |url: &Url| http.request(call.method.clone(), url);
    match transmission {
        Transmission::Body if call.method == Method::POST => {
            let form: Vec<_> = signed.parameters().collect();
            Ok(bare(call.url).form(&form))
        }
        Transmission::Query => {
            let mut url = call.url.clone();
            url.query_pairs_mut().extend_pairs(signed.parameters());
            Ok(bare(&url))
        }
        Transmission::Header | Transmission::Body => {
            // It is ASCII; the app key is the only part that is not ours, and it is encoded.
            let mut value = HeaderValue::from_str(&signed.header())
                .map_err(|_| Failure::transient(TransientKind::Connect))?;
            value.set_sensitive(true);
            Ok(bare(call.url).header(AUTHORIZATION, value))
        }
    }
}
