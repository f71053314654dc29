//! `GET /v1/events`: the same messages as a stream that can be resumed.

use anyhow::{Context as _, Result};
use bowline_tests::{Person, Stack, StackBuilder, Tenant};
use reqwest::Method;
use serde_json::Value;

use super::{call, told};

/// A stream of server-sent events, line by line.
struct Stream {
    response: reqwest::Response,
    text: String,
}

impl Stream {
    async fn open(tenant: &Tenant, http: &reqwest::Client, after: Option<&str>) -> Result<Self> {
        let mut request = http.get(format!("{}/v1/events", tenant.base())).bearer_auth(&tenant.api_key);
        if let Some(after) = after {
            request = request.header("last-event-id", after);
        }
        Ok(Self { response: request.send().await?.error_for_status()?, text: String::new() })
    }

    /// Type, id and data of the next event; comments are skipped.
    async fn next(&mut self) -> Result<(String, String, Value)> {
        loop {
            while let Some((block, rest)) = self.text.split_once("\n\n") {
                let field = |name: &str| {
                    let lines = block.lines().filter_map(|line| line.strip_prefix(name));
                    lines.map(|value| value.trim_start().to_owned()).collect::<String>()
                };
                let (kind, id, data) = (field("event:"), field("id:"), field("data:"));
                self.text = String::from(rest);
                if !kind.is_empty() {
                    return Ok((kind, id, serde_json::from_str(&data)?));
                }
            }
            let chunk = self.response.chunk().await?.context("the stream has ended")?;
            self.text.push_str(std::str::from_utf8(&chunk)?);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_tells_what_webhooks_tell_and_goes_on_after_the_last_id() -> Result<()> {
    let (stack, acme, receiver, _) = told().await?;
    let mut stream = Stream::open(&acme, &stack.http(), None).await?;
    let (ready, beginning, _) = stream.next().await?;
    assert_eq!(ready, "ready");
    Person::new(&stack, "amara@example.com").links(&stack, &acme, "user-1").await?;
    let mut seen = Vec::new();
    while seen
        .last()
        .is_none_or(|(_, _, body): &(String, String, Value)| body["type"] != "link_session.completed")
    {
        seen.push(stream.next().await?);
    }
    receiver.gets(seen.len(), |_| true).await?;
    for (kind, id, body) in &seen {
        assert_eq!(kind, "event");
        let message = receiver.received().into_iter().find(|one| one.id == *id).context("not delivered")?;
        assert_eq!(message.body, *body);
    }
    // A client that was interrupted before the first event misses none either.
    for (after, expected) in [(&seen[0].1, &seen[1..]), (&beginning, &seen[..])] {
        let mut again = Stream::open(&acme, &stack.http(), Some(after)).await?;
        for expected in expected {
            assert_eq!(again.next().await?, *expected);
        }
        assert_eq!(again.next().await?.0, "ready");
    }
    let mut unknown = Stream::open(&acme, &stack.http(), Some("nonsense")).await?;
    assert_eq!((unknown.next().await?.0, unknown.next().await?.0), ("gap".to_owned(), "ready".to_owned()));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_shows_nothing_of_another_tenant() -> Result<()> {
    let (stack, acme, receiver, new) = told().await?;
    let other = Tenant::create(&stack, "other").await?;
    call(&acme, Method::POST, new.endpoint.id, "/test", None).await?;
    let theirs = receiver.gets_a("endpoint.test").await?;
    let mut stream = Stream::open(&other, &stack.http(), Some(&theirs.id)).await?;
    assert_eq!(stream.next().await?.0, "gap", "another tenant's id is unknown");
    assert_eq!(stream.next().await?.0, "ready");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn streams_are_limited_for_one_tenant_and_for_all_apart_from_calls_that_wait() -> Result<()> {
    let limits = [("TENANT_STREAMS", 2), ("ALL_TENANT_STREAMS", 3), ("TENANT_WAITS", 1)];
    let limited = |builder: StackBuilder, (name, most): (&str, usize)| {
        builder.setting(&format!("BOWLINE_LIMITS__{name}"), most)
    };
    let stack = limits.into_iter().fold(Stack::builder(), limited).start().await?;
    let (acme, other) = (Tenant::create(&stack, "acme").await?, Tenant::create(&stack, "other").await?);
    let mut open = Vec::new();
    for tenant in [&acme, &other, &acme] {
        let mut stream = Stream::open(tenant, &stack.http(), None).await?;
        assert_eq!(stream.next().await?.0, "ready");
        open.push(stream);
    }
    for (tenant, why) in
        [(&acme, "you have as many streams"), (&other, "all streams of events that this server allows")]
    {
        let refused = tenant.call(Method::GET, "/v1/events", None).await?;
        assert_eq!(refused.refusal(), (429, "rate_limited".to_owned()));
        assert_eq!(refused.header("retry-after"), "5");
        assert!(refused.text().contains(why), "{}", refused.text());
    }
    Ok(())
}
