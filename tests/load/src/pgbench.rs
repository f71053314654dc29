//! The database's reference measurement: pgbench looks up one token per transaction, with the server's role and
//! statement.

use anyhow::{Context as _, ensure};
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use tokio::process::Command;

use crate::data::Data;
use crate::data::identity::uuid_prefix;
use crate::data::record::Tenant;
use crate::postgres::{Postgres, SERVER_ROLE};

/// The numbers of clients and threads of pgbench.
const CLIENTS: &str = "16";
const THREADS: &str = "2";

/// The lookup that the server's hot path performs for waiting tokens, here for one token; see
/// `server/src/store/tokens/path.rs`. `{tenant}`, `{digest}` and `{account}` are replaced by expressions.
const LOOKUP: &str = "SELECT * FROM bowline_token_lookup(ARRAY[{tenant}], ARRAY[{digest}], ARRAY[{account}])";

/// The result of one run of pgbench.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Floor {
    /// Transactions per second, without the time to connect.
    pub rate: f64,
    /// The average duration of a transaction in milliseconds.
    pub latency_ms: f64,
}

/// The statement for account `number`, which is an expression of pgbench or SQL.
///
/// The statement contains all tenant ids and key digests as constants and selects one by the account's number, so that
/// all accounts share one prepared statement. The selection takes a microsecond, by which the measurement is too low.
fn lookup(tenants: &[Tenant], number: &str) -> String {
    let count = tenants.len();
    let ids: Vec<String> = tenants.iter().map(|tenant| tenant.id.uuid().to_string()).collect();
    let digests: String =
        tenants.iter().map(|tenant| hex::encode(Sha256::digest(tenant.key.as_bytes()))).collect();
    let index = format!("({number} % {count})::int");
    let account = format!("('{}' || lpad(to_hex({number}), 12, '0'))::uuid", uuid_prefix());
    LOOKUP
        .replace("{tenant}", &format!("('{{{}}}'::uuid[])[{index} + 1]", ids.join(",")))
        .replace("{digest}", &format!("substr('\\x{digests}'::bytea, {index} * 32 + 1, 32)"))
        .replace("{account}", &account)
}

/// Runs pgbench for this many seconds.
pub(crate) async fn run(postgres: &Postgres, data: &Data, seconds: u64, seed: u64) -> anyhow::Result<Floor> {
    check(postgres, data).await?;
    let directory = tempfile::tempdir()?;
    let path = directory.path().join("lookup.sql");
    let statement = lookup(&data.record.tenants, ":n::bigint");
    std::fs::write(&path, format!("\\set n random(0, {})\n{statement};\n", data.record.accounts - 1))?;
    let mut command = Command::new(postgres.pgbench());
    command.args(["--no-vacuum", "--protocol", "prepared", "--client", CLIENTS, "--jobs", THREADS]);
    command.args(["--time", &seconds.to_string(), "--random-seed", &seed.to_string()]);
    command.arg("--file").arg(path);
    command.arg(postgres.url(SERVER_ROLE, &data.database));
    let output = command.kill_on_drop(true).output().await.context("cannot run pgbench")?;
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

/// Checks that the statement finds a row; measuring an empty lookup would be useless.
async fn check(postgres: &Postgres, data: &Data) -> anyhow::Result<()> {
    let client = postgres.connect(SERVER_ROLE, &data.database).await?;
    for number in [0, data.record.accounts / 2, data.record.accounts - 1] {
        let rows = client.query(&lookup(&data.record.tenants, &format!("{number}::bigint")), &[]).await?;
        let held: bool = rows.first().context("the lookup finds no account")?.try_get("held")?;
        ensure!(rows.len() == 1 && held, "the lookup finds no holding");
    }
    Ok(())
}

/// Parses the number after the first `label`.
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
