//! Waits on a port of this machine for the browser that comes back from the identity provider (RFC 8252, 7.3).

use std::io;
use std::net::Ipv4Addr;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use url::Url;

use crate::text::sanitize;

/// The longest request line and headers that are read, in bytes.
const LONGEST_REQUEST: usize = 16 * 1024;
/// How long one connection may take.
const CONNECTION_TIME: Duration = Duration::from_secs(5);
/// The most connections of browsers at once.
const MOST_CONNECTIONS: usize = 16;
const CALLBACK_PATH: &str = "/callback";

/// A port that is open for one login.
pub(super) struct Loopback {
    listener: TcpListener,
    address: String,
}

/// What the browser brought.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Returned {
    /// The code, which only the server can exchange; empty with an error.
    pub(super) code: String,
    /// The issuer, if it says who it is.
    pub(super) iss: Option<String>,
    /// Why the browser has brought no code back.
    pub(super) error: Option<String>,
}

impl Loopback {
    /// Opens any free port, for this machine only.
    pub(super) async fn open() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = format!("http://{}{CALLBACK_PATH}", listener.local_addr()?);
        Ok(Self { listener, address })
    }

    /// The address for the identity provider.
    pub(super) fn address(&self) -> &str {
        &self.address
    }

    /// Waits for the browser with this state, and closes the port. Whatever else comes is answered and changes nothing.
    pub(super) async fn wait(self, state: &str) -> io::Result<Returned> {
        // Browsers open connections in advance that say nothing, and those do not hold up the others.
        let mut open = FuturesUnordered::new();
        loop {
            tokio::select! {
                accepted = self.listener.accept(), if open.len() < MOST_CONNECTIONS => {
                    open.push(timeout(CONNECTION_TIME, self.answer_browser(accepted?.0, state)));
                }
                answered = open.next(), if !open.is_empty() => {
                    if let Some(Ok(Ok(Some(returned)))) = answered {
                        return Ok(returned);
                    }
                }
            }
        }
    }

    async fn answer_browser(&self, mut stream: TcpStream, state: &str) -> io::Result<Option<Returned>> {
        let head = read_head(&mut stream).await?;
        let returned = self.read(&head, state);
        let (status, text) = match &returned {
            Some(Returned { error: None, .. }) => (
                "200 OK",
                "The login has reached Bowline. You can close this window and go back to the terminal.",
            ),
            Some(_) => {
                ("200 OK", "The login was not completed. The terminal says why. You can close this window.")
            }
            None => ("404 Not Found", "There is nothing here."),
        };
        let page = format!(
            "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Bowline</title><p>{text}</p></html>\n"
        );
        let answer = format!(
            "HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\nConnection: close\r\n\
             Cache-Control: no-store\r\nReferrer-Policy: no-referrer\r\nX-Content-Type-Options: nosniff\r\n\
             Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n\r\n{page}",
            page.len()
        );
        // The login counts even if the browser does not wait for the page.
        let _ = stream.write_all(answer.as_bytes()).await;
        let _ = stream.shutdown().await;
        Ok(returned)
    }

    /// What the request brings, if it is the browser with this state that calls this address.
    fn read(&self, head: &str, state: &str) -> Option<Returned> {
        let mut lines = head.split("\r\n");
        let target = lines.next()?.strip_prefix("GET ")?.strip_suffix(" HTTP/1.1")?;
        // A page of another name that resolves to this machine is not ours.
        let host = lines.find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("host").then(|| value.trim())
        });
        let own = self.address.strip_prefix("http://")?.strip_suffix(CALLBACK_PATH)?;
        if host != Some(own) || !target.starts_with('/') {
            return None;
        }
        let url =
            Url::parse(&format!("http://{own}{target}")).ok().filter(|url| url.path() == CALLBACK_PATH)?;
        let one = |name: &str| {
            let mut found =
                url.query_pairs().filter(|(key, _)| key == name).map(|(_, value)| value.into_owned());
            found.next().filter(|_| found.next().is_none())
        };
        if one("state").as_deref() != Some(state) {
            return None;
        }
        let error = one("error").map(|error| sanitize(&error).chars().take(64).collect());
        let code = one("code").unwrap_or_default();
        (error.is_some() || !code.is_empty()).then(|| Returned { code, iss: one("iss"), error })
    }
}

/// The state that the login page's address carries, which comes back.
pub(super) fn state_of(url: &str) -> Option<String> {
    let url = Url::parse(url).ok()?;
    url.query_pairs().find(|(name, _)| name == "state").map(|(_, value)| value.into_owned())
}

