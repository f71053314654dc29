//! The verb of a request is the one that was sent: no form changes it, and HEAD and OPTIONS change nothing.

use anyhow::Result;
use bowline_tests::{Operator, Person, Raw, Stack, Tenant, status_of};
use reqwest::Method;
use reqwest::header::HeaderMap;

use crate::common::linked;

const FORM: &str = "application/x-www-form-urlencoded";
const VERBS: [&str; 7] = ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "POST"];

/// The status of a form post over a separate connection; a truncated answer has none.
async fn post(port: u16, path: &str, kind: &str, authorization: &str, body: &str) -> Result<u16> {
    let mut connection = Raw::connect(port, std::net::Ipv4Addr::LOCALHOST).await?;
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer {authorization}\r\n\
         Content-Type: {kind}\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    connection.send(head).await?;
    let answer = connection.until_closed().await?;
    let length = answer
        .to_lowercase()
        .split("content-length: ")
        .nth(1)
        .and_then(|rest| rest.split("\r\n").next().and_then(|length| length.parse::<usize>().ok()));
    let body = answer.split_once("\r\n\r\n").map(|(_, body)| body.len());
    assert_eq!(length, body, "{path}: the answer is truncated: {answer}");
    Ok(status_of(&answer))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_form_pretends_to_be_another_verb() -> Result<()> {
    let (stack, acme, account) = linked().await?;
    let mut olga = Operator::create(&stack, "olga", "admin").await?;
    olga.log_in().await?;
    let link = acme.begin_link("user-2").await?;
    let (public, internal) = (stack.server(0).public_port(), stack.server(0).internal_port());
    for (port, path, credential) in [
        (public, format!("/v1/accounts/{}", account.id), acme.api_key.as_str()),
        (public, "/v1/accounts".to_owned(), &acme.api_key),
        (public, format!("/v1/accounts/{}/token", account.id), &acme.api_key),
        (public, "/v1/link-sessions".to_owned(), &acme.api_key),
        (public, format!("/link/{}", link.ticket()), ""),
        (internal, "/admin/v1/whoami".to_owned(), olga.session()),
        (internal, "/admin/v1/sessions/current".to_owned(), olga.session()),
        (internal, "/admin/v1/tenants".to_owned(), olga.session()),
    ] {
        for kind in [FORM, "multipart/form-data; boundary=x"] {
            let plain = post(port, &path, kind, credential, "other=value&and=more").await?;
            assert!(plain >= 400, "{path}: {plain}");
            for verb in VERBS {
                for body in [
                    format!("_method={verb}"),
                    format!("_method={}&a=b", verb.to_lowercase()),
                    format!(
                        "--x\r\nContent-Disposition: form-data; name=\"_method\"\r\n\r\n{verb}\r\n--x--\r\n"
                    ),
                ] {
                    let overridden = post(port, &path, kind, credential, &body).await?;
                    assert_eq!(overridden, plain, "{path} {kind} {body}");
                }
            }
        }
    }
    // A form's content type does not turn another verb into a POST either.
    let url = format!("{}/v1/accounts/{}", stack.public_url(), account.id);
    // The form names a verb other than the one that is sent.
    for kind in [FORM, "multipart/form-data; boundary=x"] {
        for body in ["", "_method=POST", "_method=DELETE", "_method=put&a=b", "_method=HEAD"] {
            let call = stack.http().get(&url).bearer_auth(&acme.api_key).header("content-type", kind);
            assert_eq!(call.body(body).send().await?.status().as_u16(), 200, "{kind} {body}");
        }
    }
    acme.token(account.id).await?;
    assert_eq!(acme.link_status(&link).await?.0, "created");
    let delete = stack.http().delete(&url).bearer_auth(&acme.api_key).header("content-type", FORM);
    let deleted = delete.body("_method=GET").send().await?;
    assert_eq!(deleted.status().as_u16(), 202);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn head_and_options_change_nothing() -> Result<()> {
    let stack = Stack::start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let mut amara = Person::new(&stack, "amara@example.com");
    let link = acme.begin_link("user-1").await?;
    let verbs = [Method::HEAD, Method::OPTIONS];
    for verb in &verbs {
        amara.send(verb.clone(), &link.url, &HeaderMap::new()).await?;
    }
    let authorize_url = amara.go_to_dropbox(&link).await?;
    let callback = amara.approve(&stack, &authorize_url)?;
    let cookies = amara.cookies.clone();
    for verb in &verbs {
        let answer = amara.send(verb.clone(), &callback, &HeaderMap::new()).await?;
        assert!(answer.status == 405 || answer.status == 404, "{verb}: {}", answer.status);
        assert!(answer.bytes.is_empty() || *verb == Method::OPTIONS, "{verb}");
        assert_eq!(answer.header("location"), "", "{verb}");
    }
    assert_eq!(amara.cookies, cookies, "the browser is bound as before");
    assert_eq!(acme.link_status(&link).await?.0, "authorizing");
    let returned = amara.come_back(&callback).await?;
    let account = acme.complete(&link, &returned).await?;

    let mut olga = Operator::create(&stack, "olga", "admin").await?;
    olga.log_in().await?;
    let inspected = "SELECT count(*) FROM audit_events WHERE action = 'account.inspected'";
    let path = format!("/admin/v1/accounts/{}", account.id);
    for verb in &verbs {
        let answer = olga.call(verb.clone(), &path, None).await?;
        assert!(answer.status == 405 || answer.status == 404, "{verb}: {}", answer.status);
    }
    assert_eq!(stack.database.count(inspected).await?, 0, "a refused request leaves no audit entry");
    assert_eq!(olga.call(Method::GET, &path, None).await?.status, 200);
    assert_eq!(stack.database.count(inspected).await?, 1);
    for verb in &verbs {
        acme.call(verb.clone(), &format!("/v1/accounts/{}", account.id), None).await?;
    }
    acme.token(account.id).await?;
    Ok(())
}
