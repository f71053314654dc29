//! Operators who are limited to tenants: every route with what belongs to another one.

use bowline_api::status::Role;
use bowline_api::{AccountId, ApiKeyId, ConnectorId, EventId, JobId, TenantId, WebhookEndpointId};
use bowline_server::http::auth::security::Security;
use bowline_server::route;
use rocket::http::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{Admin, proven};

/// The routes that concern the operator alone, or show only what is within their reach.
const PERSONAL: [&str; 23] = [
    "DELETE /admin/v1/sessions/<session>",
    "DELETE /admin/v1/sessions/current",
    "GET /admin/v1/events",
    "GET /admin/v1/login",
    "GET /admin/v1/sessions",
    "GET /admin/v1/tenants",
    "GET /admin/v1/whoami",
    "POST /admin/v1/sessions",
    "POST /admin/v1/sessions/end-others",
    "POST /admin/v1/sign-on/browser",
    "POST /admin/v1/sign-on/browser/finish",
    "POST /admin/v1/sign-on/device",
    "POST /admin/v1/sign-on/device/poll",
    "POST /admin/v1/whoami/sign-on/browser",
    "POST /admin/v1/whoami/sign-on/browser/finish",
    "POST /admin/v1/whoami/sign-on/device",
    "POST /admin/v1/whoami/sign-on/device/poll",
    "POST /admin/v1/whoami/totp",
    "POST /admin/v1/whoami/totp/confirm",
    "POST /admin/v1/whoami/totp/recovery-codes",
    "POST /admin/v1/whoami/totp/remove",
    "PUT /admin/v1/whoami/password",
    // The tenant stands in its body; see below.
    "POST /admin/v1/jobs",
];

/// The lists that have no rows here.
const EMPTY: [&str; 2] = ["GET /admin/v1/freezes", "GET /admin/v1/lost-exchanges"];

/// An id of a row of the tenant with this number.
fn id(kind: &str, tenant: u8) -> Uuid {
    format!("01900000-0000-7000-8000-00000000{kind}0{tenant}").parse().unwrap()
}

/// Two tenants, `t1` and `t2`, each with a connector, an account, a job, and an endpoint for webhooks with an event.
async fn seeded() -> Admin {
    let admin = Admin::start_with(|settings| settings.limits.logins_per_minute = 0).await;
    let root = admin.operator("root", Role::Admin).await;
    for (n, slug) in [(1, "t1"), (2, "t2")] {
        let tenant = json!({ "slug": slug, "name": "T" });
        let added = admin.post(&root, "/admin/v1/tenants", tenant).await.expect(201);
        let tenant = added["id"].as_str().unwrap().parse::<TenantId>().unwrap().uuid();
        let (connector, account, job) = (id("c0", n), id("a0", n), id("b0", n));
        let (endpoint, event) = (id("e0", n), id("f0", n));
        admin
            .execute(&format!(
                "INSERT INTO connectors (tenant_id, id, name, provider, protocol, app_key, sealed_app_secret, scopes, return_urls, completion,
                     confirm_page) VALUES ('{tenant}', '{connector}', 'C', 'dropbox', 'oauth2', 'key{n}', '\\x00', '{{a}}', '{{}}', 'tenant', true);
                 INSERT INTO accounts (tenant_id, id, connector_id, external_user_id, provider_account_id, email, display_name, status, scopes,
                     missing_scopes, assurance, generation, sealed_access_token, access_expires_at, sealed_refresh_token, refreshed_at)
                 VALUES ('{tenant}', '{account}', '{connector}', 'user', 'dbid:{n}', 'u@example.com', 'Ada', 'active', '{{a}}', '{{}}',
                     'confirmed', 1, '\\x00', now(), '\\x00', now());
                 INSERT INTO jobs (tenant_id, id, kind, state, reason, total, created_at, created_by, created_by_name, expires_at, held_until)
                 VALUES ('{tenant}', '{job}', 'revoke_accounts', 'prepared', 'why', 1, now(), '{job}', 'root', now() + interval '1 h', now());
                 INSERT INTO webhook_endpoints (tenant_id, id, url, events, state, created_at, held_until)
                 VALUES ('{tenant}', '{endpoint}', 'https://hooks.acme.example/', '{{}}', 'enabled', now(), now());
                 INSERT INTO webhook_events (tenant_id, sequence, id, at, kind, payload)
                 VALUES ('{tenant}', 0, '{event}', now(), 'account.linked', '{{}}');"
            ))
            .await;
    }
    admin
}

