//! Tenant apps on the token path: the statement that fetches the token is the one that checks the key.

use std::num::NonZeroU32;
use std::time::Instant;

use bowline_api::ApiKeyId;
use bowline_api::status::Permission;
use rocket::Request;
use rocket::request::{FromRequest, Outcome};

use super::caller::{Caller, Who};
use super::problem::Refuse as _;
use super::security::{Argument, Security};
use super::{tenant_app, token_failures};
use crate::app::App;
use crate::domain::credential::ShownApiKey;
use crate::domain::{Code, Result};
use crate::service::api_key::{self, Identified};
use crate::service::by_tenant::Calls;

/// An API key that has the right form, and of which nothing else is known yet: whoever takes one must let the database decide.
#[derive(Debug)]
pub struct ShownKey<'r> {
    shown: ShownApiKey,
    caller: &'r Caller,
}

impl Argument for ShownKey<'_> {
    const SECURITY: Option<Security> = Some(Security::ApiKey(Permission::Token));
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for ShownKey<'r> {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, ()> {
        match Self::of(request) {
            Ok(key) => Outcome::Success(key),
            Err(error) => request.refuse(error),
        }
    }
}

impl<'r> ShownKey<'r> {
    /// The key that the request shows.
    ///
    /// # Errors
    /// `unauthenticated` where it shows none, or what cannot be one.
    pub(super) fn of(request: &'r Request<'_>) -> Result<Self> {
        Ok(Self { shown: tenant_app::shown(request)?, caller: Caller::of(request) })
    }

    /// What was shown.
    pub fn shown(&self) -> ShownApiKey {
        self.shown
    }

    /// What became of a call on the token path. Notes for the log which key it turned out to be; one that does not work is
    /// refused at the pace of all such keys.
    ///
    /// # Errors
    /// The call's own.
    pub async fn answer<T>(&self, app: &App, key: Option<ApiKeyId>, outcome: Result<T>) -> Result<T> {
        self.is(key);
        match outcome {
            Err(error) if error.code() == Code::Unauthenticated => {
                app.tenants.fails(&self.shown);
                Err(api_key::refused(app).await)
            }
            outcome => {
                if let Some(key) = key {
                    app.tenants.works(&self.shown, key);
                }
                outcome
            }
        }
    }

    /// Counts so many tokens, if the key has worked before.
    ///
    /// # Errors
    /// `rate_limited`.
    pub async fn count(&self, app: &App, tokens: NonZeroU32) -> Result<()> {
        tenant_app::count(app, self.caller, &self.shown, Calls::Tokens(tokens)).await
    }

    fn is(&self, key: Option<ApiKeyId>) {
        if let Some(key) = key {
            self.caller.is(Who::App(self.shown.tenant, key));
        }
    }

    /// What was asked for. Where that makes no sense, the key is asked about first: only those with one are told why.
    ///
    /// # Errors
    /// `unauthenticated`, `insufficient_scope`, then the request's own.
    pub async fn asked<T>(&self, app: &App, asked: Result<T>) -> Result<T> {
        if asked.is_err() {
            self.identify(app).await?;
        }
        asked
    }

    /// Whose key it is, by the database; for calls that want more than the token path gives.
    ///
    /// # Errors
    /// `unauthenticated`, `insufficient_scope`.
    pub async fn identify(&self, app: &App) -> Result<Identified> {
        let begun = Instant::now();
        let key = api_key::identify(app, self.shown)
            .await
            .inspect_err(|error| token_failures::call(error.code(), begun.elapsed()))?;
        self.is(Some(key.id));
        if key.permissions.contains(&Permission::Token) {
            Ok(key)
        } else {
            Err(api_key::insufficient(Permission::Token))
        }
    }
}
