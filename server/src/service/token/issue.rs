//! Handing out access tokens: look, refresh if need be, record the first issue, open.

use std::time::{Duration, Instant};

use bowline_api::v1::AccessToken;
use bowline_api::{AccountId, ApiKeyId, TenantId};
use secrecy::ExposeSecret as _;

use super::ended::Ended;
use super::measure::Measure;
use super::refresh;
use crate::app::App;
use crate::domain::credential::ShownApiKey;
use crate::domain::{About, Code, Error, Result, scope};
use crate::service::account::{self, places};
use crate::service::{api_key, vault};
use crate::store::token_holdings::Holding;
use crate::store::token_path::{Found, Issue, TokenRow};

/// Seconds that a token must still live if the caller does not say.
const DEFAULT_MIN_TTL: u32 = 300;
/// And the most that he may ask for.
const MAX_MIN_TTL: u32 = 3600;
/// Times that an account may change between the look and the record before the call is given up.
pub(super) const TRIES: u32 = 5;

/// How long a token must still live.
#[derive(Debug, Clone, Copy)]
pub struct MinTtl(Duration);

impl MinTtl {
    /// Seconds as the caller asked for them, 300 if he did not.
    ///
    /// # Errors
    /// `invalid_field` above an hour.
    pub fn new(seconds: Option<u32>) -> Result<Self> {
        let seconds = seconds.unwrap_or(DEFAULT_MIN_TTL);
        if seconds > MAX_MIN_TTL {
            let detail = format!("min_ttl must be 0 to {MAX_MIN_TTL} seconds");
            return Err(Code::InvalidField.because(detail).field("min_ttl").into());
        }
        // Whatever is asked for: a token that dies on its way is none.
        Ok(Self(Duration::from_secs(seconds.into()).max(refresh::SKEW)))
    }
}

/// What a caller who is known wants, besides a plain token of an account.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    pub(super) tenant: TenantId,
    pub(super) key: ApiKeyId,
    pub(super) min_ttl: Duration,
    pub(super) shown: ShownApiKey,
}

impl Wanted {
    /// By `key`, which showed itself with `shown`.
    pub fn new(key: ApiKeyId, shown: ShownApiKey, min_ttl: MinTtl) -> Self {
        Self { tenant: shown.tenant, key, min_ttl: min_ttl.0, shown }
    }
}

/// The account's own token.
///
/// # Errors
/// Those of [`for_account`].
pub async fn plain(app: &App, wanted: Wanted, id: AccountId) -> Result<AccessToken> {
    plain_since(app, wanted, id, Measure::begin()).await
}

/// The same for a request that something was done for already, and that is measured as one.
///
/// # Errors
/// Those of [`for_account`].
pub(super) async fn plain_since(
    app: &App,
    wanted: Wanted,
    id: AccountId,
    measure: Measure,
) -> Result<AccessToken> {
    answer(app, wanted.shown, wanted.min_ttl, id, measure).await.outcome
}

/// What became of a call.
pub struct Answered {
    /// Which key was shown, if it works.
    pub key: Option<ApiKeyId>,
    /// The token, or why there is none.
    pub outcome: Result<AccessToken>,
}

/// The token of one account, for whoever shows an API key of its tenant. The outcome's errors: `unauthenticated`,
/// `insufficient_scope`, `not_found`, what [`account::refusal`] says, or that no refresh could be had.
pub async fn for_account(app: &App, shown: ShownApiKey, min_ttl: MinTtl, id: AccountId) -> Answered {
    answer(app, shown, min_ttl.0, id, Measure::begin()).await
}

async fn answer(
    app: &App,
    shown: ShownApiKey,
    min_ttl: Duration,
    id: AccountId,
    measure: Measure,
) -> Answered {
    let mut call = Call { app, shown, min_ttl, id, key: None, measure };
    let outcome = call.fetch().await;
    let Call { key, measure, .. } = call;
    measure.end(&outcome);
    Answered { key, outcome }
}

struct Call<'a> {
    app: &'a App,
    shown: ShownApiKey,
    min_ttl: Duration,
    id: AccountId,
    key: Option<ApiKeyId>,
    measure: Measure,
}

