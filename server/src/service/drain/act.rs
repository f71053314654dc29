//! What operators do about automatic stops: turn them on and off, announce a mass fetch, let a stopped key work again.

use bowline_api::admin::{AnnounceFetch, ApiKey, DrainStop, SetDrainStop};
use bowline_api::{ApiKeyId, TenantId};
use chrono::TimeDelta;

use crate::app::App;
use crate::domain::{Actor, Code, Error, Event, Result, text};
use crate::service::{api_key, tenant};
use crate::store::TenantTx;
use crate::store::drains::DrainStopRow;

/// The automatic stop of a tenant for which nothing else is said.
const DEFAULT_DRAIN_TIMES: u32 = 10;
const DEFAULT_DRAIN_LEAST: u32 = 1000;
/// The longest announcement of a mass fetch, in minutes: a week.
const LONGEST_ANNOUNCEMENT: u32 = 7 * 24 * 60;

/// A tenant's automatic stop.
///
/// # Errors
/// `not_found`.
pub async fn show(app: &App, of: TenantId) -> Result<DrainStop> {
    Ok(to_wire(tenant::scoped(app, of, async |tx| tx.drain_stop().await).await?))
}

/// Turns a tenant's automatic stop on with these numbers, or off. Every replica knows of it within seconds. An announcement stays.
///
/// # Errors
/// `not_found`, `invalid_field`.
pub async fn set(app: &App, actor: &Actor, of: TenantId, wanted: &SetDrainStop) -> Result<DrainStop> {
    let reason = text::line("reason", &wanted.reason, 3, 500)?;
    let times = number_within("times", wanted.times.unwrap_or(DEFAULT_DRAIN_TIMES), 2, 1000)?;
    let least = number_within("least", wanted.least.unwrap_or(DEFAULT_DRAIN_LEAST), 10, 10_000_000)?;
    let write = async |tx: &mut TenantTx| {
        tx.lock_own_tenant().await?.ok_or_else(tenant::no_tenant)?;
        let before = tx.drain_stop().await?;
        let announced_until = before.and_then(|stop_row| stop_row.announced_until);
        let announced_key = before.and_then(|stop_row| stop_row.announced_key);
        let stop_row = DrainStopRow { times, least, announced_until, announced_key };
        let stop_row = wanted.enabled.then_some(stop_row);
        if stop_row != before {
            tx.set_drain_stop(stop_row).await?;
            let event = Event::DrainStopChanged {
                tenant: of,
                enabled: wanted.enabled,
                times,
                least,
                reason: &reason,
            };
            tx.record(actor, event).await?;
        }
        Ok(stop_row)
    };
    Ok(to_wire(app.store.scoped(of, write).await?))
}

/// Announces a mass fetch of one key, or of all keys of the tenant: they are not stopped for so many minutes, and what they fetch does not
/// become a habit. It takes the place of the announcement before; 0 minutes end that one.
///
/// # Errors
/// `not_found`, also for a key that is none of the tenant's; `invalid_field`; `invalid_state` if there is no automatic stop.
pub async fn announce(app: &App, actor: &Actor, of: TenantId, wanted: &AnnounceFetch) -> Result<DrainStop> {
    let reason = text::line("reason", &wanted.reason, 3, 500)?;
    let AnnounceFetch { minutes, key: api_key, .. } = *wanted;
    if minutes > LONGEST_ANNOUNCEMENT {
        let detail = format!("minutes must be 0 to {LONGEST_ANNOUNCEMENT}");
        return Err(Code::InvalidField.because(detail).field("minutes").into());
    }
    let write = async |tx: &mut TenantTx| {
        tx.lock_own_tenant().await?.ok_or_else(tenant::no_tenant)?;
        let stop_row = tx.drain_stop().await?.ok_or_else(|| {
            let detail = "the tenant has no automatic stop, so a mass fetch needs no announcement";
            Error::from(Code::InvalidState.because(detail))
        })?;
        let until = tx.now().await? + TimeDelta::minutes(minutes.into());
        let announced = (minutes > 0).then_some((until, api_key.map(|key| key.uuid())));
        let stop_row = DrainStopRow {
            announced_until: announced.map(|(until, _)| until),
            announced_key: announced.and_then(|(_, key)| key),
            ..stop_row
        };
        tx.set_drain_stop(Some(stop_row)).await?;
        let event = Event::MassFetchAnnounced { tenant: of, minutes, reason: &reason, api_key };
        tx.record(actor, event).await?;
        Ok(Some(stop_row))
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
        let (stop_row, was_suspended) = tx.resume_api_key(key.uuid()).await?.ok_or_else(api_key::no_key)?;
        if was_suspended {
            tx.record(actor, Event::ApiKeyResumed { api_key: key, reason: &reason }).await?;
        }
        Ok(api_key::to_wire(stop_row))
    })
    .await
}

/// The value, if it is `least` to `most`.
fn number_within(field: &'static str, value: u32, least: u32, most: u32) -> Result<i32> {
    let value = i32::try_from(value).ok().filter(|_| (least..=most).contains(&value));
    value.ok_or_else(|| {
        Code::InvalidField.because(format!("{field} must be {least} to {most}")).field(field).into()
    })
}

fn to_wire(stop_row: Option<DrainStopRow>) -> DrainStop {
    let off = DrainStop {
        enabled: false,
        times: DEFAULT_DRAIN_TIMES,
        least: DEFAULT_DRAIN_LEAST,
        announced_until: None,
        announced_key: None,
    };
    stop_row.map_or(off, tenant::stop_to_wire)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_out_of_range_are_refused() {
        assert_eq!([2, 1000].map(|value| number_within("times", value, 2, 1000).unwrap()), [2, 1000]);
        assert!(
            [0, 1, 1001, u32::MAX].into_iter().all(|value| number_within("times", value, 2, 1000).is_err())
        );
    }
}
