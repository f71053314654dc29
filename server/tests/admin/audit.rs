//! The log can be followed, and whoever edits it is found.

use bowline_api::status::Role;
use serde_json::{Value, json};

use crate::harness::Admin;

/// A tenant whose log has six entries; its id.
async fn tenant(admin: &Admin, token: &str, slug: &str) -> String {
    let wanted = json!({ "slug": slug, "name": "Acme" });
    let tenant = admin.post(token, "/admin/v1/tenants", wanted).await.expect(201);
    let id = tenant["id"].as_str().unwrap().to_owned();
    for n in 0..5 {
        let path = format!("/admin/v1/tenants/{id}/api-keys");
        admin.post(token, &path, json!({ "name": format!("key {n}") })).await.expect(201);
    }
    id
}

async fn verify(admin: &Admin, token: &str, tenant: &str) -> Value {
    admin.get(token, &format!("/admin/v1/audit/verify?tenant={tenant}")).await.expect(200)
}

#[rocket::async_test]
async fn every_way_to_change_the_log_is_found_where_it_was_done() {
    let admin = Admin::start().await;
    let root = admin.operator("root", Role::Admin).await;
    let of = "WHERE tenant_id = (SELECT id FROM tenants WHERE slug =";
    for (slug, tampering, at, finding) in [
        ("edited", "UPDATE audit_events SET detail = '{}'", 3, "edited"),
        ("renamed", "UPDATE audit_events SET actor_name = 'eve'", 3, "edited"),
        ("gap", "DELETE FROM audit_events", 3, "missing"),
        ("cut", "DELETE FROM audit_events", 6, "cut"),
        ("first", "DELETE FROM audit_events", 1, "missing"),
    ] {
        let id = tenant(&admin, &root, slug).await;
        assert_eq!(verify(&admin, &root, &id).await, json!({ "checked": 6, "intact": true }));
        admin.database.execute(&format!("{tampering} {of} '{slug}') AND sequence = {at}")).await;
        let found = verify(&admin, &root, &id).await;
        let expected = json!({ "checked": at - 1, "intact": false, "broken_at": at, "finding": finding });
        assert_eq!(found, expected, "{slug}");
    }
    let own = admin.get(&root, "/admin/v1/audit/verify").await.expect(200);
    assert_eq!(own["intact"], true, "the logs of others are not the service's own");
}

#[rocket::async_test]
async fn an_entry_with_its_hash_made_anew_breaks_the_one_after_it() {
    let admin = Admin::start().await;
    let root = admin.operator("root", Role::Admin).await;
    let id = tenant(&admin, &root, "acme").await;
    admin.database.execute("UPDATE audit_events SET hash = sha256('x') WHERE sequence = 6 AND tenant_id <> '00000000-0000-0000-0000-000000000000'").await;
    assert_eq!(verify(&admin, &root, &id).await["finding"], "edited");
}

#[rocket::async_test]
async fn the_log_pages_newest_first_and_by_subject() {
    let admin = Admin::start().await;
    let root = admin.operator("root", Role::Admin).await;
    let id = tenant(&admin, &root, "acme").await;
    let path = format!("/admin/v1/audit?tenant={id}&limit=4");
    let first = admin.get(&root, &path).await.expect(200);
    let sequences = |page: &Value| {
        page["items"].as_array().unwrap().iter().map(|e| e["sequence"].as_i64().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(sequences(&first), [6, 5, 4, 3]);
    let next = format!("{path}&cursor={}", first["next"].as_str().unwrap());
    let second = admin.get(&root, &next).await.expect(200);
    assert_eq!(sequences(&second), [2, 1]);
    assert!(second.get("next").is_none());
    let back = format!("{path}&cursor={}", second["prev"].as_str().unwrap());
    assert_eq!(sequences(&admin.get(&root, &back).await.expect(200)), [6, 5, 4, 3]);
    let about = admin.get(&root, &format!("/admin/v1/audit?tenant={id}&subject={id}")).await.expect(200);
    assert_eq!(sequences(&about), [1]);
    assert_eq!(about["items"][0]["actor"]["name"], "root");
    let foreign = next.replace(&format!("tenant={id}&"), "");
    assert_eq!(admin.get(&root, &foreign).await.code(), "invalid_cursor");
}
