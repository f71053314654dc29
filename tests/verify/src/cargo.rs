//! Calls Cargo from a program that Cargo runs.

use std::process::Command;

/// The Cargo of this toolchain, without arguments. `cargo run` sets variables about the package of the calling program,
/// which a build script would see as a change; the command does not pass them on.
pub fn command() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    for (name, _) in std::env::vars_os() {
        if name
            .to_str()
            .is_some_and(|name| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_"))
        {
            command.env_remove(name);
        }
    }
    command
}
