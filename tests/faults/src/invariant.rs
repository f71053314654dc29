//! The invariants that must hold after every fault: Dropbox, the database, the audit log and the callers agree.

use std::collections::HashSet;

use anyhow::{Context as _, Result, ensure};
use bowline_api::admin::AuditVerification;
use bowline_api::v1::AccessToken;
use bowline_api::{AccountId, TenantId};
use bowline_tests::{files_with, until};
use dropbox_sim::{CallState, GrantView, Operation, Reveal};
use futures_util::{StreamExt as _, TryStreamExt as _};
use reqwest::Method;
use uuid::Uuid;

use crate::bench::Bench;

/// The number of accounts that are queried at the same time.
const AT_ONCE: usize = 8;

/// The counts of the invariant checker.
#[derive(Debug, Clone, Default)]
pub struct Findings {
    /// Accounts in the database.
    pub accounts: usize,
    /// Live grants at Dropbox.
    pub grants: usize,
    /// Live grants at Dropbox that are not in the database.
    pub orphans: usize,
    /// Refreshes that Dropbox granted.
    pub refreshes: usize,
    /// Calls that failed at Dropbox.
    pub failures: usize,
    /// Probes of revoked accounts, all of which were refused.
    pub probes: usize,
    /// Audit entries whose chain is intact.
    pub audited: u64,
    /// Messages of webhooks that were received.
    pub messages: usize,
}

impl std::fmt::Display for Findings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { accounts, grants, orphans, refreshes, probes, audited, messages, .. } = self;
        write!(
            f,
            "{accounts} accounts, {grants} grants alive, {orphans} orphans, {refreshes} refreshes, {probes} probes, {audited} audit entries, {messages} messages"
        )
    }
}

/// An account in the database.
struct Row {
    id: AccountId,
    status: String,
    provider_account_id: String,
}

impl Bench {
    /// Waits until all work is done, and checks the invariants.
    pub async fn check(&self) -> Result<Findings> {
        self.settle().await.context("the remaining work was not done")?;
        let rows = self.account_rows().await?;
        self.acknowledged_is_kept(&rows)?;
        let grants = self.grants_are_held(&rows).await?;
        let (refreshes, failures) = self.refreshes_are_due()?;
        self.holdings_are_on_record().await?;
        let went_back = self.generations.found();
        ensure!(went_back.is_empty(), "generations went back: {went_back:?}");
        let refused = self.revoked_yield_nothing().await?;
        let (probes, yielded) = self.prober.found();
        ensure!(yielded.is_empty(), "revoked accounts yielded tokens: {yielded:?}");
        let crossed = self.ledger.crossed();
        ensure!(crossed.is_none(), "one token for two accounts: {crossed:?}");
        let audited = self.audit_holds().await?;
        let messages = self.messages_arrive().await.context("webhooks")?;
        self.no_secret_is_to_be_read().await?;
        let (grants, orphans) = grants;
        Ok(Findings {
            accounts: rows.len(),
            grants,
            orphans,
            refreshes,
            failures,
            probes: probes + refused,
            audited,
            messages,
        })
    }

    /// Clears all faults, and waits until due revocations are done and abandoned sessions are swept.
    async fn settle(&self) -> Result<()> {
        self.stack.dropbox.clear_faults();
        if let Some(proxy) = &self.proxy {
            proxy.set(crate::Mode::Forward);
        }
        self.end_cool_downs().await?;
        // Ends leases and claims of killed processes, so that the check need not wait for them.
        self.direct.execute("UPDATE refresh_leases SET held_until = now()").await?;
        self.direct.execute("UPDATE revocations SET next_attempt_at = now() WHERE state = 'due'").await?;
        self.direct
            .execute(
                "UPDATE link_sessions SET expires_at = now() - interval '1 second', claimed_until = NULL
                 WHERE status IN ('created', 'authorizing', 'returned')",
            )
            .await?;
        let left = "SELECT (SELECT count(*) FROM revocations WHERE state = 'due')
                         + (SELECT count(*) FROM link_sessions WHERE status IN ('created', 'authorizing', 'returned'))";
        until("revocations and sweeping", async || {
            // A revocation that failed just before the fault was cleared would wait for its next attempt.
            let hurry =
                "UPDATE revocations SET next_attempt_at = now() WHERE state = 'due' AND claimed_by IS NULL";
            self.direct.execute(hurry).await.ok();
            self.direct.count(left).await.ok().filter(|left| *left == 0)
        })
        .await?;
        let given_up = "SELECT count(*) FROM revocations WHERE state = 'given_up'";
        ensure!(self.direct.count(given_up).await? == 0, "a revocation was given up");
        Ok(())
    }

