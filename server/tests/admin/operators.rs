//! Operators through the API: adding, changing passwords, disabling.

use bowline_api::status::Role;
use bowline_server::domain::Actor;
use bowline_server::service::operator;
use rocket::http::Method;
use secrecy::SecretString;
use serde_json::json;

use crate::harness::{Admin, PASSWORD, proven};

#[rocket::async_test]
async fn a_new_password_and_disabling_end_all_sessions() {
    let admin = Admin::start().await;
    let root = admin.operator("root", Role::Admin).await;
    let wanted = proven(json!({ "name": "ada", "password": "a long enough one", "role": "operator" }));
    let ada = admin.post(&root, "/admin/v1/operators", wanted.clone()).await.expect(201);
    assert!(ada.get("password").is_none() && ada.get("password_hash").is_none());
    assert_eq!(admin.post(&root, "/admin/v1/operators", wanted).await.code(), "already_exists");
    let id = ada["id"].as_str().unwrap();
    let (first, second) =
        (admin.session(id.parse().unwrap()).await, admin.session(id.parse().unwrap()).await);
    admin.get(&first, "/admin/v1/whoami").await.expect(200);
    let path = format!("/admin/v1/operators/{id}/password");
    for bad in ["short", "password1234"] {
        let bad = Some(proven(json!({ "password": bad })));
        assert_eq!(admin.call(Method::Put, &root, &path, bad).await.code(), "invalid_field");
    }
    admin.get(&first, "/admin/v1/whoami").await.expect(200);
    let good = Some(proven(json!({ "password": "another long one" })));
    admin.call(Method::Put, &root, &path, good).await.expect(200);
    for token in [&first, &second] {
        admin.get(token, "/admin/v1/whoami").await.expect(401);
    }
    let third = admin.session(id.parse().unwrap()).await;
    let disabled =
        admin.post(&root, &format!("/admin/v1/operators/{id}/disable"), json!({})).await.expect(200);
    assert!(disabled["disabled_at"].is_string());
    admin.get(&third, "/admin/v1/whoami").await.expect(401);
    let login = json!({ "name": "ada", "password": "another long one" });
    assert_eq!(admin.post("", "/admin/v1/sessions", login).await.code(), "invalid_login");
    let log = admin.get(&root, "/admin/v1/audit").await.expect(200);
    let actions: Vec<_> = log["items"].as_array().unwrap().iter().map(|event| &event["action"]).collect();
    let expected =
        ["operator.login_failed", "operator.disabled", "operator.password_changed", "operator.added"];
    assert_eq!(actions, expected);
    assert!(!log.to_string().contains("long one"));
}

#[rocket::async_test]
async fn the_list_pages_both_ways() {
    let admin = Admin::start().await;
    let root = admin.operator("a0", Role::Admin).await;
    for n in 1..5 {
        admin.operator(&format!("a{n}"), Role::Viewer).await;
    }
    let first = admin.get(&root, "/admin/v1/operators?limit=2").await.expect(200);
    let next = format!("/admin/v1/operators?limit=2&cursor={}", first["next"].as_str().unwrap());
    let second = admin.get(&root, &next).await.expect(200);
    assert_eq!((&second["items"][0]["name"], &second["items"][1]["name"]), (&json!("a2"), &json!("a3")));
    let prev = format!("/admin/v1/operators?limit=2&cursor={}", second["prev"].as_str().unwrap());
    assert_eq!(admin.get(&root, &prev).await.expect(200)["items"], first["items"]);
}

/// Two admins: their ids, and a session of each.
async fn two_admins(admin: &Admin) -> [(String, String); 2] {
    let mut all = Vec::new();
    for name in ["one", "two"] {
        let token = admin.operator(name, Role::Admin).await;
        let me = admin.get(&token, "/admin/v1/whoami").await.expect(200);
        all.push((me["id"].as_str().unwrap().to_owned(), token));
    }
    all.try_into().unwrap()
}

