//! `/oauth2/authorize`: what is asked, what the user does, what comes back.

use anyhow::{Context as _, Result};
use dropbox_sim::{AppStatus, Reveal, WalkError};
use reqwest::header::COOKIE;

use crate::bench::{AMARA, Answer, Bench, CALLBACK, query, send};

/// A browser at Dropbox: its session cookie.
struct Browser<'a> {
    bench: &'a Bench,
    cookie: String,
}

impl<'a> Browser<'a> {
    fn new(bench: &'a Bench) -> Self {
        Self { bench, cookie: String::new() }
    }

    async fn get(&self, url: &str) -> Result<Answer> {
        send(self.bench.http.get(url).header(COOKIE, &self.cookie)).await
    }

    async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Result<Answer> {
        let request = self.bench.http.post(self.bench.url(path)).header(COOKIE, &self.cookie);
        let answer = send(request.form(fields)).await?;
        if let Some(cookie) = answer.header("set-cookie") {
            self.cookie = cookie.split(';').next().map(str::to_owned).unwrap_or_default();
        }
        Ok(answer)
    }

    async fn sign_in(&mut self, url: &str, email: &str) -> Result<Answer> {
        let users = self.bench.sim.users();
        let user = users.iter().find(|user| user.email == email).context("no such user")?;
        let query = url.split_once('?').context("no query")?.1;
        self.post("/oauth2/sign_in", &[("query", query), ("account_id", &user.account_id)]).await
    }

    async fn decide(&mut self, url: &str, decision: &str) -> Result<Answer> {
        let query = url.split_once('?').context("no query")?.1;
        self.post("/oauth2/authorize", &[("query", query), ("decision", decision)]).await
    }
}

#[tokio::test]
async fn sign_in_then_allow_comes_back_with_code_and_state() -> Result<()> {
    let bench = Bench::new().await?;
    let url = bench.authorize_url(&[])?;
    let mut browser = Browser::new(&bench);
    let page = browser.get(&url).await?;
    assert!(page.text.contains("id=\"sign-in\"") && page.text.contains("data-user=\"amara@example.com\""));
    assert!(page.header("content-security-policy").is_some_and(|csp| csp.contains("frame-ancestors 'none'")));
    let answer = browser.sign_in(&url, AMARA).await?;
    assert_eq!(answer.status, 303);
    let page = browser.get(&url).await?;
    assert!(page.text.contains("id=\"allow\"") && page.text.contains("id=\"cancel\""));
    assert!(page.text.contains("Acme Photos") && page.text.contains("Amara Okafor"));
    let answer = browser.decide(&url, "allow").await?;
    assert_eq!(answer.status, 302);
    let back = answer.header("location").context("no location")?;
    assert!(back.starts_with(&format!("{CALLBACK}?code=CANARY_")));
    let fields = query(back)?;
    assert_eq!(fields["state"], "st&te");
    assert_eq!(bench.exchange(&fields["code"]).await?.status, 200);
    Ok(())
}

#[tokio::test]
async fn cancel_comes_back_with_the_recorded_words() -> Result<()> {
    let bench = Bench::new().await?;
    let url = bench.authorize_url(&[("state", "abc")])?;
    let mut browser = Browser::new(&bench);
    browser.sign_in(&url, AMARA).await?;
    let answer = browser.decide(&url, "cancel").await?;
    let words = "The+user+chose+not+to+give+your+app+access+to+their+Dropbox+account.";
    let wanted = format!("{CALLBACK}?error=access_denied&error_description={words}&state=abc");
    assert_eq!(answer.header("location"), Some(wanted.as_str()));
    assert_eq!(bench.sim.decline(&url)?, wanted);
    Ok(())
}

#[tokio::test]
async fn a_decision_without_a_session_leads_to_sign_in() -> Result<()> {
    let bench = Bench::new().await?;
    let url = bench.authorize_url(&[])?;
    let answer = Browser::new(&bench).decide(&url, "allow").await?;
    assert_eq!(answer.status, 303);
    assert!(answer.header("location").is_some_and(|to| to.starts_with("/oauth2/authorize?")));
    Ok(())
}

