//! Fetches a part of a list and prints it.

use std::process::ExitCode;

use bowline_api::Page;
use clap::Args;
use serde::Serialize;

use crate::client::{Failure, PageQuery};
use crate::export::{ExportFormat, Exporter, Pages};

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

/// Prints as many rows as requested. All rows are printed as they arrive, so that memory does not grow with the list, and where the
/// server says that it is busy, they are waited for.
pub(super) async fn list<T: Serialize, const N: usize>(
    wanted: &PageArgs,
    fetch: impl AsyncFn(PageQuery) -> Result<Page<T>, Failure>,
    titles: [&str; N],
    row: impl Fn(&T) -> [String; N],
    out: &mut Output,
) -> Result<ExitCode, CliError> {
    if !wanted.all {
        return print(&gather_rows(wanted, fetch).await?, titles, row, out);
    }
    let mut pages = Pages::from(wanted.cursor.clone());
    let (mut left_out, mut incomplete) = (Vec::new(), false);
    if let Some(format) = out.list_format() {
        let mut rows = Exporter::begin(out.writer(), format, &titles)?;
        while let Some(query) = pages.next() {
            let Some(page) = pages.take(fetch(query).await).await? else { continue };
            for item in &page.items {
                rows.row(item, &row(item))?;
            }
            left_out.extend(page.unknown_state);
            incomplete |= page.incomplete;
        }
        rows.finish()?;
    } else {
        let mut table = None;
        while let Some(query) = pages.next() {
            let Some(page) = pages.take(fetch(query).await).await? else { continue };
            let cells: Vec<_> = page.items.iter().map(&row).collect();
            table = Some(out.table_part(titles, &cells, table)?);
            left_out.extend(page.unknown_state);
            incomplete |= page.incomplete;
        }
    }
    remark_left_out(&left_out);
    remark_incomplete(incomplete);
    Ok(Outcome::Success.into())
}

/// Fetches as many rows as requested, page by page, and returns them as one page.
async fn gather_rows<T>(
    wanted: &PageArgs,
    fetch: impl AsyncFn(PageQuery) -> Result<Page<T>, Failure>,
) -> Result<Page<T>, CliError> {
    let mut pages = Pages::from(wanted.cursor.clone());
    let mut all: Option<Page<T>> = None;
    while let Some(query) = pages.next() {
        let had = all.as_ref().map_or(0, |all| all.items.len());
        let left = wanted.limit.saturating_sub(u32::try_from(had).unwrap_or(u32::MAX));
        if left == 0 {
            break;
        }
        let fetched = fetch(PageQuery { limit: left.min(query.limit), ..query }).await?;
        let Some(page) = pages.take(Ok(fetched)).await? else { continue };
        match &mut all {
            None => all = Some(page),
            Some(all) => {
                all.items.extend(page.items);
                all.unknown_state.extend(page.unknown_state);
                all.incomplete |= page.incomplete;
            }
        }
    }
    let mut all = all.ok_or_else(|| CliError::Usage("no rows were asked for".to_owned()))?;
    all.next = pages.next().and_then(|query| query.cursor);
    Ok(all)
}

/// Prints a page as JSON or as a table, with the cursor of the next page if there is one.
pub(super) fn print<T: Serialize, const N: usize>(
    page: &Page<T>,
    titles: [&str; N],
    row: impl Fn(&T) -> [String; N],
    out: &mut Output,
) -> Result<ExitCode, CliError> {
    match out.list_format() {
        Some(ExportFormat::Json) => {
            out.json(page)?;
            return Ok(Outcome::Success.into());
        }
        Some(format) => {
            let mut rows = Exporter::begin(out.writer(), format, &titles)?;
            for item in &page.items {
                rows.row(item, &row(item))?;
            }
            rows.finish()?;
            remarks_on_page(page);
            return Ok(Outcome::Success.into());
        }
        None => {}
    }
    let rows: Vec<_> = page.items.iter().map(row).collect();
    out.table(titles, &rows)?;
    remarks_on_page(page);
    Ok(Outcome::Success.into())
}

/// Says on standard error what the rows alone do not say.
fn remarks_on_page<T>(page: &Page<T>) {
    remark_left_out(&page.unknown_state);
    remark_incomplete(page.incomplete);
    if let Some(next) = &page.next {
        Output::remark(&format!("more rows: --cursor {next}"));
    }
}

/// Says on standard error that a search ran out of time.
fn remark_incomplete(incomplete: bool) {
    if incomplete {
        Output::remark("incomplete: the search ran out of time; add a word or a filter");
    }
}

/// Names on standard error what is in a state that this program does not know.
fn remark_left_out(ids: &[String]) {
    if !ids.is_empty() {
        let ids = ids.join(" ");
        Output::remark(&format!("left out, in a state that only a newer server knows: {ids}"));
    }
}
