//! Scope upgrades: a session for an account that works asks only for what the account lacks.

use std::collections::BTreeMap;

use anyhow::Result;
use bowline_api::v1::CreateLinkSession;
use bowline_tests::{Link, Person, Stack, Tenant};
use reqwest::Method;
use serde_json::json;

/// The parameters with which the user is sent to Dropbox, and the address.
async fn sent(person: &mut Person, link: &Link) -> Result<(BTreeMap<String, String>, String)> {
    let address = person.go_to_dropbox(link).await?;
    Ok((url::Url::parse(&address)?.query_pairs().into_owned().collect(), address))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn missing_scopes_are_told_and_asked_for_alone_while_the_old_token_works() -> Result<()> {
    let stack = Stack::start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let mut amara = Person::new(&stack, "amara@example.com");
    let narrow = CreateLinkSession {
        scopes: Some(vec!["files.metadata.read".to_owned()]),
        ..acme.link_request("user-1")
    };
    let link = acme.begin(narrow).await?;
    let (query, address) = sent(&mut amara, &link).await?;
    assert!(!query.contains_key("include_granted_scopes"), "the user has never linked");
    let callback = amara.approve(&stack, &address)?;
    let returned = amara.come_back(&callback).await?;
    let account = acme.complete(&link, &returned).await?;
    let old = acme.token(account.id).await?;

    let wanted = json!({ "scopes": ["files.content.read", "files.metadata.read"] });
    let path = format!("/v1/accounts/{}/token", account.id);
    let refused = acme.call(Method::POST, &path, Some(wanted)).await?;
    assert_eq!(refused.refusal(), (422, "invalid_field".to_owned()));
    assert_eq!(refused.json()["missing_scopes"], json!(["files.content.read"]));
    assert_eq!(refused.json()["account_id"], json!(account.id));

    let wider = CreateLinkSession {
        scopes: Some(vec!["files.content.read".to_owned()]),
        account_id: Some(account.id),
        force_reauthentication: Some(false),
        ..acme.link_request("user-1")
    };
    let link = acme.begin(wider.clone()).await?;
    let (query, address) = sent(&mut amara, &link).await?;
    assert_eq!(query["scope"], "account_info.read files.content.read");
    assert_eq!(query["include_granted_scopes"], "user");
    let callback = amara.approve(&stack, &address)?;
    let returned = amara.come_back(&callback).await?;
    assert_eq!(acme.token(account.id).await?.access_token, old.access_token);
    let widened = acme.complete(&link, &returned).await?;
    let all = ["account_info.read", "files.content.read", "files.metadata.read"];
    assert_eq!((widened.id, widened.missing_scopes.len()), (account.id, 0));
    let mut scopes = widened.scopes.clone();
    scopes.sort_unstable();
    assert_eq!(scopes, all);
    let new = acme.token(account.id).await?;
    assert_ne!(new.access_token, old.access_token);
    assert_eq!(new.scopes, widened.scopes);
    stack.wait_for_live_grants(1).await?;

    // An account that lacks nothing is linked again as it is, and may get fewer scopes.
    let fewer = CreateLinkSession { scopes: Some(vec!["files.metadata.read".to_owned()]), ..wider };
    let (query, _) = sent(&mut amara, &acme.begin(fewer).await?).await?;
    assert_eq!(query["scope"], "account_info.read files.metadata.read");
    assert!(!query.contains_key("include_granted_scopes"));
    Ok(())
}
