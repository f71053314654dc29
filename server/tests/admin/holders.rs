//! Which API keys hold the token of an account.

use bowline_api::status::Role;
use bowline_api::{AccountId, ApiKeyId};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::Admin;

const ACCOUNT: &str = "01900000-0000-7000-8000-0000000000d1";
const OTHER: &str = "01900000-0000-7000-8000-0000000000d2";

/// An account at generation 7, and three keys: two hold its token, one of them is revoked; the third held the one before.
/// The busy key has issues in the journal, among those of another account and another generation.
const SEED: &str = "
    INSERT INTO tenants (id, slug, name) VALUES ('01900000-0000-7000-8000-0000000000a1', 'acme', 'Acme');
    INSERT INTO connectors (tenant_id, id, name, provider, protocol, app_key, sealed_app_secret, scopes, return_urls, completion, confirm_page)
    VALUES ('01900000-0000-7000-8000-0000000000a1', '01900000-0000-7000-8000-0000000000c1', 'C', 'dropbox', 'oauth2', 'key', '\\x00', '{a}', '{}', 'tenant', true);
    INSERT INTO accounts (tenant_id, id, connector_id, external_user_id, provider_account_id, email, display_name, status, scopes,
        missing_scopes, assurance, generation, sealed_access_token, access_expires_at, sealed_refresh_token, refreshed_at)
    SELECT '01900000-0000-7000-8000-0000000000a1', ('01900000-0000-7000-8000-0000000000d' || n)::uuid,
           '01900000-0000-7000-8000-0000000000c1', 'user-' || n, 'dbid:' || n, 'a@example.com', 'Ada', 'active', '{a}', '{}', 'confirmed', 7,
           '\\x00', now(), '\\x00', now() FROM generate_series(1, 2) n;
    INSERT INTO api_keys (tenant_id, id, name, secret_hash, permissions, revoked_at)
    SELECT '01900000-0000-7000-8000-0000000000a1', ('01900000-0000-7000-8000-0000000000b' || n)::uuid, 'key ' || n, sha256(n::text::bytea),
           CASE WHEN n = 2 THEN '{token}' ELSE '{link,token}' END::text[], CASE WHEN n = 1 THEN now() END FROM generate_series(1, 3) n;
    INSERT INTO token_holdings (tenant_id, account_id, api_key_id, generation, first_issued_at, last_issued_at, issues)
    SELECT '01900000-0000-7000-8000-0000000000a1', '01900000-0000-7000-8000-0000000000d1', ('01900000-0000-7000-8000-0000000000b' || k)::uuid,
           g, first::timestamptz, last::timestamptz, n
    FROM (VALUES (1, 7, '2026-11-29 10:00Z', '2026-11-29 10:05Z', 3), (2, 7, '2026-11-29 10:01Z', '2026-11-29 10:02Z', 40),
                 (3, 6, '2026-11-29 06:00Z', '2026-11-29 06:00Z', 1)) AS h (k, g, first, last, n);
    INSERT INTO token_repeats (tenant_id, id, api_key_id, at, account_ids, generations, counts)
    SELECT '01900000-0000-7000-8000-0000000000a1', gen_random_uuid(), '01900000-0000-7000-8000-0000000000b2', '2026-11-29 10:10Z',
           ARRAY['01900000-0000-7000-8000-0000000000d1', '01900000-0000-7000-8000-0000000000d2', '01900000-0000-7000-8000-0000000000d1']::uuid[],
           '{7,7,6}', '{5,100,1000}';
";

async fn seeded() -> (Admin, String) {
    let admin = Admin::start().await;
    admin.execute(SEED).await;
    let token = admin.operator("ops-1", Role::Viewer).await;
    (admin, token)
}

fn path(account: &str) -> String {
    format!("/admin/v1/accounts/{}/token-holders", AccountId::from(account.parse::<Uuid>().unwrap()))
}

fn key(number: u8) -> String {
    ApiKeyId::from(format!("01900000-0000-7000-8000-0000000000b{number}").parse::<Uuid>().unwrap())
        .to_string()
}

