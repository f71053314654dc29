//! The directories of the real programs and of the files that tests write.

use std::path::PathBuf;

use anyhow::{Context as _, ensure};

/// A program of the workspace, built into the same directory as this test.
pub fn program(name: &str) -> anyhow::Result<PathBuf> {
    let path = profile_directory()?.join(name);
    ensure!(
        path.exists(),
        "{} has not been built: run `cargo verify`, or `cargo build --workspace --bins` before the tests",
        path.display()
    );
    Ok(path)
}

/// A directory below the target directory for files that outlive a test: screenshots, the Python environment.
pub fn scratch(name: &str) -> anyhow::Result<PathBuf> {
    let target = profile_directory()?.parent().context("the build has no target directory")?.to_owned();
    let path = target.join("tmp").join(name);
    std::fs::create_dir_all(&path).with_context(|| format!("cannot make {}", path.display()))?;
    Ok(path)
}

/// `target/debug` or its like: a test is `target/debug/deps/e2e-…`, a program `target/debug/bowline-…`.
fn profile_directory() -> anyhow::Result<PathBuf> {
    let own = std::env::current_exe()?;
    let directory = own.parent().context("this program has no directory")?;
    // Tests are in `deps`, and the program that records a session is in `examples`.
    let is_below = directory.ends_with("deps") || directory.ends_with("examples");
    let above = if is_below { directory.parent() } else { Some(directory) };
    Ok(above.context("this test has no directory")?.to_owned())
}
