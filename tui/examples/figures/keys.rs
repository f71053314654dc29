//! How long keys take until they are seen.

use std::time::{Duration, Instant};

use crate::times::{QUIET, print};
use crate::window::Window;

/// The number of keys that are measured, and how many go down before as many go up again.
const KEYS: usize = 500;
const DOWN: usize = 50;
/// The pause after a key. It has nothing in common with the times of frames and events.
const PAUSE: Duration = Duration::from_millis(13);
const HELD: usize = 1000;
const ENDS: usize = 20;

/// Measures the time from a key to the frame that shows its row. Begins and ends on the first row.
pub(crate) fn to_frame(what: &str, window: &mut Window) -> anyhow::Result<()> {
    let (mut times, mut row) = (Vec::new(), 1);
    for n in 0..KEYS {
        let down = n % (2 * DOWN) < DOWN;
        row = if down { row + 1 } else { row - 1 };
        let began = Instant::now();
        window.press(if down { "j" } else { "k" })?;
        times.push(window.wait_for(&format!("row {row} of ≈"))? - began);
        std::thread::sleep(PAUSE);
    }
    print(what, &mut times);
    Ok(())
}

/// Measures what is left to do when a key is released that came 500 times a second. A key that is held down comes 30 to 50 times a second.
pub(crate) fn held(window: &mut Window) -> anyhow::Result<()> {
    for _ in 0..HELD {
        window.press("j")?;
        std::thread::sleep(Duration::from_millis(2));
    }
    let released = Instant::now();
    let backlog = window.wait_for_quiet(QUIET).saturating_duration_since(released);
    println!("after {HELD} keys in 2 s: the last output {} ms after the last key", backlog.as_millis());
    Ok(())
}

/// Measures the way from the first row to the end of what is loaded, until the page after it is there.
pub(crate) fn to_end(window: &mut Window) -> anyhow::Result<()> {
    let mut times = Vec::new();
    for _ in 0..ENDS {
        window.press("g")?;
        window.wait_for_quiet(QUIET);
        let bytes = window.bytes();
        let began = Instant::now();
        window.press("G")?;
        window.wait_for_output(bytes)?;
        times.push(window.wait_for_quiet(QUIET).saturating_duration_since(began));
    }
    print("G among ten million rows, with the next page", &mut times);
    Ok(())
}
