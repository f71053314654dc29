//! Where the real programs lie, and where tests may put what they write.

use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, ensure};
use tokio::io::AsyncWriteExt as _;
use tokio::process::ChildStdin;

/// A program of the workspace, built into the directory that this test was built into.
///
/// # Errors
/// Where it has not been built.
pub fn program(name: &str) -> anyhow::Result<PathBuf> {
    let path = profile_directory()?.join(name);
    ensure!(
        path.exists(),
        "{} has not been built: run `cargo verify`, or `cargo build --workspace --bins` before the tests",
        path.display()
    );
    Ok(path)
}

/// A directory below the target directory for what outlives a test: screenshots, the Python environment.
///
/// # Errors
/// Where it cannot be made.
pub fn scratch(name: &str) -> anyhow::Result<PathBuf> {
    let target = profile_directory()?.parent().context("the build has no target directory")?.to_owned();
    let path = target.join("tmp").join(name);
    std::fs::create_dir_all(&path).with_context(|| format!("cannot make {}", path.display()))?;
    Ok(path)
}

/// `target/debug` or its like: a test is `target/debug/deps/e2e-…`, a program `target/debug/bowline-…`.
fn profile_directory() -> anyhow::Result<PathBuf> {
    let own = std::env::current_exe()?;
    let directory = own.parent().context("this program lies nowhere")?;
    let above = if directory.ends_with("deps") { directory.parent() } else { Some(directory) };
    Ok(above.context("this test lies nowhere")?.to_owned())
}

/// Drops the variables that would change how our programs behave.
pub(crate) fn without_our_variables(command: &mut Command) {
    for (name, _) in std::env::vars_os() {
        let name_text = OsStr::to_str(&name).unwrap_or_default();
        if name_text.starts_with("BOWLINE_") || name_text.starts_with("ROCKET_") || name_text == "NO_COLOR" {
            command.env_remove(&name);
        }
    }
}

/// Gives a program its input; one that ends without reading it has a reason, which it tells by its status.
pub(crate) async fn feed(stdin: &mut ChildStdin, input: &str) -> std::io::Result<()> {
    match stdin.write_all(input.as_bytes()).await {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        fed => fed,
    }
}
