//! A server whose every answer a test writes, as a server of another version would give it.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::Arc;

use bowline::config::{Dirs, Session, SessionStore, save};
use serde_json::Value;

/// What the server answers to a path: a status and a body.
pub(crate) type Answers = fn(&str) -> (u16, String);

/// Starts a server that says that it is of this version. It ends with the process.
pub(crate) fn start(version: Option<&'static str>, answers: Answers) -> String {
    start_with(version, move |path, _| answers(path))
}

/// The same, whose answers depend on the body, too.
pub(crate) fn start_with(
    version: Option<&'static str>,
    answers: impl Fn(&str, &str) -> (u16, String) + Send + Sync + 'static,
) -> String {
    let answers = Arc::new(answers);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let (stream, answers) = (stream.unwrap(), Arc::clone(&answers));
            // A client that is gone needs no answer.
            std::thread::spawn(move || drop(answer(&stream, version, &*answers)));
        }
    });
    url
}

fn answer(
    mut stream: &TcpStream,
    version: Option<&str>,
    answers: &dyn Fn(&str, &str) -> (u16, String),
) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    let mut first = String::new();
    reader.read_line(&mut first)?;
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        if line.trim().is_empty() {
            break;
        }
    }
    let mut sent = String::new();
    reader.take(length).read_to_string(&mut sent)?;
    let target = first.split(' ').nth(1).unwrap_or_default();
    let path = target.split('?').next().unwrap_or_default();
    let (status, body) = answers(path.strip_prefix("/admin/v1").unwrap_or(path), &sent);
    let version = version.map_or_else(String::new, |version| format!("Bowline-Version: {version}\r\n"));
    let length = body.len();
    write!(
        stream,
        "HTTP/1.1 {status} X\r\nContent-Length: {length}\r\n{version}Connection: close\r\n\r\n{body}"
    )
}

/// A JSON value as a newer server might send it: each object has a field more, and some words are others.
pub(crate) fn newer(value: &impl serde::Serialize, words: &[(&str, &str)]) -> Value {
    fn change(value: &mut Value, words: &[(&str, &str)]) {
        match value {
            Value::Object(fields) => {
                // What is in metadata is the tenant's.
                let own = fields.iter_mut().filter(|(name, _)| *name != "metadata");
                own.for_each(|(_, field)| change(field, words));
                fields
                    .insert("phase_of_the_moon".to_owned(), serde_json::json!({ "waxing": [1, true, null] }));
            }
            Value::Array(items) => items.iter_mut().for_each(|item| change(item, words)),
            Value::String(text) => {
                if let Some((_, new)) = words.iter().find(|(old, _)| old == text) {
                    *text = (*new).to_owned();
                }
            }
            _ => {}
        }
    }
    let mut value = serde_json::to_value(value).unwrap();
    change(&mut value, words);
    value
}

/// A configuration directory with a session at this server.
pub(crate) fn logged_in(url: &str) -> tempfile::TempDir {
    let config = crate::window::configured(url);
    let dirs = Dirs::find(Some(config.path())).unwrap();
    let session = Session {
        server: url.to_owned(),
        name: "ops-1".to_owned(),
        token: "bwl_op_CANARY".into(),
        expires_at: crate::fixtures::now(),
    };
    save(&dirs, SessionStore::File, "here", &session).unwrap();
    config
}

/// Runs a command with this configuration and an empty standard input.
pub(crate) fn run(config: &Path, arguments: &[&str]) -> Output {
    run_with(config, arguments, "")
}

/// Runs a command with this configuration and standard input.
pub(crate) fn run_with(config: &Path, arguments: &[&str], input: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bowline"));
    command.args(arguments).env("BOWLINE_CONFIG_DIR", config).env_remove("BOWLINE_SERVER");
    let pipes = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = pipes.spawn().unwrap();
    // A command that does not read its input may have ended already.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}
