//! Single sign-on at npm's certified identity provider: roles by groups, refusals, forged responses, another device, break-glass.

use std::collections::BTreeMap;

use bowline_api::status::Role;
use bowline_server::domain::Actor;
use bowline_server::service::operator;
use bowline_server::settings::{GroupRole, LocalPasswords};
use bowline_tests::{CLIENT, Groups, IdentityProvider};
use rocket::http::Method;
use secrecy::SecretString;
use serde_json::{Value, json};

use crate::harness::{Admin, Answer, PASSWORD, proven};

pub(crate) const SIGN_ON: &str = "/admin/v1/sign-on";
pub(crate) const REDIRECT: &str = "http://127.0.0.1:49152/callback";

/// A service with this identity provider. Its group `bosses` are admins, and `acme-support` are operators of acme.
pub(crate) async fn start(idp: &IdentityProvider, passwords: LocalPasswords) -> Admin {
    let admin = Admin::start_with(|settings| {
        settings.development = true;
        settings.limits.logins_per_minute = 0;
        let sign_on = &mut settings.sign_on;
        sign_on.issuer = Some(idp.issuer());
        sign_on.client_id = Some(CLIENT.0.to_owned());
        sign_on.client_secret = Some(CLIENT.1.into());
        let entry = |group: &str, role, tenants: Option<&[&str]>| GroupRole {
            group: group.to_owned(),
            role,
            tenants: tenants.map(|all| all.iter().map(|&one| one.to_owned()).collect()),
        };
        sign_on.roles = vec![
            entry("bosses", Role::Admin, None),
            entry("acme-support", Role::Operator, Some(&["acme", "not-added"])),
        ];
        sign_on.device = true;
        sign_on.local_passwords = passwords;
        sign_on.break_glass = vec!["root".to_owned(), "helper".to_owned()];
    })
    .await;
    let root = admin.operator("helper", Role::Admin).await;
    let acme = json!({ "slug": "acme", "name": "Acme" });
    admin.post(&root, "/admin/v1/tenants", acme).await.expect(201);
    admin
}

async fn groups(idp: &IdentityProvider, person: &str, groups: &[&str]) {
    idp.set(json!({ "people": { person: { "groups": groups } } })).await.unwrap();
}

/// Begins a login and logs the person in in a browser; returns the body that finishes the login.
async fn returned(admin: &Admin, idp: &IdentityProvider, person: &str) -> Value {
    let body = json!({ "redirect_uri": REDIRECT });
    let begun = admin.post("", &format!("{SIGN_ON}/browser"), body).await.expect(201);
    let url = begun["url"].as_str().unwrap();
    assert!(url.contains("prompt=login") && !url.contains("max_age"), "nobody is logged in silently: {url}");
    let back = idp.log_in(person, url).await.unwrap();
    assert!(back.as_str().starts_with(REDIRECT), "{back}");
    let query: BTreeMap<_, _> = back.query_pairs().into_owned().collect();
    json!({ "secret": begun["secret"], "code": query["code"], "state": query["state"], "iss": query["iss"] })
}

pub(crate) async fn finish(admin: &Admin, body: Value) -> Answer {
    admin.post("", &format!("{SIGN_ON}/browser/finish"), body).await
}

pub(crate) async fn log_in(admin: &Admin, idp: &IdentityProvider, person: &str) -> Answer {
    let body = returned(admin, idp, person).await;
    finish(admin, body).await
}

/// The details of the audit log's entries with this action, the oldest first.
async fn events(admin: &Admin, action: &str) -> Vec<Value> {
    let sql = "SELECT detail::text FROM audit_events WHERE action = $1 ORDER BY sequence";
    let rows = admin.superuser().await.query(sql, &[&action]).await.unwrap();
    rows.iter().map(|row| serde_json::from_str(row.get(0)).unwrap()).collect()
}

