//! The edge proxy of `deploy/`: Debian's HAProxy with the file that users are given.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::Context as _;
use tokio::process::{Child, Command};

use crate::ports::free_port;
use crate::{Server, Stack, StackBuilder, until};

/// A running HAProxy in front of a stack's servers; dropping it ends it.
#[derive(Debug)]
pub struct Edge {
    port: u16,
    log: PathBuf,
    child: Option<Child>,
}

impl Edge {
    /// A proxy that is not started yet, because the servers must know its address before they start.
    pub fn reserve() -> anyhow::Result<Self> {
        Ok(Self { port: free_port()?, log: PathBuf::new(), child: None })
    }

    /// The port that it listens on.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The origin at which end users and tenants call the service.
    pub fn url(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    /// Starts it in front of the first three servers of `stack`, as many as there are, and waits until it listens.
    pub async fn start(&mut self, stack: &Stack) -> anyhow::Result<()> {
        let configuration = deployed("haproxy.cfg");
        self.log = stack.directory().join("haproxy.log");
        let log = std::fs::File::create(&self.log)?;
        // Debian's own file configures the log; this replaces it. One thread, because HAProxy drops a line for stderr when
        // two threads write at once for longer than a few attempts (`fd_write_frag_line`), and tests count the lines.
        let to_stderr = stack.directory().join("haproxy-log.cfg");
        std::fs::write(&to_stderr, "global\n    nbthread 1\n    log stderr format raw daemon debug\n")?;
        let mut command = bowline_postgres::tied_to_parent("KILL", Path::new("haproxy"));
        command
            .arg("-db")
            .arg("-f")
            .arg(to_stderr)
            .arg("-f")
            .arg(configuration)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log);
        command.env("BOWLINE_EDGE", format!("127.0.0.1:{}", self.port));
        // All calls of a test come from one address.
        command.env("BOWLINE_EDGE_REQUESTS", "1000000").env("BOWLINE_EDGE_CONNECTIONS", "10000");
        for (number, name) in ["ONE", "TWO", "THREE"].into_iter().enumerate() {
            if number >= stack.replicas() {
                // Nothing listens at this address.
                command
                    .env(format!("BOWLINE_{name}"), "127.0.0.1:9")
                    .env(format!("BOWLINE_{name}_CHECK"), "9");
                continue;
            }
            let server = stack.server(number);
            command.env(format!("BOWLINE_{name}"), format!("127.0.0.1:{}", server.public_port()));
            command.env(format!("BOWLINE_{name}_CHECK"), server.internal_port().to_string());
        }
        self.child = Some(Command::from(command).kill_on_drop(true).spawn().context("cannot start haproxy")?);
        let up = until("HAProxy to listen", async || {
            tokio::net::TcpStream::connect(("127.0.0.1", self.port)).await.ok().map(drop)
        });
        up.await.with_context(|| self.log())
    }

    /// What it has logged.
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Waits until `server` is ready again and HAProxy has noticed, so that the server gets a request.
    pub async fn sends_to(&self, http: &reqwest::Client, server: &Server) -> anyhow::Result<()> {
        let marker = format!("/v1/link-sessions/{}", self.port);
        let seen = || server.log().matches("\"listener\":\"public\"").count();
        let before = seen();
        until("HAProxy to send requests to the server", async || {
            let _ = http.get(format!("{}{marker}", self.url())).send().await;
            (seen() > before).then_some(())
        })
        .await
    }
}

impl StackBuilder {
    /// Callers use the address of `edge`, which is listed as a trusted proxy, as in production.
    #[must_use]
    pub fn behind(self, edge: &Edge) -> Self {
        self.setting("BOWLINE_PUBLIC_URL", edge.url()).setting("BOWLINE_TRUSTED_PROXIES", r#"["127.0.0.1"]"#)
    }
}

/// A file of `deploy/`.
pub(crate) fn deployed(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy").join(name)
}
