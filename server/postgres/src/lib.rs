//! A private Postgres, started from the binaries on this machine. It has its own data directory and Unix socket, does
//! not listen on TCP, and stops when its parent ends.
//!
//! ```no_run
//! # fn main() -> Result<(), bowline_postgres::Error> {
//! let cluster = bowline_postgres::Cluster::start(bowline_postgres::Options::temporary())?;
//! cluster.create_database("shop", None)?;
//! println!("{}", cluster.url("postgres", "shop"));
//! cluster.stop()
//! # }
//! ```
//!
//! All functions block. Call them inside `spawn_blocking` from async code.

mod account;
mod binaries;
mod child;
mod cluster;
mod directory;
mod error;
mod options;
mod pid_file;
mod requirement;
mod sql;

pub use account::tied_to_parent;
pub use binaries::Binaries;
pub use cluster::{Cluster, SUPERUSER};
pub use error::Error;
pub use options::{Durability, Options};
pub use requirement::{INSTALL_HINT, OLDEST_MAJOR};
