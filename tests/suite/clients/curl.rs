//! The example with curl: a script that links an account and lists its files, and one that verifies messages.

use std::process::Stdio;

use anyhow::{Context as _, Result, ensure};
use bowline_api::LinkSessionId;
use bowline_tests::{Link, Person, Stack, Tenant};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::Command;
use uuid::Uuid;

use super::{a_message, folder, without_proxies};

/// A script of the example, whose complaints are part of its output.
fn script(name: &str) -> Command {
    let mut sh = Command::new("sh");
    sh.args(["-c", "exec sh \"$@\" 2>&1", "sh"]).arg(folder("examples/curl").join(name));
    sh.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
    without_proxies(&mut sh);
    sh
}

/// Runs the script that links. `browse` takes what it shows to a browser, and returns what its user types then. Returns whether the
/// script succeeded, and what it said.
async fn links(
    stack: &Stack,
    acme: &Tenant,
    browse: impl AsyncFnOnce(&Link) -> Result<String>,
) -> Result<(bool, String)> {
    let ca = stack.directory().join("dropbox-ca.pem");
    std::fs::write(&ca, stack.dropbox.ca_pem())?;
    let mut command = script("link.sh");
    command
        .arg("ada")
        .env("BOWLINE_URL", stack.public_url())
        .env("BOWLINE_API_KEY", &acme.api_key)
        .env("RETURN_URL", &acme.return_url)
        .env("DROPBOX_API_HOST", stack.dropbox.https_url().replace("https://", ""))
        .env("DROPBOX_CA_FILE", &ca);
    let mut child = command.spawn()?;
    let mut input = child.stdin.take().context("no input")?;
    let mut output = BufReader::new(child.stdout.take().context("no output")?).lines();
    let mut said = String::new();
    let url = loop {
        let line = output.next_line().await?.with_context(|| format!("no address: {said}"))?;
        if line.contains("/link/") {
            break line;
        }
        said.push_str(&line);
    };
    let link = Link { id: LinkSessionId::from(Uuid::nil()), url, verifier: String::new() };
    input.write_all(format!("{}\n", browse(&link).await?).as_bytes()).await?;
    while let Some(line) = output.next_line().await? {
        said.push_str(&line);
        said.push('\n');
    }
    Ok((child.wait().await?.success(), said))
}

/// What the script that receives a message says of one in the form of [`a_message`].
async fn receives(message: &Value) -> Result<String> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let (body, header) = (text(&message["body"]), |name: &str| text(&message["headers"][name]));
    let mut child = script("cgi-bin/hooks.sh")
        .env("WEBHOOK_SECRET", text(&message["secret"]))
        .env("HTTP_WEBHOOK_ID", header("webhook-id"))
        .env("HTTP_WEBHOOK_TIMESTAMP", header("webhook-timestamp"))
        .env("HTTP_WEBHOOK_SIGNATURE", header("webhook-signature"))
        .env("CONTENT_LENGTH", body.len().to_string())
        .spawn()?;
    child.stdin.take().context("no input")?.write_all(body.as_bytes()).await?;
    Ok(String::from_utf8(child.wait_with_output().await?.stdout)?)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_example_in_curl_links_lists_files_and_verifies_messages() -> Result<()> {
    let stack = Stack::builder().setting("BOWLINE_WEBHOOKS__ALLOW_LOOPBACK", true).start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let mut amara = Person::new(&stack, "amara@example.com");
    let mut first = String::new();
    let (ok, said) = links(&stack, &acme, async |link| {
        first = amara.declines(&stack, link).await?.url.to_string();
        Ok(first.clone())
    })
    .await?;
    ensure!(ok && said.contains("You declined"), "{said}");
    let (ok, said) = links(&stack, &acme, async |_| Ok(first)).await?;
    ensure!(!ok && said.contains("not started here"), "{said}");
    let (ok, said) =
        links(&stack, &acme, async |link| Ok(amara.approves(&stack, link).await?.url.to_string())).await?;
    ensure!(ok && said.contains("Linked: acct_") && said.contains("\nNotes of amara.txt\n"), "{said}");

    let message = a_message(&acme).await?;
    let said = receives(&message).await?;
    ensure!(said.contains("Status: 204") && said.contains("endpoint.test"), "{said}");
    let mut rotated = message.clone();
    let signature = message["headers"]["webhook-signature"].as_str().context("no signature")?;
    rotated["headers"]["webhook-signature"] = json!(format!("v1,b3RoZXI= {signature}"));
    let said = receives(&rotated).await?;
    ensure!(said.contains("Status: 204"), "{said}");
    let mut altered = message.clone();
    altered["body"] =
        json!(message["body"].as_str().context("no body")?.replace("endpoint.test", "account.test"));
    let said = receives(&altered).await?;
    ensure!(said.contains("Status: 400") && said.contains("signature is wrong"), "{said}");
    // The specification's own example has a good signature, and is years old.
    let mut old = json!({
        "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "headers": {
            "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
            "webhook-timestamp": "1614265330",
            "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        },
        "body": "{\"test\": 2432232314}",
    });
    let said = receives(&old).await?;
    ensure!(said.contains("Status: 400") && said.contains("not of the last five minutes"), "{said}");
    // Everybody can sign with a key that is empty.
    old["secret"] = json!("whsec_");
    let said = receives(&old).await?;
    ensure!(said.contains("Status: 500") && said.contains("not the secret of an endpoint"), "{said}");
    Ok(())
}
