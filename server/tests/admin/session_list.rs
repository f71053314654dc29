//! Operators see their sessions and end them, and admins those of others.

use bowline_api::status::Role;
use bowline_server::domain::Actor;
use bowline_server::service::operator;
use rocket::http::{ContentType, Header, Method};
use secrecy::SecretString;
use serde_json::{Value, json};

use crate::harness::{Admin, proven};

/// The id of the operator of this session.
async fn id_of(admin: &Admin, token: &str) -> String {
    admin.get(token, "/admin/v1/whoami").await.expect(200)["id"].as_str().unwrap().to_owned()
}

async fn sessions(admin: &Admin, token: &str, path: &str) -> Vec<Value> {
    admin.get(token, path).await.expect(200)["items"].as_array().unwrap().clone()
}

/// The id of the session of the call.
async fn current(admin: &Admin, token: &str) -> String {
    let all = sessions(admin, token, "/admin/v1/sessions").await;
    let current: Vec<_> = all.iter().filter(|one| one["is_current"] == true).collect();
    assert_eq!(current.len(), 1, "{all:?}");
    current[0]["id"].as_str().unwrap().to_owned()
}

const OWN: &str = "/admin/v1/sessions";

#[rocket::async_test]
async fn an_operator_sees_their_sessions_and_ends_one_or_all_others() {
    let admin = Admin::start().await;
    let first = admin.operator("ada", Role::Viewer).await;
    let ada = id_of(&admin, &first).await;
    let (second, third) =
        (admin.session(ada.parse().unwrap()).await, admin.session(ada.parse().unwrap()).await);
    let bob = admin.operator("bob", Role::Viewer).await;
    let listed = sessions(&admin, &first, OWN).await;
    assert_eq!(listed.len(), 3);
    assert_eq!((&listed[0]["address"], &listed[0]["client"]), (&json!("192.0.2.1"), &json!("test")));
    assert!(!json!(listed).to_string().contains("bwl_"), "no token is listed");
    // A session of another operator is as good as none.
    let other = current(&admin, &bob).await;
    assert_eq!(admin.call(Method::Delete, &first, &format!("{OWN}/{other}"), None).await.code(), "not_found");
    admin.get(&bob, "/admin/v1/whoami").await.expect(200);

    let ending = current(&admin, &second).await;
    assert_eq!(admin.call(Method::Delete, &first, &format!("{OWN}/{ending}"), None).await.status, 204);
    admin.get(&second, "/admin/v1/whoami").await.expect(401);
    assert_eq!(
        admin.call(Method::Delete, &first, &format!("{OWN}/{ending}"), None).await.code(),
        "not_found"
    );
    let ended = admin.call(Method::Post, &first, &format!("{OWN}/end-others"), None).await.expect(200);
    assert_eq!(ended["ended_sessions"], 1);
    admin.get(&third, "/admin/v1/whoami").await.expect(401);
    assert_eq!(sessions(&admin, &first, OWN).await.len(), 1);
    admin.get(&bob, "/admin/v1/whoami").await.expect(200);

    let root = admin.operator("root", Role::Admin).await;
    let log = admin.get(&root, "/admin/v1/audit").await.expect(200);
    let log = log["items"].as_array().unwrap();
    let told: Vec<_> = log.iter().map(|event| (&event["action"], &event["subject"])).collect();
    let subject = json!(ada);
    assert_eq!(told[0], (&json!("operator.sessions_ended"), &subject));
    assert_eq!(told[1], (&json!("operator.session_ended"), &subject));
    assert_eq!(log[1]["detail"]["session"], json!(ending));
}

