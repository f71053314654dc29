//! Output of the commands: JSON for scripts, short lines for people.

use anyhow::Context as _;
use bowline_stdio::println;
use serde::Serialize;

use crate::service::uncommitted::Uncommitted;

/// The `--json` flag of every command that prints something.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(super) struct Format {
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Format {
    /// Prints `value` as JSON, or the text that `human` makes of it.
    pub(super) fn print<T: Serialize>(
        self,
        value: &T,
        human: impl FnOnce(&T) -> String,
    ) -> anyhow::Result<()> {
        if self.json {
            println!("{}", serde_json::to_string(value)?)?;
        } else {
            println!("{}", human(value).trim_end())?;
        }
        Ok(())
    }

    /// Prints a new object before creating it: if it cannot be shown, it is not created.
    pub(super) async fn make<T: Serialize, Scope>(
        self,
        pending: Uncommitted<T, Scope>,
        human: impl FnOnce(&T) -> String,
    ) -> anyhow::Result<()> {
        self.print(pending.made(), human).context("nothing was made")?;
        pending.commit().await.context("what was printed may not have been made")?;
        Ok(())
    }
}

/// Formats rows under a heading, with columns as wide as their widest cell.
pub(super) fn table<const N: usize>(
    heading: [&str; N],
    rows: impl IntoIterator<Item = [String; N]>,
) -> String {
    let rows: Vec<[String; N]> = [heading.map(str::to_owned)].into_iter().chain(rows).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default();
    let widths: Vec<usize> = (0..N).map(width).collect();
    let line = |row: &[String; N]| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let rows = [["acme".to_owned(), "Acme GmbH".to_owned()], ["b".to_owned(), "Bee".to_owned()]];
        assert_eq!(table(["SLUG", "NAME"], rows), "SLUG  NAME\nacme  Acme GmbH\nb     Bee");
    }
}
