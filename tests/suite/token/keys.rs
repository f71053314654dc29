//! API keys: what they permit, and where they are refused.

use anyhow::Result;
use bowline_tests::{Answer, Operator, Stack, until};
use reqwest::Method;

use crate::common::{linked, linked_on};

async fn key(stack: &Stack, permissions: &[&str]) -> Result<(String, String)> {
    let mut add = vec!["api-key", "add", "--tenant", "acme", "--name", "narrow", "--json"];
    add.extend(permissions.iter().flat_map(|permission| ["--permission", permission]));
    let made = stack.command(&add, None).await?;
    let text = |field: &str| made[field].as_str().unwrap_or_default().to_owned();
    Ok((text("id"), text("secret")))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_does_what_it_may_and_nothing_else() -> Result<()> {
    let (stack, acme, account) = linked().await?;
    let token = format!("/v1/accounts/{}/token", account.id);
    let show = format!("/v1/accounts/{}", account.id);
    for (permission, allowed) in [("token", &token), ("accounts:read", &show)] {
        let narrow = acme.with_key(key(&stack, &[permission]).await?.1);
        for (method, path) in [
            (Method::POST, token.as_str()),
            (Method::GET, show.as_str()),
            (Method::DELETE, show.as_str()),
            (Method::POST, "/v1/link-sessions"),
        ] {
            let works = path == allowed && method != Method::DELETE;
            let body = (path == "/v1/link-sessions").then(|| serde_json::json!({}));
            let answer = narrow.call(method, path, body).await?;
            if works {
                assert_eq!(answer.status, 200);
            } else {
                assert_eq!(answer.refusal(), (403, "insufficient_scope".to_owned()), "{permission} {path}");
            }
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_revoked_key_is_dead_on_every_replica() -> Result<()> {
    let (stack, acme, account) = linked_on(Stack::builder().replicas(2).start().await?).await?;
    let (id, secret) = key(&stack, &["token"]).await?;
    let callers = [acme.with_key(&secret), acme.with_key(&secret).at(stack.server(1).public_url())];
    for caller in &callers {
        caller.token(account.id).await?;
    }
    stack.command(&["api-key", "revoke", "--tenant", "acme", "--key", &id, "--json"], None).await?;
    for caller in &callers {
        assert_eq!(caller.try_token(account.id).await?.refusal(), (401, "unauthenticated".to_owned()));
    }
    acme.token(account.id).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_works_in_its_header_alone() -> Result<()> {
    let (stack, acme, account) = linked().await?;
    let path = format!("/v1/accounts/{}/token", account.id);
    let refused = |answer: &Answer, what: &str| {
        assert_eq!(answer.refusal(), (401, "unauthenticated".to_owned()), "{what}");
        assert!(answer.header("www-authenticate").starts_with("Bearer"), "{what}");
    };
    let mut flipped = acme.api_key.clone();
    let last = flipped.pop();
    flipped.push(if last == Some('2') { '3' } else { '2' });
    for junk in
        ["", "junk", "bwl_sk_", "bwl_sk_1111", &flipped, &acme.api_key.to_uppercase(), &"x".repeat(5_000)]
    {
        refused(&acme.with_key(junk).call(Method::POST, &path, None).await?, junk);
    }
    let none = acme.with_key("");
    for query in ["api_key", "access_token", "key"] {
        let path = format!("{path}?{query}={}", acme.api_key);
        refused(&none.call(Method::POST, &path, None).await?, query);
    }
    assert!(!stack.logs().contains(&acme.api_key), "a key in a URL is not logged");
    let url = format!("{}{path}", stack.public_url());
    let doubled =
        stack.http().post(url).bearer_auth(&acme.api_key).header("authorization", "Bearer x").send().await?;
    assert_eq!(doubled.status().as_u16(), 401);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_form_cannot_pretend_to_be_another_verb() -> Result<()> {
    let (stack, acme, account) = linked().await?;
    let url = format!("{}/v1/accounts/{}", stack.public_url(), account.id);
    let form = [("_method", "delete")];
    let answer = stack.http().post(&url).bearer_auth(&acme.api_key).form(&form).send().await?;
    assert!([404, 405, 415].contains(&answer.status().as_u16()), "{}", answer.status());
    acme.token(account.id).await?;
    Ok(())
}

/// An operator sees which keys hold the current token, and how often each has received it. The answer has no token.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_operator_sees_who_holds_the_current_token() -> Result<()> {
    let (stack, acme, account) = linked().await?;
    let (id, secret) = key(&stack, &["token"]).await?;
    let narrow = acme.with_key(secret);
    let fetched = acme.token(account.id).await?;
    for _ in 0..3 {
        narrow.token(account.id).await?;
    }
    let olga = Operator::create(&stack, "olga", "viewer").await?;
    olga.bowline_login().await?;
    let account = account.id.to_string();
    let holders = until("the repeats to be counted", async || {
        let answer = olga.bowline(&["accounts", "holders", &account, "--json"]).await.ok()?;
        (answer["items"][0]["issues"] == 3 || answer["items"][1]["issues"] == 3).then_some(answer)
    })
    .await?;
    assert_eq!(holders["current"], true);
    assert!(!holders.to_string().contains(&fetched.access_token), "the token itself is not shown");
    let items = holders["items"].as_array().map_or(&[][..], Vec::as_slice);
    let issues =
        |key: &str| items.iter().find(|one| one["api_key"]["id"] == key).map(|one| one["issues"].clone());
    assert_eq!((items.len(), issues(&id)), (2, Some(3.into())), "{holders}");
    let printed = olga.try_bowline(&["accounts", "holders", &account], "").await?;
    assert!(String::from_utf8_lossy(&printed.stderr).contains("of the current token"), "{printed:?}");
    Ok(())
}