/// Limits a new operator to `t1` and returns the token of a session.
pub(crate) async fn limited(admin: &Admin, name: &str, role: Role) -> String {
    let root = admin.operator(&format!("root-of-{name}"), Role::Admin).await;
    let first = admin.operator(name, role).await;
    let me = admin.get(&first, "/admin/v1/whoami").await.expect(200);
    let path = format!("/admin/v1/operators/{}/tenants", me["id"].as_str().unwrap());
    let body = Some(proven(json!({ "tenants": ["t1"] })));
    let changed = admin.call(Method::Put, &root, &path, body).await.expect(200);
    assert_eq!(changed["tenants"].as_array().unwrap().len(), 1);
    admin.get(&first, "/admin/v1/whoami").await.expect(401);
    admin.session(me["id"].as_str().unwrap().parse().unwrap()).await
}

fn path(template: &str, tenant: &str, n: u8) -> String {
    template
        .replace("<tenant>", tenant)
        .replace("<connector>", &ConnectorId::from(id("c0", n)).to_string())
        .replace("<account>", &AccountId::from(id("a0", n)).to_string())
        .replace("<job>", &JobId::from(id("b0", n)).to_string())
        .replace("<key>", &ApiKeyId::from(id("d0", n)).to_string())
        .replace("<endpoint>", &WebhookEndpointId::from(id("e0", n)).to_string())
        .replace("<event>", &EventId::from(id("f0", n)).to_string())
}

fn told(mut body: Value) -> Value {
    body["request_id"].take();
    body
}

#[rocket::async_test]
async fn what_belongs_to_another_tenant_is_answered_as_if_it_did_not_exist_on_every_route() {
    let admin = seeded().await;
    let token = limited(&admin, "ada", Role::Operator).await;
    let mut personal = Vec::new();
    for endpoint in route::internal().endpoints() {
        let (method, template) = (endpoint.method(), endpoint.path());
        let route = format!("{method} {template}");
        let is_open =
            matches!(endpoint.security(), Some(Security::Operator(Role::Viewer | Role::Operator)) | None);
        if !template.starts_with("/admin/") || !is_open {
            continue;
        }
        if PERSONAL.contains(&route.as_str()) {
            personal.push(route);
            continue;
        }
        let body = matches!(method, Method::Post | Method::Put | Method::Patch).then(|| json!({}));
        let names = ["<tenant>", "<account>", "<job>"].iter().any(|name| template.contains(name));
        if names {
            let missing =
                admin.call(method, &token, &path(template, "nobody", 9), body.clone()).await.expect(404);
            for tenant in ["t2", &second(&admin).await] {
                let foreign = admin.call(method, &token, &path(template, tenant, 2), body.clone()).await;
                assert_eq!(told(foreign.expect(404)), told(missing.clone()), "{route}");
            }
            let own = admin.call(method, &token, &path(template, "t1", 1), body).await;
            assert!(![401, 403, 404].contains(&own.status) && own.status < 500, "{route}: {own:?}");
            continue;
        }
        // A list, or a call about all tenants.
        let all = admin.call(method, &token, template, body.clone()).await;
        assert!([200, 403, 422].contains(&all.status), "{route}: {all:?}");
        // One log is verified at a time.
        assert_eq!(all.status == 422, route == "GET /admin/v1/audit/verify", "{route}: {all:?}");
        if all.status != 403 {
            let foreign = second(&admin).await;
            assert!(!all.body.to_string().contains(&foreign), "{route}: {all:?}");
            if all.status == 422 {
                assert_eq!(all.body["field"], "tenant", "{route}");
            } else if !EMPTY.contains(&route.as_str()) {
                let items = all.body["items"].as_array().unwrap();
                assert!(!items.is_empty(), "{route}: {all:?}");
            }
            for tenant in ["t2", "nobody", &second(&admin).await] {
                admin
                    .call(method, &token, &format!("{template}?tenant={tenant}"), body.clone())
                    .await
                    .expect(404);
            }
            admin.call(method, &token, &format!("{template}?tenant=t1"), body).await.expect(200);
        }
    }
    personal.sort();
    let mut expected = PERSONAL.map(ToOwned::to_owned);
    expected.sort();
    assert_eq!(personal, expected);
}

