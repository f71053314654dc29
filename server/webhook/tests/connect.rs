//! What a target can make the client do: real sockets, and a resolver that lies.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail the test that calls them")]

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use bowline_webhook::{
    Attempt, Guard, Message, NotSent, Poster, PosterOptions, PublicOnly, SHOWN, Secret, Signer,
};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// A listener that counts its connections and treats each with `answer`.
struct Receiver {
    address: SocketAddr,
    connections: Arc<AtomicUsize>,
}

impl Receiver {
    async fn start<Answering>(answer: impl Fn(TcpStream) -> Answering + Send + 'static) -> Self
    where
        Answering: Future<Output = ()> + Send + 'static,
    {
        Self::start_at("127.0.0.1:0", answer).await
    }

    async fn start_at<Answering>(
        address: &str,
        answer: impl Fn(TcpStream) -> Answering + Send + 'static,
    ) -> Self
    where
        Answering: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind(address).await.unwrap();
        let (address, connections) = (listener.local_addr().unwrap(), Arc::new(AtomicUsize::new(0)));
        let counted = Arc::clone(&connections);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                counted.fetch_add(1, Ordering::SeqCst);
                let mut request = [0; 4_096];
                let _read = stream.read(&mut request).await;
                tokio::spawn(answer(stream));
            }
        });
        Self { address, connections }
    }

    /// Answers each request with these bytes.
    async fn saying(text: String) -> Self {
        Self::saying_at("127.0.0.1:0", text).await
    }

    async fn saying_at(address: &str, text: String) -> Self {
        Self::start_at(address, move |mut stream| {
            let text = text.clone();
            async move { stream.write_all(text.as_bytes()).await.unwrap_or_default() }
        })
        .await
    }

    fn url(&self) -> String {
        format!("http://{}/hooks", self.address)
    }

    fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

