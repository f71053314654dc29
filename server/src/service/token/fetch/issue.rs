//! Issues access tokens: looks the account up, refreshes its token if necessary, records the first issue, opens the
//! token.

use std::time::{Duration, Instant};

use bowline_api::v1::{AccessToken, Token};
use bowline_api::{AccountId, ApiKeyId};
use secrecy::ExposeSecret as _;

use super::measure::Measure;
use super::unverified::AnsweredCall;
use crate::app::App;
use crate::domain::credential::PresentedApiKey;
use crate::domain::{About, Code, Error, Result, scope};
use crate::service::account::{self, places};
use crate::service::token::refresh::join;
use crate::service::token::refresh::need::{Need, SKEW};
use crate::service::token::refresh::outcome::RefreshOutcome;
use crate::service::{api_key, oauth1, vault};
use crate::store::tokens::holdings::Holding;
use crate::store::tokens::path::{Found, Issue, TokenRow};

/// The default for the seconds that a token must still be valid.
const DEFAULT_MIN_TTL: u32 = 300;
/// The maximum of the seconds that a token must still be valid.
const MAX_MIN_TTL: u32 = 3600;
/// The number of attempts if an account changes between the lookup and the record.
pub(in crate::service::token) const ISSUE_TRIES: u32 = 5;

/// How long a token must still be valid.
#[derive(Debug, Clone, Copy)]
pub(in crate::service::token) struct MinTtl(pub(in crate::service::token) Duration);

impl MinTtl {
    /// Takes the request's seconds, or 300 if there are none.
    ///
    /// # Errors
    /// `invalid_field` if it is more than an hour.
    pub(in crate::service::token) fn new(seconds: Option<u32>) -> Result<Self> {
        let seconds = seconds.unwrap_or(DEFAULT_MIN_TTL);
        if seconds > MAX_MIN_TTL {
            let detail = format!("min_ttl must be 0 to {MAX_MIN_TTL} seconds");
            return Err(Code::InvalidField.because(detail).field("min_ttl").into());
        }
        // Whatever the request says, a token that expires on its way to the caller is useless.
        Ok(Self(Duration::from_secs(seconds.into()).max(SKEW)))
    }
}

/// The account's own token, for an app that presents an API key of its tenant. The errors of the outcome are
/// `unauthenticated`, `insufficient_scope`, `not_found`, those of [`account::refusal`], or that a refresh failed.
pub(super) async fn issue(
    app: &App,
    key: PresentedApiKey,
    min_ttl: MinTtl,
    id: AccountId,
) -> AnsweredCall<Token> {
    issue_measured(app, key, min_ttl, id, Measure::begin()).await
}

/// Like [`issue`], for a call that is already being measured.
pub(in crate::service::token) async fn issue_measured(
    app: &App,
    presented: PresentedApiKey,
    min_ttl: MinTtl,
    id: AccountId,
    measure: Measure,
) -> AnsweredCall<Token> {
    let mut call = TokenCall { app, presented, min_ttl: min_ttl.0, id, key: None, measure };
    let outcome = call.fetch().await;
    let TokenCall { key, measure, .. } = call;
    measure.end(&outcome);
    AnsweredCall { key, outcome }
}

struct TokenCall<'a> {
    app: &'a App,
    presented: PresentedApiKey,
    min_ttl: Duration,
    id: AccountId,
    key: Option<ApiKeyId>,
    measure: Measure,
}

