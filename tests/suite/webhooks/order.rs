//! Deliveries of an account are in order, and a failing one holds up its account alone.

use anyhow::Result;
use bowline_tests::{Operator, Reply};
use reqwest::Method;
use serde_json::json;

use super::{call, told};
use crate::common::newcomer;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failing_delivery_holds_up_its_account_alone_and_then_all_come_in_order() -> Result<()> {
    let (stack, acme, receiver, new) = told().await?;
    let mut olga = Operator::create(&stack, "olga", "operator").await?;
    olga.log_in().await?;
    let (held, free) = ("user-stuck", "user-free");
    receiver.replies(move |one| {
        let is_stuck = one.body["data"]["external_user_id"] == held && one.number() == 1;
        Reply::Status(if is_stuck { 500 } else { 200 })
    });
    let mut accounts = Vec::new();
    for (name, user) in [("amara2", held), ("jonas2", free)] {
        accounts.push(newcomer(&stack, name).links(&stack, &acme, user).await?.id);
    }
    for account in &accounts {
        for act in ["suspend", "resume", "suspend", "resume"] {
            let path = format!("/admin/v1/accounts/{account}/{act}");
            let answer = olga.call(Method::POST, &path, Some(json!({ "reason": "a test" }))).await?;
            assert_eq!(answer.status, 200, "{}", answer.text());
        }
    }
    let of = |user: &'static str| {
        move |one: &bowline_tests::Received| one.number() > 0 && one.body["data"]["external_user_id"] == user
    };
    let free_ones = receiver.gets(5, of(free)).await?;
    assert_eq!(free_ones.iter().map(bowline_tests::Received::number).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
    // Sessions of the stuck user are told meanwhile.
    receiver
        .gets(1, |one| one.kind() == "link_session.completed" && one.body["data"]["external_user_id"] == held)
        .await?;
    let held_ones = receiver.gets(1, of(held)).await?;
    assert!(held_ones.iter().all(|one| one.number() == 1), "nothing overtakes: {held_ones:?}");
    // Once it is asked for, it goes at once, and so does what is behind it.
    let later = "UPDATE webhook_deliveries SET next_at = now() + interval '1 day' WHERE state = 'waiting'";
    stack.database.execute(later, &[]).await?;
    receiver.replies(|_| Reply::Status(200));
    let path = format!("/deliveries/{}/resend", held_ones[0].id);
    assert_eq!(call(&acme, Method::POST, new.endpoint.id, &path, None).await?.status, 202);
    receiver.gets(1, |one| of(held)(one) && one.number() == 5).await?;
    let mut numbers: Vec<i64> =
        receiver.received().iter().filter(|one| of(held)(one)).map(bowline_tests::Received::number).collect();
    numbers.dedup();
    assert_eq!(numbers, [1, 2, 3, 4, 5]);
    Ok(())
}
