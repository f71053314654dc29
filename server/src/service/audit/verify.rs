//! Verifies that the audit log is unchanged, as far as the log itself and a checkpoint can prove: walks each chain and
//! compares it with the checkpoint's mark.

use std::collections::{BTreeMap, BTreeSet};

use bowline_api::admin::AuditVerification;
use bowline_api::status::AuditFinding;
use bowline_api::{Named, TenantId};
use bowline_vault::AuditKeys;
use serde::Serialize;
use uuid::Uuid;

use super::checkpoint::Checkpoint;
use super::log;
use crate::app::App;
use crate::domain::{About, Event, Result};
use crate::metrics;
use crate::store::audit::lists::Ends;
use crate::store::audit::{AuditRow, EntryStanding, GENESIS};

/// The number of entries that one transaction reads, and that are hashed without a pause.
const VERIFIED_BATCH: i64 = 200;

/// The result of verifying one log.
#[derive(Debug, Serialize)]
pub struct LogVerification {
    /// The tenant. Absent for the service's own log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tenant_id: Option<TenantId>,
    /// The findings.
    #[serde(flatten)]
    pub verification: AuditVerification,
}

/// The position of a chain according to a checkpoint: sequence number and hash.
type Mark = (i64, Vec<u8>);

/// Verifies the chain from its first entry to its current head, and checks for entries beyond it.
///
/// Entries added meanwhile are left for the next verification. Findings raise an alarm.
///
/// # Errors
/// `not_found` if there is no such tenant; `rate_limited` while another log is being checked. A broken chain is a
/// result, not an error.
pub async fn verify(app: &App, tenant: Option<TenantId>) -> Result<AuditVerification> {
    let chain = log::chain(app, tenant).await?;
    verify_chain(app, chain, None).await
}

/// Verifies the logs of all tenants and the service's own. With a checkpoint, also checks that they still contain the
/// entries that it names.
pub async fn verify_all(app: &App, since: Option<&Checkpoint>) -> Result<Vec<LogVerification>> {
    let marks: BTreeMap<Uuid, Mark> = since.map(Checkpoint::marks).unwrap_or_default();
    let mut chains: BTreeSet<Uuid> =
        app.store.operator(async |tx| tx.audit_chains().await).await?.into_iter().collect();
    chains.extend(marks.keys().copied());
    chains.insert(Uuid::nil());
    let mut found = Vec::with_capacity(chains.len());
    for chain in chains {
        let verification = verify_chain(app, chain, marks.get(&chain).cloned()).await?;
        found.push(LogVerification { tenant_id: log_owner(chain), verification });
    }
    Ok(found)
}

/// Like [`verify_all`], for one log.
///
/// # Errors
/// `not_found` if there is no such tenant.
pub async fn verify_one(
    app: &App,
    tenant: TenantId,
    since: Option<&Checkpoint>,
) -> Result<Vec<LogVerification>> {
    let chain = log::chain(app, Some(tenant)).await?;
    let mark = since.and_then(|checkpoint| checkpoint.marks().remove(&chain));
    let verification = verify_chain(app, chain, mark).await?;
    Ok(vec![LogVerification { tenant_id: log_owner(chain), verification }])
}

/// The state of a log when an old database is upgraded.
pub(in crate::service) enum OldLog {
    /// It is intact and signed, or it is the service's own log and empty.
    Signed,
    /// Its hashes are intact from the first entry to the head, it has this many entries, and none is signed.
    Unsigned(i64),
    /// It was edited, truncated or extended. The alarm has been raised.
    Broken(AuditFinding),
}

/// Determines what the upgrade of an old database has to do with this log.
pub(in crate::service) async fn verify_old(app: &App, chain: Uuid) -> Result<OldLog> {
    let found = walk_chain(app, chain, None).await?;
    if found.finding == Some(AuditFinding::Unsigned.into()) && found.broken_at.is_none() {
        return Ok(OldLog::Unsigned(i64::try_from(found.checked).unwrap_or(i64::MAX)));
    }
    integrity_alarm(chain, &found);
    Ok(found.finding.and_then(Named::known).map_or(OldLog::Signed, OldLog::Broken))
}

fn integrity_alarm(chain: Uuid, found: &AuditVerification) {
    if let Some(finding) = found.finding {
        metrics::integrity_error("audit_events.hash", About::AuditLog(log_owner(chain)), &finding);
    }
}

fn log_owner(chain: Uuid) -> Option<TenantId> {
    (!chain.is_nil()).then(|| chain.into())
}

async fn verify_chain(app: &App, chain: Uuid, mark: Option<Mark>) -> Result<AuditVerification> {
    let found = walk_chain(app, chain, mark).await?;
    integrity_alarm(chain, &found);
    Ok(found)
}

