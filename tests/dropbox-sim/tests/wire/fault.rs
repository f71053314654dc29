//! Faults on demand: whom they meet, what they do, and what Dropbox has done by then.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use dropbox_sim::{CallState, FaultKind, FaultSpec, Garbage, Operation, Reveal};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::bench::Bench;

const ACCOUNT: &str = "/2/users/get_current_account";
const PATIENCE: Duration = Duration::from_secs(20);

fn status(status: u16) -> FaultKind {
    FaultKind::Status { status, body: None, content_type: None, retry_after: None }
}

#[tokio::test]
async fn a_fault_meets_its_operation_so_many_times() -> Result<()> {
    let bench = Bench::new().await?;
    let (token, refresh_token) = bench.link().await?;
    let fault = FaultSpec::new(status(503)).on(Operation::TokenRefresh).skip(1).times(2);
    let id = bench.sim.set_fault(fault);
    let mut seen = Vec::new();
    for _ in 0..4 {
        seen.push(bench.refresh(&refresh_token).await?.status);
    }
    assert_eq!(seen, [200, 503, 503, 200]);
    assert_eq!(bench.call(ACCOUNT, &token).await?.status, 200);
    assert_eq!(bench.sim.faults()[0].hits, 2);
    let struck = bench.sim.calls().into_iter().filter(|call| call.fault == Some(id)).count();
    assert_eq!(struck, 2);
    Ok(())
}

#[tokio::test]
async fn a_fault_can_be_for_one_app_or_one_account() -> Result<()> {
    let bench = Bench::new().await?;
    let (token, refresh_token) = bench.link().await?;
    let account_id = bench.sim.grants(Reveal::No)[0].account_id.clone();
    bench.sim.set_fault(FaultSpec::new(status(500)).app("other"));
    bench.sim.set_fault(FaultSpec::new(status(500)).account("dbid:other"));
    assert_eq!(bench.call(ACCOUNT, &token).await?.status, 200);
    bench.sim.set_fault(FaultSpec::new(status(500)).app("key").account(account_id));
    assert_eq!(bench.call(ACCOUNT, &token).await?.status, 500);
    assert_eq!(bench.refresh(&refresh_token).await?.status, 500);
    bench.sim.clear_faults();
    assert_eq!(bench.refresh(&refresh_token).await?.status, 200);
    Ok(())
}

