//! What the client sends and repeats, over real connections.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail the test that calls them")]

use std::time::Duration;

use bowline_client::{Bowline, Code, Error, Retries};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

const TOKEN: &str = r#"{"access_token":"sl.u.x","token_type":"bearer","scopes":[],"account_id":"acct_01h455vb4pex5vsknk084sn02q","provider_account_id":"dbid:1"}"#;

/// An answer with this first line, these further headers and this body.
fn answer(first: &str, headers: &str, body: &str) -> String {
    format!("HTTP/1.1 {first}\r\nconnection: close\r\n{headers}content-length: {}\r\n\r\n{body}", body.len())
}

fn token() -> String {
    answer("200 OK", "content-type: application/json; charset=utf-8\r\n", TOKEN)
}

fn refusal(first: &str, headers: &str, code: &str) -> String {
    let headers = format!("content-type: application/problem+json\r\n{headers}");
    answer(first, &headers, &format!(r#"{{"code":"{code}","detail":"why","request_id":"r1"}}"#))
}

/// Answers one connection after another with these bytes, the first of which may be none. Returns the heads of all requests.
async fn server(answers: Vec<String>) -> (Bowline, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let serving = tokio::spawn(async move {
        let mut heads = Vec::new();
        for answer in answers {
            let (stream, _) = listener.accept().await.unwrap();
            let mut stream = BufReader::new(stream);
            let mut head = String::new();
            while !head.ends_with("\r\n\r\n") {
                assert!(stream.read_line(&mut head).await.unwrap() > 0, "the request has no end: {head}");
            }
            let length = header(&head, "content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
            stream.read_exact(&mut vec![0; length]).await.unwrap();
            stream.write_all(answer.as_bytes()).await.unwrap();
            stream.shutdown().await.unwrap();
            heads.push(head);
        }
        heads
    });
    let builder = Bowline::builder(&url, "bwl_sk_x").http(reqwest::ClientBuilder::no_proxy);
    (builder.retries(Retries { attempts: 3, patience: Duration::from_secs(5) }).build().unwrap(), serving)
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines()
        .filter_map(|line| line.split_once(':'))
        .find_map(|(known, value)| known.eq_ignore_ascii_case(name).then(|| value.trim()))
}

#[tokio::test]
async fn a_lost_answer_and_a_pause_are_followed_by_the_same_call_with_the_same_key() {
    let limited = refusal("429 Too Many Requests", "retry-after: 0\r\n", "rate_limited");
    let (bowline, serving) = server(vec![String::new(), limited, token()]).await;
    let token = bowline.token("ada/β").await.unwrap();
    assert_eq!(token.access_token, "sl.u.x");
    let heads = serving.await.unwrap();
    let keys: Vec<_> = heads.iter().map(|head| header(head, "idempotency-key").unwrap()).collect();
    assert!(keys.len() == 3 && keys[0].len() == 36 && keys.iter().all(|key| *key == keys[0]), "{keys:?}");
    for head in &heads {
        assert!(head.starts_with("POST /v1/users/ada%2F%CE%B2/token HTTP/1.1\r\n"), "{head}");
        assert_eq!(header(head, "authorization"), Some("Bearer bwl_sk_x"));
        assert_eq!(header(head, "content-type"), Some("application/json"));
    }
}

#[tokio::test]
async fn each_call_has_a_key_of_its_own_and_a_get_has_none() {
    let page = answer("200 OK", "content-type: application/json\r\n", r#"{"items":[]}"#);
    let (bowline, serving) = server(vec![token(), token(), page]).await;
    bowline.token("ada").await.unwrap();
    bowline.token("ada").await.unwrap();
    assert!(bowline.calls().webhook_endpoints_list().await.unwrap().items.is_empty());
    let heads = serving.await.unwrap();
    let keys: Vec<_> = heads.iter().map(|head| header(head, "idempotency-key")).collect();
    assert!(keys[0].is_some() && keys[1].is_some() && keys[0] != keys[1] && keys[2].is_none(), "{keys:?}");
}

#[tokio::test]
async fn a_refusal_is_not_repeated_and_says_when_to_try_again() {
    let later = refusal("503 Service Unavailable", "retry-after: 30\r\n", "database_unavailable");
    let (bowline, serving) = server(vec![later, refusal("409 Conflict", "", "needs_reauth")]).await;
    let error = bowline.token("ada").await.unwrap_err();
    assert_eq!(error.code(), Some(Code::DatabaseUnavailable));
    assert_eq!(error.refusal().unwrap().retry_after, Some(Duration::from_secs(30)));
    let error = bowline.token("ada").await.unwrap_err();
    assert_eq!(
        (error.code(), error.to_string().as_str()),
        (Some(Code::NeedsReauth), "needs_reauth: why (r1)")
    );
    assert_eq!(serving.await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_proxy_without_a_server_is_asked_again() {
    let page = answer("503 Service Unavailable", "content-type: text/html\r\n", "<h1>503</h1>");
    let (bowline, serving) = server(vec![page.clone(), page.clone(), page]).await;
    let error = bowline.token("ada").await.unwrap_err();
    let refusal = error.refusal().unwrap();
    assert_eq!((refusal.code.as_str(), refusal.status, refusal.request_id.as_str()), ("http_503", 503, ""));
    assert_eq!(serving.await.unwrap().len(), 3);
}

#[tokio::test]
async fn what_is_not_bowline_is_not_believed() {
    let portal = answer("200 OK", "content-type: text/html\r\n", "<h1>Hotel Wi-Fi</h1>");
    let away = answer("302 Found", "location: http://127.0.0.1:9/\r\n", "");
    let other = answer("200 OK", "content-type: application/json\r\n", r#"{"surprise":true}"#);
    let (bowline, serving) = server(vec![portal, away, other]).await;
    for told in ["200 text/html", "302 ", "POST /v1/users/ada/token"] {
        let error = bowline.token("ada").await.unwrap_err();
        assert!(matches!(error, Error::NotUnderstood { .. }) && error.to_string().contains(told), "{error}");
    }
    assert_eq!(serving.await.unwrap().len(), 3, "one attempt for each");
}

#[tokio::test]
async fn nobody_there_is_unreachable() {
    let (bowline, serving) = server(Vec::new()).await;
    serving.await.unwrap();
    let error = bowline.token("ada").await.unwrap_err();
    assert!(matches!(error, Error::Unreachable { .. }), "{error:?}");
    assert!(!format!("{error:?}").contains("bwl_sk_x"), "{error:?}");
}
