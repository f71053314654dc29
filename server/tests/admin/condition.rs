//! An account's condition: whether its tokens are issued, and if not, why, down to its connector.

use bowline_api::AccountId;
use bowline_api::status::Role;
use serde_json::json;
use uuid::Uuid;

use crate::harness::Admin;

const ACCOUNT: &str = "01900000-0000-7000-8000-0000000000d1";
const SEED: &str = "
    INSERT INTO tenants (id, slug, name) VALUES ('01900000-0000-7000-8000-0000000000a1', 'acme', 'Acme');
    INSERT INTO connectors (tenant_id, id, name, provider, protocol, app_key, sealed_app_secret, scopes, return_urls, completion, confirm_page)
    VALUES ('01900000-0000-7000-8000-0000000000a1', '01900000-0000-7000-8000-0000000000c1', 'Photos', 'dropbox', 'oauth2', 'key', '\\x00', '{a}', '{}', 'tenant', true);
    INSERT INTO accounts (tenant_id, id, connector_id, external_user_id, provider_account_id, email, display_name, status, scopes,
        missing_scopes, assurance, generation, sealed_access_token, access_expires_at, sealed_refresh_token, refreshed_at)
    VALUES ('01900000-0000-7000-8000-0000000000a1', '01900000-0000-7000-8000-0000000000d1', '01900000-0000-7000-8000-0000000000c1', 'user-1',
            'dbid:1', 'a@example.com', 'Ada', 'active', '{a}', '{}', 'confirmed', 7, '\\x00', now() + interval '3 hours', '\\x00', now());
";

/// What the database has, one change after another, and what the account's condition then says.
const STORY: [(&str, &str, &[&str], &str); 14] = [
    ("SELECT 1", "issued", &[], "It works: tokens are issued."),
    ("UPDATE accounts SET missing_scopes = '{files.write}'", "issued", &["scopes_missing"], "not granted files.write. Tokens are issued."),
    (
        "UPDATE accounts SET missing_scopes = '{}'; UPDATE connectors SET status = 'disabled', status_reason = 'asked for'",
        "until_expiry",
        &["connector_disabled"],
        "disabled its connector “Photos” (asked for). Its current token is issued until it expires at 20",
    ),
    ("UPDATE accounts SET access_expires_at = now()", "not_issued", &["connector_disabled"], "Its last token has expired, so no token is issued."),
    (
        "UPDATE connectors SET status = 'broken', status_reason = 'invalid_client'",
        "not_issued",
        &["app_secret_rejected"],
        "Dropbox rejects the app key or app secret of its connector “Photos” (invalid_client).",
    ),
    ("UPDATE connectors SET status_reason = 'unauthorized_client'", "not_issued", &["app_refused"], "does not allow the app"),
    (
        "UPDATE connectors SET removed_at = now(), status = 'disabled', status_reason = 'moved'",
        "not_issued",
        &["connector_removed"],
        "removed its connector",
    ),
    (
        "UPDATE connectors SET removed_at = NULL, status = 'active', status_reason = NULL;
         INSERT INTO connector_health (tenant_id, connector_id, window_started_at, failures, successes, opened_at, retry_at, openings)
         SELECT tenant_id, id, now(), 5, 0, now(), now() + interval '1 hour', 1 FROM connectors",
        "not_issued",
        &["provider_paused"],
        "Calls to Dropbox for its connector “Photos” are paused after failures until 20",
    ),
    ("DELETE FROM connector_health", "issued", &[], "It works"),
    (
        "INSERT INTO refresh_leases (tenant_id, account_id, owner, epoch, held_until, last_error, cool_down_until)
         SELECT tenant_id, id, id, 1, now(), 'invalid_scope', now() + interval '1 hour' FROM accounts",
        "not_issued",
        &["refresh_refused"],
        "Dropbox refuses to refresh its token (invalid_scope)",
    ),
    ("UPDATE refresh_leases SET last_error = 'timeout'", "not_issued", &["refresh_failing"], "failed (timeout)"),
    ("UPDATE refresh_leases SET cool_down_until = now()", "issued", &[], "It works"),
    (
        "UPDATE accounts SET status = 'needs_reauth', status_reason = 'refresh_token_revoked';
         INSERT INTO account_freezes SELECT tenant_id, provider_account_id, id, 'stolen', now(), 'ops' FROM accounts",
        "not_issued",
        &["grant_ended", "frozen"],
        "Dropbox has ended the grant (refresh_token_revoked); the user must link again. Its account at Dropbox is frozen",
    ),
    (
        "UPDATE accounts SET status = 'suspended', status_reason = 'stolen'; UPDATE connectors SET status = 'broken', status_reason = 'invalid_client'",
        "not_issued",
        &["frozen", "app_secret_rejected"],
        "An operator has frozen its account at Dropbox (stolen)",
    ),
];

#[rocket::async_test]
async fn an_account_says_what_is_wrong_with_it_and_with_its_connector() {
    let admin = Admin::start().await;
    admin.execute(SEED).await;
    let token = admin.operator("ops-1", Role::Viewer).await;
    let path = format!("/admin/v1/accounts/{}", AccountId::from(ACCOUNT.parse::<Uuid>().unwrap()));
    for (change, tokens, problems, sentence) in STORY {
        admin.execute(change).await;
        let detail = admin.get(&token, &path).await.expect(200);
        let condition = &detail["condition"];
        assert_eq!(
            (&condition["tokens"], &condition["problems"]),
            (&json!(tokens), &json!(problems)),
            "{change}: {condition}"
        );
        assert!(condition["sentence"].as_str().unwrap().contains(sentence), "{change}: {condition}");
    }
}
