//! Lists as files and streams for other programs: CSV, JSON and NDJSON, page by page, however long the list is.

mod accounts;
mod format;
mod pages;

pub use accounts::{ACCOUNT_TITLES, account_cells};
pub use format::{ExportFormat, Exporter};
pub use pages::{ExportError, Pages};
