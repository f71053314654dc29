//! Logo, accent colour and addresses of a tenant's app: checked when they are set, and served from our own addresses.

use anyhow::Result;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bowline_tests::{Operator, Tenant};
use reqwest::Method;
use serde_json::{Value, json};

use super::{edit, managed};

const SVG: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8" onload="alert(1)"><script>alert(1)</script><path fill="#0a5c8a" d="M0 0h8v8z"/></svg>"##;

/// A PNG of one pixel.
const PNG: &str =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

async fn brand(admin: &Operator, tenant: &Tenant, branding: Value) -> Result<Value> {
    Ok(edit(admin, tenant, json!({ "branding": branding })).await?.good::<Value>()?["branding"].clone())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_logo_is_served_clean_from_an_address_that_changes_with_it() -> Result<()> {
    let (stack, acme, admin) = managed().await?;
    let shown = brand(&admin, &acme, json!({ "logo": STANDARD.encode(SVG) })).await?;
    let svg_url = shown["logo_url"].as_str().unwrap_or_default().to_owned();
    assert!(
        svg_url.starts_with(&format!("{}/link/{}/logo/", stack.public_url(), acme.connector)),
        "{svg_url}"
    );
    let svg = stack.http().get(&svg_url).send().await?;
    let header = |name: &str| svg.headers()[name].to_str().unwrap_or_default().to_owned();
    assert_eq!(header("content-type"), "image/svg+xml");
    assert_eq!(header("x-content-type-options"), "nosniff");
    assert_eq!(header("cache-control"), "public, max-age=31536000, immutable");
    assert!(header("content-security-policy").starts_with("default-src 'none';"));
    assert!(header("content-security-policy").ends_with("; sandbox"));
    let text = svg.text().await?;
    assert!(text.contains("M0 0h8v8z") && !text.contains("alert"), "{text}");

    let png_url = brand(&admin, &acme, json!({ "logo": PNG })).await?["logo_url"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    let png = stack.http().get(&png_url).send().await?;
    assert_eq!(png.headers()["content-type"], "image/png");
    assert_ne!(svg_url, png_url);
    // What is not shown any more is not served any more, nor is it as another connector's.
    let other = Tenant::create(&stack, "other").await?;
    let wrong = png_url.replace(&acme.connector.to_string(), &other.connector.to_string());
    for gone in [&svg_url, &wrong, &png_url.replace(".png", ".svg"), &format!("{png_url}x")] {
        let answer = stack.http().get(gone).send().await?;
        assert_eq!(
            (answer.status().as_u16(), answer.headers()["cache-control"].to_str()?),
            (404, "no-store"),
            "{gone}"
        );
    }
    // Two tenants may show the same picture.
    let theirs = brand(&admin, &other, json!({ "logo": PNG })).await?;
    for url in [&png_url, theirs["logo_url"].as_str().unwrap_or_default()] {
        assert_eq!(stack.http().get(url).send().await?.status(), 200, "{url}");
    }
    assert_eq!(brand(&admin, &acme, json!({ "logo": null })).await?, json!({}));
    assert_eq!(stack.http().get(&png_url).send().await?.status(), 404);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_accent_is_a_stylesheet_of_its_own_with_text_that_can_be_read() -> Result<()> {
    let (stack, acme, admin) = managed().await?;
    let shown = brand(&admin, &acme, json!({ "accent": "#0A5C8A" })).await?;
    let accent = &shown["accent"];
    assert_eq!(accent["colour"], "#0a5c8a");
    assert_eq!(accent["light"], json!({ "fill": "#0a5c8a", "text": "#ffffff" }));
    let style = stack.http().get(format!("{}/link/accent/1/0a5c8a.css", stack.public_url())).send().await?;
    assert_eq!(style.headers()["content-type"], "text/css; charset=utf-8");
    assert_eq!(style.headers()["cache-control"], "public, max-age=31536000, immutable");
    let text = style.text().await?;
    for colour in
        [&accent["light"]["fill"], &accent["light"]["text"], &accent["dark"]["fill"], &accent["dark"]["text"]]
    {
        assert!(text.contains(colour.as_str().unwrap_or("none")), "{colour} {text}");
    }
    for none in ["0A5C8A.css", "0a5c8a", "ffffff.css", "0a5c8a%7D.css", "red.css"] {
        let url = format!("{}/link/accent/1/{none}", stack.public_url());
        assert_eq!(stack.http().get(url).send().await?.status(), 404, "{none}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_shown_is_refused_and_changes_nothing() -> Result<()> {
    let (_stack, acme, admin) = managed().await?;
    let good = json!({ "accent": "#7a1f5c", "support_url": "mailto:help@acme.example", "privacy_url": "https://acme.example/privacy" });
    let before = brand(&admin, &acme, good.clone()).await?;
    assert_eq!(
        (&before["support_url"], &before["privacy_url"]),
        (&good["support_url"], &good["privacy_url"])
    );
    for (bad, field) in [
        (json!({ "accent": "#ffffff" }), "branding.accent"),
        (json!({ "accent": "tomato" }), "branding.accent"),
        (json!({ "logo": "not base64!" }), "branding.logo"),
        (json!({ "logo": STANDARD.encode("GIF89a") }), "branding.logo"),
        (
            json!({ "logo": STANDARD.encode(SVG.replace("<path", "<image href=\"https://evil.example/x\"/><path")) }),
            "branding.logo",
        ),
        (json!({ "support_url": "javascript:alert(1)" }), "branding.support_url"),
        (json!({ "privacy_url": "http://acme.example/privacy" }), "branding.privacy_url"),
        (json!({ "accent": "#0a5c8a", "privacy_url": "x" }), "branding.privacy_url"),
    ] {
        let answer = edit(&admin, &acme, json!({ "branding": bad })).await?;
        assert_eq!(answer.refusal(), (422, "invalid_field".to_owned()), "{bad}");
        assert_eq!(answer.json()["field"], field, "{bad}");
    }
    let unknown = edit(&admin, &acme, json!({ "branding": { "colour": "#0a5c8a" } })).await?;
    assert_eq!(unknown.refusal(), (422, "invalid_field".to_owned()));
    assert_eq!(brand(&admin, &acme, json!({})).await?, before);
    let log: Value = admin.call(Method::GET, "/admin/v1/audit?tenant=acme", None).await?.good()?;
    let edits: Vec<&Value> = log["items"]
        .as_array()
        .map(|items| {
            items
                .iter()
                .filter(|item| item["action"] == "connector.edited")
                .map(|item| &item["detail"]["changed"])
                .collect()
        })
        .unwrap_or_default();
    assert_eq!(edits, [&json!(["branding.accent", "branding.support_url", "branding.privacy_url"])]);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_command_line_sets_and_removes_what_the_pages_show() -> Result<()> {
    let (stack, acme, _admin) = managed().await?;
    let file = stack.directory().join("logo.svg");
    std::fs::write(&file, SVG)?;
    let connector = acme.connector.to_string();
    let edit = ["connector", "edit", "--tenant", "acme", "--connector", &connector, "--json"];
    let logo = file.display().to_string();
    let set = ["--logo", &logo, "--accent", "#0a5c8a", "--support-url", "https://acme.example/help"];
    let now = stack.command(&[&edit[..], &set].concat(), None).await?;
    let logo_url = now["branding"]["logo_url"].as_str().unwrap_or_default();
    assert_eq!(stack.http().get(logo_url).send().await?.status(), 200);
    let unset = ["--no-logo", "--no-accent", "--no-support-url"];
    let now = stack.command(&[&edit[..], &unset].concat(), None).await?;
    assert_eq!(now["branding"], json!({}));
    std::fs::write(&file, vec![b' '; 50_000])?;
    let said = stack.try_command(&[&edit[..], &["--logo", &logo]].concat(), None).await?;
    let text = String::from_utf8_lossy(&said.stderr).into_owned();
    assert!(!said.status.success() && text.contains("at most 44 KiB"), "{text}");
    Ok(())
}
