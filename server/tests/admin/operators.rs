//! Operators by the API: adding, changing passwords, disabling.

use bowline_api::status::Role;
use rocket::http::Method;
use serde_json::json;

use crate::harness::Admin;

#[rocket::async_test]
async fn a_new_password_and_disabling_end_all_sessions() {
    let admin = Admin::start().await;
    let root = admin.operator("root", Role::Admin).await;
    let wanted = json!({ "name": "ada", "password": "a long enough one", "role": "operator" });
    let ada = admin.post(&root, "/admin/v1/operators", wanted.clone()).await.expect(201);
    assert!(ada.get("password").is_none() && ada.get("password_hash").is_none());
    assert_eq!(admin.post(&root, "/admin/v1/operators", wanted).await.code(), "already_exists");
    let id = ada["id"].as_str().unwrap();
    let (first, second) =
        (admin.session(id.parse().unwrap()).await, admin.session(id.parse().unwrap()).await);
    admin.get(&first, "/admin/v1/whoami").await.expect(200);
    let path = format!("/admin/v1/operators/{id}/password");
    let short = Some(json!({ "password": "short" }));
    assert_eq!(admin.call(Method::Put, &root, &path, short).await.code(), "invalid_field");
    admin.get(&first, "/admin/v1/whoami").await.expect(200);
    let good = Some(json!({ "password": "another long one" }));
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
    assert_eq!(actions, ["operator.disabled", "operator.password_changed", "operator.added"]);
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
