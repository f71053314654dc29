//! The automatic stop of an API key that fetches the tokens of far more accounts than it is used to.

use anyhow::{Context as _, Result};
use bowline_api::AccountId;
use bowline_tests::{Operator, Stack, Tenant, until};
use reqwest::Method;
use serde_json::{Value, json};

use crate::common::newcomer;

/// The number of accounts, and up to how many of them no key is stopped.
const ACCOUNTS: usize = 60;
const LEAST: usize = 20;

/// A tenant with many accounts at two replicas, and an admin.
async fn many() -> Result<(Stack, Tenant, Vec<AccountId>, Operator)> {
    let stack = Stack::builder().replicas(2).start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let mut accounts = Vec::with_capacity(ACCOUNTS);
    for number in 0..ACCOUNTS {
        let mut person = newcomer(&stack, &format!("person{number}"));
        accounts.push(person.links(&stack, &acme, &format!("user-{number}")).await?.id);
    }
    let mut root = Operator::create(&stack, "root", "admin").await?;
    root.log_in().await?;
    root.bowline_login().await?;
    Ok((stack, acme, accounts, root))
}

/// Turns the stop on, and waits until both replicas count.
async fn turn_on(stack: &Stack, acme: &Tenant, one: AccountId, root: &Operator) -> Result<()> {
    let least = LEAST.to_string();
    let set =
        ["drain-stop", "set", "acme", "--times", "2", "--least", &least, "--reason", "a test", "--json"];
    let now = root.bowline(&set).await?;
    assert_eq!((&now["enabled"], &now["least"]), (&json!(true), &json!(LEAST)), "{now}");
    let there = acme.at(stack.server(1).public_url());
    until("both replicas count the account of a minute", async || {
        for caller in [acme, &there] {
            caller.token(one).await.ok()?;
        }
        (stack.database.count("SELECT coalesce(max(accounts), 0)::int8 FROM key_days").await.ok()? == 2)
            .then_some(())
    })
    .await
}

/// Fetches all tokens, alternately at both replicas, and returns how many calls succeeded, and the refusals of the others.
async fn drain(stack: &Stack, acme: &Tenant, accounts: &[AccountId]) -> Result<(usize, Vec<(u16, String)>)> {
    let there = acme.at(stack.server(1).public_url());
    let (mut left, mut refused) = (0, Vec::new());
    for (number, account) in accounts.iter().enumerate() {
        let caller = if number % 2 == 0 { acme } else { &there };
        let answer = caller.try_token(*account).await?;
        if answer.status == 200 {
            left += 1;
        } else {
            refused.push(answer.refusal());
        }
    }
    Ok((left, refused))
}

