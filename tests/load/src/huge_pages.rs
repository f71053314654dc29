//! Huge pages of the kernel, in which Postgres keeps its shared memory if there are enough of them
//! (`huge_pages` of Postgres, `vm.nr_hugepages` of Linux).

use std::fs;

use anyhow::{Context as _, ensure};
use bowline_stdio::eprintln;

const COUNT: &str = "/proc/sys/vm/nr_hugepages";
const SIZE_KIB: u64 = 2048;
/// Postgres's shared memory besides its buffers: a fixed part, and a share of the buffers.
const OTHER_SHARED_MIB: u64 = 256;
const OTHER_SHARED_PART: u64 = 24;

/// Huge pages reserved for one run of the benchmarks. Dropping it gives them back to the kernel.
#[derive(Debug)]
pub(crate) struct HugePages {
    count_before: u64,
}

impl HugePages {
    /// Reserves what Postgres needs for `buffers_mib` of shared buffers, beside the pages that others reserved.
    ///
    /// # Errors
    /// This user may not reserve pages, or the kernel found too little contiguous memory.
    pub(crate) fn reserve(buffers_mib: u64) -> anyhow::Result<Self> {
        let needed = pages_for(buffers_mib);
        let pages = Self { count_before: count()? };
        let wanted = pages.count_before + needed;
        fs::write(COUNT, wanted.to_string())
            .with_context(|| format!("--huge-pages writes to {COUNT}; run as root, or leave it out"))?;
        let reserved = count()?;
        ensure!(
            reserved >= wanted,
            "the kernel reserved {reserved} of {wanted} huge pages; restart it, or ask for less by --shared-buffers"
        );
        Ok(pages)
    }
}

impl Drop for HugePages {
    fn drop(&mut self) {
        if let Err(error) = fs::write(COUNT, self.count_before.to_string()) {
            eprintln!("the huge pages stay reserved: {COUNT}: {error}");
        }
    }
}

fn pages_for(buffers_mib: u64) -> u64 {
    let all_mib = buffers_mib + buffers_mib / OTHER_SHARED_PART + OTHER_SHARED_MIB;
    (all_mib * 1024).div_ceil(SIZE_KIB)
}

fn count() -> anyhow::Result<u64> {
    let text = fs::read_to_string(COUNT).context(COUNT)?;
    text.trim().parse().with_context(|| format!("{COUNT}: {text}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_have_room_for_more_than_the_buffers() {
        assert_eq!(pages_for(0), 128);
        assert_eq!(pages_for(2400), 1200 + 50 + 128);
    }
}
