//! Endpoints for webhooks and what was delivered to them, on screens and on the command line.

use std::sync::{Arc, Mutex};

use bowline::app::Msg;
use bowline::client::{Act, Request, WebhookAct};
use bowline_api::AnyOf;
use bowline_api::status::{Role, WebhookDeliveryState, WebhookState};
use bowline_api::v1::WebhookTest;
use secrecy::ExposeSecret as _;
use serde_json::{Value, from_str, json, to_string};

use crate::fake::{logged_in, run_with, start_with};
use crate::faults::calls;
use crate::fixtures::{connectors, operator, page, tenants};
use crate::operator::Story;
use crate::screens::frame_text;
use crate::webhook_fixtures::{deliveries, endpoint_id, endpoints, new_endpoint, switched};

/// An operator on the screen of a tenant's endpoints, to which they came from the tenant.
fn at_webhooks(role: Role) -> Story {
    let mut story = Story::with_session();
    story.role = role;
    story.settle();
    story.tell(Msg::Resize(120, 20));
    story.press("2");
    story.settle();
    story.press("9");
    story.settle();
    story
}

fn last_act(story: &Story) -> &WebhookAct {
    let acts = story.asked.iter().rev().find_map(|request| match request {
        Request::Act(Act::Webhook { act, .. }) => Some(act),
        _ => None,
    });
    acts.unwrap_or_else(|| panic!("{:?}", story.asked))
}

#[test]
fn a_tenant_leads_to_its_endpoints_which_are_tested_switched_rotated_and_deleted() {
    let mut story = at_webhooks(Role::Admin);
    insta::assert_snapshot!("webhooks", frame_text(&story));
    let id = endpoint_id(0);
    story.press("M enter");
    assert!(matches!(last_act(&story), WebhookAct::Test { id: of } if *of == id));
    story.settle();
    assert!(story.toast().contains("is on its way"), "{}", story.toast());
    story.press("S enter");
    assert!(matches!(last_act(&story), WebhookAct::Disable { id: of } if *of == id));
    story.settle();
    assert!(story.toast().contains("the endpoint is disabled"), "{}", story.toast());
    assert!(frame_text(&story).contains("‖ disabled"), "{}", frame_text(&story));
    story.press("u");
    assert!(matches!(last_act(&story), WebhookAct::Enable { id: of } if *of == id));
    story.settle();
    story.press("o ctrl-u");
    story.type_in("721");
    story.press("enter");
    story.type_in("my own password");
    story.press("enter");
    assert!(frame_text(&story).contains("works for 0 to 720 hours"), "{}", frame_text(&story));
    story.press("up ctrl-u");
    story.type_in("48");
    story.press("enter enter");
    let WebhookAct::Rotate { overlap_hours, proof, .. } = last_act(&story) else {
        panic!("{:?}", story.asked)
    };
    assert_eq!((*overlap_hours, proof.password.expose_secret()), (Some(48), "my own password"));
    story.settle();
    assert!(frame_text(&story).contains("new signing secret"), "{}", frame_text(&story));
    assert!(frame_text(&story).contains("whsec_CANARY") && !format!("{:?}", story.model).contains("CANARY"));
    story.press("enter y");
    assert_eq!(story.toast(), "copied: the secret");
    story.press("esc");
    assert!(!frame_text(&story).contains("CANARY"));
    let end = story.end_of_id();
    story.press("K enter");
    assert!(matches!(last_act(&story), WebhookAct::Rotate { .. }), "enter alone deletes nothing");
    story.type_in(&end);
    story.press("enter");
    assert!(matches!(last_act(&story), WebhookAct::Delete { id: of } if *of == id));
    story.settle();
    story.press("G S");
    assert!(frame_text(&story).contains("is delivered"), "{}", frame_text(&story));
    story.press("esc M");
    assert!(story.toast().contains("enable it first"), "{}", story.toast());
    story.press("i");
    assert!(frame_text(&story).contains("it answered 410"), "{}", frame_text(&story));
}

