//! Routes without a credential are limited by client address. A forwarded address counts only if it comes from a
//! trusted proxy.

use anyhow::Result;
use bowline_tests::{Answer, Operator, Stack, StackBuilder};
use serde_json::{Value, json};

const BURST: u16 = 5;

/// A stack that accepts a burst of requests per address and no more for the duration of a test.
fn strict() -> StackBuilder {
    Stack::builder()
        .setting("BOWLINE_LIMITS__LINK_PER_SECOND", 1)
        .setting("BOWLINE_LIMITS__LINK_BURST", BURST)
        .setting("BOWLINE_LIMITS__NOTICES_PER_SECOND", 1)
        // A quarter is for one tenant.
        .setting("BOWLINE_LIMITS__NOTICES_BURST", 4 * BURST)
        .setting("BOWLINE_LIMITS__LOGINS_PER_MINUTE", 1)
        .setting("BOWLINE_LIMITS__LOGINS_BURST", BURST)
}

/// Like [`strict`], behind a trusted proxy, which is the test itself.
fn strict_behind_proxy() -> StackBuilder {
    strict().setting("BOWLINE_TRUSTED_PROXIES", r#"["127.0.0.1"]"#)
}

async fn from(stack: &Stack, address: &str, path: &str) -> Result<Answer> {
    let request = stack.http().get(format!("{}{path}", stack.public_url()));
    Answer::read(request.header("X-Forwarded-For", address).send().await?).await
}

async fn metrics(stack: &Stack) -> Result<String> {
    let answer = stack.http().get(format!("{}/metrics", stack.server(0).internal_url())).send().await?;
    Ok(answer.text().await?)
}

/// Sends requests until one is refused, which must happen soon after the burst; each request has the next address of
/// `addresses`.
async fn until_refused(
    stack: &Stack,
    path: &str,
    mut addresses: impl FnMut(u16) -> String,
) -> Result<Answer> {
    for number in 0..100 {
        let answer = from(stack, &addresses(number), path).await?;
        if answer.status == 429 {
            assert!(number >= BURST, "refused at request {number}");
            return Ok(answer);
        }
        assert!((400..500).contains(&answer.status), "{}", answer.text());
    }
    anyhow::bail!("a hundred requests were accepted");
}

const JUNK: &str = "/link/conn_00000000000000000000000000/callback?code=c&state=junk";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn junk_under_link_is_limited_and_a_header_of_anybodys_does_not_help() -> Result<()> {
    let stack = strict().start().await?;
    let refused = until_refused(&stack, JUNK, |number| format!("198.51.100.{number}")).await?;
    assert_eq!(refused.header("retry-after"), "1");
    assert!(refused.header("content-type").starts_with("text/html"), "end users get a page");
    assert!(refused.text().contains("Too many requests"), "{}", refused.text());
    // All routes share the limit; the stylesheet is not limited.
    for path in ["/link/bwl_lk_junk", JUNK] {
        assert_eq!(from(&stack, "198.51.100.77", path).await?.status, 429, "{path}");
    }
    assert_eq!(from(&stack, "198.51.100.77", "/link/style.css").await?.status, 200);
    let post = stack.http().post(format!("{}/link/bwl_lk_junk", stack.public_url())).send().await?;
    assert_eq!(post.status(), 429);
    assert!(metrics(&stack).await?.contains("bowline_limited_requests_total{limit=\"link\"} "));
    // Notices of Dropbox, which anybody can forge, have a limit of their own.
    let refused =
        until_refused(&stack, "/notices/acme/photos?challenge=x", |_| "198.51.100.7".to_owned()).await?;
    assert_eq!(refused.refusal(), (429, "rate_limited".to_owned()));
    assert!(metrics(&stack).await?.contains("bowline_limited_requests_total{limit=\"notices\"} "));
    // The rest is for other tenants, whose notices come from the same addresses of Dropbox.
    let other = "/notices/tenant_01h455vb4pex5vsknk084sn02q/conn_01h455vb4pex5vsknk084sn02q?challenge=x";
    assert_eq!(from(&stack, "198.51.100.7", other).await?.status, 404);
    let warned = stack.logs().matches("not in bowline.trusted_proxies").count();
    assert_eq!(warned, 1, "the log warns the operator once");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn behind_a_listed_proxy_each_client_counts_for_itself_and_an_ipv6_network_as_one() -> Result<()> {
    let stack = strict_behind_proxy().start().await?;
    until_refused(&stack, JUNK, |number| format!("2001:db8:0:1:{number:x}::{number:x}")).await?;
    for (address, status) in [
        ("2001:db8:0:1:ffff::1", 429),
        ("2001:db8:0:2::1", 400),
        ("198.51.100.1", 400),
        // Addresses that the client sends itself precede the one that the proxy adds.
        ("198.51.100.1, 2001:db8:0:1::9", 429),
    ] {
        assert_eq!(from(&stack, address, JUNK).await?.status, status, "{address}");
    }
    // An IPv4 address counts as the same client when it is written as IPv6.
    until_refused(&stack, JUNK, |_| "203.0.113.9".to_owned()).await?;
    assert_eq!(from(&stack, "::ffff:203.0.113.9", JUNK).await?.status, 429);
    assert!(!stack.logs().contains("not in bowline.trusted_proxies"));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn logins_are_limited_by_address_whatever_name_is_tried() -> Result<()> {
    let stack = strict_behind_proxy().start().await?;
    let olga = Operator::create(&stack, "olga", "admin").await?;
    let log_in = async |address: &str, name: &str, password: &str| {
        let request = stack.http().post(format!("{}/admin/v1/sessions", stack.server(0).internal_url()));
        let request = request.header("X-Forwarded-For", address);
        Answer::read(request.json(&json!({ "name": name, "password": password })).send().await?).await
    };
    for number in 0..BURST {
        let wrong = log_in("198.51.100.1", &format!("name-{number}"), "wrong password").await?;
        assert_eq!(wrong.status, 401, "{}", wrong.text());
    }
    let refused = log_in("198.51.100.1", "olga", &olga.password).await?;
    assert_eq!(refused.refusal(), (429, "rate_limited".to_owned()));
    let wait: u64 = refused.header("retry-after").parse()?;
    assert!((1..=60).contains(&wait), "{wait}");
    assert_eq!(log_in("198.51.100.2", "olga", &olga.password).await?.status, 201);
    assert!(metrics(&stack).await?.contains("bowline_limited_requests_total{limit=\"login\"} 1"));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn doctor_says_that_a_proxy_must_be_listed() -> Result<()> {
    let stack = Stack::start().await?;
    let https = ("BOWLINE_PUBLIC_URL", "https://link.example.com");
    let listed = ("BOWLINE_TRUSTED_PROXIES", r#"["10.0.1.5", "2001:db8::/64"]"#);
    for (settings, ok, says) in [
        (vec![], true, "none are listed"),
        (vec![https], false, "bowline.trusted_proxies"),
        (vec![https, listed], true, "10.0.1.5/32, 2001:db8::/64"),
    ] {
        let output = stack.try_command_with(&settings, &["doctor", "--json"], None).await?;
        let report: Value = serde_json::from_slice(&output.stdout)?;
        let checks = report["checks"].as_array().into_iter().flatten();
        let found = checks.into_iter().find(|check| check["name"] == "trusted proxies").cloned();
        let found = found.unwrap_or_default();
        assert!(
            found["ok"] == ok && found["detail"].as_str().is_some_and(|said| said.contains(says)),
            "{report}"
        );
        assert_eq!(output.status.success(), ok);
    }
    Ok(())
}
