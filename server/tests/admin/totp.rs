//! One-time codes: enrolment, logins, replays, recovery codes, step-up, reset, and the setting that requires them.

use bowline_api::status::Role;
use bowline_server::domain::Actor;
use bowline_server::service::operator;
use rocket::http::Method;
use secrecy::SecretString;
use serde_json::{Value, json};
use totp_rs::Totp;

use crate::harness::{Admin, Answer, PASSWORD, proven};

const TOTP: &str = "/admin/v1/whoami/totp";
const WHOAMI: &str = "/admin/v1/whoami";

/// Adds an operator with a password, and returns their id.
async fn add(admin: &Admin, name: &str, role: Role) -> String {
    let password = SecretString::from(PASSWORD);
    operator::add(&admin.app, &Actor::CommandLine, name, &password, role).await.unwrap().id.to_string()
}

async fn log_in(admin: &Admin, name: &str, code: Option<&str>) -> Answer {
    let mut body = json!({ "name": name, "password": PASSWORD });
    if let Some(code) = code {
        body["code"] = json!(code);
    }
    admin.post("", "/admin/v1/sessions", body).await
}

fn proof(code: Option<&str>) -> Value {
    let mut body = json!({ "password": PASSWORD });
    if let Some(code) = code {
        body["code"] = json!(code);
    }
    body
}

/// The code of the secret with this URI, so many steps from now.
#[expect(clippy::disallowed_methods, reason = "an authenticator app has a clock of its own")]
fn code(uri: &str, steps: i64) -> String {
    let now = chrono::Utc::now().timestamp() + 30 * steps;
    Totp::from_url(uri).unwrap().generate(now.try_into().unwrap()).to_string()
}

/// Enrols the operator of the session; returns the URI of the secret and the recovery codes.
async fn enrol(admin: &Admin, token: &str) -> (String, Vec<String>) {
    let begun = admin.post(token, TOTP, proof(None)).await.expect(201);
    let uri = begun["uri"].as_str().unwrap().to_owned();
    let body = json!({ "code": code(&uri, 0) });
    let confirmed = admin.post(token, &format!("{TOTP}/confirm"), body).await.expect(200);
    let codes = confirmed["recovery_codes"].as_array().unwrap();
    // The code of the confirmation counts as used; most tests need the same step again.
    unused(admin).await;
    (uri, codes.iter().map(|one| one.as_str().unwrap().to_owned()).collect())
}

/// Forgets which codes were used.
async fn unused(admin: &Admin) {
    admin.execute("UPDATE operator_totp SET last_step = 0").await;
}

async fn failures(admin: &Admin) -> i64 {
    let sum = "SELECT coalesce(sum(failures), 0)::bigint FROM login_failures";
    admin.superuser().await.query_one(sum, &[]).await.unwrap().get(0)
}

#[rocket::async_test]
async fn whoever_is_enrolled_logs_in_with_a_code_and_with_each_code_once() {
    let admin = Admin::start().await;
    let id = add(&admin, "ada", Role::Viewer).await;
    let (token, other) = (admin.session(id.parse().unwrap()).await, admin.session(id.parse().unwrap()).await);
    assert_eq!(
        admin.post(&token, TOTP, json!({ "password": "wrong wrong wrong" })).await.code(),
        "invalid_field"
    );
    let begun = admin.post(&token, TOTP, proof(None)).await.expect(201);
    let uri = begun["uri"].as_str().unwrap().to_owned();
    assert!(uri.starts_with("otpauth://totp/Bowline:ada%40"), "{uri}");
    // Not confirmed, so nothing has changed.
    log_in(&admin, "ada", None).await.expect(201);
    let confirm = format!("{TOTP}/confirm");
    let far = json!({ "code": code(&uri, 5) });
    assert_eq!(admin.post(&token, &confirm, far).await.code(), "invalid_field");
    let first = code(&uri, 0);
    let confirmed = admin.post(&token, &confirm, json!({ "code": first })).await.expect(200);
    assert_eq!(confirmed["recovery_codes"].as_array().unwrap().len(), 10);
    assert_eq!(admin.post(&token, &confirm, json!({ "code": first })).await.code(), "invalid_state");
    admin.get(&other, WHOAMI).await.expect(401);
    assert!(admin.get(&token, WHOAMI).await.expect(200)["totp_since"].is_string());

    let before = failures(&admin).await;
    let missing = log_in(&admin, "ada", None).await;
    assert_eq!((missing.status, missing.code()), (403, "totp_required"));
    assert_eq!(log_in(&admin, "ada", Some("  ")).await.code(), "totp_required");
    assert_eq!(failures(&admin).await, before, "a missing code is no guess");
    let replayed = log_in(&admin, "ada", Some(&first)).await;
    assert_eq!((replayed.status, replayed.code()), (401, "invalid_login"), "the confirmation used it up");
    assert_eq!(failures(&admin).await, before + 1);
    let session = log_in(&admin, "ada", Some(&code(&uri, 1))).await.expect(201);
    assert_eq!(log_in(&admin, "ada", Some(&code(&uri, 1))).await.code(), "invalid_login");
    assert_eq!(log_in(&admin, "ada", Some(&first)).await.code(), "invalid_login", "an earlier step");
    admin.get(session["token"].as_str().unwrap(), WHOAMI).await.expect(200);

    let root = admin.operator("root", Role::Admin).await;
    let log = admin.get(&root, "/admin/v1/audit").await.expect(200);
    let events = log["items"].as_array().unwrap();
    assert!(
        events.iter().any(
            |event| event["action"] == "operator.totp_enrolled" && event["detail"]["ended_sessions"] == 2
        )
    );
    assert!(
        events
            .iter()
            .any(|event| event["action"] == "operator.login_failed" && event["detail"]["wrong"] == "code")
    );
    let secret = uri.split("secret=").nth(1).unwrap().split('&').next().unwrap();
    assert!(!log.to_string().contains(secret) && !log.to_string().contains(&first));
}

