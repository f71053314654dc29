//! A closed loop: callers send the next request as soon as they get an answer, until they are stopped.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Instant;

use super::{Connection, Requests};

/// A set of running callers.
#[derive(Debug)]
pub(crate) struct Callers {
    stop: Arc<AtomicBool>,
    started: Instant,
    threads: Vec<JoinHandle<anyhow::Result<BTreeMap<u16, u64>>>>,
}

impl Callers {
    /// Starts one caller for each source of requests.
    pub(crate) fn start(address: SocketAddr, makers: Vec<Box<dyn Requests>>) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let threads = makers
            .into_iter()
            .map(|maker| {
                let stop = Arc::clone(&stop);
                thread::spawn(move || call(address, maker, &stop))
            })
            .collect();
        Self { stop, started: Instant::now(), threads }
    }

    /// Stops the callers; returns the calls per second and the number of answers per status.
    pub(crate) fn stop(self) -> anyhow::Result<(f64, BTreeMap<u16, u64>)> {
        self.stop.store(true, Ordering::Relaxed);
        let seconds = self.started.elapsed().as_secs_f64();
        let mut all: BTreeMap<u16, u64> = BTreeMap::new();
        for thread in self.threads {
            let counts = thread.join().map_err(|_| anyhow::anyhow!("a caller's thread died"))??;
            for (status, count) in counts {
                *all.entry(status).or_default() += count;
            }
        }
        #[expect(clippy::cast_precision_loss, reason = "counts of one run are far below 2^52")]
        let calls = all.values().sum::<u64>() as f64;
        Ok((calls / seconds, all))
    }
}

fn call(
    address: SocketAddr,
    mut maker: Box<dyn Requests>,
    stop: &AtomicBool,
) -> anyhow::Result<BTreeMap<u16, u64>> {
    let mut connection = Connection::open(address)?;
    let mut counts = BTreeMap::new();
    let mut request = Vec::with_capacity(512);
    while !stop.load(Ordering::Relaxed) {
        request.clear();
        maker.next(&mut request);
        let status = connection.exchange(&request)?;
        *counts.entry(status).or_default() += 1;
    }
    Ok(counts)
}
