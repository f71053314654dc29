//! Tenants, their connectors and API keys, and how bodies are refused.

use bowline_api::status::Role;
use rocket::http::{ContentType, Header, Method};
use serde_json::{Value, json};

use crate::harness::{Admin, proven};

fn connector(app_key: &str) -> Value {
    json!({
        "name": "Photos", "app_key": app_key, "app_secret": "CANARY-app-secret",
        "scopes": ["files.metadata.read", "account_info.read"],
        "return_urls": ["https://acme.example/linked"],
    })
}

async fn tenant(admin: &Admin, token: &str, slug: &str) -> String {
    let wanted = json!({ "slug": slug, "name": "Acme" });
    let tenant = admin.post(token, "/admin/v1/tenants", wanted).await.expect(201);
    format!("/admin/v1/tenants/{}", tenant["id"].as_str().unwrap())
}

#[rocket::async_test]
async fn a_tenant_is_named_by_its_short_name_as_well_as_by_its_id() {
    let admin = Admin::start().await;
    let root = admin.operator("root", Role::Admin).await;
    let acme = tenant(&admin, &root, "acme").await;
    let added = admin.post(&root, "/admin/v1/tenants/acme/connectors", connector("key1")).await.expect(201);
    let id = added["id"].as_str().unwrap();
    admin
        .post(&root, "/admin/v1/tenants/acme/api-keys", proven(json!({ "name": "back end" })))
        .await
        .expect(201);
    let secret = proven(json!({ "app_secret": "another" }));
    let path = format!("/admin/v1/tenants/acme/connectors/{id}/app-secret");
    admin.call(Method::Put, &root, &path, Some(secret)).await.expect(200);
    for noun in ["connectors", "api-keys"] {
        let by_id = admin.get(&root, &format!("{acme}/{noun}")).await.expect(200);
        let by_name = admin.get(&root, &format!("/admin/v1/tenants/acme/{noun}")).await.expect(200);
        assert_eq!(by_id, by_name);
    }
    for list in ["accounts?", "audit?", "audit/verify?"] {
        let ask = async |name: &str| admin.get(&root, &format!("/admin/v1/{list}tenant={name}")).await;
        let (by_id, by_name) = (ask(&acme[18..]).await.expect(200), ask("acme").await.expect(200));
        assert_eq!(by_id, by_name, "{list}");
        assert_eq!(ask("nobody").await.status, 404, "{list}");
        assert_eq!(ask("No%20body").await.code(), "invalid_field", "{list}");
        assert_eq!(ask("%00").await.code(), "invalid_field", "{list}");
    }
    for nobody in ["nobody", "No%20body", "%00", "tenant_01h455vb4pex5vsknk084sn02q"] {
        let answer = admin.get(&root, &format!("/admin/v1/tenants/{nobody}/connectors")).await;
        assert_eq!((answer.status, answer.code()), (404, "not_found"), "{nobody}");
    }
}

#[rocket::async_test]
async fn an_app_key_belongs_to_one_tenant_only() {
    let admin = Admin::start().await;
    let root = admin.operator("root", Role::Admin).await;
    let (acme, other) = (tenant(&admin, &root, "acme").await, tenant(&admin, &root, "other").await);
    let added = admin.post(&root, &format!("{acme}/connectors"), connector("key1")).await.expect(201);
    let callback = format!("http://localhost:8000/link/{}/callback", added["id"].as_str().unwrap());
    assert_eq!(added["callback_url"], callback);
    assert_eq!(added["scopes"], json!(["account_info.read", "files.metadata.read"]));
    for path in [&acme, &other] {
        let again = admin.post(&root, &format!("{path}/connectors"), connector("key1")).await;
        assert_eq!((again.status, again.code()), (409, "already_exists"));
    }
    admin.post(&root, &format!("{other}/connectors"), connector("key2")).await.expect(201);
    let list = admin.get(&root, &format!("{acme}/connectors")).await.expect(200);
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
    let log = admin.get(&root, &format!("/admin/v1/audit?tenant={}", &acme[18..])).await.expect(200);
    assert!(!list.to_string().contains("CANARY") && !log.to_string().contains("CANARY"));
    assert_eq!(log["items"][0]["action"], "connector.added");
}

#[rocket::async_test]
async fn another_app_secret_mends_a_broken_connector() {
    let admin = Admin::start().await;
    let root = admin.operator("root", Role::Admin).await;
    let acme = tenant(&admin, &root, "acme").await;
    let added = admin.post(&root, &format!("{acme}/connectors"), connector("key1")).await.expect(201);
    admin.execute("UPDATE connectors SET status = 'broken', status_reason = 'invalid_client'").await;
    let path = format!("{acme}/connectors/{}/app-secret", added["id"].as_str().unwrap());
    let secret = Some(proven(json!({ "app_secret": "another" })));
    let mended = admin.call(Method::Put, &root, &path, secret).await.expect(200);
    assert_eq!(mended["status"], "active");
    assert!(mended.get("status_reason").is_none());
    assert_eq!(
        mended["secret_check"], "unreachable",
        "Dropbox is not there, and the secret is stored all the same"
    );
}

#[rocket::async_test]
async fn return_urls_and_scopes_are_checked() {
    let admin = Admin::start().await;
    let root = admin.operator("root", Role::Admin).await;
    let acme = tenant(&admin, &root, "acme").await;
    for (field, value) in [
        ("return_urls", json!([])),
        ("return_urls", json!(["http://acme.example/linked"])),
        ("return_urls", json!(["https://acme.example/linked?x=1"])),
        ("return_urls", json!(["javascript:alert(1)"])),
        ("scopes", json!([])),
        ("scopes", json!(["two words"])),
        ("app_key", json!("")),
        ("app_secret", json!("with space")),
        ("name", json!("a\u{202e}b")),
    ] {
        let mut wanted = connector("key1");
        wanted[field] = value.clone();
        let answer = admin.post(&root, &format!("{acme}/connectors"), wanted).await;
        assert_eq!((answer.status, answer.code()), (422, "invalid_field"), "{field} {value}");
    }
}

