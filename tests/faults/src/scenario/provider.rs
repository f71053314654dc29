//! Dropbox answers a refresh with anything but a token.

use std::time::{Duration, SystemTime};

use anyhow::{Context as _, Result, ensure};
use bowline_api::status::AccountStatus;
use dropbox_sim::{FaultKind, FaultSpec, Garbage, Operation};

use super::{refused, says_when};
use crate::Bench;
use crate::plan::{Plan, Seen};

/// A fault, and the status and code that callers receive.
type Case = (&'static str, FaultKind, u16, &'static str);

fn status(status: u16, retry_after: Option<&str>) -> FaultKind {
    FaultKind::Status { status, body: None, content_type: None, retry_after: retry_after.map(str::to_owned) }
}

fn garbage(garbage: Garbage) -> FaultKind {
    FaultKind::Garbage { garbage }
}

fn cases(now: SystemTime) -> Vec<Case> {
    const UNAVAILABLE: (u16, &str) = (503, "provider_unavailable");
    const MALFORMED: (u16, &str) = (502, "provider_malformed");
    let soon = httpdate::fmt_http_date(now + Duration::from_secs(30));
    let long_ago = "Sun, 06 Nov 1994 08:49:37 GMT";
    let transient = [
        ("500", status(500, None)),
        ("502", status(502, None)),
        ("503", status(503, None)),
        ("503 with seconds", status(503, Some("3"))),
        ("429 with seconds", FaultKind::RateLimit { retry_after: 7 }),
        ("429 with a date", status(429, Some(&soon))),
        ("429 with a date of the past", status(429, Some(long_ago))),
        ("429 with nonsense", status(429, Some("soon"))),
        ("429 with too much", status(429, Some("99999999999"))),
        ("429 below zero", status(429, Some("-5"))),
        ("a reset", FaultKind::Reset),
        ("no answer", FaultKind::Hang),
    ];
    let malformed = [
        ("HTML", garbage(Garbage::Html)),
        ("cut JSON", garbage(Garbage::CutJson)),
        ("wrong types", garbage(Garbage::WrongTypes)),
        ("nothing", garbage(Garbage::Empty)),
        ("a list", garbage(Garbage::Custom("[]".to_owned()))),
        ("no life", garbage(Garbage::Merge(fields("expires_in", serde_json::json!(0))))),
    ];
    let transient = transient.map(|(name, kind)| (name, kind, UNAVAILABLE.0, UNAVAILABLE.1));
    transient
        .into_iter()
        .chain(malformed.map(|(name, kind)| (name, kind, MALFORMED.0, MALFORMED.1)))
        .collect()
}

fn fields(name: &str, value: serde_json::Value) -> serde_json::Map<String, serde_json::Value> {
    std::iter::once((name.to_owned(), value)).collect()
}

/// Each kind of answer once: one call, a refusal with `Retry-After`, the old tokens kept, and a new token as soon as
/// Dropbox works.
pub async fn answers(plan: Plan) -> Result<Seen> {
    let bench = Bench::builder().accounts(1).setting("BOWLINE_DROPBOX__TOTAL_SECONDS", 2).start().await?;
    let now = bench.stack.dropbox.now().into();
    let kinds = cases(now).len() + 3;
    let mut count = 0;
    for _ in 0..plan.times {
        for (name, kind, status, code) in cases(now) {
            one(&bench, kind, status, code).await.with_context(|| format!("Dropbox answered with {name}"))?;
            count += 1;
        }
        cut(&bench).await.context("Dropbox cut its answer")?;
        broken_app(&bench).await.context("Dropbox refused the app")?;
        dead_grant(&bench).await.context("Dropbox said that the grant is dead")?;
        count += 3;
    }
    let findings = bench.check().await?;
    Ok(Seen::new(count, format!("{kinds} kinds of answer, 1 call each, no account harmed; {findings}")))
}

async fn one(bench: &Bench, kind: FaultKind, status: u16, code: &str) -> Result<()> {
    let (account, dropbox) = (bench.account(), &bench.stack.dropbox);
    bench.expire(account).await?;
    let generation = bench.generation(account).await?;
    let before = dropbox.count(Operation::TokenRefresh);
    if matches!(kind, FaultKind::Garbage { .. }) {
        // Dropbox counts the call as answered, but the answer is unusable.
        bench.ledger.may_lose_answers(1);
    }
    let fault = dropbox.set_fault(FaultSpec::new(kind).on(Operation::TokenRefresh));
    let answer = bench.tenant.try_token(account).await?;
    refused(&answer, status, code)?;
    says_when(&answer)?;
    ensure!(
        bench.tenant.try_token(account).await?.status >= 500,
        "a token was issued although Dropbox returned none"
    );
    let calls = dropbox.count(Operation::TokenRefresh) - before;
    ensure!(calls == 1, "{calls} calls");
    ensure!(bench.generation(account).await? == generation, "something was written");
    ensure!(
        bench.tenant.account(account).await?.status == AccountStatus::Active,
        "the account's status has changed"
    );
    dropbox.clear_fault(fault);
    bench.end_cool_downs().await?;
    bench.healed().await.map(drop)
}

/// Dropbox has done the work, but only half of its answer arrives.
async fn cut(bench: &Bench) -> Result<()> {
    bench.ledger.may_lose_answers(1);
    one(bench, FaultKind::Cut { bytes: 20 }, 503, "provider_unavailable").await
}

/// The connector is broken, but its accounts are not. The correct secret repairs it.
async fn broken_app(bench: &Bench) -> Result<()> {
    let account = bench.account();
    bench.expire(account).await?;
    let fault =
        bench.stack.dropbox.set_fault(FaultSpec::new(FaultKind::BadClient).on(Operation::TokenRefresh));
    refused(&bench.tenant.try_token(account).await?, 502, "connector_broken")?;
    refused(&bench.tenant.try_token(account).await?, 502, "connector_broken")?;
    ensure!(
        bench.tenant.account(account).await?.status == AccountStatus::Active,
        "the account's status has changed"
    );
    bench.stack.dropbox.clear_fault(fault);
    bench.tenant.set_app_secret(&bench.stack, &bench.tenant.app_secret).await?;
    bench.end_cool_downs().await?;
    bench.healed().await.map(drop)
}

/// This account must link again, but no other one.
async fn dead_grant(bench: &Bench) -> Result<()> {
    let other = bench.link("user-gone").await?;
    bench.expire(other.id).await?;
    bench.stack.dropbox.set_fault(FaultSpec::new(FaultKind::DeadGrant).on(Operation::TokenRefresh).times(1));
    for _ in 0..2 {
        refused(&bench.tenant.try_token(other.id).await?, 409, "needs_reauth")?;
    }
    bench.ledger.ended(other.id);
    bench.stack.dropbox.clear_faults();
    bench.tenant.token(bench.account()).await.map(drop)
}
