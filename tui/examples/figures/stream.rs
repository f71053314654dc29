//! What a stream of events costs the client.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::anyhow;

use crate::server::Server;
use crate::usage::work;
use crate::window::Window;

/// The number of events whose cost is measured.
const EVENTS: u64 = 20_000;

/// Events a second, and how many of them come together. A server tells of those that it has found in a look, four times a second.
type Rate = (u64, u64);

/// Does something while events happen at this rate.
pub(crate) fn during<T>(
    server: &Server,
    (per_second, together): Rate,
    work: impl FnOnce() -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let teller = scope.spawn(|| {
            let (began, mut told) = (Instant::now(), 0);
            while !over.load(Ordering::Relaxed) {
                server.tell(together);
                told += together;
                let due = Duration::from_micros(told * 1_000_000 / per_second);
                std::thread::sleep(due.saturating_sub(began.elapsed()));
            }
        });
        let done = work();
        over.store(true, Ordering::Relaxed);
        teller.join().map_err(|_| anyhow!("the teller panicked"))?;
        done
    })
}

/// Measures the CPU time that the client needs for events at this rate, in per cent of a core.
pub(crate) fn cost(server: &Server, window: &Window, rate: Rate) -> anyhow::Result<()> {
    let (per_second, together) = rate;
    let (process, pages, bytes) = (window.process()?, server.pages(), window.bytes());
    let (began, before) = (Instant::now(), work(process)?);
    during(server, rate, || {
        std::thread::sleep(Duration::from_secs(EVENTS / per_second));
        Ok(())
    })?;
    let (after, seconds) = (work(process)?, began.elapsed().as_secs_f64());
    let ticks = after.ticks - before.ticks;
    println!(
        "{per_second} events a second in groups of {together} for {seconds:.1} s: {ticks} ticks, {:.1} % of a core, {} waits, {} \
         pages, {} bytes",
        f64::from(u32::try_from(ticks)?) / seconds,
        after.waits - before.waits,
        server.pages() - pages,
        window.bytes() - bytes
    );
    Ok(())
}
