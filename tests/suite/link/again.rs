//! The same browser does something twice: a double click, "Back", or a reloaded callback. Every answer must be true.

use anyhow::Result;
use bowline_tests::{
    Link, Page, Person, Returned, Stack, Tenant, TenantOptions, hidden_field, onward, until,
};
use dropbox_sim::{FaultKind, FaultSpec, Operation};
use url::Url;

use crate::common::a_call_is_held;

async fn stage() -> Result<(Stack, Tenant, Person)> {
    stage_with(TenantOptions::default()).await
}

/// Like [`stage`], with links that complete in the browser.
async fn stage_without_tenant() -> Result<(Stack, Tenant, Person)> {
    stage_with(TenantOptions { completes_in_browser: true, ..TenantOptions::default() }).await
}

async fn stage_with(options: TenantOptions) -> Result<(Stack, Tenant, Person)> {
    let stack = Stack::start().await?;
    let acme = Tenant::create_with(&stack, "acme", options).await?;
    let amara = Person::new(&stack, "amara@example.com");
    Ok((stack, acme, amara))
}

/// The heading of a page, and the query of its way back.
fn told(page: &Page) -> (u16, String, Option<String>) {
    let text = page.text();
    let between = |start: &str, end: &str| {
        text.split_once(start)
            .and_then(|(_, rest)| rest.split_once(end))
            .map(|(found, _)| found.replace("&#38;", "&"))
    };
    (
        page.status,
        between("<h1 id=\"failure\">", "<").unwrap_or_default(),
        between("id=\"back\" href=\"", "\""),
    )
}

