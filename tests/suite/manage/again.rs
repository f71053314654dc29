//! A user links an account again from the page.

use anyhow::Result;
use bowline_api::LinkSessionId;
use bowline_api::status::AccountStatus;
use bowline_api::v1::CreateManageSession;
use bowline_tests::{Person, onward};
use reqwest::Method;
use serde_json::json;
use url::Url;

use super::visit::{Visit, stage};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_user_links_an_account_again_in_this_browser_and_returns_as_from_any_link() -> Result<()> {
    let (stack, acme, mut amara, account) = stage().await?;
    let ended = "UPDATE accounts SET status = 'needs_reauth', status_reason = 'invalid_grant'";
    stack.database.execute(ended, &[]).await?;
    let visit = Visit::of(&acme, "user-1").await?;
    visit.open(&mut amara).await?;
    let begun = amara.press_continue(&visit.action("again", account)).await?;
    assert_eq!(begun.status, 303, "{}", begun.text());
    let consent = Url::parse(acme.base())?.join(begun.header("location"))?;
    // In another browser the new link does not work, neither its page nor its buttons.
    let mut mei = Person::new(&stack, "mei@example.org");
    for page in [
        mei.visit(consent.as_str()).await?,
        mei.press_continue(consent.as_str()).await?,
        mei.press_cancel(consent.as_str()).await?,
    ] {
        assert_eq!(page.status, 409, "{}", page.text());
        assert!(page.text().contains("open in another browser"), "{}", page.text());
    }
    let page = amara.visit(consent.as_str()).await?;
    assert!(page.status == 200 && page.text().contains("a•••@example.com"), "{}", page.text());
    let authorize_url = onward(&amara.press_continue(consent.as_str()).await?)?;
    let returned = amara.come_back(&amara.approve(&stack, &authorize_url)?).await?;
    let value = |name: &str| {
        let pair = returned.url.query_pairs().find(|(key, _)| key == name);
        pair.map(|(_, value)| value.into_owned()).unwrap_or_default()
    };
    assert_eq!(value("manage_session"), visit.id.to_string());
    let session: LinkSessionId = value("link_session").parse()?;
    let linked = acme.complete_with(session, &returned.link_code, &visit.verifier).await?;
    assert_eq!(linked.status, 200, "{}", linked.text());
    let now = acme.account(account).await?;
    assert_eq!(now.status, AccountStatus::Active);
    acme.token(account).await?;
    let recorded =
        "SELECT count(*) FROM audit_events WHERE action = 'link_session.created' AND actor_kind = 'end_user'";
    assert_eq!(stack.database.count(recorded).await?, 1);
    // The page is still there, and there is nothing left to link.
    let text = amara.visit(&visit.url).await?.text();
    assert!(text.contains(">Linked<") && !text.contains("/again/"), "{text}");
    let late = amara.press_continue(&visit.action("again", account)).await?;
    assert!(
        late.status == 303 && late.header("location").ends_with(&format!("#{account}")),
        "{}",
        late.text()
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disconnected_account_is_linked_again_with_the_same_id() -> Result<()> {
    let (stack, acme, mut amara, account) = stage().await?;
    let visit = Visit::of(&acme, "user-1").await?;
    visit.open(&mut amara).await?;
    amara.press_continue(&visit.action("disconnect", account)).await?;
    stack.wait_for_live_grants(0).await?;
    stack.database.execute("UPDATE accounts SET status = 'revoked'", &[]).await?;
    let begun = amara.press_continue(&visit.action("again", account)).await?;
    let consent = Url::parse(acme.base())?.join(begun.header("location"))?;
    let page = amara.visit(consent.as_str()).await?;
    assert!(page.text().contains("The account was disconnected"), "{}", page.text());
    let authorize_url = onward(&amara.press_continue(consent.as_str()).await?)?;
    let returned = amara.come_back(&amara.approve(&stack, &authorize_url)?).await?;
    let session = returned.url.query_pairs().find(|(key, _)| key == "link_session");
    let session: LinkSessionId = session.map(|(_, value)| value.into_owned()).unwrap_or_default().parse()?;
    acme.complete_with(session, &returned.link_code, &visit.verifier).await?.good::<serde_json::Value>()?;
    assert_eq!(acme.account(account).await?.status, AccountStatus::Active);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_challenge_or_a_return_url_the_page_sends_the_user_to_the_app() -> Result<()> {
    let (stack, acme, mut amara, account) = stage().await?;
    let ended = "UPDATE accounts SET status = 'needs_reauth', status_reason = 'invalid_grant'";
    stack.database.execute(ended, &[]).await?;
    let body = json!(CreateManageSession::new("user-1", &acme.return_url));
    let made = acme.call(Method::POST, "/v1/manage-sessions", Some(body)).await?.json();
    let url = made["url"].as_str().unwrap_or_default().to_owned();
    amara.visit(&url).await?;
    amara.press_continue(&url).await?;
    let text = amara.visit(&url).await?.text();
    assert!(text.contains("To link it again, go back to") && !text.contains("/again/"), "{text}");
    let forced = amara.press_continue(&format!("{url}/again/{account}")).await?;
    assert_eq!(forced.status, 303);
    assert_eq!(
        stack
            .database
            .count("SELECT count(*) FROM link_sessions WHERE relink_account_id IS NOT NULL")
            .await?,
        0
    );
    // Through a disabled connector nobody links at all.
    let visit = Visit::of(&acme, "user-1").await?;
    visit.open(&mut amara).await?;
    stack.database.execute("UPDATE connectors SET status = 'disabled'", &[]).await?;
    let text = amara.visit(&visit.url).await?.text();
    assert!(!text.contains("/again/") && text.contains(&format!("/disconnect/{account}")), "{text}");
    assert_eq!(amara.press_continue(&visit.action("disconnect", account)).await?.status, 303);
    assert_eq!(acme.try_token(account).await?.status, 410);
    Ok(())
}
