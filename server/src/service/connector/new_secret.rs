//! Another app secret for a connector. The provider is asked about it before it is stored; whatever it says, the secret is stored.

use std::time::Duration;

use bowline_api::admin::ReplacedAppSecret;
use bowline_api::status::{ConnectorStatus, SecretCheck};
use bowline_api::{ConnectorId, TenantId};
use bowline_provider::{AppCredentials, Failure};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::time::timeout;

use super::app_secret::secret_place;
use super::fields::credential;
use super::shown::{callback_url, locked, no_connector, shown, to_wire};
use super::status::credentials;
use crate::app::App;
use crate::domain::state::connector::{ConnectorTrigger, after};
use crate::domain::{Actor, Event, Result};
use crate::service::tenant;
use crate::service::vault::{noted, seal};
use crate::store::TenantTx;
use crate::store::connectors::ConnectorRow;

/// How long the provider may take to say whether it accepts a secret. An operator waits for it.
const SECRET_CHECK_PATIENCE: Duration = Duration::from_secs(4);

/// What the provider says about an app key and an app secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Accepted,
    /// The provider refuses the app key and the new secret, for this reason.
    Refused(&'static str),
    /// It could not be reached in time, or did not say.
    Unknown,
}

impl Verdict {
    const fn check(self) -> SecretCheck {
        match self {
            Self::Accepted => SecretCheck::Accepted,
            Self::Refused(_) => SecretCheck::Refused,
            Self::Unknown => SecretCheck::Unreachable,
        }
    }
}

/// Replaces the app secret. The connector is active then, or broken if the provider refuses the secret; a disabled one stays disabled.
///
/// # Errors
/// `not_found`, `invalid_field`, `integrity_error`.
pub async fn replace_secret(
    app: &App,
    actor: &Actor,
    tenant: TenantId,
    id: ConnectorId,
    secret: &SecretString,
) -> Result<ReplacedAppSecret> {
    let secret = SecretString::from(credential("app_secret", secret.expose_secret())?);
    let verdict = ask_provider_about_secret(app, tenant, id, &secret).await?;
    let replace = async |tx: &mut TenantTx| {
        let connector_row = replace_app_secret(app, tx, actor, id, (&secret, verdict)).await?;
        shown(tx, connector_row).await
    };
    let shown = tenant::scoped(app, tenant, replace).await?;
    app.senders.forget(tenant, id);
    Ok(ReplacedAppSecret { connector: to_wire(app, shown)?, secret_check: Some(verdict.check().into()) })
}

/// Asks the provider about a secret that is not stored. It gets the secret only if the old one opens, because whoever edits the row could
/// name another service as the provider.
async fn ask_provider_about_secret(
    app: &App,
    tenant: TenantId,
    id: ConnectorId,
    secret: &SecretString,
) -> Result<Verdict> {
    let read = async |tx: &mut TenantTx| Ok((tx.connector(id.uuid()).await?, app.vault.keys(tx).await?));
    let (connector_row, keys) = tenant::scoped(app, tenant, read).await?;
    let connector_row =
        connector_row.filter(|connector_row| connector_row.removed_at.is_none()).ok_or_else(no_connector)?;
    let old = noted(&app.store, tenant, credentials(&keys, &connector_row)).await?;
    let new = AppCredentials { app_secret: secret.clone(), ..old };
    let callback = callback_url(&app.settings.public_url, id);
    Ok(match timeout(SECRET_CHECK_PATIENCE, app.provider.check_app(&new, &callback)).await {
        Ok(Ok(())) => Verdict::Accepted,
        Ok(Err(Failure::ClientRejected { reason })) => Verdict::Refused(reason.code()),
        Ok(Err(_)) | Err(_) => Verdict::Unknown,
    })
}

async fn replace_app_secret(
    app: &App,
    tx: &mut TenantTx,
    actor: &Actor,
    id: ConnectorId,
    (secret, verdict): (&SecretString, Verdict),
) -> Result<ConnectorRow> {
    let keys = app.vault.keys(tx).await?;
    let connector_row = locked(tx, id).await?;
    // The old secret must open. Otherwise an edit of the columns that it binds would be sealed in.
    credentials(&keys, &connector_row)?;
    let sealed = seal(&keys, &secret_place(&(&connector_row).into()), secret)?;
    let old = connector_row.status.known()?;
    let replaced = after(old, ConnectorTrigger::SecretReplaced).unwrap_or(old);
    let (status, refusal) = match verdict {
        Verdict::Refused(reason) => {
            (after(replaced, ConnectorTrigger::Refused).unwrap_or(replaced), Some(reason))
        }
        Verdict::Accepted | Verdict::Unknown => (replaced, None),
    };
    let reason = match status {
        ConnectorStatus::Disabled => connector_row.status_reason.as_deref(),
        ConnectorStatus::Broken | ConnectorStatus::Active => refusal,
    };
    let connector_row =
        tx.replace_app_secret(id.uuid(), &sealed, status, reason).await?.ok_or_else(no_connector)?;
    tx.record(actor, Event::ConnectorSecretReplaced { connector: id }).await?;
    match (old, status, refusal) {
        (ConnectorStatus::Broken, ConnectorStatus::Active, _) => {
            tx.record(actor, Event::ConnectorWorking { connector: id }).await?;
        }
        (ConnectorStatus::Active, ConnectorStatus::Broken, Some(reason)) => {
            tx.record(&Actor::System, Event::ConnectorBroken { connector: id, reason }).await?;
        }
        _ => {}
    }
    Ok(connector_row)
}