/// The way back of `link` with `rest` in its query.
#[expect(clippy::unnecessary_wraps, reason = "compared with an optional value")]
fn back(acme: &Tenant, link: &Link, rest: &str) -> Option<String> {
    Some(format!("{}?link_session={}{rest}", acme.return_url, link.id))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_double_click_leads_to_dropbox_and_either_page_there_leads_back() -> Result<()> {
    let (stack, acme, mut amara) = stage().await?;
    for chosen in [0, 1] {
        let link = acme.begin_link("user-1").await?;
        amara.visit(&link.url).await?;
        let mut second = amara.clone();
        let (first, second) = tokio::join!(amara.press_continue(&link.url), second.press_continue(&link.url));
        let pages = [onward(&first?)?, onward(&second?)?];
        assert_ne!(pages[0], pages[1], "each start has its own state and challenge");
        let callback = amara.approve(&stack, &pages[chosen])?;
        let returned = amara.come_back(&callback).await?;
        acme.complete(&link, &returned).await?;
    }
    assert_eq!(stack.dropbox.count(Operation::TokenExchange), 2);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn back_from_dropbox_shows_the_page_again_and_it_works_again_and_again() -> Result<()> {
    let (stack, acme, mut amara) = stage().await?;
    let link = acme.begin_link("user-1").await?;
    let mut states = std::collections::HashSet::new();
    let mut newest = String::new();
    for _ in 0..12 {
        newest = amara.go_to_dropbox(&link).await?;
        let url = Url::parse(&newest)?;
        states
            .insert(url.query_pairs().find(|(name, _)| name == "state").map(|(_, state)| state.into_owned()));
    }
    assert_eq!((states.len(), amara.cookies.len()), (12, 1));
    // However often the user starts, only a few starts are kept.
    assert_eq!(stack.database.count("SELECT count(*) FROM link_starts").await?, 8);
    // Another browser cannot take part.
    let mut mei = Person::new(&stack, "mei@example.org");
    let other = mei.visit(&link.url).await?;
    assert_eq!(
        told(&other),
        (409, "This link is open in another browser".to_owned(), back(&acme, &link, "&error=link_finished"))
    );
    assert_eq!(mei.press_continue(&link.url).await?.status, 409);
    assert_eq!(mei.press_cancel(&link.url).await?.status, 409);
    let callback = amara.approve(&stack, &newest)?;
    assert_eq!(mei.visit(&callback).await?.status, 400);
    let returned = amara.come_back(&callback).await?;
    acme.complete(&link, &returned).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_callback_that_is_repeated_gives_another_code_and_every_code_is_good_until_completion() -> Result<()>
{
    let (stack, acme, mut amara) = stage().await?;
    let mut links = Vec::new();
    for chosen in 0..3 {
        let link = acme.begin_link("user-1").await?;
        let authorize_url = amara.go_to_dropbox(&link).await?;
        let callback = amara.approve(&stack, &authorize_url)?;
        let mut returned: Vec<Returned> = Vec::new();
        for _ in 0..3 {
            returned.push(amara.come_back(&callback).await?);
        }
        assert!(
            returned[0].link_code != returned[1].link_code && returned[1].link_code != returned[2].link_code
        );
        // A second code from Dropbox does not replace the first one.
        let another = amara.approve(&stack, &authorize_url)?;
        assert_ne!(another, callback);
        returned.push(amara.come_back(&another).await?);
        // Back on Bowline's page and forward again: the browser goes to the tenant, because Dropbox has already been
        // asked.
        let page = amara.press_continue(&link.url).await?;
        returned.push(Returned::read(&onward(&page)?)?);
        let shown = amara.visit(&link.url).await?;
        assert_eq!(told(&shown), (409, "You have given your approval".to_owned(), back(&acme, &link, "")));
        // The button on that page leads to the tenant with a link code.
        assert!(shown.text().contains("id=\"finish\""), "{}", shown.text());
        let page = amara.post_field(&link.url, Some("null"), &hidden_field(&shown)?).await?;
        returned.push(Returned::read(&onward(&page)?)?);
        let account = acme.complete(&link, &returned[chosen]).await?;
        for each in &returned {
            assert_eq!(acme.complete(&link, each).await?.id, account.id);
        }
        links.push((link, callback));
    }
    assert_eq!(stack.dropbox.count(Operation::TokenExchange), 3);
    let (first, second) = (&links[0], &links[1]);
    let swapped = amara.visit(&second.1).await?;
    assert_eq!(
        told(&swapped),
        (409, "Your Dropbox account is linked".to_owned(), back(&acme, &second.0, ""))
    );
    let page = amara.visit(&first.0.url).await?;
    assert_eq!(told(&page).1, "Your Dropbox account is linked");
    assert_eq!(told(&amara.press_continue(&first.0.url).await?).1, "Your Dropbox account is linked");
    assert_eq!(told(&amara.press_cancel(&first.0.url).await?).1, "Your Dropbox account is linked");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_callback_during_the_completion_does_not_break_it() -> Result<()> {
    let (stack, acme, mut amara) = stage().await?;
    let link = acme.begin_link("user-1").await?;
    let authorize_url = amara.go_to_dropbox(&link).await?;
    let callback = amara.approve(&stack, &authorize_url)?;
    let first = amara.come_back(&callback).await?;
    stack.dropbox.set_fault(FaultSpec::new(FaultKind::Pause).on(Operation::TokenExchange).times(1));
    let (caller, for_call, with) = (acme.clone(), link.clone(), first.clone());
    let call = tokio::spawn(async move { caller.try_complete(&for_call, &with).await });
    a_call_is_held(&stack).await;
    let second = amara.come_back(&callback).await?;
    let busy = acme.try_complete(&link, &second).await?;
    assert_eq!(busy.refusal(), (409, "link_in_progress".to_owned()));
    stack.dropbox.clear_faults();
    assert_eq!(call.await??.status, 200);
    assert_eq!(acme.try_complete(&link, &second).await?.status, 200);
    assert_eq!(stack.dropbox.count(Operation::TokenExchange), 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_approval_that_comes_too_late_says_so_and_leads_back() -> Result<()> {
    let (stack, acme, mut amara) = stage().await?;
    let (begun, returned, unopened) =
        (acme.begin_link("a").await?, acme.begin_link("b").await?, acme.begin_link("c").await?);
    let authorize_url = amara.go_to_dropbox(&begun).await?;
    let late = amara.approve(&stack, &authorize_url)?;
    let authorize_url = amara.go_to_dropbox(&returned).await?;
    let reloaded = amara.approve(&stack, &authorize_url)?;
    amara.come_back(&reloaded).await?;
    let overdue = "UPDATE link_sessions SET expires_at = now() - interval '1 second'";
    stack.database.execute(overdue, &[]).await?;
    for _ in 0..2 {
        let expired = |link: &Link| back(&acme, link, "&error=link_expired");
        let too_late = |link: &Link| (410, "This took too long".to_owned(), expired(link));
        assert_eq!(told(&amara.visit(&late).await?), too_late(&begun));
        assert_eq!(told(&amara.visit(&begun.url).await?), too_late(&begun));
        assert_eq!(told(&amara.press_continue(&begun.url).await?), too_late(&begun));
        assert_eq!(told(&amara.press_cancel(&begun.url).await?), too_late(&begun));
        assert_eq!(told(&amara.visit(&reloaded).await?), too_late(&returned));
        let too_old = (410, "This link is too old".to_owned(), expired(&unopened));
        assert_eq!(told(&amara.visit(&unopened.url).await?), too_old);
        // The answers are the same after the sweeper has run.
        until("the sweeper", async || {
            let open = "SELECT count(*) FROM link_sessions WHERE status <> 'expired'";
            stack.database.count(open).await.ok().filter(|count| *count == 0)
        })
        .await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn declining_on_our_page_ends_the_session_and_tells_the_tenant() -> Result<()> {
    let (stack, acme, mut amara) = stage().await?;
    let (fresh, begun) = (acme.begin_link("a").await?, acme.begin_link("b").await?);
    amara.visit(&fresh.url).await?;
    let authorize_url = amara.go_to_dropbox(&begun).await?;
    let too_late = amara.approve(&stack, &authorize_url)?;
    for link in [&fresh, &begun] {
        for _ in 0..2 {
            let page = amara.press_cancel(&link.url).await?;
            assert_eq!(Some(onward(&page)?), back(&acme, link, "&error=access_denied"));
        }
        assert_eq!(acme.link_status(link).await?, ("denied".to_owned(), Some("access_denied".to_owned())));
        let declined = (409, "You declined".to_owned(), back(&acme, link, "&error=access_denied"));
        assert_eq!(told(&amara.visit(&link.url).await?), declined);
        assert_eq!(told(&amara.press_continue(&link.url).await?), declined);
    }
    let declined = told(&amara.visit(&too_late).await?);
    assert_eq!(declined, (409, "You declined".to_owned(), back(&acme, &begun, "&error=access_denied")));
    assert_eq!(stack.dropbox.count(Operation::TokenExchange), 0);
    let denied = "SELECT count(*) FROM audit_events WHERE action = 'link_session.denied'";
    assert_eq!(stack.database.count(denied).await?, 2);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refusal_of_dropbox_that_is_delivered_twice_leads_back_twice() -> Result<()> {
    let (stack, acme, mut amara) = stage().await?;
    for error in ["access_denied", "server_error"] {
        let link = acme.begin_link("user-1").await?;
        let authorize_url = amara.go_to_dropbox(&link).await?;
        let declined = stack.dropbox.decline(&authorize_url)?.replace("access_denied", error);
        for _ in 0..2 {
            if error == "access_denied" {
                assert_eq!(amara.come_back(&declined).await?.error.as_deref(), Some(error));
            } else {
                // Our page says what happened, and leads back.
                let (status, heading, way_back) = told(&amara.visit(&declined).await?);
                assert_eq!((status, heading.as_str()), (409, "Dropbox had a problem"));
                assert_eq!(way_back, back(&acme, &link, &format!("&error={error}")));
            }
        }
        let approved = amara.approve(&stack, &authorize_url)?;
        let (status, _, way_back) = told(&amara.visit(&approved).await?);
        assert_eq!((status, way_back), (409, back(&acme, &link, &format!("&error={error}"))));
    }
    // The first answer counts: a later refusal does not undo an approval.
    let link = acme.begin_link("user-1").await?;
    let authorize_url = amara.go_to_dropbox(&link).await?;
    let approved = amara.approve(&stack, &authorize_url)?;
    let returned = amara.come_back(&approved).await?;
    let declined = stack.dropbox.decline(&authorize_url)?;
    assert_eq!(told(&amara.visit(&declined).await?).1, "You have given your approval");
    acme.complete(&link, &returned).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_that_completes_in_the_browser_can_be_repeated_too() -> Result<()> {
    let (stack, acme, mut amara) = stage_without_tenant().await?;
    let link = acme.begin_link("user-1").await?;
    let authorize_url = amara.go_to_dropbox(&link).await?;
    let callback = amara.approve(&stack, &authorize_url)?;
    stack.dropbox.set_fault(FaultSpec::new(FaultKind::Pause).on(Operation::TokenExchange).times(1));
    let (mut first, url) = (amara.clone(), callback.clone());
    let first = tokio::spawn(async move { first.visit(&url).await });
    a_call_is_held(&stack).await;
    let waiting = amara.visit(&callback).await?;
    assert_eq!(told(&waiting).1, "Your Dropbox account is being linked");
    assert!(waiting.text().contains("id=\"again\" href=\"\""), "{}", waiting.text());
    stack.dropbox.clear_faults();
    assert_eq!(Some(first.await??.header("location").to_owned()), back(&acme, &link, ""));
    let linked = (409, "Your Dropbox account is linked".to_owned(), back(&acme, &link, ""));
    assert_eq!(told(&amara.visit(&callback).await?), linked);
    assert_eq!(stack.dropbox.count(Operation::TokenExchange), 1);
    assert_eq!(acme.accounts().await?.len(), 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn our_parameters_replace_those_of_the_return_url() -> Result<()> {
    let (stack, acme, mut amara) = stage().await?;
    let mut wanted = acme.link_request("user-1");
    wanted.return_url =
        format!("{}?plan=pro&link_session=ls_old&error=access_denied&link_code=x", acme.return_url);
    let link = acme.begin(wanted).await?;
    let returned = amara.approves(&stack, &link).await?;
    let query = format!("plan=pro&link_session={}&link_code={}", link.id, returned.link_code);
    assert_eq!(returned.url.query(), Some(query.as_str()));
    acme.complete(&link, &returned).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_is_told_that_it_took_too_long_while_it_is_being_completed() -> Result<()> {
    let (stack, acme, mut amara) = stage().await?;
    let link = acme.begin_link("user-1").await?;
    let authorize_url = amara.go_to_dropbox(&link).await?;
    let callback = amara.approve(&stack, &authorize_url)?;
    let returned = amara.come_back(&callback).await?;
    stack.dropbox.set_fault(FaultSpec::new(FaultKind::Pause).on(Operation::TokenExchange).times(1));
    let (caller, for_call) = (acme.clone(), link.clone());
    let call = tokio::spawn(async move { caller.try_complete(&for_call, &returned).await });
    a_call_is_held(&stack).await;
    let overdue = "UPDATE link_sessions SET expires_at = now() - interval '1 second'";
    stack.database.execute(overdue, &[]).await?;
    let linking = (409, "Your Dropbox account is being linked".to_owned(), back(&acme, &link, ""));
    for url in [&callback, &link.url] {
        assert_eq!(told(&amara.visit(url).await?), linking);
    }
    let mut mei = Person::new(&stack, "mei@example.org");
    let elsewhere = (409, "This link has been used".to_owned(), back(&acme, &link, ""));
    assert_eq!(told(&mei.visit(&link.url).await?), elsewhere);
    stack.dropbox.clear_faults();
    assert_eq!(call.await??.status, 200);
    assert_eq!(told(&amara.visit(&callback).await?).1, "Your Dropbox account is linked");
    // No page describes a successful link as an error.
    assert_eq!(told(&mei.visit(&link.url).await?), elsewhere);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_that_completes_in_the_browser_waits_for_a_dropbox_out_of_order() -> Result<()> {
    let (stack, acme, mut amara) = stage_without_tenant().await?;
    let link = acme.begin_link("user-1").await?;
    let authorize_url = amara.go_to_dropbox(&link).await?;
    let callback = amara.approve(&stack, &authorize_url)?;
    let down = FaultKind::Status { status: 503, body: None, content_type: None, retry_after: None };
    stack.dropbox.set_fault(FaultSpec::new(down).on(Operation::GetCurrentAccount));
    let page = amara.visit(&callback).await?;
    assert_eq!((page.status, told(&page).1.as_str()), (503, "Dropbox cannot be reached"));
    assert!(!page.header("retry-after").is_empty());
    stack.dropbox.clear_faults();
    assert_eq!(Some(amara.visit(&callback).await?.header("location").to_owned()), back(&acme, &link, ""));
    assert_eq!((acme.accounts().await?.len(), stack.live_grants()), (1, 1));
    Ok(())
}
