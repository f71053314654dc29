//! The Rust client with the real server and the simulated Dropbox, and its example.

use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use bowline_api::LinkSessionId;
use bowline_api::v1::{
    Account, CreateLinkSession, CreateWebhookEndpoint, ForceRefresh, TenantEvent, TokensRequest,
};
use bowline_client::{
    AccountsQuery, Bowline, Code, Error, Links, NotLinked, Outcome, Relinking, Returned, TokenOptions, Wait,
    Webhooks,
};
use bowline_tests::{Link, Person, Stack, Tenant, program, scratch};
use reqwest::header::HeaderMap;
use tokio::process::Command;
use uuid::Uuid;

use super::example::{App, all_link_list_files_and_hear_of_the_end};
use super::{a_message, folder, said};

/// A name that has to be encoded in a path.
const ADA: &str = "ada/β %2F 7";

/// The client of a tenant's back end.
fn client(stack: &Stack, api_key: &str) -> Result<Bowline> {
    Ok(Bowline::builder(&stack.public_url(), api_key).http(reqwest::ClientBuilder::no_proxy).build()?)
}

async fn world() -> Result<(Stack, Tenant, Bowline)> {
    let stack = Stack::builder().setting("BOWLINE_WEBHOOKS__ALLOW_LOOPBACK", true).start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let bowline = client(&stack, &acme.api_key)?;
    Ok((stack, acme, bowline))
}

fn to(url: &str) -> Link {
    Link { id: LinkSessionId::from(Uuid::nil()), url: url.to_owned(), verifier: String::new() }
}

/// The query parameters with which a browser comes back.
fn query(returned: &bowline_tests::Returned) -> Returned {
    let value = |name: &str| {
        let found = returned.url.query_pairs().find(|(key, _)| key == name);
        found.map(|(_, value)| value.into_owned())
    };
    Returned {
        link_session: value("link_session"),
        manage_session: value("manage_session"),
        link_code: value("link_code"),
        error: value("error"),
    }
}

fn linked(outcome: Outcome) -> Result<Account> {
    match outcome {
        Outcome::Linked(account) => Ok(*account),
        Outcome::NotLinked(why) => anyhow::bail!("{why:?}"),
    }
}

fn not_linked(outcome: Outcome) -> Result<NotLinked> {
    match outcome {
        Outcome::NotLinked(why) => Ok(why),
        Outcome::Linked(account) => anyhow::bail!("{account:?}"),
    }
}

