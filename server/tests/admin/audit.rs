//! The audit log can be verified, and every edit is found.

use bowline_api::status::Role;
use serde_json::{Value, json};

use crate::harness::{Admin, proven};

/// A server that lets one address prove as often as it likes who it is: every new key wants that.
async fn unhurried() -> Admin {
    Admin::start_with(|settings| settings.limits.logins_per_minute = 0).await
}

/// Creates a tenant whose log has six entries, and returns its id.
async fn tenant(admin: &Admin, token: &str, slug: &str) -> String {
    let wanted = json!({ "slug": slug, "name": "Acme" });
    let tenant = admin.post(token, "/admin/v1/tenants", wanted).await.expect(201);
    let id = tenant["id"].as_str().unwrap().to_owned();
    for n in 0..5 {
        let path = format!("/admin/v1/tenants/{id}/api-keys");
        admin.post(token, &path, proven(json!({ "name": format!("key {n}") }))).await.expect(201);
    }
    id
}

async fn verify(admin: &Admin, token: &str, tenant: &str) -> Value {
    admin.get(token, &format!("/admin/v1/audit/verify?tenant={tenant}")).await.expect(200)
}

#[rocket::async_test]
async fn every_way_to_change_the_log_is_found_where_it_was_done() {
    let admin = unhurried().await;
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
        admin.execute(&format!("{tampering} {of} '{slug}') AND sequence = {at}")).await;
        let found = verify(&admin, &root, &id).await;
        let expected = json!({ "checked": at - 1, "intact": false, "broken_at": at, "finding": finding });
        assert_eq!(found, expected, "{slug}");
    }
    let own = admin.get(&root, "/admin/v1/audit/verify").await.expect(200);
    assert_eq!(own["intact"], true, "the logs of others are not the service's own");
}

#[rocket::async_test]
async fn an_entry_with_a_recomputed_hash_breaks_the_next_entry() {
    let admin = unhurried().await;
    let root = admin.operator("root", Role::Admin).await;
    let id = tenant(&admin, &root, "acme").await;
    admin.execute("UPDATE audit_events SET hash = sha256('x') WHERE sequence = 6 AND tenant_id <> '00000000-0000-0000-0000-000000000000'").await;
    assert_eq!(verify(&admin, &root, &id).await["finding"], "edited");
}

