//! Links of a whole Dropbox team.

use anyhow::Result;
use bowline_api::v1::{Account, AccountCheck};
use bowline_tests::{Person, Stack, Tenant, TenantOptions};
use dropbox_sim::{Operation, Reveal};
use reqwest::Method;
use serde_json::json;

use crate::common::set_token_life;

const SCOPES: [&str; 3] = ["account_info.read", "files.metadata.read", "team_info.read"];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_team_is_linked_shown_refreshed_checked_and_revoked() -> Result<()> {
    let stack = Stack::start().await?;
    let scopes: Vec<String> = SCOPES.map(str::to_owned).to_vec();
    let options = TenantOptions { scopes: scopes.clone(), app_scopes: scopes, ..TenantOptions::default() };
    let acme = Tenant::create_with(&stack, "acme", options).await?;
    let mut priya = Person::new(&stack, "priya@acme.example");
    let team = priya.links(&stack, &acme, "user-1").await?;
    assert!(team.provider_account_id.starts_with("dbtid:"), "{}", team.provider_account_id);
    assert_eq!((team.display_name.as_str(), team.email.as_str()), ("acme.example", ""));
    assert!(team.missing_scopes.is_empty());

    let old = acme.token(team.id).await?;
    assert_eq!(old.provider_account_id, team.provider_account_id);
    let check = format!("/v1/accounts/{}/check", team.id);
    assert!(acme.call(Method::POST, &check, None).await?.good::<AccountCheck>()?.alive);
    let calls = stack.dropbox.calls();
    assert!(
        calls.iter().all(|call| call.operation != Operation::CheckUser),
        "a team's token belongs to no user"
    );
    set_token_life(&stack, team.id, 0).await?;
    assert_ne!(acme.token(team.id).await?.access_token, old.access_token);

    // The same team again is the same account.
    let again = priya.links(&stack, &acme, "user-1").await?;
    assert_eq!(again.id, team.id);
    stack.wait_for_live_grants(1).await?;
    // A user without a team is linked as one person at the same connector.
    let person = Person::new(&stack, "amara@example.com").links(&stack, &acme, "user-2").await?;
    assert!(person.provider_account_id.starts_with("dbid:"));

    assert_eq!(acme.revoke(team.id).await?.status, 202);
    stack.wait_for_live_grants(1).await?;
    let alive: Vec<_> = stack.dropbox.grants(Reveal::No).into_iter().filter(|grant| grant.alive).collect();
    assert_eq!(alive[0].account_id, person.provider_account_id);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_team_that_disconnects_has_to_link_again() -> Result<()> {
    let stack = Stack::start().await?;
    let scopes: Vec<String> = SCOPES.map(str::to_owned).to_vec();
    let options = TenantOptions { scopes: scopes.clone(), app_scopes: scopes, ..TenantOptions::default() };
    let acme = Tenant::create_with(&stack, "acme", options).await?;
    let team = Person::new(&stack, "priya@acme.example").links(&stack, &acme, "user-1").await?;
    let grants = stack.dropbox.grants(Reveal::No);
    stack.dropbox.disconnect(&acme.app_key, &grants[0].account_id);
    let check = acme.call(Method::POST, &format!("/v1/accounts/{}/check", team.id), None).await?;
    let check: AccountCheck = check.good()?;
    assert_eq!((check.alive, check.status.as_str()), (false, "needs_reauth"));
    let refused =
        acme.call(Method::POST, &format!("/v1/accounts/{}/token", team.id), Some(json!({}))).await?;
    assert_eq!(refused.refusal(), (409, "needs_reauth".to_owned()));
    assert!(acme.accounts().await?.iter().all(|one: &Account| one.id == team.id));
    Ok(())
}