/// Says one address after another for every name, and counts the questions.
struct Turning(Vec<Vec<&'static str>>, AtomicUsize);

impl Resolve for Turning {
    fn resolve(&self, _: Name) -> Resolving {
        let turn = self.1.fetch_add(1, Ordering::SeqCst);
        let said = &self.0[turn.min(self.0.len() - 1)];
        let addresses: Vec<SocketAddr> =
            said.iter().map(|ip| SocketAddr::new(ip.parse().unwrap(), 0)).collect();
        Box::pin(async move { Ok(Box::new(addresses.into_iter()) as Addrs) })
    }
}

fn resolver(said: &[&[&'static str]]) -> Arc<Turning> {
    Arc::new(Turning(said.iter().map(|one| one.to_vec()).collect(), AtomicUsize::new(0)))
}

async fn post(options: PosterOptions, url: &str) -> Attempt {
    send(&Poster::new(options).unwrap(), url).await
}

async fn send(poster: &Poster, url: &str) -> Attempt {
    let signed = Signer::new([&Secret::from_bytes(&[7; 32])]).unwrap().sign("evt_1", 1, b"{}");
    poster.post(url, Message { id: "evt_1", body: "{}", signed: &signed }).await
}

/// Loopback is allowed, and an attempt takes half a second at most.
fn local() -> PosterOptions {
    PosterOptions {
        allow_loopback: true,
        total_timeout: Duration::from_millis(500),
        ..PosterOptions::default()
    }
}

#[tokio::test]
async fn a_name_with_private_addresses_gets_no_connection() {
    let receiver = Receiver::saying(String::new()).await;
    for private in ["127.0.0.1", "::1", "10.0.0.1", "169.254.169.254", "::ffff:127.0.0.1", "fd00::1"] {
        let options = PosterOptions { resolver: Some(resolver(&[&[private]])), ..PosterOptions::default() };
        let url = format!("https://hooks.acme.example:{}/", receiver.address.port());
        let attempt = post(options, &url).await;
        assert_eq!(attempt.status, Err(NotSent::NotPublic), "{private}");
    }
    assert_eq!(receiver.connections(), 0);
}

/// Whoever looks a name up, checks it, and lets the client look it up again connects to the second answer. Here the name is first at one address
/// that may be called, then at another one, and then at a private one; no packet leaves this machine.
#[tokio::test]
async fn a_name_that_turns_to_another_address_after_the_look_up_is_called_at_the_one_that_was_checked() {
    let closing = "HTTP/1.1 204 -\r\nConnection: close\r\n\r\n".to_owned();
    let checked = Receiver::saying(closing.clone()).await;
    let port = checked.address.port();
    let inside = Receiver::saying_at(&format!("127.0.0.2:{port}"), closing).await;
    let turning = resolver(&[&["127.0.0.1"], &["127.0.0.2"], &["10.0.0.1"]]);
    let asked = || turning.1.load(Ordering::SeqCst);
    let options = PosterOptions { resolver: Some(Arc::clone(&turning) as Arc<dyn Resolve>), ..local() };
    let poster = Poster::new(options).unwrap();
    let url = format!("http://localhost:{port}/hooks");
    assert_eq!(send(&poster, &url).await.status, Ok(204));
    assert_eq!((asked(), checked.connections(), inside.connections()), (1, 1, 0), "it was looked up once");
    // Each connection looks the name up and checks it anew.
    assert_eq!(send(&poster, &url).await.status, Ok(204));
    assert_eq!((asked(), checked.connections(), inside.connections()), (2, 1, 1));
    assert_eq!(send(&poster, &url).await.status, Err(NotSent::NotPublic));
    assert_eq!((asked(), checked.connections(), inside.connections()), (3, 1, 1));
}

#[tokio::test]
async fn private_addresses_beside_public_ones_are_dropped() {
    let found = resolver(&[&["127.0.0.1", "1.1.1.1", "10.0.0.1", "fe80::1"]]);
    let filter = PublicOnly::new(found, Guard::default());
    let passed: Vec<SocketAddr> = filter.resolve("acme.example".parse().unwrap()).await.unwrap().collect();
    assert_eq!(passed, [SocketAddr::from(([1, 1, 1, 1], 0))]);
}

#[tokio::test]
async fn an_address_in_the_url_is_checked_as_well() {
    let receiver = Receiver::saying(String::new()).await;
    // The client does not ask its resolver about addresses.
    for host in ["127.0.0.1", "127.1", "2130706433", "[::ffff:127.0.0.1]"] {
        let url = format!("https://{host}:{}/", receiver.address.port());
        assert_eq!(post(PosterOptions::default(), &url).await.status, Err(NotSent::NotPublic), "{host}");
    }
    assert_eq!(receiver.connections(), 0);
}

/// Networks of the installation itself have public addresses, too. Here loopback addresses stand for public ones.
#[tokio::test]
async fn a_denied_network_gets_no_connection_by_name_or_by_address() {
    let closing = "HTTP/1.1 204 -\r\nConnection: close\r\n\r\n".to_owned();
    let other = Receiver::saying(closing.clone()).await;
    let port = other.address.port();
    let own = Receiver::saying_at(&format!("127.0.0.2:{port}"), closing).await;
    let turning = resolver(&[&["127.0.0.2", "127.0.0.1"], &["127.0.0.2"]]);
    let denied = vec!["127.0.0.2/31".parse().unwrap()];
    let options = PosterOptions { denied, resolver: Some(turning), ..local() };
    let poster = Poster::new(options).unwrap();
    let name = format!("http://localhost:{port}/hooks");
    assert_eq!(send(&poster, &name).await.status, Ok(204), "its other address may be called");
    assert_eq!(send(&poster, &name).await.status, Err(NotSent::NotPublic));
    let refused = send(&poster, &own.url()).await;
    assert_eq!(refused.status, Err(NotSent::NotPublic));
    let connect_timeout = PosterOptions::default().connect_timeout;
    assert_eq!(poster.kept_back(&refused) + refused.elapsed, connect_timeout, "as late as a silent one");
    let silent = Attempt { status: Err(NotSent::Connect), ..refused };
    assert_eq!(poster.kept_back(&silent), Duration::ZERO, "it has taken that long");
    assert_eq!((other.connections(), own.connections()), (1, 0));
    // Only operators know which networks these are, so the URL is one that a tenant may have.
    assert!(poster.target(&own.url()).is_ok());
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_is_not_followed() {
    let other = Receiver::saying(String::new()).await;
    let moved = format!("HTTP/1.1 307 Moved\r\nLocation: {}\r\nContent-Length: 0\r\n\r\n", other.url());
    let receiver = Receiver::saying(moved).await;
    let attempt = post(local(), &receiver.url()).await;
    assert_eq!(attempt.status, Ok(307));
    assert!(!attempt.is_accepted());
    assert_eq!((receiver.connections(), other.connections()), (1, 0));
}

#[tokio::test]
async fn of_an_endless_answer_only_the_beginning_is_read() {
    let sent = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&sent);
    let receiver = Receiver::start(move |mut stream| {
        let count = Arc::clone(&count);
        async move {
            let head = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n";
            let (mut ok, some) = (stream.write_all(head).await.is_ok(), vec![b'x'; 65_536]);
            while ok && count.load(Ordering::SeqCst) < 1_000_000_000 {
                ok = stream.write_all(&some).await.is_ok();
                count.fetch_add(65_536, Ordering::SeqCst);
            }
        }
    })
    .await;
    let attempt = post(local(), &receiver.url()).await;
    assert!(attempt.is_accepted(), "the status decides");
    assert_eq!(attempt.answer, [b'x'; SHOWN]);
    // What the sockets hold comes on top of what was read.
    assert!(sent.load(Ordering::SeqCst) < 100_000_000, "{sent:?}");
}

#[tokio::test]
async fn an_answer_that_trickles_or_never_comes_ends_in_time() {
    let silent = Receiver::start(|stream| async move {
        let _open = stream;
        std::future::pending::<()>().await;
    })
    .await;
    let begun = Instant::now();
    assert_eq!(post(local(), &silent.url()).await.status, Err(NotSent::Timeout));
    let trickling = Receiver::start(|mut stream| async move {
        let mut ok = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n").await.is_ok();
        while ok {
            ok = stream.write_all(b"x").await.is_ok();
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await;
    let attempt = post(local(), &trickling.url()).await;
    assert!(attempt.is_accepted() && attempt.answer.len() < 100, "{attempt:?}");
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn a_connection_that_breaks_or_is_refused_is_no_answer() {
    let closing = Receiver::start(|stream| async move { drop(stream) }).await;
    assert_eq!(post(local(), &closing.url()).await.status, Err(NotSent::Interrupted));
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    assert_eq!(post(local(), &format!("http://{nobody}/")).await.status, Err(NotSent::Connect));
}

#[tokio::test]
async fn a_receiver_can_ask_for_a_pause() {
    let busy = "HTTP/1.1 503 Busy\r\nRetry-After: 17\r\nContent-Length: 0\r\n\r\n".to_owned();
    let attempt = post(local(), &Receiver::saying(busy).await.url()).await;
    assert_eq!((attempt.status, attempt.retry_after), (Ok(503), Some(Duration::from_secs(17))));
    let gone = "HTTP/1.1 410 Gone\r\nRetry-After: 17\r\nContent-Length: 0\r\n\r\n".to_owned();
    let attempt = post(local(), &Receiver::saying(gone).await.url()).await;
    assert!(attempt.is_gone() && attempt.retry_after.is_none(), "{attempt:?}");
}