    async fn account_rows(&self) -> Result<Vec<Row>> {
        let rows = self.direct.rows("SELECT id::text, status, provider_account_id FROM accounts").await?;
        rows.iter()
            .map(|row| {
                let id: Uuid = row.try_get::<_, String>(0)?.parse()?;
                Ok(Row { id: id.into(), status: row.try_get(1)?, provider_account_id: row.try_get(2)? })
            })
            .collect()
    }

    /// Everything that was acknowledged to callers is in the database.
    fn acknowledged_is_kept(&self, rows: &[Row]) -> Result<()> {
        for (account, states) in self.ledger.all_linked() {
            let row = rows.iter().find(|row| row.id == account);
            let row = row.with_context(|| format!("{account} was linked, but it is missing"))?;
            ensure!(states.contains(&row.status.as_str()), "{account} is {}, not {states:?}", row.status);
        }
        Ok(())
    }

    /// Requests the token of each revoked account once at each replica, in addition to the continuous probes; returns
    /// the number of refusals.
    async fn revoked_yield_nothing(&self) -> Result<usize> {
        let mut refused = 0;
        for account in self.ledger.all_revoked() {
            for replica in self.fleet.all() {
                let answer = until("an answer about a revoked account", async || {
                    replica.try_token(account).await.ok().filter(|answer| answer.status != 503)
                })
                .await?;
                ensure!(answer.status == 410, "{account} was revoked; its token: {}", answer.status);
                refused += 1;
            }
        }
        Ok(refused)
    }

    /// Every active account has a live grant of its own, and every live grant belongs to an account. Returns the
    /// numbers of live and of orphaned grants.
    async fn grants_are_held(&self, rows: &[Row]) -> Result<(usize, usize)> {
        let active = rows.iter().filter(|row| row.status == "active");
        let tokens: Vec<(&Row, String)> = futures_util::stream::iter(active)
            .map(|row| async move { Ok::<_, anyhow::Error>((row, self.fresh_token(row.id).await?)) })
            .buffer_unordered(AT_ONCE)
            .try_collect()
            .await?;
        let grants = self.stack.dropbox.grants(Reveal::Tokens);
        let issued = |grant: &GrantView, token: &str| {
            grant.tokens.as_ref().is_some_and(|tokens| tokens.access_tokens.iter().any(|is| is == token))
        };
        let mut held: HashSet<u64> = HashSet::new();
        for (row, token) in &tokens {
            let grant = grants
                .iter()
                .find(|grant| issued(grant, token))
                .context("Dropbox never issued this token")?;
            ensure!(grant.alive, "{} is active and its grant is dead", row.id);
            ensure!(grant.account_id == row.provider_account_id, "{} has another user's token", row.id);
            ensure!(held.insert(grant.id), "{} shares its grant", row.id);
        }
        let kept: HashSet<&str> = rows
            .iter()
            .filter(|row| ["needs_reauth", "suspended"].contains(&row.status.as_str()))
            .map(|row| row.provider_account_id.as_str())
            .collect();
        let alive: Vec<&GrantView> = grants.iter().filter(|grant| grant.alive).collect();
        let orphans = alive
            .iter()
            .filter(|grant| !held.contains(&grant.id) && !kept.contains(grant.account_id.as_str()))
            .count();
        let allowed = self.ledger.kill_windows();
        ensure!(
            orphans <= allowed,
            "{orphans} grants live at Dropbox that nobody holds; at most {allowed} may"
        );
        Ok((alive.len(), orphans))
    }

    /// Fetches a new token, which uses the refresh token in the database.
    async fn fresh_token(&self, account: AccountId) -> Result<String> {
        self.expire(account).await?;
        let what = format!("a token of {account}");
        let answer = until(&what, async || {
            self.tenant.try_token(account).await.ok().filter(|answer| answer.status == 200)
        })
        .await?;
        let token: AccessToken = answer.good()?;
        self.ledger.token(account, &token.access_token);
        Ok(token.access_token)
    }

