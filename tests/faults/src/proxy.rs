//! A proxy in front of Postgres that simulates network failures.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::Context as _;
use bowline_tests::free_port;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

/// The maximum number of bytes that are forwarded at a time.
const CHUNK: usize = 16 * 1024;

/// The behaviour of the network. A change takes effect immediately, including on open connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Forwards everything.
    Forward,
    /// Refuses new connections and resets open ones: the host is up, but the service is not.
    Refuse,
    /// Accepts connections but forwards nothing in either direction: a partition. Data sent meanwhile arrives when it
    /// heals.
    BlackHole,
    /// Forwards everything with this delay per chunk, in each direction.
    Delay(Duration),
    /// Forwards this many bytes of answers over all connections together, and then resets the connection that exceeds
    /// them. The count restarts with each reset.
    CutAfter(usize),
    /// Resets every open and new connection.
    Reset,
}

/// The address to which the proxy forwards.
#[derive(Debug, Clone)]
pub enum Upstream {
    /// A Unix socket.
    Unix(PathBuf),
    /// A TCP address.
    Tcp(SocketAddr),
}

#[derive(Debug)]
struct Shared {
    upstream: Upstream,
    mode: watch::Sender<Mode>,
    /// Bytes of answers forwarded since the last cut.
    answered: AtomicUsize,
    cuts: AtomicUsize,
}

/// A running proxy; dropping it ends its connections.
#[derive(Debug)]
pub struct Proxy {
    shared: Arc<Shared>,
    address: SocketAddr,
    task: JoinHandle<()>,
}

impl Proxy {
    /// Listens on a free port of the loopback interface.
    pub async fn start(upstream: Upstream) -> anyhow::Result<Self> {
        let address = SocketAddr::from(([127, 0, 0, 1], free_port()?));
        let listener = TcpListener::bind(address).await?;
        let shared = Arc::new(Shared {
            upstream,
            mode: watch::Sender::new(Mode::Forward),
            answered: AtomicUsize::new(0),
            cuts: AtomicUsize::new(0),
        });
        let task = tokio::spawn(serve(Arc::clone(&shared), address, Some(listener)));
        Ok(Self { shared, address, task })
    }

    /// The address on which the proxy listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Changes the behaviour of the network.
    pub fn set(&self, mode: Mode) {
        self.shared.answered.store(0, Ordering::SeqCst);
        self.shared.mode.send_replace(mode);
    }

