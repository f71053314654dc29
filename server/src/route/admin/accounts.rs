//! Accounts across tenants.

use bowline_api::admin::{
    AccountDetail, AccountState, AccountSummary, AuditEvent, ChangeAccount, MigrateAccount, TokenHolders,
};
use bowline_api::status::AccountStatus;
use bowline_api::{AccountId, Ages, AnyOf, ConnectorId, Page};
use rocket::form::FromForm;
use rocket::serde::json::Json;
use rocket::{get, post};
use serde::Deserialize as _;
use serde::de::IntoDeserializer as _;

use crate::domain::{AccountFilter, Code, Result, Whose};
use crate::http::auth::security::Argument;
use crate::http::{Admin, Body, Lister, NotHead, Revoker, Shared, Viewer, params};
use crate::route::problems::Problems;
use crate::service::account::{admin, holders};
use crate::service::{freeze, oauth1};

/// The query parameters of the list.
#[derive(Debug, FromForm, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct AccountListQuery<'r> {
    /// Only accounts of this tenant: its id or its short name.
    tenant: Option<&'r str>,
    /// Only accounts with this status, or with any of several with commas between: `active,needs_reauth`.
    status: Option<&'r str>,
    /// Only accounts that were linked through this connector: `conn_…`.
    connector: Option<&'r str>,
    /// Only accounts with this granted scope.
    scope: Option<&'r str>,
    /// Only accounts that were used within this time, such as `90d`: a number and `m`, `h`, `d` or `w`.
    used_within: Option<&'r str>,
    /// Only accounts that were not used for this time, such as `90d`, and not linked within it.
    unused_for: Option<&'r str>,
    /// Only accounts that were first linked within this time, such as `7d`.
    linked_within: Option<&'r str>,
    /// Only accounts that were first linked longer ago than this, such as `365d`.
    linked_for: Option<&'r str>,
    /// Searches e-mail address, display name, external user id, provider account id, label and metadata for all words of
    /// this text, in any order, without case and accents. Text in double quotes is one word; `name=value` also finds a pair
    /// of metadata. An account id, or its last six or more characters, finds that account. At most 200 characters.
    ///
    /// Accounts whose e-mail address (or its part before the @), external user id, provider account id or label is the text come first; in the
    /// order `newest` those follow of which one begins with it. They are on pages of their own. All other matches follow in the order of the
    /// list. If looking for them takes too long, the page is `incomplete`, or if there is nothing to show, the answer is `search_too_broad`.
    q: Option<&'r str>,
    /// The order: `newest` (linked last, the default), `oldest`, `email`, or `used` (used last).
    sort: Option<&'r str>,
    /// The number of rows of the page: 1 to 200; 50 if omitted.
    limit: Option<&'r str>,
    /// `next` or `prev` of another page of the same list; the first page if omitted.
    cursor: Option<&'r str>,
}

impl Argument for AccountListQuery<'_> {}

impl AccountListQuery<'_> {
    fn filter(&self, tenants: Whose) -> Result<AccountFilter> {
        let invalid =
            |field: &'static str, detail: &'static str| Code::InvalidField.because(detail).field(field);
        let text = self.q.map(str::trim).filter(|text| !text.is_empty());
        if text.is_some_and(|text| text.chars().count() > 200 || text.contains('\0')) {
            return Err(invalid("q", "q may have 200 characters, none of them NUL").into());
        }
        if self.scope.is_some_and(|scope| scope.contains('\0')) {
            return Err(invalid("scope", "scope must not have a NUL").into());
        }
        let sort = match self.sort {
            Some(name) => {
                let name: serde::de::value::StrDeserializer<'_, serde::de::value::Error> =
                    name.into_deserializer();
                bowline_api::admin::AccountSort::deserialize(name)
                    .map_err(|_| invalid("sort", "sort must be newest, oldest, email or used"))?
            }
            None => bowline_api::admin::AccountSort::default(),
        };
        Ok(AccountFilter {
            tenants,
            status: params::query::<AnyOf<AccountStatus>>("status", self.status)?,
            connector: params::query::<ConnectorId>("connector", self.connector)?.map(|id| id.uuid()),
            scope: self.scope.map(ToOwned::to_owned),
            id: text.and_then(|text| text.parse::<AccountId>().ok()).map(|id| id.uuid()),
            text: text.map(ToOwned::to_owned),
            ages: Ages {
                used_within: params::query("used_within", self.used_within)?,
                unused_for: params::query("unused_for", self.unused_for)?,
                linked_within: params::query("linked_within", self.linked_within)?,
                linked_for: params::query("linked_for", self.linked_for)?,
            },
            sort,
        })
    }
}

/// List accounts
///
/// The accounts of all tenants, or of those that the operator is limited to. The first page has their number in `total`; large numbers are estimates, marked
/// `approximate`.
#[utoipa::path(
    tag = "accounts",
    params(AccountListQuery<'_>),
    responses((status = 200, body = Page<AccountSummary>, description = "A page of accounts"), Problems),
)]
#[get("/admin/v1/accounts?<query..>")]
pub(super) async fn list(
    app: &Shared,
    caller: Lister,
    query: AccountListQuery<'_>,
) -> Result<Json<Page<AccountSummary>>> {
    let limit = params::limit(query.limit)?;
    let whose = caller.whose(app, query.tenant).await?;
    Ok(Json(admin::list(app, query.filter(whose)?, query.cursor, limit).await?))
}