/// The id of the tenant that is out of reach.
async fn second(admin: &Admin) -> String {
    let row = admin
        .superuser()
        .await
        .query_one("SELECT id::text FROM tenants WHERE slug = 't2'", &[])
        .await
        .unwrap();
    TenantId::from(row.get::<_, String>(0).parse::<Uuid>().unwrap()).to_string()
}

#[rocket::async_test]
async fn lists_and_jobs_keep_to_the_tenants_within_reach() {
    let admin = seeded().await;
    let token = limited(&admin, "ada", Role::Operator).await;
    let listed = admin.get(&token, "/admin/v1/tenants").await.expect(200);
    let slugs: Vec<_> = listed["items"].as_array().unwrap().iter().map(|one| &one["slug"]).collect();
    assert_eq!(slugs, ["t1"]);
    let found = admin.get(&token, "/admin/v1/accounts?tenant=t1&q=example").await.expect(200);
    assert_eq!(found["items"].as_array().unwrap().len(), 1);
    for more in ["&tenant=t2", "&all=true"] {
        let answer = admin.get(&token, &format!("/admin/v1/audit?tenant=t1{more}")).await;
        assert!(answer.status >= 400, "{more} {answer:?}");
    }
    let job = |tenant: &str, n: u8| {
        let account = AccountId::from(id("a0", n)).to_string();
        json!({ "kind": "revoke_accounts", "tenant": tenant, "reason": "the app is shut down", "accounts": [account] })
    };
    let foreign = admin.post(&token, "/admin/v1/jobs", job("t2", 2)).await;
    let missing = admin.post(&token, "/admin/v1/jobs", job("nobody", 2)).await;
    assert_eq!((foreign.status, foreign.code(), missing.status), (404, "not_found", 404));
    // An account of another tenant is none of this one.
    assert_eq!(admin.post(&token, "/admin/v1/jobs", job("t1", 2)).await.code(), "invalid_field");
    admin.post(&token, "/admin/v1/jobs", job("t1", 1)).await.expect(201);
}

#[rocket::async_test]
async fn an_admin_is_not_limited_and_a_limit_is_lifted() {
    let admin = seeded().await;
    let root = admin.operator("root-2", Role::Admin).await;
    let token = limited(&admin, "vera", Role::Viewer).await;
    let id = admin.get(&token, "/admin/v1/whoami").await.expect(200)["id"].as_str().unwrap().to_owned();
    let own = admin.get(&root, "/admin/v1/whoami").await.expect(200)["id"].as_str().unwrap().to_owned();
    let (limit, role) =
        (|id: &str| format!("/admin/v1/operators/{id}/tenants"), format!("/admin/v1/operators/{id}/role"));
    let put = async |path: &str, body: Value| admin.call(Method::Put, &root, path, Some(proven(body))).await;
    assert_eq!(put(&limit(&own), json!({ "tenants": ["t1"] })).await.code(), "invalid_state");
    assert_eq!(put(&role, json!({ "role": "admin" })).await.code(), "invalid_state");
    for bad in [json!([]), json!(["nobody"]), json!(["t1", "Nonsense!"])] {
        assert_eq!(put(&limit(&id), json!({ "tenants": bad })).await.code(), "invalid_field");
    }
    admin.get(&token, "/admin/v1/whoami").await.expect(200);
    let lifted = put(&limit(&id), json!({ "tenants": null })).await.expect(200);
    assert!(lifted.get("tenants").is_none());
    admin.get(&token, "/admin/v1/whoami").await.expect(401);
    let token = admin.session(id.parse().unwrap()).await;
    assert_eq!(
        admin.get(&token, "/admin/v1/accounts").await.expect(200)["items"].as_array().unwrap().len(),
        2
    );
    let log = admin.get(&root, "/admin/v1/audit?action=operator.tenants_changed").await.expect(200);
    assert_eq!(log["items"].as_array().unwrap().len(), 2);
}
