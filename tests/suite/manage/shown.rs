//! What the page shows of an account, and of which ones.

use anyhow::Result;
use bowline_api::status::{Permission, Protocol};
use bowline_api::v1::{CreateLinkSession, CreateManageSession};
use bowline_tests::{Operator, Person, Stack, Tenant, TenantOptions, until};
use dropbox_sim::AppConfig;
use reqwest::Method;
use serde_json::json;

use super::visit::{Visit, stage};
use crate::common::newcomer;

/// An account that has ended has no tokens.
const NO_TOKENS: &str =
    "sealed_access_token = NULL, access_expires_at = NULL, sealed_refresh_token = NULL, refreshed_at = NULL,";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_is_shown_with_its_app_its_permissions_and_its_last_use() -> Result<()> {
    let (stack, acme, mut amara, account) = stage().await?;
    let wanted = CreateManageSession {
        user_label: Some("ada@acme.example".to_owned()),
        ..CreateManageSession::new("user-1", &acme.return_url)
    };
    let visit = Visit::with(&acme, wanted).await?;
    // Before it is opened, the page names the app and the user, and no account.
    let welcome = amara.visit(&visit.url).await?.text();
    assert!(welcome.contains("ada@acme.example") && welcome.contains("id=\"open\""), "{welcome}");
    assert!(!welcome.contains("example.com") && !welcome.contains(&account.to_string()), "{welcome}");
    let page = visit.open(&mut amara).await?;
    let text = page.text();
    for part in [
        "a•••@example.com",
        "ada@acme.example",
        ">Linked<",
        "Linked since ",
        "Not used yet",
        "The names and places of your files and folders",
        &visit.way_back(&acme),
        &format!("/disconnect/{account}"),
    ] {
        assert!(text.contains(part), "{part} is missing: {text}");
    }
    assert!(!text.contains("amara@example.com") && !text.contains("/again/"), "{text}");
    for (header, value) in
        [("cache-control", "no-store"), ("referrer-policy", "no-referrer"), ("content-language", "en")]
    {
        assert_eq!(page.header(header), value);
    }
    let policy = page.header("content-security-policy").to_owned();
    assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{policy}");
    // An app has fetched a token.
    acme.token(account).await?;
    let text = amara.visit(&visit.url).await?.text();
    assert!(text.contains("Used within the last 24 hours ("), "{text}");
    assert!(text.contains("a key for all the permissions that it had then"), "{text}");
    let longer = "UPDATE token_holdings SET first_issued_at = now() - interval '40 days', last_issued_at = now() - interval '40 days'";
    stack.database.execute(longer, &[]).await?;
    stack.database.execute("UPDATE accounts SET last_used_at = NULL", &[]).await?;
    let text = amara.visit(&visit.url).await?.text();
    assert!(text.contains("Not used for more than a month (last on "), "{text}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_last_use_is_shown_with_the_permissions_that_the_app_got_then() -> Result<()> {
    let (_stack, acme, mut amara, account) = stage().await?;
    let visit = Visit::of(&acme, "user-1").await?;
    visit.open(&mut amara).await?;
    let shown = async |amara: &Person, part: &str| {
        until(&format!("the page to show {part}"), async || {
            let text = amara.clone().visit(&visit.url).await.ok()?.text();
            text.contains(part).then_some(text)
        })
        .await
    };
    let path = format!("/v1/accounts/{account}/token");
    let narrow = async |scope: &str| {
        let body = json!({ "scopes": [scope] });
        let answer = acme.call(Method::POST, &path, Some(body)).await?;
        anyhow::ensure!(answer.status == 200, "{}", answer.text());
        anyhow::Ok(())
    };
    let (all, some) = ("a key for all the permissions that it had then", "a key for these permissions alone");
    // The first token of the key has all permissions but these. Each change of the last use is seen, in both directions.
    narrow("account_info.read").await?;
    let text = shown(&amara, some).await?;
    assert!(
        text.contains("<ul class=\"small got\">\n<li>Your name, e-mail address and country</li>\n</ul>"),
        "{text}"
    );
    assert!(!text.contains(all), "{text}");
    acme.token(account).await?;
    let text = shown(&amara, all).await?;
    assert!(!text.contains(some), "{text}");
    narrow("files.metadata.read").await?;
    let text = shown(&amara, some).await?;
    assert!(
        text.contains("got\">\n<li>The names and places of your files and folders</li>\n</ul>"),
        "{text}"
    );
    assert!(!text.contains(all), "{text}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_state_is_said_in_plain_words() -> Result<()> {
    let (stack, acme, mut amara, account) = stage().await?;
    let visit = Visit::of(&acme, "user-1").await?;
    visit.open(&mut amara).await?;
    let mut olga = Operator::create(&stack, "olga", "operator").await?;
    olga.log_in().await?;
    let path = format!("/admin/v1/accounts/{account}/suspend");
    let frozen = olga.call(Method::POST, &path, Some(json!({ "reason": "secret of the operators" }))).await?;
    assert_eq!(frozen.status, 200, "{}", frozen.text());
    let text = amara.visit(&visit.url).await?.text();
    assert!(text.contains(">Paused<") && text.contains("you can still disconnect it"), "{text}");
    assert!(!text.contains("secret of the operators") && !text.contains("/again/"), "{text}");
    for (columns, says, again) in [
        ("status = 'needs_reauth', status_reason = 'invalid_grant'", "no longer accepts the access", true),
        ("status = 'revoking', status_reason = 'x'", "We are telling Dropbox to end the access", false),
        ("status = 'revoked', status_reason = 'x'", "has not confirmed it", true),
    ] {
        let tokens = if says.starts_with("no longer") { "" } else { NO_TOKENS };
        stack.database.execute(&format!("UPDATE accounts SET {tokens} {columns}"), &[]).await?;
        let text = amara.visit(&visit.url).await?.text();
        assert!(text.contains(says), "{columns}: {text}");
        assert_eq!(text.contains("/again/"), again, "{columns}: {text}");
    }
    // Where everything has ended, the page says that nothing is linked.
    let text = amara.visit(&visit.url).await?.text();
    assert!(text.contains("No account is linked") && text.contains("Disconnected accounts"), "{text}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_team_and_an_account_of_another_connector_are_told_apart() -> Result<()> {
    let stack = Stack::start().await?;
    let scopes = ["account_info.read", "files.metadata.read", "team_info.read"].map(str::to_owned).to_vec();
    let options = TenantOptions { scopes: scopes.clone(), app_scopes: scopes, ..TenantOptions::default() };
    let acme = Tenant::create_with(&stack, "acme", options).await?;
    let team = Person::new(&stack, "priya@acme.example").links(&stack, &acme, "user-1").await?;
    let mut add =
        vec!["connector", "add", "--tenant", &acme.slug, "--name", "Acme Prints", "--app-key", "prints"];
    add.extend([
        "--app-secret-stdin",
        "--return-url",
        &acme.return_url,
        "--scope",
        "account_info.read",
        "--json",
    ]);
    let prints = stack.command(&add, Some("CANARY_prints")).await?;
    let text = |field: &str| prints[field].as_str().unwrap_or_default().to_owned();
    stack.dropbox.put_app(
        AppConfig::new("prints", "CANARY_prints")
            .redirect_uri(text("callback_url"))
            .scopes(["account_info.read".to_owned()]),
    );
    let wanted = CreateLinkSession { connector: Some(text("id").parse()?), ..acme.link_request("user-1") };
    let link = acme.begin(wanted).await?;
    let mut amara = Person::new(&stack, "amara@example.com");
    let account = acme.complete(&link, &amara.approves(&stack, &link).await?).await?;

    let visit = Visit::of(&acme, "user-1").await?;
    let text = visit.open(&mut amara).await?.text();
    let card = |id: &str| {
        let from = text.find(&format!("<li id=\"{id}\"")).unwrap_or_default();
        text[from..].split("</details>").next().unwrap_or_default().to_owned()
    };
    for (id, name, app, is_team) in [
        (team.id, "acme.example", "ACME Photos", true),
        (account.id, "a•••@example.com", "Acme Prints", false),
    ] {
        let card = card(&id.to_string());
        assert!(card.contains(&format!("<bdi>{name}</bdi>")), "{card}");
        assert!(card.contains("Dropbox, linked to") && card.contains(app), "{card}");
        assert_eq!(card.contains("Your team"), is_team, "{card}");
    }
    // Ending one leaves the other.
    let done = amara.press_continue(&visit.action("disconnect", team.id)).await?;
    assert_eq!(done.status, 303, "{}", done.text());
    let revoked = acme.try_token(team.id).await?.refusal();
    assert_eq!(revoked, (410, "account_revoked".to_owned()));
    acme.token(account.id).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn accounts_that_do_not_fit_on_the_page_are_mentioned() -> Result<()> {
    let (stack, acme, mut amara, _) = stage().await?;
    let visit = Visit::of(&acme, "user-1").await?;
    let text = visit.open(&mut amara).await?.text();
    let more = ["Older accounts are linked as well", "disconnected earlier are not shown"];
    assert!(!more.iter().any(|more| text.contains(more)), "{text}");
    let columns = "tenant_id, connector_id, external_user_id, email, display_name, status_reason, scopes, missing_scopes, assurance, \
         generation, linked_at, updated_at, protocol, metadata";
    // The page shows 50 linked and 10 disconnected ones.
    for (status, count, name) in [("needs_reauth", 49, "a"), ("revoked", 11, "b")] {
        let tokens =
            if status == "revoked" { ("NULL", "NULL") } else { ("sealed_access_token", "refreshed_at") };
        stack
            .database
            .execute(
                &format!(
                    "INSERT INTO accounts ({columns}, id, provider_account_id, status, sealed_access_token, refreshed_at)
                     SELECT {columns}, gen_random_uuid(), '{name}' || n, '{status}', {}, {}
                     FROM accounts, generate_series(1, {count}) n WHERE provider_account_id LIKE 'dbid:%'",
                    tokens.0, tokens.1
                ),
                &[],
            )
            .await?;
    }
    let text = amara.visit(&visit.url).await?.text();
    assert!(!text.contains(more[0]) && text.contains(more[1]), "{text}");
    assert_eq!(text.matches("<li id=\"acct_").count(), 60);
    let needs_reauth =
        "UPDATE accounts SET status = 'needs_reauth', sealed_access_token = '', refreshed_at = now()
         WHERE provider_account_id = 'b11'";
    stack.database.execute(needs_reauth, &[]).await?;
    let text = amara.visit(&visit.url).await?.text();
    assert!(text.contains(more[0]) && !text.contains(more[1]), "{text}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_the_accounts_of_this_user_at_this_tenant_are_shown() -> Result<()> {
    let (stack, acme, _, account) = stage().await?;
    let other = Tenant::create(&stack, "other").await?;
    let mine = newcomer(&stack, "mine").links(&stack, &acme, "user-1").await?;
    let foreign = newcomer(&stack, "neighbour").links(&stack, &acme, "user-2").await?;
    let elsewhere = newcomer(&stack, "elsewhere").links(&stack, &other, "user-1").await?;
    let visit = Visit::of(&acme, "user-1").await?;
    let mut browser = Person::new(&stack, "amara@example.com");
    let text = visit.open(&mut browser).await?.text();
    for (id, is_shown) in [(account, true), (mine.id, true), (foreign.id, false), (elsewhere.id, false)] {
        assert_eq!(text.contains(&id.to_string()), is_shown, "{id}: {text}");
    }
    // A user without accounts is told so.
    let nobody = Visit::of(&acme, "user-9").await?;
    let text = nobody.open(&mut browser).await?.text();
    assert!(text.contains("No account is linked") && text.contains("id=\"back\""), "{text}");
    assert!(!text.contains("Disconnected accounts"), "{text}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_of_a_protocol_without_scopes_may_do_everything() -> Result<()> {
    let stack = Stack::start().await?;
    let options = TenantOptions { protocol: Protocol::OAuth1a, ..TenantOptions::default() };
    let acme = Tenant::create_with(&stack, "acme", options).await?;
    let mut amara = Person::new(&stack, "amara@example.com");
    let account = amara.links(&stack, &acme, "user-1").await?;
    let visit = Visit::of(&acme, "user-1").await?;
    let text = visit.open(&mut amara).await?.text();
    assert!(text.contains("Do everything in your account"), "{text}");
    assert!(text.contains(&format!("/disconnect/{}", account.id)), "{text}");
    // An app that has requests signed never gets the token.
    let signer = acme.permitted(&stack, &[Permission::Sign]).await?;
    let url = format!("{}/account/verify_credentials.json", stack.dropbox.http_url());
    let path = format!("/v1/accounts/{}/sign", account.id);
    let answer = signer.call(Method::POST, &path, Some(json!({ "method": "GET", "url": url }))).await?;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let text = amara.visit(&visit.url).await?.text();
    assert!(text.contains("a request signed by us, and no key"), "{text}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_reports_when_dropbox_has_ended_the_access() -> Result<()> {
    let (stack, acme, mut amara, account) = stage().await?;
    let visit = Visit::of(&acme, "user-1").await?;
    visit.open(&mut amara).await?;
    let done = amara.press_continue(&visit.action("disconnect", account)).await?;
    assert_eq!(done.status, 303, "{}", done.text());
    stack.wait_for_live_grants(0).await?;
    let text = until("the page to say so", async || {
        let text = amara.clone().visit(&visit.url).await.ok()?.text();
        text.contains("Dropbox has ended the access").then_some(text)
    })
    .await?;
    assert!(text.contains(">Disconnected<") && text.contains("/again/"), "{text}");
    Ok(())
}