#[rocket::async_test]
async fn an_api_key_shows_its_secret_once_and_can_be_revoked() {
    let admin = Admin::start().await;
    let root = admin.operator("root", Role::Admin).await;
    let acme = tenant(&admin, &root, "acme").await;
    let keys = format!("{acme}/api-keys");
    let wanted = proven(json!({ "name": "app", "permissions": ["token"] }));
    let key = admin.post(&root, &keys, wanted).await.expect(201);
    assert!(key["secret"].as_str().unwrap().starts_with("bwl_sk_"));
    let past = proven(json!({ "name": "app", "expires_at": "2001-01-01T00:00:00Z" }));
    assert_eq!(admin.post(&root, &keys, past).await.code(), "invalid_field");
    let path = format!("{keys}/{}", key["id"].as_str().unwrap());
    let revoked = admin.call(Method::Delete, &root, &path, None).await.expect(200);
    let again = admin.call(Method::Delete, &root, &path, None).await.expect(200);
    assert_eq!(revoked["revoked_at"], again["revoked_at"]);
    let list = admin.get(&root, &keys).await.expect(200);
    assert!(!list.to_string().contains("bwl_sk_"));
    assert_eq!(list["items"][0], revoked);
}

#[rocket::async_test]
async fn a_rotated_key_works_beside_the_new_one_and_then_expires() {
    let admin = Admin::start().await;
    let root = admin.operator("root", Role::Admin).await;
    let acme = tenant(&admin, &root, "acme").await;
    let keys = format!("{acme}/api-keys");
    let wanted = proven(json!({ "name": "app", "permissions": ["token"] }));
    let old = admin.post(&root, &keys, wanted).await.expect(201);
    let rotate = format!("{keys}/{}/rotate", old["id"].as_str().unwrap());
    let too_long = admin.post(&root, &rotate, proven(json!({ "overlap_hours": 721 }))).await;
    assert_eq!((too_long.status, too_long.code()), (422, "invalid_field"));
    let rotated = admin.post(&root, &rotate, proven(json!({ "overlap_hours": 2 }))).await.expect(201);
    assert!(rotated["new"]["secret"].as_str().unwrap().starts_with("bwl_sk_"));
    assert_eq!(rotated["new"]["permissions"], json!(["token"]));
    assert!(rotated["new"].get("expires_at").is_none());
    let soon = "SELECT count(*) FROM api_keys WHERE expires_at BETWEEN now() + interval '1 h' AND now() + interval '2 h'";
    assert_eq!(admin.superuser().await.query_one(soon, &[]).await.unwrap().get::<_, i64>(0), 1);
    // A second rotation never lets the old key work for longer.
    let again = admin.post(&root, &rotate, proven(json!({ "overlap_hours": 720 }))).await.expect(201);
    assert_eq!(again["old"]["expires_at"], rotated["old"]["expires_at"]);
    let log = admin.get(&root, &format!("/admin/v1/audit?tenant={}", &acme[18..])).await.expect(200);
    assert_eq!(log["items"][0]["action"], "api_key.rotated");
    assert_eq!(log["items"][0]["detail"]["replacement"], again["new"]["id"]);
    let now = admin.post(&root, &rotate, proven(json!({ "overlap_hours": 0 }))).await.expect(201);
    assert!(now["old"]["expires_at"].as_str() < rotated["old"]["expires_at"].as_str());
    let over = admin.post(&root, &rotate, proven(json!({}))).await;
    assert_eq!((over.status, over.code()), (409, "invalid_state"));
}

#[rocket::async_test]
async fn bodies_are_refused_for_what_is_wrong_with_them() {
    let admin = Admin::start().await;
    let root = admin.operator("root", Role::Admin).await;
    let path = "/admin/v1/tenants";
    let unknown = json!({ "slug": "acme", "name": "Acme", "role": "admin" });
    let answer = admin.post(&root, path, unknown).await;
    assert_eq!((answer.status, answer.code()), (422, "invalid_field"));
    assert!(answer.body["detail"].as_str().unwrap().contains("unknown field `role`"));
    for (kind, body, status) in [
        (ContentType::Plain, r#"{"slug":"acme","name":"Acme"}"#, 415),
        (ContentType::Form, "slug=acme&name=Acme", 415),
        (ContentType::JSON, "{", 400),
        (ContentType::JSON, r#"{"slug":7,"name":"Acme"}"#, 422),
        (ContentType::JSON, r#"{"slug":"Acme","name":"Acme"}"#, 422),
    ] {
        let bearer = Header::new("Authorization", format!("Bearer {root}"));
        let response = admin.client.post(path).header(kind).header(bearer).body(body).dispatch().await;
        assert_eq!(response.status().code, status, "{body}");
    }
    let none = admin.get(&root, path).await.expect(200);
    assert_eq!(none["items"], json!([]));
}

#[rocket::async_test]
async fn the_listener_says_whether_it_is_ready() {
    let admin = Admin::start().await;
    let ready = admin.get("", "/readyz").await.expect(200);
    assert_eq!(ready["ready"], true);
    let document = admin.get("", "/openapi.json").await.expect(200);
    assert!(document["paths"]["/admin/v1/accounts/{account}/revoke"]["post"].is_object());
    admin.app.drain();
    let response = admin.client.get("/readyz").dispatch().await;
    assert_eq!(response.status().code, 503);
    let text = admin.client.get("/livez").dispatch().await;
    assert_eq!(text.status().code, 200);
}