#[rocket::async_test]
async fn an_admin_sees_and_ends_the_sessions_of_others_and_a_viewer_does_not() {
    let admin = Admin::start().await;
    let (root, ada) =
        (admin.operator("root", Role::Admin).await, admin.operator("ada", Role::Operator).await);
    let id = id_of(&admin, &ada).await;
    let second = admin.session(id.parse().unwrap()).await;
    let path = format!("/admin/v1/operators/{id}/sessions");
    let listed = sessions(&admin, &root, &path).await;
    assert_eq!(listed.len(), 2);
    assert!(listed.iter().all(|one| one["is_current"] == false));
    assert_eq!(admin.get(&ada, &path).await.code(), "insufficient_scope");
    // The operator in the path must be the session's.
    let ending = current(&admin, &second).await;
    let root_id = id_of(&admin, &root).await;
    let wrong = format!("/admin/v1/operators/{root_id}/sessions/{ending}");
    assert_eq!(admin.call(Method::Delete, &root, &wrong, None).await.code(), "not_found");
    assert_eq!(admin.call(Method::Delete, &root, &format!("{path}/{ending}"), None).await.status, 204);
    admin.get(&second, "/admin/v1/whoami").await.expect(401);
    admin.get(&ada, "/admin/v1/whoami").await.expect(200);
    assert_eq!(admin.call(Method::Delete, &root, &path, None).await.expect(200)["ended_sessions"], 1);
    admin.get(&ada, "/admin/v1/whoami").await.expect(401);
    let nobody = format!("/admin/v1/operators/{}/sessions", bowline_api::OperatorId::from(uuid::Uuid::nil()));
    assert_eq!(admin.get(&root, &nobody).await.code(), "not_found");
    assert_eq!(admin.call(Method::Delete, &root, &nobody, None).await.code(), "not_found");
}

#[rocket::async_test]
async fn a_session_that_has_ended_is_not_listed() {
    let admin = Admin::start().await;
    let token = admin.operator("ada", Role::Viewer).await;
    let id = id_of(&admin, &token).await;
    for over in ["last_seen_at = now() - interval '901 s'", "expires_at = now()"] {
        let dead = admin.session(id.parse().unwrap()).await;
        assert_eq!(sessions(&admin, &token, OWN).await.len(), 2);
        let dead = current(&admin, &dead).await;
        let dead: bowline_api::SessionId = dead.parse().unwrap();
        admin.execute(&format!("UPDATE operator_sessions SET {over} WHERE id = '{}'", dead.uuid())).await;
        assert_eq!(sessions(&admin, &token, OWN).await.len(), 1, "{over}");
    }
}

#[rocket::async_test]
async fn another_role_ends_all_sessions_and_the_same_role_none() {
    let admin = Admin::start().await;
    let (root, ada) = (admin.operator("root", Role::Admin).await, admin.operator("ada", Role::Viewer).await);
    let path = format!("/admin/v1/operators/{}/role", id_of(&admin, &ada).await);
    admin.call(Method::Put, &root, &path, Some(proven(json!({ "role": "viewer" })))).await.expect(200);
    admin.get(&ada, "/admin/v1/whoami").await.expect(200);
    admin.call(Method::Put, &root, &path, Some(proven(json!({ "role": "operator" })))).await.expect(200);
    admin.get(&ada, "/admin/v1/whoami").await.expect(401);
}

#[rocket::async_test]
async fn a_login_leaves_its_address_and_program_in_the_session_and_in_the_log() {
    let admin = Admin::start().await;
    let password = "correct horse battery";
    let words = SecretString::from(password);
    operator::add(&admin.app, &Actor::CommandLine, "ops-1", &words, Role::Admin).await.unwrap();
    let body = json!({ "name": "ops-1", "password": password }).to_string();
    let request = admin.client.post(OWN).header(ContentType::JSON);
    let from: std::net::SocketAddr = "[::ffff:203.0.113.9]:4711".parse().unwrap();
    let request = request.header(Header::new("User-Agent", "bowline/9.9.9 \u{1b}[31m"));
    let answer = request.remote(from).body(body).dispatch().await;
    let session: Value = serde_json::from_str(&answer.into_string().await.unwrap()).unwrap();
    let token = session["token"].as_str().unwrap();
    let listed = sessions(&admin, token, OWN).await;
    assert_eq!(
        (&listed[0]["address"], &listed[0]["client"]),
        (&json!("203.0.113.9"), &json!("bowline/9.9.9 [31m"))
    );
    let log = admin.get(token, "/admin/v1/audit").await.expect(200);
    assert_eq!(log["items"][0]["action"], "operator.logged_in");
    assert_eq!(log["items"][0]["detail"], json!({ "address": "203.0.113.9", "session": listed[0]["id"] }));
}