async fn walk_chain(app: &App, chain: Uuid, mark: Option<Mark>) -> Result<AuditVerification> {
    let mut turn = app.log_checks.turn()?;
    let ends = app.store.operator(async |tx| tx.audit_ends(chain).await).await?;
    let mut walk =
        Walk { keys: app.store.audit_keys(), at: 0, hash: GENESIS.to_vec(), is_signed: false, mark };
    let Some((head, head_hash)) = ends.head() else {
        return Ok(walk.without_head(chain, &ends));
    };
    while walk.at < head {
        turn.rest().await;
        // One transaction per batch, because a long log must not hold a connection and a snapshot for minutes.
        let batch =
            app.store.operator(async |tx| tx.audit_batch(chain, walk.at, head, VERIFIED_BATCH).await).await?;
        if batch.is_empty() {
            return Ok(walk.broken_verification(AuditFinding::Cut));
        }
        for entry_row in &batch {
            if let Some(finding) = walk.step(entry_row)? {
                return Ok(walk.broken_verification(finding));
            }
        }
    }
    if walk.hash != head_hash {
        return Ok(AuditVerification {
            broken_at: Some(walk.at),
            ..walk.broken_verification(AuditFinding::HeadMoved)
        });
    }
    if ends.last.is_some_and(|last| last > head) {
        let next = app.store.operator(async |tx| tx.audit_batch(chain, head, i64::MAX, 1).await).await?;
        return walk.entries_beyond_head(next.first());
    }
    Ok(walk.chain_ended())
}

/// The progress of verifying a chain.
struct Walk<'a> {
    keys: &'a AuditKeys,
    at: i64,
    hash: Vec<u8>,
    /// Whether a signed entry was found. Its signature covers the entries before it.
    is_signed: bool,
    mark: Option<Mark>,
}

impl Walk<'_> {
    /// Advances to `entry_row`, or returns what is wrong if it is not the expected entry.
    fn step(&mut self, entry_row: &AuditRow) -> Result<Option<AuditFinding>> {
        if entry_row.sequence != self.at + 1 {
            return Ok(Some(AuditFinding::Missing));
        }
        if entry_row.previous_hash != self.hash {
            return Ok(Some(AuditFinding::Edited));
        }
        match entry_row.standing(self.keys)? {
            // Otherwise someone without a key could rewrite a log as an unsigned one, and the server's next entry would
            // vouch for it.
            EntryStanding::Signed
                if !self.is_signed && self.at > 0 && entry_row.action != Event::SIGNED_OVER =>
            {
                return Ok(Some(AuditFinding::Unsigned));
            }
            EntryStanding::Signed => self.is_signed = true,
            EntryStanding::Unsigned if self.is_signed => return Ok(Some(AuditFinding::Unsigned)),
            EntryStanding::Unsigned => {}
            EntryStanding::Edited => return Ok(Some(AuditFinding::Edited)),
            EntryStanding::UnknownKey => return Ok(Some(AuditFinding::UnknownKey)),
        }
        if self.mark.as_ref().is_some_and(|(at, hash)| *at == entry_row.sequence && *hash != entry_row.hash) {
            return Ok(Some(AuditFinding::Replaced));
        }
        self.at = entry_row.sequence;
        self.hash.clone_from(&entry_row.hash);
        Ok(None)
    }

    /// The head is missing, or there never was a log.
    fn without_head(&self, chain: Uuid, ends: &Ends) -> AuditVerification {
        let was_there = self.mark.as_ref().is_some_and(|(at, _)| *at > 0);
        match ends.last {
            Some(_) => {
                AuditVerification { broken_at: None, ..self.broken_verification(AuditFinding::HeadMissing) }
            }
            None if was_there => self.broken_verification(AuditFinding::Cut),
            // A tenant is created together with its first entry.
            None if !chain.is_nil() => self.broken_verification(AuditFinding::Missing),
            None => self.intact_verification(),
        }
    }

    /// There are entries after the head: the log's own, if the head was moved back, or forged ones.
    fn entries_beyond_head(&mut self, next: Option<&AuditRow>) -> Result<AuditVerification> {
        let at = self.at;
        let is_ours = match next {
            Some(entry_row) => self.step(entry_row)?.is_none() && self.is_signed,
            None => false,
        };
        self.at = at;
        Ok(self.broken_verification(if is_ours { AuditFinding::HeadMoved } else { AuditFinding::BeyondHead }))
    }

    /// The chain is intact up to its head.
    fn chain_ended(&self) -> AuditVerification {
        if self.at > 0 && !self.is_signed {
            return AuditVerification { broken_at: None, ..self.broken_verification(AuditFinding::Unsigned) };
        }
        if self.mark.as_ref().is_some_and(|(at, _)| *at > self.at) {
            return self.broken_verification(AuditFinding::Cut);
        }
        self.intact_verification()
    }

    fn checked_verification(&self) -> u64 {
        self.at.unsigned_abs()
    }

    fn intact_verification(&self) -> AuditVerification {
        AuditVerification {
            checked: self.checked_verification(),
            intact: true,
            broken_at: None,
            finding: None,
        }
    }

    fn broken_verification(&self, finding: AuditFinding) -> AuditVerification {
        AuditVerification {
            checked: self.checked_verification(),
            intact: false,
            broken_at: Some(self.at + 1),
            finding: Some(finding.into()),
        }
    }
}