#[rocket::async_test]
async fn people_get_the_role_of_their_groups_at_each_login_and_lose_it_with_them() {
    let mut idp = IdentityProvider::start(Groups::InUserInfo).await.unwrap();
    let admin = start(&idp, LocalPasswords::All).await;
    let methods = admin.get("", "/admin/v1/login").await.expect(200);
    assert_eq!(
        methods,
        json!({ "passwords": true, "single_sign_on": { "issuer": idp.issuer(), "device": true } })
    );

    groups(&idp, "ada", &["bosses", "acme-support", "other"]).await;
    let first = log_in(&admin, &idp, "ada").await.expect(201);
    let operator = &first["operator"];
    assert_eq!((&operator["name"], &operator["role"]), (&json!("ada"), &json!("admin")));
    assert_eq!((&operator["issuer"], operator.get("tenants")), (&json!(idp.issuer()), None));
    let (token, id) = (first["token"].as_str().unwrap(), operator["id"].as_str().unwrap());
    assert_eq!(admin.get(token, "/admin/v1/whoami").await.expect(200)["id"], id);
    let known = events(&admin, "operator.signed_on_first").await;
    assert_eq!((known.len(), &known[0]["user"], &known[0]["role"]), (1, &json!("ada"), &json!("admin")));
    assert_eq!(events(&admin, "operator.logged_in").await[0]["by"], "single_sign_on");

    // She has no password, and no admin here gives her one, or another role.
    let local = admin.operator("local", Role::Admin).await;
    let body = json!({ "name": "ada", "password": PASSWORD });
    assert_eq!(admin.post("", "/admin/v1/sessions", body).await.code(), "invalid_login");
    for (path, body) in [
        ("password", json!({ "password": PASSWORD })),
        ("role", json!({ "role": "viewer" })),
        ("tenants", json!({ "tenants": ["acme"] })),
    ] {
        let path = format!("/admin/v1/operators/{id}/{path}");
        let refused = admin.call(Method::Put, &local, &path, Some(proven(body))).await;
        assert_eq!(refused.code(), "invalid_state", "{path}");
    }

    // The identity provider gets new keys, and the person another group.
    idp.restart().await.unwrap();
    groups(&idp, "ada", &["acme-support"]).await;
    let second = log_in(&admin, &idp, "ada").await.expect(201);
    assert_eq!((&second["operator"]["id"], &second["operator"]["role"]), (&json!(id), &json!("operator")));
    assert_eq!(second["operator"]["tenants"].as_array().map(Vec::len), Some(1), "one of the two exists");
    assert_eq!(admin.get(token, "/admin/v1/whoami").await.status, 401, "the session of the admin has ended");
    assert_eq!(events(&admin, "operator.role_changed").await[0]["ended_sessions"], 1);
    assert_eq!(events(&admin, "operator.tenants_changed").await.len(), 1);
    let token = second["token"].as_str().unwrap();

    // Without a group the door is closed, and whatever session there was has ended.
    groups(&idp, "ada", &[]).await;
    let refused = log_in(&admin, &idp, "ada").await;
    assert_eq!((refused.status, refused.code()), (403, "sign_on_refused"), "{}", refused.body);
    assert_eq!(admin.get(token, "/admin/v1/whoami").await.status, 401);
    let told = events(&admin, "operator.sign_on_refused").await;
    assert_eq!((&told[0]["reason"], &told[0]["ended_sessions"]), (&json!("no_group"), &json!(1)));

    // Whom an admin disables here stays out, whatever the groups say.
    groups(&idp, "ada", &["bosses"]).await;
    let helper = admin.operator("second", Role::Admin).await;
    admin.post(&helper, &format!("/admin/v1/operators/{id}/disable"), json!({})).await.expect(200);
    assert_eq!(log_in(&admin, &idp, "ada").await.code(), "sign_on_refused");
    assert_eq!(events(&admin, "operator.sign_on_refused").await[1]["reason"], "disabled");

    // A name that is taken is not taken over.
    groups(&idp, "helper", &["bosses"]).await;
    let other = log_in(&admin, &idp, "helper").await.expect(201);
    assert!(other["operator"]["name"].as_str().unwrap().starts_with("helper-"), "{other}");

    // The identity provider is down.
    let body = returned(&admin, &idp, "ada").await;
    idp.stop().await.unwrap();
    let unreachable = finish(&admin, body).await;
    assert_eq!((unreachable.status, unreachable.code()), (503, "provider_unavailable"));
}

