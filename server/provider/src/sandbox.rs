//! The simulator of Dropbox at which the connectors of sandboxes link accounts. It speaks Dropbox's protocol. In addition, each app may
//! tell it how Dropbox behaves towards the accounts of that app, and approve in place of a user.

use reqwest::{Method, RequestBuilder, StatusCode};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use url::Url;

use crate::{
    AppCredentials, ClientReason, Failure, HttpClient, Malformed, RequestReason,
    dropbox::{Dropbox, EndpointError, Endpoints},
    http::Answer,
    observed::observed,
};

/// The simulator. Calls are never repeated here.
#[derive(Debug, Clone)]
pub struct Sandbox {
    dropbox: Dropbox,
    http: HttpClient,
    origin: Url,
}

impl Sandbox {
    /// A client of the simulator at this origin.
    ///
    /// # Errors
    /// [`EndpointError`] if it is not an origin, or one of Dropbox's own hosts.
    pub fn new(http: HttpClient, origin: &Url) -> Result<Self, EndpointError> {
        let dropbox = Dropbox::new(http.clone(), Endpoints::sandbox(origin)?)?;
        Ok(Self { dropbox, http, origin: origin.clone() })
    }

    /// The simulator in the role of Dropbox.
    pub(crate) fn dropbox(&self) -> &Dropbox {
        &self.dropbox
    }

    /// Asks whether the simulator is there and serves sandboxes.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn ping(&self) -> Result<(), Failure> {
        let mut url = self.origin.clone();
        url.set_path("sandbox");
        let request = self.http.request(Method::GET, &url);
        observed("ping", "sandbox", async { read(self.http.send(request).await?) }).await.map(drop)
    }

    /// Makes the app known, with a redirect URI and scopes in addition to those that it has. The simulator keeps nothing when it is
    /// restarted, so this is done before each link.
    ///
    /// # Errors
    /// [`Failure::ClientRejected`] if the app is known with another secret.
    pub async fn register(
        &self,
        app: &AppCredentials,
        callback_url: &str,
        scopes: &[String],
    ) -> Result<(), Failure> {
        let body = json!({ "redirect_uri": callback_url, "scopes": scopes });
        self.ask("register_app", "sandbox/app", app, Method::PUT, &body).await.map(drop)
    }

    /// Lets Dropbox behave in this way towards an account of the app. It replaces what was set before.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn set_state(
        &self,
        app: &AppCredentials,
        provider_account_id: &str,
        state: &str,
    ) -> Result<(), Failure> {
        let body = json!({ "account_id": provider_account_id, "state": state });
        self.ask("set_state", "sandbox/state", app, Method::PUT, &body).await.map(drop)
    }

    /// Approves in place of a user, or declines, and returns the address to which their browser would be redirected.
    ///
    /// # Errors
    /// [`RequestReason::InvalidRequest`] if there is no such user, or the simulator shows an error page instead.
    pub async fn approve(
        &self,
        app: &AppCredentials,
        authorize_url: &Url,
        user: &str,
        decline: bool,
    ) -> Result<Url, Failure> {
        let body = json!({ "authorize_url": authorize_url.as_str(), "user": user, "decline": decline });
        let answer = self.ask("approve", "sandbox/approve", app, Method::POST, &body).await?;
        let redirect: Option<String> = answer.at(&["redirect"]);
        let redirect = redirect.and_then(|text| Url::parse(&text).ok());
        redirect.ok_or_else(|| Failure::malformed(Malformed::Json))
    }

    async fn ask(
        &self,
        operation: &'static str,
        route: &'static str,
        app: &AppCredentials,
        method: Method,
        body: &Value,
    ) -> Result<Answer, Failure> {
        let request = self.request(route, app, method).json(body);
        observed(operation, route, async { read(self.http.send(request).await?) }).await
    }

    fn request(&self, route: &str, app: &AppCredentials, method: Method) -> RequestBuilder {
        let mut url = self.origin.clone();
        url.set_path(route);
        self.http.request(method, &url).basic_auth(&app.app_key, Some(app.app_secret.expose_secret()))
    }
}

fn read(answer: Answer) -> Result<Answer, Failure> {
    match answer.status {
        StatusCode::OK => Ok(answer),
        StatusCode::UNAUTHORIZED => Err(Failure::ClientRejected { reason: ClientReason::InvalidClient }),
        StatusCode::BAD_REQUEST => Err(Failure::RequestRejected { reason: RequestReason::InvalidRequest }),
        // Nothing but the simulator in its mode for sandboxes has these routes.
        _ => Err(Failure::RequestRejected { reason: RequestReason::Misconfigured }),
    }
}
