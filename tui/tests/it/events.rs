//! Events: what the command prints, and what the terminal client asks for because of them.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::thread::spawn;

use bowline::app::{Msg, Streaming};
use bowline::client::{News, Request};
use bowline_api::admin::AuditEvent;

use crate::faults::calls;
use crate::fixtures::{account_id, event};
use crate::operator::Story;
use crate::screens::frame_text;

/// An event about this account.
fn about(n: u64) -> AuditEvent {
    AuditEvent {
        subject: Some(account_id(n).to_string()),
        ..event(n, "account.revoked", &serde_json::json!({}))
    }
}

fn news(events: impl IntoIterator<Item = AuditEvent>) -> Msg {
    let mut news = News::default();
    events.into_iter().for_each(|event| news.add(&event));
    Msg::News(news)
}

fn lists(story: &Story) -> usize {
    calls(story, |request| matches!(request, Request::Accounts(..)))
}

#[test]
fn what_happens_to_accounts_that_are_shown_is_asked_for_at_most_once_a_second() {
    let mut story = Story::settled();
    assert_eq!(story.subscribed, 1, "one stream, once somebody is logged in");
    story.tell(Msg::Streaming(Streaming::On));
    let before = lists(&story);
    story.later(5_000);
    story.tell(news([about(20_000)]));
    assert_eq!(lists(&story), before, "an account that is not shown");
    for n in 0..1_000 {
        story.tell(news([about(n)]));
    }
    assert_eq!(lists(&story), before + 1);
    story.settle();
    story.tell(news([about(3)]));
    assert_eq!(lists(&story), before + 1);
    story.later(1_000);
    assert_eq!(lists(&story), before + 2);
    story.settle();
    // More than can be told one by one concern everything.
    story.tell(news((10_000..11_000).map(about)));
    story.later(1_000);
    assert_eq!(lists(&story), before + 3);
}

#[test]
fn an_accounts_page_follows_what_happens_to_it() {
    let mut story = Story::settled();
    story.press("enter");
    story.settle();
    let pages = |story: &Story| calls(story, |request| matches!(request, Request::Account(_)));
    let before = pages(&story);
    story.tell(Msg::Streaming(Streaming::On));
    story.later(2_000);
    story.tell(news([about(1)]));
    assert_eq!(pages(&story), before, "another account");
    story.tell(news([about(0)]));
    assert_eq!(pages(&story), before + 1);
    // Somebody must be there: calls keep the session from ending.
    story.settle();
    story.later(700_000);
    story.tell(news([about(0)]));
    assert_eq!(pages(&story), before + 1);
}

#[test]
fn a_followed_log_is_polled_only_where_nothing_is_told() {
    let mut story = Story::settled();
    story.press("3");
    story.settle();
    story.press("f");
    story.settle();
    let pages = |story: &Story| calls(story, |request| matches!(request, Request::Audit(..)));
    story.tell(Msg::Streaming(Streaming::On));
    story.later(5_000);
    story.settle();
    let before = pages(&story);
    story.later(60_000);
    assert_eq!(pages(&story), before, "nothing happens");
    assert!(frame_text(&story).contains("● following"), "{}", frame_text(&story));
    assert!(!frame_text(&story).contains("every 2 s"), "{}", frame_text(&story));
    story.tell(news([about(7)]));
    assert_eq!(pages(&story), before + 1);
    story.settle();
    // An older server has no events.
    story.tell(Msg::Streaming(Streaming::Absent));
    assert!(frame_text(&story).contains("every 2 s"), "{}", frame_text(&story));
    story.later(2_000);
    assert_eq!(pages(&story), before + 2);
}

#[test]
fn a_session_that_ends_is_noticed_at_once() {
    let mut story = Story::settled();
    let asked = story.asked.len();
    story.tell(Msg::Streaming(Streaming::Ended));
    assert!(matches!(story.asked[asked..], [Request::WhoAmI]), "{:?}", &story.asked[asked..]);
}

/// Answers the next request with what `say` writes, and returns its first line.
fn answer(listener: &TcpListener, kind: &str, say: impl FnOnce(&mut TcpStream)) -> String {
    let (mut stream, _) = listener.accept().unwrap();
    let mut lines = BufReader::new(stream.try_clone().unwrap()).lines().map(|line| line.unwrap());
    let first = lines.next().unwrap();
    while !lines.next().unwrap().is_empty() {}
    write!(stream, "HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nConnection: close\r\n\r\n").unwrap();
    say(&mut stream);
    first
}

#[test]
fn events_go_on_after_a_broken_connection_and_the_last_id_is_told() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let sent: Vec<_> = (1..=3).map(about).collect();
    let block = |event: &AuditEvent| {
        let data = serde_json::to_string(event).unwrap();
        format!("event:audit\nid:{}\ndata:{data}\n\n", event.id)
    };
    let (first, rest) = (block(&sent[0]) + &block(&sent[1]), block(&sent[2]));
    let passed = bowline_api::EventId::from(uuid::Uuid::from_u128(99)).to_string();
    let end =
        format!("id:{passed}\n\nevent:end\ndata:{{\"reason\":\"session_ended\",\"detail\":\"log in\"}}\n\n");
    let server = spawn(move || {
        let begun = answer(&listener, "text/event-stream", |stream| {
            write!(stream, "retry:2000\nevent:ready\ndata:{{}}\n\n:\n\n{first}event:au").unwrap();
        });
        let resumed = answer(&listener, "text/event-stream", |stream| write!(stream, "{rest}{end}").unwrap());
        (begun, resumed)
    });
    let machine = tempfile::tempdir().unwrap();
    let dirs = bowline::config::Dirs::find(Some(machine.path())).unwrap();
    let session = bowline::config::Session {
        server: url.clone(),
        name: "ops-1".to_owned(),
        token: "bwl_op_CANARY".to_owned().into(),
        expires_at: "2099-01-01T00:00:00Z".parse().unwrap(),
    };
    let context = url.trim_start_matches("http://").replace(':', "-");
    bowline::config::save(&dirs, bowline::config::SessionStore::File, &context, &session).unwrap();
    let out = Command::new(env!("CARGO_BIN_EXE_bowline"))
        .args(["events", "--follow", "--action", "account", "--server", &url, "--context", &context])
        .env("BOWLINE_CONFIG_DIR", machine.path())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let (begun, resumed) = server.join().unwrap();
    let (stdout, stderr) = (String::from_utf8(out.stdout).unwrap(), String::from_utf8(out.stderr).unwrap());
    assert_eq!(out.status.code(), Some(3), "{stderr}");
    assert_eq!(begun, "GET /admin/v1/events?action=account HTTP/1.1");
    assert_eq!(resumed, format!("GET /admin/v1/events?action=account&after={} HTTP/1.1", sent[1].id));
    let printed: Vec<AuditEvent> = stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(printed, sent);
    assert!(stderr.contains(&format!("last event: {passed}")), "{stderr}");
    assert!(!stderr.contains("CANARY"));
}
