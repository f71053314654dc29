//! No log contains the URLs of callers, however malformed: neither the server's at any level nor the edge proxy's.

use std::net::Ipv4Addr;

use anyhow::Result;
use bowline_tests::{Edge, Operator, Person, Raw, Stack, Tenant, until};

/// A marker that must not be found, in addition to the given secrets.
const CANARY: &str = "CANARY_url";

/// All kinds of verbs: common ones, ones without a route, and one that contains a secret.
const VERBS: [&str; 9] =
    ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CANARY_urlVERB"];

/// Request targets with a secret: known and unknown paths, and keys in the wrong place.
const TARGETS: [&str; 18] = [
    "/v1/account?api_key=@",
    "/v1/accounts?api_key=@",
    "/v1/accounts?limit=@",
    "/v1/accounts/@",
    "/v1/accounts/@/token?access_token=@",
    "/v1/users/@/token",
    "/link/@",
    "/link/@/callback?code=@&state=@",
    "/link/conn_x/callback?code=@&code=@",
    "/admin/v1/whoam?token=@",
    "/admin/v1/whoami?token=@",
    "/admin/v1/accounts?q=@&sort=@&cursor=@",
    "/nothing/@/here#@",
    "//@/..//@",
    "http://other.example/@",
    "/v1/accounts?q=%ff@&status=%zz@",
    "@",
    "*@",
];

/// Malformed targets: neither UTF-8 nor permitted in a URL.
fn odd_targets() -> Vec<Vec<u8>> {
    let odd = [&b"\xff\xfe"[..], b"\x01", b"<>\"{}|\\^`", "é".as_bytes()];
    odd.iter().map(|odd| [b"/v1/accounts", *odd, b"?status=CANARY_url", *odd].concat()).collect()
}

async fn send(port: u16, verb: &str, target: &[u8]) -> Result<()> {
    let mut connection = Raw::connect(port, Ipv4Addr::LOCALHOST).await?;
    let body = "_method=CANARY_url&api_key=CANARY_url";
    let rest = format!(
        " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nReferer: http://x/CANARY_url\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    connection.send([verb.as_bytes(), b" ", target, rest.as_bytes()].concat()).await.ok();
    connection.until_closed().await?;
    Ok(())
}

/// Sends malformed URLs with these secrets to a port; returns the number of requests.
pub(crate) async fn send_wrong_urls(port: u16, secrets: &[String]) -> Result<usize> {
    let mut sent = 0;
    for verb in VERBS {
        for target in
            TARGETS.iter().map(|target| target.replace('@', CANARY).into_bytes()).chain(odd_targets())
        {
            send(port, verb, &target).await?;
            sent += 1;
        }
    }
    for secret in secrets {
        for (target, verb) in TARGETS.iter().zip(VERBS.iter().cycle()) {
            let target = target.replace('@', secret);
            send(port, verb, target.as_bytes()).await?;
            // Link scanners use HEAD.
            send(port, "HEAD", target.as_bytes()).await?;
            sent += 2;
        }
    }
    Ok(sent)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_url_of_a_caller_is_in_a_log_of_any_level() -> Result<()> {
    let mut edge = Edge::reserve()?;
    // The first server logs everything, the second one has the default level, and the third one has traces with every
    // source named.
    let loud = "trace,rocket=trace,rocket::server=trace,_=trace,hyper=trace,hyper::proto=trace,rocket_http=trace,\
                bowline_server::route=trace,bowline_server::route::v1::accounts::_=trace,log=trace,tracing=trace";
    let mut stack = Stack::builder().replicas(3).start().await?;
    for (number, filter) in [(1, "info"), (2, loud)] {
        let server = stack.server_mut(number);
        server.ask_to_stop()?;
        server.ended().await?;
        server.set_variable("BOWLINE_LOG", filter);
        if number == 2 {
            server.set_variable("BOWLINE_TRACING__OTLP_ENDPOINT", "http://127.0.0.1:9");
        }
        server.start().await?;
    }
    edge.start(&stack).await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let mut amara = Person::new(&stack, "amara@example.com");
    let link = acme.begin_link("user-1").await?;
    let callback = url::Url::parse(&{
        let authorize_url = amara.go_to_dropbox(&link).await?;
        amara.approve(&stack, &authorize_url)?
    })?;
    let mut olga = Operator::create(&stack, "olga", "admin").await?;
    olga.log_in().await?;
    let mut secrets = vec![link.ticket().to_owned(), acme.api_key.clone(), olga.session().to_owned()];
    secrets.extend(callback.query_pairs().map(|(_, value)| value.into_owned()));

    for number in 0..stack.replicas() {
        let server = stack.server(number);
        send_wrong_urls(server.public_port(), &secrets).await?;
        send_wrong_urls(server.internal_port(), &secrets).await?;
    }
    let through_the_edge = send_wrong_urls(edge.port(), &secrets).await?;
    amara.come_back(callback.as_str()).await?;

    until("the proxy to have written all of it", async || {
        (edge.log().matches(" edge ").count() >= through_the_edge).then_some(())
    })
    .await?;
    secrets.push(CANARY.to_owned());
    for (name, log) in (0..stack.replicas())
        .map(|number| (format!("server {number}"), stack.server(number).log()))
        .chain([("the proxy".to_owned(), edge.log())])
    {
        assert!(log.lines().count() > 100, "the log of {name} is too short: {log}");
        for secret in &secrets {
            let found = log.lines().find(|line| line.contains(secret.as_str()));
            assert!(found.is_none(), "{name}: {found:?}");
        }
        assert!(!log.contains("panicked"), "{name}: {log}");
    }
    assert!(stack.server(1).log().contains("\"route\":\"/link/<ticket>\""), "templates of routes are logged");
    Ok(())
}