#[rocket::async_test]
async fn of_two_logins_with_one_code_at_the_same_moment_one_succeeds() {
    let admin = Admin::start().await;
    let id = add(&admin, "ada", Role::Viewer).await;
    let token = admin.session(id.parse().unwrap()).await;
    let (uri, recovery) = enrol(&admin, &token).await;
    for code in [code(&uri, 0), recovery[0].clone()] {
        let (one, two) = tokio::join!(log_in(&admin, "ada", Some(&code)), log_in(&admin, "ada", Some(&code)));
        let mut statuses = [one.status, two.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 401], "{code}");
    }
}

#[rocket::async_test]
async fn wrong_codes_lock_the_name_as_wrong_passwords_do() {
    let admin = Admin::start().await;
    let id = add(&admin, "ada", Role::Viewer).await;
    let token = admin.session(id.parse().unwrap()).await;
    let (uri, _) = enrol(&admin, &token).await;
    admin.execute("DELETE FROM login_failures").await;
    let four = "INSERT INTO login_failures (name_hash, failures, locked_until) VALUES (sha256('ada'::bytea), 4, now())";
    admin.execute(four).await;
    assert_eq!(log_in(&admin, "ada", Some("000000")).await.code(), "invalid_login");
    admin.execute("UPDATE login_failures SET locked_until = now() + interval '60 s'").await;
    let locked = log_in(&admin, "ada", Some(&code(&uri, 0))).await;
    assert_eq!((locked.status, locked.code()), (429, "rate_limited"));
    // A right password alone does not clear what wrong codes have counted.
    admin.execute("UPDATE login_failures SET locked_until = now()").await;
    assert_eq!(log_in(&admin, "ada", None).await.code(), "totp_required");
    assert_eq!(failures(&admin).await, 5);
    log_in(&admin, "ada", Some(&code(&uri, 0))).await.expect(201);
    assert_eq!(failures(&admin).await, 0);
}

#[rocket::async_test]
async fn a_recovery_code_works_once_and_new_ones_void_the_old() {
    let admin = Admin::start().await;
    let id = add(&admin, "ada", Role::Admin).await;
    let token = admin.session(id.parse().unwrap()).await;
    let (uri, codes) = enrol(&admin, &token).await;
    log_in(&admin, "ada", Some(&codes[0].to_uppercase().replace('-', " "))).await.expect(201);
    assert_eq!(log_in(&admin, "ada", Some(&codes[0])).await.code(), "invalid_login");
    let log = admin.get(&token, "/admin/v1/audit?action=operator.recovery_code_used").await.expect(200);
    assert_eq!(log["items"][0]["detail"], json!({ "left": 9 }));
    let renew = format!("{TOTP}/recovery-codes");
    assert_eq!(admin.post(&token, &renew, proof(None)).await.code(), "totp_required");
    let renewed = admin.post(&token, &renew, proof(Some(&code(&uri, 0)))).await.expect(200);
    assert_eq!(log_in(&admin, "ada", Some(&codes[1])).await.code(), "invalid_login");
    log_in(&admin, "ada", renewed["recovery_codes"][9].as_str()).await.expect(201);
    let stored = "SELECT encode(code_hash, 'escape') FROM operator_recovery_codes";
    let rows = admin.superuser().await.query(stored, &[]).await.unwrap();
    assert_eq!(rows.len(), 9);
    let bare: Vec<String> = codes.iter().map(|code| code.replace('-', "")).collect();
    assert!(rows.iter().all(|row| bare.iter().all(|code| !row.get::<_, String>(0).contains(code.as_str()))));
}

