//! What a tenant does with a link session besides completing it: waiting for it, cancelling it, finding it again.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use bowline_api::Page;
use bowline_api::v1::{Account, LinkSession};
use bowline_tests::{Answer, Link, Person, Stack, Tenant};
use dropbox_sim::{FaultKind, FaultSpec, Operation};
use reqwest::Method;
use tokio::task::JoinSet;

use crate::common::a_call_is_held;

fn path(link: &Link) -> String {
    format!("/v1/link-sessions/{}", link.id)
}

async fn cancel(acme: &Tenant, link: &Link) -> Result<Answer> {
    acme.call(Method::POST, &format!("{}/cancel", path(link)), None).await
}

/// Two calls that wait for the session where only one may: the one that is refused, and the one that waits.
async fn two_waits(acme: &Tenant, link: &Link) -> Result<(Answer, JoinSet<Result<Answer>>)> {
    let mut calls = JoinSet::new();
    for _ in 0..2 {
        let (acme, path) = (acme.clone(), format!("{}?wait=30", path(link)));
        calls.spawn(async move { acme.call(Method::GET, &path, None).await });
    }
    let refused = calls.join_next().await.context("a call")???;
    Ok((refused, calls))
}

/// The answer to the call that waited.
async fn answered(mut calls: JoinSet<Result<Answer>>) -> Result<LinkSession> {
    calls.join_next().await.context("a call")???.good()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_waiting_call_is_answered_when_any_replica_changes_the_session() -> Result<()> {
    let stack = Stack::builder().replicas(2).start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let elsewhere = acme.at(stack.server(1).public_url());
    let link = acme.begin_link("user-1").await?;
    let begun = Instant::now();
    let call = tokio::spawn({
        let (elsewhere, path) = (elsewhere.clone(), format!("{}?wait=30", path(&link)));
        async move { elsewhere.call(Method::GET, &path, None).await }
    });
    // The user goes to Dropbox by the other replica.
    let mut amara = Person::new(&stack, "amara@example.com");
    let authorize_url = amara.go_to_dropbox(&link).await?;
    let session: LinkSession = call.await??.good()?;
    assert_eq!(session.status.as_str(), "authorizing");
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());

    // A call that knows an older state does not wait, and neither does one for a session that has ended.
    let known = format!("{}?wait=30&known_status=created", path(&link));
    assert_eq!(elsewhere.call(Method::GET, &known, None).await?.json()["status"], "authorizing");
    let callback = amara.approve(&stack, &authorize_url)?;
    let returned = amara.come_back(&callback).await?;
    acme.complete(&link, &returned).await?;
    let ended: LinkSession =
        acme.call(Method::GET, &format!("{}?wait=30", path(&link)), None).await?.good()?;
    assert_eq!(ended.status.as_str(), "completed");
    assert!(begun.elapsed() < Duration::from_secs(25), "{:?}", begun.elapsed());

    for bad in ["wait=31", "wait=-1", "wait=soon", "wait=1&known_status=open"] {
        let answer = acme.call(Method::GET, &format!("{}?{bad}", path(&link)), None).await?;
        assert_eq!(answer.refusal(), (422, "invalid_field".to_owned()), "{bad}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_waits_no_longer_than_it_says_and_no_tenant_waits_too_often() -> Result<()> {
    let stack = Stack::builder().setting("BOWLINE_LIMITS__TENANT_WAITS", 1).start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let other = Tenant::create(&stack, "other").await?;
    let link = acme.begin_link("user-1").await?;
    let begun = Instant::now();
    let session: LinkSession =
        acme.call(Method::GET, &format!("{}?wait=1", path(&link)), None).await?.good()?;
    assert_eq!(session.status.as_str(), "created");
    assert!(begun.elapsed() >= Duration::from_secs(1), "{:?}", begun.elapsed());

    let (refused, waits) = two_waits(&acme, &link).await?;
    assert_eq!(refused.refusal(), (429, "rate_limited".to_owned()));
    assert_eq!(refused.header("retry-after"), "1");
    // Without a wait the call is answered, and so is a wait of another tenant.
    assert_eq!(acme.call(Method::GET, &path(&link), None).await?.status, 200);
    let foreign = other.begin_link("user-1").await?;
    assert_eq!(other.call(Method::GET, &format!("{}?wait=1", path(&foreign)), None).await?.status, 200);
    assert_eq!(other.call(Method::GET, &format!("{}?wait=1", path(&link)), None).await?.status, 404);
    assert_eq!(cancel(&acme, &link).await?.status, 200);
    let session = answered(waits).await?;
    assert_eq!(session.failure.as_deref(), Some("cancelled"));
    // The place is free again.
    assert_eq!(acme.call(Method::GET, &format!("{}?wait=1", path(&link)), None).await?.status, 200);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_waiting_call_does_not_keep_a_server_from_stopping() -> Result<()> {
    let stack = Stack::builder().setting("BOWLINE_LIMITS__TENANT_WAITS", 1).start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let link = acme.begin_link("user-1").await?;
    let (_, waits) = two_waits(&acme, &link).await?;
    let begun = Instant::now();
    stack.server(0).ask_to_stop()?;
    assert_eq!(answered(waits).await?.status.as_str(), "created");
    assert!(begun.elapsed() < Duration::from_secs(15), "{:?}", begun.elapsed());
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cancelled_session_links_nothing_in_any_state() -> Result<()> {
    let stack = Stack::start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    for stage in ["created", "authorizing", "returned"] {
        let mut amara = Person::new(&stack, "amara@example.com");
        let link = acme.begin_link(stage).await?;
        let mut callback = None;
        let mut returned = None;
        if stage != "created" {
            let authorize_url = amara.go_to_dropbox(&link).await?;
            callback = Some(amara.approve(&stack, &authorize_url)?);
        }
        if stage == "returned" {
            returned = Some(amara.come_back(callback.as_deref().context("a callback")?).await?);
        }
        assert_eq!(acme.link_status(&link).await?.0, stage);
        let cancelled: LinkSession = cancel(&acme, &link).await?.good()?;
        assert_eq!((cancelled.status.as_str(), cancelled.failure.as_deref()), ("failed", Some("cancelled")));
        assert_eq!(
            cancel(&acme, &link).await?.good::<LinkSession>()?.status,
            cancelled.status,
            "it can be repeated"
        );
        // The link, the way back and the completion lead nowhere.
        let page = amara.visit(&link.url).await?;
        assert!(page.status == 409 && page.text().contains("error=cancelled"), "{stage}: {}", page.text());
        if let Some(callback) = &callback {
            assert_eq!(amara.visit(callback).await?.status, 409, "{stage}");
        }
        if let Some(returned) = &returned {
            let answer = acme.try_complete(&link, returned).await?;
            assert_eq!(answer.refusal(), (409, "link_failed".to_owned()));
            assert_eq!(answer.json()["reason"], "cancelled");
        }
        let recorded = format!(
            "SELECT count(*) FROM audit_events WHERE action = 'link_session.cancelled' AND subject = '{}'",
            link.id
        );
        assert_eq!(stack.database.count(&recorded).await?, 1);
    }
    assert!(acme.accounts().await?.is_empty() && stack.live_grants() == 0);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cancel_wins_over_a_completion_and_leaves_no_grant() -> Result<()> {
    let stack = Stack::start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let mut amara = Person::new(&stack, "amara@example.com");
    let link = acme.begin_link("user-1").await?;
    let returned = amara.approves(&stack, &link).await?;
    // Dropbox has created the grant and holds its answer back.
    stack.dropbox.set_fault(FaultSpec::new(FaultKind::Pause).on(Operation::TokenExchange).times(1).after());
    let completion = tokio::spawn({
        let (acme, link) = (acme.clone(), link.clone());
        async move { acme.try_complete(&link, &returned).await }
    });
    a_call_is_held(&stack).await;
    assert_eq!(cancel(&acme, &link).await?.status, 200);
    stack.dropbox.clear_faults();
    let answer = completion.await??;
    assert!(answer.good::<Account>().is_err(), "{}", answer.text());
    stack.wait_for_live_grants(0).await?;
    assert!(acme.accounts().await?.is_empty());

    // A linked account is not ended by cancelling the session that it came from.
    let link = acme.begin_link("user-2").await?;
    let returned = amara.approves(&stack, &link).await?;
    acme.complete(&link, &returned).await?;
    let refused = cancel(&acme, &link).await?;
    assert_eq!(refused.refusal(), (409, "link_finished".to_owned()));
    assert_eq!(refused.json()["state"], "completed");
    assert_eq!(acme.accounts().await?.len(), 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn link_sessions_are_listed_by_user_state_and_time() -> Result<()> {
    let stack = Stack::start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let other = Tenant::create(&stack, "other").await?;
    other.begin_link("user-1").await?;
    let mut links = Vec::new();
    for user in ["user-1", "user-2", "user-1", "user-1"] {
        links.push(acme.begin_link(user).await?);
    }
    cancel(&acme, &links[3]).await?;
    let list = async |query: &str| -> Result<Page<LinkSession>> {
        acme.call(Method::GET, &format!("/v1/link-sessions?{query}"), None).await?.good()
    };
    let ids = |page: &Page<LinkSession>| page.items.iter().map(|one| one.id).collect::<Vec<_>>();
    let of = |wanted: &[usize]| wanted.iter().map(|at| links[*at].id).collect::<Vec<_>>();
    assert_eq!(ids(&list("").await?), of(&[3, 2, 1, 0]));
    assert_eq!(ids(&list("external_user_id=user-1").await?), of(&[3, 2, 0]));
    assert_eq!(ids(&list("status=failed").await?), of(&[3]));
    assert_eq!(ids(&list("external_user_id=user-1&status=created").await?), of(&[2, 0]));

    // Pages, forwards and back.
    let first = list("external_user_id=user-1&limit=2").await?;
    assert_eq!(ids(&first), of(&[3, 2]));
    let next = first.next.context("a next page")?;
    let second = list(&format!("external_user_id=user-1&limit=2&cursor={next}")).await?;
    assert_eq!(ids(&second), of(&[0]));
    let prev = second.prev.context("a previous page")?;
    assert_eq!(ids(&list(&format!("external_user_id=user-1&limit=2&cursor={prev}")).await?), of(&[3, 2]));
    let foreign = acme.call(Method::GET, &format!("/v1/link-sessions?cursor={next}"), None).await?;
    assert_eq!(foreign.refusal(), (400, "invalid_cursor".to_owned()));

    // Times, to the microsecond.
    let session: LinkSession = acme.call(Method::GET, &path(&links[1]), None).await?.good()?;
    let at = session.created_at.to_rfc3339_opts(chrono::SecondsFormat::Micros, true);
    assert_eq!(ids(&list(&format!("created_after={at}")).await?), of(&[3, 2, 1]));
    assert_eq!(ids(&list(&format!("created_before={at}")).await?), of(&[0]));
    for bad in ["created_after=yesterday", "created_before=2026-11-23T18:35:07+01:00", "status=open"] {
        let answer = acme.call(Method::GET, &format!("/v1/link-sessions?{bad}"), None).await?;
        assert_eq!(answer.refusal(), (422, "invalid_field".to_owned()), "{bad}");
    }
    Ok(())
}