impl TokenCall<'_> {
    async fn fetch(&mut self) -> Result<Token> {
        let mut refreshed: Option<RefreshOutcome> = None;
        for _ in 0..ISSUE_TRIES {
            let looked_up_at = Instant::now();
            let (found_token, token_row) = self.look().await?;
            let is_alive = token_row.access_expires_at.is_none_or(|end| end > found_token.now + SKEW);
            let lives_long_enough = is_alive
                && token_row.access_expires_at.is_none_or(|end| end >= found_token.now + self.min_ttl);
            let issued = match &refreshed {
                _ if lives_long_enough => {
                    if let Some(end) = token_row.access_expires_at {
                        join::ahead(
                            self.app,
                            self.presented.tenant,
                            self.id,
                            token_row.generation,
                            end - found_token.now,
                        );
                    }
                    self.open_and_record(&found_token, &token_row, false).await?
                }
                None => {
                    self.measure.refreshed = true;
                    let (tenant, need) = (self.presented.tenant, Need::Life(self.min_ttl));
                    let joined = join::join(self.app, tenant, self.id, need);
                    // Boxed because it is rare: thousands of calls of batches may wait at once, and each would reserve
                    // space for it.
                    refreshed = Some(Box::pin(joined).await?);
                    None
                }
                // The due refresh failed, or the provider's tokens are not valid for as long as the request requires.
                Some(_) if is_alive => self.open_and_record(&found_token, &token_row, true).await?,
                Some(outcome) => return Err(outcome.refusal()),
            };
            // The call may have waited for the database since the lookup. The process's clock only measures for how
            // long.
            let now = found_token.now + looked_up_at.elapsed();
            if let Some(token) = issued.filter(|token| token.expires_at().is_none_or(|end| now < end)) {
                return Ok(token);
            }
        }
        Err(kept_changing())
    }

    /// Looks the account up. Fails unless the key and the account permit issuing the token.
    async fn look(&mut self) -> Result<(Found, TokenRow)> {
        let permit = self.app.tenants.permit(&self.presented).await;
        let found_token = self.app.store.tokens().look_up(self.presented, self.id).await?;
        drop(permit);
        let Some(mut found_token) = found_token else { return Err(api_key::unknown()) };
        self.key = Some(found_token.key);
        if !found_token.allowed {
            return Err(api_key::insufficient(bowline_api::status::Permission::Token));
        }
        let token_row = found_token.account.take().ok_or_else(Error::not_found)?;
        account::refusal(
            token_row.id,
            &token_row.status,
            token_row.status_reason.as_deref(),
            &token_row.external_user_id,
        )
        .map_or(Ok((found_token, token_row)), Err)
    }

    /// The token, recorded as held by the key. `None` if the account has changed since the lookup.
    async fn open_and_record(
        &self,
        found_token: &Found,
        token_row: &TokenRow,
        degraded: bool,
    ) -> Result<Option<Token>> {
        let sealed = token_row
            .sealed_access_token
            .as_deref()
            .ok_or_else(|| Error::bug("an active account has no token"))?;
        let place = places::access_token_of(
            &token_row.id,
            token_row.generation,
            &token_row.external_user_id,
            &token_row.provider_account_id,
        )
        .facts(places::access_facts(token_row.access_expires_at, &token_row.scopes));
        let keys = self.app.vault.keys_of(&self.app.store, self.presented.tenant).await?;
        let token = vault::open(&keys, &place, "accounts.access_token", About::Account(self.id), sealed);
        // Boxed, because nearly every token opens and those calls should not reserve space for it.
        let token = match token {
            Ok(token) => token,
            tampered => Box::pin(vault::noted(&self.app.store, self.presented.tenant, tampered)).await?,
        };
        if token_row.access_expires_at.is_none() {
            // Boxed for the same reason: nearly every token expires, and then a disabled connector is noticed at the refresh.
            let (tenant, account) = (self.presented.tenant, self.id);
            if !Box::pin(oauth1::may_issue(self.app, tenant, account, token_row.generation, &token)).await? {
                return Ok(None);
            }
        }
        let holding = Holding {
            account: token_row.id,
            api_key: found_token.key.uuid(),
            generation: token_row.generation,
        };
        if token_row.held {
            self.app.holdings.repeated(self.presented.tenant, holding);
        } else if !record_first_issue(self.app, self.presented, holding).await? {
            return Ok(None);
        }
        self.app.drains.issued(self.presented.tenant, holding.api_key, holding.account);
        Ok(Some(oauth1::of_its_protocol(AccessToken {
            access_token: token.expose_secret().to_owned(),
            token_type: "bearer".to_owned(),
            expires_at: token_row.access_expires_at,
            scopes: scope::set(token_row.scopes.clone()),
            account_id: self.id,
            provider_account_id: token_row.provider_account_id.clone(),
            degraded,
        })))
    }
}

/// The error if the account changed between the lookup and the record in every attempt.
pub(in crate::service::token) fn kept_changing() -> Error {
    Code::DatabaseUnavailable
        .because("the account kept changing; try again")
        .retry_after(Duration::from_secs(1))
        .into()
}

/// Records an issue of a token with all scopes before it is returned. False as [`hold`] returns `None`.
async fn record_first_issue(app: &App, presented: PresentedApiKey, holding: Holding) -> Result<bool> {
    match hold(app, presented, holding).await? {
        Some(Issue::First) => app.holdings.first(presented.tenant, holding),
        Some(Issue::Repeated) => app.holdings.repeated(presented.tenant, holding),
        None => return Ok(false),
    }
    Ok(true)
}

/// Records that a key holds a token before it is returned; a token whose issue cannot be recorded is not returned. `None` if
/// the key no longer works, or the account is no longer active or has another token.
///
/// # Errors
/// `database_unavailable` if it is not known whether the issue was recorded.
pub(in crate::service::token) async fn hold(
    app: &App,
    presented: PresentedApiKey,
    holding: Holding,
) -> Result<Option<Issue>> {
    let permit = app.tenants.permit(&presented).await;
    let issue = app.store.tokens().hold(presented, holding.account, holding.generation).await?;
    drop(permit);
    if issue == Some(Issue::First) {
        app.activity.issued(presented.tenant, 1);
    }
    Ok(issue)
}