#[rocket::async_test]
async fn step_up_wants_a_code_and_removal_is_step_up() {
    let admin = Admin::start().await;
    let id = add(&admin, "ada", Role::Admin).await;
    let token = admin.session(id.parse().unwrap()).await;
    let (uri, _) = enrol(&admin, &token).await;
    let change = |code: Option<&str>| {
        let mut body = json!({ "current_password": PASSWORD, "new_password": "another long one" });
        if let Some(code) = code {
            body["code"] = json!(code);
        }
        Some(body)
    };
    let own = "/admin/v1/whoami/password";
    assert_eq!(admin.call(Method::Put, &token, own, change(None)).await.code(), "totp_required");
    let wrong = admin.call(Method::Put, &token, own, change(Some("000000"))).await;
    assert_eq!((wrong.status, wrong.code(), &wrong.body["field"]), (422, "invalid_field", &json!("code")));
    // Another app: the secret in use proves that it is them.
    assert_eq!(admin.post(&token, TOTP, proof(None)).await.code(), "totp_required");
    admin.post(&token, TOTP, proof(Some(&code(&uri, 0)))).await.expect(201);
    assert_eq!(
        log_in(&admin, "ada", Some(&code(&uri, 1))).await.status,
        201,
        "the old one is in use until then"
    );
    let remove = format!("{TOTP}/remove");
    assert_eq!(admin.post(&token, &remove, proof(None)).await.code(), "totp_required");
    assert_eq!(
        admin.post(&token, &remove, proof(Some(&code(&uri, 1)))).await.code(),
        "invalid_field",
        "used"
    );
    unused(&admin).await;
    assert_eq!(admin.post(&token, &remove, proof(Some(&code(&uri, 0)))).await.status, 204);
    assert_eq!(admin.post(&token, &remove, proof(None)).await.code(), "invalid_state");
    log_in(&admin, "ada", None).await.expect(201);
}

#[rocket::async_test]
async fn an_admin_resets_the_codes_of_another_operator_and_not_their_own() {
    let admin = Admin::start().await;
    let (root_id, id) = (add(&admin, "root", Role::Admin).await, add(&admin, "ada", Role::Viewer).await);
    let (root, ada) =
        (admin.session(root_id.parse().unwrap()).await, admin.session(id.parse().unwrap()).await);
    enrol(&admin, &ada).await;
    let reset = |id: &str| format!("/admin/v1/operators/{id}/totp/reset");
    let wrong = json!({ "password": "wrong wrong wrong" });
    assert_eq!(admin.post(&root, &reset(&id), wrong).await.code(), "invalid_field");
    assert_eq!(admin.post(&root, &reset(&root_id), proof(None)).await.code(), "invalid_state");
    assert_eq!(admin.post(&root, &reset(&id), proof(None)).await.expect(200)["ended_sessions"], 1);
    admin.get(&ada, WHOAMI).await.expect(401);
    log_in(&admin, "ada", None).await.expect(201);
    assert_eq!(admin.post(&root, &reset(&id), proof(None)).await.code(), "invalid_state");
    let log = admin.get(&root, "/admin/v1/audit?action=operator.totp_reset").await.expect(200);
    assert_eq!(
        (&log["items"][0]["subject"], &log["items"][0]["actor"]["name"]),
        (&json!(id), &json!("root"))
    );
}

#[rocket::async_test]
async fn where_codes_are_required_a_session_without_them_is_good_for_setting_them_up_alone() {
    let admin = Admin::start_with(|settings| settings.operators.require_totp = true).await;
    let id = add(&admin, "ada", Role::Admin).await;
    let session = log_in(&admin, "ada", None).await.expect(201);
    let token = session["token"].as_str().unwrap();
    for path in ["/admin/v1/accounts", "/admin/v1/operators", "/admin/v1/sessions", "/admin/v1/overview"] {
        let refused = admin.get(token, path).await;
        assert_eq!((refused.status, refused.code()), (403, "totp_enrolment_required"), "{path}");
    }
    let role = Some(proven(json!({ "role": "viewer" })));
    let path = format!("/admin/v1/operators/{id}/role");
    assert_eq!(admin.call(Method::Put, token, &path, role).await.code(), "totp_enrolment_required");
    admin.get(token, WHOAMI).await.expect(200);
    let (uri, _) = enrol(&admin, token).await;
    admin.get(token, "/admin/v1/accounts").await.expect(200);
    let removed = admin.post(token, &format!("{TOTP}/remove"), proof(Some(&code(&uri, 0)))).await;
    assert_eq!(removed.code(), "invalid_state");
    assert_eq!(admin.call(Method::Delete, token, "/admin/v1/sessions/current", None).await.status, 204);
}