#[rocket::async_test]
async fn nothing_but_the_response_to_this_login_of_this_terminal_counts() {
    let idp = IdentityProvider::start(Groups::InIdToken).await.unwrap();
    let admin = start(&idp, LocalPasswords::All).await;
    let people = json!({ "ada": { "groups": ["bosses"] } });
    idp.set(json!({ "people": people })).await.unwrap();

    for redirect in ["http://evil.example:1/callback", "http://localhost:1/callback", "https://127.0.0.1:1/"]
    {
        let body = json!({ "redirect_uri": redirect });
        let refused = admin.post("", &format!("{SIGN_ON}/browser"), body).await;
        assert_eq!(refused.code(), "invalid_field", "{redirect}");
    }

    // A login is finished once.
    let body = returned(&admin, &idp, "ada").await;
    finish(&admin, body.clone()).await.expect(201);
    let again = finish(&admin, body.clone()).await;
    assert_eq!((again.status, again.code()), (410, "sign_on_failed"));

    // What belongs to another login, or to no login, is of no use; and an attempt with it ends the login.
    let stolen = returned(&admin, &idp, "ada").await;
    for (member, value) in [
        ("state", json!("x")),
        ("state", stolen["state"].clone()),
        ("code", json!("x")),
        ("code", stolen["code"].clone()),
        ("iss", json!("https://evil.example")),
        ("iss", Value::Null),
    ] {
        let right = returned(&admin, &idp, "ada").await;
        let mut wrong = right.clone();
        wrong[member] = value.clone();
        for body in [wrong, right] {
            assert_eq!(finish(&admin, body).await.code(), "sign_on_failed", "{member} {value}");
        }
    }
    let mut forged = returned(&admin, &idp, "ada").await;
    forged["secret"] = json!("bwl_so_guess");
    assert_eq!(finish(&admin, forged).await.code(), "sign_on_failed");
    let late = returned(&admin, &idp, "ada").await;
    admin.execute("UPDATE operator_sign_ons SET expires_at = now()").await;
    assert_eq!(finish(&admin, late).await.code(), "sign_on_failed");

    // ID tokens that are signed by the right key and say something else, and one that is not signed.
    for tamper in [
        json!({ "nonce": "another" }),
        json!({ "nonce": null }),
        json!({ "iss": "https://evil.example" }),
        json!({ "aud": "another-client" }),
        json!({ "aud": ["bowline", "another-client"] }),
        json!({ "azp": "another-client" }),
        json!({ "exp": 1_700_000_000 }),
        json!({ "alg": "none" }),
    ] {
        idp.set(json!({ "tamper": tamper })).await.unwrap();
        let refused = log_in(&admin, &idp, "ada").await;
        assert_eq!((refused.status, refused.code()), (410, "sign_on_failed"), "{tamper} {}", refused.body);
    }
    idp.set(json!({ "tamper": null })).await.unwrap();
    log_in(&admin, &idp, "ada").await.expect(201);
    let untrusted = events(&admin, "operator.sign_on_refused").await;
    assert!(untrusted.len() > 8 && untrusted.iter().all(|one| one["reason"] == "untrusted"), "{untrusted:?}");

    // What is stored finishes no login, and no secret is in it.
    let body = returned(&admin, &idp, "ada").await;
    let stored = "SELECT string_agg(o::text, ' ') FROM operator_sign_ons o";
    let row: String = admin.superuser().await.query_one(stored, &[]).await.unwrap().get(0);
    for member in ["secret", "code", "state"] {
        assert!(!row.contains(body[member].as_str().unwrap()), "{member}: {row}");
    }
}

#[rocket::async_test]
async fn a_login_is_approved_on_another_device_and_polled_no_faster_than_allowed() {
    let idp = IdentityProvider::start(Groups::InIdToken).await.unwrap();
    let admin = start(&idp, LocalPasswords::All).await;
    groups(&idp, "ada", &["bosses"]).await;
    let fresh = async || admin.post("", &format!("{SIGN_ON}/device"), json!({})).await.expect(201);
    let poll = async |begun: &Value| {
        admin.post("", &format!("{SIGN_ON}/device/poll"), json!({ "secret": begun["secret"] })).await
    };
    let due = async || admin.execute("UPDATE operator_sign_ons SET next_poll_at = now()").await;

    let begun = fresh().await;
    let device_code: String = {
        let sql = "SELECT encode(sealed_device, 'escape') FROM operator_sign_ons";
        admin.superuser().await.query_one(sql, &[]).await.unwrap().get(0)
    };
    assert!(
        !device_code.contains("device_code") && !device_code.contains(begun["user_code"].as_str().unwrap())
    );
    let early = poll(&begun).await.expect(200);
    assert!(
        early.get("session").is_none() && early["wait_seconds"].as_u64().is_some_and(|s| s > 0),
        "{early}"
    );
    due().await;
    assert!(poll(&begun).await.expect(200).get("session").is_none(), "nobody has approved");
    let waits = "SELECT extract(epoch FROM next_poll_at - now())::float8 FROM operator_sign_ons";
    let left: f64 = admin.superuser().await.query_one(waits, &[]).await.unwrap().get(0);
    assert!((0.0..=5.0).contains(&left), "as long as the identity provider wants: {left}");
    idp.approve_device("ada", begun["complete_url"].as_str().unwrap()).await.unwrap();
    due().await;
    let session = poll(&begun).await.expect(200)["session"].clone();
    assert_eq!(
        (&session["operator"]["name"], &session["operator"]["role"]),
        (&json!("ada"), &json!("admin"))
    );
    assert_eq!(poll(&begun).await.code(), "sign_on_failed", "once");
    assert_eq!(events(&admin, "operator.logged_in").await[0]["by"], "single_sign_on_device");

    let declined = fresh().await;
    idp.approve_device("declines", declined["complete_url"].as_str().unwrap()).await.unwrap();
    due().await;
    let refused = poll(&declined).await;
    assert_eq!((refused.status, refused.code()), (410, "sign_on_failed"), "{}", refused.body);
    assert_eq!(poll(&json!({ "secret": "bwl_so_guess" })).await.code(), "sign_on_failed");
}

