//! Linking the same account again, another account in its place, and with fewer scopes than requested.

use anyhow::{Context as _, Result};
use bowline_api::v1::{Account, CreateLinkSession, NewLinkSession};
use bowline_tests::{Link, Person, Stack, Tenant};
use dropbox_sim::{FaultKind, FaultSpec, Garbage, Operation, Reveal};
use reqwest::Method;
use serde_json::json;

use crate::common::set_token_life;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_account_keeps_its_id_and_its_old_grant_dies() -> Result<()> {
    let stack = Stack::start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let mut amara = Person::new(&stack, "amara@example.com");
    let first = amara.links(&stack, &acme, "user-1").await?;
    let old_token = acme.token(first.id).await?.access_token;
    let again = amara.links(&stack, &acme, "user-1").await?;
    assert_eq!((again.id, again.linked_at), (first.id, first.linked_at));
    assert_ne!(acme.token(first.id).await?.access_token, old_token);

    let link = acme.begin_relink("user-1", first.id).await?;
    let returned = amara.approves(&stack, &link).await?;
    assert_eq!(acme.complete(&link, &returned).await?.id, first.id);
    assert_eq!(acme.accounts().await?.len(), 1);
    stack.wait_for_live_grants(1).await?;
    let grants = stack.dropbox.grants(Reveal::No);
    assert_eq!(grants.iter().map(|grant| grant.alive).collect::<Vec<_>>(), [false, false, true]);
    acme.token(first.id).await?;

    // Another user with the same Dropbox account and the same user with another one are separate accounts.
    let shared = amara.links(&stack, &acme, "user-2").await?;
    let second = Person::new(&stack, "jonas@example.com").links(&stack, &acme, "user-1").await?;
    assert!(shared.id != first.id && second.id != first.id);
    assert_eq!(acme.accounts().await?.len(), 3);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_account_on_a_relink_is_refused_and_changes_nothing() -> Result<()> {
    let stack = Stack::start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let account = Person::new(&stack, "amara@example.com").links(&stack, &acme, "user-1").await?;
    let token = acme.token(account.id).await?.access_token;
    let link = acme.begin_relink("user-1", account.id).await?;
    let returned = Person::new(&stack, "jonas@example.com").approves(&stack, &link).await?;
    let answer = acme.try_complete(&link, &returned).await?;
    assert_eq!(answer.refusal(), (409, "account_mismatch".to_owned()));
    assert_eq!(acme.token(account.id).await?.access_token, token);
    assert_eq!(acme.accounts().await?.len(), 1);
    assert_eq!(
        acme.link_status(&link).await?,
        ("authorizing".to_owned(), Some("account_mismatch".to_owned()))
    );
    // The superfluous grant is revoked.
    stack.wait_for_live_grants(1).await?;
    let foreign = acme.begin_relink("user-2", account.id).await;
    assert!(foreign.is_err(), "an account of another user cannot be linked again");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fewer_scopes_are_told_and_more_are_recorded() -> Result<()> {
    let stack = Stack::start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    for (user, scope, missing) in [
        ("fewer", "account_info.read files.metadata.read", vec!["files.content.read"]),
        ("more", "account_info.read files.content.read files.metadata.read sharing.read", vec![]),
    ] {
        let fields = serde_json::Map::from_iter([("scope".to_owned(), json!(scope))]);
        let fault = FaultKind::Garbage { garbage: Garbage::Merge(fields) };
        stack.dropbox.set_fault(FaultSpec::new(fault).on(Operation::TokenExchange).times(1));
        let account = Person::new(&stack, "amara@example.com").links(&stack, &acme, user).await?;
        assert_eq!(account.missing_scopes, missing);
        assert_eq!(account.scopes.join(" "), scope);
    }
    Ok(())
}

/// The scopes that are requested from Dropbox when `link` is followed, separated by spaces.
async fn asked_for(stack: &Stack, link: &Link) -> Result<String> {
    let authorize_url = Person::new(stack, "amara@example.com").go_to_dropbox(link).await?;
    let url = url::Url::parse(&authorize_url)?;
    Ok(url
        .query_pairs()
        .find(|(name, _)| name == "scope")
        .map(|(_, scope)| scope.into_owned())
        .unwrap_or_default())
}

/// The session that a token call offers for an account that its user has disconnected.
async fn offered(stack: &Stack, acme: &Tenant, account: &Account) -> Result<Link> {
    stack.dropbox.disconnect(&acme.app_key, &account.provider_account_id);
    set_token_life(stack, account.id, 0).await?;
    let verifier = Link::new_verifier();
    let relink = json!({ "return_url": acme.return_url, "completion_challenge": Link::challenge(&verifier) });
    let path = format!("/v1/accounts/{}/token", account.id);
    let answer = acme.call(Method::POST, &path, Some(json!({ "relink": relink }))).await?;
    let session = serde_json::from_value::<NewLinkSession>(answer.json()["link_session"].clone());
    let session = session.with_context(|| answer.text())?;
    Ok(Link { id: session.id, url: session.url, verifier })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_renewal_asks_for_what_the_account_has_and_no_more() -> Result<()> {
    let stack = Stack::start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let narrow = CreateLinkSession {
        scopes: Some(vec!["files.metadata.read".to_owned()]),
        ..acme.link_request("user-1")
    };
    let mut amara = Person::new(&stack, "amara@example.com");
    let link = acme.begin(narrow).await?;
    let returned = amara.approves(&stack, &link).await?;
    let account = acme.complete(&link, &returned).await?;
    let own = "account_info.read files.metadata.read";
    assert_eq!(account.scopes.join(" "), own);

    assert_eq!(asked_for(&stack, &acme.begin_relink("user-1", account.id).await?).await?, own);
    assert_eq!(asked_for(&stack, &offered(&stack, &acme, &account).await?).await?, own);
    // A tenant that needs more scopes requests them.
    let wider = CreateLinkSession {
        scopes: Some(vec!["files.content.read".to_owned(), "files.metadata.read".to_owned()]),
        account_id: Some(account.id),
        ..acme.link_request("user-1")
    };
    let wide = "account_info.read files.content.read files.metadata.read";
    // The grant has ended, so the provider has nothing to add to the new scopes.
    assert_eq!(asked_for(&stack, &acme.begin(wider).await?).await?, wide);
    // A new link still requests all scopes of the connector.
    assert_eq!(asked_for(&stack, &acme.begin_link("user-1").await?).await?, wide);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_renewal_asks_again_for_what_the_user_left_out_and_never_for_what_the_connector_lost() -> Result<()>
{
    let stack = Stack::start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let fields = serde_json::Map::from_iter([(
        "scope".to_owned(),
        json!("account_info.read files.metadata.read sharing.read"),
    )]);
    let fault = FaultKind::Garbage { garbage: Garbage::Merge(fields) };
    stack.dropbox.set_fault(FaultSpec::new(fault).on(Operation::TokenExchange).times(1));
    let account = Person::new(&stack, "amara@example.com").links(&stack, &acme, "user-1").await?;
    assert_eq!(account.missing_scopes, ["files.content.read"]);
    // The account works, so the provider adds what the user granted before.
    let left_out = "account_info.read files.content.read";
    assert_eq!(asked_for(&stack, &acme.begin_relink("user-1", account.id).await?).await?, left_out);

    offered(&stack, &acme, &account).await?;
    // The app secret is bound to the scopes.
    stack.resealer().edit_connectors("scopes = ARRAY['files.content.read']").await?;
    let left = "account_info.read files.content.read";
    assert_eq!(asked_for(&stack, &offered(&stack, &acme, &account).await?).await?, left);
    Ok(())
}
