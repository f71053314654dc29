//! A server whose operators log in at an identity provider. The test plays the identity provider and the browser.

use std::collections::HashMap;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use bowline_api::Problem;
use bowline_api::admin::{BrowserSignOn, DeviceSignOn, PolledSignOn};
use bowline_api::status::Role;
use serde::Serialize;
use serde_json::Value;
use url::Url;

use crate::fake::start_with;
use crate::fixtures::{login_methods, new_api_key, now, signed_on};

/// The maximum time that a call may take to come before the test fails.
const PATIENCE: Duration = Duration::from_secs(20);
/// The page on which people log in.
pub(crate) const PAGE: &str = "https://login.example/auth";
/// What must be in no log.
pub(crate) const SECRETS: [&str; 4] = ["bwl_so_CANARY", "state_CANARY", "code_CANARY", "bwl_op_CANARY"];

/// A server that ends with the process.
pub(crate) struct Identity {
    pub(crate) url: String,
    shared: Arc<(Mutex<State>, Condvar)>,
}

#[derive(Default)]
struct State {
    /// The bodies of the calls, by their paths.
    calls: HashMap<String, Vec<String>>,
    /// Whether somebody has approved a login on another device.
    is_approved: bool,
    /// What ends every login: status, code and detail of a problem.
    refusal: Option<(u16, &'static str, &'static str)>,
}

impl Identity {
    pub(crate) fn start() -> Self {
        let shared = Arc::<(Mutex<State>, Condvar)>::default();
        let answering = Arc::clone(&shared);
        let url = start_with(Some(bowline::client::OWN_VERSION), move |path, body| {
            let mut state = answering.0.lock().unwrap();
            state.calls.entry(path.to_owned()).or_default().push(body.to_owned());
            answering.1.notify_all();
            state.answer(path, body)
        });
        Self { url, shared }
    }

    /// Ends every login from now on.
    pub(crate) fn refuse(&self, status: u16, code: &'static str, detail: &'static str) {
        self.shared.0.lock().unwrap().refusal = Some((status, code, detail));
    }

    /// Approves the logins on another device.
    pub(crate) fn approve(&self) {
        self.shared.0.lock().unwrap().is_approved = true;
    }

    /// How often this path was called.
    pub(crate) fn called(&self, path: &str) -> usize {
        self.shared.0.lock().unwrap().calls.get(path).map_or(0, Vec::len)
    }

    /// Waits until this path was called this often; returns the body of the last of these calls.
    pub(crate) fn wait_for(&self, path: &str, times: usize) -> String {
        let is_missing = |state: &mut State| state.calls.get(path).map_or(0, Vec::len) < times;
        let state = self.shared.0.lock().unwrap();
        let (state, waited) = self.shared.1.wait_timeout_while(state, PATIENCE, is_missing).unwrap();
        assert!(!waited.timed_out(), "nobody called {path}: {:?}", state.calls);
        state.calls[path][times - 1].clone()
    }

    /// The browser comes back from the n-th login below this path, with this in its address. Returns the page that it gets.
    pub(crate) fn come_back(&self, base: &str, n: usize, with: &str) -> String {
        let begun: Value = serde_json::from_str(&self.wait_for(&format!("{base}/browser"), n)).unwrap();
        let back = Url::parse(begun["redirect_uri"].as_str().unwrap()).unwrap();
        let at = format!("{}:{}", back.host_str().unwrap(), back.port().unwrap());
        let mut stream = TcpStream::connect(&at).unwrap();
        let target = format!("{}?state=state_CANARY{n}&{with}", back.path());
        write!(stream, "GET {target} HTTP/1.1\r\nHost: {at}\r\n\r\n").unwrap();
        let mut page = String::new();
        stream.read_to_string(&mut page).unwrap();
        page
    }

    /// Starts `bowline` with these arguments for this server, on a machine without a display and with nobody at the terminal.
    pub(crate) fn run(&self, config: &Path, arguments: &[&str]) -> Child {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bowline"));
        command.args(arguments).env("BOWLINE_CONFIG_DIR", config).env("BOWLINE_SERVER", &self.url);
        for name in ["DISPLAY", "WAYLAND_DISPLAY", "BROWSER"] {
            command.env_remove(name);
        }
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }
}

fn json(status: u16, body: &impl Serialize) -> (u16, String) {
    (status, serde_json::to_string(body).unwrap())
}

fn problem((status, code, detail): (u16, &str, &str)) -> (u16, String) {
    let problem = Problem {
        kind: format!("urn:bowline:problem:{code}"),
        title: code.into(),
        status,
        code: code.into(),
        detail: detail.into(),
        request_id: "req_test".into(),
        extra: serde_json::Map::new(),
    };
    json(status, &problem)
}

impl State {
    fn answer(&self, path: &str, body: &str) -> (u16, String) {
        let secret = "bwl_so_CANARY".to_owned();
        let is_login = path.starts_with("/sign-on");
        let session = || signed_on(Role::Admin);
        match path.trim_start_matches("/whoami") {
            "/login" => json(200, &login_methods()),
            "" => json(200, &session().operator),
            "/sessions" => problem((401, "unauthorised", "wrong name or password")),
            "/sign-on/browser" => {
                let n = self.calls[path].len();
                let url = format!("{PAGE}?state=state_CANARY{n}");
                json(201, &BrowserSignOn { secret, url, expires_at: now() })
            }
            "/sign-on/device" => json(
                201,
                &DeviceSignOn {
                    secret,
                    user_code: "WDJB-MJHT".into(),
                    verification_url: "https://login.example/device".into(),
                    complete_url: None,
                    interval_seconds: 1,
                    expires_at: now(),
                },
            ),
            "/sign-on/browser/finish" | "/sign-on/device/poll" if self.refusal.is_some() => {
                problem(self.refusal.unwrap())
            }
            "/sign-on/browser/finish" if !body.contains("code_CANARY") || !body.contains("bwl_so_CANARY") => {
                problem((410, "sign_on_failed", "this login has ended; begin again"))
            }
            "/sign-on/browser/finish" if is_login => json(201, &session()),
            "/sign-on/browser/finish" => (204, String::new()),
            "/sign-on/device/poll" => {
                let wait_seconds = (!self.is_approved).then_some(1);
                let session = (self.is_approved && is_login).then(session);
                json(200, &PolledSignOn { session, wait_seconds })
            }
            _ if path.ends_with("/api-keys") => json(201, &new_api_key("nightly")),
            _ => problem((404, "not_found", "there is nothing here")),
        }
    }
}
