//! The successful path, and links that end without an error or an attack.

use anyhow::Result;
use bowline_api::status::{AccountStatus, Assurance};
use bowline_tests::{Person, Stack, Tenant, TenantOptions, onward, until};
use dropbox_sim::{Operation, Reveal};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use reqwest::Method;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_user_links_an_account_and_the_tenant_gets_a_token_that_works() -> Result<()> {
    let stack = Stack::start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let mut amara = Person::new(&stack, "amara@example.com");

    let link = acme.begin_link("user-1").await?;
    assert_eq!(acme.link_status(&link).await?.0, "created");
    let page = amara.visit(&link.url).await?.text();
    assert!(page.contains("ACME Photos") && page.contains("user-1") && page.contains("files.content.read"));
    let authorize_url = amara.go_to_dropbox(&link).await?;
    assert_eq!(acme.link_status(&link).await?.0, "authorizing");
    let callback = amara.approve(&stack, &authorize_url)?;
    let returned = amara.come_back(&callback).await?;
    assert_eq!(acme.link_status(&link).await?.0, "returned");
    assert!(returned.url.as_str().starts_with(&acme.return_url));
    assert_eq!(
        stack.dropbox.count(Operation::TokenExchange),
        0,
        "no code is exchanged before the tenant's proof"
    );
    assert_eq!(amara.cookies.len(), 1, "the browser remembers the link");

    let account = acme.complete(&link, &returned).await?;
    assert_eq!(
        (account.status, account.assurance),
        (AccountStatus::Active.into(), Assurance::Confirmed.into())
    );
    assert_eq!((account.email.as_str(), account.external_user_id.as_str()), ("amara@example.com", "user-1"));
    assert!(account.missing_scopes.is_empty());
    assert_eq!(acme.link_status(&link).await?.0, "completed");
    assert_eq!(acme.accounts().await?, [acme.account(account.id).await?]);

    let token = acme.token(account.id).await?;
    let grant = stack.dropbox.grants(Reveal::Tokens).remove(0);
    assert!(grant.alive && grant.account_id == account.provider_account_id);
    assert_eq!(grant.tokens.map(|tokens| tokens.access_tokens), Some(vec![token.access_token]));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_user_who_declines_goes_back_with_that_word_and_nothing_is_linked() -> Result<()> {
    let stack = Stack::start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let link = acme.begin_link("user-1").await?;
    let returned = Person::new(&stack, "amara@example.com").declines(&stack, &link).await?;
    assert_eq!((returned.error.as_deref(), returned.link_code.as_str()), (Some("access_denied"), ""));
    assert_eq!(acme.link_status(&link).await?.0, "denied");
    let answer = acme.complete_with(link.id, "bwl_lc_nothing", &link.verifier).await?;
    assert_eq!(answer.refusal(), (409, "link_failed".to_owned()));
    assert!(acme.accounts().await?.is_empty());
    assert_eq!(stack.dropbox.count(Operation::TokenExchange), 0);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_user_who_walks_away_leaves_nothing_behind() -> Result<()> {
    let stack = Stack::start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let mut amara = Person::new(&stack, "amara@example.com");
    let unopened = acme.begin_link("user-1").await?;
    let begun = acme.begin_link("user-2").await?;
    let authorize_url = amara.go_to_dropbox(&begun).await?;
    let callback = amara.approve(&stack, &authorize_url)?;
    let parked = acme.begin_link("user-3").await?;
    let returned = Person::new(&stack, "jonas@example.com").approves(&stack, &parked).await?;

    stack.database.execute("UPDATE link_sessions SET expires_at = now() - interval '1 second'", &[]).await?;
    assert_eq!(amara.visit(&unopened.url).await?.status, 410);
    assert_eq!(amara.press_continue(&unopened.url).await?.status, 410);
    assert_eq!(amara.visit(&callback).await?.status, 410);
    assert_eq!(acme.try_complete(&parked, &returned).await?.refusal(), (410, "link_expired".to_owned()));
    for link in [&unopened, &begun, &parked] {
        until("the sweeper", async || {
            acme.link_status(link).await.ok().filter(|(status, _)| status == "expired")
        })
        .await?;
    }
    let sealed =
        "SELECT count(*) FROM link_sessions WHERE sealed_code IS NOT NULL OR sealed_grant IS NOT NULL
                  OR sealed_pkce_verifier IS NOT NULL";
    assert_eq!(stack.database.count(sealed).await?, 0);
    let verifiers = "SELECT count(*) FROM link_starts WHERE sealed_pkce_verifier IS NOT NULL";
    assert_eq!(stack.database.count(verifiers).await?, 0);
    assert_eq!(stack.dropbox.count(Operation::TokenExchange), 0);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connector_may_complete_in_the_browser_and_says_that_it_is_less_sure() -> Result<()> {
    let stack = Stack::start().await?;
    let options = TenantOptions { completes_in_browser: true, ..TenantOptions::default() };
    let acme = Tenant::create_with(&stack, "acme", options).await?;
    let body = serde_json::to_value(acme.link_request("user-1"))?;
    let session: bowline_api::v1::NewLinkSession =
        acme.call(Method::POST, "/v1/link-sessions", Some(body)).await?.good()?;
    let mut amara = Person::new(&stack, "amara@example.com");
    let page = amara.press_continue(&session.url).await?;
    let callback = amara.approve(&stack, &onward(&page)?)?;
    let returned = amara.come_back(&callback).await?;
    assert_eq!((returned.error, returned.link_code.as_str()), (None, ""));
    let accounts = acme.accounts().await?;
    assert_eq!(accounts.len(), 1);
    assert_eq!(accounts[0].assurance, Assurance::Browser);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_starts_are_as_many_challenges_and_states() -> Result<()> {
    let stack = Stack::start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let starts = (0..200).map(|number| {
        let (acme, mut person) = (acme.clone(), Person::new(&stack, "amara@example.com"));
        async move {
            let link = acme.begin_link(&format!("user-{number}")).await?;
            let page = person.press_continue(&link.url).await?;
            let url = url::Url::parse(&onward(&page)?)?;
            let value = |name: &str| {
                url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
            };
            assert_eq!(value("code_challenge_method").as_deref(), Some("S256"));
            Ok::<_, anyhow::Error>((value("code_challenge"), value("state")))
        }
    });
    // The starts are spread out, because a call that waits too long for a pooled connection is refused.
    let seen: Vec<_> = stream::iter(starts).buffer_unordered(20).try_collect().await?;
    let challenges: std::collections::HashSet<_> =
        seen.iter().map(|(challenge, _)| challenge.clone()).collect();
    let states: std::collections::HashSet<_> = seen.iter().map(|(_, state)| state.clone()).collect();
    assert_eq!((challenges.len(), states.len()), (200, 200));
    assert!(!challenges.contains(&None) && !states.contains(&None));
    Ok(())
}
