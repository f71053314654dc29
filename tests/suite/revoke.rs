//! Revocation: effective at Bowline immediately, and at Dropbox as soon as it is reachable.

use anyhow::Result;
use bowline_api::AccountId;
use bowline_api::admin::JobDetail;
use bowline_api::status::{AccountStatus, JobState};
use bowline_tests::{Operator, Person, Stack, Tenant, until};
use dropbox_sim::{FaultKind, FaultSpec, Operation};
use reqwest::Method;
use serde_json::json;

use crate::common::{a_call_is_held, linked, newcomer, out_of_order, set_token_life};

async fn revoked(acme: &Tenant, account: AccountId) -> Result<()> {
    until("the account to be revoked", async || {
        acme.account(account).await.ok().filter(|account| account.status == AccountStatus::Revoked)
    })
    .await?;
    Ok(())
}

async fn try_again_now(stack: &Stack) -> Result<()> {
    stack.database.execute("UPDATE revocations SET next_attempt_at = now()", &[]).await.map(drop)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deleted_account_is_dead_at_dropbox_and_nothing_of_its_tokens_is_left() -> Result<()> {
    let (stack, acme, account) = linked().await?;
    let answer = acme.revoke(account.id).await?;
    assert_eq!(answer.status, 202);
    assert_eq!(acme.try_token(account.id).await?.refusal(), (410, "account_revoked".to_owned()));
    revoked(&acme, account.id).await?;
    assert_eq!(stack.live_grants(), 0);
    let left = "SELECT (SELECT count(*) FROM accounts WHERE sealed_access_token IS NOT NULL OR sealed_refresh_token IS NOT NULL)
        + (SELECT count(*) FROM revocations WHERE sealed_access_token IS NOT NULL OR sealed_refresh_token IS NOT NULL)";
    assert_eq!(stack.database.count(left).await?, 0);
    // A repeated revocation is not an error and causes no second call.
    assert_eq!(acme.revoke(account.id).await?.status, 202);
    assert_eq!(stack.dropbox.count(Operation::Revoke), 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_expired_access_token_is_refreshed_to_be_revoked() -> Result<()> {
    let (stack, acme, account) = linked().await?;
    set_token_life(&stack, account.id, 0).await?;
    acme.revoke(account.id).await?;
    revoked(&acme, account.id).await?;
    assert_eq!((stack.dropbox.count(Operation::TokenRefresh), stack.live_grants()), (1, 0));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_that_only_dropbox_considers_expired_is_refreshed_too() -> Result<()> {
    let (stack, acme, account) = linked().await?;
    stack.dropbox.expire_tokens(None);
    acme.revoke(account.id).await?;
    revoked(&acme, account.id).await?;
    assert_eq!(stack.live_grants(), 0);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_dropbox_down_a_revocation_is_immediate_here_and_later_at_dropbox() -> Result<()> {
    let (stack, acme, account) = linked().await?;
    let down = stack.dropbox.set_fault(out_of_order(Operation::Revoke));
    acme.revoke(account.id).await?;
    assert_eq!(acme.try_token(account.id).await?.refusal(), (410, "account_revoked".to_owned()));
    let tried = "SELECT count(*) FROM revocations WHERE attempts >= 1 AND last_error IS NOT NULL AND claimed_by IS NULL";
    until("a first try", async || stack.database.count(tried).await.ok().filter(|count| *count == 1)).await?;
    assert_eq!(acme.account(account.id).await?.status, AccountStatus::Revoking);
    assert_eq!(stack.live_grants(), 1);
    stack.dropbox.clear_fault(down);
    try_again_now(&stack).await?;
    revoked(&acme, account.id).await?;
    assert_eq!(stack.live_grants(), 0);
    Ok(())
}

/// Waits until the only revocation has been postponed this many times and no worker holds it.
async fn put_off(stack: &Stack, attempts: i64) -> Result<()> {
    let sql = format!(
        "SELECT count(*) FROM revocations WHERE state = 'due' AND attempts = {attempts} AND last_error IS NOT NULL AND claimed_by IS NULL"
    );
    until("the revocation to be put off", async || {
        stack.database.count(&sql).await.ok().filter(|count| *count == 1).map(drop)
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_revocation_is_tried_for_a_day_and_then_given_up_with_an_alarm() -> Result<()> {
    let (stack, acme, account) = linked().await?;
    stack.dropbox.set_fault(out_of_order(Operation::Revoke));
    acme.revoke(account.id).await?;
    put_off(&stack, 1).await?;
    let age = async |hours: i64| {
        let sql = format!(
            "UPDATE revocations SET created_at = now() - interval '{hours} hours', next_attempt_at = now()"
        );
        stack.database.execute(&sql, &[]).await
    };
    age(23).await?;
    put_off(&stack, 2).await?;
    assert_eq!(acme.account(account.id).await?.status, AccountStatus::Revoking);
    age(25).await?;
    revoked(&acme, account.id).await?;
    let given_up = "SELECT count(*) FROM revocations WHERE state = 'given_up' AND last_error IS NOT NULL
        AND finished_at IS NOT NULL AND sealed_access_token IS NULL AND sealed_refresh_token IS NULL";
    assert_eq!(stack.database.count(given_up).await?, 1);
    let recorded = "SELECT count(*) FROM audit_events WHERE action = 'account.revocation_given_up'";
    assert_eq!(stack.database.count(recorded).await?, 1);
    assert!(stack.logs().lines().any(|line| line.contains("\"alarm\":\"revocation\"")));
    // The grant is still alive at Dropbox, but nobody has its tokens.
    assert_eq!((stack.dropbox.count(Operation::Revoke), stack.live_grants()), (3, 1));
    assert_eq!(acme.try_token(account.id).await?.refusal(), (410, "account_revoked".to_owned()));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dropbox_that_asks_for_no_pause_gets_one_all_the_same() -> Result<()> {
    let (stack, acme, account) = linked().await?;
    stack.dropbox.set_fault(FaultSpec::new(FaultKind::RateLimit { retry_after: 0 }).on(Operation::Revoke));
    acme.revoke(account.id).await?;
    put_off(&stack, 3).await?;
    let tries: Vec<_> =
        stack.dropbox.calls().into_iter().filter(|call| call.operation == Operation::Revoke).collect();
    let pauses: Vec<i64> = tries.windows(2).map(|two| (two[1].at - two[0].at).num_milliseconds()).collect();
    assert!(pauses.len() == 2 && pauses[0] >= 1_000 && pauses[1] >= 2_000, "{pauses:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_revocation_for_which_dropbox_refuses_the_app_secret_says_so_of_the_connector() -> Result<()> {
    let (stack, acme, account) = linked().await?;
    acme.renew_app_secret(&stack, "another-secret");
    // The grant can be ended only with a refreshed token, and a refresh needs the secret.
    set_token_life(&stack, account.id, 0).await?;
    acme.revoke(account.id).await?;
    let broken =
        "SELECT count(*) FROM connectors WHERE status = 'broken' AND status_reason = 'invalid_client'";
    until("the connector to be broken", async || {
        stack.database.count(broken).await.ok().filter(|count| *count == 1)
    })
    .await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_grant_that_is_dead_already_counts_as_revoked() -> Result<()> {
    let (stack, acme, account) = linked().await?;
    stack.dropbox.disconnect(&acme.app_key, &account.provider_account_id);
    acme.revoke(account.id).await?;
    revoked(&acme, account.id).await?;
    assert_eq!(stack.dropbox.count(Operation::Revoke), 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_made_while_the_old_grant_is_being_revoked_lives() -> Result<()> {
    let (stack, acme, account) = linked().await?;
    stack.dropbox.set_fault(FaultSpec::new(FaultKind::Pause).on(Operation::Revoke).times(1));
    acme.revoke(account.id).await?;
    a_call_is_held(&stack).await;
    let again = Person::new(&stack, "amara@example.com").links(&stack, &acme, "user-1").await?;
    assert_eq!((again.id, again.status), (account.id, AccountStatus::Active.into()));
    stack.dropbox.clear_faults();
    stack.wait_for_live_grants(1).await?;
    let done = "SELECT count(*) FROM revocations WHERE state = 'done'";
    until("the revocation to be done", async || {
        stack.database.count(done).await.ok().filter(|count| *count == 1)
    })
    .await?;
    assert_eq!(acme.account(account.id).await?.status, AccountStatus::Active);
    acme.token(account.id).await?;
    Ok(())
}

/// A job over every account of a tenant: its operator confirms it, and a replica begins to work it off and is
/// killed, and the other one continues. The grants end at Dropbox.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_revokes_all_accounts_also_at_dropbox_although_a_replica_is_killed() -> Result<()> {
    let mut stack = Stack::builder().replicas(2).start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let mut accounts = Vec::new();
    for n in 0..6 {
        let mut person = newcomer(&stack, &format!("person-{n}"));
        accounts.push(person.links(&stack, &acme, &format!("user-{n}")).await?.id);
    }
    let mut olga = Operator::create(&stack, "olga", "operator").await?;
    olga.log_in().await?;
    olga.bowline_login().await?;
    let reason = "the app is shut down";
    let revoke = ["jobs", "revoke", "--tenant", "acme", "--status", "active", "--reason", reason, "--json"];
    let job: JobDetail = serde_json::from_value(olga.bowline(&revoke).await?)?;
    let unconfirmed = olga.try_bowline(&["jobs", "confirm", &job.job.id.to_string()], "").await?;
    assert_eq!(unconfirmed.status.code(), Some(9), "nobody can type the phrase");
    assert_eq!((job.job.total, job.sample.len()), (6, 6));
    let path = format!("/admin/v1/jobs/{}", job.job.id);
    let body = json!({ "confirm": job.job.confirm, "password": olga.password });
    // The replica that is asked begins at once.
    let confirm = stack.http().post(format!("{}{path}/confirm", stack.server(1).internal_url()));
    let confirmed = confirm.bearer_auth(olga.session()).json(&body).send().await?;
    assert_eq!(confirmed.status(), 200);
    stack.server_mut(1).kill().await?;
    until("the job to be finished", async || {
        let job: JobDetail = olga.call(Method::GET, &path, None).await.ok()?.good().ok()?;
        (job.job.state == JobState::Finished && job.pending_at_provider == 0).then_some(())
    })
    .await?;
    for account in accounts {
        revoked(&acme, account).await?;
    }
    assert_eq!(stack.live_grants(), 0);
    let entries =
        "SELECT count(*) FROM audit_events WHERE action = 'account.revoked' AND detail->>'job' IS NOT NULL";
    assert_eq!(stack.database.count(entries).await?, 6, "none was revoked twice");
    Ok(())
}
