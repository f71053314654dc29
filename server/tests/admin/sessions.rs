//! Logins, lockouts, and the end of sessions.

use bowline_api::status::Role;
use bowline_server::domain::Actor;
use bowline_server::service::operator;
use rocket::http::Method;
use secrecy::SecretString;
use serde_json::{Value, json};

use crate::harness::{Admin, Answer};

const PASSWORD: &str = "correct horse battery";

async fn with_operator() -> Admin {
    let admin = Admin::start().await;
    let password = SecretString::from(PASSWORD);
    operator::add(&admin.app, &Actor::CommandLine, "ops-1", &password, Role::Viewer).await.unwrap();
    admin
}

async fn log_in(admin: &Admin, name: &str, password: &str) -> Answer {
    admin.post("", "/admin/v1/sessions", json!({ "name": name, "password": password })).await
}

fn without_request_id(mut body: Value) -> Value {
    body["request_id"].take();
    body
}

#[rocket::async_test]
async fn a_password_gives_a_session_until_it_is_ended() {
    let admin = with_operator().await;
    let session = log_in(&admin, "ops-1", PASSWORD).await.expect(201);
    let token = session["token"].as_str().unwrap();
    assert!(token.starts_with("bwl_op_"));
    let me = admin.get(token, "/admin/v1/whoami").await.expect(200);
    assert_eq!((&me["name"], &me["role"]), (&json!("ops-1"), &json!("viewer")));
    assert_eq!(admin.call(Method::Delete, token, "/admin/v1/sessions/current", None).await.status, 204);
    assert_eq!(admin.get(token, "/admin/v1/whoami").await.code(), "unauthenticated");
}

#[rocket::async_test]
async fn an_unknown_name_and_a_wrong_password_are_answered_alike() {
    let admin = with_operator().await;
    let wrong = log_in(&admin, "ops-1", "incorrect horse battery").await.expect(401);
    let unknown = log_in(&admin, "nobody", "incorrect horse battery").await.expect(401);
    assert_eq!(without_request_id(wrong), without_request_id(unknown));
}

#[rocket::async_test]
async fn the_sixth_try_is_locked_out_even_with_the_right_password() {
    let admin = with_operator().await;
    for name in ["ops-1", "nobody"] {
        // All but one are inserted, because hashing six passwords would take longer than the lock.
        let hash = format!("sha256('{name}'::bytea)");
        let failed = "INSERT INTO login_failures (name_hash, failures, locked_until) VALUES";
        admin.execute(&format!("{failed} ({hash}, 4, now())")).await;
        assert_eq!(log_in(&admin, name, "wrong wrong wrong").await.code(), "invalid_login");
        // The lock of one second ran while the password was hashed; set it as if it had begun now.
        let again = "UPDATE login_failures SET locked_until = now() + interval '60 s' WHERE failures = 5";
        admin.execute(again).await;
        let locked = log_in(&admin, name, PASSWORD).await;
        assert_eq!((locked.status, locked.code()), (429, "rate_limited"));
        assert!((50..=60).contains(&locked.retry_after.unwrap()), "{locked:?}");
    }
    let rows = admin.superuser().await.query("SELECT failures FROM login_failures", &[]).await.unwrap();
    assert!(rows.iter().all(|row| row.get::<_, i32>(0) == 5), "an attempt during a lock does not count");
    admin.execute("UPDATE login_failures SET locked_until = now()").await;
    log_in(&admin, "ops-1", PASSWORD).await.expect(201);
    let left = admin.superuser().await.query("SELECT 1 FROM login_failures", &[]).await.unwrap();
    assert_eq!(left.len(), 1, "a successful login clears its own failures only");
}

#[rocket::async_test]
async fn a_session_ends_when_idle_and_after_its_longest_time() {
    let admin = Admin::start().await;
    for shift in ["last_seen_at = last_seen_at - interval '901 s'", "expires_at = now()"] {
        let token = admin.operator(&format!("ops-{}", shift.len()), Role::Viewer).await;
        admin.execute("UPDATE operator_sessions SET last_seen_at = now() - interval '890 s'").await;
        admin.get(&token, "/admin/v1/whoami").await.expect(200);
        // The check has counted as a use.
        admin.get(&token, "/admin/v1/whoami").await.expect(200);
        admin.execute(&format!("UPDATE operator_sessions SET {shift}")).await;
        assert_eq!(admin.get(&token, "/admin/v1/whoami").await.code(), "unauthenticated", "{shift}");
    }
}

