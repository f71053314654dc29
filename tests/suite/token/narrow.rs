//! Tokens with fewer scopes than their account has.

use anyhow::Result;
use bowline_api::AccountId;
use bowline_api::v1::AccessToken;
use bowline_tests::{Answer, PATIENCE, Person, Stack, Tenant};
use dropbox_sim::{CallState, FaultKind, FaultSpec, Operation};
use reqwest::Method;
use serde_json::json;

use crate::common::{linked, linked_on, out_of_order, set_token_life};

const LIST: &str = "files.metadata.read";

async fn ask(tenant: &Tenant, account: AccountId, scopes: &[&str]) -> Result<Answer> {
    let body = json!({ "scopes": scopes });
    tenant.call(Method::POST, &format!("/v1/accounts/{account}/token"), Some(body)).await
}

async fn narrowed(tenant: &Tenant, account: AccountId, scopes: &[&str]) -> Result<AccessToken> {
    ask(tenant, account, scopes).await?.good()
}

async fn at_dropbox(stack: &Stack, route: &str, body: serde_json::Value, token: &str) -> Result<u16> {
    let url = format!("{}/2/{route}", stack.dropbox.http_url());
    Ok(stack.http().post(url).bearer_auth(token).json(&body).send().await?.status().as_u16())
}

