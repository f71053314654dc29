//! A new app secret is stored whatever Dropbox says about it, and the operator is told what that is.

use anyhow::Result;
use bowline_tests::{Operator, Stack, Tenant};
use dropbox_sim::{FaultKind, FaultSpec, Operation};
use reqwest::Method;
use serde_json::{Value, json};

use super::path;

/// Replaces the app secret: the status, its reason, and what Dropbox says.
async fn replace(admin: &Operator, tenant: &Tenant, secret: &str) -> Result<[Value; 3]> {
    let body = json!({ "app_secret": secret, "proof": { "password": admin.password } });
    let path = format!("{}/app-secret", path(tenant));
    let answer: Value = admin.call(Method::PUT, &path, Some(body)).await?.good()?;
    Ok(["status", "status_reason", "secret_check"].map(|name| answer[name].clone()))
}

/// What the audit log says of connectors, the newest first.
async fn logged(admin: &Operator) -> Result<Vec<String>> {
    let log: Value = admin.call(Method::GET, "/admin/v1/audit?tenant=acme", None).await?.good()?;
    let items = log["items"].as_array().cloned().unwrap_or_default();
    let actions = items.iter().map(|item| item["action"].as_str().unwrap_or_default().to_owned());
    Ok(actions.filter(|action| action.starts_with("connector.")).collect())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dropbox_is_asked_about_a_new_app_secret_and_the_connector_is_as_it_says() -> Result<()> {
    let stack = Stack::builder().setting("BOWLINE_DROPBOX__TOTAL_SECONDS", 1).start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let mut admin = Operator::create(&stack, "root", "admin").await?;
    admin.log_in().await?;
    let right = acme.app_secret.clone();
    let hang = stack.dropbox.set_fault(FaultSpec::new(FaultKind::Hang).on(Operation::CheckApp));
    let unreachable = [json!("active"), Value::Null, json!("unreachable")];
    assert_eq!(replace(&admin, &acme, "the-wrong-secret").await?, unreachable);
    stack.dropbox.clear_fault(hang);
    let refused = [json!("broken"), json!("invalid_client"), json!("refused")];
    for _ in 0..2 {
        assert_eq!(replace(&admin, &acme, "the-wrong-secret").await?, refused);
    }
    assert_eq!(replace(&admin, &acme, &right).await?, [json!("active"), Value::Null, json!("accepted")]);
    let logged = logged(&admin).await?;
    let replaced = "connector.secret_replaced";
    let expected = ["connector.working", replaced, replaced, "connector.broken", replaced, replaced];
    assert_eq!(logged[..6], expected, "it broke and was mended once");

    // A disabled connector stays so, and says why.
    let reason = json!({ "reason": "a leaked secret" });
    admin.call(Method::POST, &format!("{}/disable", path(&acme)), Some(reason)).await?.good::<Value>()?;
    for (secret, said) in [("the-wrong-secret", "refused"), (right.as_str(), "accepted")] {
        let now = replace(&admin, &acme, secret).await?;
        assert_eq!(now, [json!("disabled"), json!("a leaked secret"), json!(said)]);
    }

    // Both command lines say it in words.
    admin.bowline_login().await?;
    let connector = acme.connector.to_string();
    let set = ["connectors", "set-secret", &connector, "--tenant", "acme"];
    let printed = admin.try_bowline(&set, &format!("the-wrong-secret\n{}\n", admin.password)).await?;
    let text = String::from_utf8(printed.stdout)?;
    assert!(text.contains("is disabled. The provider refuses the app key or secret."), "{text}");
    let set = ["connector", "set-secret", "--tenant", "acme", "--connector", &connector];
    let printed =
        stack.command(&[&set[..], &["--app-secret-stdin", "--json"]].concat(), Some(&right)).await?;
    assert_eq!(printed["secret_check"], "accepted");
    assert!(!stack.logs().contains("wrong-secret") && !stack.logs().contains(&right));
    Ok(())
}
