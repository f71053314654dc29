//! A server that answers with given bytes, or worse, and keeps what it was asked.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use bowline_provider::{
    AppCredentials, HttpClient, HttpOptions, Protocol,
    dropbox::{Dropbox, Endpoints},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use url::Url;

/// What happens to the next connection, once its request is read.
#[derive(Clone)]
pub(crate) enum Play {
    /// These bytes, then the end.
    Answer(Vec<u8>),
    /// These bytes, then a reset.
    Reset(Vec<u8>),
    /// Nothing, until the client goes.
    Hang,
}

/// The server, and a client of it.
pub(crate) struct Script {
    pub(crate) dropbox: Dropbox,
    pub(crate) origin: String,
    asked: Arc<Mutex<Vec<String>>>,
}

/// An answer with a `Content-Length` that fits.
pub(crate) fn answer(status: u16, content_type: &str, headers: &str, body: &str) -> Play {
    let length = body.len();
    Play::Answer(
        format!(
            "HTTP/1.1 {status} X\r\nContent-Type: {content_type}\r\nContent-Length: {length}\r\n\
             Connection: close\r\n{headers}\r\n{body}"
        )
        .into_bytes(),
    )
}

pub(crate) fn json(status: u16, body: &str) -> Play {
    answer(status, "application/json", "", body)
}

pub(crate) fn app() -> AppCredentials {
    AppCredentials {
        protocol: Protocol::OAuth2,
        app_key: "appkey".to_owned(),
        app_secret: "CANARY_app_secret".into(),
    }
}

impl Script {
    /// Every connection gets `play`.
    pub(crate) async fn new(play: Play) -> Self {
        Self::with_timeout(play, Duration::from_secs(10)).await
    }

    pub(crate) async fn with_timeout(play: Play, total_timeout: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&asked);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, play.clone(), Arc::clone(&log)));
            }
        });
        let dropbox = client(&origin, total_timeout);
        Self { dropbox, origin, asked }
    }

    /// The requests so far, head and body.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

pub(crate) fn client(origin: &str, total_timeout: Duration) -> Dropbox {
    let options = HttpOptions { total_timeout, allow_plain_http: true, ..HttpOptions::default() };
    let origin = Url::parse(origin).unwrap();
    let endpoints = Endpoints::at(&origin, &origin, true).unwrap();
    Dropbox::new(HttpClient::new(&options).unwrap(), endpoints).unwrap()
}

async fn serve(mut stream: TcpStream, play: Play, log: Arc<Mutex<Vec<String>>>) {
    let request = read_request(&mut stream).await;
    log.lock().unwrap().push(request);
    // The client may be gone before all is written, which is some tests' point.
    match play {
        Play::Answer(bytes) => {
            let _ = stream.write_all(&bytes).await;
            let _ = stream.shutdown().await;
        }
        Play::Reset(bytes) => {
            let _ = stream.write_all(&bytes).await;
            let _ = stream.set_zero_linger();
        }
        Play::Hang => {
            let _ = stream.read(&mut [0]).await;
        }
    }
}

async fn read_request(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes);
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .filter_map(|line| line.split_once(": "))
                .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
                .map_or(0, |(_, value)| value.parse().unwrap());
            if body.len() >= length {
                return text.into_owned();
            }
        }
        assert_ne!(stream.read_buf(&mut bytes).await.unwrap(), 0, "cut request");
    }
}
