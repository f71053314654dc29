//! A small third-party site on this machine.

use std::sync::Arc;

use anyhow::Result;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// A site that runs until it is dropped.
pub(super) struct Site {
    port: u16,
    serving: JoinHandle<()>,
}

impl Site {
    /// A site that responds to a path with the result of `answer`: see [`page`] and [`redirect`].
    pub(super) async fn start(answer: impl Fn(&str) -> String + Send + Sync + 'static) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        Ok(Self::serve(listener, answer)?)
    }

    /// Like [`Site::start`], on a port that the caller has already bound.
    pub(super) fn serve(
        listener: TcpListener,
        answer: impl Fn(&str) -> String + Send + Sync + 'static,
    ) -> std::io::Result<Self> {
        let port = listener.local_addr()?.port();
        let answer = Arc::new(answer);
        let serving = tokio::spawn(async move {
            while let Ok((mut visitor, _)) = listener.accept().await {
                let answer = Arc::clone(&answer);
                // A browser may open a connection on which it sends nothing for now.
                tokio::spawn(async move {
                    let mut request = [0; 8192];
                    // A client that disconnects gets no answer.
                    let read = visitor.read(&mut request).await.unwrap_or_default();
                    let head = String::from_utf8_lossy(&request[..read]);
                    if let Some(path) = head.split(' ').nth(1) {
                        visitor.write_all(answer(path).as_bytes()).await.unwrap_or_default();
                    }
                });
            }
        });
        Ok(Self { port, serving })
    }

    /// The URL of the site under one of this machine's names; another name is another site.
    pub(super) fn url(&self, host: &str, path: &str) -> String {
        format!("http://{host}:{}{path}", self.port)
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// A response with a page.
pub(super) fn page(html: &str) -> String {
    let length = html.len();
    format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{html}"
    )
}

/// A redirect response.
pub(super) fn redirect(to: &str) -> String {
    format!("HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
}
