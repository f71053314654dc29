//! The public listeners. They relay bytes to the inner application and can abort a connection at the TCP level.
//!
//! Rocket gives no access to its connections, so reset faults need a layer that has it. Each connection is registered
//! under the port from which the relay connects to the application.

use std::{
    collections::HashMap,
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::{
    io::{AsyncRead, AsyncWrite, AsyncWriteExt as _, copy_bidirectional},
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinSet,
};
use tokio_rustls::TlsAcceptor;

/// How a fault ends a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Ending {
    /// RST, without sending another byte.
    Reset,
    /// Send these bytes instead of the application's answer, then close.
    Send(Arc<[u8]>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Link {
    Open,
    /// A fault requests the end of the connection.
    Ending(Ending),
    Gone,
}

/// The open connections, by the relay's port towards the application.
#[derive(Debug, Default)]
pub(crate) struct Connections {
    open: Mutex<HashMap<u16, Connection>>,
}

#[derive(Debug)]
struct Connection {
    link: watch::Sender<Link>,
    is_secure: bool,
}

impl Connections {
    fn lock(&self) -> MutexGuard<'_, HashMap<u16, Connection>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn find(&self, port: u16) -> Option<watch::Sender<Link>> {
        self.lock().get(&port).map(|connection| connection.link.clone())
    }

    /// Whether the client speaks TLS.
    pub(crate) fn is_secure(&self, port: u16) -> bool {
        self.lock().get(&port).is_some_and(|connection| connection.is_secure)
    }

    /// Ends the client's connection and waits until it has ended, so that bytes written afterwards do not reach the
    /// client.
    pub(crate) async fn end(&self, port: u16, ending: Ending) {
        if let Some(link) = self.find(port) {
            link.send_if_modified(|state| {
                let open = *state == Link::Open;
                if open {
                    *state = Link::Ending(ending);
                }
                open
            });
            self.gone(port).await;
        }
    }

    /// Waits until the connection has ended.
    pub(crate) async fn gone(&self, port: u16) {
        let Some(mut state) = self.find(port).map(|link| link.subscribe()) else {
            return;
        };
        // An error means that the relay has dropped its end, so the connection has ended as well.
        let _ = state.wait_for(|state| *state == Link::Gone).await;
    }
}

/// Removes the entry when the connection ends for any reason.
struct Entry {
    connections: Arc<Connections>,
    port: u16,
    link: watch::Sender<Link>,
}

impl Drop for Entry {
    fn drop(&mut self) {
        self.connections.lock().remove(&self.port);
        self.link.send_replace(Link::Gone);
    }
}

/// A public listener in front of the application.
pub(crate) struct Relay {
    pub(crate) listener: TcpListener,
    pub(crate) tls: Option<TlsAcceptor>,
    pub(crate) application: SocketAddr,
    pub(crate) connections: Arc<Connections>,
}

impl Relay {
    /// Accepts connections until it is dropped, which also ends the connections.
    pub(crate) async fn run(self) {
        let mut tasks = JoinSet::new();
        loop {
            tokio::select! {
                accepted = self.listener.accept() => match accepted {
                    Ok((client, _)) => {
                        tasks.spawn(carry(
                            client,
                            self.tls.clone(),
                            self.application,
                            Arc::clone(&self.connections),
                        ));
                    }
                    // Most likely the process is out of file descriptors: let other connections finish first.
                    Err(error) => {
                        tracing::warn!(%error, "accept failed");
                        tokio::task::yield_now().await;
                    }
                },
                Some(_) = tasks.join_next() => {}
            }
        }
    }
}

async fn carry(
    client: TcpStream,
    tls: Option<TlsAcceptor>,
    application: SocketAddr,
    connections: Arc<Connections>,
) {
    if let Err(error) = try_carry(client, tls, application, connections).await {
        tracing::debug!(%error, "connection ended");
    }
}

async fn try_carry(
    client: TcpStream,
    tls: Option<TlsAcceptor>,
    application: SocketAddr,
    connections: Arc<Connections>,
) -> io::Result<()> {
    client.set_nodelay(true)?;
    let inner = TcpStream::connect(application).await?;
    inner.set_nodelay(true)?;
    let port = inner.local_addr()?.port();
    let link = watch::Sender::new(Link::Open);
    connections.lock().insert(port, Connection { link: link.clone(), is_secure: tls.is_some() });
    let entry = Entry { connections, port, link };
    match tls {
        None => {
            let mut client = client;
            if shuttle(&mut client, inner, &entry).await? {
                client.set_zero_linger()?;
            }
        }
        Some(acceptor) => {
            let mut client = acceptor.accept(client).await?;
            if shuttle(&mut client, inner, &entry).await? {
                client.get_ref().0.set_zero_linger()?;
            }
        }
    }
    Ok(())
}

/// Copies bytes in both directions until one end closes or a fault ends it; returns whether the connection must be
/// reset.
async fn shuttle<S>(client: &mut S, mut inner: TcpStream, entry: &Entry) -> io::Result<bool>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut state = entry.link.subscribe();
    let ending = tokio::select! {
        copied = copy_bidirectional(client, &mut inner) => {
            copied?;
            return Ok(false);
        }
        state = state.wait_for(|state| *state != Link::Open) => match state.as_deref() {
            Ok(Link::Ending(ending)) => ending.clone(),
            _ => return Ok(false),
        },
    };
    match ending {
        Ending::Reset => Ok(true),
        Ending::Send(bytes) => {
            client.write_all(&bytes).await?;
            client.shutdown().await?;
            Ok(false)
        }
    }
}
