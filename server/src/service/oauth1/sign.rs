//! Signs requests for tenant apps that may use an account and must not have its token.

use bowline_api::AccountId;
use bowline_api::v1::{SignRequest, SignedRequest};
use bowline_provider::AppCredentials;
use bowline_provider::oauth1::SignRefused;
use secrecy::SecretString;
use url::Url;

use super::held::check_account;
use super::permit::still_usable;
use crate::app::App;
use crate::domain::{About, Actor, Code, Error, Event, Result};
use crate::service::account::{self, places};
use crate::service::api_key::VerifiedKey;
use crate::service::{connector, tenant_freeze, vault};
use crate::store::TenantTx;

/// The signature of a request that the app itself will send, in the name of an account. The first one of each key and hour is on
/// record before it leaves.
///
/// # Errors
/// `not_found`; the reason why the account has no token; `connector_disabled`; `invalid_field` if the request must not be signed;
/// `invalid_state` if the account's protocol signs nothing.
pub async fn sign(
    app: &App,
    key: &VerifiedKey,
    id: AccountId,
    request: &SignRequest,
) -> Result<SignedRequest> {
    let work = async |tx: &mut TenantTx| {
        let (credentials, token) = open_signing_secrets(app, tx, id).await?;
        let signed = signed_request(app, &credentials, &token, request)?;
        record_signature(tx, &key.actor(), id).await?;
        Ok(signed)
    };
    let signed = app.store.scoped_in_turn(key.tenant(), work).await?;
    // A key that only signs uses the accounts as much as one that gets their tokens.
    app.drains.issued(key.tenant(), key.id.uuid(), id.uuid());
    Ok(signed)
}

/// The connector's credentials and the account's token.
async fn open_signing_secrets(
    app: &App,
    tx: &mut TenantTx,
    id: AccountId,
) -> Result<(AppCredentials, SecretString)> {
    let tenant = tx.own_tenant().await?.ok_or_else(|| Error::bug("a key has no tenant"))?;
    // The call may have waited for its turn since its key was verified.
    tenant_freeze::must_not_be_frozen(&tenant)?;
    let account_row = tx.account(id.uuid()).await?.ok_or_else(Error::not_found)?;
    account::usable(&account_row)?;
    let connector = tx.connector(account_row.connector_id).await?;
    let connector = connector.ok_or_else(|| Error::bug("an account has no connector"))?;
    still_usable(app, &connector)?;
    let keys = app.vault.keys(tx).await?;
    let sealed = account_row
        .sealed_access_token
        .as_deref()
        .ok_or_else(|| Error::bug("an active account has no token"))?;
    let (place, about) = (places::access_token(&account_row), About::Account(id));
    let token = vault::open(&keys, &place, "accounts.access_token", about, sealed)?;
    check_account(&token, &account_row)?;
    Ok((connector::credentials(&keys, &connector)?, token))
}

fn signed_request(
    app: &App,
    credentials: &AppCredentials,
    token: &SecretString,
    request: &SignRequest,
) -> Result<SignedRequest> {
    let url = Url::parse(&request.url).map_err(|_| refused_signature("url", "url is not a URL"))?;
    let form: Vec<(&str, &str)> =
        request.body_params.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let signed = app.provider.sign(credentials, token, &request.method, &url, &form);
    let authorization = signed.map_err(not_signed)?.as_str().to_owned();
    Ok(SignedRequest { authorization })
}

async fn record_signature(tx: &mut TenantTx, actor: &Actor, id: AccountId) -> Result<()> {
    let signed = Event::AccountSigned { account: id };
    if tx.is_first_of_hour(actor, signed).await? {
        tx.note_signature(id.uuid()).await?;
        tx.record(actor, signed).await?;
    }
    Ok(())
}

fn not_signed(why: SignRefused) -> Error {
    match why {
        SignRefused::Method => refused_signature("method", &why.to_string()),
        SignRefused::ForeignHost | SignRefused::TokenEndpoint => refused_signature("url", &why.to_string()),
        SignRefused::ReservedParameter => refused_signature("body_params", &why.to_string()),
        SignRefused::Plaintext | SignRefused::NoToken | SignRefused::Misconfigured => {
            Code::InvalidState.because(why.to_string()).into()
        }
        SignRefused::Randomness => Error::internal("signing a request", why),
    }
}

fn refused_signature(field: &'static str, detail: &str) -> Error {
    Code::InvalidField.because(detail.to_owned()).field(field).into()
}
