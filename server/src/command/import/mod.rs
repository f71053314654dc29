//! `bowline-server import`: makes accounts of grants that were given elsewhere.

mod lines;
mod progress;
mod report;

use std::path::PathBuf;

use anyhow::{Context as _, bail};
use bowline_api::ConnectorId;
use futures_util::{StreamExt as _, stream};

use self::lines::{Line, Lines};
use self::progress::Progress;
use self::report::{Counts, Report};
use super::output::Format;
use super::{sealed_file, startup, tenant};
use crate::domain::Actor;
use crate::service::moving::{Importer, Outcome, Wishes};
use crate::settings::Configuration;

/// How many grants are imported at the same time.
const AT_ONCE: usize = 16;

/// The arguments of `import`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// File with a grant in each line, as docs/moving.md describes it, or - for standard input.
    file: PathBuf,
    /// Tenant that gets the accounts: short name or id.
    #[arg(long)]
    tenant: String,
    /// Connector of grants that name neither a connector nor an app key; the tenant's default if omitted.
    #[arg(long)]
    connector: Option<ConnectorId>,
    /// File with the secret key for which FILE is sealed, as `age-keygen` writes it.
    #[arg(long, value_name = "FILE")]
    identity: Option<PathBuf>,
    /// Ask Dropbox about each grant, and store nothing.
    #[arg(long)]
    dry_run: bool,
    /// Add a line of JSON for each grant to this file: its line and what became of it.
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// The number of calls to Dropbox in a second. Each new grant needs two.
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    calls_per_second: u32,
    #[command(flatten)]
    format: Format,
}

/// Imports the file. Fails if Dropbox said nothing about some of its grants.
pub(super) async fn run(arguments: Arguments, configuration: Configuration) -> anyhow::Result<()> {
    let app = startup::app(configuration).await?;
    let tenant = tenant::named(&app, &arguments.tenant).await?;
    let Arguments { connector, dry_run, calls_per_second, .. } = arguments;
    let wishes = Wishes { connector, calls_per_second, dry_run };
    let importer = Importer::begin(&app, &Actor::CommandLine, tenant, wishes).await?;
    let identities = arguments.identity.as_deref().map(sealed_file::identities).transpose()?;
    let mut report = Report::open(arguments.report.as_deref())?;
    let lines = lines::read(&arguments.file, identities.unwrap_or_default())?;
    let mut counts = Counts { dry_run, ..Counts::default() };
    let ended = all(&importer, lines, &mut report, &mut counts).await;
    if counts.all() > 0 {
        let recorded = importer.end(counts.imported + counts.relinked, counts.all_refused()).await;
        arguments.format.print(&counts, Counts::text)?;
        recorded.context("the end of the import could not be recorded in the audit log")?;
    }
    ended?;
    match counts.deferred {
        0 => Ok(()),
        deferred => bail!(
            "Dropbox gave no usable answer about {deferred} grants; run the same command again, it skips what was imported"
        ),
    }
}

async fn all(
    importer: &Importer<'_>,
    lines: Lines,
    report: &mut Report,
    counts: &mut Counts,
) -> anyhow::Result<()> {
    let Lines { receiver, read, length } = lines;
    let progress = Progress::new(length, read)?;
    let lines = stream::unfold(receiver, async |mut receiver| {
        let line = receiver.recv().await?;
        Some((line, receiver))
    });
    let mut outcomes = lines.map(|line| one(importer, line)).buffer_unordered(AT_ONCE).boxed_local();
    let ended = loop {
        match outcomes.next().await {
            None => break Ok(()),
            Some(Err(stopped)) => break Err(stopped),
            Some(Ok((number, outcome))) => {
                counts.count(&outcome);
                progress.show(counts);
                if let Err(unwritten) = report.add(number, &outcome) {
                    break Err(unwritten);
                }
            }
        }
    };
    progress.end();
    ended
}

async fn one(importer: &Importer<'_>, line: anyhow::Result<Line>) -> anyhow::Result<(u64, Outcome)> {
    let Line { number, text } = line?;
    let outcome = match text {
        Some(text) => importer.import(text.trim()).await?,
        None => Outcome::Refused {
            reason: "invalid",
            detail: "the line is longer than 65,536 bytes, or not UTF-8".to_owned(),
            account: None,
        },
    };
    Ok((number, outcome))
}
