//! Upgrades a database from before facts were bound into sealed values and before audit entries were signed. It trusts
//! such a database once; afterwards nothing in the old form is accepted.
//!
//! Nothing is added to the service's own log before everything else is done, so its last entry shows whether the
//! upgrade is complete.

mod report;
mod seals;

pub use report::{Broken, ProgressLine, Report};

use std::collections::BTreeSet;

use bowline_api::TenantId;
use uuid::Uuid;

use super::audit::verify::{OldLog, verify_old};
use crate::app::App;
use crate::domain::{About, Actor, Error, Event, Result};
use crate::store::Tx;

/// The instructions if [`is_due`].
pub const UPGRADE_DUE: &str = "the database is from before sealed values and audit logs got their present form: stop every server of the \
    version before, and run `bowline-server upgrade-seals` (docs/running.md, \"Upgrading\"). If this database was upgraded before, \
    somebody put an old form back: follow docs/runbooks/BowlineAuditLogBroken.md instead";

/// Whether the database is in its old form, or its upgrade is incomplete. Costs one index lookup if the service's own
/// log has an entry, which is cheap enough for every start and probe.
pub async fn is_due(app: &App) -> Result<bool> {
    if let Some(is_signed) = app.store.platform(async |tx| tx.own_log_is_signed().await).await? {
        return Ok(!is_signed);
    }
    // Nobody has logged in yet, so no operator's list competes with this scan of all logs.
    app.store.operator(async |tx| tx.has_unsigned_log().await).await
}

/// Does what remains to be done. Values that do not open and broken logs are left unchanged and reported. If there are
/// any, the upgrade is finished, and logs are signed, only with `leave_broken`.
///
/// # Errors
/// The first error. Everything done until then remains done.
pub async fn run(app: &App, leave_broken: bool, told: ProgressLine<'_>) -> Result<Report> {
    let mut report = Report { was_due: is_due(app).await?, ..Report::default() };
    if !report.was_due {
        report.is_finished = true;
        return Ok(report);
    }
    let mut unsigned = Vec::new();
    for chain in sign_tenants_logs(app).await? {
        let tenant = TenantId::from(chain);
        seals::reseal_tenant(app, tenant, &mut report, told).await?;
        if let OldLog::Unsigned(length) = verified_old_log(app, Some(tenant), &mut report).await? {
            unsigned.push((tenant, length));
        }
        told(&format!("{tenant}: resealed, and its audit log was read"));
    }
    let own = verified_old_log(app, None, &mut report).await?;
    if report.broken.is_empty() || leave_broken {
        for (tenant, length) in unsigned {
            report.logs += app.store.scoped(tenant, async |tx| sign_old_log(tx, length).await).await?;
        }
        finish_upgrade(app, &own, &mut report).await?;
    }
    Ok(report)
}

/// Signs the unsigned logs of all tenants.
async fn sign_tenants_logs(app: &App) -> Result<BTreeSet<Uuid>> {
    let chains = app.store.operator(async |tx| tx.audit_chains().await).await?;
    Ok(chains.into_iter().filter(|chain| !chain.is_nil()).collect())
}

async fn verified_old_log(app: &App, owner: Option<TenantId>, report: &mut Report) -> Result<OldLog> {
    let found = verify_old(app, owner.map_or(Uuid::nil(), |id| id.uuid())).await?;
    if let OldLog::Broken(finding) = found {
        report.add(owner, "audit_events.hash", About::AuditLog(owner), finding.as_str());
    }
    Ok(found)
}

/// Adds the entry whose signature covers the `length` unsigned ones before it, unless it already exists.
async fn sign_old_log<Scope>(tx: &mut Tx<Scope>, length: i64) -> Result<usize> {
    let is_signed =
        tx.sign_over(length, &Actor::CommandLine, Event::AuditSignedOver { entries: length }).await?;
    Ok(usize::from(is_signed))
}

/// Signs the service's own log, and records what was left.
async fn finish_upgrade(app: &App, own: &OldLog, report: &mut Report) -> Result<()> {
    let length = match own {
        OldLog::Unsigned(length) => Some(*length),
        OldLog::Signed => Some(0),
        OldLog::Broken(_) => None,
    };
    if let Some(length) = length {
        report.logs += app.store.platform(async |tx| sign_old_log(tx, length).await).await?;
    }
    let logs: Vec<Option<TenantId>> = report.broken_logs().collect();
    for broken in &report.broken {
        // A transaction that fails this way leaves an entry in its log.
        let failure = Err::<(), _>(Error::Integrity { what: broken.column, about: broken.about });
        let noted = match broken.tenant_id {
            Some(tenant) if !logs.contains(&Some(tenant)) => {
                app.store.scoped(tenant, async |_| failure).await
            }
            _ => app.store.platform(async |_| failure).await,
        };
        match noted {
            Err(Error::Integrity { .. }) | Ok(()) => {}
            Err(error) => return Err(error),
        }
    }
    report.is_finished = !is_due(app).await?;
    Ok(())
}
