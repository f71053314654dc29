//! Which Postgres is needed, and how to install it.

/// The oldest major version that the schema is tested with.
pub const OLDEST_MAJOR: u32 = 15;

/// How to install Postgres on this kind of machine.
pub const INSTALL_HINT: &str = if cfg!(target_os = "macos") {
    "install it with: brew install postgresql@17"
} else {
    "install it with: apt-get install -y postgresql (or your system's package), or set PG_BIN to its bin directory"
};
