//! `bowline-server upgrade-seals`: replaces sealed values in the forms of earlier versions.

use bowline_stdio::eprintln;

use super::output::{Format, table};
use super::startup::{fits, key_ring};
use crate::app::App;
use crate::service::upgrade::{self, Broken, Report};
use crate::settings::Configuration;

/// The arguments of `upgrade-seals`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Finish even if a value cannot be decrypted or an audit log is broken. They are left unchanged: calls that need
    /// such a value fail with `integrity_error`, and `audit verify` still reports such a log.
    #[arg(long)]
    leave_broken: bool,
    #[command(flatten)]
    format: Format,
}

/// Runs the upgrade. Fails if anything was left and that was not allowed explicitly.
pub(super) async fn run(arguments: Arguments, configuration: Configuration) -> anyhow::Result<()> {
    let ring = key_ring(&configuration.settings)?;
    let app = App::new(configuration.settings, ring)?;
    fits(&app).await?;
    let report = upgrade::run(&app, arguments.leave_broken, &|line| eprintln!("{line}")).await?;
    arguments.format.print(&report, text)?;
    match (report.is_finished, report.broken.len()) {
        (true, _) => Ok(()),
        (false, 0) => anyhow::bail!("somebody else wrote meanwhile; run it again"),
        (false, left) if arguments.leave_broken => anyhow::bail!(
            "{left} left as they are, and the service's own audit log takes no entry: follow docs/runbooks/BowlineAuditLogBroken.md"
        ),
        (false, left) => anyhow::bail!(
            "{left} left as they are, see above, and the upgrade is not finished. Put them back from a backup and run \
             `bowline-server upgrade-seals` again, or finish without them: `bowline-server upgrade-seals --leave-broken`"
        ),
    }
}

fn text(report: &Report) -> String {
    if !report.was_due {
        return "the database is upgraded already; nothing was changed".to_owned();
    }
    let Report { connectors, accounts, link_sessions, narrowed_tokens_erased, logs, .. } = report;
    let done = format!(
        "resealed: {connectors} connectors, {accounts} accounts, {link_sessions} link sessions\n\
         erased: {narrowed_tokens_erased} narrowed tokens, which are issued anew when they are asked for\n\
         signed: {logs} audit logs"
    );
    if report.broken.is_empty() {
        return done;
    }
    let row = |one: &Broken| {
        let tenant = one.tenant_id.map_or_else(|| "(the service)".to_owned(), |id| id.to_string());
        [tenant, one.id.clone().unwrap_or_default(), one.column.to_owned(), one.finding.to_owned()]
    };
    let left = table(["TENANT", "LEFT AS IT IS", "COLUMN", "FOUND"], report.broken.iter().map(row));
    format!("{done}\n{left}")
}