fn refreshes(stack: &Stack) -> usize {
    stack.dropbox.count(Operation::TokenRefresh)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_narrowed_token_permits_only_the_requested_scopes_and_costs_one_call() -> Result<()> {
    let (stack, acme, account) = linked().await?;
    let whole = acme.token(account.id).await?;
    let token = narrowed(&acme, account.id, &[LIST]).await?;
    assert_ne!(token.access_token, whole.access_token);
    assert_eq!((token.scopes.as_slice(), token.degraded), ([LIST.to_owned()].as_slice(), false));
    let folder = json!({ "path": "" });
    assert_eq!(at_dropbox(&stack, "files/list_folder", folder.clone(), &token.access_token).await?, 200);
    let who = "users/get_current_account";
    assert_eq!(at_dropbox(&stack, who, json!(null), &token.access_token).await?, 401);
    assert_eq!(
        at_dropbox(&stack, who, json!(null), &whole.access_token).await?,
        200,
        "the full token still works"
    );
    let held = "SELECT sum(issues)::bigint FROM token_holdings";
    assert!(stack.database.count(held).await? >= 1);

    assert_eq!(narrowed(&acme, account.id, &[LIST, LIST]).await?.access_token, token.access_token);
    let user = json!({ "scopes": [LIST] });
    let by_user = acme.call(Method::POST, "/v1/users/user-1/token", Some(user)).await?;
    assert_eq!(by_user.good::<AccessToken>()?.access_token, token.access_token);
    assert_eq!(refreshes(&stack), 1);
    let all: Vec<&str> = account.scopes.iter().map(String::as_str).collect();
    assert_eq!(narrowed(&acme, account.id, &all).await?.access_token, whole.access_token);
    assert_eq!(refreshes(&stack), 1);

    for bad in [vec![], vec!["files.content.write"], vec![LIST, "sharing.read"], vec!["a b"]] {
        let answer = ask(&acme, account.id, &bad).await?;
        assert_eq!(answer.refusal(), (422, "invalid_field".to_owned()), "{bad:?}");
        assert_eq!(answer.json()["field"], "scopes");
    }
    assert_eq!(refreshes(&stack), 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_calls_on_two_replicas_are_one_at_dropbox() -> Result<()> {
    let (stack, acme, account) = linked_on(super::patient(2).start().await?).await?;
    let there = acme.at(stack.server(1).public_url());
    let calls =
        (0..50).map(|number| narrowed(if number % 2 == 0 { &acme } else { &there }, account.id, &[LIST]));
    let tokens = futures_util::future::try_join_all(calls).await?;
    assert!(tokens.iter().all(|token| token.access_token == tokens[0].access_token));
    assert_eq!(refreshes(&stack), 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_narrowed_token_ends_with_the_accounts_token() -> Result<()> {
    let (stack, acme, account) = linked().await?;
    let first = narrowed(&acme, account.id, &[LIST]).await?.access_token;
    // A refresh advances the generation.
    set_token_life(&stack, account.id, 0).await?;
    acme.token(account.id).await?;
    let second = narrowed(&acme, account.id, &[LIST]).await?.access_token;
    assert_ne!(second, first);
    Person::new(&stack, "amara@example.com").links(&stack, &acme, "user-1").await?;
    let third = narrowed(&acme, account.id, &[LIST]).await?.access_token;
    assert_ne!(third, second);
    stack.database.execute("UPDATE accounts SET status = 'suspended'", &[]).await?;
    assert_eq!(ask(&acme, account.id, &[LIST]).await?.refusal(), (403, "account_suspended".to_owned()));
    stack.database.execute("UPDATE accounts SET status = 'active'", &[]).await?;
    assert_eq!(narrowed(&acme, account.id, &[LIST]).await?.access_token, third);
    assert_eq!(stack.database.count("SELECT count(*) FROM narrowed_tokens").await?, 1);
    acme.revoke(account.id).await?;
    assert_eq!(ask(&acme, account.id, &[LIST]).await?.refusal(), (410, "account_revoked".to_owned()));
    assert_eq!(stack.database.count("SELECT count(*) FROM narrowed_tokens").await?, 0);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_revoke_while_dropbox_is_asked_wins() -> Result<()> {
    let (stack, acme, account) = linked().await?;
    let pause = FaultSpec::new(FaultKind::Pause).on(Operation::TokenRefresh).times(1).after();
    let pause = stack.dropbox.set_fault(pause);
    let revoke = async {
        assert!(stack.dropbox.wait_for_calls(1, PATIENCE, |call| call.state == CallState::Parked).await);
        let answer = acme.revoke(account.id).await?;
        stack.dropbox.clear_fault(pause);
        Ok(answer)
    };
    let (token, revoked) = futures_util::future::try_join(ask(&acme, account.id, &[LIST]), revoke).await?;
    assert_eq!(revoked.status, 202);
    assert_eq!(token.refusal(), (410, "account_revoked".to_owned()));
    assert_eq!(stack.database.count("SELECT count(*) FROM narrowed_tokens").await?, 0);
    stack.wait_for_live_grants(0).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn scopes_that_dropbox_refuses_are_asked_for_once_and_hurt_nothing_else() -> Result<()> {
    let (stack, acme, account) = linked().await?;
    // The account records a scope that the grant does not have.
    stack.resealer().edit_accounts("scopes = scopes || '{sharing.read}'", "true").await?;
    for _ in 0..3 {
        let answer = ask(&acme, account.id, &["sharing.read"]).await?;
        assert_eq!(answer.refusal(), (422, "invalid_field".to_owned()));
    }
    assert_eq!(refreshes(&stack), 1);
    narrowed(&acme, account.id, &[LIST]).await?;
    set_token_life(&stack, account.id, 0).await?;
    assert!(!acme.token(account.id).await?.degraded);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn failures_mean_what_they_mean_for_any_token() -> Result<()> {
    let (stack, acme, account) = linked().await?;
    let fault = stack.dropbox.set_fault(out_of_order(Operation::TokenRefresh));
    assert_eq!(ask(&acme, account.id, &[LIST]).await?.refusal(), (503, "provider_unavailable".to_owned()));
    stack.dropbox.clear_fault(fault);
    let no_cool_down = "UPDATE refresh_leases SET cool_down_until = NULL";
    stack.database.execute(no_cool_down, &[]).await?;
    let token = narrowed(&acme, account.id, &[LIST]).await?;
    stack.resealer().expire_narrowed("now() + interval '100 seconds'", "true").await?;
    stack.dropbox.set_fault(out_of_order(Operation::TokenRefresh).times(1));
    let degraded = narrowed(&acme, account.id, &[LIST]).await?;
    assert_eq!((degraded.access_token, degraded.degraded), (token.access_token, true));

    // If the holding cannot be recorded, no token is returned; a token that was moved does not open.
    stack.database.execute(no_cool_down, &[]).await?;
    let other = Person::new(&stack, "amara@example.com").links(&stack, &acme, "user-2").await?;
    narrowed(&acme, other.id, &[LIST]).await?;
    let moved = format!(
        "UPDATE narrowed_tokens SET sealed_access_token = theirs.sealed_access_token, expires_at = theirs.expires_at
         FROM narrowed_tokens theirs WHERE theirs.account_id = '{}' AND narrowed_tokens.account_id = '{}'",
        other.id.uuid(),
        account.id.uuid()
    );
    assert_eq!(stack.database.execute(&moved, &[]).await?, 1);
    assert_eq!(ask(&acme, account.id, &[LIST]).await?.refusal(), (500, "integrity_error".to_owned()));
    stack.database.execute("DELETE FROM token_holdings", &[]).await?;
    stack.database.execute("UPDATE accounts SET held_by = NULL, held_generation = NULL", &[]).await?;
    stack
        .database
        .execute("REVOKE INSERT ON token_holdings FROM bowline_server, bowline_tokens", &[])
        .await?;
    let answer = ask(&acme, other.id, &[LIST]).await?;
    assert!(answer.status >= 500 && !answer.text().contains("CANARY"), "{}", answer.text());
    stack.database.execute("GRANT INSERT ON token_holdings TO bowline_server, bowline_tokens", &[]).await?;

    stack.dropbox.disconnect(&acme.app_key, &account.provider_account_id);
    stack.database.execute("DELETE FROM narrowed_tokens", &[]).await?;
    assert_eq!(ask(&acme, account.id, &[LIST]).await?.refusal(), (409, "needs_reauth".to_owned()));
    Ok(())
}
