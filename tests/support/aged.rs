//! Gives a database the form that it had before facts were bound to sealed values and before audit entries were signed,
//! after `migrate`.
//!
//! Like the resealer, it is written from that version's documents and not from the server's code.

use anyhow::Result;
use bowline_vault::{Context, Facts, Purpose};
use chrono::{DateTime, Utc};
use secrecy::ExposeSecret as _;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use tokio_postgres::{Row, Transaction};
use uuid::Uuid;

use crate::Stack;
use crate::reseal::{ACCOUNT, Account, CONNECTOR, Keys, NARROWED, app_secret};

/// A session had only one start, so the latest start counts.
const LINK_SESSION: &str = "s.tenant_id, s.id, s.external_user_id, s.completion_challenge, s.connector_id, s.return_url, s.scopes, \
    s.relink_account_id, coalesce(s.sealed_pkce_verifier, t.sealed_pkce_verifier), s.sealed_code, s.sealed_grant, t.state_hash";
const AUDIT: &str =
    "tenant_id, sequence, id, at, actor_kind, actor_id, actor_name, action, subject, detail::text";

impl Stack {
    /// Puts everything in the database into its old form, as it was before `bowline-server upgrade-seals` existed.
    pub async fn age(&self) -> Result<()> {
        let mut client = self.database.superuser().await?;
        let transaction = client.transaction().await?;
        let mut keys = Keys::new(&self.key_ring())?;
        accounts(&transaction, &mut keys).await?;
        connectors(&transaction, &mut keys).await?;
        link_sessions(&transaction, &mut keys).await?;
        narrowed_tokens(&transaction, &mut keys).await?;
        audit_logs(&transaction).await?;
        Ok(transaction.commit().await?)
    }
}

async fn accounts(transaction: &Transaction<'_>, keys: &mut Keys) -> Result<()> {
    let select = format!("SELECT {ACCOUNT} FROM accounts WHERE sealed_access_token IS NOT NULL");
    for row in transaction.query(&select, &[]).await? {
        let keys = keys.of(transaction, row.get(0)).await?;
        let account = Account::from(&row);
        let old = |place: Context<'_>, column: usize| {
            keys.seal(&place.without_facts(), keys.open(&place, row.get(column))?.expose_secret())
        };
        let (access, refresh) = (old(account.access(), 10)?, old(account.refresh(), 11)?);
        let update = "UPDATE accounts SET sealed_access_token = $1, sealed_refresh_token = $2 WHERE id = $3";
        transaction.execute(update, &[&access, &refresh, &account.id]).await?;
    }
    Ok(())
}

async fn connectors(transaction: &Transaction<'_>, keys: &mut Keys) -> Result<()> {
    for row in transaction.query(&format!("SELECT {CONNECTOR} FROM connectors"), &[]).await? {
        let keys = keys.of(transaction, row.get(0)).await?;
        let id: Uuid = row.get(1);
        let place = app_secret(&id, &row);
        let sealed = keys.seal(&place.without_facts(), keys.open(&place, row.get(8))?.expose_secret())?;
        let update = "UPDATE connectors SET sealed_app_secret = $1 WHERE id = $2";
        transaction.execute(update, &[&sealed, &id]).await?;
    }
    Ok(())
}

/// The values of a session were bound to its row alone, and a session had one start, whose verifier was in the session.
async fn link_sessions(transaction: &Transaction<'_>, keys: &mut Keys) -> Result<()> {
    let select = format!(
        "SELECT {LINK_SESSION} FROM link_sessions s LEFT JOIN LATERAL (SELECT * FROM link_starts t WHERE t.tenant_id = s.tenant_id
             AND t.session_id = s.id ORDER BY started_at DESC LIMIT 1) t ON true"
    );
    for row in transaction.query(&select, &[]).await? {
        let keys = keys.of(transaction, row.get(0)).await?;
        let id: Uuid = row.get(1);
        let old = |purpose: Purpose, name: &str, column: usize| {
            let Some(sealed) = row.get::<_, Option<&[u8]>>(column) else { return anyhow::Ok(None) };
            let old = Context::new(purpose, name, &id);
            let secret = keys.open(&old.external_user(row.get(2)).facts(intent(&row)), sealed)?;
            keys.seal(&old, secret.expose_secret()).map(Some)
        };
        let update = "UPDATE link_sessions SET sealed_intent = NULL, sealed_pkce_verifier = $1, sealed_code = $2, sealed_grant = $3,
            state_hash = $4 WHERE id = $5";
        let verifier = old(Purpose::PkceVerifier, "link_sessions.pkce_verifier", 8)?;
        let code = old(Purpose::AuthorizationCode, "link_sessions.code", 9)?;
        let grant = old(Purpose::LinkGrant, "link_sessions.grant", 10)?;
        let state: Option<Vec<u8>> = row.get(11);
        transaction.execute(update, &[&verifier, &code, &grant, &state, &id]).await?;
    }
    Ok(transaction.batch_execute("DELETE FROM link_starts").await?)
}

