//! A connection to a listener, byte by byte: for requests that no HTTP client would send, or would send so slowly.

use std::net::Ipv4Addr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;

use crate::PATIENCE;

/// An open connection; dropping it closes it.
#[derive(Debug)]
pub struct Raw {
    stream: TcpStream,
}

impl Raw {
    /// Connects to a port of this machine, from one of its loopback addresses.
    pub async fn connect(port: u16, from: Ipv4Addr) -> anyhow::Result<Self> {
        let socket = TcpSocket::new_v4()?;
        socket.bind((from, 0).into())?;
        Ok(Self { stream: socket.connect((Ipv4Addr::LOCALHOST, port).into()).await? })
    }

    /// Sends these bytes.
    pub async fn send(&mut self, bytes: impl AsRef<[u8]>) -> std::io::Result<()> {
        self.stream.write_all(bytes.as_ref()).await
    }

    /// The next bytes; none if the other side has closed. Cancelling the wait loses nothing.
    pub async fn next(&mut self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(1024);
        match self.stream.read_buf(&mut bytes).await {
            Ok(_) => bytes,
            // A connection that is closed while our bytes are in transit is reset.
            Err(_) => Vec::new(),
        }
    }

    /// All bytes until the other side closes.
    pub async fn until_closed(&mut self) -> anyhow::Result<String> {
        let mut text = String::new();
        loop {
            let bytes = timeout(PATIENCE, self.next()).await?;
            if bytes.is_empty() {
                return Ok(text);
            }
            text.push_str(&String::from_utf8_lossy(&bytes));
        }
    }
}

/// The status of a response; 0 if there is none.
pub fn status_of(answer: &str) -> u16 {
    answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default()
}
