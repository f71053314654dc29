//! How the client starts: its configuration, and its first frame.

use std::path::Path;
use std::time::Instant;

use bowline::config::{Dirs, Session, SessionStore, save};

use crate::fixtures::now;
use crate::times::print;
use crate::window::Window;

/// The number of starts that are measured.
const STARTS: usize = 20;

/// Measures the first frame while no server is there.
pub(crate) fn first_frames(program: &Path) -> anyhow::Result<()> {
    let nobody = configured("http://127.0.0.1:9")?;
    let mut starts = Vec::new();
    for _ in 0..STARTS {
        let began = Instant::now();
        let window = Window::open(program, nobody.path())?;
        starts.push(window.wait_for("accounts")? - began);
    }
    print("first frame with the server down", &mut starts);
    Ok(())
}

/// A directory with a session at this server.
pub(crate) fn configured(url: &str) -> anyhow::Result<tempfile::TempDir> {
    let dir = tempfile::tempdir()?;
    let text = format!("current = \"here\"\n[contexts.here]\nserver = \"{url}\"\nname = \"ops-1\"\n");
    std::fs::write(dir.path().join("config.toml"), text)?;
    let session = Session {
        server: url.to_owned(),
        name: "ops-1".to_owned(),
        token: "bwl_op_CANARY".into(),
        expires_at: now(),
    };
    save(&Dirs::find(Some(dir.path()))?, SessionStore::File, "here", &session)?;
    Ok(dir)
}