#[test]
fn an_admin_adds_an_endpoint_and_edits_one_with_their_own_password() {
    let mut story = at_webhooks(Role::Admin);
    story.press("a");
    insta::assert_snapshot!("new_endpoint", frame_text(&story));
    story.type_in("shop.example");
    story.press("enter ctrl-u");
    story.type_in("account.linked, account.revoked");
    story.press("enter");
    story.type_in("conn_1");
    story.press("enter");
    story.type_in("my own CANARY");
    story.press("enter");
    assert!(frame_text(&story).contains("a URL is needed"), "{}", frame_text(&story));
    story.press("tab ctrl-u");
    story.type_in("https://shop.example/hooks");
    story.press("enter enter enter enter");
    assert!(frame_text(&story).contains("a connector is conn_"), "{}", frame_text(&story));
    let connector = connectors()[0].id;
    story.press("up ctrl-u");
    story.type_in(&connector.to_string());
    story.press("enter enter");
    let WebhookAct::Create { wanted, proof } = last_act(&story) else { panic!("{:?}", story.asked) };
    assert_eq!((wanted.url.as_str(), wanted.connector), ("https://shop.example/hooks", Some(connector)));
    assert_eq!(wanted.events, ["account.linked", "account.revoked"]);
    assert_eq!(proof.password.expose_secret(), "my own CANARY");
    story.settle();
    assert!(frame_text(&story).contains("whsec_CANARY"), "{}", frame_text(&story));
    assert!(!format!("{:?}{:?}", story.asked, story.model).contains("CANARY"));
    story.press("esc");
    story.settle();

    story.press("U");
    let text = frame_text(&story);
    assert!(text.contains("account.linked account.needs_reauth"), "it begins with what there is: {text}");
    story.press("ctrl-u");
    story.type_in("https://other.example/hooks");
    story.press("enter ctrl-u enter enter");
    story.type_in("my own CANARY");
    story.press("enter");
    assert!(frame_text(&story).contains("types of events, with spaces between"), "{}", frame_text(&story));
    story.press("up up");
    story.type_in("all");
    story.press("enter enter enter");
    let WebhookAct::Edit { id, edit, proof } = last_act(&story) else { panic!("{:?}", story.asked) };
    assert_eq!((*id, edit.url.as_deref()), (endpoint_id(0), Some("https://other.example/hooks")));
    assert_eq!((edit.events.as_deref(), proof.password.expose_secret()), (Some(&[][..]), "my own CANARY"));
    assert_eq!(edit.connector, None, "what is not different is not sent");
    story.settle();
    assert!(story.toast().contains("the endpoint is enabled"), "{}", story.toast());
    let mut story = Story::with_session();
    story.role = Role::Admin;
    story.settle();
    story.press("6");
    story.settle();
    story.press("9 a");
    assert_eq!(story.toast(), "choose a tenant first: type / and tenant:NAME");
}

#[test]
fn an_edit_sends_what_is_different_and_asks_for_the_password_for_a_url_alone() {
    let mut story = at_webhooks(Role::Admin);
    story.press("U");
    assert!(!frame_text(&story).contains("your own password"), "{}", frame_text(&story));
    story.press("enter enter enter");
    assert!(frame_text(&story).contains("nothing is different yet"), "{}", frame_text(&story));
    let connector = connectors()[0].id;
    story.type_in(&connector.to_string());
    story.press("enter");
    let WebhookAct::Edit { edit, .. } = last_act(&story) else { panic!("{:?}", story.asked) };
    assert_eq!((edit.url.as_deref(), edit.events.as_deref()), (None, None));
    assert_eq!(edit.connector, Some(Some(connector)));
    story.settle();
    story.press("U");
    story.type_in("2");
    assert!(frame_text(&story).contains("your own password"), "{}", frame_text(&story));
    story.press("backspace");
    assert!(!frame_text(&story).contains("your own password"), "{}", frame_text(&story));
}

