//! Acme's pages against a stand-in for Bowline and Dropbox that checks the requests; the end-to-end tests use the real
//! ones.

use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rocket::http::{ContentType, Status};
use rocket::local::asynchronous::{Client, LocalResponse};
use rocket::serde::json::{Json, Value, json};
use rocket::{State, post, routes};
use sha2::{Digest as _, Sha256};
use tokio::sync::oneshot;

use super::*;

const LINK_SESSION: &str = "ls_01h455vb4pex5vsknk084sn02q";
/// The session of a second press of the button.
const SECOND_SESSION: &str = "ls_01h455vb4pex5vsknk084sn02r";
/// A visit of the page with the user's accounts.
const VISIT: &str = "ms_01h455vb4pex5vsknk084sn02q";
const ACCOUNT: &str = "acct_01h455vb4pex5vsknk084sn02q";

/// What the stand-in remembers, and how it responds.
#[derive(Default)]
struct StandIn {
    /// Each link session's challenge.
    challenges: Mutex<Vec<(&'static str, String)>>,
    users: Mutex<Vec<String>>,
    /// The status and code of token calls; if `None`, the account is linked.
    token_problem: Mutex<Option<(u16, &'static str)>>,
}

type Answered = (Status, Json<Value>);

fn problem(status: u16, code: &str) -> Answered {
    let body = json!({
        "type": format!("urn:bowline:problem:{code}"), "title": code, "status": status, "code": code,
        "detail": format!("the reason is <{code}>"), "request_id": "r", "account_ids": [ACCOUNT, ACCOUNT],
    });
    (Status::new(status), Json(body))
}

fn token() -> Answered {
    let body = json!({
        "access_token": "sl.token", "token_type": "bearer", "expires_at": "2030-01-01T00:00:00Z", "scopes": [],
        "account_id": ACCOUNT, "provider_account_id": "dbid:1",
    });
    (Status::Ok, Json(body))
}

#[post("/v1/link-sessions", data = "<body>")]
fn create(body: Json<Value>, stand_in: &State<Arc<StandIn>>) -> Answered {
    let body = body.into_inner();
    let mut challenges = stand_in.challenges.lock().unwrap();
    let id = if challenges.is_empty() { LINK_SESSION } else { SECOND_SESSION };
    challenges.push((id, body["completion_challenge"].as_str().unwrap().to_owned()));
    stand_in.users.lock().unwrap().push(body["external_user_id"].as_str().unwrap().to_owned());
    assert!(body["return_url"].as_str().unwrap().ends_with("/linked"));
    let url = "http://bowline.example/link/ticket";
    (Status::Created, Json(json!({ "id": id, "url": url, "expires_at": "2030-01-01T00:00:00Z" })))
}

#[post("/v1/manage-sessions", data = "<body>")]
fn visit(body: Json<Value>, stand_in: &State<Arc<StandIn>>) -> Answered {
    let body = body.into_inner();
    // A link that begins on the page has the visit's challenge.
    let challenge = body["completion_challenge"].as_str().unwrap().to_owned();
    stand_in.challenges.lock().unwrap().push((LINK_SESSION, challenge));
    let url = "http://bowline.example/link/manage/ticket";
    (Status::Created, Json(json!({ "id": VISIT, "url": url, "expires_at": "2030-01-01T00:00:00Z" })))
}

#[post("/v1/link-sessions/<id>/complete", data = "<body>")]
fn complete(id: &str, body: Json<Value>, stand_in: &State<Arc<StandIn>>) -> Answered {
    let body = body.into_inner();
    let verifier = body["completion_verifier"].as_str().unwrap();
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier));
    let belongs =
        stand_in.challenges.lock().unwrap().iter().any(|(of, expected)| *of == id && *expected == challenge);
    if !belongs || body["link_code"] != "code" {
        return problem(403, "completion_mismatch");
    }
    let account = json!({
        "id": ACCOUNT, "external_user_id": "ada", "connector_id": "conn_01h455vb4pex5vsknk084sn02q",
        "provider": "dropbox", "provider_account_id": "dbid:1", "email": "ada@example.com", "display_name": "Ada",
        "status": "active", "scopes": [], "assurance": "confirmed",
        "linked_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z",
    });
    (Status::Ok, Json(account))
}

#[post("/v1/users/<user>/token")]
fn user_token(user: &str, stand_in: &State<Arc<StandIn>>) -> Answered {
    stand_in.users.lock().unwrap().push(user.to_owned());
    stand_in.token_problem.lock().unwrap().map_or_else(token, |(status, code)| problem(status, code))
}

#[post("/v1/accounts/<_>/token")]
fn account_token() -> Answered {
    token()
}

#[post("/2/users/get_current_account")]
fn current_account() -> Answered {
    (Status::Ok, Json(json!({ "name": { "display_name": "Ada <Lovelace>" }, "email": "ada@example.com" })))
}