fn intent(row: &Row) -> Facts {
    let relink: Option<Uuid> = row.get(7);
    Facts::new()
        .bytes("completion_challenge", row.get(3))
        .bytes("connector_id", Some(row.get::<_, Uuid>(4).as_bytes()))
        .text("return_url", row.get(5))
        .set("scopes", row.get::<_, Vec<&str>>(6))
        .bytes("relink_account_id", relink.as_ref().map(|id| id.as_bytes().as_slice()))
}

async fn narrowed_tokens(transaction: &Transaction<'_>, keys: &mut Keys) -> Result<()> {
    let select = format!(
        "SELECT {NARROWED} FROM narrowed_tokens n JOIN accounts a ON a.tenant_id = n.tenant_id AND a.id = n.account_id
            WHERE n.sealed_access_token IS NOT NULL"
    );
    for row in transaction.query(&select, &[]).await? {
        let keys = keys.of(transaction, row.get(0)).await?;
        let (account, hash): (Uuid, &[u8]) = (row.get(1), row.get(2));
        let key = [account.as_bytes().as_slice(), hash].concat();
        let old = Context::keyed(Purpose::NarrowedToken, "narrowed_tokens.sealed_access_token", &key)
            .generation(row.get(3))
            .external_user(row.get(4))
            .provider_account(row.get(5));
        let facts = Facts::new().time("expires_at", Some(row.get::<_, DateTime<Utc>>(6)));
        let sealed = keys.seal(&old, keys.open(&old.facts(facts), row.get(7))?.expose_secret())?;
        let update =
            "UPDATE narrowed_tokens SET sealed_access_token = $1 WHERE account_id = $2 AND scopes_hash = $3";
        transaction.execute(update, &[&sealed, &account, &hash]).await?;
    }
    Ok(())
}

/// An entry's hash was the SHA-256 of the hash before it and its columns.
async fn audit_logs(transaction: &Transaction<'_>) -> Result<()> {
    let heads = "INSERT INTO audit_heads (tenant_id, sequence, hash) VALUES ($1, $2, $3)
        ON CONFLICT (tenant_id) DO UPDATE SET sequence = $2, hash = $3";
    let (mut chain, mut previous) = (None, Vec::new());
    let entries = format!("SELECT {AUDIT} FROM audit_events ORDER BY tenant_id, sequence");
    for row in transaction.query(&entries, &[]).await? {
        let (tenant, sequence): (Uuid, i64) = (row.get(0), row.get(1));
        if chain != Some(tenant) {
            (chain, previous) = (Some(tenant), vec![0; 32]);
        }
        let hash = old_hash(&row, &previous)?;
        let update = "UPDATE audit_events SET previous_hash = $1, hash = $2, key_version = NULL
            WHERE tenant_id = $3 AND sequence = $4";
        transaction.execute(update, &[&previous, &hash, &tenant, &sequence]).await?;
        transaction.execute(heads, &[&tenant, &sequence, &hash]).await?;
        previous = hash;
    }
    Ok(())
}

fn old_hash(row: &Row, previous: &[u8]) -> Result<Vec<u8>> {
    let text = |column: usize| row.get::<_, Option<&str>>(column);
    let detail: Value = serde_json::from_str(row.get(9))?;
    let at: DateTime<Utc> = row.get(3);
    let columns = serde_json::to_vec(&(
        (row.get::<_, Uuid>(0), row.get::<_, i64>(1), row.get::<_, Uuid>(2), at.timestamp_micros()),
        (text(4), text(5), text(6)),
        (text(7), text(8), detail),
    ))?;
    Ok(Sha256::new().chain_update(previous).chain_update(columns).finalize().to_vec())
}
