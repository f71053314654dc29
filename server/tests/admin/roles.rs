//! Permissions: every route with every role, compared with the agreed list.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use bowline_api::status::Role;
use bowline_api::{
    AccountId, ApiKeyId, ConnectorId, EventId, JobId, OperatorId, SessionId, TenantId, WebhookEndpointId,
};
use bowline_server::domain::entropy;
use bowline_server::http::auth::security::Security;
use bowline_server::route;
use rocket::http::Method;
use serde_json::json;

use crate::harness::Admin;

const AGREED: &str = include_str!("roles.txt");

/// The route's path with ids of no resource.
fn path(template: &str) -> String {
    template
        .replace("<tenant>", &entropy::id::<bowline_api::id::Tenant>().to_string())
        .replace("<connector>", &ConnectorId::from(uuid::Uuid::nil()).to_string())
        .replace("<key>", &ApiKeyId::from(uuid::Uuid::nil()).to_string())
        .replace("<operator>", &OperatorId::from(uuid::Uuid::nil()).to_string())
        .replace("<session>", &SessionId::from(uuid::Uuid::nil()).to_string())
        .replace("<job>", &JobId::from(uuid::Uuid::nil()).to_string())
        .replace("<endpoint>", &WebhookEndpointId::from(uuid::Uuid::nil()).to_string())
        .replace("<event>", &EventId::from(uuid::Uuid::nil()).to_string())
        .replace("<account>", &AccountId::from(uuid::Uuid::nil()).to_string())
}

#[rocket::async_test]
async fn every_route_answers_every_role_as_agreed() {
    // One address calls every route that checks a password.
    let admin = Admin::start_with(|settings| settings.limits.logins_per_minute = 0).await;
    let mut operators = Vec::new();
    for &role in Role::ALL {
        let name = format!("op-{role}");
        admin.operator(&name, role).await;
        let row = admin.app.store.platform(async |tx| tx.operator_by_name(&name).await).await.unwrap();
        operators.push((role, row.unwrap().id));
    }
    let mut lines = BTreeSet::new();
    for endpoint in route::internal().endpoints() {
        let (method, template) = (endpoint.method(), endpoint.path());
        if !template.starts_with("/admin/") {
            continue;
        }
        let mut line = format!("{method:6} {template}:");
        // What the OpenAPI document says of the route.
        let least = match endpoint.security() {
            Some(Security::Operator(role)) => Some(role),
            None => None,
            other => panic!("{line} {other:?}"),
        };
        let body = matches!(method, Method::Post | Method::Put).then(|| json!({}));
        let answer = admin.call(method, "", &path(template), body.clone()).await;
        assert_eq!(answer.status == 401, least.is_some(), "{line} {answer:?}");
        write!(line, " nobody={}", verdict(answer.status)).unwrap();
        for (role, id) in &operators {
            // A session of its own, because one of the routes ends it.
            let token = admin.session((*id).into()).await;
            let answer = admin.call(method, &token, &path(template), body.clone()).await;
            assert!(answer.status < 500, "{line} {role} {answer:?}");
            assert_eq!(answer.status == 403, least.is_some_and(|least| *role < least), "{line} {role}");
            if answer.status == 403 {
                assert_eq!(answer.code(), "insufficient_scope");
                assert!(answer.body["detail"].as_str().unwrap().contains(role.as_str()));
            }
            write!(line, " {role}={}", verdict(answer.status)).unwrap();
        }
        lines.insert(line);
    }
    let found = lines.into_iter().collect::<Vec<_>>().join("\n");
    assert_eq!(found, AGREED.trim_end(), "found:\n{found}");
}

/// Whether the caller was let in. Other tests check the response.
fn verdict(status: u16) -> &'static str {
    match status {
        401 => "401",
        403 => "403",
        _ => "in",
    }
}

#[rocket::async_test]
async fn every_missing_resource_gets_the_same_404() {
    let admin = Admin::start().await;
    let token = admin.operator("root", Role::Viewer).await;
    let foreign = TenantId::from(uuid::Uuid::nil());
    for path in [
        format!("/admin/v1/tenants/{foreign}/connectors"),
        "/admin/v1/tenants/nonsense/connectors".to_owned(),
        format!("/admin/v1/accounts/{}", AccountId::from(uuid::Uuid::nil())),
        format!("/admin/v1/accounts/{foreign}"),
        "/admin/v1/nonsense".to_owned(),
    ] {
        let answer = admin.get(&token, &path).await;
        assert_eq!((answer.status, answer.code()), (404, "not_found"), "{path}");
    }
}
