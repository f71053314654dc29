//! Dropbox's webhooks: the challenge, and signed notices.

use anyhow::{Context as _, Result};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
    sync::mpsc,
};

use crate::bench::{AMARA, Bench, send};

/// An app's server, which answers each request with what `answer` makes of its first line; returns its address and the requests.
async fn app(answer: fn(&str) -> String) -> Result<(String, mpsc::UnboundedReceiver<String>)> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}/hooks", listener.local_addr()?);
    let (requests, received) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = String::new();
            while !request.contains("\r\n\r\n") || (request.starts_with("POST") && !request.ends_with("}}")) {
                let mut part = vec![0; 4096];
                let read = stream.read(&mut part).await?;
                anyhow::ensure!(read > 0, "the request ends early: {request}");
                request.push_str(std::str::from_utf8(&part[..read])?);
            }
            stream.write_all(answer(request.lines().next().unwrap_or_default()).as_bytes()).await?;
            requests.send(request)?;
        }
        anyhow::Ok(())
    });
    Ok((url, received))
}

/// The challenge in a request line.
fn challenge(line: &str) -> &str {
    line.split_once("?challenge=").and_then(|(_, rest)| rest.split(' ').next()).unwrap_or_default()
}

fn answer(kind: &str, options: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\n{options}Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    )
}

fn right(line: &str) -> String {
    answer("text/plain; charset=utf-8", "X-Content-Type-Options: nosniff\r\n", challenge(line))
}

async fn enter(bench: &Bench, url: &str) -> Result<(u16, Value)> {
    let request = bench.http.put(bench.url("/sim/apps/key/webhook")).json(&json!({ "webhook_uri": url }));
    let answer = send(request).await?;
    Ok((answer.status, answer.json()?))
}

#[tokio::test]
async fn an_address_is_taken_only_if_the_challenge_comes_back_as_dropbox_wants_it() -> Result<()> {
    let bench = Bench::new().await?;
    for (wrong, says) in [
        (
            (|line| answer("text/html", "X-Content-Type-Options: nosniff\r\n", challenge(line)))
                as fn(&str) -> String,
            "text/plain",
        ),
        (|line| answer("text/plain", "", challenge(line)), "nosniff"),
        (|_| answer("text/plain", "X-Content-Type-Options: nosniff\r\n", "other"), "not the challenge"),
        (|_| "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".to_owned(), "200"),
    ] {
        let (url, _requests) = app(wrong).await?;
        let (status, answer) = enter(&bench, &url).await?;
        assert_eq!(status, 400);
        assert!(answer["error"].as_str().is_some_and(|error| error.contains(says)), "{answer}");
    }
    let notify = json!({ "app_key": "key", "account_ids": ["dbid:x"] });
    assert_eq!(send(bench.http.post(bench.url("/sim/notify")).json(&notify)).await?.status, 400);
    let (url, _requests) = app(right).await?;
    assert_eq!(enter(&bench, &url).await?.0, 200);
    Ok(())
}

#[tokio::test]
async fn a_notice_names_accounts_that_have_linked_the_app_and_is_signed() -> Result<()> {
    let bench = Bench::new().await?;
    bench.link().await?;
    let amara = bench.sim.users().into_iter().find(|user| user.email == AMARA).context("no user")?.account_id;
    let (url, mut requests) = app(right).await?;
    assert_eq!(enter(&bench, &url).await?.0, 200);
    requests.recv().await.context("no challenge")?;
    let notify = json!({ "app_key": "key", "account_ids": [amara, "dbid:nobody"] });
    let answer = send(bench.http.post(bench.url("/sim/notify")).json(&notify)).await?;
    assert_eq!(answer.json()?, json!({ "status": 200 }));
    let request = requests.recv().await.context("no notice")?;
    let (head, body) = request.split_once("\r\n\r\n").context("no body")?;
    let notice: Value = serde_json::from_str(body)?;
    assert_eq!(notice["list_folder"]["accounts"], json!([amara]));
    assert!(notice["delta"]["users"][0].is_u64());
    let mac = Hmac::<Sha256>::new_from_slice(b"secret")?.chain_update(body).finalize();
    let signature = format!("x-dropbox-signature: {}", hex::encode(mac.into_bytes()));
    assert!(head.lines().any(|line| line.eq_ignore_ascii_case(&signature)), "{head}");
    bench.sim.disconnect("key", &amara);
    assert!(send(bench.http.post(bench.url("/sim/notify")).json(&notify)).await?.text.contains("linked"));
    Ok(())
}