#[post("/2/files/list_folder")]
fn list_folder() -> Answered {
    let entries = json!([{ "name": "engine.jpg", "size": 1_234_567 }, { "name": "Notes" }]);
    (Status::Ok, Json(json!({ "entries": entries, "cursor": "c", "has_more": false })))
}

struct Setting {
    stand_in: Arc<StandIn>,
    acme: Arc<Acme>,
    shutdown: rocket::Shutdown,
}

impl Setting {
    async fn new() -> Self {
        let stand_in = Arc::new(StandIn::default());
        let (ready, is_ready) = oneshot::channel();
        let all = routes![create, visit, complete, user_token, account_token, current_account, list_folder];
        let rocket = rocket::custom(figment(0))
            .manage(Arc::clone(&stand_in))
            .mount("/", all)
            .attach(AdHoc::on_liftoff("port", move |rocket| {
                ready.send(rocket.config().port).unwrap();
                Box::pin(std::future::ready(()))
            }))
            .ignite()
            .await
            .unwrap();
        let shutdown = rocket.shutdown();
        tokio::spawn(rocket.launch());
        let url = Url::parse(&format!("http://127.0.0.1:{}", is_ready.await.unwrap())).unwrap();
        let config =
            AcmeConfig { bowline_url: url.clone(), api_key: "key".into(), dropbox_url: url, port: 0 };
        let acme = Arc::new(Acme::new(&config).unwrap());
        acme.origin.set(Url::parse("http://acme.example").unwrap()).unwrap();
        Self { stand_in, acme, shutdown }
    }

    /// A new browser, signed in.
    async fn browser(&self, user: &str) -> Client {
        let client = Client::tracked(build(Arc::clone(&self.acme), 0)).await.unwrap();
        let form = format!("user={user}");
        let response = client.post("/sign-in").header(ContentType::Form).body(form).dispatch().await;
        assert_eq!(response.status(), Status::SeeOther);
        drop(response);
        client
    }

    fn tokens_answer(&self, status: u16, code: &'static str) {
        *self.stand_in.token_problem.lock().unwrap() = Some((status, code));
    }
}

impl Drop for Setting {
    fn drop(&mut self) {
        self.shutdown.clone().notify();
    }
}

async fn page(response: LocalResponse<'_>) -> (Status, String) {
    (response.status(), response.into_string().await.unwrap_or_default())
}

async fn get(client: &Client, path: &str) -> (Status, String) {
    page(client.get(path.to_owned()).dispatch().await).await
}

async fn press_link(client: &Client) {
    let response = client.post("/link").dispatch().await;
    assert_eq!(response.status(), Status::SeeOther);
    assert_eq!(response.headers().get_one("Location"), Some("http://bowline.example/link/ticket"));
}

fn back(rest: &str) -> String {
    format!("/linked?link_session={LINK_SESSION}&{rest}")
}