#[rocket::async_test]
async fn what_is_no_session_token_is_refused() {
    let admin = Admin::start().await;
    let token = admin.operator("ops-1", Role::Admin).await;
    let mut wrong = token.clone();
    let last = wrong.pop().unwrap();
    wrong.push(if last == 'z' { 'y' } else { 'z' });
    for bad in ["", "x", &wrong, &token.replace("bwl_op_", "bwl_sk_")] {
        let answer = admin.get(bad, "/admin/v1/whoami").await;
        assert_eq!((answer.status, answer.code()), (401, "unauthenticated"), "{bad}");
    }
    admin.get("", &format!("/admin/v1/whoami?token={token}")).await.expect(401);
}

#[rocket::async_test]
async fn a_full_queue_counts_nothing_and_locks_nobody_out() {
    let admin = with_operator().await;
    // Other logins hash as many passwords as permitted, and more wait than may wait.
    let mut turns =
        vec![admin.app.passwords.turn().await.unwrap(), admin.app.passwords.turn().await.unwrap()];
    let waiting: Vec<_> = (0..16).map(|_| Box::pin(admin.app.passwords.turn())).collect();
    let mut waiting = futures_util::future::join_all(waiting);
    assert!(futures_util::poll!(&mut waiting).is_pending());
    for _ in 0..8 {
        let full = log_in(&admin, "ops-1", PASSWORD).await;
        assert_eq!((full.status, full.code()), (429, "rate_limited"));
        assert!(full.retry_after.is_some());
    }
    let counted = admin.superuser().await.query("SELECT 1 FROM login_failures", &[]).await.unwrap();
    assert!(counted.is_empty(), "no password was compared");
    drop(waiting);
    turns.clear();
    log_in(&admin, "ops-1", PASSWORD).await.expect(201);
    assert_eq!(log_in(&admin, "ops-1", &"x".repeat(1025)).await.code(), "invalid_login");
    let counted = admin.superuser().await.query("SELECT 1 FROM login_failures", &[]).await.unwrap();
    assert!(counted.is_empty(), "an impossible password is not compared");
}

#[rocket::async_test]
async fn a_failed_login_is_in_the_log_with_the_address_and_without_an_unknown_name() {
    let admin = with_operator().await;
    for name in ["ops-1", "hunter2-typed-as-a-name"] {
        let body = json!({ "name": name, "password": "wrong wrong wrong" }).to_string();
        let request = admin.client.post("/admin/v1/sessions").header(rocket::http::ContentType::JSON);
        let from: std::net::SocketAddr = "[::ffff:203.0.113.9]:4711".parse().unwrap();
        let forged = rocket::http::Header::new("X-Forwarded-For", "198.51.100.1");
        let answer = request.remote(from).header(forged).body(body).dispatch().await;
        assert_eq!(answer.status().code, 401);
    }
    let root = admin.operator("root", Role::Admin).await;
    let log = admin.get(&root, "/admin/v1/audit").await.expect(200);
    let failed: Vec<_> = log["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|event| event["action"] == "operator.login_failed")
        .collect();
    assert_eq!(failed.len(), 2);
    for event in &failed {
        assert_eq!(event["detail"]["address"], "203.0.113.9", "an unlisted proxy is not trusted");
    }
    assert_eq!(failed[1]["detail"]["name"], "ops-1");
    assert!(!log.to_string().contains("hunter2"), "people type passwords as names");
}

#[rocket::async_test]
async fn polls_of_logins_on_another_device_are_limited_by_address_and_take_nothing_from_the_logins() {
    let admin = Admin::start_with(|settings| {
        settings.limits.logins_per_minute = 1;
        settings.limits.logins_burst = 1;
    })
    .await;
    let poll = async |token: &str, path: &str| {
        let answer = admin.post(token, path, json!({ "secret": "bwl_so_guess" })).await;
        (answer.status, answer.code().to_owned(), answer.retry_after)
    };
    // A login that is allowed can be polled every five seconds.
    for number in 0..12 {
        let answer = poll("", "/admin/v1/sign-on/device/poll").await;
        assert_eq!(answer, (410, "sign_on_failed".to_owned(), None), "{number}");
    }
    let ada = admin.operator("ada", Role::Viewer).await;
    for (token, path) in
        [("", "/admin/v1/sign-on/device/poll"), (ada.as_str(), "/admin/v1/whoami/sign-on/device/poll")]
    {
        let (status, code, retry_after) = poll(token, path).await;
        assert_eq!((status, code.as_str()), (429, "rate_limited"), "{path}");
        assert!(retry_after.is_some_and(|seconds| (1..=5).contains(&seconds)), "{retry_after:?}");
    }
    assert_eq!(log_in(&admin, "nobody", PASSWORD).await.code(), "invalid_login");
    assert_eq!(log_in(&admin, "nobody", PASSWORD).await.code(), "rate_limited");
}
