//! Proves that nobody changed the audit log, as far as the log itself and a checkpoint can show.

use std::collections::{BTreeMap, BTreeSet};

use bowline_api::TenantId;
use bowline_api::admin::AuditVerification;
use bowline_api::status::AuditFinding;
use bowline_vault::AuditKeys;
use serde::Serialize;
use uuid::Uuid;

use super::audit_checkpoint::Checkpoint;
use super::audit_log;
use crate::app::App;
use crate::domain::{About, Event, Result};
use crate::metrics;
use crate::store::audit::{AuditRow, GENESIS, Standing};
use crate::store::audit_lists::Ends;

/// Entries that one transaction looks at, and that are hashed without a rest.
const BATCH: i64 = 200;

/// One log, and what was found.
#[derive(Debug, Serialize)]
pub struct LogVerification {
    /// Whose; absent for the service's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tenant_id: Option<TenantId>,
    /// What was found.
    #[serde(flatten)]
    pub verification: AuditVerification,
}

/// Where a checkpoint says that a chain was: sequence and hash.
type Mark = (i64, Vec<u8>);

/// Follows the chain from its first entry to where its head is now, and looks for what is beyond.
///
/// Entries that come meanwhile are left for the next time. What is found raises an alarm.
///
/// # Errors
/// `not_found` where there is no such tenant, `rate_limited` while another log is checked; a chain that does not hold is an answer.
pub async fn verify(app: &App, tenant: Option<TenantId>) -> Result<AuditVerification> {
    let chain = audit_log::chain(app, tenant).await?;
    verify_chain(app, chain, None).await
}

/// The same for the logs of all tenants and the service's own; with a checkpoint also whether they still have what it names.
///
/// # Errors
/// Those of any statement.
pub async fn verify_all(app: &App, since: Option<&Checkpoint>) -> Result<Vec<LogVerification>> {
    let marks: BTreeMap<Uuid, Mark> = since.map(Checkpoint::marks).unwrap_or_default();
    let mut tx = app.store.operator().await?;
    let chains = tx.audit_chains().await;
    let mut chains: BTreeSet<Uuid> = tx.finish(chains).await?.into_iter().collect();
    chains.extend(marks.keys().copied());
    chains.insert(Uuid::nil());
    let mut found = Vec::with_capacity(chains.len());
    for chain in chains {
        let verification = verify_chain(app, chain, marks.get(&chain).cloned()).await?;
        found.push(LogVerification { tenant_id: owner(chain), verification });
    }
    Ok(found)
}

/// The same for one log.
///
/// # Errors
/// `not_found` where there is no such tenant.
pub async fn verify_one(
    app: &App,
    tenant: TenantId,
    since: Option<&Checkpoint>,
) -> Result<Vec<LogVerification>> {
    let chain = audit_log::chain(app, Some(tenant)).await?;
    let mark = since.and_then(|checkpoint| checkpoint.marks().remove(&chain));
    let verification = verify_chain(app, chain, mark).await?;
    Ok(vec![LogVerification { tenant_id: owner(chain), verification }])
}

/// A log as the upgrade of an old database finds it.
pub(super) enum OldLog {
    /// It holds, and is signed; or it is the service's own and empty.
    Signed,
    /// It holds by its hashes from its first entry to its head, has so many entries, and none is signed.
    Unsigned(i64),
    /// It was edited, cut or added to; the alarm has been raised.
    Broken(AuditFinding),
}

/// What the upgrade of an old database has to do with this log.
///
/// # Errors
/// Those of any statement.
pub(super) async fn verify_old(app: &App, chain: Uuid) -> Result<OldLog> {
    let found = walk(app, chain, None).await?;
    if found.finding == Some(AuditFinding::Unsigned) && found.broken_at.is_none() {
        return Ok(OldLog::Unsigned(i64::try_from(found.checked).unwrap_or(i64::MAX)));
    }
    alarm(chain, &found);
    Ok(found.finding.map_or(OldLog::Signed, OldLog::Broken))
}

fn alarm(chain: Uuid, found: &AuditVerification) {
    if let Some(finding) = found.finding {
        metrics::integrity_error("audit_events.hash", About::AuditLog(owner(chain)), &finding);
    }
}

fn owner(chain: Uuid) -> Option<TenantId> {
    (!chain.is_nil()).then(|| chain.into())
}

async fn verify_chain(app: &App, chain: Uuid, mark: Option<Mark>) -> Result<AuditVerification> {
    let found = walk(app, chain, mark).await?;
    alarm(chain, &found);
    Ok(found)
}

