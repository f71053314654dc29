//! The automatic stop of an API key that fetches the tokens of far more accounts than it is used to.

use anyhow::{Context as _, Result, ensure};
use bowline_api::AccountId;
use bowline_api::status::Permission;
use bowline_tests::{Operator, Stack, Tenant, until};
use futures_util::{StreamExt as _, stream};
use reqwest::Method;
use serde_json::{Value, json};

use crate::common::newcomer;

/// Up to how many accounts a minute no key is stopped.
const LEAST: usize = 20;
/// The number of calls of a thief at the same time.
const CALLERS: usize = 8;
/// The largest count of a minute.
const COUNTED: &str = "SELECT coalesce(max(accounts), 0)::int8 FROM key_habits";

/// A tenant with so many accounts at two replicas, and an admin.
async fn many(count: usize) -> Result<(Stack, Tenant, Vec<AccountId>, Operator)> {
    let stack = Stack::builder().replicas(2).start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let mut accounts = Vec::with_capacity(count);
    for number in 0..count {
        let mut person = newcomer(&stack, &format!("person{number}"));
        accounts.push(person.links(&stack, &acme, &format!("user-{number}")).await?.id);
    }
    let mut root = Operator::create(&stack, "root", "admin").await?;
    root.log_in().await?;
    root.bowline_login().await?;
    Ok((stack, acme, accounts, root))
}

