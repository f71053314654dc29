//! Measures the terminal client through a real pty, with ten million accounts: `cargo build --release -p bowline && cargo run
//! -p bowline --example figures -- target/release/bowline 5000000`. The number is that of the rows to scroll.

#[path = "../../tests/it/fixtures.rs"]
#[expect(
    dead_code,
    clippy::unwrap_used,
    reason = "they are the tests', who need more of them than a measurement does"
)]
mod fixtures;
mod server;
mod window;

use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use bowline::config::{Dirs, Session, SessionStore, save};

use server::Server;
use window::Window;

/// How long nothing happens while the idle client is watched.
const IDLE: Duration = Duration::from_secs(8);
/// How many keys are measured, and how many frames after a start.
const KEYS: usize = 500;
const STARTS: usize = 20;
/// Silence after which everything is done.
const QUIET: Duration = Duration::from_millis(300);

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    // The pty starts it elsewhere, so its path must not depend on the directory.
    let program =
        PathBuf::from(arguments.next().context("the program")?).canonicalize().context("no such program")?;
    let rows: u64 = arguments.next().context("the number of rows to scroll")?.parse()?;

    let mut starts = Vec::new();
    let nobody = configured("http://127.0.0.1:9")?;
    for _ in 0..STARTS {
        let began = Instant::now();
        let window = Window::open(&program, nobody.path())?;
        starts.push(window.wait_for("accounts")? - began);
    }
    print("first frame with the server down", &mut starts);

    let server = Server::start()?;
    let config = configured(&server.url)?;
    let mut window = Window::open(&program, config.path())?;
    window.wait_for("of ≈")?;
    window.wait_for_quiet(QUIET);
    let (ticks, bytes) = (window.ticks()?, window.bytes());
    println!("memory at start: {:.1} MB", window.megabytes()?);
    std::thread::sleep(IDLE);
    println!(
        "idle for {} s: {} ticks, {} bytes",
        IDLE.as_secs(),
        window.ticks()? - ticks,
        window.bytes() - bytes
    );

    let mut keys = Vec::new();
    for n in 0..KEYS {
        let bytes = window.bytes();
        let began = Instant::now();
        window.press(if n % 100 < 50 { "j" } else { "k" })?;
        keys.push(window.wait_for_output(bytes)? - began);
        window.wait_for_quiet(Duration::from_millis(12));
    }
    print("key to frame", &mut keys);

    // A key that is held down comes 30 to 50 times a second; this is 500 times.
    for _ in 0..1000 {
        window.press("j")?;
        std::thread::sleep(Duration::from_millis(2));
    }
    let released = Instant::now();
    let backlog = window.wait_for_quiet(QUIET).saturating_duration_since(released);
    println!("after 1,000 keys in 2 s: the last output {} ms after the last key", backlog.as_millis());

    let mut ends = Vec::new();
    for _ in 0..STARTS {
        window.press("g")?;
        window.wait_for_quiet(QUIET);
        let bytes = window.bytes();
        let began = Instant::now();
        window.press("G")?;
        window.wait_for_output(bytes)?;
        ends.push(window.wait_for_quiet(QUIET).saturating_duration_since(began));
    }
    print("G among ten million rows, with the next page", &mut ends);

    let began = Instant::now();
    let before = server.sent.load(Ordering::Relaxed);
    while server.sent.load(Ordering::Relaxed) - before < rows {
        window.press("G")?;
        std::thread::sleep(Duration::from_millis(1));
    }
    window.wait_for_quiet(QUIET);
    println!("memory after {rows} rows: {:.1} MB ({} s)", window.megabytes()?, began.elapsed().as_secs());
    Ok(())
}

fn configured(url: &str) -> anyhow::Result<tempfile::TempDir> {
    let dir = tempfile::tempdir()?;
    write_config(dir.path(), url)?;
    let session = Session {
        server: url.to_owned(),
        name: "ops-1".to_owned(),
        token: "bwl_op_CANARY".into(),
        expires_at: fixtures::now(),
    };
    save(&Dirs::find(Some(dir.path()))?, SessionStore::File, "here", &session)?;
    Ok(dir)
}

fn write_config(dir: &Path, url: &str) -> std::io::Result<()> {
    let text = format!("current = \"here\"\n[contexts.here]\nserver = \"{url}\"\nname = \"ops-1\"\n");
    std::fs::write(dir.join("config.toml"), text)
}

fn print(what: &str, times: &mut [Duration]) {
    times.sort_unstable();
    let at = |percent: usize| times[(times.len() - 1) * percent / 100].as_secs_f64() * 1e3;
    println!("{what}: p50 {:.1} ms, p99 {:.1} ms, most {:.1} ms", at(50), at(99), at(100));
}
