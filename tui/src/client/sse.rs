//! Streams of server-sent events (WHATWG HTML, 9.2.6).

use std::time::Duration;

use reqwest::Response;
use serde::de::DeserializeOwned;
use tokio::time::timeout;

use super::Failure;
use super::connection::unreachable_because;

/// How long a stream may last.
pub(super) const LONGEST: Duration = Duration::from_hours(24 * 365);
/// How long a stream may say nothing. The server sends a sign of life every 15 seconds.
const STREAM_SILENCE: Duration = Duration::from_secs(45);
/// The maximum length of what belongs together, in bytes.
const MAX_EVENT_BLOCK: usize = 1 << 20;

/// What belongs together: an event, or a sign of life.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Block {
    /// The event's type; empty if the block has none.
    pub(super) kind: String,
    /// The event's id, if the block has one.
    pub(super) id: Option<String>,
    /// The data.
    pub(super) data: String,
}

/// An open stream.
#[derive(Debug)]
pub(super) struct Blocks {
    response: Response,
    unread: Vec<u8>,
}

impl Blocks {
    pub(super) fn of(response: Response) -> Self {
        Self { response, unread: Vec::new() }
    }

    /// What the server sends next.
    ///
    /// # Errors
    /// `Unreachable` if the connection ends or is silent for too long.
    pub(super) async fn next(&mut self) -> Result<Block, Failure> {
        loop {
            if let Some(end) = self.unread.windows(2).position(|pair| pair == b"\n\n") {
                let block: Vec<u8> = self.unread.drain(..end + 2).collect();
                return Ok(Block::read(&String::from_utf8_lossy(&block)));
            }
            if self.unread.len() > MAX_EVENT_BLOCK {
                return Err(Failure::Malformed("an event is too long".to_owned()));
            }
            let chunk = timeout(STREAM_SILENCE, self.response.chunk()).await;
            let chunk = chunk.map_err(|_| Failure::Unreachable("the stream is silent".to_owned()))?;
            match chunk.map_err(|e| unreachable_because(&e))? {
                Some(chunk) => self.unread.extend_from_slice(&chunk),
                None => return Err(Failure::Unreachable("the stream has ended".to_owned())),
            }
        }
    }
}

impl Block {
    fn read(text: &str) -> Self {
        let (mut block, mut data) = (Self::default(), Vec::new());
        for line in text.lines() {
            let (name, value) = line.split_once(':').unwrap_or((line, ""));
            let value = value.strip_prefix(' ').unwrap_or(value);
            match name {
                "event" => value.clone_into(&mut block.kind),
                "id" => block.id = Some(value.to_owned()),
                "data" => data.push(value),
                _ => {}
            }
        }
        block.data = data.join("\n");
        block
    }

    /// The data as a value.
    pub(super) fn parsed<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        let wrong = |e: serde_json::Error| Failure::Malformed(format!("an event at column {}", e.column()));
        serde_json::from_str(&self.data).map_err(wrong)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_with_and_without_a_space_and_comments_are_left_out() {
        let block = |kind: &str, id: Option<&str>, data: &str| Block {
            kind: kind.to_owned(),
            id: id.map(ToOwned::to_owned),
            data: data.to_owned(),
        };
        assert_eq!(Block::read(":\n\n"), Block::default());
        assert_eq!(Block::read("id:evt_1\n\n"), block("", Some("evt_1"), ""));
        let text = "event: audit\nid: evt_2\nretry:2000\ndata:{\"a\":\ndata:1}\n\n";
        assert_eq!(Block::read(text), block("audit", Some("evt_2"), "{\"a\":\n1}"));
    }
}
