//! Unknown and duplicated query parameters are refused on every route in the OpenAPI document.

use anyhow::{Context as _, Result};
use bowline_api::status::Permission;
use bowline_tests::{Answer, Operator, Stack, Tenant};
use reqwest::Method;
use serde_json::Value;

use crate::common::linked;

/// A route of the document and its documented query parameters.
struct Route {
    method: Method,
    path: String,
    names: Vec<String>,
}

async fn routes(stack: &Stack) -> Result<Vec<Route>> {
    let url = format!("{}/openapi.json", stack.server(0).internal_url());
    let document: Value = stack.http().get(url).send().await?.json().await?;
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().context("the document has no paths")? {
        for (method, operation) in item.as_object().into_iter().flatten() {
            let parameters = operation["parameters"].as_array().into_iter().flatten();
            let query = parameters.filter(|one| one["in"] == "query");
            let names = query.filter_map(|one| one["name"].as_str()).map(str::to_owned).collect();
            let method = Method::from_bytes(method.to_uppercase().as_bytes())?;
            found.push(Route { method, path: path.replace(['{', '}'], ""), names });
        }
    }
    Ok(found)
}

async fn call(acme: &Tenant, olga: &Operator, route: &Route, query: &str) -> Result<Answer> {
    let path = format!("{}?{query}", route.path);
    if path.starts_with("/admin/") {
        olga.call(route.method.clone(), &path, None).await
    } else {
        acme.call(route.method.clone(), &path, None).await
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unknown_or_doubled_query_parameter_is_refused_by_name_on_every_route() -> Result<()> {
    let (stack, acme, _) = linked().await?;
    let acme = acme.permitted(&stack, Permission::ALL).await?;
    let mut olga = Operator::create(&stack, "olga", "admin").await?;
    olga.log_in().await?;
    let routes = routes(&stack).await?;
    assert!(
        routes.len() > 30 && routes.iter().any(|route| route.names.len() >= 8),
        "{} routes",
        routes.len()
    );
    for route in &routes {
        let mut wrong = vec![("nonsense=1".to_owned(), "nonsense"), ("a%5B%5D=1&x=2".to_owned(), "a[]")];
        for name in &route.names {
            wrong.push((format!("{name}=1&{name}=1"), name));
            // The decoded name counts, not its encoding.
            let written = format!("%{:02x}{}", name.as_bytes()[0], &name[1..]);
            wrong.push((format!("{name}=1&{written}=2"), name));
        }
        for (query, name) in wrong {
            let what = format!("{} {}?{query}", route.method, route.path);
            let answer = call(&acme, &olga, route, &query).await?;
            assert_eq!(answer.refusal(), (400, "invalid_request".to_owned()), "{what}: {}", answer.text());
            assert_eq!(answer.json()["parameter"], name, "{what}");
            assert!(answer.json()["detail"].as_str().is_some_and(|words| words.contains(name)), "{what}");
        }
        // A key in the wrong place is not repeated in the answer.
        let answer = call(&acme, &olga, route, &format!("{}=1", acme.api_key)).await?;
        assert!(answer.status == 400 && !answer.text().contains(&acme.api_key), "{}", answer.text());
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_query_parameter_of_a_route_is_accepted_once() -> Result<()> {
    let (_stack, acme, account) = linked().await?;
    for query in ["", "?", "?&", "?limit=1", "?limit=1&external_user_id=user-1&status=active"] {
        let answer = acme.call(Method::GET, &format!("/v1/accounts{query}"), None).await?;
        assert_eq!(answer.json()["items"][0]["id"], account.id.to_string(), "{query}: {}", answer.text());
    }
    // Callers without a key learn nothing else.
    let answer = acme.with_key("junk").call(Method::GET, "/v1/accounts?nonsense=1", None).await?;
    assert_eq!(answer.refusal(), (401, "unauthenticated".to_owned()));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_route_without_a_credential_has_no_parameters_either() -> Result<()> {
    let stack = Stack::start().await?;
    let (public, internal) = (stack.public_url(), stack.server(0).internal_url());
    for url in [
        format!("{public}/openapi.json"),
        format!("{public}/docs"),
        format!("{public}/docs/start.js"),
        format!("{public}/docs/swagger-ui.css"),
        format!("{public}/docs/swagger-ui-bundle.js"),
        format!("{public}/button.js"),
        format!("{internal}/openapi.json"),
        format!("{internal}/livez"),
        format!("{internal}/readyz"),
        format!("{internal}/metrics"),
    ] {
        for query in ["verbose", "a%5B%5D=1", "x=1&x=2"] {
            let answer = stack.http().get(format!("{url}?{query}")).send().await?;
            assert_eq!(answer.status().as_u16(), 400, "{url}?{query}");
            assert!(answer.json::<Value>().await?["parameter"].is_string(), "{url}?{query}");
        }
        assert_eq!(stack.http().get(&url).send().await?.status().as_u16(), 200, "{url}");
    }
    Ok(())
}