#[tokio::test]
async fn a_field_can_be_replaced_by_bytes_that_are_not_json() -> Result<()> {
    let bench = Bench::new().await?;
    let (token, _) = bench.link().await?;
    let raw = [("name.display_name", "\"Anna \\ud83d\""), ("email_verified", "1e999")];
    let raw = raw.map(|(name, bytes)| (name.to_owned(), bytes.to_owned())).into();
    let fault = FaultKind::Garbage { garbage: Garbage::Raw(raw) };
    bench.sim.set_fault(FaultSpec::new(fault).on(Operation::GetCurrentAccount));
    let answer = bench.call(ACCOUNT, &token).await?;
    assert_eq!(answer.status, 200);
    assert!(answer.text.contains(r#""display_name":"Anna \ud83d""#), "{}", answer.text);
    assert!(
        answer.text.contains(r#""email_verified":1e999"#) && answer.text.contains("surname"),
        "{}",
        answer.text
    );
    Ok(())
}

#[tokio::test]
async fn a_429_says_when_to_come_back() -> Result<()> {
    let bench = Bench::new().await?;
    let (token, _) = bench.link().await?;
    bench.sim.set_fault(FaultSpec::new(FaultKind::RateLimit { retry_after: 7 }));
    let answer = bench.call(ACCOUNT, &token).await?;
    assert_eq!((answer.status, answer.header("retry-after")), (429, Some("7")));
    let error = &answer.json()?["error"];
    assert_eq!(error, &json!({"reason": {".tag": "too_many_requests"}, "retry_after": 7}));
    Ok(())
}

#[tokio::test]
async fn garbage_is_a_200_that_cannot_be_right() -> Result<()> {
    let bench = Bench::new().await?;
    let (_, refresh_token) = bench.link().await?;
    let spoiled = async |garbage: Garbage| {
        bench.sim.clear_faults();
        bench.sim.set_fault(FaultSpec::new(FaultKind::Garbage { garbage }));
        bench.refresh(&refresh_token).await
    };
    let html = spoiled(Garbage::Html).await?;
    assert!(html.header("content-type").is_some_and(|kind| kind.starts_with("text/html")));
    let cut = spoiled(Garbage::CutJson).await?;
    assert!(cut.text.starts_with("{\"access_token\":") && cut.json().is_err());
    let types = spoiled(Garbage::WrongTypes).await?.json()?;
    assert_eq!((&types["access_token"], &types["expires_in"]), (&json!(7), &json!("14400")));
    assert_eq!(spoiled(Garbage::Empty).await?.text, "");
    assert_eq!(spoiled(Garbage::Custom("[1]".to_owned())).await?.text, "[1]");
    let changes = json!({"expires_in": -1, "token_type": null});
    let changes = changes.as_object().context("not an object")?.clone();
    let merged = spoiled(Garbage::Merge(changes)).await?.json()?;
    assert_eq!((&merged["expires_in"], merged.get("token_type")), (&json!(-1), None));
    Ok(())
}

#[tokio::test]
async fn a_status_fault_after_the_operation_leaves_its_grant() -> Result<()> {
    let bench = Bench::new().await?;
    let fault = FaultSpec::new(status(500)).on(Operation::TokenExchange).times(1);
    bench.sim.set_fault(fault.clone());
    let code = bench.code(&[])?;
    assert_eq!(bench.exchange(&code).await?.status, 500);
    assert!(bench.sim.grants(Reveal::No).is_empty(), "before: nothing has happened");
    bench.sim.set_fault(fault.after());
    assert_eq!(bench.exchange(&code).await?.status, 500);
    assert_eq!(bench.sim.grants(Reveal::No).len(), 1, "after: the code is spent");
    assert_eq!(bench.exchange(&code).await?.status, 400);
    Ok(())
}

#[tokio::test]
async fn a_paused_answer_goes_on_when_released() -> Result<()> {
    let bench = std::sync::Arc::new(Bench::new().await?);
    let code = bench.code(&[])?;
    let pause = FaultSpec::new(FaultKind::Pause).on(Operation::TokenExchange).after();
    let id = bench.sim.set_fault(pause);
    let waiting = tokio::spawn({
        let bench = bench.clone();
        async move { bench.exchange(&code).await }
    });
    let parked = bench.sim.wait_for_calls(1, PATIENCE, |call| call.state == CallState::Parked).await;
    assert!(parked && !waiting.is_finished());
    assert_eq!(bench.sim.grants(Reveal::No).len(), 1);
    assert_eq!(bench.sim.calls()[0].grant, Some(1));
    assert!(bench.sim.clear_fault(id));
    assert_eq!(waiting.await??.status, 200);
    Ok(())
}

/// Sends a call by hand, so that the connection is ours to drop.
async fn raw(bench: &Bench, token: &str) -> Result<TcpStream> {
    let address = bench.sim.http_url().replace("http://", "");
    let mut stream = TcpStream::connect(&address).await?;
    let head = format!(
        "POST {ACCOUNT} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\nContent-Length: 0\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await?;
    Ok(stream)
}

#[tokio::test]
async fn a_hung_call_notices_that_the_client_is_gone() -> Result<()> {
    let bench = Bench::new().await?;
    let (token, _) = bench.link().await?;
    bench.sim.set_fault(FaultSpec::new(FaultKind::Hang));
    let stream = raw(&bench, &token).await?;
    assert!(bench.sim.wait_for_calls(1, PATIENCE, |call| call.state == CallState::Parked).await);
    drop(stream);
    assert!(bench.sim.wait_for_calls(1, PATIENCE, |call| call.state == CallState::Abandoned).await);
    Ok(())
}

#[tokio::test]
async fn a_hung_call_is_reset_when_the_fault_is_cleared() -> Result<()> {
    let bench = Bench::new().await?;
    let (token, _) = bench.link().await?;
    bench.sim.set_fault(FaultSpec::new(FaultKind::Hang));
    let mut stream = raw(&bench, &token).await?;
    assert!(bench.sim.wait_for_calls(1, PATIENCE, |call| call.state == CallState::Parked).await);
    bench.sim.clear_faults();
    let mut answer = Vec::new();
    let error = stream.read_to_end(&mut answer).await.err().context("no reset")?;
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
    assert!(answer.is_empty());
    Ok(())
}

#[tokio::test]
async fn a_reset_is_a_reset_over_http_and_tls() -> Result<()> {
    let bench = Bench::new().await?;
    let (token, _) = bench.link().await?;
    bench.sim.set_fault(FaultSpec::new(FaultKind::Reset));
    let mut stream = raw(&bench, &token).await?;
    let mut answer = Vec::new();
    let error = stream.read_to_end(&mut answer).await.err().context("no reset")?;
    assert_eq!((error.kind(), answer.len()), (std::io::ErrorKind::ConnectionReset, 0));

    let request = bench.http.post(format!("{}{ACCOUNT}", bench.sim.https_url()));
    let error = request.bearer_auth(&token).send().await.err().context("an answer came")?;
    assert!(error.is_request() && !error.is_timeout(), "{error:?}");
    let resets = bench.sim.calls().into_iter().filter(|call| call.state == CallState::Reset);
    // A client may try a reset call again by itself.
    assert!(resets.count() >= 2);
    Ok(())
}

#[tokio::test]
async fn a_cut_answer_ends_in_the_middle_of_what_was_announced() -> Result<()> {
    let bench = Bench::new().await?;
    let code = bench.code(&[])?;
    bench.sim.set_fault(FaultSpec::new(FaultKind::Cut { bytes: 10 }));
    let error = bench.exchange(&code).await.err().context("a whole answer came")?;
    let error = error.downcast::<reqwest::Error>()?;
    ensure!(error.is_body() || error.is_decode(), "{error:?}");
    assert_eq!(bench.sim.grants(Reveal::No).len(), 1);
    Ok(())
}

#[tokio::test]
async fn a_delay_carries_on() -> Result<()> {
    let bench = Bench::new().await?;
    let (token, _) = bench.link().await?;
    bench.sim.set_fault(FaultSpec::new(FaultKind::Delay { ms: 50 }).times(1));
    let started = tokio::time::Instant::now();
    assert_eq!(bench.call(ACCOUNT, &token).await?.status, 200);
    assert!(started.elapsed() >= Duration::from_millis(50));
    Ok(())
}

#[tokio::test]
async fn a_dead_grant_and_a_bad_client_speak_dropboxs_words() -> Result<()> {
    let bench = Bench::new().await?;
    let (token, refresh_token) = bench.link().await?;
    bench.sim.set_fault(FaultSpec::new(FaultKind::BadClient).times(1));
    let answer = bench.refresh(&refresh_token).await?;
    assert_eq!(answer.json()?, json!({"error": "invalid_client: Invalid client_id or client_secret"}));
    assert!(bench.sim.grants(Reveal::No)[0].alive);
    bench.sim.set_fault(FaultSpec::new(FaultKind::DeadGrant).times(1));
    let answer = bench.refresh(&refresh_token).await?;
    assert_eq!(answer.json()?["error_description"], "refresh token is invalid or revoked");
    assert!(!bench.sim.grants(Reveal::No)[0].alive);
    assert_eq!(bench.call(ACCOUNT, &token).await?.status, 401);
    Ok(())
}