/// The members of each holder that tell who, when and how often.
fn told(answer: &Value) -> Vec<Value> {
    let of = |holder: &Value| {
        json!([
            holder["api_key"]["id"],
            holder["first_issued_at"],
            holder["last_issued_at"],
            holder["issues"]
        ])
    };
    answer["items"].as_array().unwrap().iter().map(of).collect()
}

#[rocket::async_test]
async fn the_holders_of_the_current_token_are_named_with_what_the_journal_still_has() {
    let (admin, viewer) = seeded().await;
    let answer = admin.get(&viewer, &path(ACCOUNT)).await.expect(200);
    assert_eq!(
        (&answer["generation"], &answer["current"], &answer["more"]),
        (&json!(7), &json!(true), &json!(false))
    );
    assert_eq!(
        told(&answer),
        [
            json!([key(2), "2026-11-29T10:01:00Z", "2026-11-29T10:10:00Z", 45]),
            json!([key(1), "2026-11-29T10:00:00Z", "2026-11-29T10:05:00Z", 3]),
        ]
    );
    let first = &answer["items"][0];
    assert_eq!((&first["api_key"]["name"], &first["approximate"]), (&json!("key 2"), &json!(false)));
    assert_eq!(first["api_key"]["permissions"], json!(["token"]), "what the key may do");
    assert!(answer["items"][1]["api_key"]["revoked_at"].is_string(), "a revoked key still held it");
    let detail = admin.get(&viewer, path(ACCOUNT).trim_end_matches("/token-holders")).await.expect(200);
    assert_eq!(answer["fingerprint"], detail["token"]["fingerprint"]);
    let timeline = admin.get(&viewer, &path(ACCOUNT).replace("token-holders", "timeline")).await.expect(200);
    assert_eq!(timeline["items"][0]["action"], "account.inspected", "{timeline}");
    assert_eq!(timeline["items"].as_array().unwrap().len(), 1, "both reads are one entry");
}

#[rocket::async_test]
async fn an_earlier_token_and_the_last_one_of_a_revoked_account_are_found() {
    let (admin, viewer) = seeded().await;
    let before = admin.get(&viewer, &format!("{}?generation=6", path(ACCOUNT))).await.expect(200);
    assert_eq!((&before["current"], told(&before).len()), (&json!(false), 1));
    assert_eq!(before["items"][0]["api_key"]["name"], "key 3");
    let none = admin.get(&viewer, &path(OTHER)).await.expect(200);
    assert_eq!((&none["generation"], told(&none).len()), (&json!(7), 0));
    admin
        .execute(
            "UPDATE accounts SET status = 'revoked', generation = 8, sealed_access_token = NULL, sealed_refresh_token = NULL,
                 access_expires_at = NULL, refreshed_at = NULL",
        )
        .await;
    let revoked = admin.get(&viewer, &path(ACCOUNT)).await.expect(200);
    assert_eq!((&revoked["generation"], &revoked["current"]), (&json!(7), &json!(false)));
    assert_eq!(told(&revoked).len(), 2);
    let never = admin.get(&viewer, &path(OTHER)).await.expect(200);
    assert_eq!(never["items"], json!([]));
    assert!(never.get("generation").is_none() && never.get("fingerprint").is_none(), "{never}");
    let bad = admin.get(&viewer, &format!("{}?generation=x", path(ACCOUNT))).await;
    assert_eq!((bad.status, bad.body["field"].as_str()), (422, Some("generation")));
    let missing = admin.get(&viewer, &path("01900000-0000-7000-8000-0000000000ff")).await;
    assert_eq!((missing.status, missing.code()), (404, "not_found"));
}

#[rocket::async_test]
async fn a_journal_that_is_too_long_to_read_makes_the_counts_approximate() {
    let (admin, viewer) = seeded().await;
    let many = "INSERT INTO token_repeats (tenant_id, id, api_key_id, account_ids, generations, counts)
        SELECT tenant_id, gen_random_uuid(), api_key_id, account_ids, generations, counts
        FROM token_repeats, generate_series(1, 2100)";
    admin.execute(many).await;
    let answer = admin.get(&viewer, &path(ACCOUNT)).await.expect(200);
    assert_eq!(answer["items"][0]["approximate"], true, "{answer}");
    assert!(answer["items"][0]["issues"].as_u64().unwrap() > 5_000, "{answer}");
}
