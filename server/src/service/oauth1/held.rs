//! The sealed form of an account's token of OAuth 1, and who else holds the same token.
//!
//! A token of OAuth 1 goes to the service of its account's connector. An account of OAuth 2 has a refresh token, into which its
//! connector is bound; a token of OAuth 1 has none and carries what it is bound to in its own sealed text.

use std::time::Duration;

use bowline_provider::oauth1::TokenPair;
use bowline_vault::TenantKeys;
use secrecy::{ExposeSecret as _, SecretString};
use subtle::ConstantTimeEq as _;
use uuid::Uuid;

use crate::domain::{About, Error, Result};
use crate::service::vault;
use crate::store::TenantTx;
use crate::store::accounts::AccountRow;

/// How the text of a pair of OAuth 1 begins: token and secret.
const TOKEN_PAIR_BEGIN: &str = "oauth_token=";
/// How long nobody begins to rely on a token that is being ended: longer than the calls that end it.
const TOKEN_ENDING: Duration = Duration::from_mins(1);

/// Whether the text of an access token is the pair of OAuth 1. No token of OAuth 2 contains an equals sign before its end
/// (RFC 6750 section 2.1).
pub(in crate::service) fn is_pair(token: &SecretString) -> bool {
    token.expose_secret().starts_with(TOKEN_PAIR_BEGIN)
}

/// The text of a pair with the connector, and the assurance if it is an account's. Another token is returned as it is.
pub(in crate::service) fn bound(
    token: &SecretString,
    connector: Uuid,
    assurance: Option<&str>,
) -> SecretString {
    match TokenPair::read(token) {
        Some(pair) if is_pair(token) => {
            let mut pair_text = pair.to_text().expose_secret().to_owned();
            pair_text.push_str(&token_pair_suffix(connector, assurance));
            pair_text.into()
        }
        _ => token.clone(),
    }
}

/// What follows the pair. The pair itself is percent-encoded, so it cannot contain this.
fn token_pair_suffix(connector: Uuid, assurance: Option<&str>) -> String {
    let assurance = assurance.map(|assurance| format!("&assurance={assurance}")).unwrap_or_default();
    format!("&connector={}{assurance}", connector.simple())
}

/// Checks that an account's token belongs to the account's connector and has its assurance, before it is used or shown.
///
/// # Errors
/// `integrity_error` if one of these columns was edited.
pub(in crate::service) fn check_account(token: &SecretString, account_row: &AccountRow) -> Result<()> {
    let bound = token_pair_suffix(account_row.connector_id, Some(account_row.assurance.as_str()));
    let about = About::Account(account_row.id.into());
    check_token_pair(token, &bound, "accounts.connector_id", about)
}

/// Checks that a queued token belongs to the revocation's connector.
///
/// # Errors
/// `integrity_error` if the column was edited.
pub(in crate::service) fn check_revocation(token: &SecretString, id: Uuid, connector: Uuid) -> Result<()> {
    check_token_pair(
        token,
        &token_pair_suffix(connector, None),
        "revocations.connector_id",
        About::Revocation(id.into()),
    )
}

fn check_token_pair(token: &SecretString, bound: &str, what: &'static str, about: About) -> Result<()> {
    if !is_pair(token) || token.expose_secret().ends_with(bound) {
        return Ok(());
    }
    Err(vault::tampered(what, about, &"its token was stored for another connector or with another assurance"))
}

/// The keyed hash by which holders of a token find each other. None for a token that is not of OAuth 1.
///
/// # Errors
/// If the hash cannot be derived.
pub(in crate::service) fn token_hash(keys: &TenantKeys, token: &SecretString) -> Result<Option<[u8; 32]>> {
    let Some(pair) = is_pair(token).then(|| TokenPair::read(token)).flatten() else { return Ok(None) };
    let hash = keys.digest("oauth1 token", pair.token.expose_secret().as_bytes());
    hash.map(Some).map_err(|source| Error::internal("a token could not be hashed", source))
}

/// Whether two texts are of the same token.
pub(in crate::service) fn is_same(one: &SecretString, other: &SecretString) -> bool {
    let name = |token| TokenPair::read(token).map(|pair| pair.token);
    let is_equal = |one: &SecretString, other: &SecretString| {
        bool::from(one.expose_secret().as_bytes().ct_eq(other.expose_secret().as_bytes()))
    };
    match (name(one), name(other)) {
        (Some(one), Some(other)) => is_equal(&one, &other),
        _ => is_equal(one, other),
    }
}

/// Records that an account or a link session holds a token, if it is of OAuth 1.
pub(in crate::service) async fn hold(
    tx: &mut TenantTx,
    keys: &TenantKeys,
    holder: Uuid,
    token: &SecretString,
) -> Result<()> {
    match token_hash(keys, token)? {
        Some(hash) => tx.hold_oauth1_token(holder, &hash).await,
        None => Ok(()),
    }
}

/// Records that a link session no longer holds a token, if it is of OAuth 1.
pub(in crate::service) async fn release(tx: &mut TenantTx, holder: Uuid, token: &SecretString) -> Result<()> {
    if is_pair(token) { tx.release_oauth1_token(holder).await } else { Ok(()) }
}

/// Whether a token is being ended at the provider, or was a moment ago, so that no account may be stored with it. Until the transaction
/// ends, nobody begins to end it. Must be called before any account is locked.
pub(in crate::service) async fn is_ending(
    tx: &mut TenantTx,
    keys: &TenantKeys,
    token: &SecretString,
) -> Result<bool> {
    let Some(hash) = token_hash(keys, token)? else { return Ok(false) };
    tx.lock_oauth1_token(&hash).await?;
    tx.oauth1_token_is_ending(&hash).await
}

/// Whether a revocation may end a token at the provider: nobody else holds it, and from now on nobody begins to.
pub(in crate::service) async fn may_end(
    tx: &mut TenantTx,
    keys: &TenantKeys,
    revocation: Uuid,
    token: &SecretString,
) -> Result<bool> {
    let Some(hash) = token_hash(keys, token)? else { return Ok(true) };
    tx.lock_oauth1_token(&hash).await?;
    if tx.oauth1_token_is_held(&hash).await? {
        return Ok(false);
    }
    tx.begin_ending_oauth1_token(revocation, &hash, TOKEN_ENDING).await?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_pair_is_bound_and_the_service_cannot_write_what_it_is_bound_to() {
        let connector = Uuid::from_u128(7);
        let pair = TokenPair { token: "t&connector=x".into(), secret: "s".into() };
        let pair_text = bound(&pair.to_text(), connector, Some("confirmed"));
        assert!(
            is_pair(&pair_text)
                && pair_text.expose_secret().ends_with(&token_pair_suffix(connector, Some("confirmed")))
        );
        assert_eq!(bound(&pair_text, connector, None).expose_secret().matches("&connector=").count(), 1);
        let read = TokenPair::read(&pair_text).unwrap();
        assert_eq!(read.token.expose_secret(), "t&connector=x");
        assert!(is_same(&pair_text, &pair.to_text()));
        let bearer = SecretString::from("sl.u.x=");
        assert_eq!(bound(&bearer, connector, None).expose_secret(), "sl.u.x=");
        assert!(check_token_pair(&bearer, "", "x", About::Account(Uuid::nil().into())).is_ok());
        assert!(check_revocation(&bound(&pair_text, connector, None), connector, connector).is_ok());
        for other in [pair.to_text(), pair_text.clone(), bound(&pair_text, Uuid::nil(), None)] {
            assert!(check_revocation(&other, connector, connector).is_err());
        }
    }
}