#[rocket::async_test]
async fn passwords_are_for_emergencies_and_each_use_of_one_is_told() {
    let idp = IdentityProvider::start(Groups::InIdToken).await.unwrap();
    let admin = start(&idp, LocalPasswords::BreakGlass).await;
    let password = SecretString::from(PASSWORD);
    for name in ["root", "olga"] {
        operator::add(&admin.app, &Actor::CommandLine, name, &password, Role::Admin).await.unwrap();
    }
    assert_eq!(admin.get("", "/admin/v1/login").await.expect(200)["passwords"], false);
    let try_password = async |name: &str| {
        admin.post("", "/admin/v1/sessions", json!({ "name": name, "password": PASSWORD })).await
    };
    let (olga, nobody) = (try_password("olga").await, try_password("nobody").await);
    assert_eq!((olga.status, &olga.body["detail"]), (401, &nobody.body["detail"]), "nobody learns who may");
    assert!(olga.body["detail"].as_str().unwrap().contains("single sign-on"));
    let root = try_password("root").await.expect(201);
    assert_eq!(events(&admin, "operator.logged_in").await[0]["by"], "break_glass");

    // A session that began with a password before, ends.
    let olga = operator::by_name(&admin.app, "olga").await.unwrap().id;
    let before = admin.session(olga).await;
    assert_eq!(admin.get(&before, "/admin/v1/whoami").await.status, 401);

    // The last admin for emergencies stays, however many others there are, and nobody else gets such a name.
    let root = root["token"].as_str().unwrap();
    let disable = async |name: &str| {
        let id = operator::by_name(&admin.app, name).await.unwrap().id;
        admin.post(root, &format!("/admin/v1/operators/{id}/disable"), json!({})).await
    };
    disable("helper").await.expect(200);
    assert_eq!(disable("root").await.code(), "last_admin");
    admin.execute("UPDATE operators SET name = 'former' WHERE name = 'helper'").await;
    groups(&idp, "helper", &["bosses"]).await;
    let named = log_in(&admin, &idp, "helper").await.expect(201)["operator"]["name"].clone();
    assert!(named.as_str().unwrap().starts_with("helper-"), "{named}");
}

#[rocket::async_test]
async fn logins_on_another_device_are_off_unless_the_settings_say_so() {
    let idp = IdentityProvider::start(Groups::InIdToken).await.unwrap();
    let admin = Admin::start_with(|settings| {
        settings.development = true;
        settings.sign_on.issuer = Some(idp.issuer());
        settings.sign_on.client_id = Some(CLIENT.0.to_owned());
    })
    .await;
    assert_eq!(admin.get("", "/admin/v1/login").await.expect(200)["single_sign_on"]["device"], false);
    let refused = admin.post("", &format!("{SIGN_ON}/device"), json!({})).await;
    assert_eq!((refused.status, refused.code()), (409, "invalid_state"));
    assert!(refused.body["detail"].as_str().unwrap().contains("bowline.sign_on.device"));
}

#[rocket::async_test]
async fn without_an_identity_provider_the_way_is_named_that_there_is() {
    let admin = Admin::start().await;
    assert_eq!(admin.get("", "/admin/v1/login").await.expect(200), json!({ "passwords": true }));
    for (path, body) in [("browser", json!({ "redirect_uri": REDIRECT })), ("device", json!({}))] {
        let refused = admin.post("", &format!("{SIGN_ON}/{path}"), body).await;
        assert_eq!((refused.status, refused.code()), (409, "invalid_state"));
        assert!(refused.body["detail"].as_str().unwrap().contains("name and password"));
    }
}