fn suspended() -> (u16, String) {
    (403, "api_key_suspended".to_owned())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_that_drains_accounts_is_suspended_on_every_replica_until_an_operator_resumes_it() -> Result<()> {
    let (stack, acme, accounts, root) = many().await?;
    let whole = drain(&stack, &acme, &accounts).await?;
    assert_eq!(whole, (ACCOUNTS, Vec::new()), "it is off until an operator turns it on");
    turn_on(&stack, &acme, accounts[0], &root).await?;

    // A patient thief is stopped as soon as the count of both replicas is beyond the limit.
    let mut left = 0;
    until("the key is suspended", async || {
        let (tokens, refused) = drain(&stack, &acme, &accounts).await.ok()?;
        left += tokens;
        (!refused.is_empty()).then_some(())
    })
    .await?;
    eprintln!("{left} tokens left before the key was suspended, of a limit of {LEAST}");
    assert!(left >= LEAST / 2, "{left} are fewer than it may fetch");
    let there = acme.at(stack.server(1).public_url());
    for caller in [&acme, &there] {
        assert_eq!(caller.try_token(accounts[0]).await?.refusal(), suspended());
        assert_eq!(caller.call(Method::GET, "/v1/accounts", None).await?.refusal(), suspended());
    }
    assert!(stack.logs().contains("\"alarm\":\"drain\"") || stack.logs().contains("alarm=\"drain\""));

    // A thaw of the tenant is no way around it, and other keys of the tenant work.
    let reason = json!({ "reason": "a test" });
    for verb in ["freeze", "thaw"] {
        let path = format!("/admin/v1/tenants/acme/{verb}");
        root.call(Method::POST, &path, Some(reason.clone())).await?.good::<Value>()?;
    }
    assert_eq!(acme.try_token(accounts[0]).await?.refusal(), suspended());
    acme.permitted(&stack, &[bowline_api::status::Permission::Token]).await?.token(accounts[0]).await?;

    let keys: Value = root.call(Method::GET, "/admin/v1/tenants/acme/api-keys", None).await?.good()?;
    let stopped = keys["items"].as_array().context("a list")?.iter().find(|key| key["suspended"].is_object());
    let id = stopped.and_then(|key| key["id"].as_str()).context("one is suspended")?;
    let resume = ["drain-stop", "resume", "acme", id, "--reason", "it was our export", "--json"];
    let now = root.bowline(&resume).await?;
    assert!(now["suspended"].is_null(), "{now}");
    root.bowline(&resume).await?;
    for caller in [&acme, &there] {
        caller.token(accounts[0]).await?;
    }
    let log: Value =
        root.call(Method::GET, "/admin/v1/audit?tenant=acme&action=api_key", None).await?.good()?;
    let told: Vec<(&str, &Value)> = log["items"]
        .as_array()
        .context("a list")?
        .iter()
        .filter(|item| item["subject"] == id)
        .filter_map(|item| Some((item["action"].as_str()?, &item["detail"])))
        .collect();
    assert_eq!(told[0], ("api_key.resumed", &json!({ "reason": "it was our export" })), "{told:?}");
    assert_eq!(told[1].0, "api_key.suspended");
    assert_eq!(told[1].1["limit"], LEAST, "{told:?}");
    assert!(told[1].1["accounts"].as_u64().context("a number")? > LEAST as u64, "{told:?}");
    assert_eq!(told.iter().filter(|(action, _)| *action == "api_key.resumed").count(), 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_announced_mass_fetch_is_not_stopped_and_does_not_become_a_habit() -> Result<()> {
    let (stack, acme, accounts, root) = many().await?;
    let announce = ["drain-stop", "announce", "acme", "--minutes", "60", "--reason", "an export", "--json"];
    assert!(!root.try_bowline(&announce, "").await?.status.success(), "there is nothing to be announced to");
    turn_on(&stack, &acme, accounts[0], &root).await?;
    let now = root.bowline(&announce).await?;
    assert!(now["announced_until"].is_string(), "{now}");
    stack.database.execute("DELETE FROM key_days", &[]).await?;
    let counted = "SELECT coalesce(max(accounts), 0)::int8 FROM key_days";
    until("more than the limit are counted in a minute", async || {
        let whole = drain(&stack, &acme, &accounts).await.ok()?;
        assert_eq!(whole, (ACCOUNTS, Vec::new()));
        (stack.database.count(counted).await.ok()? > LEAST as i64).then_some(())
    })
    .await?;
    assert_eq!(stack.database.count("SELECT max(largest)::int8 FROM key_days").await?, 0);
    assert_eq!(stack.database.count("SELECT count(suspended_at) FROM api_keys").await?, 0);
    // Afterwards the same is too much.
    let end = ["drain-stop", "announce", "acme", "--minutes", "0", "--reason", "it is done", "--json"];
    assert!(root.bowline(&end).await?["announced_until"].is_null());
    until("the key is suspended", async || {
        let (_, refused) = drain(&stack, &acme, &accounts).await.ok()?;
        refused.contains(&suspended()).then_some(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_key_is_used_to_is_no_reason_to_stop_it() -> Result<()> {
    let (stack, acme, accounts, root) = many().await?;
    turn_on(&stack, &acme, accounts[0], &root).await?;
    // Yesterday it fetched half as many; twice that is allowed.
    stack.database.execute(
        "INSERT INTO key_days SELECT tenant_id, id, (now() - interval '1 day')::date, now() - interval '1 day', 0, $1 FROM api_keys
         ON CONFLICT (tenant_id, api_key_id, day) DO UPDATE SET largest = excluded.largest",
        &[&i32::try_from(ACCOUNTS)?],
    ).await?;
    let counted = "SELECT coalesce(max(accounts), 0)::int8 FROM key_days";
    until("more than the least are counted in a minute", async || {
        let whole = drain(&stack, &acme, &accounts).await.ok()?;
        assert_eq!(whole, (ACCOUNTS, Vec::new()));
        (stack.database.count(counted).await.ok()? > LEAST as i64).then_some(())
    })
    .await?;
    assert_eq!(stack.database.count("SELECT count(suspended_at) FROM api_keys").await?, 0);
    Ok(())
}
