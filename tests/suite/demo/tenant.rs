//! From a running demo to a custom app as its tenant.

use anyhow::{Context as _, Result, ensure};
use bowline_tests::{Browser, Demo, Python, Receiver, free_port, program};
use fantoccini::Locator;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;
use tokio::process::Command;

use super::flask::{
    Flask, app, declines_and_links, links_another_dropbox, links_in_two_tabs, says, shell, shows_the_files,
};

/// A name that would break an unquoted shell command.
const NAME: &str = "Ada's $(touch pwned) \"Prints\"";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_guides_flask_app_is_a_tenant_of_the_demo_in_one_command() -> Result<()> {
    let port = free_port()?;
    let return_url = format!("http://localhost:{port}/linked");
    let receiver = Receiver::start().await?;
    // As called by `cargo demo -- --app …`.
    let demo = Demo::start(&["--", "--no-build", "--app", NAME, "--return-url", &return_url]).await?;
    let at = demo.port()?;
    let add = ["add-app", NAME, "--return-url", &return_url, "--port", &at];
    let added = Demo::command(&add).await?;
    let variables = String::from_utf8(added.stdout)?;
    ensure!(added.status.success() && added.stderr.is_empty(), "{}", String::from_utf8_lossy(&added.stderr));
    for line in variables.lines() {
        assert!(demo.said().contains(line), "the demo did not print this at startup: {line}");
    }
    let secret = the_app_gets_a_webhook_later(&add, &variables, &receiver).await?;

    let python =
        Python::with_all("flask", &["flask>=3,<4", "dropbox>=12,<13", "standardwebhooks>=1.1,<2"]).await?;
    let flask = Flask::start(&python, &variables, port, demo.place().as_path(), &app()?).await?;
    assert!(!demo.place().join("pwned").exists());
    let browser = Browser::start().await?;
    let tab = browser.open().await?;
    declines_and_links(&tab, &flask, "Notes of amara.txt").await?;
    the_app_is_told_of_the_link(&python, &receiver, &secret).await?;
    links_in_two_tabs(&tab, &flask).await?;
    // The browser loads the return URL again.
    let back = flask.returns()?.pop().context("no browser came back")?;
    assert!(back.contains("link_code="), "{back}");
    tab.visit(&back).await?;
    shows_the_files(&tab, &flask).await?;
    // Another browser cannot use the return URL.
    let other = browser.open().await?;
    other.visit(&back).await?;
    says(&other, "was not started here").await?;
    assert!(other.client().find(Locator::Css("#link-dropbox")).await.is_err(), "nobody is signed in there");

    dropboxs_package_runs_unchanged(&python, &variables).await?;
    dropboxs_package_trusts_nobody_else(&python, &variables).await?;
    the_servers_commands_work_in_that_shell(&variables, &demo).await?;
    psql_as_it_is_printed_shows_all_tenants(&demo).await?;
    other_apps_are_told_apart(&at).await?;
    links_another_dropbox(&other, &flask).await?;

    kill(Pid::from_raw(demo.pid()?), Signal::SIGTERM)?;
    let (code, said, _directory) = demo.end().await?;
    assert_eq!(code, 0, "{said}");
    let refused = Demo::command(&add).await?;
    let said = String::from_utf8(refused.stderr)?;
    assert!(
        !refused.status.success() && said.contains("no demo runs") && refused.stdout.is_empty(),
        "{said}"
    );
    Ok(())
}

/// Adds a webhook to the app. The variables are the same, and one more. Returns the secret.
async fn the_app_gets_a_webhook_later(add: &[&str], variables: &str, receiver: &Receiver) -> Result<String> {
    let url = receiver.url();
    let mut secrets = Vec::new();
    for _ in 0..2 {
        let added = Demo::command(&[add, &["--webhook-url", &url]].concat()).await?;
        ensure!(added.status.success(), "{}", String::from_utf8_lossy(&added.stderr));
        let said = String::from_utf8(added.stdout)?;
        let new: Vec<&str> = said.lines().filter(|line| !variables.contains(*line)).collect();
        assert_eq!((new.len(), said.lines().count()), (1, variables.lines().count() + 1), "{said}");
        let secret = new[0].strip_prefix("export WEBHOOK_SECRET=").context("there is no secret")?;
        secrets.push(secret.trim_matches('\'').to_owned());
    }
    assert_eq!(secrets[0], secrets[1], "it has one endpoint at this URL");
    let refused = Demo::command(&[add, &["--webhook-url", "http://192.168.0.9/hooks"]].concat()).await?;
    let said = String::from_utf8(refused.stderr)?;
    ensure!(!refused.status.success() && said.contains("refuses the webhook URL"), "{said}");
    secrets.pop().context("there is no secret")
}