async fn walk(app: &App, chain: Uuid, mark: Option<Mark>) -> Result<AuditVerification> {
    let mut turn = app.log_checks.turn()?;
    let mut tx = app.store.operator().await?;
    let ends = tx.audit_ends(chain).await;
    let ends = tx.finish(ends).await?;
    let mut walk =
        Walk { keys: app.store.audit_keys(), at: 0, hash: GENESIS.to_vec(), is_signed: false, mark };
    let Some((head, head_hash)) = ends.head() else {
        return Ok(walk.without_head(chain, &ends));
    };
    while walk.at < head {
        turn.rest().await;
        // A transaction for each batch: a long log must not hold a connection and a snapshot for minutes.
        let mut tx = app.store.operator().await?;
        let batch = tx.audit_batch(chain, walk.at, head, BATCH).await;
        let batch = tx.finish(batch).await?;
        if batch.is_empty() {
            return Ok(walk.broken(AuditFinding::Cut));
        }
        for row in &batch {
            if let Some(finding) = walk.step(row)? {
                return Ok(walk.broken(finding));
            }
        }
    }
    if walk.hash != head_hash {
        return Ok(AuditVerification { broken_at: Some(walk.at), ..walk.broken(AuditFinding::HeadMoved) });
    }
    if ends.last.is_some_and(|last| last > head) {
        let mut tx = app.store.operator().await?;
        let next = tx.audit_batch(chain, head, i64::MAX, 1).await;
        let next = tx.finish(next).await?;
        return walk.beyond(next.first());
    }
    Ok(walk.ended())
}

/// How far a chain holds.
struct Walk<'a> {
    keys: &'a AuditKeys,
    at: i64,
    hash: Vec<u8>,
    /// Whether a signed entry was met. What comes before it is covered by its signature.
    is_signed: bool,
    mark: Option<Mark>,
}

impl Walk<'_> {
    /// Goes on to `row`; what is wrong if it is not the entry that must come.
    fn step(&mut self, row: &AuditRow) -> Result<Option<AuditFinding>> {
        if row.sequence != self.at + 1 {
            return Ok(Some(AuditFinding::Missing));
        }
        if row.previous_hash != self.hash {
            return Ok(Some(AuditFinding::Edited));
        }
        match row.standing(self.keys)? {
            // Else whoever has no key could rewrite a log as an unsigned one, and the server's next entry would vouch for it.
            Standing::Signed if !self.is_signed && self.at > 0 && row.action != Event::SIGNED_OVER => {
                return Ok(Some(AuditFinding::Unsigned));
            }
            Standing::Signed => self.is_signed = true,
            Standing::Unsigned if self.is_signed => return Ok(Some(AuditFinding::Unsigned)),
            Standing::Unsigned => {}
            Standing::Edited => return Ok(Some(AuditFinding::Edited)),
            Standing::UnknownKey => return Ok(Some(AuditFinding::UnknownKey)),
        }
        if self.mark.as_ref().is_some_and(|(at, hash)| *at == row.sequence && *hash != row.hash) {
            return Ok(Some(AuditFinding::Replaced));
        }
        self.at = row.sequence;
        self.hash.clone_from(&row.hash);
        Ok(None)
    }

    /// The head is gone, or there never was a log.
    fn without_head(&self, chain: Uuid, ends: &Ends) -> AuditVerification {
        let was_there = self.mark.as_ref().is_some_and(|(at, _)| *at > 0);
        match ends.last {
            Some(_) => AuditVerification { broken_at: None, ..self.broken(AuditFinding::HeadMissing) },
            None if was_there => self.broken(AuditFinding::Cut),
            // A tenant is made together with its first entry.
            None if !chain.is_nil() => self.broken(AuditFinding::Missing),
            None => self.intact(),
        }
    }

    /// There are entries behind the one that the head names: its own, from before it was moved back, or somebody else's.
    fn beyond(&mut self, next: Option<&AuditRow>) -> Result<AuditVerification> {
        let at = self.at;
        let is_ours = match next {
            Some(row) => self.step(row)?.is_none() && self.is_signed,
            None => false,
        };
        self.at = at;
        Ok(self.broken(if is_ours { AuditFinding::HeadMoved } else { AuditFinding::BeyondHead }))
    }

    /// The chain holds to its head.
    fn ended(&self) -> AuditVerification {
        if self.at > 0 && !self.is_signed {
            return AuditVerification { broken_at: None, ..self.broken(AuditFinding::Unsigned) };
        }
        if self.mark.as_ref().is_some_and(|(at, _)| *at > self.at) {
            return self.broken(AuditFinding::Cut);
        }
        self.intact()
    }

    fn checked(&self) -> u64 {
        self.at.unsigned_abs()
    }

    fn intact(&self) -> AuditVerification {
        AuditVerification { checked: self.checked(), intact: true, broken_at: None, finding: None }
    }

    fn broken(&self, finding: AuditFinding) -> AuditVerification {
        AuditVerification {
            checked: self.checked(),
            intact: false,
            broken_at: Some(self.at + 1),
            finding: Some(finding),
        }
    }
}
