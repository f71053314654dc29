//! Operators log in at an identity provider: the real program, and a server whose identity provider the test plays.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use bowline::client::{Access, Act, Client, Failure, Proof, Request, ServerUrl, SignOnStep, SignOnWay};
use tokio::sync::Notify;

use crate::fake::{run, start};
use crate::fixtures::tenants;
use crate::identity::{Identity, PAGE, SECRETS};
use crate::window::{Window, assert_given_back, configured};

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn has_session(config: &Path) -> bool {
    fs::read_dir(config.join("sessions")).is_ok_and(|mut files| files.next().is_some())
}

#[test]
fn the_browser_that_opens_finishes_the_login_and_no_secret_is_in_the_log() {
    let idp = Identity::start();
    let config = configured(&idp.url);
    let (browser, opened) = (config.path().join("some-browser"), config.path().join("opened"));
    fs::write(&browser, format!("#!/bin/sh\necho \"$1\" >'{}'\n", opened.display())).unwrap();
    fs::set_permissions(&browser, fs::Permissions::from_mode(0o755)).unwrap();
    let log = config.path().join("calls.log");
    let script = format!(
        "DISPLAY=:9 BROWSER='{}' exec '{}' --log-file '{}'",
        browser.display(),
        env!("CARGO_BIN_EXE_bowline"),
        log.display()
    );
    let mut window = Window::spawn("sh", config.path(), &["-c", &script]);
    window.wait_for("ctrl-o log in with a browser");
    window.type_in("\u{f}");
    window.wait_for("log in in the browser that has opened");
    window.wait("the browser", |_| fs::read_to_string(&opened).is_ok_and(|page| page.ends_with('\n')));
    assert_eq!(fs::read_to_string(&opened).unwrap(), format!("{PAGE}?state=state_CANARY1\n"));
    let page = idp.come_back("/sign-on", 1, "code=code_CANARY&iss=https%3A%2F%2Flogin.example");
    assert!(page.contains("close this window"), "{page}");
    window.wait_for("ada.lovelace");
    window.type_in("\u{3}");
    let (code, raw) = window.end();
    assert_eq!(code, 0);
    assert!(!text(&raw).contains("bwl_so_") && !text(&raw).contains("bwl_op_"), "the screen has a secret");
    assert!(has_session(config.path()));
    let log = fs::read_to_string(&log).unwrap();
    assert!(log.contains("POST /admin/v1/sign-on/browser/finish 201"), "{log}");
    assert!(SECRETS.iter().all(|secret| !log.contains(secret)), "{log}");
}

#[test]
fn two_terminals_log_in_at_once_and_each_gets_its_own_browser() {
    let idp = Identity::start();
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let first = idp.run(one.path(), &["login", "--sso"]);
    idp.wait_for("/sign-on/browser", 1);
    let second = idp.run(other.path(), &["login", "--sso"]);
    idp.come_back("/sign-on", 2, "code=code_CANARY");
    idp.come_back("/sign-on", 1, "code=code_CANARY");
    for (child, config, n) in [(first, one, 1), (second, other, 2)] {
        let out = child.wait_with_output().unwrap();
        let (told, said) = (text(&out.stdout), text(&out.stderr));
        assert!(out.status.success(), "{said}");
        assert!(told.contains("as ada.lovelace (admin)"), "{told}");
        assert!(said.contains(&format!("{PAGE}?state=state_CANARY{n}")), "{said}");
        assert!(said.contains("without one: bowline login --sso --device"), "{said}");
        assert!(has_session(config.path()));
    }
}

#[test]
fn who_is_not_let_in_gets_no_session_and_is_told_why() {
    for (with, refusal, code, why) in [
        (
            "error=access_denied",
            None,
            6,
            "error: refused: the identity provider did not let you in: access_denied\n",
        ),
        (
            "code=code_CANARY",
            Some((403, "sign_on_refused", "none of your groups has a role here")),
            4,
            "error: not allowed: none of your groups has a role here\n",
        ),
        (
            "code=stale",
            Some((410, "sign_on_failed", "this login has ended; begin again")),
            6,
            "error: refused: this login has ended; begin again\n",
        ),
    ] {
        let idp = Identity::start();
        let config = tempfile::tempdir().unwrap();
        let login = idp.run(config.path(), &["login", "--sso"]);
        if let Some((status, code, detail)) = refusal {
            idp.refuse(status, code, detail);
        }
        idp.come_back("/sign-on", 1, with);
        let out = login.wait_with_output().unwrap();
        let said = text(&out.stderr);
        assert_eq!(out.status.code(), Some(code), "{said}");
        assert!(said.ends_with(why), "{said}");
        assert!(!has_session(config.path()), "{why}");
    }
}

#[test]
fn a_code_is_entered_on_another_device_also_for_a_read_only_session() {
    let idp = Identity::start();
    let config = tempfile::tempdir().unwrap();
    let login = idp.run(config.path(), &["--read-only", "login", "--sso", "--device"]);
    idp.wait_for("/sign-on/device/poll", 1);
    idp.approve();
    let out = login.wait_with_output().unwrap();
    let said = text(&out.stderr);
    assert!(out.status.success(), "{said}");
    assert!(
        said.contains("on any device, open https://login.example/device and enter the code WDJB-MJHT"),
        "{said}"
    );
    assert!(has_session(config.path()));

    // A code that nobody has entered in time.
    let login = idp.run(config.path(), &["login", "--sso", "--device"]);
    idp.refuse(
        410,
        "sign_on_failed",
        "the identity provider did not complete the login (expired_token); begin again",
    );
    let out = login.wait_with_output().unwrap();
    assert_eq!(out.status.code(), Some(6));
    assert!(text(&out.stderr).contains("(expired_token); begin again"), "{}", text(&out.stderr));
}

