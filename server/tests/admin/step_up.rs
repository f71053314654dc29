//! Acts that give somebody power, and new app secrets, ask operators again for what they log in with: a stolen session is not
//! enough.

use bowline_api::status::Role;
use rocket::http::Method;
use serde_json::{Value, json};

use crate::harness::{Admin, PASSWORD, proven};

/// The calls that ask for a proof, without it.
async fn calls(admin: &Admin, root: &str) -> Vec<(Method, String, Value)> {
    let other = admin.operator("vera", Role::Viewer).await;
    let other = admin.get(&other, "/admin/v1/whoami").await.expect(200);
    let operator = format!("/admin/v1/operators/{}", other["id"].as_str().unwrap());
    admin.post(root, &format!("{operator}/disable"), json!({})).await.expect(200);
    admin.post(root, "/admin/v1/tenants", json!({ "slug": "acme", "name": "Acme" })).await.expect(201);
    let connectors = "/admin/v1/tenants/acme/connectors";
    let wanted = json!({
        "name": "Photos", "app_key": "key1", "app_secret": "first", "scopes": ["account_info.read"],
        "return_urls": ["https://acme.example/linked"],
    });
    let connector = admin.post(root, connectors, wanted).await.expect(201);
    let secret = format!("{connectors}/{}/app-secret", connector["id"].as_str().unwrap());
    let password = "another long one";
    let keys = "/admin/v1/tenants/acme/api-keys";
    let key = admin.post(root, keys, proven(json!({ "name": "old" }))).await.expect(201);
    let key = format!("{keys}/{}", key["id"].as_str().unwrap());
    admin.execute("UPDATE api_keys SET suspended_at = now(), suspended_reason = 'why'").await;
    let stop = "/admin/v1/tenants/acme/drain-stop";
    let endpoints = "/admin/v1/tenants/acme/webhook-endpoints";
    let url = json!({ "url": "https://hooks.acme.example/" });
    let endpoint = admin.post(root, endpoints, proven(url.clone())).await.expect(201);
    let endpoint = format!("{endpoints}/{}", endpoint["id"].as_str().unwrap());
    // What does not decide where events go asks for nothing.
    admin.call(Method::Patch, root, &endpoint, Some(json!({ "events": [] }))).await.expect(200);
    vec![
        (
            Method::Post,
            "/admin/v1/operators".to_owned(),
            json!({ "name": "second", "password": password, "role": "admin" }),
        ),
        (Method::Put, format!("{operator}/password"), json!({ "password": password })),
        (Method::Put, format!("{operator}/tenants"), json!({ "tenants": null })),
        (Method::Put, format!("{operator}/role"), json!({ "role": "admin" })),
        (Method::Post, format!("{operator}/enable"), json!({})),
        (Method::Post, keys.to_owned(), json!({ "name": "back end" })),
        (Method::Post, format!("{key}/rotate"), json!({})),
        (Method::Post, format!("{key}/resume"), json!({ "reason": "it was their export" })),
        (Method::Put, stop.to_owned(), json!({ "enabled": true, "reason": "ticket 4711" })),
        (Method::Post, format!("{stop}/announce"), json!({ "minutes": 60, "reason": "their export is new" })),
        (Method::Put, secret, json!({ "app_secret": "second" })),
        (Method::Post, endpoints.to_owned(), url),
        (Method::Patch, endpoint.clone(), json!({ "url": "https://other.acme.example/" })),
        (Method::Post, format!("{endpoint}/rotate-secret"), json!({})),
    ]
}

#[rocket::async_test]
async fn a_stolen_session_alone_gives_nobody_power() {
    let admin = Admin::start_with(|settings| settings.limits.logins_per_minute = 0).await;
    let root = admin.operator("root", Role::Admin).await;
    let calls = calls(&admin, &root).await;
    let done = "SELECT count(*) FROM audit_events WHERE action <> 'operator.login_failed'";
    let count =
        async |sql: &str| -> i64 { admin.superuser().await.query_one(sql, &[]).await.unwrap().get(0) };
    let before = count(done).await;
    for (number, (method, path, body)) in (1..).zip(&calls) {
        let bare = admin.call(*method, &root, path, Some(body.clone())).await;
        assert_eq!((bare.status, bare.code()), (422, "invalid_field"), "{path}");
        assert!(bare.body["detail"].as_str().unwrap().contains("missing field `proof`"), "{}", bare.body);
        let mut guessed = body.clone();
        guessed["proof"] = json!({ "password": "a wrong password" });
        let wrong = admin.call(*method, &root, path, Some(guessed)).await;
        assert_eq!((wrong.status, wrong.code()), (422, "invalid_field"), "{path}");
        assert_eq!(wrong.body["field"], "proof.password", "{path}");
        let failed = "SELECT count(*) FROM audit_events WHERE action = 'operator.login_failed'";
        assert_eq!(count(failed).await, number, "{path}: a guess is on record");
        // The other guesses would wait for their lock.
        admin.execute("DELETE FROM login_failures").await;
    }
    assert_eq!(count(done).await, before, "nothing was done");
    for (method, path, body) in &calls {
        let status = admin.call(*method, &root, path, Some(proven(body.clone()))).await.status;
        assert!((200..300).contains(&status), "{path}: {status}");
    }
    // A rotation is two entries: the new key, and when the old one expires.
    assert_eq!(count(done).await, before + i64::try_from(calls.len()).unwrap() + 1);
}

#[rocket::async_test]
async fn an_operator_with_one_time_codes_proves_with_one_as_well() {
    let admin = Admin::start().await;
    let root = admin.operator("root", Role::Admin).await;
    admin.execute("UPDATE operators SET totp_since = now() WHERE name = 'root'").await;
    let call = async |proof: Value| {
        let body =
            json!({ "name": "second", "password": "another long one", "role": "admin", "proof": proof });
        admin.post(&root, "/admin/v1/operators", body).await
    };
    let missing = call(json!({ "password": PASSWORD })).await;
    assert_eq!((missing.status, missing.code()), (403, "totp_required"));
    let wrong = call(json!({ "password": PASSWORD, "code": "aaaa-bbbb-cccc-dddd" })).await;
    assert_eq!((wrong.code(), &wrong.body["field"]), ("invalid_field", &json!("proof.code")));
}
