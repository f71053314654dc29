//! Fetches a part of a list and prints it.

use std::process::ExitCode;

use bowline_api::Page;
use clap::Args;
use serde::Serialize;

use crate::client::{Failure, PageQuery};
use crate::export::{Exporter, Format, same_page};

use super::output::Output;
use super::{CliError, Outcome};

/// A part of a list.
#[derive(Debug, Clone, Args)]
pub struct PageArgs {
    /// Maximum number of rows to print
    #[arg(long, value_name = "ROWS", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..))]
    pub limit: u32,
    /// All rows, however many there are
    #[arg(long, conflicts_with = "limit")]
    pub all: bool,
    /// Continue where an earlier list ended (its "next")
    #[arg(long)]
    pub cursor: Option<String>,
}

/// Rows per request; the server's maximum.
const PAGE_ROWS: u32 = 200;

/// Fetches as many rows as requested, page by page, and returns them as one page.
pub(super) async fn gather<T>(
    wanted: &PageArgs,
    fetch: impl AsyncFn(PageQuery) -> Result<Page<T>, Failure>,
) -> Result<Page<T>, CliError> {
    let place = |cursor: Option<String>, left: u32| PageQuery { cursor, limit: left.min(PAGE_ROWS) };
    let limit = if wanted.all { u32::MAX } else { wanted.limit };
    let mut all = fetch(place(wanted.cursor.clone(), limit)).await?;
    loop {
        let left = limit.saturating_sub(u32::try_from(all.items.len()).unwrap_or(u32::MAX));
        if left == 0 || all.next.is_none() {
            return Ok(all);
        }
        let cursor = all.next.take();
        let page = fetch(place(cursor.clone(), left)).await?;
        if page.next.is_some() && page.next == cursor {
            return Err(same_page().into());
        }
        all.next = page.next;
        all.total = all.total.or(page.total);
        all.incomplete |= page.incomplete;
        all.items.extend(page.items);
        all.unknown_state.extend(page.unknown_state);
    }
}

/// Prints a page as JSON or as a table, with the cursor of the next page if there is one.
pub(super) fn print<T: Serialize, const N: usize>(
    page: &Page<T>,
    titles: [&str; N],
    row: impl Fn(&T) -> [String; N],
    out: &mut Output,
) -> Result<ExitCode, CliError> {
    match out.list_format() {
        Some(Format::Json) => {
            out.json(page)?;
            return Ok(Outcome::Success.into());
        }
        Some(format) => {
            let mut rows = Exporter::begin(out.writer(), format, &titles)?;
            for item in &page.items {
                rows.row(item, &row(item))?;
            }
            rows.finish()?;
            remarks(page);
            return Ok(Outcome::Success.into());
        }
        None => {}
    }
    let rows: Vec<_> = page.items.iter().map(row).collect();
    out.table(titles, &rows)?;
    remarks(page);
    Ok(Outcome::Success.into())
}

/// Says on standard error what the rows alone do not say.
pub(super) fn remarks<T>(page: &Page<T>) {
    remark_left_out(&page.unknown_state);
    remark_incomplete(page.incomplete);
    if let Some(next) = &page.next {
        Output::remark(&format!("more rows: --cursor {next}"));
    }
}

/// Says on standard error that a search ran out of time.
pub(super) fn remark_incomplete(incomplete: bool) {
    if incomplete {
        Output::remark("incomplete: the search ran out of time; add a word or a filter");
    }
}

/// Names on standard error what is in a state that this program does not know.
pub(super) fn remark_left_out(ids: &[String]) {
    if !ids.is_empty() {
        let ids = ids.join(" ");
        Output::remark(&format!("left out, in a state that only a newer server knows: {ids}"));
    }
}