#[test]
fn ctrl_c_while_a_browser_is_waited_for_gives_the_terminal_back() {
    let idp = Identity::start();
    let config = configured(&idp.url);
    let mut window = Window::open(config.path(), &[]);
    window.wait_for("ctrl-o log in with a browser");
    window.type_in("\u{f}");
    window.wait_for("no browser can be opened here");
    window.type_in("\u{3}");
    let (code, raw) = window.end();
    assert_eq!(code, 0);
    assert_given_back(&raw);

    let login = idp.run(config.path(), &["login", "--sso"]);
    idp.come_back("/sign-on", 2, "code=code_CANARY");
    assert!(login.wait_with_output().unwrap().status.success());
    let script = format!(
        // The shell gets the signal of ctrl-c as well, and goes on.
        "trap : INT; '{}' api-keys create nightly --tenant {}; echo ended $?; stty -a",
        env!("CARGO_BIN_EXE_bowline"),
        tenants()[0].id
    );
    let mut window = Window::spawn("sh", config.path(), &["-c", &script]);
    window.wait_for("press enter for a browser on this machine");
    window.type_in("\r");
    window.wait_for(PAGE);
    window.type_in("\u{3}");
    window.wait_for("ended 130");
    window.wait_for(" echo ");
    window.end();
    assert_eq!(idp.called(&format!("/tenants/{}/api-keys", tenants()[0].id)), 0, "nothing was created");
}

#[test]
fn a_server_that_is_older_than_single_sign_on_is_named() {
    let url = start(Some("0.0.9"), |_| (404, "Not Found".to_owned()));
    let config = configured(&url);
    let out = run(config.path(), &["login", "--sso"]);
    let said = text(&out.stderr);
    assert_eq!(out.status.code(), Some(6));
    let lacks = "this server (version 0.0.9) has no POST /admin/v1/sign-on/browser: update the server";
    assert!(said.contains(lacks), "{said}");
}

#[test]
fn a_password_that_is_refused_is_answered_with_the_other_way_to_log_in() {
    let idp = Identity::start();
    let config = configured(&idp.url);
    let script = format!("echo wrong | '{}' login --password-stdin", env!("CARGO_BIN_EXE_bowline"));
    let window = Window::spawn("sh", config.path(), &["-c", &script]);
    window.wait_for("operators can log in at the identity provider here: bowline login --sso");
    assert_eq!(window.end().0, 3);
}

fn client(url: &str) -> Client {
    let server = ServerUrl::parse(url, false).unwrap();
    Client::new(server, Some("bwl_op_CANARY".into()), Access::Full).unwrap()
}

#[tokio::test]
async fn an_older_server_has_passwords_alone() {
    let client = client(&start(Some("0.0.9"), |_| (404, "Not Found".to_owned())));
    let methods = client.login_methods().await.unwrap();
    assert!(methods.passwords && methods.single_sign_on.is_none(), "{methods:?}");
}

fn new_key(way: SignOnWay) -> Request {
    Request::Act(Act::CreateApiKey {
        tenant: tenants()[0].id.to_string().parse().unwrap(),
        name: "nightly".into(),
        permissions: None,
        expires_at: None,
        proof: Proof::log_in_anew(way),
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_is_made_after_the_login_anew_and_not_if_that_is_given_up() {
    let idp = Identity::start();
    let keys = format!("/tenants/{}/api-keys", tenants()[0].id);
    for way in [SignOnWay::Browser, SignOnWay::Device] {
        let given_up = Notify::new();
        let told = |_| given_up.notify_one();
        let made = client(&idp.url).perform_and_tell(new_key(way), told, given_up.notified()).await;
        assert_eq!(made.unwrap_err(), Failure::Unproven("you have given up".into()));
        assert_eq!(idp.called(&keys), 0, "{way:?}");
    }
    idp.approve();
    let made = client(&idp.url).perform(new_key(SignOnWay::Device)).await;
    assert!(made.is_ok(), "{made:?}");
    assert!(idp.wait_for(&keys, 1).contains("bwl_so_CANARY"), "the proof is in the place of the password");

    idp.refuse(410, "sign_on_failed", "this login has ended; begin again");
    let made = client(&idp.url).perform(new_key(SignOnWay::Device)).await;
    let why = "refused: this login has ended; begin again";
    assert_eq!(made.unwrap_err(), Failure::Unproven(why.into()));
    assert_eq!(idp.called(&keys), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn once_somebody_has_logged_in_anew_giving_up_changes_nothing() {
    let idp = Identity::start();
    idp.approve();
    let given_up = Notify::new();
    let told = |step| {
        if step == SignOnStep::LoggedIn {
            given_up.notify_one();
        }
    };
    let made = client(&idp.url).perform_and_tell(new_key(SignOnWay::Device), told, given_up.notified()).await;
    assert!(made.is_ok(), "{made:?}");
}
