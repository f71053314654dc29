//! Connectors without a confirmation page: the tenant's own button posts the ticket from another site.

use anyhow::Result;
use bowline_tests::{Person, Stack, Tenant, TenantOptions, onward};

const PHOTOS: &str = "https://photos.example";

async fn stage() -> Result<(Stack, Tenant, Person)> {
    let stack = Stack::start().await?;
    let options = TenantOptions { confirm_page: false, ..TenantOptions::default() };
    let acme = Tenant::create_with(&stack, "acme", options).await?;
    let amara = Person::new(&stack, "amara@example.com");
    Ok((stack, acme, amara))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_double_click_on_the_tenants_button_and_back_to_it_lead_to_dropbox() -> Result<()> {
    let (stack, acme, mut amara) = stage().await?;
    let link = acme.begin_link("user-1").await?;
    // The first of two clicks: the browser discards its answer and its cookie.
    let unheard = amara.clone().post_from(&link.url, PHOTOS, "cross-site").await?;
    assert_eq!((unheard.status, acme.link_status(&link).await?.0.as_str()), (307, "created"));
    let mut pages = vec![onward(&amara.press_at(&link.url, PHOTOS).await?)?];
    // Back on the tenant's page and forward again; the form sends the cookie.
    for _ in 0..2 {
        let page = amara.post_from(&link.url, PHOTOS, "cross-site").await?;
        pages.push(onward(&page)?);
    }
    assert_eq!(amara.cookies.len(), 1);
    // Another browser cannot take part.
    assert_eq!(Person::new(&stack, "mei@example.org").press_at(&link.url, PHOTOS).await?.status, 409);
    let callback = amara.approve(&stack, &pages[0])?;
    let returned = amara.come_back(&callback).await?;
    acme.complete(&link, &returned).await?;
    // After that, the button leads to a page with the true state.
    let page = amara.post_from(&link.url, PHOTOS, "cross-site").await?;
    assert!(page.status == 409 && page.text().contains("Your Dropbox account is linked"), "{}", page.text());
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_the_cookie_does_not_come_from_the_tenants_page_our_page_asks() -> Result<()> {
    let (stack, acme, mut amara) = stage().await?;
    let link = acme.begin_link("user-1").await?;
    let again = format!("{}?again", link.url);
    let page = amara.post_from(&again, PHOTOS, "cross-site").await?;
    assert_eq!((page.status, page.header("location")), (303, format!("/link/{}", link.ticket()).as_str()));
    for url in [&link.url, &again] {
        assert_eq!(amara.post_from(url, "https://evil.example", "cross-site").await?.status, 403);
    }
    assert_eq!(acme.link_status(&link).await?.0, "created");
    amara.visit(&link.url).await?;
    assert!(onward(&amara.press_continue(&link.url).await?)?.starts_with(&stack.dropbox.http_url()));
    // A connector with a confirmation page accepts no form of its tenant, whatever the URL.
    let asking = Tenant::create(&stack, "asking").await?;
    let link = asking.begin_link("user-1").await?;
    for url in [link.url.clone(), format!("{}?again", link.url)] {
        assert_eq!(amara.post_from(&url, PHOTOS, "cross-site").await?.status, 403);
    }
    Ok(())
}
