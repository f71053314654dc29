//! What operators do about automatic stops: turn them on and off, announce a mass fetch, let a stopped key work again.

use bowline_api::admin::{AnnounceFetch, ApiKey, DrainStop, SetDrainStop};
use bowline_api::{ApiKeyId, TenantId};
use chrono::Duration;

use crate::app::App;
use crate::domain::{Actor, Code, Error, Event, Result, text};
use crate::service::{api_key, tenant};
use crate::store::TenantTx;
use crate::store::drains::DrainStopRow;

/// What applies to a tenant that says nothing else.
const TIMES: u32 = 10;
const LEAST: u32 = 1000;
/// The longest announcement in minutes: a week.
const LONGEST: u32 = 7 * 24 * 60;

/// A tenant's automatic stop.
///
/// # Errors
/// `not_found`.
pub async fn show(app: &App, of: TenantId) -> Result<DrainStop> {
    let read = async |tx: &mut TenantTx| {
        tenant::must_exist(tx).await?;
        tx.drain_stop().await
    };
    Ok(to_wire(app.store.scoped(of, read).await?))
}

/// Turns a tenant's automatic stop on with these numbers, or off. Every replica knows of it within seconds. An announcement stays.
///
/// # Errors
/// `not_found`, `invalid_field`.
pub async fn set(app: &App, actor: &Actor, of: TenantId, wanted: &SetDrainStop) -> Result<DrainStop> {
    let reason = text::line("reason", &wanted.reason, 3, 500)?;
    let times = within("times", wanted.times.unwrap_or(TIMES), 2, 1000)?;
    let least = within("least", wanted.least.unwrap_or(LEAST), 10, 10_000_000)?;
    let write = async |tx: &mut TenantTx| {
        tx.lock_own_tenant().await?.ok_or_else(tenant::no_tenant)?;
        let before = tx.drain_stop().await?;
        let announced_until = before.and_then(|row| row.announced_until);
        let row = wanted.enabled.then_some(DrainStopRow { times, least, announced_until });
        if row != before {
            tx.set_drain_stop(row).await?;
            let event =
                Event::DrainStopChanged { tenant: of, enabled: wanted.enabled, times, least, reason: &reason };
            tx.record(actor, event).await?;
        }
        Ok(row)
    };
    Ok(to_wire(app.store.scoped(of, write).await?))
}

/// Announces a mass fetch: no key of the tenant is stopped for so many minutes, and what is fetched does not become a habit.
///
/// # Errors
/// `not_found`, `invalid_field`; `invalid_state` if there is no automatic stop.
pub async fn announce(app: &App, actor: &Actor, of: TenantId, wanted: &AnnounceFetch) -> Result<DrainStop> {
    let reason = text::line("reason", &wanted.reason, 3, 500)?;
    if wanted.minutes > LONGEST {
        return Err(Code::InvalidField.because("minutes must be 0 to 10080").field("minutes").into());
    }
    let write = async |tx: &mut TenantTx| {
        tx.lock_own_tenant().await?.ok_or_else(tenant::no_tenant)?;
        let row = tx.drain_stop().await?.ok_or_else(|| {
            Error::from(Code::InvalidState.because("the tenant has no automatic stop, so a mass fetch needs no announcement"))
        })?;
        let until = tx.now().await? + Duration::minutes(wanted.minutes.into());
        let row = DrainStopRow { announced_until: (wanted.minutes > 0).then_some(until), ..row };
        tx.set_drain_stop(Some(row)).await?;
        tx.record(actor, Event::MassFetchAnnounced { tenant: of, minutes: wanted.minutes, reason: &reason }).await?;
        Ok(Some(row))
    };
    Ok(to_wire(app.store.scoped(of, write).await?))
}

/// Lets a key work again that was stopped. What it was stopped for is its habit from now on. A key that was not stopped stays as it is.
///
/// # Errors
/// `not_found`, `invalid_field`.
pub async fn resume(app: &App, actor: &Actor, of: TenantId, key: ApiKeyId, reason: &str) -> Result<ApiKey> {
    let reason = text::line("reason", reason, 3, 500)?;
    tenant::scoped(app, of, async |tx| {
        let (row, was_suspended) = tx.resume_api_key(key.uuid()).await?.ok_or_else(api_key::no_key)?;
        if was_suspended {
            tx.record(actor, Event::ApiKeyResumed { api_key: key, reason: &reason }).await?;
        }
        Ok(api_key::to_wire(row))
    })
    .await
}

fn within(field: &'static str, value: u32, least: u32, most: u32) -> Result<i32> {
    let detail = format!("{field} must be {least} to {most}");
    let refusal = || Code::InvalidField.because(detail).field(field);
    if (least..=most).contains(&value) { i32::try_from(value).map_err(|_| refusal().into()) } else { Err(refusal().into()) }
}

fn to_wire(row: Option<DrainStopRow>) -> DrainStop {
    let number = |value: i32| value.unsigned_abs();
    match row {
        Some(DrainStopRow { times, least, announced_until }) => {
            DrainStop { enabled: true, times: number(times), least: number(least), announced_until }
        }
        None => DrainStop { enabled: false, times: TIMES, least: LEAST, announced_until: None },
    }
}