#[tokio::test]
async fn a_new_user_can_sign_in_and_their_name_is_shown_inert() -> Result<()> {
    let bench = Bench::new().await?;
    let url = bench.authorize_url(&[])?;
    let mut browser = Browser::new(&bench);
    let query = url.split_once('?').context("no query")?.1;
    let fields = [("query", query), ("name", "<b>Ada"), ("email", "Ada@Example.com")];
    assert_eq!(browser.post("/oauth2/sign_in", &fields).await?.status, 303);
    let page = browser.get(&url).await?;
    assert!(page.text.contains("ada@example.com") && !page.text.contains("<b>Ada"));
    let again = bench.sim.add_user(&dropbox_sim::UserConfig::new("Ada", "ada@example.com"));
    assert_eq!(bench.sim.users().iter().filter(|user| user.account_id == again).count(), 1);
    Ok(())
}

#[tokio::test]
async fn bad_apps_and_addresses_never_redirect() -> Result<()> {
    let bench = Bench::new().await?;
    let never = [
        ("client_id", "unknown"),
        ("client_id", "-"),
        ("redirect_uri", "http://localhost:8000/callback"),
        ("redirect_uri", "http://127.0.0.1:8000/callback?x=1"),
        ("redirect_uri", "http://127.0.0.1:8000/Callback"),
        ("redirect_uri", "https://evil.example/"),
        ("scope", ""),
    ];
    let browser = Browser::new(&bench);
    for field in never {
        let answer = browser.get(&bench.authorize_url(&[field])?).await?;
        assert_eq!((answer.status, answer.header("location")), (400, None), "{field:?}");
        assert!(answer.text.contains("id=\"refused\""));
    }
    for (status, words) in
        [(AppStatus::UserLimit, "has reached its user limit"), (AppStatus::Frozen, "frozen pending review")]
    {
        assert!(bench.sim.set_app_status("key", status));
        let answer = browser.get(&bench.authorize_url(&[])?).await?;
        assert_eq!((answer.status, answer.header("location")), (400, None));
        assert!(answer.text.contains(words));
    }
    Ok(())
}

#[tokio::test]
async fn other_errors_go_back_to_the_app() -> Result<()> {
    let bench = Bench::new().await?;
    let wrong = [
        ("response_type", "token", "unsupported_response_type"),
        ("scope", "account_info.read files.content.write", "invalid_scope"),
        ("token_access_type", "forever", "invalid_request"),
        ("code_challenge", "short", "invalid_request"),
        ("code_challenge_method", "S256", "invalid_request"),
        ("include_granted_scopes", "user", "invalid_request"),
        ("require_role", "boss", "invalid_request"),
    ];
    for (name, value, error) in wrong {
        let answer = Browser::new(&bench).get(&bench.authorize_url(&[(name, value)])?).await?;
        assert_eq!(answer.status, 302, "{name}");
        let fields = query(answer.header("location").context("no location")?)?;
        assert_eq!((fields["error"].as_str(), fields["state"].as_str()), (error, "st&te"), "{name}");
    }
    Ok(())
}

#[tokio::test]
async fn dropbox_remembers_the_browser_unless_told_to_ask_again() -> Result<()> {
    let bench = Bench::new().await?;
    let url = bench.authorize_url(&[])?;
    let mut browser = Browser::new(&bench);
    browser.sign_in(&url, AMARA).await?;
    bench.link().await?;
    assert_eq!(browser.get(&url).await?.status, 302, "approved before: silently back");

    let page = browser.get(&bench.authorize_url(&[("force_reapprove", "true")])?).await?;
    assert!(page.text.contains("id=\"consent\""));
    let forced = bench.authorize_url(&[("force_reauthentication", "true")])?;
    assert!(browser.get(&forced).await?.text.contains("id=\"sign-in\""));
    let answer = browser.sign_in(&forced, "mei@example.org").await?;
    let next = bench.url(answer.header("location").context("no location")?);
    let page = browser.get(&next).await?;
    assert!(page.text.contains("id=\"consent\"") && page.text.contains("mei@example.org"));

    let account_id = bench.sim.grants(Reveal::No)[0].account_id.clone();
    bench.sim.disconnect("key", &account_id);
    browser.sign_in(&url, AMARA).await?;
    assert!(browser.get(&url).await?.text.contains("id=\"consent\""), "disconnected: asked again");
    Ok(())
}

