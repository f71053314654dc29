//! What distinguishes browsers: the cookie of each link, the page's hidden field, and headers that pages cannot set.

use anyhow::Result;
use bowline_tests::{Edge, Person, Stack, Tenant, hidden_field, onward};
use reqwest::Method;
use reqwest::header::{HeaderMap, HeaderValue};

async fn stage() -> Result<(Stack, Tenant, Person)> {
    let stack = Stack::start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let amara = Person::new(&stack, "amara@example.com");
    Ok((stack, acme, amara))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_browser_without_sec_fetch_site_gets_through_by_the_cookie_and_the_hidden_field() -> Result<()> {
    let (stack, acme, mut amara) = stage().await?;
    let link = acme.begin_link("user-1").await?;
    let field = hidden_field(&amara.visit(&link.url).await?)?;
    // What Bowline's page sends in Safari before 16.4, and in a browser that sends neither header.
    for origin in [Some("null"), None] {
        assert!(
            onward(&amara.post_field(&link.url, origin, &field).await?)?
                .starts_with(&stack.dropbox.http_url())
        );
    }
    // Another site's page in the same browser has the cookie but cannot read the field.
    let cookie = amara.cookies.values().next().cloned().unwrap_or_default();
    for guess in ["", "guess", cookie.as_str()] {
        let page = amara.post_field(&link.url, Some("null"), guess).await?;
        assert_eq!(
            (page.status, page.text().contains("<h1 id=\"failure\">")),
            (400, true),
            "{}",
            page.text()
        );
        assert!(page.text().contains("id=\"back\""), "{}", page.text());
    }
    // The field of another link or another browser is not valid either.
    let mut mei = Person::new(&stack, "mei@example.org");
    let other = acme.begin_link("user-2").await?;
    let others = hidden_field(&amara.visit(&other.url).await?)?;
    assert_eq!(amara.post_field(&link.url, Some("null"), &others).await?.status, 400);
    let foreign = hidden_field(&mei.visit(&other.url).await?)?;
    assert_eq!(amara.post_field(&other.url, Some("null"), &foreign).await?.status, 400);
    assert_eq!(amara.post_field(&other.url, Some("https://evil.example"), &others).await?.status, 403);
    assert_eq!(acme.link_status(&other).await?.0, "created");
    assert!(
        onward(&amara.post_field(&format!("{}/cancel", other.url), Some("null"), &others).await?)?
            .contains("access_denied")
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_browser_that_keeps_no_cookie_is_told_so() -> Result<()> {
    let (stack, acme, mut amara) = stage().await?;
    let link = acme.begin_link("user-1").await?;
    let field = hidden_field(&amara.visit(&link.url).await?)?;
    amara.cookies.clear();
    for path in [link.url.clone(), format!("{}/cancel", link.url)] {
        let page = amara.post_field(&path, Some(&stack.public_url()), &field).await?;
        assert!(page.status == 400 && page.text().contains("did not keep our cookie"), "{}", page.text());
        assert!(page.text().contains("id=\"back\""), "{}", page.text());
    }
    assert_eq!(acme.link_status(&link).await?.0, "created");
    // A cookie whose value was emptied or truncated does not count and is replaced.
    let mut links = Vec::new();
    for emptied in ["", "x"] {
        amara.visit(&link.url).await?;
        for value in amara.cookies.values_mut() {
            *value = emptied.to_owned();
        }
        let page = amara.visit(&link.url).await?;
        assert_eq!(amara.cookies.values().next().map(String::len), Some(43));
        links.push(hidden_field(&page)?);
    }
    assert_ne!(links[0], links[1]);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn doubled_headers_are_refused() -> Result<()> {
    let (stack, acme, mut amara) = stage().await?;
    let link = acme.begin_link("user-1").await?;
    let own = stack.public_url();
    for (name, values) in [
        ("sec-fetch-site", ["same-origin", "cross-site"]),
        ("sec-fetch-site", ["same-origin", "same-origin"]),
        ("sec-fetch-mode", ["navigate", "cors"]),
        ("sec-fetch-dest", ["document", "document"]),
        ("sec-fetch-user", ["?1", "?1"]),
        ("origin", [own.as_str(), "https://evil.example"]),
        ("origin", [own.as_str(), own.as_str()]),
    ] {
        let mut headers = HeaderMap::new();
        headers.insert("origin", own.parse()?);
        headers.insert("sec-fetch-site", HeaderValue::from_static("same-origin"));
        headers.remove(name);
        for value in values {
            headers.append(name, value.parse()?);
        }
        for path in [link.url.clone(), format!("{}/cancel", link.url)] {
            let page = amara.send(Method::POST, &path, &headers).await?;
            assert_eq!(page.status, 403, "{name}: {values:?}");
        }
    }
    // Two values in one header, as a proxy may join them, and values that no browser sends.
    for (name, value) in [
        ("sec-fetch-site", "same-origin, cross-site"),
        ("sec-fetch-site", "same-origin,same-origin"),
        ("sec-fetch-site", "Same-Origin"),
        ("sec-fetch-site", ""),
        ("origin", format!("{own}, https://evil.example").as_str()),
        ("origin", format!("{own} https://evil.example").as_str()),
        ("origin", format!("{own}/").as_str()),
        ("origin", ""),
    ] {
        let mut headers = HeaderMap::new();
        headers.insert("origin", own.parse()?);
        headers.insert("sec-fetch-site", HeaderValue::from_static("same-origin"));
        headers.insert(name, value.parse()?);
        let page = amara.send(Method::POST, &link.url, &headers).await?;
        assert_eq!(page.status, 403, "{name}: {value}");
        let back = format!("id=\"back\" href=\"{}?link_session={}\"", acme.return_url, link.id);
        assert!(page.text().contains(&back), "there is no way back: {}", page.text());
    }
    assert_eq!(acme.link_status(&link).await?.0, "created");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cookie_whose_name_is_only_alike_is_not_ours() -> Result<()> {
    let (stack, acme, mut attacker) = stage().await?;
    let link = acme.begin_link("attacker").await?;
    let authorize_url = attacker.go_to_dropbox(&link).await?;
    let mut victim = Person::new(&stack, "mei@example.org");
    let callback = victim.approve(&stack, &authorize_url)?;
    let (name, value) =
        attacker.cookies.first_key_value().map(|(n, v)| (n.clone(), v.clone())).unwrap_or_default();
    // A sibling host can set these cookies for this host; Rocket would decode the first ones.
    for alike in [
        name.replacen('b', "%62", 1),
        name.replacen('-', "%2D", 1),
        name.to_uppercase(),
        format!("{name}%20"),
        format!("\"{name}\""),
        format!("__Secure-{name}"),
        format!("__Host-{name}"),
        format!("{name}\t"),
        format!("{name}\u{a0}"),
        name.replacen('-', "\u{2010}", 1),
    ] {
        victim.cookies = [(alike.clone(), value.clone())].into();
        let page = victim.visit(&callback).await?;
        assert_eq!(page.status, 400, "{alike}");
        let back = format!("id=\"back\" href=\"{}?link_session={}\"", acme.return_url, link.id);
        assert!(page.text().contains(&back), "there is no way back: {}", page.text());
    }
    // Two cookies with the same name do not count, because a browser never has two of ours.
    let doubled = format!("{name}={value}; {name}={value}");
    let headers = HeaderMap::from_iter([(reqwest::header::COOKIE, doubled.parse()?)]);
    victim.cookies.clear();
    assert_eq!(victim.send(Method::GET, &callback, &headers).await?.status, 400);
    assert_eq!(acme.link_status(&link).await?.0, "authorizing");
    attacker.come_back(&callback).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn foreign_cookies_stop_nothing_and_the_oldest_of_many_links_is_forgotten() -> Result<()> {
    let (stack, acme, mut amara) = stage().await?;
    for number in 0..20 {
        amara.cookies.insert(format!("shop-bowline-{number}"), "x".to_owned());
        amara.cookies.insert(format!("bowline-{number}"), "x".to_owned());
    }
    let foreign = amara.cookies.len();
    let mut links = Vec::new();
    for number in 0..10 {
        let link = acme.begin_link(&format!("user-{number}")).await?;
        let authorize_url = amara.go_to_dropbox(&link).await?;
        links.push((link, authorize_url));
        assert_eq!(amara.cookies.len(), foreign + (number + 1).min(8));
    }
    for (number, (link, authorize_url)) in links.iter().enumerate() {
        let callback = amara.approve(&stack, authorize_url)?;
        if number < 2 {
            let page = amara.visit(&callback).await?;
            assert!(page.status == 400 && page.text().contains("does not belong to your browser"));
            assert!(!page.text().contains("Nothing was linked"));
        } else {
            let returned = amara.come_back(&callback).await?;
            acme.complete(link, &returned).await?;
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_cookie_outlives_the_link_and_belongs_to_this_host_alone() -> Result<()> {
    let stack = Stack::builder().setting("BOWLINE_LINK__SESSION_SECONDS", 60).start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let link = acme.begin_link("user-1").await?;
    let mut amara = Person::new(&stack, "amara@example.com");
    let page = amara.visit(&link.url).await?;
    let cookie = page.header("set-cookie");
    for attribute in ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=86460"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    assert!(!cookie.contains("Domain"));
    // A further visit keeps the cookie, and no answer after the start removes it.
    let value = amara.cookies.clone();
    amara.visit(&link.url).await?;
    let returned = amara.approves(&stack, &link).await?;
    acme.complete(&link, &returned).await?;
    assert_eq!(amara.cookies, value);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_foreign_cookie_that_is_no_text_hides_none_of_ours_behind_the_proxy() -> Result<()> {
    let mut edge = Edge::reserve()?;
    let stack = Stack::builder().behind(&edge).start().await?;
    edge.start(&stack).await?;
    edge.sends_to(&stack.http(), stack.server(0)).await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let link = acme.begin_link("user-1").await?;
    let mut amara = Person::new(&stack, "amara@example.com");
    let authorize_url = amara.go_to_dropbox(&link).await?;
    let callback = amara.approve(&stack, &authorize_url)?;
    assert!(callback.starts_with(&edge.url()), "{callback}");
    let (name, value) = amara.cookies.pop_first().unwrap_or_default();
    // The proxy does not turn any other name into one of ours either.
    let (start, end) = name.split_at(3);
    let alike = [start.as_bytes(), b"\xff", end.as_bytes(), b"=", value.as_bytes()].concat();
    let beside = [b"shop=\xff\xfe; ", name.as_bytes(), b"=", value.as_bytes(), b"; \xc3\xa9=1"].concat();
    for (cookie, status) in [(alike, 400), (beside, 303)] {
        let cookie = HeaderValue::from_bytes(&cookie)?;
        let headers = HeaderMap::from_iter([(reqwest::header::COOKIE, cookie)]);
        assert_eq!(amara.send(Method::GET, &callback, &headers).await?.status, status);
    }
    Ok(())
}