#[rocket::async_test]
async fn the_button_links_and_the_page_shows_name_and_files() {
    let setting = Setting::new().await;
    let ada = setting.browser("ada").await;
    press_link(&ada).await;
    let response = ada.get(back("link_code=code")).dispatch().await;
    assert_eq!(response.headers().get_one("Location"), Some("/"));
    drop(response);

    let (status, html) = get(&ada, "/").await;
    assert_eq!(status, Status::Ok);
    assert!(html.contains(r#"id="account-name">Ada &#60;Lovelace&#62;</h2>"#), "{html}");
    assert!(html.contains("<li>engine.jpg<span>1.2 MB</span></li>"), "{html}");
    assert_eq!(*setting.stand_in.users.lock().unwrap(), ["ada", "ada"]);

    // The browser returns once more, as some do by themselves; the completion is repeated.
    let response = ada.get(back("link_code=code")).dispatch().await;
    assert_eq!(response.headers().get_one("Location"), Some("/"));
}

#[rocket::async_test]
async fn two_tabs_have_a_verifier_each() {
    let setting = Setting::new().await;
    let ada = setting.browser("ada").await;
    press_link(&ada).await;
    press_link(&ada).await;
    for id in [LINK_SESSION, SECOND_SESSION, LINK_SESSION] {
        let response = ada.get(format!("/linked?link_session={id}&link_code=code")).dispatch().await;
        assert_eq!(response.headers().get_one("Location"), Some("/"), "{id}");
    }
    let response = ada.get(format!("/linked?link_session={LINK_SESSION}")).dispatch().await;
    assert_eq!(
        response.headers().get_one("Location"),
        Some("/"),
        "the way back of a page that says that it is linked"
    );
}

#[rocket::async_test]
async fn a_link_that_begins_on_the_page_with_the_accounts_is_completed_by_the_session_that_went_there() {
    let setting = Setting::new().await;
    let ada = setting.browser("ada").await;
    assert!(get(&ada, "/").await.1.contains(r#"id="manage-accounts""#));
    let response = ada.post("/accounts").dispatch().await;
    assert_eq!(response.headers().get_one("Location"), Some("http://bowline.example/link/manage/ticket"));
    drop(response);
    let returned = format!("manage_session={VISIT}");
    for rest in ["link_code=code", "link_code=code"] {
        let response = ada.get(format!("{}&{returned}", back(rest))).dispatch().await;
        assert_eq!(response.headers().get_one("Location"), Some("/"));
    }
    // Back without a link.
    let response = ada.get(format!("/linked?{returned}")).dispatch().await;
    assert_eq!(response.headers().get_one("Location"), Some("/"));
    let mei = setting.browser("mei").await;
    let (status, _) = get(&mei, &format!("{}&{returned}", back("link_code=code"))).await;
    assert_eq!(status, Status::Forbidden);
}

#[rocket::async_test]
async fn a_link_started_by_another_session_is_refused() {
    let setting = Setting::new().await;
    let mallory = setting.browser("mallory").await;
    press_link(&mallory).await;
    let ada = setting.browser("ada").await;
    let (status, html) = get(&ada, &back("link_code=code")).await;
    assert_eq!(status, Status::Forbidden);
    assert!(html.contains("This link was not started here"), "{html}");
    let nobody = Client::tracked(build(Arc::clone(&setting.acme), 0)).await.unwrap();
    assert_eq!(get(&nobody, &back("link_code=code")).await.0, Status::Forbidden);
}

#[rocket::async_test]
async fn declining_is_answered_kindly() {
    let setting = Setting::new().await;
    let ada = setting.browser("ada").await;
    press_link(&ada).await;
    let (status, html) = get(&ada, &back("error=access_denied")).await;
    assert_eq!(status, Status::Ok);
    assert!(html.contains(r#"id="declined""#), "{html}");
}

#[rocket::async_test]
async fn a_refused_completion_says_why_and_escapes_it() {
    let setting = Setting::new().await;
    let ada = setting.browser("ada").await;
    press_link(&ada).await;
    let (status, html) = get(&ada, &back("link_code=wrong")).await;
    assert_eq!(status, Status::BadGateway);
    assert!(html.contains("the reason is &#60;completion_mismatch&#62;"), "{html}");
}

#[rocket::async_test]
async fn a_user_without_a_link_gets_the_button_and_one_with_a_dead_link_the_reason_too() {
    let setting = Setting::new().await;
    let ada = setting.browser("ada").await;
    setting.tokens_answer(404, "not_found");
    let (_, html) = get(&ada, "/").await;
    assert!(
        html.contains(r#"id="link-dropbox">Connect Dropbox"#) && !html.contains(r#"id="notice""#),
        "{html}"
    );
    setting.tokens_answer(410, "account_revoked");
    let (_, html) = get(&ada, "/").await;
    assert!(
        html.contains(r#"id="link-dropbox">Connect Dropbox"#) && html.contains(r#"id="notice""#),
        "{html}"
    );
}

#[rocket::async_test]
async fn two_accounts_are_both_shown() {
    let setting = Setting::new().await;
    let ada = setting.browser("ada").await;
    setting.tokens_answer(409, "ambiguous_account");
    let (_, html) = get(&ada, "/").await;
    assert!(html.contains(r#"id="files""#) && html.contains(r#"id="files-2""#), "{html}");
}

#[rocket::async_test]
async fn a_stranger_signs_in_first_and_nothing_foreign_may_load() {
    let setting = Setting::new().await;
    let nobody = Client::tracked(build(Arc::clone(&setting.acme), 0)).await.unwrap();
    let response = nobody.get("/").dispatch().await;
    let policy = response.headers().get_one("Content-Security-Policy").unwrap().to_owned();
    assert!(
        policy.starts_with("default-src 'none'; style-src 'self'; form-action 'self' http://127.0.0.1:"),
        "{policy}"
    );
    assert!(page(response).await.1.contains(r#"id="sign-in""#));
    let response = nobody.post("/link").dispatch().await;
    assert_eq!(response.status(), Status::Unauthorized);
}

#[rocket::async_test]
async fn signing_out_ends_the_session() {
    let setting = Setting::new().await;
    let ada = setting.browser("ada").await;
    drop(ada.post("/sign-out").dispatch().await);
    assert!(get(&ada, "/").await.1.contains(r#"id="sign-in""#));
}

#[rocket::async_test]
async fn it_listens_on_a_free_port_and_stops() {
    let setting = Setting::new().await;
    let bowline_url = setting.acme.bowline.origin().clone();
    let config = AcmeConfig { dropbox_url: bowline_url.clone(), bowline_url, api_key: "key".into(), port: 0 };
    let acme = AcmePhotos::start(config).await.unwrap();
    let return_url = acme.return_url().unwrap();
    assert_eq!(return_url.path(), "/linked");
    assert_eq!(return_url.port(), acme.url().port());
    let port = return_url.port().unwrap();
    assert!(tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_ok());
    acme.stop().await;
    assert!(tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_err());
}

#[test]
fn sizes_are_told_in_words() {
    assert_eq!(super::page::in_words(999), "999 bytes");
    assert_eq!(super::page::in_words(1_000), "1.0 kB");
    assert_eq!(super::page::in_words(1_950_000), "1.9 MB");
}
