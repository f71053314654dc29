//! `needs_reauth` together with the link session for it.

use anyhow::{Context as _, Result};
use bowline_api::status::AccountStatus;
use bowline_api::v1::{Account, NewLinkSession};
use bowline_tests::{Answer, Link, Person, Stack, Tenant};
use reqwest::Method;
use serde_json::{Value, json};

use crate::common::{linked_on, set_token_life};

/// An account whose user has disconnected the app at Dropbox.
async fn disconnected() -> Result<(Stack, Tenant, Account)> {
    let (stack, acme, account) = linked_on(super::patient(1).start().await?).await?;
    stack.dropbox.disconnect(&acme.app_key, &account.provider_account_id);
    set_token_life(&stack, account.id, 0).await?;
    Ok((stack, acme, account))
}

/// Requests a token, and a link session for the case that no token is available.
async fn ask(tenant: &Tenant, path: &str, verifier: &str) -> Result<Answer> {
    let relink =
        json!({ "return_url": tenant.return_url, "completion_challenge": Link::challenge(verifier) });
    tenant.call(Method::POST, path, Some(json!({ "relink": relink }))).await
}

fn offered(answer: &Answer, verifier: &str) -> Result<Link> {
    assert_eq!(answer.refusal(), (409, "needs_reauth".to_owned()));
    assert_eq!(answer.json()["reason"], "refresh_token_revoked");
    let session: NewLinkSession =
        serde_json::from_value(answer.json()["link_session"].clone()).with_context(|| answer.text())?;
    Ok(Link { id: session.id, url: session.url, verifier: verifier.to_owned() })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_needs_reauth_response_contains_a_relink_session() -> Result<()> {
    let (stack, acme, account) = disconnected().await?;
    for (path, user) in [
        (format!("/v1/accounts/{}/token", account.id), "amara@example.com"),
        ("/v1/users/user-1/token".to_owned(), "amara@example.com"),
    ] {
        let verifier = Link::new_verifier();
        let link = offered(&ask(&acme, &path, &verifier).await?, &verifier)?;
        let mut person = Person::new(&stack, user);
        let returned = person.approves(&stack, &link).await?;
        let mended = acme.complete(&link, &returned).await?;
        assert_eq!((mended.id, mended.status), (account.id, AccountStatus::Active.into()));
        let answer = ask(&acme, &path, &verifier).await?;
        assert!(answer.status == 200 && answer.json().get("link_session").is_none());
        stack.dropbox.disconnect(&acme.app_key, &account.provider_account_id);
        set_token_life(&stack, account.id, 0).await?;
    }
    // The session does not accept another Dropbox account.
    let verifier = Link::new_verifier();
    let path = format!("/v1/accounts/{}/token", account.id);
    let link = offered(&ask(&acme, &path, &verifier).await?, &verifier)?;
    let returned = Person::new(&stack, "jonas@example.com").approves(&stack, &link).await?;
    assert_eq!(acme.try_complete(&link, &returned).await?.refusal(), (409, "account_mismatch".to_owned()));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn asking_again_and_again_renews_one_session_until_it_is_begun() -> Result<()> {
    let (stack, acme, account) = disconnected().await?;
    let path = format!("/v1/accounts/{}/token", account.id);
    let mut links = Vec::new();
    for _ in 0..3 {
        let verifier = Link::new_verifier();
        links.push(offered(&ask(&acme, &path, &verifier).await?, &verifier)?);
    }
    let count = "SELECT count(*) FROM link_sessions WHERE offered";
    assert_eq!(stack.database.count(count).await?, 1);
    let (last, before) = links.split_last().context("there are no links")?;
    let mut amara = Person::new(&stack, "amara@example.com");
    for link in before {
        assert_eq!(link.id, last.id);
        assert_ne!(amara.visit(&link.url).await?.status, 200, "the previous ticket still works");
    }
    // The user has started: the next offer is another session, and the first one stays valid.
    let authorize_url = amara.go_to_dropbox(last).await?;
    let verifier = Link::new_verifier();
    let next = offered(&ask(&acme, &path, &verifier).await?, &verifier)?;
    assert_ne!(next.id, last.id);
    let callback = amara.approve(&stack, &authorize_url)?;
    let returned = amara.come_back(&callback).await?;
    assert_eq!(acme.complete(last, &returned).await?.id, account.id);
    // Many simultaneous calls share one session.
    stack.dropbox.disconnect(&acme.app_key, &account.provider_account_id);
    set_token_life(&stack, account.id, 0).await?;
    let calls = (0..20).map(|_| ask(&acme, &path, &verifier));
    for answer in futures_util::future::try_join_all(calls).await? {
        assert_eq!(offered(&answer, &verifier)?.id, next.id);
    }
    assert_eq!(stack.database.count(count).await?, 2);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_relink_session_that_cannot_be_created_is_explained_in_the_response() -> Result<()> {
    let (stack, acme, account) = disconnected().await?;
    let path = format!("/v1/accounts/{}/token", account.id);
    let add = ["api-key", "add", "--tenant", "acme", "--name", "narrow", "--permission", "token", "--json"];
    let narrow = stack.command(&add, None).await?;
    let narrow = acme.with_key(narrow["secret"].as_str().unwrap_or_default());
    let verifier = Link::new_verifier();
    let refused = |answer: &Answer, why: &str| {
        assert_eq!(answer.refusal(), (409, "needs_reauth".to_owned()));
        assert_eq!(answer.json()["reason"], "refresh_token_revoked");
        assert_eq!(
            (&answer.json()["link_session"], &answer.json()["link_session_error"]),
            (&Value::Null, &json!(why))
        );
    };
    refused(&ask(&narrow, &path, &verifier).await?, "insufficient_scope");
    for relink in [
        json!({ "return_url": "https://evil.example/", "completion_challenge": Link::challenge(&verifier) }),
        json!({ "return_url": acme.return_url }),
        json!({ "return_url": acme.return_url, "completion_challenge": "short" }),
    ] {
        refused(&acme.call(Method::POST, &path, Some(json!({ "relink": relink }))).await?, "invalid_field");
    }
    let plain = acme.try_token(account.id).await?;
    assert!(plain.json().get("link_session").is_none() && plain.json().get("link_session_error").is_none());
    stack.database.execute("UPDATE accounts SET status = 'suspended'", &[]).await?;
    let frozen = ask(&acme, &path, &verifier).await?;
    assert_eq!(frozen.refusal(), (403, "account_suspended".to_owned()));
    assert!(frozen.json().get("link_session").is_none());
    assert_eq!(stack.database.count("SELECT count(*) FROM link_sessions WHERE offered").await?, 0);
    Ok(())
}