#[test]
fn an_endpoint_leads_to_its_deliveries_of_which_one_or_all_since_are_sent_again() {
    let mut story = at_webhooks(Role::Operator);
    story.press("enter");
    story.settle();
    insta::assert_snapshot!("deliveries", frame_text(&story));
    let asked = |story: &Story| calls(story, |request| matches!(request, Request::Deliveries(..)));
    let before = asked(&story);
    story.later(2_000);
    assert_eq!(asked(&story), before + 1, "what is on its way is asked for again");
    story.settle();
    let failed = &deliveries()[1];
    story.press("j i");
    assert!(frame_text(&story).contains("answer begins <html>"), "{}", frame_text(&story));
    story.press("esc b enter");
    let WebhookAct::Resend { id, event } = last_act(&story) else { panic!("{:?}", story.asked) };
    assert_eq!((*id, *event), (endpoint_id(0), failed.event_id));
    story.settle();
    assert!(story.toast().contains("1 event is on its way"), "{}", story.toast());
    story.press("B enter");
    let WebhookAct::ResendSince { since, accepted_too, .. } = last_act(&story) else {
        panic!("{:?}", story.asked)
    };
    assert_eq!((*since, *accepted_too), (failed.occurred_at, false));
    story.settle();
    story.press("/");
    story.type_in("state:skipped,waiting");
    story.press("enter");
    story.later(1_000);
    let wanted = Some("waiting,skipped".parse::<AnyOf<WebhookDeliveryState>>().unwrap());
    let last = story.asked.iter().rev().find(|request| matches!(request, Request::Deliveries(..)));
    assert!(matches!(last, Some(Request::Deliveries(_, _, state, _)) if *state == wanted), "{last:?}");
    story.settle();
    let mut viewer = at_webhooks(Role::Viewer);
    for (key, needed) in
        [("a", "admin"), ("U", "admin"), ("M", "operator"), ("S", "admin"), ("o", "admin"), ("K", "admin")]
    {
        viewer.press(key);
        assert_eq!(viewer.toast(), format!("refused: this needs the role {needed}; yours is viewer"));
        assert!(viewer.model.dialogs.is_empty());
    }
}

/// A call: its path below the tenant's endpoints, and its body.
type Called = Arc<Mutex<Vec<(String, Value)>>>;

/// A server that answers as the admin API does, and notes what it is asked.
fn server() -> (String, Called) {
    let called = Called::default();
    let noted = Arc::clone(&called);
    let url = start_with(None, move |path, body| {
        if path == "/whoami" {
            return (200, to_string(&operator(Role::Admin)).unwrap());
        }
        let Some((_, rest)) = path.split_once("/webhook-endpoints") else { return (404, String::new()) };
        let body: Value = if body.is_empty() { Value::Null } else { from_str(body).unwrap() };
        noted.lock().unwrap().push((rest.to_owned(), body.clone()));
        let end = rest.rsplit('/').next().unwrap_or_default();
        let id = rest.split('/').nth(1).map_or(endpoint_id(0), |id| id.parse().unwrap());
        let answer = match (end, body.is_null()) {
            ("", true) => to_string(&page(endpoints())),
            ("", false) | ("rotate-secret", _) => to_string(&new_endpoint()),
            ("deliveries", _) => to_string(&page(deliveries())),
            ("test", _) => to_string(&WebhookTest { event_id: deliveries()[0].event_id }),
            ("resend", _) => to_string(&json!({ "events": 2 })),
            ("disable", _) => to_string(&switched(id, WebhookState::Disabled)),
            _ => to_string(&switched(id, WebhookState::Enabled)),
        };
        (200, answer.unwrap())
    });
    (url, called)
}

