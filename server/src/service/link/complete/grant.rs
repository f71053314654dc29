//! A grant between the provider's response and the commit of its account, in the form that is sealed into the session.

use bowline_api::status::RevocationCause;
use bowline_vault::TenantKeys;
use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::domain::{About, Error, Result, scope};
use crate::service::link::grant_place;
use crate::service::oauth1::held;
use crate::service::revocation::{self, GrantToRevoke};
use crate::service::vault;
use crate::store::TenantTx;
use crate::store::link_sessions::LinkSessionRow;

const GRANT_COLUMN: &str = "link_sessions.grant";

/// A grant that is not an account yet.
#[derive(Clone)]
pub(in crate::service::link) struct Grant {
    pub(super) access_token: SecretString,
    /// None if the grant ends with its access token.
    pub(super) refresh_token: Option<SecretString>,
    /// None if the grant's access token has no expiry.
    pub(super) access_expires_at: Option<DateTime<Utc>>,
    pub(super) scopes: Option<Vec<String>>,
    /// None if the provider's response did not name the account, which is read next.
    pub(super) provider_account_id: Option<String>,
}

/// The sealed form. It exists only during one call to [`Grant::seal`].
#[derive(Serialize)]
struct Parked<'a> {
    access_token: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    access_expires_at: Option<DateTime<Utc>>,
    scopes: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    provider_account_id: Option<String>,
}

/// The opened form. Its tokens may contain characters that JSON escapes, so they cannot be borrowed from the text.
#[derive(Deserialize)]
struct OpenedGrant {
    access_token: SecretString,
    refresh_token: Option<SecretString>,
    access_expires_at: Option<DateTime<Utc>>,
    scopes: Option<Vec<String>>,
    provider_account_id: Option<String>,
}

impl Grant {
    /// The provider's response to a call that began at `asked_at`.
    pub(super) fn new(answer: bowline_provider::Grant, asked_at: DateTime<Utc>) -> Self {
        Self {
            access_token: answer.access_token,
            refresh_token: answer.refresh_token,
            access_expires_at: answer.expires_in.map(|life| asked_at + life),
            scopes: answer.scopes,
            provider_account_id: answer.account_id,
        }
    }

    /// Seals the grant for its session.
    pub(super) fn seal(&self, keys: &TenantKeys, session: &LinkSessionRow) -> Result<Vec<u8>> {
        let parked = Parked {
            access_token: self.access_token.expose_secret(),
            refresh_token: self.refresh_token.as_ref().map(ExposeSecret::expose_secret),
            access_expires_at: self.access_expires_at,
            scopes: self.scopes.clone(),
            provider_account_id: self.provider_account_id.clone(),
        };
        let text = serde_json::to_string(&parked)
            .map_err(|source| Error::internal("a grant is not representable", source))?;
        vault::seal(keys, &grant_place(session), &SecretString::from(text))
    }

    /// Opens the grant that was sealed into `session`.
    pub(in crate::service::link) fn open(
        keys: &TenantKeys,
        session: &LinkSessionRow,
        sealed: &[u8],
    ) -> Result<Self> {
        let about = About::LinkSession(session.id.into());
        let text = vault::open(keys, &grant_place(session), GRANT_COLUMN, about, sealed)?;
        let parked: OpenedGrant = serde_json::from_str(text.expose_secret())
            .map_err(|_| vault::tampered(GRANT_COLUMN, about, &"it is no grant"))?;
        Ok(Self {
            access_token: parked.access_token,
            refresh_token: parked.refresh_token,
            access_expires_at: parked.access_expires_at,
            scopes: parked.scopes.map(scope::set),
            provider_account_id: parked.provider_account_id,
        })
    }

    /// Queues the grant of a session that will not use it for revocation.
    pub(in crate::service::link) async fn abandon(
        self,
        keys: &TenantKeys,
        tx: &mut TenantTx,
        session: &LinkSessionRow,
    ) -> Result<()> {
        held::release(tx, session.id, &self.access_token).await?;
        revocation::queue(keys, tx, self.orphaned_grant(session.connector_id)).await
    }

    fn orphaned_grant(self, connector: Uuid) -> GrantToRevoke {
        GrantToRevoke {
            connector,
            account: None,
            generation: 0,
            cause: RevocationCause::Orphaned,
            access_token: Some(self.access_token),
            access_expires_at: self.access_expires_at,
            refresh_token: self.refresh_token,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grant_with_all_parts_is_sealed_as_it_was_before_parts_could_be_missing() {
        let text = r#"{"access_token":"a","refresh_token":"r","access_expires_at":"2026-11-23T22:26:01Z","scopes":["s"],"provider_account_id":"p"}"#;
        let opened: OpenedGrant = serde_json::from_str(text).unwrap();
        let parked = Parked {
            access_token: opened.access_token.expose_secret(),
            refresh_token: opened.refresh_token.as_ref().map(ExposeSecret::expose_secret),
            access_expires_at: opened.access_expires_at,
            scopes: opened.scopes,
            provider_account_id: opened.provider_account_id,
        };
        assert_eq!(serde_json::to_string(&parked).unwrap(), text);
        let lasting = r#"{"access_token":"a","scopes":null,"provider_account_id":"p"}"#;
        let opened: OpenedGrant = serde_json::from_str(lasting).unwrap();
        assert!(opened.refresh_token.is_none() && opened.access_expires_at.is_none());
    }
}