    /// The number of connections that [`Mode::CutAfter`] has cut.
    pub fn cuts(&self) -> usize {
        self.shared.cuts.load(Ordering::SeqCst)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(shared: Arc<Shared>, address: SocketAddr, mut listener: Option<TcpListener>) {
    let mut mode = shared.mode.subscribe();
    let mut connections = JoinSet::new();
    loop {
        let now = *mode.borrow_and_update();
        if now == Mode::Refuse {
            listener = None;
        } else if listener.is_none() {
            listener = TcpListener::bind(address).await.ok();
        }
        tokio::select! {
            changed = mode.changed() => if changed.is_err() { return },
            accepted = accept(listener.as_ref()) => {
                if let Some(client) = accepted {
                    connections.spawn(carry(Arc::clone(&shared), client));
                }
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

/// Accepts the next client; waits forever if there is no listener.
async fn accept(listener: Option<&TcpListener>) -> Option<TcpStream> {
    match listener {
        Some(listener) => listener.accept().await.ok().map(|(client, _)| client),
        None => std::future::pending().await,
    }
}

async fn carry(shared: Arc<Shared>, client: TcpStream) {
    // The client always sees a reset and never an orderly end, as with a broken network.
    client.set_zero_linger().ok();
    client.set_nodelay(true).ok();
    let mut mode = shared.mode.subscribe();
    let resets = async { mode.wait_for(|mode| matches!(mode, Mode::Reset | Mode::Refuse)).await.map(drop) };
    tokio::select! {
        _ = resets => {}
        carried = connected(&shared, client) => drop(carried),
    }
}

async fn connected(shared: &Shared, client: TcpStream) -> anyhow::Result<()> {
    let mut mode = shared.mode.subscribe();
    mode.wait_for(|mode| *mode != Mode::BlackHole).await?;
    match &shared.upstream {
        Upstream::Unix(path) => {
            let upstream = UnixStream::connect(path).await.with_context(|| path.display().to_string())?;
            both_ways(shared, client, upstream).await
        }
        Upstream::Tcp(address) => both_ways(shared, client, TcpStream::connect(address).await?).await,
    }
}

async fn both_ways(
    shared: &Shared,
    client: TcpStream,
    upstream: impl AsyncRead + AsyncWrite,
) -> anyhow::Result<()> {
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_upstream, mut to_upstream) = tokio::io::split(upstream);
    tokio::select! {
        asked = pump(shared, &mut from_client, &mut to_upstream, false) => asked,
        answered = pump(shared, &mut from_upstream, &mut to_client, true) => answered,
    }
}

async fn pump(
    shared: &Shared,
    from: &mut (impl AsyncRead + Unpin),
    to: &mut (impl AsyncWrite + Unpin),
    answers: bool,
) -> anyhow::Result<()> {
    let mut mode = shared.mode.subscribe();
    let mut chunk = vec![0; CHUNK];
    loop {
        let read = from.read(&mut chunk).await?;
        if read == 0 {
            return Ok(());
        }
        let now = *mode.wait_for(|mode| *mode != Mode::BlackHole).await?;
        let mut send = chunk.get(..read).unwrap_or_default();
        match now {
            Mode::Delay(delay) => tokio::time::sleep(delay).await,
            Mode::CutAfter(limit) if answers => {
                let before = shared.answered.fetch_add(read, Ordering::SeqCst);
                if before + read > limit {
                    send = send.get(..limit.saturating_sub(before).min(read)).unwrap_or_default();
                    to.write_all(send).await?;
                    shared.answered.store(0, Ordering::SeqCst);
                    shared.cuts.fetch_add(1, Ordering::SeqCst);
                    anyhow::bail!("cut");
                }
            }
            _ => {}
        }
        to.write_all(send).await?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Result = anyhow::Result<()>;

    /// A server that echoes what it receives.
    async fn echo() -> anyhow::Result<Proxy> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        tokio::spawn(async move {
            while let Ok((mut client, _)) = listener.accept().await {
                tokio::spawn(async move {
                    let (mut from, mut to) = client.split();
                    tokio::io::copy(&mut from, &mut to).await.ok();
                });
            }
        });
        Proxy::start(Upstream::Tcp(address)).await
    }

    async fn says_back(client: &mut TcpStream, word: &[u8]) -> std::io::Result<Vec<u8>> {
        client.write_all(word).await?;
        let mut heard = vec![0; word.len()];
        client.read_exact(&mut heard).await.map(|_| heard)
    }

    #[tokio::test]
    async fn a_proxy_forwards_then_refuses_then_forwards_again() -> Result {
        let proxy = echo().await?;
        let mut client = TcpStream::connect(proxy.address()).await?;
        assert_eq!(says_back(&mut client, b"one").await?, b"one");
        proxy.set(Mode::Refuse);
        assert!(says_back(&mut client, b"two").await.is_err(), "what was open is reset");
        bowline_tests::until("nobody to listen", async || {
            TcpStream::connect(proxy.address()).await.is_err().then_some(())
        })
        .await?;
        proxy.set(Mode::Forward);
        let mut client = bowline_tests::until("somebody to listen", async || {
            TcpStream::connect(proxy.address()).await.ok()
        })
        .await?;
        assert_eq!(says_back(&mut client, b"three").await?, b"three");
        Ok(())
    }

    #[tokio::test]
    async fn what_a_black_hole_took_arrives_when_it_heals() -> Result {
        let proxy = echo().await?;
        let mut client = TcpStream::connect(proxy.address()).await?;
        assert_eq!(says_back(&mut client, b"one").await?, b"one");
        proxy.set(Mode::BlackHole);
        client.write_all(b"two").await?;
        let mut heard = [0; 3];
        let waited = tokio::time::timeout(Duration::from_millis(50), client.read_exact(&mut heard)).await;
        assert!(waited.is_err(), "nothing comes back");
        proxy.set(Mode::Forward);
        client.read_exact(&mut heard).await?;
        assert_eq!(&heard, b"two");
        Ok(())
    }

    #[tokio::test]
    async fn cuts_in_the_middle_of_an_answer() -> Result {
        let proxy = echo().await?;
        let mut client = TcpStream::connect(proxy.address()).await?;
        proxy.set(Mode::CutAfter(4));
        assert_eq!(says_back(&mut client, b"one").await?, b"one");
        assert!(says_back(&mut client, b"two").await.is_err());
        assert_eq!(proxy.cuts(), 1);
        let mut client = TcpStream::connect(proxy.address()).await?;
        assert_eq!(says_back(&mut client, b"four").await?, b"four", "the count begins anew");
        Ok(())
    }

    #[tokio::test]
    async fn resets_what_is_open_and_what_comes() -> Result {
        let proxy = echo().await?;
        let mut client = TcpStream::connect(proxy.address()).await?;
        assert_eq!(says_back(&mut client, b"one").await?, b"one");
        proxy.set(Mode::Reset);
        assert!(says_back(&mut client, b"two").await.is_err());
        let mut client = TcpStream::connect(proxy.address()).await?;
        assert!(says_back(&mut client, b"three").await.is_err());
        Ok(())
    }

    #[tokio::test]
    async fn delays_both_ways() -> Result {
        let proxy = echo().await?;
        proxy.set(Mode::Delay(Duration::from_millis(30)));
        let mut client = TcpStream::connect(proxy.address()).await?;
        let started = std::time::Instant::now();
        assert_eq!(says_back(&mut client, b"one").await?, b"one");
        assert!(started.elapsed() >= Duration::from_millis(60));
        Ok(())
    }
}