impl Call<'_> {
    async fn fetch(&mut self) -> Result<AccessToken> {
        let mut ended: Option<Ended> = None;
        for _ in 0..TRIES {
            let looked_at = Instant::now();
            let (found, row) = self.look().await?;
            let is_alive = row.access_expires_at.is_none_or(|end| end > found.now + refresh::SKEW);
            let lives_long_enough =
                is_alive && row.access_expires_at.is_none_or(|end| end >= found.now + self.min_ttl);
            let handed = match &ended {
                _ if lives_long_enough => {
                    if let Some(end) = row.access_expires_at {
                        self.app.ahead.note(self.shown.tenant, self.id, row.generation, end - found.now);
                    }
                    self.hand_out(&found, &row, false).await?
                }
                None => {
                    self.measure.refreshed = true;
                    let (tenant, min_ttl) = (self.shown.tenant, self.min_ttl);
                    let refresh = self.app.refreshes.join(self.app, tenant, self.id, min_ttl);
                    // Boxed, as all that is rare: thousands of calls of batches wait at once, and each would have room for it.
                    ended = Some(Box::pin(refresh).await?);
                    None
                }
                // A refresh was due and did not come about, or the provider's tokens do not live as long as was asked for.
                Some(_) if is_alive => self.hand_out(&found, &row, true).await?,
                Some(ended) => return Err(ended.refusal()),
            };
            // The database may have kept us waiting since the look; the process's clock only measures how long.
            let now = found.now + looked_at.elapsed();
            if let Some(token) = handed.filter(|token| token.expires_at.is_none_or(|end| now < end)) {
                return Ok(token);
            }
        }
        Err(kept_changing())
    }

    /// What the database says now, if it lets the token go out.
    async fn look(&mut self) -> Result<(Found, TokenRow)> {
        let place = self.app.tenants.place(&self.shown).await;
        let found = self.app.store.tokens().look_up(self.shown, self.id).await?;
        drop(place);
        let Some(mut found) = found else { return Err(api_key::unknown()) };
        self.key = Some(found.key);
        if !found.allowed {
            return Err(api_key::insufficient(bowline_api::status::Permission::Token));
        }
        let row = found.account.take().ok_or_else(Error::not_found)?;
        account::refusal(row.id, &row.status, row.status_reason.as_deref(), &row.external_user_id)
            .map_or(Ok((found, row)), Err)
    }

    /// The token, on record as held; nothing if the account has changed since the look.
    async fn hand_out(&self, found: &Found, row: &TokenRow, degraded: bool) -> Result<Option<AccessToken>> {
        let sealed =
            row.sealed_access_token.as_deref().ok_or_else(|| Error::bug("an active account has no token"))?;
        let place =
            places::access_token_of(&row.id, row.generation, &row.external_user_id, &row.provider_account_id)
                .facts(places::access_facts(row.access_expires_at, &row.scopes));
        let keys = self.app.vault.keys_of(&self.app.store, self.shown.tenant).await?;
        let token = vault::open(&keys, &place, "accounts.access_token", About::Account(self.id), sealed);
        // Boxed: the calls whose token opens have no room for it.
        let token = match token {
            Ok(token) => token,
            tampered => Box::pin(vault::noted(self.app, self.shown.tenant, tampered)).await?,
        };
        let holding = Holding { account: row.id, api_key: found.key.uuid(), generation: row.generation };
        if row.held {
            self.app.holdings.repeated(self.shown.tenant, holding);
        } else if !record(self.app, self.shown, holding).await? {
            return Ok(None);
        }
        Ok(Some(AccessToken {
            access_token: token.expose_secret().to_owned(),
            token_type: "bearer".to_owned(),
            expires_at: row.access_expires_at,
            scopes: scope::set(row.scopes.clone()),
            account_id: self.id,
            provider_account_id: row.provider_account_id.clone(),
            degraded,
        }))
    }
}

/// What the caller is told where the account changed each time between the look and the record.
pub(super) fn kept_changing() -> Error {
    Code::DatabaseUnavailable
        .because("the account kept changing; try again")
        .retry_after(Duration::from_secs(1))
        .into()
}

/// Puts an issue on record before the token leaves, or the token does not leave. False if by now the key does not work, or the
/// account is not active or has another token.
///
/// # Errors
/// `database_unavailable`, where it is not known to be recorded.
pub(super) async fn record(app: &App, shown: ShownApiKey, holding: Holding) -> Result<bool> {
    let place = app.tenants.place(&shown).await;
    let issue = app.store.tokens().hold(shown, holding.account, holding.generation).await?;
    drop(place);
    match issue {
        Some(Issue::First) => app.holdings.first(shown.tenant, holding),
        Some(Issue::Repeated) => app.holdings.repeated(shown.tenant, holding),
        None => return Ok(false),
    }
    Ok(true)
}
