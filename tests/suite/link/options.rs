//! What a tenant asks for besides the link itself: labels, metadata, the language and the kind of account.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use bowline_api::status::{Assurance, Completion, RequiredRole};
use bowline_api::v1::{Account, CreateLinkSession, LinkSession};
use bowline_tests::{Link, Operator, Person, Stack, Tenant, TenantOptions};
use dropbox_sim::{AccountType, UserConfig};
use reqwest::Method;
use serde_json::{Value, json};

fn metadata(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// The link session as its tenant sees it.
async fn session(acme: &Tenant, link: &Link) -> Result<LinkSession> {
    acme.call(Method::GET, &format!("/v1/link-sessions/{}", link.id), None).await?.good()
}

/// Links with this request, through all steps.
async fn linked_with(
    stack: &Stack,
    acme: &Tenant,
    who: &mut Person,
    wanted: CreateLinkSession,
) -> Result<Account> {
    let link = acme.begin(wanted).await?;
    let returned = who.approves(stack, &link).await?;
    acme.complete(&link, &returned).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn labels_and_metadata_are_carried_to_the_account_and_to_search() -> Result<()> {
    let stack = Stack::start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let mut amara = Person::new(&stack, "amara@example.com");
    let wanted = CreateLinkSession {
        user_label: Some("Ada Löwe".to_owned()),
        locale: Some("PT-br".to_owned()),
        metadata: Some(metadata(&[("plan", "Blaumeise"), ("seat", "7")])),
        ..acme.link_request("user-1")
    };
    let link = acme.begin(wanted.clone()).await?;
    let shown = session(&acme, &link).await?;
    assert_eq!(shown.user_label.as_deref(), Some("Ada Löwe"));
    assert_eq!(shown.locale.as_deref(), Some("pt-BR"));
    assert_eq!(shown.metadata, metadata(&[("plan", "Blaumeise"), ("seat", "7")]));
    assert!(!shown.force_reauthentication && shown.require_role.is_none());
    let returned = amara.approves(&stack, &link).await?;
    let account = acme.complete(&link, &returned).await?;
    assert_eq!((&account.user_label, &account.metadata), (&shown.user_label, &shown.metadata));
    let listed = acme.accounts().await?;
    assert_eq!(listed.iter().map(|one| &one.metadata).collect::<Vec<_>>(), [&account.metadata]);

    // Operators find the account by what its tenant says about it, however it is written.
    let mut operator = Operator::create(&stack, "olga", "viewer").await?;
    operator.log_in().await?;
    for (text, count) in [("blaumeise", 1), ("löwe", 1), ("Kohlmeise", 0)] {
        let path = format!("/admin/v1/accounts?q={text}");
        let page: Value = operator.call(Method::GET, &path, None).await?.good()?;
        assert_eq!(page["items"].as_array().map(Vec::len), Some(count), "{text}");
    }

    // A renewal keeps what it says nothing about, and replaces what it does.
    let again = CreateLinkSession { account_id: Some(account.id), ..acme.link_request("user-1") };
    let link = acme.begin(again.clone()).await?;
    let shown = session(&acme, &link).await?;
    assert_eq!(shown.user_label.as_deref(), Some("Ada Löwe"));
    assert!(shown.force_reauthentication && shown.relink_account_id == Some(account.id));
    let kept = linked_with(&stack, &acme, &mut amara, again.clone()).await?;
    assert_eq!((&kept.user_label, &kept.metadata), (&account.user_label, &account.metadata));
    let other =
        CreateLinkSession { user_label: Some("Ada".to_owned()), metadata: Some(metadata(&[])), ..again };
    let other = linked_with(&stack, &acme, &mut amara, other).await?;
    assert_eq!((other.user_label.as_deref(), other.metadata.len()), (Some("Ada"), 0));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wishes_about_the_sign_in_reach_dropbox() -> Result<()> {
    let stack = Stack::start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let mut amara = Person::new(&stack, "amara@example.com");
    let account = amara.links(&stack, &acme, "user-1").await?;
    let plain = acme.link_request("user-1");
    let wished = CreateLinkSession {
        locale: Some("de".to_owned()),
        force_reauthentication: Some(true),
        require_role: Some(RequiredRole::Personal),
        ..plain.clone()
    };
    let unforced = CreateLinkSession {
        account_id: Some(account.id),
        force_reauthentication: Some(false),
        ..plain.clone()
    };
    for (wanted, expected) in [
        (plain, [None, None, None]),
        (wished, [Some("de"), Some("true"), Some("personal")]),
        (unforced, [None, None, None]),
    ] {
        let link = acme.begin(wanted).await?;
        let url = url::Url::parse(&Person::new(&stack, "amara@example.com").go_to_dropbox(&link).await?)?;
        let query: BTreeMap<String, String> = url.query_pairs().into_owned().collect();
        let found = ["locale", "force_reauthentication", "require_role"]
            .map(|name| query.get(name).map(String::as_str));
        assert_eq!(found, expected);
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_of_the_wrong_kind_is_refused_although_its_user_evades_the_parameter() -> Result<()> {
    let stack = Stack::start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let wanda = UserConfig::new("wanda", "wanda@team.example");
    stack.dropbox.add_user(&UserConfig { account_type: AccountType::Business, ..wanda });
    for (email, role, fits) in [
        ("amara@example.com", RequiredRole::Work, false),
        ("wanda@team.example", RequiredRole::Personal, false),
        ("wanda@team.example", RequiredRole::Work, true),
    ] {
        let mut person = Person::new(&stack, email);
        let wanted = CreateLinkSession { require_role: Some(role), ..acme.link_request("user-1") };
        let link = acme.begin(wanted).await?;
        let asked = person.go_to_dropbox(&link).await?;
        let evaded = asked.replace(&format!("&require_role={role}"), "");
        assert_ne!(asked, evaded);
        let callback = person.approve(&stack, &evaded)?;
        let returned = person.come_back(&callback).await?;
        let answer = acme.try_complete(&link, &returned).await?;
        if fits {
            answer.good::<Account>()?;
            continue;
        }
        assert_eq!(answer.refusal(), (409, "link_failed".to_owned()), "{email}");
        assert_eq!(answer.json()["reason"], "wrong_role");
        assert_eq!(session(&acme, &link).await?.failure.as_deref(), Some("wrong_role"));
        // The user's own browser may choose an account of the other kind.
        let url = answer.json()["outcome_url"].as_str().unwrap_or_default().to_owned();
        let page = person.visit(&url).await?.text();
        let heading = format!("This app needs a {role} account");
        assert!(page.contains(&heading) && page.contains("id=\"choose\""), "{page}");
    }
    // The grants of the refused links are revoked.
    stack.wait_for_live_grants(1).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn options_that_no_page_could_show_are_refused_by_name() -> Result<()> {
    let stack = Stack::start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let body = |field: &str, value: Value| -> Result<Value> {
        let mut body = serde_json::to_value(acme.link_request("user-1"))?;
        body.as_object_mut().context("it is an object")?.insert(field.to_owned(), value);
        Ok(body)
    };
    for (field, value) in [
        ("user_label", json!("a\u{202e}b")),
        ("user_label", json!("")),
        ("locale", json!("German")),
        ("metadata", json!({ "plan": "a\u{0}" })),
    ] {
        let answer = acme.call(Method::POST, "/v1/link-sessions", Some(body(field, value)?)).await?;
        assert_eq!((answer.status, &answer.json()["field"]), (422, &json!(field)), "{}", answer.text());
    }
    let unknown = body("require_role", json!("boss"))?;
    assert_eq!(acme.call(Method::POST, "/v1/link-sessions", Some(unknown)).await?.status, 422);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_may_ask_for_more_proof_than_its_connector_and_not_for_less() -> Result<()> {
    let stack = Stack::start().await?;
    let weak = TenantOptions { completes_in_browser: true, ..TenantOptions::default() };
    let weak = Tenant::create_with(&stack, "weak", weak).await?;
    let wanted = CreateLinkSession { completion: Some(Completion::Tenant), ..weak.link_request("user-1") };
    let unproven = weak.call(Method::POST, "/v1/link-sessions", Some(serde_json::to_value(&wanted)?)).await?;
    assert_eq!((unproven.status, &unproven.json()["field"]), (422, &json!("completion_challenge")));
    let link = weak.begin(wanted).await?;
    assert_eq!(session(&weak, &link).await?.completion, Some(Completion::Tenant.into()));
    let mut amara = Person::new(&stack, "amara@example.com");
    let returned = amara.approves(&stack, &link).await?;
    assert!(weak.accounts().await?.is_empty(), "the browser completes nothing");
    assert_eq!(weak.complete(&link, &returned).await?.assurance, Assurance::Confirmed);
    // Otherwise the connector decides.
    let link = weak.begin(weak.link_request("user-2")).await?;
    let returned = amara.approves(&stack, &link).await?;
    assert!(returned.link_code.is_empty());
    assert_eq!(weak.accounts().await?[0].assurance, Assurance::Browser);

    let acme = Tenant::create(&stack, "acme").await?;
    let less = CreateLinkSession { completion: Some(Completion::Browser), ..acme.link_request("user-1") };
    let refused = acme.call(Method::POST, "/v1/link-sessions", Some(serde_json::to_value(&less)?)).await?;
    assert_eq!((refused.status, &refused.json()["field"]), (422, &json!("completion")));
    Ok(())
}
