//! After every operation on secrets, none of them can be found anywhere: dump, heap, write-ahead log, logs of server
//! and proxy.

use anyhow::{Context as _, Result};
use bowline_tests::{Database, Edge, Operator, Person, Postgres, Stack, Tenant, files_with};
use dropbox_sim::{FaultKind, FaultSpec, Garbage, Operation, Reveal};
use reqwest::Method;
use serde_json::json;

use crate::common::{out_of_order, set_token_life};
use crate::edge::urls::send_wrong_urls;

/// Links, refreshes, revokes and fails in every way; returns the secrets that only this test has seen.
async fn everything_that_can_happen(stack: &Stack, edge: &Edge) -> Result<Vec<String>> {
    let mut seen = Vec::new();
    let acme = Tenant::create(stack, "acme").await?;
    seen.push(acme.api_key.clone());
    let mut amara = Person::new(stack, "amara@example.com");
    let link = acme.begin_link("user-1").await?;
    let authorize_url = amara.go_to_dropbox(&link).await?;
    seen.extend(amara.cookies.values().cloned());
    let callback = url::Url::parse(&amara.approve(stack, &authorize_url)?)?;
    seen.extend(callback.query_pairs().map(|(_, value)| value.into_owned()));
    let returned = amara.come_back(callback.as_str()).await?;
    seen.extend([link.ticket().to_owned(), link.verifier.clone(), returned.link_code.clone()]);
    let account = acme.complete(&link, &returned).await?;

    acme.token(account.id).await?;
    set_token_life(stack, account.id, 0).await?;
    acme.token(account.id).await?;
    for fault in [
        FaultSpec::new(FaultKind::Garbage { garbage: Garbage::CutJson }).on(Operation::TokenRefresh),
        FaultSpec::new(FaultKind::Garbage { garbage: Garbage::WrongTypes }).on(Operation::TokenRefresh),
        FaultSpec::new(FaultKind::Reset).on(Operation::TokenRefresh),
        out_of_order(Operation::TokenRefresh),
    ] {
        set_token_life(stack, account.id, 0).await?;
        let fault = stack.dropbox.set_fault(fault);
        assert!(acme.try_token(account.id).await?.status >= 500);
        stack.dropbox.clear_fault(fault);
        stack.database.execute("UPDATE refresh_leases SET cool_down_until = now()", &[]).await?;
    }
    let narrow = json!({ "scopes": ["files.metadata.read"] });
    let path = format!("/v1/accounts/{}/token", account.id);
    assert_eq!(acme.call(Method::POST, &path, Some(narrow)).await?.status, 200);
    for operation in [Operation::TokenExchange, Operation::GetCurrentAccount] {
        for garbage in [Garbage::CutJson, Garbage::WrongTypes] {
            let link = acme.begin_link("user-2").await?;
            let returned = amara.approves(stack, &link).await?;
            stack.dropbox.set_fault(FaultSpec::new(FaultKind::Garbage { garbage }).on(operation).times(1));
            assert_ne!(acme.try_complete(&link, &returned).await?.status, 200);
            seen.push(returned.link_code);
        }
    }
    // Secrets in places where they do not belong.
    let secret = "CANARY_misplaced";
    for body in [json!({ "min_ttl": secret }), json!({ secret: 1 }), json!(secret)] {
        acme.call(Method::POST, &format!("/v1/accounts/{}/token", account.id), Some(body)).await?;
    }
    acme.call(Method::GET, &format!("/v1/accounts/{secret}?api_key={secret}"), None).await?;
    acme.with_key(secret).call(Method::GET, "/v1/accounts", None).await?;
    acme.complete_with(link.id, secret, secret).await?;
    amara.visit(&format!("{}/link/{secret}", stack.public_url())).await?;
    amara.visit(&format!("{}?code={secret}&state={secret}", acme.callback_url)).await?;

    let mut olga = Operator::create(stack, "olga", "admin").await?;
    let wrong = json!({ "name": "olga", "password": "CANARY_wrong_password" });
    olga.call(Method::POST, "/admin/v1/sessions", Some(wrong)).await?;
    olga.log_in().await?;
    seen.push(olga.session().to_owned());
    acme.token(account.id).await?;
    let revoke = json!({ "reason": "the test is over" });
    let path = format!("/admin/v1/accounts/{}/revoke", account.id);
    assert!(olga.call(Method::POST, &path, Some(revoke)).await?.status < 300);
    // Secrets in URLs: with HEAD as link scanners send it, with other verbs, and on unknown paths.
    for port in [stack.server(0).public_port(), stack.server(0).internal_port(), edge.port()] {
        send_wrong_urls(port, &seen).await?;
    }
    Ok(seen)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_secret_is_in_a_dump_a_file_of_postgres_or_a_log() -> Result<()> {
    let postgres = tokio::task::spawn_blocking(Postgres::private).await??;
    let database = Database::fresh_in(postgres.clone()).await?;
    let stack = Stack::builder().database(database).start().await?;
    let mut edge = Edge::reserve()?;
    edge.start(&stack).await?;
    let mut needles = everything_that_can_happen(&stack, &edge).await?;
    needles.push("CANARY".to_owned());
    let ring = std::fs::read_to_string(stack.key_ring())?;
    // Every long text in the file that is not a comment is a key.
    let keys = ring.lines().filter(|line| !line.starts_with('#')).flat_map(|line| line.split('"'));
    needles.extend(keys.filter(|text| text.len() >= 40).map(str::to_owned));
    assert!(needles.iter().all(|needle| needle.len() >= 6) && needles.len() >= 12, "{}", needles.len());
    let grants = stack.dropbox.grants(Reveal::Tokens);
    assert!(grants.iter().all(|grant| {
        grant
            .tokens
            .as_ref()
            .is_some_and(|tokens| tokens.access_tokens.iter().all(|token| token.contains("CANARY")))
    }));

    let dump = postgres.tool("pg_dump", stack.database.name(), &["--format=plain"]).await?;
    std::fs::write(stack.directory().join("dump.sql"), dump)?;
    postgres.execute("CHECKPOINT; SELECT pg_switch_wal()").await?;
    let files = postgres.directory().context("the files of this Postgres cannot be read")?;
    // The control: non-secret data is found in each of these places, so a secret would be found too.
    let open = files_with(&files, &["amara@example.com".to_owned()]).await?;
    assert!(open.contains("/pg_wal/") && open.contains("/base/"), "{open}");
    let told =
        files_with(stack.directory(), &["amara@example.com".to_owned(), "bowline::request".to_owned()])
            .await?;
    assert!(told.contains("dump.sql") && told.contains("server-0.log"), "{told}");
    let told = files_with(stack.directory(), &[" edge ".to_owned()]).await?;
    assert!(told.contains("haproxy.log"), "{told}");
    for place in [files.as_path(), stack.directory()] {
        for needle in &needles {
            let found = files_with(place, std::slice::from_ref(needle)).await?;
            assert!(found.is_empty(), "{}… is in {found}", needle.get(..6).unwrap_or_default());
        }
    }
    assert!(!stack.logs().contains("panicked"));
    Ok(())
}
