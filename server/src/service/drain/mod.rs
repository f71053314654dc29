//! The automatic stop of an API key that fetches the tokens of far more accounts than it is used to. Each process counts in memory which
//! accounts a key got tokens of in the current minute (`watch.rs`), and adds to the count of all replicas every second, or sooner when the
//! limit is near (`report.rs`). No statement of the token path knows of it.

pub mod act;
mod report;
mod watch;

pub use report::{refresh, report};
pub use watch::Drains;
