//! What became of each grant, as a line of JSON, and of all of them together.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use anyhow::Context as _;
use bowline_api::AccountId;
use serde::Serialize;

use crate::command::output::table;
use crate::service::moving::Outcome;

/// How many grants had which outcome.
#[derive(Debug, Default, Serialize)]
pub(super) struct Counts {
    /// Whether nothing was stored.
    pub(super) dry_run: bool,
    /// New accounts.
    pub(super) imported: u64,
    /// Accounts that needed a grant and got one.
    pub(super) relinked: u64,
    /// Grants that an account had already.
    pub(super) unchanged: u64,
    /// Grants that would be imported.
    pub(super) valid: u64,
    /// Grants about which the provider said nothing.
    pub(super) deferred: u64,
    /// Grants that were refused, by the reason.
    pub(super) refused: BTreeMap<&'static str, u64>,
}

impl Counts {
    /// Counts one more.
    pub(super) fn count(&mut self, outcome: &Outcome) {
        let count = match outcome {
            Outcome::Imported(_) => &mut self.imported,
            Outcome::Relinked(_) => &mut self.relinked,
            Outcome::Unchanged(_) => &mut self.unchanged,
            Outcome::Valid => &mut self.valid,
            Outcome::Deferred(_) => &mut self.deferred,
            Outcome::Refused { reason, .. } => self.refused.entry(reason).or_default(),
        };
        *count += 1;
    }

    /// How many were refused.
    pub(super) fn all_refused(&self) -> u64 {
        self.refused.values().sum()
    }

    /// How many were counted.
    pub(super) fn all(&self) -> u64 {
        self.imported + self.relinked + self.unchanged + self.valid + self.deferred + self.all_refused()
    }

    /// The counts for people.
    pub(super) fn text(&self) -> String {
        let rows = [
            ("imported", self.imported),
            ("relinked", self.relinked),
            ("unchanged", self.unchanged),
            ("valid", self.valid),
            ("deferred", self.deferred),
        ];
        let rows = rows.into_iter().map(|(name, count)| (name.to_owned(), count));
        let refused = self.refused.iter().map(|(reason, count)| (format!("refused: {reason}"), *count));
        let rows = rows.chain(refused).filter(|(_, count)| *count > 0);
        let text = table(["GRANTS", "COUNT"], rows.map(|(name, count)| [name, count.to_string()]));
        if self.dry_run { format!("{text}\nnothing was stored") } else { text }
    }
}

/// One line. It repeats nothing of the grant, because a token may be in the wrong place.
#[derive(Serialize)]
struct Entry<'a> {
    line: u64,
    outcome: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    account_id: Option<AccountId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'a str>,
}

/// A file to which a line is added for each grant.
pub(super) struct Report(Option<File>);

impl Report {
    /// A report in this file, which may have lines of an earlier run. Without a file, nothing is reported.
    pub(super) fn open(file: Option<&Path>) -> anyhow::Result<Self> {
        let open = |file: &Path| {
            let mut options = File::options();
            let opened = options.append(true).create(true).mode(0o600).open(file);
            opened.with_context(|| format!("cannot open the report {}", file.display()))
        };
        Ok(Self(file.map(open).transpose()?))
    }

    /// Adds a line.
    pub(super) fn add(&mut self, line: u64, outcome: &Outcome) -> anyhow::Result<()> {
        let Some(file) = &mut self.0 else { return Ok(()) };
        let mut text = serde_json::to_string(&entry(line, outcome))?;
        text.push('\n');
        file.write_all(text.as_bytes()).context("the report cannot be written")
    }
}

fn entry(line: u64, outcome: &Outcome) -> Entry<'_> {
    let plain = |outcome, account_id| Entry { line, outcome, account_id, reason: None, detail: None };
    match outcome {
        Outcome::Imported(account) => plain("imported", Some(*account)),
        Outcome::Relinked(account) => plain("relinked", Some(*account)),
        Outcome::Unchanged(account) => plain("unchanged", Some(*account)),
        Outcome::Valid => plain("valid", None),
        Outcome::Deferred(reason) => Entry { reason: Some(reason), ..plain("deferred", None) },
        Outcome::Refused { reason, detail, account } => {
            Entry { reason: Some(reason), detail: Some(detail), ..plain("refused", *account) }
        }
    }
}
