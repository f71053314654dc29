//! `bowline listen` against a server and an app whose every answer the test writes.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Output, Stdio};
use std::thread::spawn;

use serde_json::{Value, from_str, json};

use crate::server::Server;

const KEY: &str = "bwl_sk_01h455vb4pex5vsknk084sn02q_CANARY";

fn command(server: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bowline"));
    command.args(["listen", "--server", server]).args(arguments);
    as_a_developer(&mut command);
    command
}

/// `bowline listen` with these variables alone to say where the server is.
fn in_environment(variables: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bowline"));
    command.arg("listen");
    as_a_developer(&mut command);
    command.envs(variables.iter().copied());
    command
}

fn as_a_developer(command: &mut Command) {
    for variable in ["BOWLINE_SERVER", "BOWLINE_URL", "BOWLINE_WEBHOOK_SECRET"] {
        command.env_remove(variable);
    }
    command.env("BOWLINE_API_KEY", KEY);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
}

fn said(out: &Output) -> (String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (text(&out.stdout), text(&out.stderr))
}

/// Answers the next request with `answer`, and returns its head and its body.
fn serve(listener: &TcpListener, answer: &str) -> (String, String) {
    let (mut stream, _) = listener.accept().unwrap();
    let request = read(&stream);
    write!(stream, "HTTP/1.1 {answer}").unwrap();
    request
}

fn read(stream: &TcpStream) -> (String, String) {
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        assert!(reader.read_line(&mut head).unwrap() > 0, "{head}");
    }
    let head = head.to_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:"));
    let mut body = vec![0; length.map_or(0, |length| length.trim().parse().unwrap())];
    reader.read_exact(&mut body).unwrap();
    (head, String::from_utf8(body).unwrap())
}

fn listener() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    (listener, url)
}

fn id(n: u128) -> String {
    bowline_api::EventId::from(uuid::Uuid::from_u128(n)).to_string()
}

/// The body of an event, and how the stream tells it.
fn event(n: u128, kind: &str) -> (String, String) {
    let data = json!({ "account_id": "acct_1", "link_session_id": "ls_1" });
    let body = json!({ "type": kind, "id": id(n), "timestamp": "2026-11-30T12:00:00Z", "data": data });
    let body = body.to_string();
    let block = format!("event:event\nid:{}\ndata:{body}\n\n", id(n));
    (body, block)
}

const STREAM: &str = "200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n";
const ENDED: &str = "event:end\ndata:{\"reason\":\"key_ended\"}\n\n";

fn ready(n: u128) -> String {
    format!("retry:2000\nid:{}\nevent:ready\ndata:{{}}\n\n:\n\n", id(n))
}

#[test]
fn events_are_passed_on_as_they_came_and_go_on_after_a_broken_connection() {
    let (server, url) = listener();
    let (app, target) = listener();
    let (first, block) = event(1, "account.linked");
    let (unwanted, third) = (event(2, "connector.broken").1, event(3, "link_session.denied"));
    let gap = "event:gap\ndata:{\"detail\":\"some are missing\"}\n\n";
    let begun = format!("{STREAM}{}{block}event:ev", ready(0));
    let resumed = format!("{STREAM}{gap}{}{unwanted}{}{ENDED}", ready(1), third.1);
    let asked = spawn(move || [serve(&server, &begun), serve(&server, &resumed)].map(|(head, _)| head));
    let close = "Content-Length: 2\r\nConnection: close\r\n\r\nno";
    let answers = ["204 X\r\nConnection: close\r\n\r\n".to_owned(), format!("500 X\r\n{close}")];
    let got = spawn(move || answers.map(|answer| serve(&app, &answer)));
    let wanted = ["--events", "account,link_session", "--forward-to", &format!("{target}/hooks"), "--json"];
    let out = command(&url, &wanted).output().unwrap();
    let (lines, remarks) = said(&out);
    assert_eq!(out.status.code(), Some(3), "{remarks}");
    let [begun, resumed] = asked.join().unwrap();
    let bearer = format!("authorization: bearer {}", KEY.to_lowercase());
    assert!(begun.starts_with("get /v1/events http") && begun.contains(&bearer), "{begun}");
    assert!(!begun.contains("last-event-id"), "{begun}");
    assert!(resumed.contains(&format!("last-event-id: {}\r\n", id(1))), "{resumed}");
    let got = got.join().unwrap();
    for ((head, body), (n, expected)) in got.iter().zip([(1, &first), (3, &third.0)]) {
        assert_eq!(body, expected, "byte for byte");
        assert!(head.starts_with("post /hooks http"), "{head}");
        assert!(head.contains(&format!("webhook-id: {}\r\n", id(n))), "{head}");
        assert!(head.contains("webhook-signature: v1,") && head.contains("webhook-timestamp: "), "{head}");
        assert!(!head.contains("canary"), "{head}");
    }
    let lines: Vec<Value> = lines.lines().map(|line| from_str(line).unwrap()).collect();
    let outcomes: Vec<_> =
        lines.iter().map(|line| (&line["event"]["id"], &line["forward"]["status"])).collect();
    assert_eq!(outcomes, [(&json!(id(1)), &json!(204)), (&json!(id(3)), &json!(500))]);
    for remark in [
        "signing secret of this run: whsec_",
        "listening; ctrl-c ends",
        "connecting again",
        "gap: some are missing",
        "listening again",
        "not accepted: 1 of the events",
        &format!("last event: {}", id(3)),
        "does not accept this API key",
    ] {
        assert!(remarks.contains(remark), "{remark}: {remarks}");
    }
    assert!(!remarks.contains("CANARY"), "{remarks}");
}

