//! Operators log in at an identity provider, on the command line and in the terminal client.

use anyhow::{Context as _, Result, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bowline_tests::{CLIENT, Groups, IdentityProvider, Operator, Stack, until};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn operators_log_in_at_the_identity_provider_on_the_command_line_and_in_the_terminal() -> Result<()> {
    let idp = IdentityProvider::start(Groups::InUserInfo).await?;
    idp.set(json!({ "people": { "ada": { "groups": ["bosses"] } } })).await?;
    let stack = Stack::builder()
        .setting("BOWLINE_SIGN_ON__ISSUER", idp.issuer())
        .setting("BOWLINE_SIGN_ON__CLIENT_ID", CLIENT.0)
        .setting("BOWLINE_SIGN_ON__CLIENT_SECRET", CLIENT.1)
        .setting("BOWLINE_SIGN_ON__DEVICE", "true")
        .setting("BOWLINE_SIGN_ON__ROLES", r#"[{group="bosses",role="admin"}]"#)
        .start()
        .await?;
    // Whose files they are does not matter: the identity provider says who logs in.
    let desk = Operator::create(&stack, "olga", "viewer").await?;

    let mut login = desk.start_bowline(&["login", "--sso", "--json"])?;
    let mut said = BufReader::new(login.stderr.take().context("no standard error")?).lines();
    let page = loop {
        let line = said.next_line().await?.context("the address of the page is not told")?;
        if line.starts_with(&idp.issuer()) {
            break line;
        }
    };
    let back = idp.log_in("ada", &page).await?;
    let shown = stack.http().get(back).send().await?;
    ensure!(shown.status().is_success(), "the terminal answers the browser");
    ensure!(shown.text().await?.contains("close this window"));
    let ended = login.wait_with_output().await?;
    ensure!(ended.status.success(), "bowline login --sso: {}", String::from_utf8_lossy(&ended.stdout));
    let who = desk.bowline(&["whoami", "--json"]).await?;
    assert_eq!((&who["name"], &who["role"]), (&json!("ada"), &json!("admin")));

    // What asks others for their password asks for a login anew.
    let mut change = desk.start_bowline(&["operators", "set-role", "olga", "operator", "--json"])?;
    let mut said = BufReader::new(change.stderr.take().context("no standard error")?).lines();
    let page = loop {
        let line = said.next_line().await?.context("no code for another device is told")?;
        if let Some(page) = line.strip_prefix("or open ") {
            break page.to_owned();
        }
    };
    idp.approve_device("ada", &page).await?;
    let mut rest = Vec::new();
    while let Some(line) = said.next_line().await? {
        rest.push(line);
    }
    let ended = change.wait_with_output().await?;
    ensure!(ended.status.success(), "operators set-role: {rest:?}");
    let changed: Value = serde_json::from_slice(&ended.stdout)?;
    assert_eq!((&changed["name"], &changed["role"]), (&json!("olga"), &json!("operator")));
    desk.bowline(&["logout", "--json"]).await?;

    let mut terminal = desk.open_terminal()?;
    terminal.wait_for("ctrl-o log in with a browser")?;
    terminal.press("\u{f}")?;
    terminal.wait_for("no browser can be opened here")?;
    terminal.press("\u{f}")?;
    let page = until("the copied address", async || copied(&terminal.raw())).await?;
    let back = idp.log_in("ada", &page).await?;
    ensure!(stack.http().get(back).send().await?.status().is_success());
    terminal.wait_gone("log in with a browser")?;
    terminal.wait_for("ada")?;
    terminal.press("\u{3}")?;
    assert_eq!(terminal.end()?, 0);
    Ok(())
}

/// The text that the terminal was told to put on the clipboard (OSC 52).
fn copied(raw: &[u8]) -> Option<String> {
    let raw = String::from_utf8_lossy(raw).into_owned();
    let text = raw.split("\u{1b}]52;c;").nth(1)?;
    let end = text.find(['\u{7}', '\u{1b}'])?;
    String::from_utf8(STANDARD.decode(text.get(..end)?).ok()?).ok()
}
