//! The client has every call of the OpenAPI document, with its method, path, body, answer and query parameters.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail the test that calls them")]

use std::collections::{BTreeMap, BTreeSet};

use bowline_client::api::status::{AccountStatus, LinkSessionStatus, WebhookDeliveryState};
use bowline_client::{AccountsQuery, DeliveriesQuery, LinkSessionsQuery, Wait};
use serde::Serialize;
use serde_json::Value;

const DOCUMENT: &str = include_str!("../../../docs/openapi.json");

const SOURCES: [&str; 6] = [
    include_str!("../src/calls/accounts.rs"),
    include_str!("../src/calls/link_sessions.rs"),
    include_str!("../src/calls/manage_sessions.rs"),
    include_str!("../src/calls/sandbox.rs"),
    include_str!("../src/calls/tokens.rs"),
    include_str!("../src/calls/webhook_endpoints.rs"),
];

/// The operations without a method, and why.
const LEFT_OUT: [(&str, &str); 1] = [("events_follow", "a stream without an end")];

/// How an operation is called: `POST /v1/tokens`, the type of its body, the type of its answer.
#[derive(Debug, PartialEq, Eq)]
struct Shape {
    call: String,
    body: Option<String>,
    answer: Option<String>,
}

/// The operations of the document below `/v1`: methods, paths, and the operations themselves.
fn operations() -> Vec<(String, String, Value)> {
    let document: Value = serde_json::from_str(DOCUMENT).unwrap();
    let paths = document["paths"].as_object().unwrap().clone();
    let mut found = Vec::new();
    for (path, item) in paths.into_iter().filter(|(path, _)| path.starts_with("/v1/")) {
        for (method, operation) in item.as_object().unwrap().clone() {
            if operation.get("operationId").is_some() {
                found.push((method, path.clone(), operation));
            }
        }
    }
    found
}

/// The name of a schema; of an optional body, that of its schema.
fn schema(content: &Value) -> Option<String> {
    let schema = content.pointer("/content/application~1json/schema")?;
    let reference = schema.get("$ref").or_else(|| schema.pointer("/oneOf/0/$ref"))?.as_str()?;
    reference.rsplit('/').next().map(str::to_owned)
}

fn documented() -> BTreeMap<String, Shape> {
    let mut found = BTreeMap::new();
    for (method, path, operation) in operations() {
        let responses = operation["responses"].as_object().unwrap();
        let (_, success) = responses.iter().find(|(status, _)| status.starts_with('2')).unwrap();
        let shape = Shape {
            call: format!("{} {path}", method.to_uppercase()),
            body: schema(&operation["requestBody"]),
            answer: schema(success),
        };
        found.insert(operation["operationId"].as_str().unwrap().to_owned(), shape);
    }
    found
}

/// What stands between two texts.
fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    Some(text.split_once(before)?.1.split_once(after)?.0)
}

/// The methods of the client, as their sources say.
fn written() -> BTreeMap<String, Shape> {
    let mut found = BTreeMap::new();
    for method in SOURCES.iter().flat_map(|source| source.split("pub async fn ").skip(1)) {
        let (name, rest) = method.split_once('(').unwrap();
        let call = between(rest, "self.answer(self.", "(").unwrap().to_uppercase();
        let path = between(rest, "self.answer(self.", ".await").and_then(|call| between(call, "\"", "\""));
        let answer = between(rest, "-> Result<", ", Error>").unwrap();
        let body = between(rest, "", "-> Result<").and_then(|arguments| {
            let body = arguments.split_once("body: &")?.1;
            Some(body.trim_end_matches(|c: char| !c.is_alphanumeric()).to_owned())
        });
        let answer = answer.replace('<', "_").replace('>', "");
        let shape = Shape {
            call: format!("{call} {}", path.unwrap()),
            body,
            answer: Some(answer).filter(|answer| answer != "()"),
        };
        found.insert(name.to_owned(), shape);
    }
    found
}

#[test]
fn every_operation_of_the_document_is_a_method() {
    let mut documented = documented();
    for (name, reason) in LEFT_OUT {
        assert!(documented.remove(name).is_some(), "{name} ({reason}) is not in the document any more");
    }
    assert!(documented.len() > 20, "{documented:#?}");
    assert_eq!(written(), documented, "left: the methods in src/calls, right: docs/openapi.json");
}

/// The names of the parameters that a query sends if all are given.
fn names(query: &impl Serialize) -> BTreeSet<String> {
    let query = serde_json::to_value(query).unwrap();
    let members = query.as_object().unwrap();
    assert!(members.values().all(|value| !value.is_null()), "{query}: give all of them");
    members.keys().cloned().collect()
}

#[test]
fn every_query_parameter_of_the_document_is_a_field() {
    let some = || Some("x".to_owned());
    let time = "2026-11-30T12:00:00Z".parse().ok();
    let accounts = AccountsQuery {
        external_user_id: some(),
        status: Some(AccountStatus::Active),
        cursor: some(),
        limit: Some(1),
    };
    let link_sessions = LinkSessionsQuery {
        external_user_id: some(),
        status: Some(LinkSessionStatus::Created),
        created_after: time,
        created_before: time,
        cursor: some(),
        limit: Some(1),
    };
    let wait = Wait { wait: Some(30), known_status: Some(LinkSessionStatus::Created) };
    let deliveries =
        DeliveriesQuery { state: WebhookDeliveryState::ALL.first().copied(), cursor: some(), limit: Some(1) };
    let fields = BTreeMap::from([
        ("accounts_list".to_owned(), names(&accounts)),
        ("link_sessions_list".to_owned(), names(&link_sessions)),
        ("link_sessions_show".to_owned(), names(&wait)),
        ("webhook_endpoints_deliveries".to_owned(), names(&deliveries)),
    ]);
    let mut parameters: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (_, _, operation) in operations() {
        let name = operation["operationId"].as_str().unwrap();
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            if parameter["in"] == "query" && !LEFT_OUT.iter().any(|(left_out, _)| *left_out == name) {
                let parameter = parameter["name"].as_str().unwrap().to_owned();
                parameters.entry(name.to_owned()).or_default().insert(parameter);
            }
        }
    }
    assert_eq!(fields, parameters, "left: the fields of queries, right: docs/openapi.json");
}
