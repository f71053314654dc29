//! Tenant apps on the token path. The statement that fetches the token also verifies the key, so that a fetch costs one
//! round trip.

use std::num::NonZeroU32;

use bowline_api::ApiKeyId;
use bowline_api::status::Permission;

use super::measure::Measure;
use crate::app::App;
use crate::domain::credential::PresentedApiKey;
use crate::domain::{Code, Result};
use crate::service::api_key::{self, VerifiedKey};
use crate::service::caller::{Caller, Principal};
use crate::service::limit::by_tenant::CallKind;
use crate::service::tenant_freeze;

/// A tenant app whose API key is well-formed and not yet verified. It can do nothing but call
/// [`fetch`](fn@crate::service::token::fetch) and [`fetch_many`](crate::service::token::fetch_many), which verify the
/// key.
#[derive(Debug)]
pub struct UnverifiedApp<'r> {
    key: PresentedApiKey,
    caller: &'r Caller,
}

/// The outcome of a call on the token path.
pub(in crate::service::token) struct AnsweredCall<T> {
    /// The id of the presented key, if the key works.
    pub(in crate::service::token) key: Option<ApiKeyId>,
    pub(in crate::service::token) outcome: Result<T>,
}

impl<'r> UnverifiedApp<'r> {
    /// The app that presented `key`. It is recorded in `caller` once the key is verified.
    pub fn new(key: PresentedApiKey, caller: &'r Caller) -> Self {
        Self { key, caller }
    }

    /// The key, for the statement that verifies it.
    pub(super) fn key(&self) -> PresentedApiKey {
        self.key
    }

    /// Counts `tokens` against the tenant's limit, if the key has worked before, and returns the request. If the
    /// request itself is refused, the key is verified first, because only callers with a working key learn the reason.
    ///
    /// # Errors
    /// `rate_limited`, `unauthenticated`, `insufficient_scope`, and then that of the request.
    pub(super) async fn admit<T>(&self, app: &App, tokens: NonZeroU32, request: Result<T>) -> Result<T> {
        api_key::count(app, self.caller, &self.key, CallKind::Tokens(tokens)).await?;
        if request.is_err() {
            self.verify_measured(app).await?;
        }
        request
    }

    /// Verifies the key with a separate statement, for calls that need more than the token path offers.
    ///
    /// # Errors
    /// `unauthenticated`, `insufficient_scope`.
    pub async fn verify(&self, app: &App) -> Result<VerifiedKey> {
        let key = api_key::verify(app, self.key).await?;
        self.identified_key(Some(key.id));
        if key.may(Permission::Token) { Ok(key) } else { Err(api_key::insufficient(Permission::Token)) }
    }

    /// Like [`verify`](Self::verify), for a call that ends if this fails. Failures of the service count as failed token
    /// calls.
    ///
    /// # Errors
    /// Those of [`verify`](Self::verify).
    pub(super) async fn verify_measured(&self, app: &App) -> Result<VerifiedKey> {
        let measure = Measure::begin();
        self.verify(app).await.inspect_err(|error| measure.fail(error.code()))
    }

    /// Ends a call on the token path: records the owner of the key, and delays the refusal of a key that does not work.
    ///
    /// # Errors
    /// The error of the call.
    pub(super) async fn conclude<T>(&self, app: &App, answered: AnsweredCall<T>) -> Result<T> {
        let AnsweredCall { key, outcome } = answered;
        self.identified_key(key);
        match outcome {
            Err(error) if error.code() == Code::Unauthenticated => {
                // Boxed, because nearly every key works and those calls should not reserve space for it.
                Err(Box::pin(tenant_freeze::refuse_key(app, &self.key, error)).await)
            }
            outcome => {
                if let Some(key) = key {
                    app.tenants.works(&self.key, key);
                }
                outcome
            }
        }
    }

    fn identified_key(&self, key: Option<ApiKeyId>) {
        if let Some(key) = key {
            self.caller.identify_as(Principal::TenantApp(self.key.tenant, key));
        }
    }
}
