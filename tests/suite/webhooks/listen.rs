//! `bowline listen`: a developer's machine gets the same messages, whatever is restarted meanwhile.

use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context as _, Result};
use bowline_api::EventId;
use bowline_api::status::Permission;
use bowline_tests::{Person, Python, Received, Receiver, Stack, Tenant, program, until};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, BufReader};
use tokio::process::{Child, Command};

use super::verify::{PYTHON, run};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// What a program has said so far, line by line.
type Said = Arc<Mutex<Vec<String>>>;

/// A running `bowline listen`.
struct Listen {
    child: Child,
    out: Said,
    err: Said,
}

fn command(tenant: &Tenant, arguments: &[&str]) -> Result<Command> {
    let mut command = Command::new(program("bowline")?);
    command.args(["listen", "--server", tenant.base()]).args(arguments);
    command.env("BOWLINE_API_KEY", &tenant.api_key).env("BOWLINE_WEBHOOK_SECRET", SECRET);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    Ok(command)
}

impl Listen {
    fn start(tenant: &Tenant, arguments: &[&str]) -> Result<Self> {
        let mut child = command(tenant, arguments)?.spawn()?;
        let out = collected(child.stdout.take().context("no standard output")?);
        let err = collected(child.stderr.take().context("no standard error")?);
        Ok(Self { child, out, err })
    }

    /// Waits until standard error has `times` lines with this text.
    async fn says(&self, text: &str, times: usize) -> Result<()> {
        let said = || lines(&self.err);
        let count = || said().iter().filter(|line| line.contains(text)).count();
        let found = until(text, async || (count() >= times).then_some(())).await;
        found.with_context(|| said().join("\n"))
    }

    /// The events that it has printed, with what became of them.
    fn printed(&self) -> Result<Vec<Value>> {
        lines(&self.out).iter().map(|line| Ok(serde_json::from_str(line)?)).collect()
    }

    async fn interrupted(mut self) -> Result<(ExitStatus, Vec<String>)> {
        let id = self.child.id().context("it has ended")?;
        kill(Pid::from_raw(id.try_into()?), Signal::SIGINT)?;
        let status = self.child.wait().await?;
        until("its last words", async || {
            lines(&self.err).last().filter(|line| line.starts_with("last event")).map(drop)
        })
        .await?;
        Ok((status, lines(&self.err)))
    }
}

fn collected(stream: impl AsyncRead + Unpin + Send + 'static) -> Said {
    let said = Said::default();
    let kept = Arc::clone(&said);
    tokio::spawn(async move {
        let mut stream = BufReader::new(stream).lines();
        while let Ok(Some(line)) = stream.next_line().await {
            kept.lock().unwrap_or_else(PoisonError::into_inner).push(line);
        }
    });
    said
}

fn lines(said: &Said) -> Vec<String> {
    said.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

/// The ids of all events of the only tenant, in order.
async fn all_ids(stack: &Stack) -> Result<Vec<String>> {
    let rows = stack.database.rows("SELECT id FROM webhook_events ORDER BY sequence", &[]).await?;
    Ok(rows.iter().map(|row| EventId::from(row.get::<_, uuid::Uuid>(0)).to_string()).collect())
}

/// A pipe that nobody reads.
fn unread() -> Result<Stdio> {
    let (reader, writer) = std::io::pipe()?;
    drop(reader);
    Ok(writer.into())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_restarted_loses_no_event_for_a_developers_machine() -> Result<()> {
    let mut stack = Stack::start().await?;
    let (acme, receiver) = (Tenant::create(&stack, "acme").await?, Receiver::start().await?);
    let (port, url) = (receiver.port(), receiver.url());
    let listen = Listen::start(&acme, &["--forward-to", &url, "--json"])?;
    listen.says("listening", 1).await?;
    let account = Person::new(&stack, "amara@example.com").links(&stack, &acme, "user-1").await?;
    let linked = receiver.gets_a("account.linked").await?;
    receiver.gets_a("link_session.completed").await?;

    // The app is away. What happens meanwhile waits for it.
    let mut messages = receiver.received();
    drop(receiver);
    acme.revoke(account.id).await?;
    listen.says("does not answer", 1).await?;
    let receiver = Receiver::start_at(port).await?;
    receiver.gets_a("account.revoked").await?;

    // The server is killed. What happens before the stream is back is told afterwards.
    stack.server_mut(0).kill().await?;
    listen.says("connecting again", 1).await?;
    stack.server_mut(0).start().await?;
    Person::new(&stack, "jonas@example.com").links(&stack, &acme, "user-2").await?;
    receiver.gets_a("link_session.completed").await?;
    messages.extend(receiver.received());

    let expected = all_ids(&stack).await?;
    let mut ids: Vec<&str> = messages.iter().map(|one: &Received| &*one.id).collect();
    ids.dedup();
    assert_eq!(ids, expected, "all events in order, and another attempt only at once");
    let printed = until("all to be printed", async || {
        listen.printed().ok().filter(|printed| printed.len() >= expected.len())
    })
    .await?;
    for ((line, id), message) in printed.iter().zip(&expected).zip(&messages) {
        assert_eq!(
            (&line["event"]["id"], &line["forward"]["status"]),
            (&Value::from(&**id), &Value::from(204))
        );
        assert_eq!(message.path, "/hooks");
    }
    let python = Python::with("standardwebhooks>=1.1,<2").await?;
    let mut verifying = python.program("python");
    verifying.arg("-c").arg(PYTHON);
    assert_eq!(run(verifying, &linked.to_verify(SECRET)).await?, "account.linked");

    let (status, said) = listen.interrupted().await?;
    assert_eq!(status.code(), Some(130), "{said:?}");
    let last = expected.last().context("no events")?;
    assert_eq!(said.last(), Some(&format!("last event: {last}")), "{said:?}");
    assert!(!said.join("\n").contains(&acme.api_key) && !said.join("\n").contains(SECRET), "{said:?}");

    // A reader that is gone, and a key that lacks the permission.
    let ended = command(&acme, &["--since", &expected[0]])?.stdout(unread()?).spawn()?;
    let ended = ended.wait_with_output().await?;
    assert_eq!(ended.status.code(), Some(141), "{}", String::from_utf8_lossy(&ended.stderr));
    let others: Vec<_> = Permission::ALL.iter().copied().filter(|one| *one != Permission::Webhooks).collect();
    let poor = acme.permitted(&stack, &others).await?;
    let ended = command(&poor, &[])?.output().await?;
    let said = String::from_utf8_lossy(&ended.stderr);
    assert_eq!(ended.status.code(), Some(4), "{said}");
    assert!(said.contains("it needs the permission webhooks"), "{said}");
    let ended = command(&acme.with_key(format!("{}x", acme.api_key)), &[])?.output().await?;
    let said = String::from_utf8_lossy(&ended.stderr);
    assert_eq!(ended.status.code(), Some(3), "{said}");
    assert!(said.contains("does not accept this API key") && !said.contains(&acme.api_key), "{said}");
    Ok(())
}
