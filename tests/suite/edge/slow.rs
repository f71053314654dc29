//! Slow request bodies at the server itself, because not every installation uses the proxy of `deploy/`.

use std::net::Ipv4Addr;
use std::time::Duration;

use anyhow::Result;
use bowline_tests::{Operator, Raw, Stack, status_of};
use serde_json::json;

use crate::common::linked_on;

/// A well-formed API key that does not work.
pub(super) async fn dead_key(stack: &Stack) -> Result<String> {
    let add = ["tenant", "add", "--slug", "dead", "--name", "Dead", "--json"];
    stack.command(&add, None).await?;
    let add = ["api-key", "add", "--tenant", "dead", "--name", "dead", "--json"];
    let key = stack.command(&add, None).await?;
    let text = |field: &str| key[field].as_str().unwrap_or_default().to_owned();
    let (id, secret) = (text("id"), text("secret"));
    stack.command(&["api-key", "revoke", "--tenant", "dead", "--key", &id, "--json"], None).await?;
    Ok(secret)
}

fn head(path: &str, credential: &str, length: usize) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {credential}\r\n\
         Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
    )
}

/// All routes for tenant apps that accept a body.
fn routes(account: &str) -> [String; 6] {
    [
        "/v1/tokens".to_owned(),
        format!("/v1/accounts/{account}/token"),
        format!("/v1/accounts/{account}/token/refresh"),
        "/v1/users/user-1/token".to_owned(),
        "/v1/link-sessions".to_owned(),
        "/v1/link-sessions/ls_x/complete".to_owned(),
    ]
}

/// Sends the head and 20,000 bytes of a body; returns the answer.
async fn half_a_body(port: u16, path: &str, credential: &str) -> Result<String> {
    let mut connection = Raw::connect(port, Ipv4Addr::LOCALHOST).await?;
    connection.send(head(path, credential, 65_000)).await?;
    connection.send(" ".repeat(20_000)).await?;
    connection.until_closed().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_waits_for_the_body_of_a_stranger() -> Result<()> {
    // The limit is longer than this test's patience, so a refusal is due to the key.
    let (stack, _, account) =
        linked_on(Stack::builder().setting("BOWLINE_BODY_SECONDS", 60).start().await?).await?;
    let key = dead_key(&stack).await?;
    let session = key.replace("bwl_sk_", "bwl_op_");
    let port = stack.server(0).public_port();
    for path in routes(&account.id.to_string()) {
        for credential in [key.as_str(), "junk"] {
            let answer = half_a_body(port, &path, credential).await?;
            assert_eq!(status_of(&answer), 401, "{path}: {answer}");
        }
    }
    let answer = half_a_body(stack.server(0).internal_port(), "/admin/v1/tenants", &session).await?;
    assert_eq!(status_of(&answer), 401, "{answer}");
    // A body whose declared length is too large is refused immediately as well.
    let mut connection = Raw::connect(port, Ipv4Addr::LOCALHOST).await?;
    connection.send(head("/v1/tokens", &key, 65_537)).await?;
    connection.send(" ".repeat(20_000)).await?;
    assert_eq!(status_of(&connection.until_closed().await?), 401, "only callers with a key learn the reason");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_has_a_time_to_arrive_in() -> Result<()> {
    let (stack, acme, account) =
        linked_on(Stack::builder().setting("BOWLINE_BODY_SECONDS", 1).start().await?).await?;
    let mut olga = Operator::create(&stack, "olga", "admin").await?;
    olga.log_in().await?;
    let port = stack.server(0).public_port();
    let slow = async |port: u16, path: &str, credential: &str| {
        let answer = half_a_body(port, path, credential).await?;
        assert_eq!(status_of(&answer), 408, "{path}: {answer}");
        assert!(
            answer.contains("\"request_timeout\"") && answer.to_lowercase().contains("connection: close"),
            "{answer}"
        );
        anyhow::Ok(())
    };
    for path in routes(&account.id.to_string()) {
        slow(port, &path, &acme.api_key).await?;
    }
    let internal = stack.server(0).internal_port();
    // Login needs no credential, so only the time is limited.
    slow(internal, "/admin/v1/sessions", "").await?;
    slow(internal, "/admin/v1/tenants", olga.session()).await?;
    assert_eq!(acme.token(account.id).await?.account_id, account.id);
    Ok(())
}

/// The server's role cannot look up keys on its own here, so a call that tries fails. Only the lookup of the token path
/// remains.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_that_has_arrived_costs_no_second_verification_of_the_key() -> Result<()> {
    let (stack, acme, account) = linked_on(Stack::start().await?).await?;
    let superuser = stack.database.superuser().await?;
    superuser.batch_execute("REVOKE EXECUTE ON FUNCTION bowline_api_keys FROM bowline_server").await?;
    let body = json!({ "min_ttl": 60 }).to_string();
    let many = json!({ "account_ids": [account.id] }).to_string();
    let one = format!("/v1/accounts/{}/token", account.id);
    for (path, body) in [(one.as_str(), &body), ("/v1/tokens", &many)] {
        let url = format!("{}{path}", stack.public_url());
        let call =
            stack.http().post(url).bearer_auth(&acme.api_key).header("content-type", "application/json");
        assert_eq!(call.body(body.clone()).send().await?.status().as_u16(), 200, "{path}");
        let slow = half_a_body(stack.server(0).public_port(), path, &acme.api_key).await?;
        assert!(status_of(&slow) >= 500, "{path}: {slow}");
    }
    Ok(())
}

/// A slow network is not an attack.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_that_arrives_in_pieces_is_read_if_the_key_is_valid() -> Result<()> {
    let (stack, acme, account) = linked_on(Stack::start().await?).await?;
    let path = format!("/v1/accounts/{}/token", account.id);
    let (first, second) = ("{ \"min_ttl\"  ", ": 60 }");
    let mut connection = Raw::connect(stack.server(0).public_port(), Ipv4Addr::LOCALHOST).await?;
    let head =
        head(&path, &acme.api_key, first.len() + second.len()).replace("Host", "Connection: close\r\nHost");
    connection.send(head + first).await?;
    // By now the wait for an immediate body is over, and the key has been looked up.
    tokio::time::sleep(Duration::from_millis(300)).await;
    connection.send(second).await?;
    let answer = connection.until_closed().await?;
    assert_eq!(status_of(&answer), 200, "{answer}");
    Ok(())
}
