//! Gates for what the client costs, through a real pty, as far as it is the same on every machine and in every build: wake-ups, CPU time,
//! frames, bytes and memory. `tui/examples/figures` measures times and a release build.

mod server;
mod usage;

use std::cell::RefCell;
use std::time::Instant;

use bowline::text::count;
use nix::sys::signal::{Signal, kill};
use tempfile::TempDir;

use crate::fake::logged_in;
use crate::window::Window;

use server::{ACCOUNTS, Server};
use usage::{Memory, Work, memory, work};

/// What is written once with every frame: the cursor is hidden.
const FRAME: &str = "\u{1b}[?25l";

/// A client that shows the first of ten million accounts and follows the events.
struct Client {
    server: Server,
    window: Window,
    _config: TempDir,
}

impl Client {
    fn start() -> Self {
        let server = Server::start().unwrap();
        let config = logged_in(&server.url);
        let window = Window::open(config.path(), &[]);
        window.wait_for(&first_of(ACCOUNTS));
        window.wait("the subscription", |_| server.is_followed());
        Self { server, window, _config: config }
    }

    fn work(&self) -> Work {
        work(self.process()).unwrap()
    }

    fn memory(&self) -> Memory {
        memory(self.process()).unwrap()
    }

    fn process(&self) -> u32 {
        self.window.pid().as_raw().unsigned_abs()
    }

    /// The number of frames, and of all bytes, that were written so far.
    fn written(&self) -> (usize, usize) {
        let raw = self.window.raw();
        (String::from_utf8_lossy(&raw).matches(FRAME).count(), raw.len())
    }

    fn is_stopped(&self) -> bool {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.process())).unwrap();
        stat.rsplit(')').next().unwrap().trim_start().starts_with('T')
    }
}

/// What the client shows on the first of this many accounts.
fn first_of(accounts: u64) -> String {
    format!("row 1 of ≈ {}", count(accounts))
}

#[test]
fn a_client_at_rest_does_not_wake_up() {
    let mut client = Client::start();
    client.window.type_in("y");
    client.window.wait_for("copied: ");
    // The notice stays for six seconds, in which there is nothing to do.
    let seen = RefCell::new(Vec::new());
    client.window.wait("the end of the notice", |window| {
        let is_shown = window.emulator.screen().contents().contains("copied: ");
        if is_shown {
            seen.borrow_mut().push((client.work(), window.raw.len()));
        }
        !is_shown
    });
    let seen = seen.into_inner();
    let longest = seen.chunk_by(|before, after| before == after).map(<[_]>::len).max().unwrap_or_default();
    assert!(seen.len() >= 20, "looked {} times", seen.len());
    // What was shown is fetched once more when the stream of events begins, a second after it was fetched, and Tokio approaches a time that is
    // far away in up to three steps.
    assert!(longest * 3 >= seen.len(), "at rest in {longest} of {} looks: {seen:?}", seen.len());
}

#[test]
fn rows_that_were_scrolled_past_take_no_memory() {
    const ROWS: u64 = 10_000;
    let mut client = Client::start();
    let start = client.memory();
    while client.server.rows() < ROWS {
        let before = client.window.raw().len();
        client.window.type_in("G");
        client.window.wait("a frame", |window| window.raw.len() > before);
    }
    client.window.wait_for("row 9,");
    let end = client.memory();
    // The program of a release build is 12 MB smaller.
    assert!(start.resident < 35.0 && start.allocated < 5.0, "at the start: {start:?}");
    assert!(end.allocated < start.allocated + 4.0, "after {ROWS} rows: {end:?}, at the start {start:?}");
}

#[test]
fn keys_that_have_piled_up_are_drawn_together() {
    const KEYS: usize = 1_000;
    let mut client = Client::start();
    kill(client.window.pid(), Signal::SIGSTOP).unwrap();
    client.window.wait("the stop", |_| client.is_stopped());
    let (frames, bytes) = client.written();
    client.window.type_in(&("j".repeat(KEYS) + "?"));
    kill(client.window.pid(), Signal::SIGCONT).unwrap();
    client.window.wait_for("half a page down");
    let (frames, bytes) = (client.written().0 - frames, client.written().1 - bytes);
    assert!(frames <= 20, "{frames} frames for {KEYS} keys");
    assert!(bytes < 60_000, "{bytes} bytes for {KEYS} keys");
}

#[test]
fn thousands_of_events_are_few_calls_and_few_frames() {
    const EVENTS: u64 = 5_000;
    let client = Client::start();
    let began = Instant::now();
    let (pages, frames, ticks) = (client.server.pages(), client.written().0, client.work().ticks);
    client.server.tell(EVENTS);
    client.server.part();
    client.window.wait_for(&first_of(ACCOUNTS + EVENTS));
    // It follows again once it has read everything.
    client.window.wait("another stream", |_| client.server.is_followed());
    let (pages, frames) = (client.server.pages() - pages, client.written().0 - frames);
    let (ticks, seconds) = (client.work().ticks - ticks, began.elapsed().as_secs());
    assert!(pages <= seconds + 2, "{pages} pages in {seconds} s");
    assert!(u64::try_from(frames).unwrap() <= 3 * pages + 2, "{frames} frames for {pages} pages");
    assert!(ticks < 200, "{ticks} ticks for {EVENTS} events");
}
