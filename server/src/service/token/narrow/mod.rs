//! Tokens with only some of their account's scopes, for work that needs no more. Each is valid for one generation of
//! the account, so that whatever ends the account's own token ends these, too.

pub(super) mod scopes_hash;
pub(super) mod sealed;

use std::sync::Arc;
use std::time::{Duration, Instant};

use bowline_api::AccountId;
use bowline_api::v1::{AccessToken, Token};
use chrono::{DateTime, Utc};
use secrecy::ExposeSecret as _;

use super::fetch::issue::{ISSUE_TRIES, MinTtl, hold, issue_measured, kept_changing};
use super::fetch::measure::Measure;
use super::refresh::join::join;
use super::refresh::need::{Need, SKEW};
use super::refresh::outcome::RefreshOutcome;
use crate::app::App;
use crate::domain::{About, Code, Error, Facts, Result, scope};
use crate::service::api_key::{self, VerifiedKey};
use crate::service::{account, vault};
use crate::store::TenantTx;
use crate::store::tokens::holdings::Holding;
use scopes_hash::ScopesHash;
use sealed::{NARROWED_COLUMN, key, place};

/// A call's request for a narrowed token.
struct NarrowedRequest<'a> {
    key: &'a VerifiedKey,
    min_ttl: Duration,
    account: AccountId,
    /// Sorted.
    scopes: &'a [String],
    hash: ScopesHash,
}

/// A token of the account with `scopes` and no others. If these are all of the account's scopes, it is the account's
/// own token.
///
/// # Errors
/// `invalid_field` if the account, or the grant at the provider, does not have these scopes; otherwise those of
/// [`issue`](super::fetch::issue::issue).
pub(super) async fn fetch(
    app: &App,
    key: &VerifiedKey,
    min_ttl: MinTtl,
    account: AccountId,
    scopes: &[String],
) -> Result<Token> {
    let scopes = scope::parse(scopes)?;
    let mut measure = Measure::begin();
    let request =
        NarrowedRequest { key, min_ttl: min_ttl.0, account, scopes: &scopes, hash: ScopesHash::of(&scopes) };
    let Some(outcome) = fetch_narrowed(app, &request, &mut measure).await.transpose() else {
        return issue_measured(app, key.presented, min_ttl, account, measure).await.outcome;
    };
    measure.end(&outcome);
    outcome
}

/// None if the account has exactly these scopes, so that its own token is the right one.
async fn fetch_narrowed(
    app: &App,
    request: &NarrowedRequest<'_>,
    measure: &mut Measure,
) -> Result<Option<Token>> {
    let presented = request.key.presented;
    let mut refreshed: Option<RefreshOutcome> = None;
    for _ in 0..ISSUE_TRIES {
        let looked_at = Instant::now();
        match (look_for_narrowed_token(app, request, refreshed.is_none()).await?, &refreshed) {
            (Look::Token { token, holding, now }, _) => {
                // The key and the account are checked again when the issue is recorded.
                let Some(issue) = hold(app, presented, holding).await? else {
                    api_key::verify(app, presented).await?;
                    continue;
                };
                app.holdings.narrowed(presented.tenant, holding, issue, request.scopes);
                app.drains.issued(presented.tenant, holding.api_key, holding.account);
                if token.expires_at.is_none_or(|end| now + looked_at.elapsed() < end) {
                    return Ok(Some(Token::Bearer(*token)));
                }
            }
            (Look::All, _) => return Ok(None),
            (Look::Missing, None) => {
                measure.refreshed = true;
                let NarrowedRequest { account, scopes, hash, min_ttl: life, .. } = *request;
                let need = Need::Narrowed { scopes: Arc::from(scopes), hash, life };
                refreshed = Some(join(app, presented.tenant, account, need).await?);
            }
            (Look::Missing, Some(outcome)) => return Err(outcome.refusal()),
        }
    }
    Err(kept_changing())
}

/// What one lookup of a narrowed token found.
enum Look {
    /// There is a token, and this holding is recorded before it is sent.
    Token {
        token: Box<AccessToken>,
        holding: Holding,
        /// When it was found valid, by the database's clock.
        now: DateTime<Utc>,
    },
    /// The account has exactly these scopes.
    All,
    Missing,
}

/// Looks for a token that lives as long as requested. After a refresh (`before` is false), any valid token will do.
async fn look_for_narrowed_token(app: &App, request: &NarrowedRequest<'_>, before: bool) -> Result<Look> {
    app.store
        .scoped_in_turn(request.key.tenant(), async |tx| look_within(app, tx, request, before).await)
        .await
}

async fn look_within(
    app: &App,
    tx: &mut TenantTx,
    request: &NarrowedRequest<'_>,
    before: bool,
) -> Result<Look> {
    let NarrowedRequest { account, scopes, hash, .. } = *request;
    let now = tx.now().await?;
    let row = tx.account(account.uuid()).await?.ok_or_else(Error::not_found)?;
    account::usable(&row)?;
    let excess = scope::missing(scopes, &row.scopes);
    if !excess.is_empty() {
        return Err(lacking_scopes(account, excess));
    }
    if scope::missing(&row.scopes, scopes).is_empty() {
        return Ok(Look::All);
    }
    let known = tx.narrowed_token(row.id, &hash.0).await?;
    let Some(known) = known.filter(|known| known.generation == row.generation) else {
        return Ok(Look::Missing);
    };
    let Some(sealed) = &known.sealed_access_token else {
        return if known.expires_at > now {
            Err(refused_scopes("the provider does not give a token with these scopes alone"))
        } else {
            Ok(Look::Missing)
        };
    };
    let lives_long_enough = known.expires_at >= now + request.min_ttl;
    if !lives_long_enough && (before || known.expires_at <= now + SKEW) {
        return Ok(Look::Missing);
    }
    let keys = app.vault.keys(tx).await?;
    let token = vault::open(
        &keys,
        &place(&row, &key(&row, hash), known.expires_at),
        NARROWED_COLUMN,
        About::Account(account),
        sealed,
    )?;
    let holding = Holding { account: row.id, api_key: request.key.id.uuid(), generation: row.generation };
    let token = AccessToken {
        access_token: token.expose_secret().to_owned(),
        token_type: "bearer".to_owned(),
        expires_at: Some(known.expires_at),
        scopes: scopes.to_vec(),
        account_id: row.id.into(),
        provider_account_id: row.provider_account_id.clone(),
        degraded: !lives_long_enough,
    };
    Ok(Look::Token { token: Box::new(token), holding, now })
}

/// The refusal of scopes that the account lacks, which its user can still grant.
fn lacking_scopes(account_id: AccountId, missing_scopes: Vec<String>) -> Error {
    let detail = format!(
        "the account does not have: {}; a link session with this account_id and these scopes asks the user for them",
        missing_scopes.join(" ")
    );
    let lacks = Facts::MissingScopes { field: "scopes", account_id, missing_scopes };
    Code::InvalidField.because(detail).with(lacks).into()
}

fn refused_scopes(detail: &str) -> Error {
    Code::InvalidField.because(detail.to_owned()).field("scopes").into()
}