/// Runs `bowline drain-stop` with the operator's own password.
async fn drain_stop(root: &Operator, arguments: &[&str]) -> Result<Value> {
    let arguments = [&["drain-stop"][..], arguments, &["--json"]].concat();
    let output = root.try_bowline(&arguments, &format!("{}\n", root.password)).await?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{arguments:?} ended with {}: {said}", output.status);
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// Turns the stop on, and waits until both replicas count.
async fn turn_on(stack: &Stack, acme: &Tenant, one: AccountId, root: &Operator) -> Result<()> {
    let least = LEAST.to_string();
    let now =
        drain_stop(root, &["set", "acme", "--times", "2", "--least", &least, "--reason", "a test"]).await?;
    assert_eq!((&now["enabled"], &now["least"]), (&json!(true), &json!(LEAST)), "{now}");
    let there = acme.at(stack.server(1).public_url());
    until("both replicas count the account of a minute", async || {
        for caller in [acme, &there] {
            caller.token(one).await.ok()?;
        }
        (stack.database.count(COUNTED).await.ok()? == 2).then_some(())
    })
    .await
}

/// Waits until there is room in the minute, so that the counts of a test do not fall into two.
async fn room(stack: &Stack) -> Result<()> {
    let second = "SELECT extract(second FROM now())::int8";
    until("the minute to have room", async || (stack.database.count(second).await.ok()? < 40).then_some(()))
        .await
}

/// Fetches all tokens, alternately at both replicas and several at the same time, and returns how many calls succeeded, and the refusals
/// of the others.
async fn drain(stack: &Stack, acme: &Tenant, accounts: &[AccountId]) -> Result<(usize, Vec<(u16, String)>)> {
    let there = acme.at(stack.server(1).public_url());
    let calls = accounts.iter().enumerate().map(|(number, account)| {
        let caller = if number % 2 == 0 { acme } else { &there };
        caller.try_token(*account)
    });
    let answers: Vec<_> = stream::iter(calls).buffered(CALLERS).collect().await;
    let (mut left, mut refused) = (0, Vec::new());
    for answer in answers {
        let answer = answer?;
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

/// The id of the suspended key.
async fn suspended_key(root: &Operator) -> Result<String> {
    let keys: Value = root.call(Method::GET, "/admin/v1/tenants/acme/api-keys", None).await?.good()?;
    let stopped = keys["items"].as_array().context("a list")?.iter().find(|key| key["suspended"].is_object());
    Ok(stopped.and_then(|key| key["id"].as_str()).context("one is suspended")?.to_owned())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_that_drains_accounts_is_suspended_on_every_replica_until_an_operator_resumes_it() -> Result<()>
{
    let (stack, acme, accounts, root) = many(120).await?;
    let whole = drain(&stack, &acme, &accounts).await?;
    assert_eq!(whole, (accounts.len(), Vec::new()), "it is off until an operator turns it on");
    turn_on(&stack, &acme, accounts[0], &root).await?;

    room(&stack).await?;
    let (left, refused) = drain(&stack, &acme, &accounts).await?;
    eprintln!(
        "{left} tokens left before the key was suspended, of a limit of {LEAST}, with {CALLERS} callers"
    );
    assert!(left >= LEAST / 2, "{left} are fewer than it may fetch");
    assert!(left < accounts.len(), "the thief has got everything");
    assert!(refused.iter().all(|refusal| *refusal == suspended()), "{refused:?}");
    let there = acme.at(stack.server(1).public_url());
    for caller in [&acme, &there] {
        assert_eq!(caller.try_token(accounts[0]).await?.refusal(), suspended());
        assert_eq!(caller.call(Method::GET, "/v1/accounts", None).await?.refusal(), suspended());
    }
    assert!(stack.logs().contains("an API key was suspended"));

    // A thaw of the tenant is no way around it, and other keys of the tenant work.
    let reason = json!({ "reason": "a test" });
    for verb in ["freeze", "thaw"] {
        let path = format!("/admin/v1/tenants/acme/{verb}");
        let now: Value = root.call(Method::POST, &path, Some(reason.clone())).await?.good()?;
        assert_eq!(now["drain_stop"]["least"], LEAST, "{now}");
    }
    assert_eq!(acme.try_token(accounts[0]).await?.refusal(), suspended());
    acme.permitted(&stack, &[Permission::Token]).await?.token(accounts[0]).await?;

    let id = suspended_key(&root).await?;
    let listed = root.try_bowline(&["api-keys", "list", "--tenant", "acme"], "").await?;
    assert!(String::from_utf8(listed.stdout)?.contains("far more accounts than it is used to"));
    let resume: [&str; 6] = ["resume", &id, "--tenant", "acme", "--reason", "it was our export"];
    for _ in 0..2 {
        let now = drain_stop(&root, &resume).await?;
        assert!(now["suspended"].is_null(), "{now}");
    }
    for caller in [&acme, &there] {
        caller.token(accounts[0]).await?;
    }
    let log: Value =
        root.call(Method::GET, "/admin/v1/audit?tenant=acme&action=api_key", None).await?.good()?;
    let told: Vec<(&str, &Value)> = log["items"]
        .as_array()
        .context("a list")?
        .iter()
        .filter(|item| item["subject"] == *id)
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
async fn an_announced_mass_fetch_is_not_stopped_and_afterwards_the_same_is() -> Result<()> {
    let (stack, acme, accounts, root) = many(2 * LEAST).await?;
    let announce = ["announce", "acme", "--minutes", "60", "--reason", "an export"];
    let refused = drain_stop(&root, &announce).await.unwrap_err().to_string();
    assert!(refused.contains("needs no announcement"), "{refused}");
    turn_on(&stack, &acme, accounts[0], &root).await?;
    let key: Value = root.call(Method::GET, "/admin/v1/tenants/acme/api-keys", None).await?.good()?;
    let key = key["items"][0]["id"].as_str().context("a key")?.to_owned();
    let now = drain_stop(&root, &[&announce[..], &["--key", &key]].concat()).await?;
    assert_eq!(now["announced_key"], key, "{now}");
    let now = drain_stop(&root, &announce).await?;
    assert!(now["announced_until"].is_string() && now["announced_key"].is_null(), "{now}");
    for _ in 0..3 {
        let whole = drain(&stack, &acme, &accounts).await?;
        assert_eq!(whole, (accounts.len(), Vec::new()));
    }
    assert_eq!(stack.database.count("SELECT count(suspended_at) FROM api_keys").await?, 0);
    // Afterwards the same is too much.
    let end = drain_stop(&root, &["announce", "acme", "--minutes", "0", "--reason", "it is done"]).await?;
    assert!(end["announced_until"].is_null(), "{end}");
    let whole = drain_stop(&root, &["show", "acme"]).await?;
    assert_eq!((&whole["enabled"], &whole["times"]), (&json!(true), &json!(2)), "{whole}");
    until("the key is suspended", async || {
        let (_, refused) = drain(&stack, &acme, &accounts).await.ok()?;
        refused.contains(&suspended()).then_some(())
    })
    .await?;
    assert!(stack.database.count(COUNTED).await? > i64::try_from(LEAST)?);

    // Turned off, it counts nothing, and what is suspended stays so.
    let off = drain_stop(&root, &["set", "acme", "--off", "--reason", "a test"]).await?;
    assert_eq!(off["enabled"], false, "{off}");
    assert_eq!(acme.try_token(accounts[0]).await?.refusal(), suspended());
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_key_is_used_to_is_no_reason_to_stop_it_and_another_tenant_is_not_counted() -> Result<()> {
    let (stack, acme, accounts, root) = many(2 * LEAST).await?;
    let globex = Tenant::create(&stack, "globex").await?;
    let other = newcomer(&stack, "jonas").links(&stack, &globex, "user-1").await?;
    turn_on(&stack, &acme, accounts[0], &root).await?;
    // In a minute of yesterday it fetched all of them; twice that is allowed.
    let habit = format!("UPDATE key_habits SET earlier = '{{{}}}'", accounts.len());
    stack.database.execute(&habit, &[]).await?;
    until("more than the least are counted in a minute", async || {
        let whole = drain(&stack, &acme, &accounts).await.ok()?;
        assert_eq!(whole, (accounts.len(), Vec::new()));
        globex.token(other.id).await.ok()?;
        (stack.database.count(COUNTED).await.ok()? > i64::try_from(LEAST).ok()?).then_some(())
    })
    .await?;
    assert_eq!(stack.database.count("SELECT count(suspended_at) FROM api_keys").await?, 0);
    assert_eq!(stack.database.count("SELECT count(DISTINCT tenant_id) FROM key_habits").await?, 1);
    Ok(())
}
