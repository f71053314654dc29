//! A login at the identity provider: in a browser on this machine, or with a code on another device.

mod browser;
mod loopback;
mod step;

use std::time::Duration;

use bowline_api::admin::{
    BeginBrowserSignOn, BrowserSignOn, DeviceSignOn, FinishBrowserSignOn, LoginMethods, NewSession,
    PollDeviceSignOn, PolledSignOn,
};
use reqwest::Method;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::time::{sleep, timeout};

use super::{Client, Failure, Proof};
use loopback::Loopback;

pub use step::{SignOnStep, SignOnWay};

/// How long the client waits for the browser. The server forgets the login then.
const BROWSER_PATIENCE: Duration = Duration::from_mins(10);
/// How long the client waits for another device. No server keeps a login for longer.
const DEVICE_PATIENCE: Duration = Duration::from_mins(30);

/// The routes of logins, and those of operators who prove anew that it is them.
const SIGN_ON_ROUTE: &str = "/sign-on";
const STEP_UP_ROUTE: &str = "/whoami/sign-on";

impl Client {
    /// `GET /login`: how operators log in at this server. A server that is too old to say so has passwords only.
    pub async fn login_methods(&self) -> Result<LoginMethods, Failure> {
        match self.json(self.request(Method::GET, "/login")?).await {
            Err(Failure::NotFound(_) | Failure::Unsupported { .. }) => {
                Ok(LoginMethods { passwords: true, single_sign_on: None })
            }
            outcome => outcome,
        }
    }

    /// Logs in at the identity provider. `tell` learns what the operator has to do meanwhile. If this call is dropped, nothing remains that
    /// could finish the login.
    pub async fn sign_on(&self, way: SignOnWay, tell: impl Fn(SignOnStep)) -> Result<NewSession, Failure> {
        match way {
            SignOnWay::Browser => {
                let returned = self.returned_from_browser(SIGN_ON_ROUTE, &tell).await?;
                tell(SignOnStep::LoggedIn);
                self.sign_on_call(&format!("{SIGN_ON_ROUTE}/browser/finish"), &returned).await
            }
            SignOnWay::Device => {
                let (_, polled) =
                    self.approved_elsewhere(SIGN_ON_ROUTE, tell, |polled| polled.session.is_some()).await?;
                polled.session.ok_or_else(|| Failure::Malformed("no session".to_owned()))
            }
        }
    }

    /// An operator who logs in at the identity provider proves with a login anew there that it is them. The proof counts once.
    pub(super) async fn prove_anew(
        &self,
        way: SignOnWay,
        tell: impl Fn(SignOnStep),
    ) -> Result<Proof, Failure> {
        let secret = match way {
            SignOnWay::Browser => {
                let returned = self.returned_from_browser(STEP_UP_ROUTE, tell).await?;
                let path = format!("{STEP_UP_ROUTE}/browser/finish");
                self.bytes(self.request(Method::POST, &path)?.json(&returned)).await?;
                returned.secret
            }
            SignOnWay::Device => {
                self.approved_elsewhere(STEP_UP_ROUTE, tell, |polled| polled.wait_seconds.is_none()).await?.0
            }
        };
        Ok(Proof::typed(secret.into(), None))
    }

    /// Waits until the browser has come back. Returns what finishes the login.
    async fn returned_from_browser(
        &self,
        base: &str,
        tell: impl Fn(SignOnStep),
    ) -> Result<FinishBrowserSignOn, Failure> {
        let local = |error: std::io::Error| {
            Failure::Refused(format!("no port of this machine can be opened for the browser: {error}"))
        };
        let listener = Loopback::open().await.map_err(local)?;
        let wanted = BeginBrowserSignOn { redirect_uri: listener.address().to_owned() };
        let begun: BrowserSignOn = self.sign_on_call(&format!("{base}/browser"), &wanted).await?;
        let state = loopback::state_of(&begun.url)
            .ok_or_else(|| Failure::Malformed("the address of the login page".to_owned()))?;
        let opened = browser::open(&begun.url).await;
        tell(SignOnStep::Page { url: begun.url, opened });
        let Ok(returned) = timeout(BROWSER_PATIENCE, listener.wait(&state)).await else {
            return Err(Failure::Refused("nobody has logged in for ten minutes; begin again".to_owned()));
        };
        let returned = returned.map_err(local)?;
        if let Some(error) = returned.error {
            return Err(Failure::Refused(format!("the identity provider did not let you in: {error}")));
        }
        Ok(FinishBrowserSignOn { secret: begun.secret, code: returned.code, state, iss: returned.iss })
    }

    /// Polls until the operator has approved on another device. Returns the secret of the login and the last answer.
    async fn approved_elsewhere(
        &self,
        base: &str,
        tell: impl Fn(SignOnStep),
        is_approved: impl Fn(&PolledSignOn) -> bool,
    ) -> Result<(String, PolledSignOn), Failure> {
        let request = self.request(Method::POST, &format!("{base}/device"))?;
        let begun: DeviceSignOn = self.json(request).await?;
        let (code, url, complete_url) = (begun.user_code, begun.verification_url, begun.complete_url);
        tell(SignOnStep::Code { code, url, complete_url });
        let poll = PollDeviceSignOn { secret: begun.secret };
        let path = format!("{base}/device/poll");
        let mut wait = begun.interval_seconds;
        let polling = async {
            loop {
                sleep(Duration::from_secs(wait.clamp(1, 60))).await;
                // A server that cannot be reached for a moment is no reason to give up; the login ends at the server.
                match self.sign_on_call::<PolledSignOn>(&path, &poll).await {
                    Ok(polled) if is_approved(&polled) => return Ok(polled),
                    Ok(polled) => wait = polled.wait_seconds.unwrap_or(wait),
                    Err(failure) if failure.is_transient() => {}
                    Err(failure) => return Err(failure),
                }
            }
        };
        let Ok(polled) = timeout(DEVICE_PATIENCE, polling).await else {
            return Err(Failure::Refused(
                "nobody has approved the login for half an hour; begin again".to_owned(),
            ));
        };
        Ok((poll.secret, polled?))
    }

    async fn sign_on_call<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, Failure> {
        self.json(self.request(Method::POST, path)?.json(body)).await
    }
}
