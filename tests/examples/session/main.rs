//! Records a session of the terminal client with a real server, as a moving picture:
//! `cargo build --bins && cargo run -p bowline-tests --example session > docs/session.svg`.

mod film;

use std::time::Duration;

use anyhow::Result;
use bowline_tests::{Operator, Person, Stack, Tenant, Terminal, until};

use film::Film;

/// How long a key is shown, and how long something that is to be read.
const KEY: Duration = Duration::from_millis(140);
const LOOK: Duration = Duration::from_millis(1200);
const READ: Duration = Duration::from_millis(2600);

/// The people whose accounts are linked, and the tenants' apps.
const PEOPLE: &[(&str, &str)] = &[
    ("amara@example.com", "acme"),
    ("jonas@example.com", "acme"),
    ("mei@example.org", "acme"),
    ("zoe@example.net", "acme"),
    ("amara@example.com", "globex"),
    ("jonas@example.com", "globex"),
    ("mei@example.org", "globex"),
];

#[tokio::main]
async fn main() -> Result<()> {
    let stack = Stack::start().await?;
    let tenants = [Tenant::create(&stack, "acme").await?, Tenant::create(&stack, "globex").await?];
    let mut ends = String::new();
    for (n, (email, slug)) in PEOPLE.iter().enumerate() {
        let Some(tenant) = tenants.iter().find(|tenant| tenant.slug == *slug) else { continue };
        let user = format!("user-{}", 4711 + n);
        let account = Person::new(&stack, email).links(&stack, tenant, &user).await?;
        tenant.token(account.id).await?;
        if (*email, *slug) == ("jonas@example.com", "globex") {
            let id = account.id.to_string();
            id[id.len() - 6..].clone_into(&mut ends);
        }
        if (*email, *slug) == ("zoe@example.net", "acme") {
            stack.dropbox.disconnect(&tenant.app_key, &account.provider_account_id);
            until("the account needs a new link", async || {
                // A check asks Dropbox, which no longer knows the grant.
                let path = format!("/v1/accounts/{}/check", account.id);
                tenant.call(reqwest::Method::POST, &path, None).await.ok()?;
                let now = tenant.account(account.id).await.ok()?;
                (now.status == bowline_api::status::AccountStatus::NeedsReauth).then_some(())
            })
            .await?;
        }
    }
    let operator = Operator::create(&stack, "ops-1", "operator").await?;
    operator.bowline_login().await?;
    let mut session = Session { terminal: operator.open_terminal()?, film: Film::default() };
    session.play(&ends)?;
    let svg = session.film.svg();
    anyhow::ensure!(svg.len() < 500_000 && !svg.contains("CANARY"), "{} bytes, or a secret", svg.len());
    println!("{svg}");
    Ok(())
}

/// A session that is filmed.
struct Session {
    terminal: Terminal,
    film: Film,
}

impl Session {
    /// Why is zoe's account broken; then jonas's account at globex is revoked; what happens at all tenants.
    fn play(&mut self, ends: &str) -> Result<()> {
        self.until("mei@example.org", READ)?;
        self.type_text("/zoe", "zoe")?;
        self.terminal.wait_gone("mei@example.org")?;
        self.shoot(LOOK);
        self.press("\r\r", "Timeline", KEY)?;
        self.terminal.wait_gone("… first load")?;
        self.shoot(READ);
        self.press("q", "zoe@example.net", KEY)?;
        self.press("\u{1b}", "mei@example.org", LOOK)?;
        self.type_text("/jonas tenant:globex", "tenant:globex")?;
        self.terminal.wait_gone("mei@example.org")?;
        self.press("\r", "jonas@example.com", LOOK)?;
        self.press("R", "cannot be undone", LOOK)?;
        self.type_text("asked by the user", "asked by the user")?;
        self.press("\r", ends, LOOK)?;
        self.type_text(ends, "ready: press enter to revoke")?;
        self.shoot(LOOK);
        self.press("\r", "✓ revoke", READ)?;
        self.press("0", "Failing now", READ)?;
        self.press("?", "half a page down", READ)
    }

    fn shoot(&mut self, lasts: Duration) {
        let film = &mut self.film;
        self.terminal.look(|screen| film.shoot(screen, lasts));
    }

    fn until(&mut self, text: &str, lasts: Duration) -> Result<()> {
        self.terminal.wait_for(text)?;
        self.shoot(lasts);
        Ok(())
    }

    fn press(&mut self, keys: &str, shows: &str, lasts: Duration) -> Result<()> {
        self.terminal.press(keys)?;
        self.until(shows, lasts)
    }

    /// Types as a person does, until the screen shows this.
    fn type_text(&mut self, text: &str, shows: &str) -> Result<()> {
        for key in text.chars() {
            self.terminal.type_by_hand(&key.to_string())?;
            self.shoot(KEY);
        }
        self.until(shows, KEY)
    }
}