#[rocket::async_test]
async fn the_log_pages_newest_first_and_by_subject() {
    let admin = unhurried().await;
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

#[rocket::async_test]
async fn an_entry_of_a_newer_version_is_listed_as_it_stands() {
    let admin = unhurried().await;
    let root = admin.operator("root", Role::Admin).await;
    let id = tenant(&admin, &root, "acme").await;
    let newer = r#"UPDATE audit_events SET action = 'key.rolled', subject = 'thing_1', detail = '{"of": [1]}' WHERE sequence = 2"#;
    admin.superuser().await.execute(newer, &[]).await.unwrap();
    let page = admin.get(&root, &format!("/admin/v1/audit?tenant={id}&limit=10")).await.expect(200);
    let of = |at: usize| page["items"][at].clone();
    let newer = of(4);
    assert_eq!((&newer["action"], &newer["subject"]), (&json!("key.rolled"), &json!("thing_1")));
    assert_eq!((&newer["detail"], &of(5)["action"]), (&json!({ "of": [1] }), &json!("tenant.added")));
}

/// Manipulations of a log of six entries as the owner, with the place and the finding of each.
const OF_HEADS: [(&str, &str, Option<i64>, &str); 8] = [
    ("head-deleted", "DELETE FROM audit_heads WHERE tenant_id = $T", None, "head_missing"),
    (
        "head-back",
        "UPDATE audit_heads SET sequence = 4, hash = (SELECT hash FROM audit_events WHERE tenant_id = $T AND sequence = 4)
         WHERE tenant_id = $T",
        Some(5),
        "head_moved",
    ),
    ("head-zero", "UPDATE audit_heads SET sequence = 0 WHERE tenant_id = $T", Some(0), "head_moved"),
    ("head-ahead", "UPDATE audit_heads SET sequence = 9 WHERE tenant_id = $T", Some(7), "cut"),
    ("head-other", "UPDATE audit_heads SET hash = sha256('x') WHERE tenant_id = $T", Some(6), "head_moved"),
    (
        "forged",
        "INSERT INTO audit_events SELECT tenant_id, 7, gen_random_uuid(), now(), actor_kind, actor_id, 'eve', action, subject,
             detail, hash, sha256('x'), key_version FROM audit_events WHERE tenant_id = $T AND sequence = 6",
        Some(7),
        "beyond_head",
    ),
    (
        "forged-far",
        "INSERT INTO audit_events SELECT tenant_id, 99, gen_random_uuid(), now(), actor_kind, actor_id, 'eve', action, subject,
             detail, hash, sha256('x'), key_version FROM audit_events WHERE tenant_id = $T AND sequence = 6",
        Some(7),
        "beyond_head",
    ),
    (
        "gone",
        "DELETE FROM audit_events WHERE tenant_id = $T; DELETE FROM audit_heads WHERE tenant_id = $T",
        Some(1),
        "missing",
    ),
];

#[rocket::async_test]
async fn a_head_that_does_not_match_its_entries_is_detected_and_stops_the_tenants_changes() {
    let admin = unhurried().await;
    let root = admin.operator("root", Role::Admin).await;
    for (slug, tampering, at, finding) in OF_HEADS {
        let id = tenant(&admin, &root, slug).await;
        let uuid = format!("(SELECT id FROM tenants WHERE slug = '{slug}')");
        admin.execute(&tampering.replace("$T", &uuid)).await;
        let found = verify(&admin, &root, &id).await;
        assert_eq!(found["intact"], false, "{slug}");
        assert_eq!((found["broken_at"].as_i64(), found["finding"].as_str()), (at, Some(finding)), "{slug}");
        if slug == "gone" {
            continue;
        }
        // An action that cannot be recorded is not done, and the service's own log says why.
        let path = format!("/admin/v1/tenants/{id}/api-keys");
        let keys = admin.get(&root, &path).await.expect(200)["items"].as_array().unwrap().len();
        let refused = admin.post(&root, &path, proven(json!({ "name": "one more" }))).await;
        assert_eq!((refused.status, refused.code()), (500, "integrity_error"), "{slug}");
        assert_eq!(admin.get(&root, &path).await.expect(200)["items"].as_array().unwrap().len(), keys);
        let noted = admin.get(&root, &format!("/admin/v1/audit?subject={id}")).await.expect(200);
        assert_eq!(noted["items"][0]["action"], "audit.integrity_error", "{slug}");
    }
    let own = admin.get(&root, "/admin/v1/audit/verify").await.expect(200);
    assert_eq!(own["intact"], true, "{own}");
}

/// The hash of an entry as it was before entries were signed; without the key no better one is possible.
fn unsigned_hash(row: &tokio_postgres::Row, previous: &[u8]) -> Vec<u8> {
    use sha2::Digest as _;
    let at: chrono::DateTime<chrono::Utc> = row.get("at");
    let (tenant, id): (uuid::Uuid, uuid::Uuid) = (row.get("tenant_id"), row.get("id"));
    let text = |name: &str| row.get::<_, Option<String>>(name);
    let detail: Value = serde_json::from_str(&row.get::<_, String>("detail")).unwrap();
    let columns = json!([
        [tenant, row.get::<_, i64>("sequence"), id, at.timestamp_micros()],
        [text("actor_kind"), text("actor_id"), text("actor_name")],
        [text("action"), text("subject"), detail],
    ]);
    sha2::Sha256::new().chain_update(previous).chain_update(columns.to_string()).finalize().to_vec()
}

/// Rewrites the whole log of a tenant as entries without signatures, with the one at `edit` changed, and updates the
/// head.
async fn rewrite(admin: &Admin, slug: &str, edit: i64, up_to: i64) {
    let owner = admin.superuser().await;
    let of = format!("tenant_id = (SELECT id FROM tenants WHERE slug = '{slug}')");
    owner
        .execute(&format!("UPDATE audit_events SET actor_name = 'eve' WHERE {of} AND sequence = {edit}"), &[])
        .await
        .unwrap();
    let rows = owner
        .query(
            &format!(
                "SELECT tenant_id, sequence, id, at, actor_kind, actor_id, actor_name, action, subject, detail::text AS detail
                 FROM audit_events WHERE {of} AND sequence <= {up_to} ORDER BY sequence"
            ),
            &[],
        )
        .await
        .unwrap();
    let mut previous = vec![0; 32];
    for row in &rows {
        let hash = unsigned_hash(row, &previous);
        let update = format!(
            "UPDATE audit_events SET previous_hash = $1, hash = $2, key_version = NULL WHERE {of} AND sequence = $3"
        );
        owner.execute(&update, &[&previous, &hash, &row.get::<_, i64>("sequence")]).await.unwrap();
        previous = hash;
    }
    let moved = format!("UPDATE audit_heads SET hash = $1 WHERE {of} AND sequence = $2");
    owner.execute(&moved, &[&previous, &up_to]).await.unwrap();
}

#[rocket::async_test]
async fn whoever_rewrites_the_whole_log_without_the_key_is_found() {
    let admin = unhurried().await;
    let root = admin.operator("root", Role::Admin).await;
    let id = tenant(&admin, &root, "acme").await;
    rewrite(&admin, "acme", 3, 6).await;
    let found = verify(&admin, &root, &id).await;
    assert_eq!(found, json!({ "checked": 6, "intact": false, "finding": "unsigned" }));
    // An entry that the server adds does not vouch for the rest.
    let path = format!("/admin/v1/tenants/{id}/api-keys");
    admin.post(&root, &path, proven(json!({ "name": "one more" }))).await.expect(201);
    let found = verify(&admin, &root, &id).await;
    assert_eq!((found["broken_at"].as_i64(), found["finding"].as_str()), (Some(7), Some("unsigned")));
    let id = tenant(&admin, &root, "partly").await;
    rewrite(&admin, "partly", 2, 4).await;
    let found = verify(&admin, &root, &id).await;
    assert_eq!((found["broken_at"].as_i64(), found["finding"].as_str()), (Some(5), Some("edited")));
    let id = tenant(&admin, &root, "one").await;
    admin
        .execute(
            "UPDATE audit_events SET key_version = NULL WHERE sequence = 3
             AND tenant_id = (SELECT id FROM tenants WHERE slug = 'one')",
        )
        .await;
    assert_eq!(verify(&admin, &root, &id).await["broken_at"], 3);
    let id = tenant(&admin, &root, "other-key").await;
    admin
        .execute(
            "UPDATE audit_events SET key_version = 7 WHERE sequence = 3
             AND tenant_id = (SELECT id FROM tenants WHERE slug = 'other-key')",
        )
        .await;
    assert_eq!(verify(&admin, &root, &id).await["finding"], "unknown_key");
}
