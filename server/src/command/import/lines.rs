//! The lines of a file, read by a thread of its own a few at a time, so that a file of any length fits.

use std::fs::File;
use std::io::{BufRead, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use age::x25519::Identity;
use anyhow::Context as _;
use secrecy::zeroize::Zeroizing;
use tokio::sync::mpsc;

use crate::command::sealed_file;

/// How many lines wait to be imported.
const WAITING: usize = 64;
/// The longest accepted line, in bytes.
const LONGEST_LINE: usize = 64 * 1024;

/// A line that is not blank.
pub(super) struct Line {
    /// Its number, from 1.
    pub(super) number: u64,
    /// What it says. None if it is too long, or not UTF-8.
    pub(super) text: Option<Zeroizing<String>>,
}

/// Lines on their way.
pub(super) struct Lines {
    pub(super) receiver: mpsc::Receiver<anyhow::Result<Line>>,
    /// How many bytes of the file have been read.
    pub(super) read: Arc<AtomicU64>,
    /// The length of the file, if it is known.
    pub(super) length: Option<u64>,
}

/// The lines of a file, or of standard input for `-`, which may be sealed for one of these keys.
pub(super) fn read(file: &Path, identities: Vec<Identity>) -> anyhow::Result<Lines> {
    let (source, length): (Box<dyn Read + Send>, _) = if file == Path::new("-") {
        (Box::new(std::io::stdin()), None)
    } else {
        let open = File::open(file).with_context(|| format!("cannot open {}", file.display()))?;
        let about = open.metadata()?;
        let length = about.is_file().then_some(about.len());
        (Box::new(open), length)
    };
    let read = Arc::new(AtomicU64::new(0));
    let counted = Counted { source, read: Arc::clone(&read) };
    let (sender, receiver) = mpsc::channel(WAITING);
    let name = file.display().to_string();
    std::thread::Builder::new().name("lines".to_owned()).spawn(move || {
        let sent = send(counted, &identities, &sender).with_context(|| format!("reading {name}"));
        if let Err(error) = sent {
            // Nobody is left to be told if the import has ended.
            sender.blocking_send(Err(error)).ok();
        }
    })?;
    Ok(Lines { receiver, read, length })
}

fn send(
    source: impl Read,
    identities: &[Identity],
    sender: &mpsc::Sender<anyhow::Result<Line>>,
) -> anyhow::Result<()> {
    let mut source = sealed_file::open(source, identities)?;
    let mut number = 0;
    loop {
        let text = match next(&mut source)? {
            Next::End => return Ok(()),
            Next::Unusable => None,
            Next::Text(text) => Some(text),
        };
        number += 1;
        let is_blank = text.as_ref().is_some_and(|text| text.trim().is_empty());
        if !is_blank && sender.blocking_send(Ok(Line { number, text })).is_err() {
            return Ok(());
        }
    }
}

/// What comes next.
enum Next {
    End,
    /// A line that is too long, or not UTF-8.
    Unusable,
    Text(Zeroizing<String>),
}

fn next(source: &mut dyn BufRead) -> std::io::Result<Next> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(1024));
    let limit = u64::try_from(LONGEST_LINE + 1).unwrap_or(u64::MAX);
    if (&mut *source).take(limit).read_until(b'\n', &mut bytes)? == 0 {
        return Ok(Next::End);
    }
    if bytes.len() > LONGEST_LINE && bytes.last() != Some(&b'\n') {
        source.skip_until(b'\n')?;
        return Ok(Next::Unusable);
    }
    let text = std::str::from_utf8(&bytes);
    Ok(text.map_or(Next::Unusable, |text| Next::Text(Zeroizing::new(text.to_owned()))))
}

/// A source whose bytes are counted.
struct Counted<R> {
    source: R,
    read: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.source.read(buffer)?;
        self.read.fetch_add(u64::try_from(count).unwrap_or_default(), Ordering::Relaxed);
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_numbered_and_bad_ones_are_skipped_over() {
        let long = "x".repeat(LONGEST_LINE * 3);
        let text = format!("one\n\n{long}\nfour\r\n");
        let bytes = [text.as_bytes(), b"\xff\nsix"].concat();
        let (sender, mut receiver) = mpsc::channel(WAITING);
        send(bytes.as_slice(), &[], &sender).unwrap();
        drop(sender);
        let mut found = Vec::new();
        while let Some(line) = receiver.blocking_recv() {
            let line = line.unwrap();
            found.push((line.number, line.text.map(|text| text.trim().to_owned())));
        }
        let text = |text: &str| Some(text.to_owned());
        assert_eq!(found, [(1, text("one")), (3, None), (4, text("four")), (5, None), (6, text("six"))]);
    }
}
