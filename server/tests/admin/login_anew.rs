//! Step-up by a login anew at the identity provider: its secret counts once, in the session that has asked for it.

use std::collections::BTreeMap;

use bowline_api::status::Role;
use bowline_server::service::operator;
use bowline_server::settings::{LocalPasswords, Prompt};
use bowline_tests::{CLIENT, Groups, IdentityProvider};
use rocket::http::Method;
use serde_json::{Value, json};

use crate::harness::Admin;
use crate::sign_on::{REDIRECT, SIGN_ON, finish, log_in, start};

const PATH: &str = "/admin/v1/whoami/sign-on/browser";

/// A session of the person, who logs in at the identity provider.
async fn session(admin: &Admin, idp: &IdentityProvider, person: &str) -> String {
    log_in(admin, idp, person).await.expect(201)["token"].as_str().unwrap().to_owned()
}

/// Begins to prove in this session, and logs the person in. Returns the secret, and the body that finishes the proof.
async fn begun(admin: &Admin, idp: &IdentityProvider, token: &str, person: &str) -> (String, Value) {
    let begun = admin.post(token, PATH, json!({ "redirect_uri": REDIRECT })).await.expect(201);
    let url = begun["url"].as_str().unwrap();
    assert!(url.contains("prompt=login") && url.contains("max_age=0"), "{url}");
    let back = idp.log_in(person, url).await.unwrap();
    let query: BTreeMap<_, _> = back.query_pairs().into_owned().collect();
    let secret = begun["secret"].as_str().unwrap().to_owned();
    let body =
        json!({ "secret": secret, "code": query["code"], "state": query["state"], "iss": query["iss"] });
    (secret, body)
}

#[rocket::async_test]
async fn an_act_that_asks_for_a_password_takes_the_secret_of_a_login_anew_once() {
    let idp = IdentityProvider::start(Groups::InIdToken).await.unwrap();
    let admin = start(&idp, LocalPasswords::All).await;
    idp.set(json!({ "people": { "ada": { "groups": ["bosses"] }, "eve": { "groups": ["bosses"] } } }))
        .await
        .unwrap();
    let token = session(&admin, &idp, "ada").await;
    let other = operator::by_name(&admin.app, "helper").await.unwrap().id;
    // It is refused in any case; how far it gets shows whether the proof was taken.
    let act_in = async |token: &str, password: &str| {
        let path = format!("/admin/v1/operators/{other}/totp/reset");
        admin.post(token, &path, json!({ "password": password })).await.code().to_owned()
    };
    let act = async |password: &str| act_in(&token, password).await;
    assert_eq!(act("anything").await, "sign_on_required");

    let prove = async |person: &str| begun(&admin, &idp, &token, person).await;
    let finish_in = async |token: &str, body: Value| admin.post(token, &format!("{PATH}/finish"), body).await;
    let (secret, body) = prove("ada").await;
    assert_eq!(act(&secret).await, "invalid_field", "it was only begun");
    assert_eq!(finish(&admin, body.clone()).await.code(), "sign_on_failed", "it is no login");
    finish_in(&token, body).await.expect(204);
    assert_eq!(act(&secret).await, "invalid_state", "the proof was taken");
    assert_eq!(act(&secret).await, "invalid_field", "once");

    let (secret, body) = prove("eve").await;
    assert_eq!(finish_in(&token, body).await.code(), "sign_on_refused");
    assert_eq!(act(&secret).await, "invalid_field", "somebody else's login proves nothing");

    // A login that was there before the act was asked for proves nothing, however short before.
    let now = "SELECT extract(epoch FROM now())::int8";
    let now: i64 = admin.superuser().await.query_one(now, &[]).await.unwrap().get(0);
    for age in [1_000_000, 20] {
        let tamper = json!({ "auth_time": now - age });
        idp.set(json!({ "tamper": tamper })).await.unwrap();
        let (secret, body) = prove("ada").await;
        assert_eq!(finish_in(&token, body).await.code(), "sign_on_failed", "{age}");
        assert_eq!(act(&secret).await, "invalid_field", "{age}");
    }
    idp.set(json!({ "tamper": null })).await.unwrap();

    // Another session of the same operator cannot finish the proof, use it, or keep it beyond the end of the one that has asked.
    let second = session(&admin, &idp, "ada").await;
    let (secret, body) = prove("ada").await;
    assert_eq!(finish_in(&second, body.clone()).await.code(), "sign_on_failed");
    finish_in(&token, body).await.expect(204);
    assert_eq!(act_in(&second, &secret).await, "invalid_field", "it is another session's");
    assert_eq!(act(&secret).await, "invalid_state", "and still there for its own");
    let (_, body) = prove("ada").await;
    finish_in(&token, body).await.expect(204);
    let (secret, body) = prove("ada").await;
    admin.call(Method::Delete, &token, "/admin/v1/sessions/current", None).await.expect(204);
    let left = "SELECT count(*) FROM operator_sign_ons WHERE operator_id IS NOT NULL";
    let left: i64 = admin.superuser().await.query_one(left, &[]).await.unwrap().get(0);
    assert_eq!(left, 0, "proofs end with their session");
    assert_eq!(finish_in(&second, body).await.code(), "sign_on_failed");
    assert_eq!(act_in(&second, &secret).await, "invalid_field");

    let local = admin.operator("local", Role::Admin).await;
    assert_eq!(admin.post(&local, PATH, json!({ "redirect_uri": REDIRECT })).await.code(), "invalid_state");
}

#[rocket::async_test]
async fn an_identity_provider_may_ask_which_account_it_is_instead_of_a_login() {
    let idp = IdentityProvider::start(Groups::InIdToken).await.unwrap();
    let admin = Admin::start_with(|settings| {
        settings.development = true;
        settings.sign_on.issuer = Some(idp.issuer());
        settings.sign_on.client_id = Some(CLIENT.0.to_owned());
        settings.sign_on.prompt = Prompt::SelectAccount;
    })
    .await;
    let body = json!({ "redirect_uri": REDIRECT });
    let begun = admin.post("", &format!("{SIGN_ON}/browser"), body).await.expect(201);
    assert!(begun["url"].as_str().unwrap().contains("prompt=select_account"), "{begun}");
}
