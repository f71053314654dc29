//! Writes a list to a new file that only its owner can read, and removes the file if the list does not become complete.

use std::fs::{File, OpenOptions, remove_file};
use std::io::{self, BufWriter, ErrorKind};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use crate::client::{AccountSearch, Client};
use crate::export::{ACCOUNT_TITLES, ExportError, ExportFormat, Exporter, Pages, account_cells};

/// A file that is removed when it is dropped, unless it is complete.
struct Partial {
    path: PathBuf,
    is_complete: bool,
}

impl Drop for Partial {
    fn drop(&mut self) {
        if !self.is_complete {
            // Somebody may have removed it already.
            let _ = remove_file(&self.path);
        }
    }
}

/// Writes all accounts of the filter, and returns their number and the ids of those that were left out, because
/// their state is unknown. `tell` hears of it after each page.
pub(super) async fn write_accounts(
    client: &Client,
    filter: &AccountSearch,
    path: &Path,
    format: ExportFormat,
    tell: impl Fn(u64),
) -> Result<(u64, Vec<String>), ExportError> {
    let path = in_home(path);
    let file = create_private_file(&path)?;
    let mut partial = Partial { path, is_complete: false };
    let mut out = Exporter::begin(BufWriter::new(file), format, &ACCOUNT_TITLES)?;
    let mut left_out = Vec::new();
    let mut pages = Pages::from(None);
    while let Some(query) = pages.next() {
        let answer = client.accounts(filter, query).await;
        if let Some(page) = pages.take(answer).await? {
            for row in &page.items {
                out.row(row, &account_cells(row))?;
            }
            if page.incomplete {
                return Err(ExportError::Incomplete);
            }
            left_out.extend(page.unknown_state);
            tell(out.rows());
        }
    }
    let rows = out.rows();
    out.finish()?;
    partial.is_complete = true;
    Ok((rows, left_out))
}

fn create_private_file(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map_err(|error| {
        let text = match error.kind() {
            ErrorKind::AlreadyExists => "this file exists; choose another name".to_owned(),
            _ => format!("the file could not be created: {error}"),
        };
        io::Error::new(error.kind(), text)
    })
}

/// The path, in which `~/` at the front stands for the home directory.
fn in_home(path: &Path) -> PathBuf {
    match (path.strip_prefix("~"), std::env::home_dir()) {
        (Ok(rest), Some(home)) => home.join(rest),
        _ => path.to_owned(),
    }
}
