//! Linking the same account again, another one in its place, and with fewer scopes than were asked for.

use anyhow::Result;
use bowline_tests::{Person, Stack, Tenant};
use dropbox_sim::{FaultKind, FaultSpec, Garbage, Operation, Reveal};
use serde_json::json;

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

    // Another user with the same Dropbox account, and the same user with another one, are accounts of their own.
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
    assert_eq!(acme.link_status(&link).await?, ("failed".to_owned(), Some("account_mismatch".to_owned())));
    // The grant that nobody wants is given back.
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
