//! A keep-alive HTTP/1.1 connection with minimal overhead between clock and socket.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::os::fd::{AsFd, BorrowedFd};
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};

/// Longer than any request takes.
const TIMEOUT: Duration = Duration::from_secs(30);
/// The maximum length of an answer in bytes.
const LONGEST: usize = 1 << 20;

/// A connection that carries one request at a time.
#[derive(Debug)]
pub(crate) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    /// Connects.
    pub(crate) fn open(address: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address).with_context(|| format!("cannot connect to {address}"))?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(TIMEOUT))?;
        stream.set_write_timeout(Some(TIMEOUT))?;
        Ok(Self { stream, buffer: Vec::with_capacity(8 * 1024) })
    }

    /// Sends a complete request, reads the complete answer and returns its status.
    pub(crate) fn exchange(&mut self, request: &[u8]) -> anyhow::Result<u16> {
        self.send(request)?;
        loop {
            if let Some(status) = self.receive()? {
                return Ok(status);
            }
        }
    }

    /// Sends a whole request.
    pub(crate) fn send(&mut self, request: &[u8]) -> anyhow::Result<()> {
        self.buffer.clear();
        Ok(self.stream.write_all(request)?)
    }

    /// Waits for more of the answer; returns its status once it is complete.
    pub(crate) fn receive(&mut self) -> anyhow::Result<Option<u16>> {
        self.read()?;
        let head = Head::parse(&self.buffer)?.filter(|head| head.whole <= self.buffer.len());
        Ok(head.map(|head| head.status))
    }

    /// The body of the last answer.
    pub(crate) fn body(&self) -> &[u8] {
        let head = self.buffer.windows(4).position(|four| four == b"\r\n\r\n");
        head.and_then(|end| self.buffer.get(end + 4..)).unwrap_or_default()
    }

    fn read(&mut self) -> anyhow::Result<()> {
        ensure!(self.buffer.len() < LONGEST, "the answer is too long");
        let mut part = [0; 16 * 1024];
        loop {
            match self.stream.read(&mut part) {
                Ok(0) => bail!("the server closed the connection in the middle of an answer"),
                Ok(count) => {
                    self.buffer.extend_from_slice(part.get(..count).unwrap_or_default());
                    return Ok(());
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}

/// The parsed head of an answer.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) status: u16,
    /// The length of the whole answer in bytes.
    pub(crate) whole: usize,
}

impl Head {
    /// Parses a head; `None` while it is incomplete.
    pub(crate) fn parse(bytes: &[u8]) -> anyhow::Result<Option<Self>> {
        let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else { return Ok(None) };
        let head = std::str::from_utf8(bytes.get(..end).unwrap_or_default())?;
        let mut lines = head.split("\r\n");
        let status = lines
            .next()
            .and_then(|line| line.split(' ').nth(1))
            .context("the answer has no status line")?
            .parse()?;
        let length = lines.find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-length").then(|| value.trim())
        });
        let body: usize =
            if status == 204 { 0 } else { length.context("the answer has no length")?.parse()? };
        Ok(Some(Self { status, whole: end + 4 + body }))
    }
}

impl AsFd for Connection {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.stream.as_fd()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_whole_when_its_body_is() {
        let answer = b"HTTP/1.1 200 OK\r\nserver: x\r\ncontent-length: 3\r\n\r\nabc";
        assert_eq!(Head::parse(answer).unwrap(), Some(Head { status: 200, whole: answer.len() }));
        assert_eq!(Head::parse(&answer[..30]).unwrap(), None);
        assert!(Head::parse(b"HTTP/1.1 200 OK\r\n\r\n").is_err());
        assert_eq!(Head::parse(b"HTTP/1.1 204 No\r\n\r\n").unwrap().unwrap().status, 204);
    }
}
