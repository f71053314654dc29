//! Measures the terminal client through a real pty, with ten million accounts: `cargo build --release -p bowline && cargo run
//! -p bowline --example figures -- target/release/bowline 5000000`. The number is that of the rows to scroll.

#[path = "../../tests/it/fixtures.rs"]
#[expect(
    dead_code,
    clippy::unwrap_used,
    reason = "they are the tests', who need more of them than a measurement does"
)]
mod fixtures;
mod keys;
#[path = "../../tests/it/figures/server.rs"]
#[expect(dead_code, reason = "a gate breaks streams")]
mod server;
mod start;
mod stream;
mod times;
#[path = "../../tests/it/figures/usage.rs"]
mod usage;
mod window;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::Context as _;

use server::Server;
use times::QUIET;
use usage::{memory, work};
use window::Window;

/// How long nothing happens while the idle client is watched.
const IDLE: Duration = Duration::from_secs(8);

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    // The pty starts it elsewhere, so its path must not depend on the directory.
    let program =
        PathBuf::from(arguments.next().context("the program")?).canonicalize().context("no such program")?;
    let rows: u64 = arguments.next().context("the number of rows to scroll")?.parse()?;

    start::first_frames(&program)?;

    let server = Server::start()?;
    let config = start::configured(&server.url)?;
    let mut window = Window::open(&program, config.path())?;
    window.wait_for("row 1 of ≈")?;
    while !server.is_followed() {
        std::thread::sleep(QUIET);
    }
    // What was shown is fetched once more when the stream of events begins.
    window.wait_for_quiet(Duration::from_secs(2));
    let (before, bytes) = (work(window.process()?)?, window.bytes());
    let start = memory(window.process()?)?;
    println!("memory at the start: {:.1} MB, {:.1} of it allocated", start.resident, start.allocated);
    std::thread::sleep(IDLE);
    let after = work(window.process()?)?;
    println!(
        "idle for {} s: {} ticks, {} waits, {} bytes",
        IDLE.as_secs(),
        after.ticks - before.ticks,
        after.waits - before.waits,
        window.bytes() - bytes
    );

    keys::to_frame("key to frame", &mut window)?;
    for (per_second, together) in [(100, 1), (100, 25), (1_000, 1), (1_000, 250)] {
        let what = format!("key to frame, {per_second} events a second in groups of {together}");
        stream::during(&server, (per_second, together), || keys::to_frame(&what, &mut window))?;
    }
    for together in [1, 250] {
        stream::cost(&server, &window, (1_000, together))?;
    }
    keys::held(&mut window)?;
    keys::to_end(&mut window)?;

    let (began, before) = (Instant::now(), server.rows());
    while server.rows() - before < rows {
        window.press("G")?;
        std::thread::sleep(Duration::from_millis(1));
    }
    window.wait_for_quiet(QUIET);
    let (end, seconds) = (memory(window.process()?)?, began.elapsed().as_secs());
    println!(
        "memory after {rows} rows ({seconds} s): {:.1} MB, {:.1} of it allocated",
        end.resident, end.allocated
    );
    Ok(())
}
