//! Moving in and out: grants from elsewhere become accounts, and accounts become grants in a file for another installation.
//!
//! The database is the only record of how far an import has come. A grant that an account already has is left alone, so the same file may
//! be imported as often as necessary.

mod export;
mod import;
mod pace;
mod record;
mod store_grant;
mod verify;

pub use export::{Exported, NotExported, Selection, export};
pub use import::{Importer, Outcome, Stopped, Wishes};
pub use record::GrantRecord;
