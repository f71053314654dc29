//! Columns that affect a token or a link are bound to the sealed values, so an edit yields nothing.

use anyhow::Result;
use bowline_api::AccountId;
use bowline_api::v1::CreateLinkSession;
use bowline_tests::{Answer, Person, Stack, Tenant};
use reqwest::Method;
use serde_json::json;

use crate::common::{linked, set_token_life};

/// The number of entries with this action in all tenants' logs, and the number of alarms.
async fn told(stack: &Stack, action: &str) -> Result<(i64, usize)> {
    let noted =
        format!("SELECT count(*) FROM audit_events WHERE action = '{action}' AND subject IS NOT NULL");
    let alarms = stack.logs().matches("\"alarm\":\"integrity\"").count();
    Ok((stack.database.count(&noted).await?, alarms))
}

async fn narrowed(acme: &Tenant, account: AccountId) -> Result<Answer> {
    let body = json!({ "scopes": ["files.metadata.read"] });
    acme.call(Method::POST, &format!("/v1/accounts/{account}/token"), Some(body)).await
}

async fn edit(stack: &Stack, table: &str, change: &str) -> Result<()> {
    let edited = stack.database.execute(&format!("UPDATE {table} SET {change}"), &[]).await?;
    anyhow::ensure!(edited > 0, "{change} matched no row");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_edited_expiry_or_scope_is_noticed_and_no_token_leaves() -> Result<()> {
    let (stack, acme, account) = linked().await?;
    assert_eq!(narrowed(&acme, account.id).await?.status, 200);
    let database = &stack.database;
    database.execute("CREATE TABLE kept AS SELECT * FROM accounts", &[]).await?;
    database.execute("CREATE TABLE kept_narrowed AS SELECT * FROM narrowed_tokens", &[]).await?;
    for (table, change) in [
        ("accounts", "access_expires_at = access_expires_at + interval '300 days'"),
        ("accounts", "access_expires_at = access_expires_at + interval '1 microsecond'"),
        ("accounts", "access_expires_at = access_expires_at - interval '1 minute'"),
        // A refresh must not seal the edited value.
        ("accounts", "access_expires_at = now()"),
        ("accounts", "access_expires_at = now(), scopes = scopes || '{files.permanent_delete}'"),
        ("accounts", "scopes = scopes || '{files.permanent_delete}'"),
        ("accounts", "scopes = scopes[2:]"),
        ("accounts", "scopes = '{}'"),
        ("narrowed_tokens", "expires_at = expires_at + interval '300 days'"),
    ] {
        let before = told(&stack, "account.integrity_error").await?;
        edit(&stack, table, change).await?;
        let answer = match table {
            "accounts" => acme.try_token(account.id).await?,
            _ => narrowed(&acme, account.id).await?,
        };
        assert_eq!(answer.refusal(), (500, "integrity_error".to_owned()), "{change}");
        assert!(!answer.text().contains("CANARY") && !answer.text().contains("sl."), "{change}");
        let after = told(&stack, "account.integrity_error").await?;
        assert_eq!(after.0, before.0 + 1, "{change}");
        assert!(after.1 > before.1, "{change}");
        database
            .execute("UPDATE accounts a SET access_expires_at = k.access_expires_at, scopes = k.scopes FROM kept k", &[])
            .await?;
        database
            .execute("UPDATE narrowed_tokens SET expires_at = k.expires_at FROM kept_narrowed k", &[])
            .await?;
        acme.token(account.id).await?;
        assert_eq!(narrowed(&acme, account.id).await?.status, 200);
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_edited_value_that_only_a_refresh_reads_is_detected_by_the_next_refresh() -> Result<()> {
    let (stack, acme, account) = linked().await?;
    set_token_life(&stack, account.id, 0).await?;
    stack.database.execute("CREATE TABLE kept AS SELECT * FROM accounts", &[]).await?;
    for change in ["assurance = 'browser'", "missing_scopes = '{files.content.write}'"] {
        edit(&stack, "accounts", change).await?;
        let before = told(&stack, "account.integrity_error").await?;
        assert_eq!(
            acme.try_token(account.id).await?.refusal(),
            (500, "integrity_error".to_owned()),
            "{change}"
        );
        assert_eq!(told(&stack, "account.integrity_error").await?.0, before.0 + 1, "{change}");
        let back =
            "UPDATE accounts a SET assurance = k.assurance, missing_scopes = k.missing_scopes FROM kept k";
        stack.database.execute(back, &[]).await?;
    }
    acme.token(account.id).await.map(drop)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn scopes_in_another_order_are_the_same_scopes() -> Result<()> {
    let (stack, acme, account) = linked().await?;
    let reversed = "scopes = ARRAY(SELECT s FROM unnest(scopes || scopes) s ORDER BY s DESC)";
    edit(&stack, "accounts", reversed).await?;
    acme.token(account.id).await?;
    set_token_life(&stack, account.id, 0).await?;
    acme.token(account.id).await.map(drop)
}

/// Columns of a link session that determine for whom and for what it links.
const OF_A_SESSION: [&str; 7] = [
    "external_user_id = 'thief'",
    "completion_challenge = sha256('thief')",
    "return_url = 'https://thief.example/'",
    "connector_id = (SELECT id FROM connectors WHERE id <> link_sessions.connector_id LIMIT 1)",
    "scopes = scopes || '{files.permanent_delete}'",
    "relink_account_id = (SELECT id FROM accounts LIMIT 1)",
    "options = '{\"user_label\":\"thief\"}'",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_edited_link_session_goes_no_step_further() -> Result<()> {
    let (stack, acme, _) = linked().await?;
    // The target of the edit that changes the connector.
    let mut another =
        vec!["connector", "add", "--tenant", "acme", "--name", "Another", "--app-key", "another"];
    another.extend([
        "--app-secret-stdin",
        "--return-url",
        &acme.return_url,
        "--scope",
        "account_info.read",
        "--json",
    ]);
    stack.command(&another, Some("CANARY_another")).await?;
    for change in OF_A_SESSION {
        for stage in ["created", "authorizing", "returned"] {
            let what = format!("{change} while {stage}");
            let mut amara = Person::new(&stack, "amara@example.com");
            let link = acme
                .begin(CreateLinkSession { connector: Some(acme.connector), ..acme.link_request("user-2") })
                .await?;
            let authorize_url =
                if stage == "created" { String::new() } else { amara.go_to_dropbox(&link).await? };
            let callback =
                if stage == "created" { String::new() } else { amara.approve(&stack, &authorize_url)? };
            let returned = if stage == "returned" { Some(amara.come_back(&callback).await?) } else { None };
            let before = told(&stack, "link_session.integrity_error").await?;
            let only = format!("{change} WHERE id = '{}'", link.id.uuid());
            edit(&stack, "link_sessions", &only).await?;
            let (status, text) = match (stage, returned) {
                ("created", _) => {
                    let page = amara.press_continue(&link.url).await?;
                    (page.status, page.text())
                }
                (_, Some(returned)) => {
                    let answer = acme.try_complete(&link, &returned).await?;
                    (answer.status, answer.text())
                }
                _ => {
                    let page = amara.visit(&callback).await?;
                    (page.status, page.text())
                }
            };
            // With a changed challenge, the tenant's own proof is refused; a changed connector has another callback.
            let refused = change.starts_with("completion_challenge") && stage == "returned"
                || change.starts_with("connector_id") && stage == "authorizing";
            if !refused {
                assert_eq!(status, 500, "{what}: {text}");
                let after = told(&stack, "link_session.integrity_error").await?;
                assert!(after.0 > before.0 && after.1 > before.1, "{what}");
            }
            assert!((400..=500).contains(&status), "{what}: {status} {text}");
        }
    }
    let accounts = "SELECT count(*) FROM accounts";
    assert_eq!(stack.database.count(accounts).await?, 1, "nothing was linked");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_parked_code_in_another_session_is_noticed_and_not_exchanged() -> Result<()> {
    let (stack, acme, _) = linked().await?;
    let mut people = [Person::new(&stack, "amara@example.com"), Person::new(&stack, "jonas@example.com")];
    let (first, second) = (acme.begin_link("user-2").await?, acme.begin_link("user-3").await?);
    let returned = people[0].approves(&stack, &first).await?;
    people[1].approves(&stack, &second).await?;
    let (a, b) = (first.id.uuid(), second.id.uuid());
    for column in ["sealed_code", "sealed_pkce_verifier"] {
        let before = told(&stack, "link_session.integrity_error").await?;
        let moved = format!(
            "link_sessions s SET {column} = o.{column} FROM link_sessions o WHERE s.id = '{a}' AND o.id = '{b}'"
        );
        let kept = format!("CREATE TABLE kept_{column} AS SELECT id, {column} AS kept FROM link_sessions");
        stack.database.execute(&kept, &[]).await?;
        stack.database.execute(&format!("UPDATE {moved}"), &[]).await?;
        let answer = acme.try_complete(&first, &returned).await?;
        assert_eq!(answer.refusal(), (500, "integrity_error".to_owned()), "{column}");
        let after = told(&stack, "link_session.integrity_error").await?;
        assert_eq!(after.0, before.0 + 1, "{column}");
        assert!(after.1 > before.1, "{column}");
        let back =
            format!("UPDATE link_sessions s SET {column} = kept FROM kept_{column} k WHERE s.id = k.id");
        stack.database.execute(&back, &[]).await?;
    }
    acme.complete(&first, &returned).await.map(drop)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_edited_connector_begins_and_completes_no_link_and_refreshes_no_token() -> Result<()> {
    let (stack, acme, account) = linked().await?;
    stack.database.execute("CREATE TABLE kept AS SELECT * FROM connectors", &[]).await?;
    for change in [
        "completion = 'browser'",
        "confirm_page = NOT confirm_page",
        "return_urls = return_urls || '{https://thief.example/}'",
        "scopes = scopes || '{files.permanent_delete}'",
        "app_key = 'another'",
    ] {
        let link = acme.begin_link("user-2").await?;
        edit(&stack, "connectors", change).await?;
        let before = told(&stack, "connector.integrity_error").await?;
        set_token_life(&stack, account.id, 0).await?;
        assert_eq!(
            acme.try_token(account.id).await?.refusal(),
            (500, "integrity_error".to_owned()),
            "{change}"
        );
        let after = told(&stack, "connector.integrity_error").await?;
        assert_eq!(after.0, before.0 + 1, "{change}");
        assert!(after.1 > before.1, "{change}");
        let page = Person::new(&stack, "amara@example.com").press_continue(&link.url).await?;
        assert!(page.status == 500 && page.text().contains("integrity_error"), "{change}: {}", page.text());
        assert_eq!(told(&stack, "connector.integrity_error").await?.0, after.0 + 1, "{change}");
        let back = "UPDATE connectors c SET completion = k.completion, confirm_page = k.confirm_page,
            return_urls = k.return_urls, scopes = k.scopes, app_key = k.app_key FROM kept k";
        stack.database.execute(back, &[]).await?;
        acme.token(account.id).await?;
    }
    // This edit would complete a forwarded link without the tenant.
    let mut amara = Person::new(&stack, "amara@example.com");
    let link = acme.begin_link("user-2").await?;
    let callback = amara.go_to_dropbox(&link).await?;
    let callback = amara.approve(&stack, &callback)?;
    edit(&stack, "connectors", "completion = 'browser'").await?;
    // A server error does not end the session: the page reports it, and the same callback may still succeed.
    let page = amara.visit(&callback).await?;
    assert!(page.status == 500 && page.text().contains("integrity_error"), "{}", page.text());
    assert_eq!(stack.database.count("SELECT count(*) FROM accounts").await?, 1);
    Ok(())
}

/// Values of a link in progress that are deleted while it waits for the browser or the tenant.
const DELETED: [(&str, &str); 5] = [
    ("authorizing", "link_starts SET sealed_pkce_verifier = NULL WHERE session_id"),
    ("returned", "link_sessions SET sealed_code = NULL WHERE id"),
    ("returned", "link_sessions SET sealed_pkce_verifier = NULL WHERE id"),
    ("returned", "link_sessions SET sealed_code = NULL, sealed_pkce_verifier = NULL WHERE id"),
    ("returned", "link_sessions SET link_code_hash = NULL WHERE id"),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deleted_code_or_verifier_is_noticed_and_not_taken_for_a_lost_answer() -> Result<()> {
    let (stack, acme, _) = linked().await?;
    for (stage, deletion) in DELETED {
        let mut amara = Person::new(&stack, "amara@example.com");
        let link = acme.begin_link("user-2").await?;
        let authorize_url = amara.go_to_dropbox(&link).await?;
        let callback = amara.approve(&stack, &authorize_url)?;
        let returned = if stage == "returned" { Some(amara.come_back(&callback).await?) } else { None };
        let before = told(&stack, "link_session.integrity_error").await?;
        let update = format!("UPDATE {deletion} = '{}'", link.id.uuid());
        assert_eq!(stack.database.execute(&update, &[]).await?, 1, "{deletion}");
        match &returned {
            Some(returned) => {
                let answer = acme.try_complete(&link, returned).await?;
                assert_eq!(answer.refusal(), (500, "integrity_error".to_owned()), "{deletion}");
            }
            None => assert_eq!(amara.visit(&callback).await?.status, 500, "{deletion}"),
        }
        let after = told(&stack, "link_session.integrity_error").await?;
        assert_eq!(after.0, before.0 + 1, "{deletion}");
        assert!(after.1 > before.1, "{deletion}");
    }
    assert_eq!(stack.database.count("SELECT count(*) FROM accounts").await?, 1);
    Ok(())
}
