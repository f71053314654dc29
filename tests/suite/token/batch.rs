//! `POST /v1/tokens`: up to 100 accounts, each with its own outcome; and calls that share a statement do not mix.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::Result;
use bowline_api::AccountId;
use bowline_api::v1::{Token, Tokens};
use bowline_tests::Tenant;
use futures_util::future::try_join_all;
use reqwest::Method;
use serde_json::json;
use uuid::Uuid;

use crate::common::{linked, newcomer, set_token_life};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_account_has_its_own_outcome() -> Result<()> {
    let (stack, acme, first) = linked().await?;
    let stale = newcomer(&stack, "stale").links(&stack, &acme, "user-2").await?;
    let gone = newcomer(&stack, "gone").links(&stack, &acme, "user-3").await?;
    let other = Tenant::create(&stack, "other").await?;
    let foreign = newcomer(&stack, "foreign").links(&stack, &other, "user-1").await?;
    set_token_life(&stack, stale.id, 0).await?;
    assert_eq!(acme.revoke(gone.id).await?.status, 202);

    let ids = [first.id, stale.id, gone.id, foreign.id, AccountId::from(Uuid::from_u128(7)), first.id];
    let body = json!({ "account_ids": ids });
    let tokens: Tokens = acme.call(Method::POST, "/v1/tokens", Some(body)).await?.good()?;
    assert_eq!(tokens.items.iter().map(|item| item.account_id).collect::<Vec<_>>(), ids);
    let codes: Vec<&str> = tokens
        .items
        .iter()
        .map(|item| item.problem.as_ref().map_or("token", |problem| problem.code.as_str()))
        .collect();
    assert_eq!(codes, ["token", "token", "account_revoked", "not_found", "not_found", "token"]);
    let token = |at: usize| match &tokens.items[at].token {
        Some(Token::Bearer(token)) => Some(token.access_token.clone()),
        _ => None,
    };
    assert_eq!(token(0), Some(acme.token(first.id).await?.access_token));
    assert_eq!(token(1), Some(acme.token(stale.id).await?.access_token), "the batch refreshed the token");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn errors_of_the_whole_call_are_no_outcomes() -> Result<()> {
    let (_stack, acme, first) = linked().await?;
    let call = async |tenant: &Tenant, ids: Vec<AccountId>| {
        tenant.call(Method::POST, "/v1/tokens", Some(json!({ "account_ids": ids }))).await
    };
    for count in [0, 101] {
        let answer = call(&acme, vec![first.id; count]).await?;
        assert_eq!(answer.refusal(), (422, "invalid_field".to_owned()), "{count}");
    }
    assert_eq!(call(&acme, vec![first.id; 100]).await?.status, 200);
    let nobody = acme.with_key(acme.api_key.replace("bwl_sk_", "bwl_op_"));
    for ids in [vec![], vec![first.id]] {
        assert_eq!(call(&nobody, ids).await?.refusal(), (401, "unauthenticated".to_owned()));
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_that_share_a_round_trip_get_each_their_own() -> Result<()> {
    let (stack, acme, first) = linked().await?;
    let other = Tenant::create(&stack, "other").await?;
    let foreign = newcomer(&stack, "other").links(&stack, &other, "user-1").await?;
    let expected = (acme.token(first.id).await?.access_token, other.token(foreign.id).await?.access_token);
    let calls = (0..100).map(|number| {
        let (acme, other) = (&acme, &other);
        let expected = &expected;
        async move {
            match number % 4 {
                0 => assert_eq!(acme.token(first.id).await?.access_token, expected.0),
                1 => assert_eq!(other.token(foreign.id).await?.access_token, expected.1),
                2 => assert_eq!(acme.try_token(foreign.id).await?.status, 404),
                _ => assert_eq!(other.try_token(first.id).await?.status, 404),
            }
            anyhow::Ok(())
        }
    });
    try_join_all(calls).await?;
    Ok(())
}

/// The number of clients that guess keys. Each tries the next key as soon as one is refused.
const TRYING: u32 = 16;
/// The number of refusals after which the flood ends.
const REFUSALS: usize = 250;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_of_wrong_keys_is_slowed_down_and_hurts_nobody_else() -> Result<()> {
    let (stack, acme, first) = linked().await?;
    acme.token(first.id).await?;
    // A well-formed key of this tenant that is unknown, so each attempt reaches the database.
    let add = ["api-key", "add", "--tenant", "acme", "--name", "gone", "--json"];
    let made = stack.command(&add, None).await?;
    let secret = made["secret"].as_str().unwrap_or_default();
    let id = made["id"].as_str().unwrap_or_default();
    stack.command(&["api-key", "revoke", "--tenant", "acme", "--key", id, "--json"], None).await?;
    let wrong = acme.with_key(secret);

    let refused = AtomicUsize::new(0);
    let begun = Instant::now();
    let attackers = try_join_all((0..TRYING).map(|_| async {
        let mut took = Vec::new();
        while refused.load(Ordering::Relaxed) < REFUSALS {
            let asked = Instant::now();
            let answer = wrong.try_token(first.id).await?;
            anyhow::ensure!(answer.refusal() == (401, "unauthenticated".to_owned()), "{}", answer.text());
            refused.fetch_add(1, Ordering::Relaxed);
            took.push(asked.elapsed());
        }
        anyhow::Ok(took)
    }));
    let others = async {
        let mut took = Vec::new();
        while refused.load(Ordering::Relaxed) < REFUSALS {
            let asked = Instant::now();
            acme.token(first.id).await?;
            took.push(asked.elapsed());
        }
        anyhow::Ok(took)
    };
    let (theirs, ours) = futures_util::future::try_join(attackers, others).await?;
    let lasted = begun.elapsed().as_secs_f64();
    // A hundred at once and twenty per second; all others are refused after half a second and try again.
    let (refused, most) =
        (refused.into_inner(), 100.0 + 20.0 * lasted + f64::from(TRYING) * (2.0 * lasted + 1.0));
    assert!(f64::from(u32::try_from(refused)?) <= most + 1.0, "{refused} refusals in {lasted} s");
    let count = ours.len();
    let (theirs, ours) = (median(theirs.concat()), median(ours));
    eprintln!(
        "{refused} refusals in {lasted:.1} s, half of them after {theirs:?}; {count} tokens, half after {ours:?}"
    );
    assert!(ours < theirs, "a caller with a key waits as long as those without one");
    Ok(())
}

fn median(mut all: Vec<Duration>) -> Duration {
    all.sort_unstable();
    all[all.len() / 2]
}
