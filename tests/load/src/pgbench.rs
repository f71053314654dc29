//! The database's floor: pgbench runs the lookup of one token a transaction, as the server's role and with the server's statement.

use anyhow::{Context as _, ensure};
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use tokio::process::Command;

use crate::data::Data;
use crate::data::identity::uuid_prefix;
use crate::data::record::Tenant;
use crate::postgres::{Postgres, SERVER_ROLE};

/// Clients and threads of pgbench.
const CLIENTS: &str = "16";
const THREADS: &str = "2";

/// What the server's hot path asks for one token: the key by its digest, the account, whether the key has held its token.
/// `{tenant}`, `{digest}` and `{account}` are replaced; keep it what `server/src/store` runs.
const LOOKUP: &str = "\
SELECT now(), key.id, key.permissions, key.expires_at, key.revoked_at, account.*, held.issues \
FROM (SELECT set_config('bowline.tenant', '{tenant}', true) AS tenant, \
set_config('bowline.credential', '{digest}', true) AS credential OFFSET 0) AS shown \
JOIN LATERAL (SELECT id, permissions, expires_at, revoked_at FROM api_keys \
WHERE tenant_id = shown.tenant::uuid AND secret_hash = decode(shown.credential, 'hex') OFFSET 0) AS key ON true \
JOIN LATERAL (SELECT id, external_user_id, provider_account_id, status, status_reason, scopes, generation, \
sealed_access_token, access_expires_at FROM accounts \
WHERE tenant_id = shown.tenant::uuid AND id = {account} OFFSET 0) AS account ON true \
LEFT JOIN token_holdings AS held ON held.tenant_id = shown.tenant::uuid AND held.account_id = account.id \
AND held.api_key_id = key.id AND held.generation = account.generation";

/// What one run of pgbench has seen.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Floor {
    /// Transactions a second, without the time to connect.
    pub rate: f64,
    /// Milliseconds of one, on average.
    pub latency_ms: f64,
}

/// The statement for one account; `account` is an expression.
fn lookup(tenant: &Tenant, account: &str) -> String {
    let digest = hex::encode(Sha256::digest(tenant.key.as_bytes()));
    LOOKUP
        .replace("{tenant}", &tenant.id.uuid().to_string())
        .replace("{digest}", &digest)
        .replace("{account}", account)
}

/// One script for each tenant, whose id and key stand in it as they are; the account is drawn anew each time.
fn script(data: &Data, index: usize, tenant: &Tenant) -> String {
    let tenants = data.record.tenants.len() as u64;
    let first = index as u64;
    let most = (data.record.accounts - 1 - first) / tenants;
    let account = format!("('{}' || lpad(to_hex(:n::bigint), 12, '0'))::uuid", uuid_prefix());
    format!("\\set n random(0, {most}) * {tenants} + {first}\n{};\n", lookup(tenant, &account))
}

/// Runs it for so many seconds.
pub(crate) async fn run(postgres: &Postgres, data: &Data, seconds: u64, seed: u64) -> anyhow::Result<Floor> {
    check(postgres, data).await?;
    let directory = tempfile::tempdir()?;
    let mut command = Command::new(postgres.pgbench());
    command.args(["--no-vacuum", "--protocol", "prepared", "--client", CLIENTS, "--jobs", THREADS]);
    command.args(["--time", &seconds.to_string(), "--random-seed", &seed.to_string()]);
    for (index, tenant) in data.record.tenants.iter().enumerate() {
        let path = directory.path().join(format!("{index}.sql"));
        std::fs::write(&path, script(data, index, tenant))?;
        command.arg("--file").arg(path);
    }
    command.arg(postgres.url(SERVER_ROLE, &data.database));
    let output = command.kill_on_drop(true).output().await.context("pgbench")?;
    let printed = String::from_utf8_lossy(&output.stdout);
    ensure!(output.status.success(), "pgbench: {}", String::from_utf8_lossy(&output.stderr));
    let floor =
        Floor { rate: number(&printed, "tps = ")?, latency_ms: number(&printed, "latency average = ")? };
    ensure!(
        number(&printed, "number of failed transactions: ").is_ok_and(|failed| failed < 0.5),
        "{printed}"
    );
    Ok(floor)
}

/// Sees that the statement finds what it should: a floor that looks up nothing would be no floor.
async fn check(postgres: &Postgres, data: &Data) -> anyhow::Result<()> {
    let client = postgres.connect(SERVER_ROLE, &data.database).await?;
    for number in [0, data.record.accounts / 2, data.record.accounts - 1] {
        let account = format!("'{}'::uuid", crate::data::identity::account_uuid(number));
        let rows = client.query(&lookup(data.record.tenant_of(number), &account), &[]).await?;
        let issues: Option<i64> = rows.first().context("the lookup finds no account")?.try_get("issues")?;
        ensure!(rows.len() == 1 && issues.is_some(), "the lookup finds no holding");
    }
    Ok(())
}

/// The number after the first `label`.
fn number(printed: &str, label: &str) -> anyhow::Result<f64> {
    let rest =
        printed.split_once(label).with_context(|| format!("pgbench printed no `{label}`: {printed}"))?.1;
    let digits = rest.split(|c: char| !(c.is_ascii_digit() || c == '.')).next().unwrap_or_default();
    Ok(digits.parse()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_figures_of_the_whole_come_before_those_of_each_script() {
        let printed = "number of failed transactions: 0 (0.000%)\nlatency average = 0.329 ms\n\
            tps = 48613.7 (without initial connection time)\nSQL script 1: 0.sql\n - tps = 486.1\n";
        assert!((number(printed, "tps = ").unwrap() - 48_613.7).abs() < 0.01);
        assert!((number(printed, "latency average = ").unwrap() - 0.329).abs() < 0.001);
        assert!(number(printed, "number of failed transactions: ").unwrap() < 0.5);
        assert!(number(printed, "nothing = ").is_err());
    }
}
