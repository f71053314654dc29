//! Signing secrets: their sealing context, and their rotation.

use bowline_api::v1::{NewWebhookEndpoint, RotateWebhookSecret};
use bowline_api::{TenantId, WebhookEndpointId};
use bowline_vault::{Context, Facts, Purpose, TenantKeys};
use bowline_webhook::{Secret, Signer};
use chrono::TimeDelta;

use super::shown::{shown, shown_once};
use super::within;
use crate::app::App;
use crate::domain::{About, Actor, Code, Error, Event, Result, entropy};
use crate::service::once::Claim;
use crate::service::vault;
use crate::store::TenantTx;
use crate::store::webhooks::endpoints::EndpointRow;
use crate::store::webhooks::secrets::SecretRow;

const WEBHOOK_SECRET_COLUMN: &str = "webhook_secrets.secret";

/// How long an old secret signs as well, in hours: usually, and at most.
const USUAL_SECRET_OVERLAP: u32 = 24;
const LONGEST_SECRET_OVERLAP: u32 = 720;

/// The maximum number of secrets that sign at the same time. Each makes the header longer.
const MOST_SECRETS: usize = 4;

/// A new secret.
pub(super) fn generate() -> Result<Secret> {
    let bytes = entropy::secret()?;
    Ok(Secret::from_bytes(&bytes))
}

/// Replaces the secret of an endpoint. The old one signs as well for some hours, in which the receiver changes over.
///
/// # Errors
/// `not_found`; `invalid_field` if the overlap is too long; `invalid_state` if too many old secrets are in use.
pub async fn rotate(
    app: &App,
    tenant: TenantId,
    actor: &Actor,
    id: WebhookEndpointId,
    asked: &RotateWebhookSecret,
    claim: Option<&Claim>,
) -> Result<NewWebhookEndpoint> {
    let overlap_hours = asked.overlap_hours.unwrap_or(USUAL_SECRET_OVERLAP);
    if overlap_hours > LONGEST_SECRET_OVERLAP {
        let detail = format!("overlap_hours is 0 to {LONGEST_SECRET_OVERLAP}");
        return Err(Code::InvalidField.because(detail).field("overlap_hours").into());
    }
    let new_secret = generate()?;
    within(app, tenant, actor, async |tx| {
        let endpoint_row = tx.lock_webhook_endpoint(id.uuid()).await?.ok_or_else(Error::not_found)?;
        let end = tx.now().await? + TimeDelta::hours(overlap_hours.into());
        let newest = tx.webhook_secrets(endpoint_row.id).await?.first().map_or(0, |secret| secret.generation);
        tx.expire_webhook_secret(endpoint_row.id, end).await?;
        insert(app, tx, &endpoint_row, newest + 1, &new_secret).await?;
        if tx.webhook_secrets(endpoint_row.id).await?.len() > MOST_SECRETS {
            let detail = "several old secrets of this endpoint still sign; wait until one has expired";
            return Err(Code::InvalidState.because(detail).into());
        }
        tx.record(actor, Event::WebhookSecretRotated { webhook_endpoint: id, overlap_hours }).await?;
        let answer = shown_once(shown(tx, endpoint_row).await?, &new_secret);
        if let Some(claim) = claim {
            claim.keep(app, tx, &answer).await?;
        }
        Ok(answer)
    })
    .await
}

/// Adds a secret to an endpoint.
pub(super) async fn insert(
    app: &App,
    tx: &mut TenantTx,
    endpoint_row: &EndpointRow,
    generation: i64,
    secret: &Secret,
) -> Result<()> {
    let keys = app.vault.keys(tx).await?;
    let sealed = vault::seal(&keys, &webhook_secret_place(endpoint_row, generation), secret.expose())?;
    tx.insert_webhook_secret(endpoint_row.id, generation, &sealed).await
}

/// Seals the secrets of an endpoint for another URL.
pub(super) async fn reseal_secrets(
    app: &App,
    tx: &mut TenantTx,
    before: &EndpointRow,
    after: &EndpointRow,
) -> Result<()> {
    let keys = app.vault.keys(tx).await?;
    for secret in tx.webhook_secrets(before.id).await? {
        let opened = open_webhook_secret(&keys, before, &secret)?;
        let sealed = vault::seal(&keys, &webhook_secret_place(after, secret.generation), opened.expose())?;
        tx.reseal_webhook_secret(before.id, secret.generation, &sealed).await?;
    }
    Ok(())
}

/// What signs the messages to an endpoint.
///
/// # Errors
/// `integrity_error` if a secret or the URL was edited, or there is no secret.
pub(super) async fn signer(app: &App, tx: &mut TenantTx, endpoint_row: &EndpointRow) -> Result<Signer> {
    let keys = app.vault.keys(tx).await?;
    let rows = tx.webhook_secrets(endpoint_row.id).await?;
    let secrets = rows
        .iter()
        .map(|secret| open_webhook_secret(&keys, endpoint_row, secret))
        .collect::<Result<Vec<_>>>()?;
    Signer::new(&secrets).map_err(|_| {
        vault::tampered(
            WEBHOOK_SECRET_COLUMN,
            About::WebhookEndpoint(endpoint_row.id.into()),
            &"there is no secret",
        )
    })
}

fn open_webhook_secret(keys: &TenantKeys, endpoint_row: &EndpointRow, secret: &SecretRow) -> Result<Secret> {
    let about = About::WebhookEndpoint(endpoint_row.id.into());
    let opened = vault::open(
        keys,
        &webhook_secret_place(endpoint_row, secret.generation),
        WEBHOOK_SECRET_COLUMN,
        about,
        &secret.sealed_secret,
    )?;
    Secret::parse(opened).map_err(|source| Error::internal("a sealed signing secret", source))
}

/// The sealing context of a secret. Whoever edits the URL makes the secret unreadable, so messages go where the tenant wants them.
fn webhook_secret_place(endpoint_row: &EndpointRow, generation: i64) -> Context<'_> {
    Context::new(Purpose::WebhookSecret, WEBHOOK_SECRET_COLUMN, &endpoint_row.id)
        .generation(generation)
        .facts(Facts::new().text("url", &endpoint_row.url))
}
