//! Connections that fail, hang, break, flood or are redirected.

use std::time::Duration;

use crate::support::{Play, Script, answer, app, client, json};
use bowline_provider::{
    Failure, HttpClient, HttpOptions, HttpSetupError, Malformed, TransientKind,
    dropbox::{Dropbox, EndpointError, Endpoints},
};
use tokio::net::TcpListener;
use url::Url;

async fn refresh(dropbox: &Dropbox) -> Failure {
    dropbox.refresh(&app(), &"CANARY_r".into()).await.unwrap_err()
}

fn kind_of(failure: &Failure) -> TransientKind {
    match failure {
        Failure::Transient { kind, .. } => *kind,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_refused_connection_sent_nothing() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let failure = refresh(&client(&origin, Duration::from_secs(10))).await;
    assert_eq!((kind_of(&failure), failure.sent()), (TransientKind::Connect, false));
}

#[tokio::test]
async fn a_hanging_answer_ends_in_time() {
    let script = Script::with_timeout(Play::Hang, Duration::from_millis(200)).await;
    let failure = refresh(&script.dropbox).await;
    assert_eq!((kind_of(&failure), failure.sent()), (TransientKind::Timeout, true));
    assert_eq!(script.asked().len(), 1);
}

#[tokio::test]
async fn a_broken_connection_is_not_tried_again() {
    let cut = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 80\r\n\r\n{\"acc";
    for play in [
        Play::Reset(Vec::new()),
        Play::Answer(Vec::new()),
        Play::Reset(b"HTTP/1.1 200".to_vec()),
        Play::Answer(cut.to_vec()),
        Play::Answer(b"not http at all\r\n\r\n".to_vec()),
    ] {
        let script = Script::new(play).await;
        let failure = refresh(&script.dropbox).await;
        assert_eq!((kind_of(&failure), failure.sent()), (TransientKind::Interrupted, true));
        assert_eq!(script.asked().len(), 1);
    }
}

#[tokio::test]
async fn a_body_is_read_up_to_the_limit() {
    let body = format!("\"{}\"", "x".repeat(64 * 1024));
    let script = Script::new(json(200, &body)).await;
    let failure = refresh(&script.dropbox).await;
    assert!(matches!(failure, Failure::Malformed { what: Malformed::TooLarge, .. }), "{failure:?}");
    // An error's size does not change what its status says.
    let script = Script::new(json(400, &body)).await;
    assert_eq!(kind_of(&refresh(&script.dropbox).await), TransientKind::Status(400));

    let padded = |padding: usize| {
        let padding = "x".repeat(padding);
        format!(r#"{{"access_token":"a","token_type":"bearer","expires_in":9,"x":"{padding}"}}"#)
    };
    let fits = padded(64 * 1024 - padded(0).len());
    assert_eq!(fits.len(), 64 * 1024);
    let script = Script::new(json(200, &fits)).await;
    assert!(script.dropbox.refresh(&app(), &"r".into()).await.is_ok());
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    for status in [301, 302, 303, 307, 308] {
        let script = Script::new(answer(status, "text/html", "Location: /elsewhere\r\n", "")).await;
        assert_eq!(kind_of(&refresh(&script.dropbox).await), TransientKind::Status(status));
        assert_eq!(script.asked().len(), 1);
    }
}

#[tokio::test]
async fn a_rate_limit_says_how_long_to_wait() {
    let date = "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n";
    for (header, expected) in [
        ("Retry-After: 7\r\n", Some(7)),
        ("Retry-After: 99999999\r\n", Some(3600)),
        ("Retry-After: Sun, 06 Nov 1994 08:49:42 GMT\r\n", Some(5)),
        ("Retry-After: soon\r\n", None),
        ("", None),
    ] {
        for (status, kind) in [(429, TransientKind::RateLimited), (503, TransientKind::Status(503))] {
            let headers = format!("{date}{header}");
            let script = Script::new(answer(status, "text/plain", &headers, "slow down")).await;
            let failure = refresh(&script.dropbox).await;
            assert_eq!(kind_of(&failure), kind);
            assert_eq!(failure.retry_after(), expected.map(Duration::from_secs), "{header}");
        }
    }
}

#[test]
fn plain_http_and_foreign_hosts_need_the_switch() {
    let url = |text| Url::parse(text).unwrap();
    let http = HttpClient::new(&HttpOptions::default()).unwrap();
    assert!(Dropbox::new(http.clone(), Endpoints::dropbox().unwrap()).is_ok());
    let plain = Endpoints::at(&url("http://127.0.0.1:1"), &url("http://127.0.0.1:1"), true).unwrap();
    assert_eq!(Dropbox::new(http, plain).err(), Some(EndpointError::Scheme));

    let (web, api) = (url("https://www.dropbox.com"), url("https://api.dropboxapi.com"));
    assert_eq!(Endpoints::at(&web, &api, false), Endpoints::dropbox());
    for foreign in ["https://www.dropbox.com.evil", "http://www.dropbox.com", "https://www.dropbox.com:444"] {
        assert_eq!(Endpoints::at(&url(foreign), &api, false), Err(EndpointError::Foreign), "{foreign}");
    }
    for bad in
        ["https://a@www.dropbox.com", "https://www.dropbox.com/x", "https://www.dropbox.com?x", "ftp://x"]
    {
        assert_eq!(Endpoints::at(&url(bad), &api, true), Err(EndpointError::NotAnOrigin), "{bad}");
    }
}

#[test]
fn extra_roots_must_be_certificates() {
    for bad in ["", "garbage", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
        let options = HttpOptions { extra_roots: Some(bad.as_bytes().to_vec()), ..HttpOptions::default() };
        assert!(matches!(HttpClient::new(&options), Err(HttpSetupError::ExtraRoots)), "{bad}");
    }
}