fn code<T: std::fmt::Debug>(answer: Result<T, Error>) -> Result<Code> {
    let error = answer.err().context("a success")?;
    error.code().with_context(|| format!("{error:?}"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_rust_client_goes_from_the_button_to_a_token_and_to_the_next_link() -> Result<()> {
    let (stack, acme, bowline) = world().await?;
    let (mut amara, mut links) = (Person::new(&stack, "amara@example.com"), Links::default());
    ensure!(code(bowline.token(ADA).await)? == Code::NotFound);
    let begun = bowline.begin(ADA, &acme.return_url, &mut links).await?;
    let returned = query(&amara.approves(&stack, &to(&begun.url)).await?);
    // The links come back from the user's session, and the browser may come back twice.
    let links: Links = serde_json::from_str(&serde_json::to_string(&links)?)?;
    let account = linked(bowline.finish(ADA, &returned, &links).await?)?;
    ensure!(linked(bowline.finish(ADA, &returned, &links).await?)?.id == account.id);
    ensure!((account.external_user_id.as_str(), account.email.as_str()) == (ADA, "amara@example.com"));
    let unknown = Returned { link_code: None, ..returned };
    ensure!(linked(bowline.finish(ADA, &unknown, &links).await?)?.id == account.id, "Bowline is asked");

    let options = TokenOptions { min_ttl: Some(600), ..TokenOptions::default() };
    let token = bowline.token_with(ADA, options).await?;
    ensure!(token.account_id == account.id && !format!("{token:?}").contains(&token.access_token));
    let only = |scope: &str| TokenOptions { scopes: Some(vec![scope.to_owned()]), ..TokenOptions::default() };
    let narrow = bowline.token_with(account.id, only("account_info.read")).await?;
    ensure!(narrow.scopes == ["account_info.read"]);
    let wider = bowline.token_with(account.id, only("files.content.write")).await.err().context("a token")?;
    ensure!(wider.code() == Some(Code::InvalidField));
    ensure!(wider.refusal().is_some_and(|refusal| refusal.field() == Some("scopes")), "{wider:?}");
    ensure!(matches!(bowline.oauth1_token(ADA).await, Err(Error::WrongProtocol { .. })));

    // The user ends the link at Dropbox, and the refusal brings the next one.
    ensure!(stack.dropbox.disconnect(&acme.app_key, &account.provider_account_id) == 1);
    let check = bowline.calls().accounts_check(account.id).await?;
    ensure!((check.alive, check.status.as_str()) == (false, "needs_reauth"));
    let mut links = Links::default();
    let relinking = Some(Relinking { return_url: &acme.return_url, links: &mut links });
    let options = TokenOptions { relinking, ..TokenOptions::default() };
    let ended = bowline.token_with(ADA, options).await.err().context("a token")?;
    ensure!(ended.code() == Some(Code::NeedsReauth), "{ended:?}");
    let refusal = ended.refusal().context("no refusal")?;
    ensure!(refusal.account_id() == Some(account.id) && refusal.external_user_id() == Some(ADA));
    let next = refusal.link_session().context("no link session")?;
    let returned = query(&amara.approves(&stack, &to(&next.url)).await?);
    ensure!(linked(bowline.finish(ADA, &returned, &links).await?)?.id == account.id);
    ensure!(bowline.token(ADA).await?.account_id == account.id);

    let mine = AccountsQuery { external_user_id: Some(ADA.to_owned()), ..AccountsQuery::default() };
    let page = bowline.calls().accounts_list(&mine).await?;
    ensure!(page.items.len() == 1 && page.items[0].id == account.id);
    let many = TokensRequest { account_ids: vec![account.id], min_ttl: None };
    ensure!(bowline.calls().tokens_for_many(&many).await?.items[0].token.is_some());
    bowline.calls().tokens_force(account.id, &ForceRefresh::default()).await?;
    bowline.calls().accounts_delete(account.id).await?;
    ensure!(code(bowline.token(ADA).await)? == Code::AccountRevoked);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_rust_client_links_nothing_for_those_who_decline_or_did_not_begin() -> Result<()> {
    let (stack, acme, bowline) = world().await?;
    let mut links = Links::default();
    let wanted = CreateLinkSession {
        locale: Some("de".to_owned()),
        ..CreateLinkSession::new("jonas", &acme.return_url)
    };
    let begun = bowline.begin_with(wanted, &mut links).await?;
    let mut jonas = Person::new(&stack, "jonas@example.com");
    let declined = query(&jonas.declines(&stack, &to(&begun.url)).await?);
    ensure!(not_linked(bowline.finish("jonas", &declined, &links).await?)?.declined());
    let alone = Returned { error: None, ..declined };
    ensure!(not_linked(bowline.finish("jonas", &alone, &links).await?)?.declined(), "Bowline is asked");
    let shown = bowline.calls().link_sessions_show(begun.id.parse()?, &Wait::default()).await?;
    ensure!(shown.status.as_str() == "denied");

    // Mallory begins, and somebody else approves: nobody gets that person's files.
    let mut attacker = Links::default();
    let begun = bowline.begin("mallory", &acme.return_url, &mut attacker).await?;
    let mut mei = Person::new(&stack, "mei@example.org");
    let returned = query(&mei.approves(&stack, &to(&begun.url)).await?);
    for (user, links) in [("victim", &Links::default()), ("victim", &attacker), ("mallory", &links)] {
        let refused = not_linked(bowline.finish(user, &returned, links).await?)?;
        ensure!(refused.reason == "not_started_here", "{user}: {refused:?}");
    }
    let wrong = Returned { link_code: Some("bwl_lc_nonsense".to_owned()), ..returned };
    let refused = not_linked(bowline.finish("mallory", &wrong, &attacker).await?)?;
    ensure!(refused.reason == "completion_refused" && refused.refusal.is_some(), "{refused:?}");
    ensure!(code(bowline.token("mallory").await)? == Code::NotFound);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_rust_client_knows_the_pages_of_bowline() -> Result<()> {
    let (stack, acme, bowline) = world().await?;
    let mut links = Links::default();
    let begun = bowline.begin("zoe", &acme.return_url, &mut links).await?;
    let returned = query(&Person::new(&stack, "zoe@example.net").approves(&stack, &to(&begun.url)).await?);
    let account = linked(bowline.finish("zoe", &returned, &links).await?)?;
    // Another account than the one to be renewed.
    let again = CreateLinkSession {
        account_id: Some(account.id),
        force_reauthentication: Some(false),
        ..CreateLinkSession::new("zoe", &acme.return_url)
    };
    let begun = bowline.begin_with(again, &mut links).await?;
    let returned = query(&Person::new(&stack, "jonas@example.com").approves(&stack, &to(&begun.url)).await?);
    let other = not_linked(bowline.finish("zoe", &returned, &links).await?)?;
    ensure!(other.reason == "account_mismatch", "{other:?}");
    ensure!(other.page.is_some_and(|page| page.starts_with(&stack.public_url())));

    let visit = bowline.manage("zoe", &acme.return_url, &mut links).await?;
    ensure!(visit.url.contains("/link/manage/"), "{}", visit.url);
    let back = Returned { manage_session: Some(visit.id), ..Returned::default() };
    ensure!(not_linked(bowline.finish("zoe", &back, &links).await?)?.reason == "back");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_rust_client_has_endpoints_and_verifies_what_they_get() -> Result<()> {
    let (stack, acme, bowline) = world().await?;
    let calls = bowline.calls();
    let body = CreateWebhookEndpoint {
        url: "https://photos.example/hooks".to_owned(),
        events: vec![TenantEvent::AccountNeedsReauth.as_str().to_owned()],
        connector: None,
    };
    let new = calls.webhook_endpoints_create(&body).await?;
    ensure!(!format!("{new:?}").contains(&new.secret));
    Webhooks::new(&new.secret)?;
    ensure!(calls.webhook_endpoints_disable(new.endpoint.id).await?.state.as_str() == "disabled");
    ensure!(calls.webhook_endpoints_list().await?.items.iter().any(|one| one.id == new.endpoint.id));
    calls.webhook_endpoints_remove(new.endpoint.id).await?;
    ensure!(calls.webhook_endpoints_list().await?.items.is_empty());

    let message = a_message(&acme).await?;
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let mut headers = HeaderMap::new();
    for name in ["webhook-id", "webhook-timestamp", "webhook-signature"] {
        headers.insert(name, text(&message["headers"][name]).parse()?);
    }
    let (webhooks, body) = (Webhooks::new(&text(&message["secret"]))?, text(&message["body"]));
    ensure!(webhooks.verify(&body, &headers)?.kind == TenantEvent::EndpointTest);
    ensure!(webhooks.verify(format!("{body} "), &headers).is_err());

    ensure!(code(client(&stack, "bwl_sk_nonsense")?.token("ada").await)? == Code::Unauthenticated);
    let dropbox = Bowline::builder(&stack.dropbox.http_url(), "key").http(reqwest::ClientBuilder::no_proxy);
    let elsewhere = dropbox.build()?.token("ada").await.err().context("a token of Dropbox")?;
    ensure!(elsewhere.code().is_none(), "{elsewhere:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crate_elsewhere_finds_the_rust_client_by_its_path() -> Result<()> {
    let home = scratch("client-rust")?;
    let path = folder("rust").canonicalize()?;
    std::fs::create_dir_all(home.join("src"))?;
    std::fs::write(home.join("src/main.rs"), "fn main() {}\n")?;
    let manifest = format!(
        "[package]\nname = \"photos\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\nbowline-client = {{ path = {path:?} }}\n"
    );
    std::fs::write(home.join("Cargo.toml"), manifest)?;
    let lock = Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.lock");
    std::fs::copy(lock, home.join("Cargo.lock"))?;
    let mut cargo = Command::from(bowline_verify::cargo::command());
    cargo
        .args(["tree", "--offline", "--edges", "normal", "--depth", "1", "--prefix", "none"])
        .current_dir(&home);
    let tree = said(&mut cargo).await?;
    ensure!(tree.lines().any(|line| line.starts_with("bowline-client v")), "{tree}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_example_in_axum_links_lists_files_and_hears_of_the_end() -> Result<()> {
    let mut axum = Command::new(program("bowline-example-axum")?);
    let at_port = move |port: u16| {
        axum.env("PORT", port.to_string());
        axum
    };
    let apps: Vec<App> = vec![("axum", Box::new(at_port))];
    all_link_list_files_and_hear_of_the_end(apps).await
}
