//! Connectors of OAuth 1: which services are accepted, and that nobody can point one elsewhere.

use anyhow::Result;
use bowline_api::status::Protocol;
use bowline_tests::{Operator, Person, Stack, oauth1_service};
use reqwest::Method;
use serde_json::{Value, json};

use super::oauth1::{DIALECTS, tenant};

fn body(protocol: Protocol, origin: &str) -> Result<Value> {
    Ok(json!({
        "name": "Acme Photos", "app_key": format!("key-of-{protocol}"), "app_secret": "CANARY_secret", "scopes": [],
        "return_urls": ["https://photos.example/linked"], "protocol": protocol,
        "oauth1_service": serde_json::to_value(oauth1_service(protocol, origin))?,
    }))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn operators_add_connectors_of_oauth_1_and_see_their_service() -> Result<()> {
    let stack = Stack::start().await?;
    stack.command(&["tenant", "add", "--slug", "acme", "--name", "Acme", "--json"], None).await?;
    let mut operator = Operator::create(&stack, "ops-1", "admin").await?;
    operator.log_in().await?;
    let path = "/admin/v1/tenants/acme/connectors";
    let origin = stack.dropbox.http_url();
    for protocol in DIALECTS {
        let wanted = body(protocol, &origin)?;
        let added = operator.call(Method::POST, path, Some(wanted.clone())).await?;
        assert_eq!(added.status, 201, "{}", added.text());
        assert_eq!(added.json()["protocol"], wanted["protocol"]);
        assert_eq!(added.json()["oauth1_service"], wanted["oauth1_service"]);
        let edits = [
            ("oauth1_service", Value::Null, "is required"),
            ("scopes", json!(["files.metadata.read"]), "scopes must be empty"),
            ("protocol", json!("oauth2"), "belongs to connectors of the protocols"),
            ("oauth1_service/access_token_url", json!("https://evil.example/token"), "does not list"),
            ("oauth1_service/authorize_url", json!("https://evil.example/page"), "does not list"),
            ("oauth1_service/api_origins", json!(["https://evil.example"]), "does not list"),
            ("oauth1_service/account_url", json!("not a URL"), "must be a URL"),
            (
                "oauth1_service/account_url",
                json!(format!("{origin}/account#x")),
                "no user, password or fragment",
            ),
            ("oauth1_service/account_id_field", json!(""), "oauth1_service"),
        ];
        for (at, value, told) in edits {
            let mut edited = body(protocol, &origin)?;
            edited["app_key"] = json!("another-key");
            match at.split_once('/') {
                Some((service, field)) => edited[service][field] = value,
                None => edited[at] = value,
            }
            let refused = operator.call(Method::POST, path, Some(edited)).await?;
            assert_eq!(refused.status, 422, "{at}: {}", refused.text());
            assert!(refused.text().contains(told), "{at}: {}", refused.text());
        }
    }
    // Only OAuth 1.0 needs the account's id with the token, and the tenant's proof.
    for (protocol, status) in [(Protocol::OAuth1, 422), (Protocol::OAuth1a, 201)] {
        let mut browser = body(protocol, &origin)?;
        browser["completion"] = json!("browser");
        browser["app_key"] = json!(format!("browser-{protocol}"));
        assert_eq!(operator.call(Method::POST, path, Some(browser)).await?.status, status, "{protocol}");
    }
    let mut unbound = body(Protocol::OAuth1, &origin)?;
    unbound["oauth1_service"]["token_account_id_field"] = Value::Null;
    assert_eq!(operator.call(Method::POST, path, Some(unbound)).await?.status, 422);
    Ok(())
}

/// Under OAuth 1.0 an attack remains that 1.0a closes, so it takes a setting of its own.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn oauth_1_0_needs_a_setting_and_1_0a_does_not() -> Result<()> {
    let stack = Stack::builder().setting("BOWLINE_OAUTH1__ALLOW_1_0", "false").start().await?;
    stack.command(&["tenant", "add", "--slug", "acme", "--name", "Acme", "--json"], None).await?;
    let mut operator = Operator::create(&stack, "ops-1", "admin").await?;
    operator.log_in().await?;
    for (protocol, status) in [(Protocol::OAuth1, 422), (Protocol::OAuth1a, 201)] {
        let wanted = body(protocol, &stack.dropbox.http_url())?;
        let answer = operator.call(Method::POST, "/admin/v1/tenants/acme/connectors", Some(wanted)).await?;
        assert_eq!(answer.status, status, "{protocol}: {}", answer.text());
        assert_eq!(answer.text().contains("bowline.oauth1.allow_1_0"), status == 422, "{}", answer.text());
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn plain_http_is_for_development() -> Result<()> {
    let stack = Stack::start().await?;
    let dropbox = [
        ("BOWLINE_DEVELOPMENT", "false"),
        ("BOWLINE_DROPBOX__WEB_URL", "https://www.dropbox.com"),
        ("BOWLINE_DROPBOX__API_URL", "https://api.dropboxapi.com"),
    ];
    for (origins, starts) in [("[\"https://photos.example\"]", true), ("[\"http://photos.example\"]", false)]
    {
        let settings = [&dropbox[..], &[("BOWLINE_OAUTH1__ORIGINS", origins)]].concat();
        let output = stack.try_command_with(&settings, &["doctor", "--json"], None).await?;
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(said.contains("bowline.oauth1.origins must be https"), !starts, "{origins}: {said}");
    }
    Ok(())
}

/// One app key of Dropbox serves both of its protocols, and belongs to one tenant. Another service may give the same key to anybody.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_app_key_belongs_to_its_issuer() -> Result<()> {
    let other = "https://photos.example";
    let stack = Stack::builder();
    let stack = stack.setting("BOWLINE_OAUTH1__ORIGINS", format!("[\"{other}\"]")).start().await?;
    for slug in ["acme", "beta"] {
        stack.command(&["tenant", "add", "--slug", slug, "--name", slug, "--json"], None).await?;
    }
    let mut operator = Operator::create(&stack, "ops-1", "admin").await?;
    operator.log_in().await?;
    let add = async |slug: &str, protocol: Protocol, origin: &str| {
        let mut wanted = body(protocol, origin)?;
        wanted["app_key"] = json!("one-key");
        if protocol == Protocol::OAuth2 {
            wanted["scopes"] = json!(["account_info.read"]);
        }
        let path = format!("/admin/v1/tenants/{slug}/connectors");
        anyhow::Ok(operator.call(Method::POST, &path, Some(wanted)).await?.status)
    };
    assert_eq!(add("acme", Protocol::OAuth2, other).await?, 201);
    assert_eq!(add("acme", Protocol::OAuth2, other).await?, 409, "the same app again");
    assert_eq!(add("acme", Protocol::OAuth1a, other).await?, 201, "another issuer");
    assert_eq!(add("acme", Protocol::OAuth1, other).await?, 201, "another protocol");
    assert_eq!(add("acme", Protocol::OAuth1, other).await?, 409);
    assert_eq!(add("beta", Protocol::OAuth2, other).await?, 409, "another tenant's app");
    assert_eq!(add("beta", Protocol::OAuth1a, other).await?, 409);
    let issued = "SELECT count(*) FROM connectors WHERE issuer = 'https://photos.example'";
    assert_eq!(stack.database.count(issued).await?, 2);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_an_entry_in_the_settings_there_is_no_oauth_1() -> Result<()> {
    let mut stack = Stack::start().await?;
    let acme = tenant(&stack, Protocol::OAuth1).await?;
    let file = stack.directory().join("service.json");
    let service = oauth1_service(Protocol::OAuth1a, &stack.dropbox.http_url());
    std::fs::write(&file, serde_json::to_vec(&service)?)?;
    let file = file.display().to_string();
    let mut add = vec!["connector", "add", "--tenant", &acme.slug, "--name", "Acme", "--app-key", "key-2"];
    add.extend(["--app-secret-stdin", "--return-url", "https://photos.example/linked", "--json"]);
    add.extend(["--protocol", "oauth1a", "--oauth1-service", &file]);
    let none = [("BOWLINE_OAUTH1__ORIGINS", "[]")];
    let output = stack.try_command_with(&none, &add, Some("CANARY_secret")).await?;
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("no connector of OAuth 1 can be added"), "{said}");

    // A connector that was added before cannot be used either: nothing is sent.
    let link = acme.begin_link("user-1").await?;
    let seen = stack.dropbox.calls().len();
    stack.server_mut(0).kill().await?;
    stack.server_mut(0).set_variable("BOWLINE_OAUTH1__ORIGINS", "[]");
    stack.server_mut(0).start().await?;
    let page = Person::new(&stack, "amara@example.com").press_continue(&link.url).await?;
    assert_eq!(page.status, 503);
    assert_eq!(stack.dropbox.calls().len(), seen);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_edits_the_service_in_the_database_gets_no_app_secret() -> Result<()> {
    let stack = Stack::start().await?;
    let acme = tenant(&stack, Protocol::OAuth1).await?;
    let link = acme.begin_link("user-1").await?;
    let seen = stack.dropbox.calls().len();
    let client = stack.database.superuser().await?;
    // The sealed secret is bound to the text of the service, and to the protocol.
    for edit in
        ["oauth1_service = replace(oauth1_service, '/account/info', '/other')", "protocol = 'oauth1a'"]
    {
        client.batch_execute(&format!("UPDATE connectors SET {edit}")).await?;
        assert_eq!(
            Person::new(&stack, "amara@example.com").press_continue(&link.url).await?.status,
            500,
            "{edit}"
        );
    }
    client.batch_execute("UPDATE connectors SET oauth1_service = 'no service'").await?;
    assert_eq!(Person::new(&stack, "amara@example.com").visit(&link.url).await?.status, 500);
    assert_eq!(stack.dropbox.calls().len(), seen, "nothing was sent");
    Ok(())
}