#[rocket::async_test]
async fn the_last_admin_is_neither_disabled_nor_demoted() {
    let admin = Admin::start().await;
    let [(one, first), (two, second)] = two_admins(&admin).await;
    let disable = async |token: &str, id: &str| {
        admin.post(token, &format!("/admin/v1/operators/{id}/disable"), json!({})).await
    };
    let viewer = Some(proven(json!({ "role": "viewer" })));
    let role = |id: &str| format!("/admin/v1/operators/{id}/role");
    disable(&first, &two).await.expect(200);
    admin.get(&second, "/admin/v1/whoami").await.expect(401);
    // A disabled admin could not enable the other one again.
    assert_eq!(disable(&first, &one).await.code(), "last_admin");
    assert_eq!(admin.call(Method::Put, &first, &role(&one), viewer.clone()).await.code(), "last_admin");
    admin.get(&first, "/admin/v1/whoami").await.expect(200);
    let enabled =
        admin.post(&first, &format!("/admin/v1/operators/{two}/enable"), proven(json!({}))).await.expect(200);
    assert!(enabled.get("disabled_at").is_none());
    admin.call(Method::Put, &first, &role(&one), viewer.clone()).await.expect(200);
    assert_eq!(admin.get(&first, "/admin/v1/whoami").await.code(), "unauthenticated", "at once");
    let first = admin.session(one.parse().unwrap()).await;
    assert_eq!(admin.get(&first, "/admin/v1/operators").await.code(), "insufficient_scope");
    let second = admin.session(two.parse().unwrap()).await;
    assert_eq!(admin.call(Method::Put, &second, &role(&two), viewer).await.code(), "last_admin");
}

#[rocket::async_test]
async fn of_two_admins_who_disable_each_other_one_remains() {
    let admin = Admin::start().await;
    let [(one, _), (two, _)] = two_admins(&admin).await;
    let ids: [bowline_api::OperatorId; 2] = [one, two].map(|id| id.parse().unwrap());
    for _ in 0..10 {
        let both = ids.map(|id| operator::disable(&admin.app, &Actor::CommandLine, id));
        let [first, second] = both;
        let (first, second) = tokio::join!(first, second);
        assert_eq!([first.is_ok(), second.is_ok()].iter().filter(|done| **done).count(), 1);
        for id in ids {
            operator::enable(&admin.app, &Actor::CommandLine, id).await.unwrap();
        }
    }
}

#[rocket::async_test]
async fn ones_own_password_takes_the_current_one_and_ends_all_sessions() {
    let admin = Admin::start().await;
    let (old, new) = (PASSWORD, "another long one");
    let added = operator::add(&admin.app, &Actor::CommandLine, "ada", &SecretString::from(old), Role::Admin)
        .await
        .unwrap();
    let (first, second) = (admin.session(added.id).await, admin.session(added.id).await);
    let own = "/admin/v1/whoami/password";
    let body = |current: &str, new: &str| Some(json!({ "current_password": current, "new_password": new }));
    // Not through the route of admins, with which a stolen session could take over the account.
    let others = format!("/admin/v1/operators/{}/password", added.id);
    let refused = admin.call(Method::Put, &first, &others, Some(proven(json!({ "password": new })))).await;
    assert_eq!((refused.status, refused.code()), (409, "invalid_state"));
    let wrong = admin.call(Method::Put, &first, own, body("correct horse buttery", new)).await;
    assert_eq!((wrong.status, wrong.code()), (422, "invalid_field"));
    let easy = admin.call(Method::Put, &first, own, body(old, "password1234")).await;
    assert_eq!((easy.status, easy.code()), (422, "invalid_field"));
    admin.get(&first, "/admin/v1/whoami").await.expect(200);
    admin.call(Method::Put, &first, own, body(old, new)).await.expect(200);
    for token in [&first, &second] {
        admin.get(token, "/admin/v1/whoami").await.expect(401);
    }
    admin.post("", "/admin/v1/sessions", json!({ "name": "ada", "password": new })).await.expect(201);
    let failures = "SELECT count(*) FROM audit_events WHERE action = 'operator.login_failed'";
    let rows = admin.superuser().await.query(failures, &[]).await.unwrap();
    assert_eq!(rows[0].get::<_, i64>(0), 1, "the wrong current password is a failed login");
}