#[tokio::test]
async fn not_you_signs_out() -> Result<()> {
    let bench = Bench::new().await?;
    let url = bench.authorize_url(&[])?;
    let mut browser = Browser::new(&bench);
    browser.sign_in(&url, AMARA).await?;
    let before = browser.cookie.clone();
    let query = url.split_once('?').context("no query")?.1.to_owned();
    browser.post("/oauth2/sign_out", &[("query", &query)]).await?;
    browser.cookie = before;
    assert!(browser.get(&url).await?.text.contains("id=\"sign-in\""), "the old cookie is worth nothing");
    Ok(())
}

#[tokio::test]
async fn a_role_is_asked_for() -> Result<()> {
    let bench = Bench::new().await?;
    let url = bench.authorize_url(&[("require_role", "work")])?;
    let mut browser = Browser::new(&bench);
    browser.sign_in(&url, AMARA).await?;
    assert!(browser.get(&url).await?.text.contains("Please sign in with a work account."));
    browser.sign_in(&url, "priya@acme.example").await?;
    assert!(browser.get(&url).await?.text.contains("id=\"consent\""));
    Ok(())
}

#[tokio::test]
async fn earlier_scopes_are_added_only_if_asked() -> Result<()> {
    let bench = Bench::new().await?;
    bench.link_with(&[("scope", "account_info.read")]).await?;
    let narrow = [("scope", "files.metadata.read")];
    let both = [("scope", "files.metadata.read"), ("include_granted_scopes", "user")];
    let scopes = async |more: &[(&str, &str)]| -> Result<String> {
        let json = bench.exchange(&bench.code(more)?).await?.json()?;
        Ok(json["scope"].as_str().unwrap_or_default().to_owned())
    };
    assert_eq!(scopes(&narrow).await?, "files.metadata.read");
    assert_eq!(scopes(&both).await?, "account_info.read files.metadata.read");
    Ok(())
}

#[tokio::test]
async fn auto_approve_redirects_at_once() -> Result<()> {
    let bench = Bench::new().await?;
    assert!(bench.sim.set_auto_approve("key", Some("new".to_owned())));
    let browser = Browser::new(&bench);
    let mut accounts = Vec::new();
    for _ in 0..2 {
        let answer = browser.get(&bench.authorize_url(&[])?).await?;
        assert_eq!(answer.status, 302);
        let code = query(answer.header("location").context("no location")?)?["code"].clone();
        accounts.push(bench.exchange(&code).await?.json()?["account_id"].clone());
    }
    assert_ne!(accounts[0], accounts[1]);
    Ok(())
}

#[tokio::test]
async fn without_a_redirect_uri_the_code_is_shown() -> Result<()> {
    let bench = Bench::new().await?;
    let url = bench.authorize_url(&[("redirect_uri", "-")])?;
    let mut browser = Browser::new(&bench);
    browser.sign_in(&url, AMARA).await?;
    let page = browser.decide(&url, "allow").await?;
    let code = page.text.split("id=\"code\">").nth(1).and_then(|rest| rest.split('<').next());
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", code.context("no code")?),
        ("client_id", "key"),
        ("client_secret", "secret"),
    ];
    assert_eq!(bench.token(&fields).await?.status, 200);
    assert_eq!(bench.sim.approve(&url, AMARA), Err(WalkError::NoRedirect));
    Ok(())
}
