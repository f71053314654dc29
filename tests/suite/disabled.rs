//! Connectors that an operator has disabled: until such a connector is enabled again, nobody can link through it, and
//! no token is refreshed.

use anyhow::Result;
use bowline_tests::{Operator, Person};
use reqwest::Method;
use serde_json::{Value, json};

use crate::common::{linked, newcomer, set_token_life};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disabled_connector_links_and_refreshes_nothing_until_it_is_enabled() -> Result<()> {
    let (stack, acme, account) = linked().await?;
    let leaving = newcomer(&stack, "leaving").links(&stack, &acme, "user-2").await?;
    let begun = acme.begin_link("user-3").await?;
    let returning = acme.begin_link("user-4").await?;
    let returned = Person::new(&stack, "jonas@example.com").approves(&stack, &returning).await?;
    let mut admin = Operator::create(&stack, "root", "admin").await?;
    admin.log_in().await?;
    let connectors = "/admin/v1/tenants/acme/connectors";
    let switch = async |verb: &str, reason: &str| {
        let path = format!("{connectors}/{}/{verb}", account.connector_id);
        admin.call(Method::POST, &path, Some(json!({ "reason": reason }))).await
    };
    assert_eq!(switch("disable", "no").await?.refusal(), (422, "invalid_field".to_owned()));
    let disabled: Value = switch("disable", "the app secret has leaked").await?.good()?;
    assert_eq!(disabled["status"], "disabled");
    assert_eq!(disabled["status_reason"], "the app secret has leaked");
    let again: Value = switch("disable", "once more").await?.good()?;
    assert_eq!(again, disabled, "nothing changes");

    // Issued tokens stay valid. The connector can obtain nothing new, and no call in its name reaches Dropbox.
    acme.token(account.id).await?;
    let seen = stack.dropbox.calls().len();
    let mut wanted = serde_json::to_value(acme.link_request("user-5"))?;
    wanted["completion_challenge"] = json!("A".repeat(43));
    let refused = (403, "connector_disabled".to_owned());
    let answer = acme.call(Method::POST, "/v1/link-sessions", Some(wanted.clone())).await?;
    assert_eq!(answer.refusal(), refused);
    assert_eq!(acme.try_complete(&returning, &returned).await?.refusal(), refused);
    let page = newcomer(&stack, "mei").visit(&begun.url).await?;
    assert_eq!(page.status, 403);
    assert!(page.text().contains("Linking is switched off for now"), "{}", page.text());
    let token = format!("/v1/accounts/{}/token", account.id);
    for (path, body) in [
        (format!("/v1/accounts/{}/check", account.id), None),
        (format!("{token}/refresh"), None),
        (token.clone(), Some(json!({ "scopes": ["account_info.read"] }))),
    ] {
        assert_eq!(acme.call(Method::POST, &path, body).await?.refusal(), refused, "{path}");
    }
    set_token_life(&stack, account.id, 0).await?;
    assert_eq!(acme.try_token(account.id).await?.refusal(), refused);
    assert_eq!(stack.dropbox.calls().len(), seen);

    // Revoking still works, and a new app secret does not enable the connector.
    assert_eq!(acme.revoke(leaving.id).await?.status, 202);
    stack.wait_for_live_grants(1).await?;
    let id = account.connector_id.to_string();
    let set =
        ["connector", "set-secret", "--tenant", "acme", "--connector", &id, "--app-secret-stdin", "--json"];
    let kept = stack.command(&set, Some("acme-CANARY_app_secret")).await?;
    assert_eq!((&kept["status"], &kept["status_reason"]), (&disabled["status"], &disabled["status_reason"]));

    let enabled: Value = switch("enable", "it has a new secret").await?.good()?;
    assert_eq!((&enabled["status"], &enabled["status_reason"]), (&json!("active"), &Value::Null));
    let again: Value = switch("enable", "once more").await?.good()?;
    assert_eq!(again, enabled, "nothing changes");
    acme.token(account.id).await?;
    acme.complete(&returning, &returned).await?;
    assert_eq!(acme.call(Method::POST, "/v1/link-sessions", Some(wanted)).await?.status, 201);
    assert_eq!(newcomer(&stack, "lin").visit(&begun.url).await?.status, 200);

    let log: Value = admin.call(Method::GET, "/admin/v1/audit?tenant=acme", None).await?.good()?;
    let told: Vec<(&str, &str)> = log["items"]
        .as_array()
        .map(|items| {
            items
                .iter()
                .filter_map(|item| Some((item["action"].as_str()?, item["detail"]["reason"].as_str()?)))
                .collect()
        })
        .unwrap_or_default();
    let told: Vec<_> = told.into_iter().filter(|(action, _)| action.starts_with("connector.")).collect();
    assert_eq!(
        told,
        [("connector.enabled", "it has a new secret"), ("connector.disabled", "the app secret has leaked")],
        "one event each"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_command_lines_switch_a_connector_and_a_broken_one_is_not_enabled() -> Result<()> {
    let (stack, acme, account) = linked().await?;
    let admin = Operator::create(&stack, "root", "admin").await?;
    admin.bowline_login().await?;
    let id = account.connector_id.to_string();
    let theirs = ["--tenant", "acme", "--reason", "a test", "--json"];
    let bowline = async |verb| admin.bowline(&[&["connectors", verb, &id][..], &theirs].concat()).await;
    let server = async |verb| {
        stack.command(&[&["connector", verb, "--connector", &id][..], &theirs].concat(), None).await
    };
    assert_eq!(bowline("disable").await?["status"], "disabled");
    assert_eq!(server("enable").await?["status"], "active");
    assert_eq!(server("disable").await?["status"], "disabled");
    assert_eq!(bowline("enable").await?["status"], "active");

    // An operator cannot override the provider's refusal of the app secret.
    acme.renew_app_secret(&stack, "another-secret");
    set_token_life(&stack, account.id, 0).await?;
    assert_eq!(acme.try_token(account.id).await?.refusal(), (502, "connector_broken".to_owned()));
    let refused = bowline("enable").await.unwrap_err().to_string();
    assert!(refused.contains("the connector is broken, and nobody has disabled it"), "{refused}");
    assert_eq!(server("disable").await?["status"], "disabled");
    Ok(())
}