/// The secret that the demo printed verifies the message.
async fn the_app_is_told_of_the_link(python: &Python, receiver: &Receiver, secret: &str) -> Result<()> {
    let message = receiver.gets_a("account.linked").await?.to_verify(secret);
    let script = "import json, sys; from standardwebhooks import Webhook; said = json.loads(sys.argv[1]); \
        print(json.dumps(Webhook(said['secret']).verify(said['body'], said['headers'])))";
    let mut command = python.program("python");
    command.arg("-c").arg(script).arg(message.to_string());
    assert_eq!(answer(&mut command).await?["data"]["external_user_id"], "ada");
    Ok(())
}

/// The standard output of a program that must succeed, as JSON.
async fn answer(command: &mut Command) -> Result<Value> {
    let output = command.output().await?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// Dropbox's own package over https, configured only by the variables.
async fn dropboxs_package_runs_unchanged(python: &Python, variables: &str) -> Result<()> {
    let mut command = shell("exec \"$2\" -c \"$3\"", variables);
    command.arg(python.program("python").as_std().get_program()).arg(include_str!("package.py"));
    let said = answer(&mut command).await?;
    assert_eq!(said["email"], "amara@example.com");
    let files = said["files"].as_array().context("the answer has no files")?;
    assert!(files.iter().any(|name| name == "Notes of amara.txt"), "{files:?}");
    let (authorize, host) =
        (said["authorize"].as_str(), said["host"].as_str().context("the answer has no host")?);
    let expected = format!("https://{host}/oauth2/authorize?");
    assert!(
        host.starts_with("127.0.0.1:") && authorize.is_some_and(|url| url.starts_with(&expected)),
        "{said}"
    );
    Ok(())
}

/// The control without the CA bundle: the certificate is verified, and only the bundle makes it trusted.
async fn dropboxs_package_trusts_nobody_else(python: &Python, variables: &str) -> Result<()> {
    let mut command = shell("unset REQUESTS_CA_BUNDLE; exec \"$2\" -c \"$3\"", variables);
    command.arg(python.program("python").as_std().get_program()).arg(include_str!("package.py"));
    let output = command.output().await?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(!output.status.success() && said.contains("CERTIFICATE_VERIFY_FAILED"), "{said}");
    Ok(())
}

async fn psql_as_it_is_printed_shows_all_tenants(demo: &Demo) -> Result<()> {
    let said = demo.said();
    let psql = said
        .lines()
        .find(|line| line.trim().starts_with("psql "))
        .context("the demo printed no psql command")?;
    let query = "SELECT count(DISTINCT tenant_id) > 2, count(*) > 4000 FROM accounts";
    let output = shell("", &format!("{psql} -Atc '{query}'")).output().await?;
    let rows = String::from_utf8(output.stdout)?;
    ensure!(rows.trim() == "t|t", "{rows}{}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}

/// `bowline-server --config` with the demo's settings, in the shell with the app's variables.
async fn the_servers_commands_work_in_that_shell(variables: &str, demo: &Demo) -> Result<()> {
    let script = "exec \"$2\" --config \"$3\" connector list --tenant \"$BOWLINE_TENANT\" --json";
    let mut command = shell(script, variables);
    command.arg(program("bowline-server")?).arg(demo.place().join("bowline.toml"));
    let connectors = answer(&mut command).await?;
    assert_eq!(connectors[0]["name"], NAME);
    Ok(())
}

async fn other_apps_are_told_apart(at: &str) -> Result<()> {
    let url = "http://localhost:5000/linked";
    let of = async |name: &str, url: &str| -> Result<(bool, String)> {
        let output = Demo::command(&["app", "--return-url", url, "--port", at, "--", name]).await?;
        let said = if output.status.success() { output.stdout } else { output.stderr };
        Ok((output.status.success(), String::from_utf8(said)?))
    };
    let key = |said: &str| said.lines().find(|line| line.contains("BOWLINE_API_KEY")).map(str::to_owned);
    // Two names with the same short name, at the same time.
    let (one, other) = tokio::try_join!(of("My App", url), of("my-app", url))?;
    assert!(one.0 && other.0, "{one:?} {other:?}");
    assert_ne!(key(&one.1).context("no key")?, key(&other.1).context("no key was printed")?);
    let refused = of("My App", "http://localhost:5001/linked").await?;
    assert!(!refused.0 && refused.1.contains("another name"), "{refused:?}");
    let same = of(" My App ", url).await?;
    assert_eq!(
        key(&same.1).context("no key")?,
        key(&one.1).context("no key")?,
        "spaces around it do not matter"
    );
    let (added, said) = of("--help", url).await?;
    assert!(added && key(&said).is_some(), "a name may look like an option: {said}");
    // Input that Bowline refuses can be corrected and tried again.
    let refused = of("Third", "http://192.168.0.9/linked").await?;
    assert!(!refused.0 && refused.1.contains("return"), "{refused:?}");
    let (added, said) = of("Third", url).await?;
    assert!(added, "{said}");
    Ok(())
}
