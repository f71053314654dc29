//! A connector's credentials as calls to the provider need them, and whether they work.

use bowline_api::status::{self, ConnectorStatus};
use bowline_provider::oauth1::Dialect;
use bowline_provider::{AppCredentials, Protocol};
use bowline_vault::TenantKeys;
use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::app_secret::{APP_SECRET, secret_place};
use super::oauth1;
use crate::domain::return_url::ReturnUrl;
use crate::domain::state::connector::{ConnectorTrigger, after};
use crate::domain::{About, Actor, Code, Error, Event, Refusal, Result, unknown_state};
use crate::service::vault;
use crate::store::connectors::ConnectorRow;
use crate::store::{Stored, TenantTx};

/// How long a broken connector is left alone before one call tries it again, because it may have been fixed at the
/// provider.
const CONNECTOR_PROBE_AFTER: TimeDelta = TimeDelta::seconds(60);

/// The provider of every connector.
pub const PROVIDER: &str = "dropbox";

/// The issuer of app keys in sandboxes, so that they do not collide with those of Dropbox.
pub const SANDBOX: &str = "sandbox";

/// The protocol of a connector. If only a newer version supports its provider or protocol, this is an error, because
/// this provider must not receive any of its tokens, codes and secrets.
///
/// # Errors
/// `unknown_state`; `integrity_error` if the stored service of OAuth 1 is not one.
pub fn protocol(connector: &ConnectorRow) -> Result<Protocol> {
    if connector.provider != PROVIDER {
        return Err(unknown_state(&connector.provider));
    }
    match connector.protocol.known()? {
        status::Protocol::OAuth2 if connector.sandbox => Ok(Protocol::Sandbox),
        status::Protocol::OAuth2 => Ok(Protocol::OAuth2),
        // None is ever added, and none may reach a service from a sandbox.
        protocol if connector.sandbox => Err(unknown_state(protocol.as_str())),
        status::Protocol::OAuth1 => oauth1::protocol(connector, Dialect::OAuth1),
        status::Protocol::OAuth1a => oauth1::protocol(connector, Dialect::OAuth1a),
    }
}

/// Protocol, app key and opened app secret.
///
/// # Errors
/// `unknown_state` if this version does not support the provider; `integrity_error` if the sealed secret does not open.
pub fn credentials(keys: &TenantKeys, connector: &ConnectorRow) -> Result<AppCredentials> {
    let protocol = protocol(connector)?;
    let about = About::Connector(connector.id.into());
    let sealed = &connector.sealed_app_secret;
    let app_secret = vault::open(keys, &secret_place(&connector.into()), APP_SECRET, about, sealed)?;
    Ok(AppCredentials { protocol, app_key: connector.app_key.clone(), app_secret })
}

/// Whether the provider sends notices for connectors like this: those of Dropbox, which services of OAuth 1 and the simulator are not.
pub fn gets_notices(connector: &ConnectorRow) -> bool {
    let is_dropbox = connector.provider == PROVIDER && connector.protocol == status::Protocol::OAuth2;
    is_dropbox && !connector.sandbox && connector.removed_at.is_none()
}

/// Refuses a disabled connector, through which nobody may link and with which no token is refreshed or checked.
///
/// # Errors
/// `connector_disabled`; `unknown_state` if this version does not support the provider or protocol.
pub fn usable(connector: &ConnectorRow) -> Result<()> {
    protocol(connector)?;
    if connector.removed_at.is_some() {
        let detail =
            "an operator has removed this connector, and nobody links through it any more; use another one";
        return Err(Code::ConnectorDisabled.because(detail).into());
    }
    match connector.status.known()? {
        ConnectorStatus::Disabled => Err(disabled().into()),
        ConnectorStatus::Active | ConnectorStatus::Broken => Ok(()),
    }
}

/// Refuses a return URL that is not one of those registered with a connector.
///
/// # Errors
/// `invalid_field`.
pub fn returns_to(registered: &[String], url: &ReturnUrl) -> Result<()> {
    if registered.iter().any(|registered| url.is_registered(registered)) {
        return Ok(());
    }
    let detail = "return_url is not registered with this connector: origin and path must be exactly the same";
    Err(Code::InvalidField.because(detail).field("return_url").into())
}

/// Refuses a connector through which no account may be stored. It stays as it is until the transaction ends. Must be called after
/// the account is locked.
///
/// # Errors
/// Those of [`usable`].
pub async fn hold_usable(tx: &mut TenantTx, id: Uuid) -> Result<()> {
    let connector = tx.hold_connector(id).await?;
    usable(&connector.ok_or_else(|| Error::bug("an account has no connector"))?)
}

/// The refusal of a call that needs a connector which an operator has disabled.
pub fn disabled() -> Refusal {
    Code::ConnectorDisabled
        .because("an operator has disabled this connector; its links are kept and work again once it is enabled; ask your operator")
}

/// Whether the provider must not be called for this connector now.
///
/// # Errors
/// `unknown_state`.
pub fn is_given_up(connector: &ConnectorRow, now: DateTime<Utc>) -> Result<bool> {
    protocol(connector)?;
    Ok(match connector.status.known()? {
        ConnectorStatus::Broken => now - connector.updated_at < CONNECTOR_PROBE_AFTER,
        ConnectorStatus::Disabled => true,
        ConnectorStatus::Active => false,
    })
}

/// The error for callers that need a broken connector.
pub fn broken() -> Refusal {
    Code::ConnectorBroken.because(
        "the provider rejects this connector's app key or secret; the accounts are not affected, ask your operator to set the current app secret",
    )
}

/// Records that the provider has rejected the app itself, as it was when `tried`. No account is at fault.
pub async fn mark_broken(tx: &mut TenantTx, tried: &ConnectorRow, reason: &str) -> Result<()> {
    let Some((now, status)) = still_as_tried(tx, tried, ConnectorTrigger::Refused).await? else {
        return Ok(());
    };
    // The mark is renewed each time, so that a connector that stays broken is not tried again for another interval.
    tx.mark_connector(now.id, status, Some(reason)).await?;
    if now.status != status {
        let broken = Event::ConnectorBroken { connector: now.id.into(), reason };
        tx.record(&Actor::System, broken).await?;
    }
    Ok(())
}

/// Records that the provider has accepted the app again, as it was when `tried`.
pub async fn mark_working(tx: &mut TenantTx, tried: &ConnectorRow) -> Result<()> {
    if let Some((now, status)) = still_as_tried(tx, tried, ConnectorTrigger::Accepted).await? {
        tx.mark_connector(now.id, status, None).await?;
        tx.record(&Actor::System, Event::ConnectorWorking { connector: now.id.into() }).await?;
    }
    Ok(())
}

/// The connector, locked, and the state that `trigger` leads to. `None` if the trigger is not allowed, for example
/// because the connector was disabled, or if the app secret was replaced, because a result for the old secret says
/// nothing about the new one.
async fn still_as_tried(
    tx: &mut TenantTx,
    tried: &ConnectorRow,
    trigger: ConnectorTrigger,
) -> Result<Option<(ConnectorRow, ConnectorStatus)>> {
    let now = tx.lock_connector(tried.id).await?;
    Ok(now.filter(|now| now.sealed_app_secret == tried.sealed_app_secret).and_then(|now| match now.status {
        Stored::Known(status) => after(status, trigger).map(|next| (now, next)),
        // A state that only a newer version knows is not overwritten either.
        Stored::Unknown(_) => None,
    }))
}
