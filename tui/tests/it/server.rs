//! A small admin API over real HTTP, built from fixtures, that can be told to fail or to stop.
#![expect(clippy::needless_pass_by_value, reason = "Rocket hands its guards over by value")]

use std::path::PathBuf;
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use bowline_api::admin::{AccountDetail, AccountState, AuditVerification, ChangeAccount, CreateSession};
use bowline_api::status::AuditFinding;
use bowline_api::status::{AccountStatus, Role};
use bowline_api::{AccountId, Page, Problem};
use rocket::fairing::AdHoc;
use rocket::http::{ContentType, Header, Method, Status};
use rocket::request::{FromRequest, Outcome, Request};
use rocket::response::{Responder, Response};
use rocket::{Config, Shutdown, State};
use serde::Serialize;

use crate::fixtures::{account_id, detail, events, holders, operator, page, session, summary, tenants};

/// The only password that is accepted.
pub(crate) const PASSWORD: &str = "correct horse battery";
/// The number of accounts.
pub(crate) const ACCOUNTS: u64 = 250;

/// The server's records, and the switches with which a test controls it.
#[derive(Default)]
pub(crate) struct Facts {
    /// Every request: method, path with query, and whether it carried the session's token.
    pub(crate) log: Mutex<Vec<String>>,
    /// The status for every answer, if set.
    pub(crate) failing: Mutex<Option<u16>>,
    /// Revoked accounts with the reasons.
    pub(crate) revoked: Mutex<Vec<(AccountId, String)>>,
    /// A replacement for the first account's e-mail and name.
    pub(crate) name: Mutex<Option<String>>,
}

/// A running server; dropping it stops it.
pub(crate) struct Server {
    pub(crate) url: String,
    pub(crate) facts: Arc<Facts>,
    shutdown: Shutdown,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    pub(crate) fn start() -> Self {
        Self::start_at(0)
    }

    pub(crate) fn start_at(port: u16) -> Self {
        let facts = Arc::new(Facts::default());
        let kept = Arc::clone(&facts);
        let (tell, told) = channel();
        let thread = std::thread::spawn(move || {
            let runtime = rocket::tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            let mut config =
                Config { port, log_level: rocket::config::LogLevel::Off, ..Config::debug_default() };
            config.shutdown.ctrlc = false;
            config.shutdown.signals.clear();
            config.shutdown.grace = 0;
            config.shutdown.mercy = 0;
            let liftoff = AdHoc::on_liftoff("tell", move |rocket| {
                tell.send((rocket.config().port, rocket.shutdown())).unwrap();
                Box::pin(async {})
            });
            let rocket = rocket::custom(config)
                .manage(kept)
                .mount("/admin/v1", rocket::routes![get, post, delete])
                .attach(liftoff);
            runtime.block_on(rocket.launch()).unwrap();
        });
        let (port, shutdown) = told.recv().expect("the server came up");
        Self { url: format!("http://127.0.0.1:{port}"), facts, shutdown, thread: Some(thread) }
    }

    /// An address on which nothing listens, and its port for a server that starts later.
    pub(crate) fn nobody() -> (String, u16) {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        (format!("http://127.0.0.1:{port}"), port)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shutdown.clone().notify();
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

/// The parts of a request that handlers use.
struct Asked {
    line: String,
    authorised: bool,
    query: Vec<(String, String)>,
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Asked {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, ()> {
        let authorised = request.headers().get_one("authorization") == Some("Bearer bwl_op_CANARY");
        let query = request.query_fields().map(|f| (f.name.to_string(), f.value.to_owned())).collect();
        let line = format!("{} {}", request.method(), request.uri());
        assert!(request.method() != Method::Get || !line.contains("CANARY"));
        Outcome::Success(Self { line, authorised, query })
    }
}

/// A status and a JSON body.
struct Reply(u16, String);

impl<'r> Responder<'r, 'static> for Reply {
    fn respond_to(self, _: &'r Request<'_>) -> rocket::response::Result<'static> {
        let mut response = Response::build();
        response.status(Status::new(self.0)).header(ContentType::JSON);
        response.header(Header::new("X-Request-Id", "req_test"));
        if matches!(self.0, 429 | 503) {
            response.header(Header::new("Retry-After", "1"));
        }
        response.sized_body(self.1.len(), std::io::Cursor::new(self.1)).ok()
    }
}

fn ok(value: &impl Serialize) -> Reply {
    Reply(200, serde_json::to_string(value).unwrap())
}

fn problem(status: u16, detail: &str) -> Reply {
    let problem = Problem {
        kind: "urn:bowline:problem:test".into(),
        title: "test".into(),
        status,
        code: "test".into(),
        detail: detail.into(),
        request_id: "req_test".into(),
        extra: serde_json::Map::new(),
    };
    Reply(status, serde_json::to_string(&problem).unwrap())
}

impl Facts {
    /// Records the request, and returns a failure if one is configured.
    fn gate(&self, asked: &Asked) -> Option<Reply> {
        self.log.lock().unwrap().push(asked.line.clone());
        if let Some(status) = *self.failing.lock().unwrap() {
            return Some(problem(status, "told to fail"));
        }
        (!asked.authorised).then(|| problem(401, "no session"))
    }