/// Reads up to the end of the headers.
async fn read_head(stream: &mut TcpStream) -> io::Result<String> {
    let mut head = Vec::new();
    let mut chunk = [0; 1024];
    while head.len() < LONGEST_REQUEST && !head.windows(4).any(|four| four == b"\r\n\r\n") {
        let read = stream.read(&mut chunk).await?;
        if read == 0 {
            break;
        }
        head.extend_from_slice(chunk.get(..read).unwrap_or_default());
    }
    Ok(String::from_utf8_lossy(&head).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn call_loopback(address: &str, request: &str) -> String {
        let at = address.strip_prefix("http://").unwrap().strip_suffix(CALLBACK_PATH).unwrap();
        let mut stream = TcpStream::connect(at).await.unwrap();
        stream.write_all(request.replace("HOST", at).as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    }

    #[tokio::test]
    async fn only_the_browser_with_the_right_state_ends_the_wait() {
        let loopback = Loopback::open().await.unwrap();
        let address = loopback.address().to_owned();
        let waiting = tokio::spawn(async move { loopback.wait("s1").await.unwrap() });
        let get = |target: &str| format!("GET {target} HTTP/1.1\r\nHost: HOST\r\n\r\n");
        for (what, request) in [
            ("another path", get("/favicon.ico?state=s1&code=x")),
            ("no state", get("/callback?code=x")),
            ("another state", get("/callback?state=s2&code=x")),
            ("two states", get("/callback?state=s1&state=s1&code=x")),
            ("neither code nor error", get("/callback?state=s1")),
            ("another method", get("/callback?state=s1&code=x").replace("GET", "POST")),
            ("another host", get("/callback?state=s1&code=x").replace("HOST", "evil.example")),
            ("no request", "\r\n\r\n".to_owned()),
        ] {
            assert!(call_loopback(&address, &request).await.starts_with("HTTP/1.1 404"), "{what}");
            assert!(!waiting.is_finished(), "{what}");
        }
        let page = call_loopback(&address, &get("/callback?code=c%201&state=s1&iss=https%3A%2F%2Fidp")).await;
        assert!(page.starts_with("HTTP/1.1 200") && page.contains("close this window"), "{page}");
        assert!(!page.contains("c 1") && !page.contains("s1"), "{page}");
        let expected = Returned { code: "c 1".into(), iss: Some("https://idp".into()), error: None };
        assert_eq!(waiting.await.unwrap(), expected);
    }

    #[tokio::test]
    async fn connections_that_say_nothing_hold_up_nobody() {
        let loopback = Loopback::open().await.unwrap();
        let address = loopback.address().to_owned();
        let at = address.strip_prefix("http://").unwrap().strip_suffix(CALLBACK_PATH).unwrap();
        // More would fill all places until one of them has taken too long.
        let mut silent = Vec::new();
        for _ in 1..MOST_CONNECTIONS {
            silent.push(TcpStream::connect(at).await.unwrap());
        }
        let waiting = tokio::spawn(async move { loopback.wait("s1").await.unwrap() });
        let target = "/callback?code=c1&state=s1";
        let request = format!("GET {target} HTTP/1.1\r\nHost: HOST\r\n\r\n");
        timeout(CONNECTION_TIME / 2, call_loopback(&address, &request)).await.expect("an answer at once");
        assert_eq!(waiting.await.unwrap().code, "c1");
        drop(silent);
    }

    #[tokio::test]
    async fn two_logins_at_once_have_a_port_each_and_take_only_what_is_theirs() {
        let (one, other) = (Loopback::open().await.unwrap(), Loopback::open().await.unwrap());
        assert_ne!(one.address(), other.address());
        let address = other.address().to_owned();
        let waiting = tokio::spawn(async move { other.wait("s2").await.unwrap() });
        let get = |target: &str| format!("GET {target} HTTP/1.1\r\nHost: HOST\r\n\r\n");
        assert!(
            call_loopback(&address, &get("/callback?code=c1&state=s1")).await.starts_with("HTTP/1.1 404")
        );
        assert!(
            call_loopback(&address, &get("/callback?code=c2&state=s2")).await.starts_with("HTTP/1.1 200")
        );
        assert_eq!(waiting.await.unwrap().code, "c2");
        drop(one);
    }

    #[tokio::test]
    async fn an_error_of_the_identity_provider_is_told_without_its_control_characters() {
        let loopback = Loopback::open().await.unwrap();
        let address = loopback.address().to_owned();
        let waiting = tokio::spawn(async move { loopback.wait("s1").await.unwrap() });
        let target = "/callback?error=access%1b%5bdenied&state=s1";
        call_loopback(&address, &format!("GET {target} HTTP/1.1\r\nHost: HOST\r\n\r\n")).await;
        let error = waiting.await.unwrap().error.unwrap();
        assert!(error.starts_with("access") && !error.contains('\u{1b}'), "{error:?}");
    }
}
