//! Another tenant's resource and a resource that does not exist return the same answer, on every route in the document.

use anyhow::{Context as _, Result};
use bowline_api::status::Permission;
use bowline_api::{AccountId, ConnectorId, EventId, LinkSessionId, WebhookEndpointId};
use bowline_tests::{Link, Person, Stack, Tenant};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

/// A UUIDv7 that identifies nothing.
const NOTHING: u128 = 0x0190_0000_0000_7000_8000_0000_0000_0001;

/// A call that identifies a resource: method, path with the resource's id, and body.
struct Named {
    method: Method,
    theirs: String,
    nothing: String,
    body: Option<Value>,
}

/// All calls of `/v1` with a resource in their path, taken from the document.
fn calls(
    document: &Value,
    link: &Link,
    account: AccountId,
    user: &str,
    endpoint: WebhookEndpointId,
) -> Result<Vec<Named>> {
    let uuid = Uuid::from_u128(NOTHING);
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().context("the document has no paths")? {
        if !path.starts_with("/v1/") || !path.contains('{') {
            continue;
        }
        let (theirs, nothing) = match path {
            path if path.starts_with("/v1/accounts/") => {
                (account.to_string(), AccountId::from(uuid).to_string())
            }
            path if path.starts_with("/v1/sandbox/accounts/") => {
                (account.to_string(), AccountId::from(uuid).to_string())
            }
            path if path.starts_with("/v1/sandbox/link-sessions/") => {
                (link.id.to_string(), LinkSessionId::from(uuid).to_string())
            }
            path if path.starts_with("/v1/link-sessions/") => {
                (link.id.to_string(), LinkSessionId::from(uuid).to_string())
            }
            path if path.starts_with("/v1/webhook-endpoints/") => {
                (endpoint.to_string(), WebhookEndpointId::from(uuid).to_string())
            }
            path if path.starts_with("/v1/users/") => (user.to_owned(), "user-of-nobody".to_owned()),
            other => anyhow::bail!("this test does not know which resource {other} identifies: add it here"),
        };
        for method in item.as_object().into_iter().flatten().map(|(method, _)| method.to_uppercase()) {
            let fill = |id: &str| {
                let (before, rest) = path.split_once('{').unwrap_or((path, ""));
                let after = rest.split_once('}').map_or("", |(_, after)| after);
                let event = EventId::from(uuid).to_string();
                format!("{before}{id}{after}").replace("{event}", &event)
            };
            let body = match path.rsplit('/').next() {
                Some("complete") => Some(json!({ "link_code": "x", "completion_verifier": link.verifier })),
                Some("resend") if !path.contains("{event}") => {
                    Some(json!({ "since": "2026-11-30T00:00:00Z" }))
                }
                Some("{id}") if method == "PATCH" => Some(json!({ "events": [] })),
                Some("state") => Some(json!({ "state": "dead_grant" })),
                Some("sign") => Some(json!({ "method": "GET", "url": "https://api.example/account" })),
                _ => None,
            };
            let method = Method::from_bytes(method.as_bytes())?;
            found.push(Named { method, theirs: fill(&theirs), nothing: fill(&nothing), body });
        }
    }
    Ok(found)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn resources_of_another_tenant_respond_like_missing_ones() -> Result<()> {
    let stack = Stack::start().await?;
    let (acme, thief) = (Tenant::create(&stack, "acme").await?, Tenant::create(&stack, "thief").await?);
    let thief = thief.permitted(&stack, Permission::ALL).await?;
    let account = Person::new(&stack, "amara@example.com").links(&stack, &acme, "user-of-acme").await?;
    let link = acme.begin_link("user-of-acme").await?;
    let document: Value =
        stack.http().get(format!("{}/openapi.json", stack.public_url())).send().await?.json().await?;
    let url = json!({ "url": "https://hooks.acme.example/" });
    let endpoint = acme.call(Method::POST, "/v1/webhook-endpoints", Some(url)).await?.json();
    let endpoint = endpoint["id"].as_str().context("no endpoint")?.parse()?;
    let calls = calls(&document, &link, account.id, "user-of-acme", endpoint)?;
    assert!(calls.len() >= 6, "only {} calls identify a resource", calls.len());
    for call in &calls {
        let theirs = thief.call(call.method.clone(), &call.theirs, call.body.clone()).await?;
        let nothing = thief.call(call.method.clone(), &call.nothing, call.body.clone()).await?;
        let what = format!("{} {}", call.method, call.theirs);
        assert_eq!(theirs.refusal(), (404, "not_found".to_owned()), "{what}: {}", theirs.text());
        assert_eq!(theirs.without_request_id(), nothing.without_request_id(), "{what}");
        let headers = |answer: &bowline_tests::Answer| -> Vec<String> {
            let named =
                answer.headers.iter().filter(|(name, _)| !["date", "x-request-id"].contains(&name.as_str()));
            let mut all: Vec<String> = named.map(|(name, value)| format!("{name}: {value:?}")).collect();
            all.sort();
            all
        };
        assert_eq!(headers(&theirs), headers(&nothing), "{what}");
    }
    // None of the calls had an effect, and the owner can perform all of them.
    acme.token(account.id).await?;
    assert_eq!(acme.link_status(&link).await?.0, "created");
    assert!(thief.accounts().await?.is_empty());
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_tenants_ids_in_a_body_or_query_name_nothing() -> Result<()> {
    let stack = Stack::start().await?;
    let (acme, thief) = (Tenant::create(&stack, "acme").await?, Tenant::create(&stack, "thief").await?);
    let account = Person::new(&stack, "amara@example.com").links(&stack, &acme, "user-1").await?;
    Person::new(&stack, "jonas@example.com").links(&stack, &thief, "user-1").await?;
    let uuid = Uuid::from_u128(NOTHING);
    let challenge = Link::challenge("verifier");
    for (field, theirs, nothing) in [
        ("connector", acme.connector.to_string(), ConnectorId::from(uuid).to_string()),
        ("account_id", account.id.to_string(), AccountId::from(uuid).to_string()),
    ] {
        let ask = async |id: &str| {
            let mut body = json!({ "external_user_id": "user-1", "return_url": thief.return_url, "completion_challenge": challenge });
            body[field] = json!(id);
            thief.call(Method::POST, "/v1/link-sessions", Some(body)).await
        };
        let (theirs, nothing) = (ask(&theirs).await?, ask(&nothing).await?);
        assert_eq!(theirs.refusal(), (404, "not_found".to_owned()), "{field}");
        assert_eq!(theirs.without_request_id(), nothing.without_request_id(), "{field}");
    }
    let of_connector = json!({ "connector": acme.connector });
    let answer = thief.call(Method::POST, "/v1/users/user-1/token", Some(of_connector)).await?;
    assert_eq!(answer.refusal(), (404, "not_found".to_owned()));
    // A cursor of one tenant is invalid for another.
    Person::new(&stack, "mei@example.org").links(&stack, &acme, "user-2").await?;
    let page = acme.call(Method::GET, "/v1/accounts?limit=1", None).await?.json();
    let cursor = page["next"].as_str().context("there is no second page")?;
    let answer = thief.call(Method::GET, &format!("/v1/accounts?limit=1&cursor={cursor}"), None).await?;
    assert!(answer.status == 400 || answer.status == 422, "{}", answer.text());
    assert!(!answer.text().contains("mei@example.org") && !answer.text().contains("amara@example.com"));
    Ok(())
}