    fn account(&self, n: u64) -> AccountDetail {
        let mut detail = detail(n);
        let account = &mut detail.summary.account;
        if self.revoked.lock().unwrap().iter().any(|(id, _)| *id == account.id) {
            account.status = AccountStatus::Revoked.into();
        }
        if let Some(name) = self.name.lock().unwrap().as_ref().filter(|_| n == 0) {
            account.email.clone_from(name);
            account.display_name.clone_from(name);
        }
        detail
    }

    fn accounts(&self, asked: &Asked) -> Reply {
        let value = |key: &str| asked.query.iter().find(|(k, _)| k == key).map(|(_, v)| v.as_str());
        let limit: usize = value("limit").unwrap_or("50").parse().unwrap();
        let from: usize = value("cursor").unwrap_or("0").parse().unwrap();
        let fits = |row: &AccountDetail| {
            let account = &row.summary.account;
            value("q").is_none_or(|q| account.email.contains(q))
                && value("status").is_none_or(|s| account.status.as_str() == s)
                && value("tenant").is_none_or(|t| row.summary.tenant_id.to_string() == t)
        };
        let all: Vec<_> = (0..ACCOUNTS).map(|n| self.account(n)).filter(fits).map(|d| d.summary).collect();
        let next = (from + limit < all.len()).then(|| (from + limit).to_string());
        ok(&Page {
            items: all.into_iter().skip(from).take(limit).collect(),
            next,
            prev: (from > 0).then(|| from.saturating_sub(limit).to_string()),
            total: None,
            unknown_state: Vec::new(),
            incomplete: false,
        })
    }

    fn find(&self, id: &str) -> Option<AccountDetail> {
        (0..ACCOUNTS).find(|n| account_id(*n).to_string() == id).map(|n| self.account(n))
    }
}

#[rocket::get("/<path..>")]
fn get(path: PathBuf, asked: Asked, facts: &State<Arc<Facts>>) -> Reply {
    if let Some(refused) = facts.gate(&asked) {
        return refused;
    }
    let parts: Vec<_> = path.iter().map(|p| p.to_str().unwrap()).collect();
    match parts.as_slice() {
        ["whoami"] => ok(&operator(Role::Operator)),
        ["tenants"] => ok(&page(tenants())),
        ["accounts"] => facts.accounts(&asked),
        ["accounts", id] => facts.find(id).map_or_else(|| problem(404, "no such account"), |d| ok(&d)),
        ["accounts", id, "status"] => {
            let state = |detail: AccountDetail| {
                let account = detail.summary.account;
                let (id, status, status_reason) = (account.id, account.status, account.status_reason);
                ok(&AccountState { id, status, status_reason, revocation: detail.revocation })
            };
            facts.find(id).map_or_else(|| problem(404, "no such account"), state)
        }
        ["accounts", id, "token-holders"] => ok(&holders(id.parse().unwrap())),
        ["accounts", _, "timeline"] | ["audit"] => ok(&page(events())),
        ["audit", "verify"] => {
            let broken = asked.query.iter().any(|(k, _)| k == "tenant");
            let (broken_at, finding) =
                if broken { (Some(41), Some(AuditFinding::Edited.into())) } else { (None, None) };
            ok(&AuditVerification { checked: 80, intact: !broken, broken_at, finding })
        }
        ["tenants", _, "connectors" | "api-keys"] => ok(&page(Vec::<()>::new())),
        _ => problem(404, "no such route"),
    }
}

#[rocket::post("/<path..>", data = "<body>")]
fn post(path: PathBuf, body: String, asked: Asked, facts: &State<Arc<Facts>>) -> Reply {
    let parts: Vec<_> = path.iter().map(|p| p.to_str().unwrap()).collect();
    if parts == ["sessions"] {
        let asked: CreateSession = serde_json::from_str(&body).unwrap();
        let right = asked.name == "ops-1" && asked.password == PASSWORD;
        return if right { ok(&session(Role::Operator)) } else { problem(401, "wrong name or password") };
    }
    if let Some(refused) = facts.gate(&asked) {
        return refused;
    }
    let ["accounts", id, "revoke"] = parts.as_slice() else { return problem(404, "no such route") };
    let request: ChangeAccount = serde_json::from_str(&body).unwrap();
    facts.revoked.lock().unwrap().push((id.parse().unwrap(), request.reason));
    facts.find(id).map_or_else(|| problem(404, "no such account"), |d| ok(&d))
}

#[rocket::delete("/<_..>")]
fn delete(asked: Asked, facts: &State<Arc<Facts>>) -> Reply {
    facts.gate(&asked).unwrap_or_else(|| Reply(204, String::new()))
}

/// The n-th account's e-mail address, which tests wait for on the screen.
pub(crate) fn email(n: u64) -> String {
    summary(n).account.email
}
