//! Links under OAuth 1.0 and OAuth 1.0a: from the connector to the token, and every way to end without one.

use anyhow::Result;
use bowline_api::status::{AccountStatus, Protocol};
use bowline_api::v1::{Account, OAuth1Token};
use bowline_tests::{Person, Stack, Tenant, TenantOptions, until};
use dropbox_sim::{FaultKind, FaultSpec, Operation, Reveal};
use reqwest::Method;
use serde_json::json;
use url::Url;

use crate::common::out_of_order;

pub(super) const DIALECTS: [Protocol; 2] = [Protocol::OAuth1, Protocol::OAuth1a];

pub(super) async fn tenant(stack: &Stack, protocol: Protocol) -> Result<Tenant> {
    let options = TenantOptions { protocol, ..TenantOptions::default() };
    Tenant::create_with(stack, &format!("acme-{protocol}"), options).await
}

async fn token(acme: &Tenant, account: &Account) -> Result<OAuth1Token> {
    acme.try_token(account.id).await?.good()
}

/// The callback URL with another value of one parameter.
pub(super) fn with(callback: &str, name: &str, value: &str) -> Result<String> {
    let mut url = Url::parse(callback)?;
    let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    let pairs =
        pairs.into_iter().map(|(key, old)| if key == name { (key, value.to_owned()) } else { (key, old) });
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    url.set_query(Some(&query));
    Ok(url.into())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_user_links_under_each_dialect_and_the_tenant_gets_both_parts_of_the_token() -> Result<()> {
    let stack = Stack::start().await?;
    for protocol in DIALECTS {
        let acme = tenant(&stack, protocol).await?;
        let mut amara = Person::new(&stack, "amara@example.com");
        let link = acme.begin_link("user-1").await?;
        let page = amara.visit(&link.url).await?.text();
        assert!(page.contains("Do everything in your account"), "{page}");
        let authorize_url = amara.go_to_dropbox(&link).await?;
        let callback = amara.approve(&stack, &authorize_url)?;
        let returned = amara.come_back(&callback).await?;
        let exchanged = stack.dropbox.count(Operation::OAuth1AccessToken);
        let account = acme.complete(&link, &returned).await?;
        assert_eq!(
            stack.dropbox.count(Operation::OAuth1AccessToken),
            exchanged + 1,
            "only after the tenant's proof"
        );
        assert_eq!((account.status, account.protocol), (AccountStatus::Active.into(), protocol.into()));
        assert!(account.scopes.is_empty() && account.missing_scopes.is_empty());
        assert_eq!(acme.accounts().await?, [acme.account(account.id).await?]);
        assert_eq!(acme.complete(&link, &returned).await?.id, account.id, "a repeated completion");

        let answer = acme.try_token_for(account.id, 3600).await?;
        let mut members: Vec<String> =
            answer.json().as_object().expect("an object").keys().cloned().collect();
        members.sort_unstable();
        assert_eq!(members, ["account_id", "oauth_token", "oauth_token_secret", "provider_account_id"]);
        let token: OAuth1Token = answer.good()?;
        let grants = stack.dropbox.grants(Reveal::Tokens);
        let grant = grants.iter().rev().find(|grant| grant.app_key == acme.app_key).expect("a grant");
        let held = grant.tokens.as_ref().map(|tokens| tokens.access_tokens.clone());
        assert_eq!(held, Some(vec![token.oauth_token.clone(), token.oauth_token_secret.clone()]));

        let body = json!({ "account_ids": [account.id] });
        let batch = acme.call(Method::POST, "/v1/tokens", Some(body)).await?.json();
        assert_eq!(batch["items"][0]["token"], serde_json::to_value(&token)?);
        let check = acme.call(Method::POST, &format!("/v1/accounts/{}/check", account.id), None).await?;
        assert_eq!(check.json()["alive"], true, "{}", check.text());
        let refusal = (409, "invalid_state".to_owned());
        let path = format!("/v1/accounts/{}/token/refresh", account.id);
        assert_eq!(acme.call(Method::POST, &path, Some(json!({}))).await?.refusal(), refusal);
        let narrowed = json!({ "scopes": ["files.metadata.read"] });
        let path = format!("/v1/accounts/{}/token", account.id);
        assert_eq!(acme.call(Method::POST, &path, Some(narrowed)).await?.json()["field"], "scopes");
    }
    let holdings = "SELECT count(*) FROM token_holdings";
    assert_eq!(stack.database.count(holdings).await?, 2, "each first issue is on record");
    assert!(!stack.logs().contains("CANARY_"), "no log has a token");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_denials_go_back_with_that_word_and_nothing_is_linked() -> Result<()> {
    let stack = Stack::start().await?;
    for (protocol, denial) in [(Protocol::OAuth1, "not_approved=true"), (Protocol::OAuth1a, "denied=")] {
        let acme = tenant(&stack, protocol).await?;
        let link = acme.begin_link("user-1").await?;
        let mut amara = Person::new(&stack, "amara@example.com");
        let callback = stack.dropbox.decline(&amara.go_to_dropbox(&link).await?)?;
        assert!(callback.contains(denial) && callback.contains("state="), "{callback}");
        let returned = amara.come_back(&callback).await?;
        assert_eq!((returned.error.as_deref(), returned.link_code.as_str()), (Some("access_denied"), ""));
        assert_eq!(acme.link_status(&link).await?.0, "denied");
        assert!(acme.accounts().await?.is_empty());
    }
    assert_eq!(stack.dropbox.count(Operation::OAuth1AccessToken), 0);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_request_token_is_never_exchanged_and_another_uid_links_nothing() -> Result<()> {
    let stack = Stack::start().await?;
    for protocol in DIALECTS {
        let acme = tenant(&stack, protocol).await?;
        let link = acme.begin_link("user-1").await?;
        let mut amara = Person::new(&stack, "amara@example.com");
        let authorize_url = amara.go_to_dropbox(&link).await?;
        let callback = amara.approve(&stack, &authorize_url)?;
        let returned = amara.come_back(&with(&callback, "oauth_token", "CANARY_another")?).await?;
        let seen = stack.dropbox.count(Operation::OAuth1AccessToken);
        let refused = acme.try_complete(&link, &returned).await?;
        assert_eq!(
            (refused.status, refused.json()["reason"].as_str()),
            (409, Some("request_token_mismatch"))
        );
        assert_eq!(stack.dropbox.count(Operation::OAuth1AccessToken), seen, "nothing was sent");
    }
    let options = TenantOptions { protocol: Protocol::OAuth1, ..TenantOptions::default() };
    let acme = Tenant::create_with(&stack, "acme-again", options).await?;
    let link = acme.begin_link("user-2").await?;
    let mut amara = Person::new(&stack, "amara@example.com");
    let authorize_url = amara.go_to_dropbox(&link).await?;
    let callback = amara.approve(&stack, &authorize_url)?;
    let returned = amara.come_back(&with(&callback, "uid", "12345")?).await?;
    let refused = acme.try_complete(&link, &returned).await?;
    assert_eq!(refused.json()["reason"], "malformed_account_mismatch", "{}", refused.text());
    assert!(acme.accounts().await?.is_empty());
    stack.wait_for_live_grants(0).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unreachable_provider_changes_nothing_until_it_is_back() -> Result<()> {
    let stack = Stack::start().await?;
    for protocol in DIALECTS {
        let acme = tenant(&stack, protocol).await?;
        let link = acme.begin_link("user-1").await?;
        let mut amara = Person::new(&stack, "amara@example.com");
        for fault in [
            FaultSpec::new(FaultKind::Reset).on(Operation::OAuth1RequestToken),
            out_of_order(Operation::OAuth1RequestToken),
        ] {
            stack.dropbox.set_fault(fault.times(1));
            assert_eq!(amara.press_continue(&link.url).await?.status, 503);
            assert_eq!(acme.link_status(&link).await?.0, "created");
        }
        let returned = amara.approves(&stack, &link).await?;
        let account = match protocol {
            // The account is read after the grant is stored, so the same call goes on.
            Protocol::OAuth1 => {
                stack.dropbox.set_fault(out_of_order(Operation::OAuth1Account).times(1));
                assert_eq!(acme.try_complete(&link, &returned).await?.status, 503);
                acme.complete(&link, &returned).await?
            }
            _ => acme.complete(&link, &returned).await?,
        };
        token(&acme, &account).await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_revoked_account_yields_no_token_and_ends_at_the_provider_where_that_is_possible() -> Result<()> {
    let stack = Stack::start().await?;
    for (protocol, left) in [(Protocol::OAuth1, 0), (Protocol::OAuth1a, 1)] {
        let acme = tenant(&stack, protocol).await?;
        let account = Person::new(&stack, "amara@example.com").links(&stack, &acme, "user-1").await?;
        token(&acme, &account).await?;
        acme.revoke(account.id).await?;
        assert_eq!(acme.try_token(account.id).await?.refusal(), (410, "account_revoked".to_owned()));
        until("the account to be revoked", async || {
            acme.account(account.id).await.ok().filter(|account| account.status == AccountStatus::Revoked)
        })
        .await?;
        assert_eq!(stack.live_grants(), left, "{protocol}");
    }
    let told = "SELECT count(*) FROM audit_events WHERE action = 'account.revocation_given_up'
                AND detail->>'reason' = 'provider_cannot_revoke'";
    assert_eq!(stack.database.count(told).await?, 1, "the log says that the grant lives on");
    let ended = "SELECT count(*) FROM audit_events WHERE action = 'account.revoked_at_provider'";
    assert_eq!(stack.database.count(ended).await?, 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_that_its_user_has_ended_needs_a_new_link_and_gets_one() -> Result<()> {
    let stack = Stack::start().await?;
    let acme = tenant(&stack, Protocol::OAuth1).await?;
    let mut amara = Person::new(&stack, "amara@example.com");
    let account = amara.links(&stack, &acme, "user-1").await?;
    let old = token(&acme, &account).await?;
    let owner = stack.dropbox.grants(Reveal::No).remove(0).account_id;
    stack.dropbox.disconnect(&acme.app_key, &owner);
    let check = acme.call(Method::POST, &format!("/v1/accounts/{}/check", account.id), None).await?.json();
    assert_eq!((&check["alive"], &check["status"]), (&json!(false), &json!("needs_reauth")));
    assert_eq!(acme.try_token(account.id).await?.refusal(), (409, "needs_reauth".to_owned()));
    let link = acme.begin_relink("user-1", account.id).await?;
    let returned = amara.approves(&stack, &link).await?;
    assert_eq!(acme.complete(&link, &returned).await?.id, account.id);
    assert_ne!(token(&acme, &account).await?.oauth_token, old.oauth_token);
    Ok(())
}