#[test]
fn each_command_is_one_call_and_prints_what_the_server_says() {
    let (url, called) = server();
    let config = logged_in(&url);
    let (id, tenant) = (endpoint_id(0).to_string(), tenants()[0].id.to_string());
    let event = deliveries()[1].event_id.to_string();
    let connector = connectors()[0].id.to_string();
    let with = |arguments: &[&str]| {
        let arguments = [&["webhooks"], arguments, &["--tenant", &tenant]].concat();
        let out = run_with(config.path(), &arguments, "my own CANARY\n");
        let said = [out.stdout, out.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
        (out.status.code(), said[0].clone(), said[1].clone())
    };
    let (url, other) = ("https://photos.acme.example/hooks", "https://other.acme.example/hooks");
    let proof = json!({ "password": "my own CANARY" });
    let since = "2026-11-23T10:00:00Z";
    for (arguments, path, body, shown) in [
        (&["list"][..], String::new(), Value::Null, "▲ failing"),
        (&["show", &id], format!("/{id}"), Value::Null, "account.linked account.needs_reauth"),
        (
            &["create", url, "--events", "account.linked,account.revoked"],
            String::new(),
            json!({ "url": url, "events": ["account.linked", "account.revoked"], "proof": proof }),
            "whsec_CANARY",
        ),
        (
            &["edit", &id, "--url", other],
            format!("/{id}"),
            json!({ "url": other, "proof": proof }),
            "is enabled",
        ),
        (&["edit", &id, "--all-events"], format!("/{id}"), json!({ "events": [] }), "is enabled"),
        (
            &["edit", &id, "--connector", &connector],
            format!("/{id}"),
            json!({ "connector": connector }),
            "is enabled",
        ),
        (&["edit", &id, "--any-connector"], format!("/{id}"), json!({ "connector": null }), "is enabled"),
        (&["enable", &id], format!("/{id}/enable"), Value::Null, "is enabled"),
        (&["disable", &id], format!("/{id}/disable"), Value::Null, "is disabled"),
        (&["delete", &id, "--confirm", &id[id.len() - 6..]], format!("/{id}"), Value::Null, "done"),
        (&["test", &id], format!("/{id}/test"), Value::Null, "is on its way"),
        (
            &["rotate-secret", &id, "--overlap", "48"],
            format!("/{id}/rotate-secret"),
            json!({ "overlap_hours": 48, "proof": proof }),
            "the old secret signs as well until",
        ),
        (
            &["deliveries", &id, "--state", "waiting,skipped"],
            format!("/{id}/deliveries"),
            Value::Null,
            "500 in 31 ms",
        ),
        (
            &["resend", &id, "--event", &event],
            format!("/{id}/deliveries/{event}/resend"),
            Value::Null,
            "1 event",
        ),
        (
            &["resend", &id, "--since", since, "--accepted-too"],
            format!("/{id}/resend"),
            json!({ "since": since, "accepted_too": true }),
            "2 events are on their way",
        ),
    ] {
        called.lock().unwrap().clear();
        let (code, out, err) = with(arguments);
        assert_eq!(code, Some(0), "{arguments:?}: {err}");
        assert!(out.contains(shown), "{arguments:?}: {out}");
        assert!(!out.contains('\u{1b}') && !err.contains("CANARY"), "{arguments:?}: {out}{err}");
        assert_eq!(*called.lock().unwrap(), [(path, body)], "{arguments:?}");
    }
    called.lock().unwrap().clear();
    for (arguments, code) in [
        (&["edit", &id][..], 2),
        (&["edit", &id, "--events", "a.b", "--all-events"], 2),
        (&["edit", &id, "--connector", &connector, "--any-connector"], 2),
        (&["resend", &id], 2),
        (&["resend", &id, "--since", "soon"], 2),
        (&["resend", &id, "--event", &event, "--since", since], 2),
        (&["delete", &id, "--confirm", "wrong1"], 9),
        (&["test", &id, "--read-only"], 9),
        (&["rotate-secret", &id, "--read-only"], 9),
    ] {
        let (found, _, said) = with(arguments);
        assert_eq!(found, Some(code), "{arguments:?}: {said}");
    }
    assert!(called.lock().unwrap().is_empty(), "{:?}", called.lock().unwrap());
    let (_, out, _) = with(&["show", &id, "--json"]);
    assert_eq!(from_str::<Value>(&out).unwrap()["url"], url);
}