#[rocket::async_test]
async fn a_secret_is_sealed_for_its_operator() {
    let admin = Admin::start().await;
    let mut uris = Vec::new();
    for name in ["ada", "bob"] {
        let id = add(&admin, name, Role::Viewer).await;
        let token = admin.session(id.parse().unwrap()).await;
        uris.push(enrol(&admin, &token).await.0);
    }
    let stored = admin.superuser().await.query("SELECT sealed_secret FROM operator_totp", &[]).await.unwrap();
    for uri in &uris {
        let secret = Totp::from_url(uri).unwrap().secret().as_bytes().to_vec();
        assert!(stored.iter().all(|row| !row.get::<_, Vec<u8>>(0).windows(20).any(|part| part == secret)));
    }
    // Somebody who can write to the database gives bob the secret of ada, of which they have the app.
    let swap = "UPDATE operator_totp t SET (wrapped_key, sealed_secret) = (SELECT wrapped_key, sealed_secret FROM operator_totp o
        WHERE o.operator_id <> t.operator_id) WHERE operator_id = (SELECT id FROM operators WHERE name = 'bob')";
    admin.execute(swap).await;
    let refused = log_in(&admin, "bob", Some(&code(&uris[0], 0))).await;
    assert_eq!((refused.status, refused.code()), (500, "integrity_error"));
    let noted = "SELECT count(*) FROM audit_events WHERE action = 'operator.integrity_error'";
    assert_eq!(admin.superuser().await.query_one(noted, &[]).await.unwrap().get::<_, i64>(0), 1);
    log_in(&admin, "ada", Some(&code(&uris[0], 0))).await.expect(201);
}

#[rocket::async_test]
async fn wrong_codes_of_an_enrolment_are_counted_and_lock_it() {
    let admin = Admin::start().await;
    let token = admin.operator("ada", Role::Viewer).await;
    let begun = admin.post(&token, TOTP, proof(None)).await.expect(201);
    let confirm =
        async |code: &str| admin.post(&token, &format!("{TOTP}/confirm"), json!({ "code": code })).await;
    for _ in 0..5 {
        assert_eq!(confirm("000000").await.code(), "invalid_field");
    }
    assert_eq!(failures(&admin).await, 5);
    admin.execute("UPDATE login_failures SET locked_until = now() + interval '60 s'").await;
    let right = code(begun["uri"].as_str().unwrap(), 0);
    let locked = confirm(&right).await;
    assert_eq!((locked.status, locked.code()), (429, "rate_limited"));
    let found = admin.superuser().await;
    let noted = "SELECT count(*) FROM audit_events WHERE action = 'operator.login_failed' AND detail->>'wrong' = 'code'";
    assert_eq!(found.query_one(noted, &[]).await.unwrap().get::<_, i64>(0), 5);
    // Nobody who only knows the name is locked out of it, and the right code still enrols.
    log_in(&admin, "ada", None).await.expect(201);
    admin.execute("UPDATE login_failures SET locked_until = now()").await;
    confirm(&right).await.expect(200);
}

#[rocket::async_test]
async fn a_session_that_an_older_server_began_is_none_of_an_operator_with_codes() {
    let admin = Admin::start().await;
    let id = add(&admin, "ada", Role::Viewer).await;
    let (token, old) = (admin.session(id.parse().unwrap()).await, admin.session(id.parse().unwrap()).await);
    // A version before one-time codes stores no address.
    let forget =
        format!("UPDATE operator_sessions SET address = NULL WHERE token_hash = sha256('{old}'::bytea)");
    admin.execute(&forget).await;
    admin.get(&old, WHOAMI).await.expect(200);
    let (uri, _) = enrol(&admin, &token).await;
    let session = log_in(&admin, "ada", Some(&code(&uri, 1))).await.expect(201);
    let new = session["token"].as_str().unwrap();
    admin.get(new, WHOAMI).await.expect(200);
    // Enrolling has ended the old one; another one begins at a replica that is not updated yet.
    admin.execute("UPDATE operator_sessions SET address = NULL").await;
    let refused = admin.get(new, WHOAMI).await;
    assert_eq!((refused.status, refused.code()), (401, "unauthenticated"));
}
