//! An old database without tampering.

use anyhow::{Context as _, Result};
use bowline_tests::{Link, Operator, Person, Stack, Tenant};
use reqwest::Method;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use url::Url;

use super::{leave_old, logs_hold, no_server_begins, old_rows, upgrade};
use crate::common::{linked, newcomer, set_token_life};

/// A fingerprint of everything that the upgrade may change.
const FINGERPRINT: &str = "SELECT hashtextextended((SELECT string_agg(a::text, '' ORDER BY a.id) FROM accounts a) \
    || (SELECT string_agg(c::text, '' ORDER BY c.id) FROM connectors c) || (SELECT string_agg(s::text, '' ORDER BY s.id) FROM link_sessions s) \
    || (SELECT string_agg(e::text, '' ORDER BY e.tenant_id, e.sequence) FROM audit_events e), 0)";

/// A person who has started to link and is at the provider, with the cookie of the previous version.
async fn at_the_provider(stack: &Stack, acme: &Tenant, user: &str) -> Result<(Person, Link, String)> {
    let mut person = newcomer(stack, user);
    let link = acme.begin_link(user).await?;
    let url = person.go_to_dropbox(&link).await?;
    let state = Url::parse(&url)?
        .query_pairs()
        .find(|(name, _)| name == "state")
        .context("the URL has no state")?
        .1
        .into_owned();
    let (_, binding) = person.cookies.pop_first().context("the person has no cookie")?;
    let digest = Sha256::digest(state.as_bytes());
    let first: [u8; 8] = digest.as_slice().get(..8).context("the digest is too short")?.try_into()?;
    person.cookies.insert(format!("bowline-{:016x}", u64::from_be_bytes(first)), binding);
    Ok((person, link, url))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_old_database_is_refused_then_upgraded_and_then_served_from() -> Result<()> {
    let (mut stack, acme, account) = linked().await?;
    Operator::create(&stack, "ada", "admin").await?;
    let narrowed = json!({ "scopes": ["files.metadata.read"] });
    let narrow = async || {
        acme.call(Method::POST, &format!("/v1/accounts/{}/token", account.id), Some(narrowed.clone())).await
    };
    assert_eq!(narrow().await?.status, 200);
    let token = acme.token(account.id).await?.access_token;
    let fresh = acme.begin_link("user-2").await?;
    let (mut away, begun, at_dropbox) = at_the_provider(&stack, &acme, "user-3").await?;
    let approved = acme.begin_link("user-4").await?;
    let returned = newcomer(&stack, "user-4").approves(&stack, &approved).await?;
    let ended = acme.begin_link("user-5").await?;
    newcomer(&stack, "user-5").declines(&stack, &ended).await?;
    leave_old(&mut stack).await?;

    no_server_begins(&mut stack).await?;
    let refused = stack.try_command(&["audit", "verify"], None).await?;
    assert!(!refused.status.success() && String::from_utf8_lossy(&refused.stderr).contains("upgrade-seals"));
    let doctor = stack.try_command(&["doctor", "--json"], None).await?;
    let found: Value = serde_json::from_slice(&doctor.stdout)?;
    let checks = found["checks"].as_array().context("the report has no checks")?;
    let wrong: Vec<&Value> = checks.iter().filter(|check| check["ok"] == false).collect();
    assert_eq!(wrong.len(), 1, "{found}");
    assert_eq!(wrong[0]["name"], "upgrade");
    assert!(wrong[0]["detail"].to_string().contains("upgrade-seals"));

    let (good, report) = upgrade(&stack, &[]).await?;
    let expected = json!({ "was_due": true, "is_finished": true, "connectors": 1, "accounts": 1, "link_sessions": 5,
        "narrowed_tokens_erased": 1, "logs": 2, "broken": [] });
    assert_eq!((good, report), (true, expected));
    assert_eq!(old_rows(&stack).await?, 0);
    assert!(logs_hold(&stack).await?);

    stack.server_mut(0).start().await?;
    assert_eq!(acme.token(account.id).await?.access_token, token);
    assert_eq!(narrow().await?.status, 200);
    set_token_life(&stack, account.id, 0).await?;
    assert_ne!(acme.token(account.id).await?.access_token, token);
    let came = newcomer(&stack, "user-2").approves(&stack, &fresh).await?;
    acme.complete(&fresh, &came).await?;
    let came = away.come_back(&away.approve(&stack, &at_dropbox)?).await?;
    acme.complete(&begun, &came).await?;
    acme.complete(&approved, &returned).await?;
    let page = newcomer(&stack, "user-6").visit(&ended.url).await?;
    assert!((400..500).contains(&page.status), "an old page gets an explanation: {}", page.status);
    assert!(logs_hold(&stack).await?);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upgraded_or_a_new_database_is_left_alone() -> Result<()> {
    let (mut stack, acme, account) = linked().await?;
    let nothing = json!({ "was_due": false, "is_finished": true, "connectors": 0, "accounts": 0, "link_sessions": 0,
        "narrowed_tokens_erased": 0, "logs": 0, "broken": [] });
    assert_eq!(upgrade(&stack, &[]).await?, (true, nothing.clone()), "nothing to upgrade");
    leave_old(&mut stack).await?;
    stack
        .database
        .execute("CREATE TABLE kept AS SELECT sealed_access_token, sealed_refresh_token FROM accounts", &[])
        .await?;
    assert!(upgrade(&stack, &[]).await?.0);

    let before = stack.database.count(FINGERPRINT).await?;
    assert_eq!(upgrade(&stack, &[]).await?, (true, nothing.clone()));
    let said = stack.try_command(&["upgrade-seals"], None).await?;
    assert!(String::from_utf8_lossy(&said.stdout).contains("nothing was changed"));
    assert_eq!(stack.database.count(FINGERPRINT).await?, before);

    // If an old form is restored with an edit, a second run does not seal the edit.
    let back = "UPDATE accounts a SET sealed_access_token = k.sealed_access_token, sealed_refresh_token = k.sealed_refresh_token,
        access_expires_at = a.access_expires_at + interval '300 days' FROM kept k";
    stack.database.execute(back, &[]).await?;
    assert_eq!(upgrade(&stack, &[]).await?, (true, nothing));
    stack.server_mut(0).start().await?;
    assert_eq!(acme.try_token(account.id).await?.refusal(), (500, "integrity_error".to_owned()));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_empty_database_needs_nothing() -> Result<()> {
    let mut stack = Stack::start().await?;
    let (good, report) = upgrade(&stack, &[]).await?;
    assert!(good && report["was_due"] == false, "{report}");
    assert_eq!(stack.database.count("SELECT count(*) FROM audit_events").await?, 0);
    stack.server_mut(0).kill().await?;
    stack.server_mut(0).start().await
}
