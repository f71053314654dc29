//! Servers of other versions: what is new there is shown as it is, and what is missing there is named.

use bowline_api::status::{ConnectorStatus, JobState, Role};
use serde_json::json;

use crate::fake::{logged_in, newer, run, start};
use crate::fixtures::{account_id, connector, detail, event, holders, job, operator, page, summary, tenants};
use crate::overview_fixtures::overview;
use crate::window::Window;

/// Words that this version does not know, for those that the fixtures have.
const WORDS: &[(&str, &str)] = &[
    ("active", "hibernating"),
    ("confirmed", "notarised"),
    ("oauth2", "oauth3"),
    ("running", "dreaming"),
    ("issued", "lent"),
    ("grant_ended", "grant_dozing"),
    ("operator", "auditor"),
    ("system", "robot"),
];

fn of_a_newer_server(path: &str) -> (u16, String) {
    let parts: Vec<_> = path.split('/').skip(1).collect();
    let body = match parts.as_slice() {
        ["whoami"] => newer(&operator(Role::Operator), WORDS),
        ["tenants"] => newer(&page(tenants()), WORDS),
        ["accounts"] => newer(&page((0..3).map(summary).collect()), WORDS),
        ["accounts", _] => newer(&detail(0), WORDS),
        ["accounts", id, "token-holders"] => newer(&holders(id.parse().unwrap()), WORDS),
        ["accounts", _, "timeline"] => newer(&page(vec![event(0, "account.teleported", &json!({}))]), WORDS),
        ["overview"] => newer(&overview(), WORDS),
        ["jobs"] => {
            let mut job = newer(&job(JobState::Running, 9, 3, 0).job, WORDS);
            job["filter"] = json!({ "status": "hibernating", "colour": "blue" });
            newer(&page(vec![job]), &[])
        }
        ["tenants", _, "connectors"] => newer(&page(vec![connector(0, ConnectorStatus::Active)]), WORDS),
        _ => return (404, "nothing here".to_owned()),
    };
    (200, body.to_string())
}

#[test]
fn what_a_newer_server_says_is_shown_as_it_is() {
    let url = start(Some("99.0.0"), of_a_newer_server);
    let config = logged_in(&url);
    let mut window = Window::open(config.path(), &[]);
    window.wait_for("? hibernating");
    window.wait_for("(auditor)");
    window.type_in("S");
    window.wait_for("does not know the state hibernating: update it");
    window.type_in("\r");
    window.wait_for("a state of a newer server");
    window.wait_for("account.teleported");
    window.type_in("qJ");
    window.wait_for("? dreaming");
    window.type_in("0");
    window.wait_for("hibernating");
    window.type_in("\u{3}");
    assert_eq!(window.end().0, 0);

    let id = account_id(0).to_string();
    for (arguments, words) in [
        (vec!["accounts", "list"], vec!["hibernating"]),
        (vec!["accounts", "show", &id, "--json"], vec!["hibernating", "notarised", "oauth3"]),
        (vec!["accounts", "show", &id], vec!["? hibernating", "notarised", "account.teleported"]),
        (vec!["jobs", "list"], vec!["dreaming"]),
        (vec!["connectors", "list", "--tenant", "acme"], vec!["hibernating"]),
        (vec!["overview"], vec!["hibernating"]),
        (vec!["whoami"], vec!["auditor"]),
    ] {
        let out = run(config.path(), &arguments);
        let text = String::from_utf8_lossy(&out.stdout).into_owned();
        let said = String::from_utf8_lossy(&out.stderr);
        assert!(out.status.success(), "{arguments:?}: {said}");
        assert!(words.iter().all(|word| text.contains(word)), "{arguments:?}: {text}");
    }
}

fn of_an_older_server(path: &str) -> (u16, String) {
    match path {
        "/whoami" => (200, newer(&operator(Role::Admin), &[]).to_string()),
        "/accounts" => (200, newer(&page((0..3).map(summary).collect::<Vec<_>>()), &[]).to_string()),
        _ => (404, "Not Found".to_owned()),
    }
}

#[test]
fn what_an_older_server_lacks_is_named_and_the_rest_works() {
    let url = start(Some("0.0.9"), of_an_older_server);
    let config = logged_in(&url);
    let lacks = "this server (version 0.0.9) has no GET /admin/v1/overview";
    let mut window = Window::open(config.path(), &[]);
    window.wait_for(&summary(0).account.email);
    window.type_in("0");
    window.wait_for(lacks);
    window.type_in("1");
    window.wait_for(&summary(0).account.email);
    window.type_in("\u{3}");
    assert_eq!(window.end().0, 0);

    let out = run(config.path(), &["overview"]);
    let said = String::from_utf8_lossy(&out.stderr).into_owned();
    assert_eq!((out.status.code(), said), (Some(6), format!("error: {lacks}: update the server\n")));
    let id = account_id(0).to_string();
    let out = run(config.path(), &["accounts", "holders", &id]);
    let said = String::from_utf8_lossy(&out.stderr).into_owned();
    assert!(said.contains("has no GET /admin/v1/accounts/{id}/token-holders: update the server"), "{said}");

    // What is missing is a thing, not a route: the request has named it.
    let url = start(Some("0.1.0"), |path| match path {
        "/jobs" => {
            let body = json!({
                "type": "urn:bowline:problem:not_found", "title": "Not found", "status": 404, "code": "not_found",
                "detail": "there is no such thing", "request_id": "req_1",
            });
            (404, body.to_string())
        }
        path => of_an_older_server(path),
    });
    let config = logged_in(&url);
    let out = run(
        config.path(),
        &["jobs", "revoke", "--tenant", "nope", "--status", "active", "--reason", "asked by the tenant"],
    );
    let said = String::from_utf8_lossy(&out.stderr).into_owned();
    assert_eq!(out.status.code(), Some(5), "{said}");
    assert!(said.contains("not found: no tenant \"nope\" is visible to you"), "{said}");

    // Something that is no Bowline at all, or one that is older than the header.
    let url = start(None, of_an_older_server);
    let out = run(logged_in(&url).path(), &["jobs", "list"]);
    let said = String::from_utf8_lossy(&out.stderr).into_owned();
    assert!(said.contains("of an unknown version") && said.contains("check its address"), "{said}");
}