/// Inspect an account
///
/// Everything about the account and its tokens except the tokens themselves. The call is recorded in the tenant's audit
/// log, once for each operator and hour.
#[utoipa::path(
    tag = "accounts",
    responses((status = 200, body = AccountDetail, description = "The account"), Problems),
)]
#[get("/admin/v1/accounts/<account>")]
pub(super) async fn show(
    app: &Shared,
    caller: Viewer,
    _verb: NotHead,
    account: &str,
) -> Result<Json<AccountDetail>> {
    Ok(Json(admin::inspect(app, &caller.actor(), params::id(account)?).await?))
}

/// Get the status of an account
///
/// For clients that wait for a change. The response reveals no more about the account than the list does, and the call is
/// not recorded.
#[utoipa::path(
    tag = "accounts",
    responses((status = 200, body = AccountState, description = "The status"), Problems),
)]
#[get("/admin/v1/accounts/<account>/status")]
pub(super) async fn status(app: &Shared, _caller: Viewer, account: &str) -> Result<Json<AccountState>> {
    Ok(Json(admin::status(app, params::id(account)?).await?))
}

/// Get the timeline of an account
///
/// The entries of the tenant's audit log about the account, newest first.
#[utoipa::path(
    tag = "accounts",
    responses((status = 200, body = Page<AuditEvent>, description = "A page of events"), Problems),
)]
#[get("/admin/v1/accounts/<account>/timeline?<limit>&<cursor>")]
pub(super) async fn timeline(
    app: &Shared,
    _caller: Viewer,
    account: &str,
    limit: Option<&str>,
    cursor: Option<&str>,
) -> Result<Json<Page<AuditEvent>>> {
    let limit = params::limit(limit)?;
    Ok(Json(admin::timeline(app, params::id(account)?, cursor, limit).await?))
}

/// List the holders of a token
///
/// The API keys that have received the account's current access token, the last issue first. If the account has no token,
/// such as after its revocation, they are those of the last token that was issued. `generation` asks for an earlier token.
/// The token itself is never shown. The call is recorded in the tenant's audit log like an inspection.
#[utoipa::path(
    tag = "accounts",
    responses((status = 200, body = TokenHolders, description = "The keys"), Problems),
)]
#[get("/admin/v1/accounts/<account>/token-holders?<generation>")]
pub(super) async fn token_holders(
    app: &Shared,
    caller: Viewer,
    _verb: NotHead,
    account: &str,
    generation: Option<&str>,
) -> Result<Json<TokenHolders>> {
    let generation = params::query("generation", generation)?;
    Ok(Json(holders::token_holders(app, &caller.actor(), params::id(account)?, generation).await?))
}

/// Suspend an account
///
/// Freezes the Dropbox account within its tenant. The tokens of all its accounts are kept but not issued, whatever their
/// user and connector. Accounts that are linked later are suspended, too. Revoking an account does not end the freeze;
/// resuming does. Suspending a suspended account again changes nothing. A revoked account is `invalid_state` (409).
#[utoipa::path(
    tag = "accounts",
    request_body = ChangeAccount,
    responses((status = 200, body = AccountDetail, description = "The account"), Problems),
)]
#[post("/admin/v1/accounts/<account>/suspend", data = "<body>")]
pub(super) async fn suspend(
    app: &Shared,
    caller: Revoker,
    account: &str,
    body: Body<ChangeAccount>,
) -> Result<Json<AccountDetail>> {
    Ok(Json(freeze::place(app, &caller.actor(), params::id(account)?, &body.0.reason).await?))
}

/// Resume a suspended account
///
/// Lifts the freeze of the Dropbox account within the tenant, for all its accounts, even if this one is revoked. Resuming
/// an active account changes nothing. If there is no freeze and the account is not active, the call is `invalid_state`
/// (409).
#[utoipa::path(
    tag = "accounts",
    request_body = ChangeAccount,
    responses((status = 200, body = AccountDetail, description = "The account"), Problems),
)]
#[post("/admin/v1/accounts/<account>/resume", data = "<body>")]
pub(super) async fn resume(
    app: &Shared,
    caller: Revoker,
    account: &str,
    body: Body<ChangeAccount>,
) -> Result<Json<AccountDetail>> {
    Ok(Json(freeze::lift(app, &caller.actor(), params::id(account)?, &body.0.reason).await?))
}

/// Revoke an account
///
/// Once this call has returned, no replica issues a token of the account, and the user must link again. The grant is
/// revoked at the provider as soon as it can be reached. Repeating the call changes nothing.
#[utoipa::path(
    tag = "accounts",
    request_body = ChangeAccount,
    responses((status = 200, body = AccountDetail, description = "The account"), Problems),
)]
#[post("/admin/v1/accounts/<account>/revoke", data = "<body>")]
pub(super) async fn revoke(
    app: &Shared,
    caller: Revoker,
    account: &str,
    body: Body<ChangeAccount>,
) -> Result<Json<AccountDetail>> {
    Ok(Json(admin::revoke(app, &caller.actor(), params::id(account)?, &body.0.reason).await?))
}

/// Move an account to OAuth 2
///
/// For an account of OAuth 1 whose provider has a call for it. The account keeps its id, gets new tokens and belongs to the connector `to` from
/// then on. Its token of OAuth 1 is revoked. If the call fails, the account is as before. `bowline-server connector migrate` moves all accounts
/// of a connector.
#[utoipa::path(
    tag = "accounts",
    request_body = MigrateAccount,
    responses((status = 200, body = AccountDetail, description = "The account"), Problems),
)]
#[post("/admin/v1/accounts/<account>/migrate", data = "<body>")]
pub(super) async fn migrate(
    app: &Shared,
    caller: Admin,
    account: &str,
    body: Body<MigrateAccount>,
) -> Result<Json<AccountDetail>> {
    let MigrateAccount { to, reason } = body.0;
    Ok(Json(oauth1::migrate_for(app, &caller.actor(), params::id(account)?, to, &reason).await?))
}
