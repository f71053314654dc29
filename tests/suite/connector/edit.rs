//! Editing a connector: what changes, what keeps working, and what is on record.

use anyhow::Result;
use bowline_api::v1::NewLinkSession;
use bowline_tests::{Link, Person, onward};
use reqwest::Method;
use serde_json::{Value, json};

use super::{edit, managed};
use crate::common::set_token_life;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_edit_changes_what_it_names_and_the_secret_still_opens() -> Result<()> {
    let (stack, acme, admin) = managed().await?;
    let account = Person::new(&stack, "amara@example.com").links(&stack, &acme, "user-1").await?;
    let change = json!({
        "name": "Acme Albums",
        "return_urls": ["https://albums.example/back", acme.return_url],
        "scopes": ["account_info.read", "files.metadata.read"],
        "confirm_page": false,
    });
    let now: Value = edit(&admin, &acme, change.clone()).await?.good()?;
    for field in ["name", "return_urls", "scopes", "confirm_page"] {
        assert_eq!(now[field], change[field], "{field}");
    }
    assert_eq!((&now["completion"], &now["status"]), (&json!("tenant"), &json!("active")));
    // The same again changes nothing, and is not on record.
    assert_eq!(edit(&admin, &acme, change).await?.good::<Value>()?, now);
    let restored = edit(&admin, &acme, json!({ "confirm_page": true, "name": "Acme Photos" })).await?;
    assert_eq!(restored.status, 200);

    let page = Person::new(&stack, "mei@example.org").visit(&acme.begin_link("user-2").await?.url).await?;
    assert!(page.text().contains("Acme Photos"), "{}", page.text());
    let mut body = serde_json::to_value(acme.link_request("user-3"))?;
    body["completion_challenge"] = json!(Link::challenge("verifier"));
    body["return_url"] = json!("https://albums.example/back?x=1");
    assert_eq!(acme.call(Method::POST, "/v1/link-sessions", Some(body.clone())).await?.status, 201);
    body["scopes"] = json!(["files.content.read"]);
    let refused = acme.call(Method::POST, "/v1/link-sessions", Some(body)).await?;
    assert_eq!(refused.json()["field"], "scopes");
    // The account keeps its scopes, and the app secret, sealed with what it now belongs to, refreshes its token.
    set_token_life(&stack, account.id, 0).await?;
    assert!(acme.token(account.id).await?.scopes.contains(&"files.content.read".to_owned()));
    Person::new(&stack, "jonas@example.com").links(&stack, &acme, "user-4").await?;

    let log: Value = admin.call(Method::GET, "/admin/v1/audit?tenant=acme", None).await?.good()?;
    let edits: Vec<&Value> = log["items"]
        .as_array()
        .map(|items| {
            items
                .iter()
                .filter(|item| item["action"] == "connector.edited")
                .map(|item| &item["detail"])
                .collect()
        })
        .unwrap_or_default();
    assert_eq!(edits.len(), 2, "{edits:?}");
    let first =
        edits.iter().find(|detail| detail["changed"].as_array().is_some_and(|names| names.len() == 4));
    let first = first.map(|detail| (&detail["return_urls"], &detail["scopes"]));
    assert_eq!(first, Some((&now["return_urls"], &now["scopes"])));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_edit_is_checked_like_a_new_connector() -> Result<()> {
    let (_stack, acme, admin) = managed().await?;
    for (bad, field) in [
        (json!({ "name": "" }), "name"),
        (json!({ "scopes": [] }), "scopes"),
        (json!({ "return_urls": [] }), "return_urls"),
        (json!({ "return_urls": ["http://photos.example/linked"] }), "return_url"),
        (json!({ "return_urls": ["https://photos.example/linked?a=1"] }), "return_urls"),
    ] {
        let answer = edit(&admin, &acme, bad.clone()).await?;
        assert_eq!(answer.refusal(), (422, "invalid_field".to_owned()), "{bad}");
        assert_eq!(answer.json()["field"], field, "{bad}");
    }
    for unknown in [json!({ "app_key": "x" }), json!({ "protocol": "oauth1" })] {
        assert_eq!(edit(&admin, &acme, unknown).await?.refusal(), (422, "invalid_field".to_owned()));
    }
    let nobody = "/admin/v1/tenants/acme/connectors/conn_01kb0000000000000000000000";
    let missing = admin.call(Method::PATCH, nobody, Some(json!({ "name": "x" }))).await?;
    assert_eq!(missing.refusal(), (404, "not_found".to_owned()));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_edit_does_not_seal_in_what_was_written_into_the_database() -> Result<()> {
    let (stack, acme, admin) = managed().await?;
    let evil = "UPDATE connectors SET return_urls = array_append(return_urls, 'https://evil.example/')";
    stack.database.execute(evil, &[]).await?;
    let answer = edit(&admin, &acme, json!({ "name": "Acme Albums" })).await?;
    assert_eq!(answer.refusal(), (500, "integrity_error".to_owned()));
    let names = stack.database.rows("SELECT name FROM connectors", &[]).await?;
    assert_eq!(names[0].get::<_, String>(0), "ACME Photos");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_in_flight_keeps_its_return_url_and_is_completed_as_the_connector_says_now() -> Result<()> {
    let (stack, acme, admin) = managed().await?;
    let change = json!({ "return_urls": ["https://albums.example/back"], "completion": "browser" });
    let mut amara = Person::new(&stack, "amara@example.com");
    let link = acme.begin_link("user-1").await?;
    let authorize_url = amara.go_to_dropbox(&link).await?;
    assert_eq!(edit(&admin, &acme, change).await?.status, 200);
    let returned = amara.come_back(&amara.approve(&stack, &authorize_url)?).await?;
    assert!(returned.url.as_str().starts_with(&acme.return_url) && returned.link_code.is_empty());
    assert_eq!(acme.link_status(&link).await?.0, "completed");

    // The other way round, nobody can prove the user's session, so nothing is linked.
    let mut body = serde_json::to_value(acme.link_request("user-2"))?;
    body["return_url"] = json!("https://albums.example/back");
    let session = acme.call(Method::POST, "/v1/link-sessions", Some(body)).await?.good::<NewLinkSession>()?;
    let page = amara.press_continue(&session.url).await?;
    assert_eq!(edit(&admin, &acme, json!({ "completion": "tenant" })).await?.status, 200);
    let returned = amara.come_back(&amara.approve(&stack, &onward(&page)?)?).await?;
    let answer = acme.complete_with(session.id, &returned.link_code, &Link::new_verifier()).await?;
    assert_eq!(answer.refusal(), (403, "completion_refused".to_owned()));
    assert_eq!(acme.accounts().await?.len(), 1);
    Ok(())
}
