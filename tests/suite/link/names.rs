//! External names: every user who can be linked can be addressed, and no name alters the text of a page.

use anyhow::{Context as _, Result};
use bowline_api::v1::AccessToken;
use bowline_tests::{Person, Stack, Tenant};
use reqwest::Method;
use serde_json::json;
use url::Url;

/// The path of a user's token, as any client builds it.
fn path_of(user: &str) -> Result<String> {
    let mut url = Url::parse("https://link.example/v1/users")?;
    url.path_segments_mut().ok().context("the URL cannot have a path")?.push(user).push("token");
    Ok(url.path().to_owned())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_accepted_user_name_can_be_used_in_a_url() -> Result<()> {
    let stack = Stack::start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let longest = "\u{e9}".repeat(128);
    for user in [
        "...",
        "%2e",
        "%2E%2e",
        "a/b",
        "/",
        "//",
        "a//b",
        "a/",
        "a\\b",
        "a b",
        " ",
        "50%",
        "%00",
        "?x=1#y",
        "a;b,c",
        "a+b",
        "a&b",
        "ada@example.com",
        "\u{202e}ada",
        "a\u{200d}b",
        "\u{1f600}",
        "~",
        "*",
        ":",
        "<b>",
        "\"'",
        &longest,
    ] {
        let account = Person::new(&stack, "amara@example.com").links(&stack, &acme, user).await?;
        assert_eq!(account.external_user_id, user);
        let token = acme.call(Method::POST, &path_of(user)?, None).await?.good::<AccessToken>();
        let token = token.with_context(|| format!("{user:?}"))?;
        assert_eq!(token.account_id, account.id, "{user:?}");
    }
    for user in ["", ".", "..", "a/../b", "./a", "a\\..", "a\0b", "a\nb", "\ta"] {
        let wanted = serde_json::to_value(acme.link_request(user))?;
        let answer = acme.call(Method::POST, "/v1/link-sessions", Some(wanted)).await?;
        assert_eq!(answer.refusal(), (422, "invalid_field".to_owned()), "{user:?}");
        assert_eq!(answer.json()["field"], "external_user_id", "{user:?}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn foreign_text_moves_nothing_of_our_page() -> Result<()> {
    let stack = Stack::start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let link = acme.begin_link("moc\u{202e}.elpmaxe@ada \u{5d0}\u{5d1}").await?;
    let page = Person::new(&stack, "amara@example.com").visit(&link.url).await?;
    let text = page.text();
    assert!(
        text.contains("<bdi id=\"external-user\">moc\u{fffd}.elpmaxe@ada \u{5d0}\u{5d1}</bdi> at"),
        "{text}"
    );
    assert!(!text.contains('\u{202e}'));
    let scopes = json!(["<b>"]);
    let mut wanted = serde_json::to_value(acme.link_request("user-1"))?;
    wanted["scopes"] = scopes;
    let answer = acme.call(Method::POST, "/v1/link-sessions", Some(wanted)).await?;
    assert_eq!(answer.refusal(), (422, "invalid_field".to_owned()));
    Ok(())
}
