//! Invalid responses of Dropbox: nothing is stored, and every grant that can be revoked is revoked.

use anyhow::{Context as _, Result};
use bowline_tests::{Answer, Person, Stack, Tenant};
use dropbox_sim::{FaultKind, FaultSpec, Garbage, Operation};
use serde_json::{Value, json};

/// Completes a link whose completion meets `fault`.
async fn completed_under(stack: &Stack, tenant: &Tenant, fault: FaultSpec) -> Result<(Answer, String)> {
    let link = tenant.begin_link("user-1").await?;
    let returned = Person::new(stack, "amara@example.com").approves(stack, &link).await?;
    let id = stack.dropbox.set_fault(fault.times(1));
    let answer = tenant.try_complete(&link, &returned).await?;
    stack.dropbox.clear_fault(id);
    Ok((answer, tenant.link_status(&link).await?.0))
}

/// Replaces fields of the correct response by raw bytes.
fn raw(fields: &[(&str, &str)]) -> FaultKind {
    let fields = fields.iter().map(|(name, bytes)| ((*name).to_owned(), (*bytes).to_owned()));
    FaultKind::Garbage { garbage: Garbage::Raw(fields.collect()) }
}

fn with(name: &str, value: Value) -> FaultKind {
    FaultKind::Garbage { garbage: Garbage::Merge(serde_json::Map::from_iter([(name.to_owned(), value)])) }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_answer_that_makes_no_sense_stores_and_orphans_nothing() -> Result<()> {
    let stack = Stack::start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    for fault in [
        with("refresh_token", Value::Null),
        with("token_type", json!("mac")),
        with("token_type", Value::Null),
        with("expires_in", json!(-1)),
        with("expires_in", json!(0)),
        with("expires_in", json!(1e12)),
        with("expires_in", json!("x")),
        with("expires_in", Value::Null),
        with("account_id", Value::Null),
        with("account_id", json!(7)),
        FaultKind::Garbage { garbage: Garbage::Html },
        FaultKind::Garbage { garbage: Garbage::Empty },
        FaultKind::Garbage { garbage: Garbage::Custom("[]".to_owned()) },
    ] {
        let what = format!("{fault:?}");
        let (answer, status) =
            completed_under(&stack, &acme, FaultSpec::new(fault).on(Operation::TokenExchange)).await?;
        assert_eq!(answer.refusal(), (502, "provider_malformed".to_owned()), "{what}");
        assert_eq!(status, "failed", "{what}");
        assert!(acme.accounts().await?.is_empty(), "{what}");
        stack.wait_for_live_grants(0).await.map_err(|error| error.context(what))?;
    }
    // The user can continue with a new link.
    Person::new(&stack, "amara@example.com").links(&stack, &acme, "user-1").await?;
    stack.wait_for_live_grants(1).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_grant_of_another_account_than_the_one_read_is_given_back_at_once() -> Result<()> {
    let stack = Stack::start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let another = with("account_id", json!("dbid:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"));
    let fault = FaultSpec::new(another).on(Operation::GetCurrentAccount);
    let (answer, status) = completed_under(&stack, &acme, fault).await?;
    assert_eq!(answer.refusal(), (409, "link_failed".to_owned()));
    assert_eq!(status, "failed");
    assert!(acme.accounts().await?.is_empty());
    stack.wait_for_live_grants(0).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_that_cannot_be_read_is_not_linked_and_its_grant_dies() -> Result<()> {
    let stack = Stack::start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    for fault in [
        with("account_id", Value::Null),
        FaultKind::Garbage { garbage: Garbage::Html },
        FaultKind::Garbage { garbage: Garbage::CutJson },
        FaultKind::Garbage { garbage: Garbage::WrongTypes },
    ] {
        let what = format!("{fault:?}");
        let (answer, status) =
            completed_under(&stack, &acme, FaultSpec::new(fault).on(Operation::GetCurrentAccount)).await?;
        assert_eq!(answer.refusal(), (502, "provider_malformed".to_owned()), "{what}");
        assert_eq!(status, "failed", "{what}");
        assert!(acme.accounts().await?.is_empty(), "{what}");
        stack.wait_for_live_grants(0).await.map_err(|error| error.context(what))?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dropbox_out_of_order_while_the_account_is_read_loses_nothing() -> Result<()> {
    let stack = Stack::start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let link = acme.begin_link("user-1").await?;
    let returned = Person::new(&stack, "amara@example.com").approves(&stack, &link).await?;
    let down = FaultKind::Status { status: 503, body: None, content_type: None, retry_after: None };
    let fault = stack.dropbox.set_fault(FaultSpec::new(down).on(Operation::GetCurrentAccount));
    let answer = acme.try_complete(&link, &returned).await?;
    assert_eq!(answer.refusal(), (503, "provider_unavailable".to_owned()));
    assert!(!answer.header("retry-after").is_empty());
    stack.dropbox.clear_fault(fault);
    acme.complete(&link, &returned).await?;
    assert_eq!(stack.dropbox.count(Operation::TokenExchange), 1, "the code is never sent twice");
    assert_eq!(stack.live_grants(), 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_app_secret_breaks_the_connector_and_says_so() -> Result<()> {
    let stack = Stack::start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let fault = FaultSpec::new(FaultKind::BadClient).on(Operation::TokenExchange);
    let (answer, status) = completed_under(&stack, &acme, fault).await?;
    assert_eq!(answer.refusal(), (502, "connector_broken".to_owned()));
    assert_eq!(status, "failed");
    let broken = "SELECT count(*) FROM connectors WHERE status = 'broken'";
    assert_eq!(stack.database.count(broken).await?, 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unusual_display_values_and_formats_do_not_prevent_a_link() -> Result<()> {
    let stack = Stack::start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let long = format!("\"{}\"", "\u{e9}x".repeat(800));
    let deep = format!("{}{}", "[".repeat(500), "]".repeat(500));
    for (operation, fault) in [
        (Operation::GetCurrentAccount, raw(&[("name.display_name", r#""Anna \ud83d""#)])),
        (Operation::GetCurrentAccount, raw(&[("name.given_name", r#""\ude00""#), ("locale", "\"a\u{1}b\"")])),
        (Operation::GetCurrentAccount, raw(&[("name.display_name", &long), ("email", &long)])),
        (Operation::GetCurrentAccount, raw(&[("name.display_name", r#""A\u0000\u001b[2J\n""#)])),
        (Operation::GetCurrentAccount, raw(&[("email", "null"), ("name", "null"), ("disabled", "\"no\"")])),
        (Operation::GetCurrentAccount, raw(&[("email", "1e999"), ("country", "-1e400"), ("locale", &deep)])),
        (
            Operation::GetCurrentAccount,
            raw(&[("name", &deep), ("account_type", "[1e400]"), ("disabled", "1e400")]),
        ),
        (Operation::TokenExchange, raw(&[("team_id", "null"), ("uid", "1e400"), ("extra", &deep)])),
        (Operation::TokenExchange, raw(&[("expires_in", "14400.0"), ("uid", r#""\ud83d""#)])),
        (Operation::TokenExchange, raw(&[("expires_in", "1.44e4")])),
        (
            Operation::TokenExchange,
            raw(&[("scope", "\"account_info.read files.content.read account_info.read\"")]),
        ),
    ] {
        let what = format!("{fault:?}");
        let (answer, status) = completed_under(&stack, &acme, FaultSpec::new(fault).on(operation)).await?;
        assert_eq!((answer.status, status.as_str()), (200, "completed"), "{what}");
        let account: bowline_api::v1::Account = answer.good()?;
        assert!(
            account.display_name.len() <= 1024 && !account.display_name.contains(char::is_control),
            "{what}"
        );
        let mut scopes = account.scopes.clone();
        scopes.sort();
        scopes.dedup();
        assert_eq!(scopes.len(), account.scopes.len(), "{what}");
        let life = acme.token(account.id).await?.expires_at.context("the token does not expire")?
            - account.updated_at;
        assert!((14_300..=14_400).contains(&life.num_seconds()), "{what}: {life}");
    }
    stack.wait_for_live_grants(1).await
}

/// A grant whose tokens contain characters that JSON escapes is parked, and the same call resumes with it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_parked_grant_may_have_any_printable_character() -> Result<()> {
    let stack = Stack::start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let link = acme.begin_link("user-1").await?;
    let returned = Person::new(&stack, "amara@example.com").approves(&stack, &link).await?;
    let odd = raw(&[("refresh_token", r#""odd\"\\token""#)]);
    stack.dropbox.set_fault(FaultSpec::new(odd).on(Operation::TokenExchange).times(1));
    let down = FaultKind::Status {
        status: 503,
        body: None,
        content_type: None,
        retry_after: Some("2.9".to_owned()),
    };
    stack.dropbox.set_fault(FaultSpec::new(down).on(Operation::GetCurrentAccount).times(1));
    let answer = acme.try_complete(&link, &returned).await?;
    assert_eq!(answer.refusal(), (503, "provider_unavailable".to_owned()));
    assert_eq!(answer.header("retry-after"), "3", "rounded up");
    acme.complete(&link, &returned).await?;
    assert_eq!(stack.dropbox.count(Operation::TokenExchange), 1);
    Ok(())
}