#[test]
fn an_app_that_is_not_there_is_waited_for() {
    let (server, url) = listener();
    let (target, port) = Server::nobody();
    let stream = format!("{STREAM}{}{}{ENDED}", ready(0), event(1, "account.linked").1);
    let serving = spawn(move || serve(&server, &stream));
    let mut child = command(&url, &["--forward-to", &target]).spawn().unwrap();
    let mut remarks = BufReader::new(child.stderr.take().unwrap()).lines();
    let waits = remarks.find(|line| line.as_ref().unwrap().contains("does not answer")).unwrap().unwrap();
    assert!(waits.contains("account.linked waits for it"), "{waits}");
    let app = TcpListener::bind(("127.0.0.1", port)).unwrap();
    serve(&app, "200 X\r\nContent-Length: 0\r\n\r\n");
    let rest: Vec<_> = remarks.map(|line| line.unwrap()).collect();
    let out = child.wait_with_output().unwrap();
    serving.join().unwrap();
    let line = said(&out).0;
    assert!(line.starts_with("2026-11-30 12:00:00Z  account.linked"), "{line}");
    assert!(
        line.contains("acct_1") && line.contains("✓ 200 in ") && line.contains(", try "),
        "{line} {rest:?}"
    );
}

#[test]
fn the_server_is_the_one_of_this_program_or_else_of_the_app() {
    let ended = || format!("{STREAM}{}{ENDED}", ready(0));
    let (nobody, _) = Server::nobody();
    for other in [None, Some(("BOWLINE_URL", nobody.as_str()))] {
        let (server, url) = listener();
        let serving = spawn(move || serve(&server, &ended()).0);
        let own = if other.is_some() { "BOWLINE_SERVER" } else { "BOWLINE_URL" };
        let variables: Vec<_> = other.into_iter().chain([(own, url.as_str())]).collect();
        let out = in_environment(&variables).output().unwrap();
        assert_eq!(out.status.code(), Some(3), "{variables:?}: {}", said(&out).1);
        assert!(serving.join().unwrap().starts_with("get /v1/events http"), "{variables:?}");
    }
    for variables in [&[("BOWLINE_SERVER", ""), ("BOWLINE_URL", "")][..], &[]] {
        let out = in_environment(variables).output().unwrap();
        let (_, remarks) = said(&out);
        assert_eq!(out.status.code(), Some(2), "{remarks}");
        assert!(remarks.contains("BOWLINE_SERVER, or BOWLINE_URL"), "{remarks}");
    }
}

#[test]
fn what_is_no_api_key_is_not_sent_and_what_is_wrong_is_said() {
    let (server, url) = listener();
    let problem = json!({
        "type": "t", "title": "t", "status": 403, "code": "insufficient_scope", "detail": "d", "request_id": "r"
    })
    .to_string();
    let refusal = format!("403 X\r\nContent-Length: {}\r\n\r\n{problem}", problem.len());
    let serving = spawn(move || serve(&server, &refusal));
    let out = command(&url, &[]).output().unwrap();
    assert_eq!(out.status.code(), Some(4));
    assert!(said(&out).1.contains("it needs the permission webhooks"), "{}", said(&out).1);
    serving.join().unwrap();

    // Nobody listens there any more: whatever is sent is an error of its own.
    for (key, words) in [("bwl_op_CANARY", "an operator's session"), ("CANARY", "no API key")] {
        let out = command(&url, &[]).env("BOWLINE_API_KEY", key).output().unwrap();
        let (_, remarks) = said(&out);
        assert_eq!(out.status.code(), Some(2), "{remarks}");
        assert!(remarks.contains(words) && remarks.contains("not sent"), "{remarks}");
        assert!(!remarks.contains("CANARY"), "{remarks}");
    }
    for (arguments, words) in [
        (&["--forward-to", "https://app.example/"][..], "--allow-remote"),
        (&["--forward-to", "http://10.0.0.1/", "--allow-remote"], "--insecure-http"),
        (&["--forward-to", "localhost:5000"], "such as http://localhost"),
        (&["--since", "yesterday"], "evt"),
        (&["--output", "csv"], "ndjson"),
    ] {
        let out = command(&url, arguments).output().unwrap();
        let (_, remarks) = said(&out);
        assert_eq!(out.status.code(), Some(2), "{arguments:?}: {remarks}");
        assert!(remarks.contains(words), "{arguments:?}: {remarks}");
    }
    let weak = command(&url, &["--forward-to", "http://localhost:1/"])
        .env("BOWLINE_WEBHOOK_SECRET", "whsec_CANARY")
        .output()
        .unwrap();
    assert_eq!(weak.status.code(), Some(2));
    assert!(said(&weak).1.contains("BOWLINE_WEBHOOK_SECRET is whsec_") && !said(&weak).1.contains("CANARY"));
    let nowhere =
        command(&url, &[]).args(["--events", "accont"]).env_remove("BOWLINE_API_KEY").output().unwrap();
    assert_eq!(nowhere.status.code(), Some(2), "{}", said(&nowhere).1);
    assert!(said(&nowhere).1.contains("standard input"), "{}", said(&nowhere).1);
}