    /// Dropbox was not asked for refreshes that were not due. Returns how many refreshes were granted and how many
    /// calls failed.
    fn refreshes_are_due(&self) -> Result<(usize, usize)> {
        let grants = self.stack.dropbox.grants(Reveal::No);
        let granted: u64 = grants.iter().map(|grant| grant.refreshes).sum();
        let granted = usize::try_from(granted)?;
        let calls = self.stack.dropbox.calls();
        let failed =
            |state: CallState, status: Option<u16>| state != CallState::Answered || status != Some(200);
        let failures = calls.iter().filter(|call| failed(call.state, call.status)).count();
        let asked = calls.iter().filter(|call| call.operation == Operation::TokenRefresh).count();
        let due = self.ledger.expiries() + failures + self.ledger.lost_answers();
        ensure!(asked <= due, "{asked} refreshes were requested, but only {due} were due");
        Ok((granted, failures))
    }

    /// Every token that was returned has a recorded holding.
    async fn holdings_are_on_record(&self) -> Result<()> {
        let rows = self
            .direct
            .rows("SELECT account_id::text, count(*), count(DISTINCT (api_key_id, generation)) FROM token_holdings GROUP BY 1")
            .await?;
        let mut recorded = std::collections::HashMap::new();
        for row in &rows {
            let id: Uuid = row.try_get::<_, String>(0)?.parse()?;
            let (all, distinct): (i64, i64) = (row.try_get(1)?, row.try_get(2)?);
            ensure!(all == distinct, "a holding is recorded twice");
            recorded.insert(AccountId::from(id), usize::try_from(all)?);
        }
        for (account, tokens) in self.ledger.tokens() {
            let on_record = recorded.get(&account).copied().unwrap_or(0);
            ensure!(
                tokens <= on_record,
                "{tokens} tokens of {account} were issued, but {on_record} are recorded"
            );
        }
        let ahead = "SELECT count(*) FROM token_holdings h JOIN accounts a ON a.id = h.account_id WHERE h.generation > a.generation";
        ensure!(self.direct.count(ahead).await? == 0, "a holding names a generation that never existed");
        let unproven = "SELECT count(*) FROM accounts a WHERE a.held_by IS NOT NULL AND NOT EXISTS (
            SELECT FROM token_holdings h WHERE h.tenant_id = a.tenant_id AND h.account_id = a.id AND h.api_key_id = a.held_by
                AND h.generation = a.held_generation)";
        ensure!(
            self.direct.count(unproven).await? == 0,
            "an account says that a key holds its token, and no holding does"
        );
        Ok(())
    }

    /// Every audit chain is intact from the first entry to the last. Returns the number of entries.
    async fn audit_holds(&self) -> Result<u64> {
        let mut operator = self.operator.lock().await;
        operator.log_in().await?;
        let mut paths = vec!["/admin/v1/audit/verify".to_owned()];
        for row in self.direct.rows("SELECT id::text FROM tenants").await? {
            let id: Uuid = row.try_get::<_, String>(0)?.parse()?;
            paths.push(format!("/admin/v1/audit/verify?tenant={}", TenantId::from(id)));
        }
        let mut checked = 0;
        for path in paths {
            let said: AuditVerification = operator.call(Method::GET, &path, None).await?.good()?;
            ensure!(said.intact, "the audit log is broken at {:?}: {:?}", said.broken_at, said.finding);
            checked += said.checked;
        }
        Ok(checked)
    }

    /// No dump or log contains a token, key or code.
    async fn no_secret_is_to_be_read(&self) -> Result<()> {
        let database = &self.stack.database;
        let dump = database.postgres().tool("pg_dump", database.name(), &["--format=plain"]).await?;
        ensure!(dump.len() > 10_000, "the dump is empty");
        std::fs::write(self.stack.directory().join("dump.sql"), dump)?;
        let needles = ["CANARY".to_owned(), self.tenant.api_key.clone()];
        let found = files_with(self.stack.directory(), &needles).await?;
        ensure!(found.is_empty(), "secrets were found in {found}");
        Ok(())
    }
}
