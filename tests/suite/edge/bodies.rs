//! Request bodies must be plain JSON objects: no arrays in place of objects, and no content encoding.

use anyhow::Result;
use bowline_tests::{Link, Operator, Raw, status_of};
use reqwest::Method;
use serde_json::{Value, json};

use crate::common::linked;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_array_is_no_object() -> Result<()> {
    let (stack, acme, account) = linked().await?;
    let challenge = Link::challenge(&Link::new_verifier());
    let session = acme.begin_link("user-1").await?;
    let token = format!("/v1/accounts/{}/token", account.id);
    let complete = format!("/v1/link-sessions/{}/complete", session.id);
    // Each array has the fields in the order of the type.
    for (path, body) in [
        ("/v1/link-sessions", json!(["user-2", acme.return_url, challenge, null, null, null])),
        (&complete, json!(["code", session.verifier])),
        (&token, json!([60, null, null])),
        (&token, json!([])),
        // An array in a nested position.
        (&token, json!({ "relink": [acme.return_url, challenge] })),
        (&format!("{token}/refresh"), json!([60])),
        ("/v1/users/user-1/token", json!([null, 60, null, null])),
        ("/v1/users/user-1/token", json!({ "relink": [acme.return_url, challenge] })),
        ("/v1/tokens", json!([[account.id], 60])),
    ] {
        let answer = acme.call(Method::POST, path, Some(body.clone())).await?;
        assert_eq!(answer.refusal(), (422, "invalid_field".to_owned()), "{path} {body}: {}", answer.text());
    }
    let mut olga = Operator::create(&stack, "olga", "admin").await?;
    olga.log_in().await?;
    for (path, body) in [
        ("/admin/v1/sessions", json!(["olga", "a password that is long enough"])),
        ("/admin/v1/tenants", json!(["second", "Second"])),
        (&format!("/admin/v1/accounts/{}/suspend", account.id), json!(["no reason"])),
        (&format!("/admin/v1/accounts/{}/revoke", account.id), json!(["no reason"])),
    ] {
        let answer = olga.call(Method::POST, path, Some(body.clone())).await?;
        assert_eq!(answer.refusal(), (422, "invalid_field".to_owned()), "{path} {body}: {}", answer.text());
    }
    // An object is not accepted as a name either.
    let proof = json!({ "password": olga.password });
    let role = json!({ "viewer": null });
    let olaf =
        json!({ "name": "olaf", "role": role, "password": "a long passphrase of kelp 47", "proof": proof });
    let tenants = olga.call(Method::GET, "/admin/v1/tenants", None).await?.json();
    let keys =
        format!("/admin/v1/tenants/{}/api-keys", tenants["items"][0]["id"].as_str().unwrap_or_default());
    for (path, body) in [
        ("/admin/v1/operators", olaf),
        (&keys, json!({ "name": "mobile", "permissions": [{ "link": null }], "proof": proof })),
    ] {
        let answer = olga.call(Method::POST, path, Some(body.clone())).await?;
        assert_eq!(answer.refusal(), (422, "invalid_field".to_owned()), "{path} {body}: {}", answer.text());
    }
    assert_eq!(
        stack.database.count("SELECT count(*) FROM link_sessions").await?,
        2,
        "no array created a session"
    );
    assert_eq!(acme.token(account.id).await?.account_id, account.id);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_encoded_body_is_not_taken_for_a_plain_one() -> Result<()> {
    let (stack, acme, account) = linked().await?;
    let url = format!("{}/v1/accounts/{}/token", stack.public_url(), account.id);
    let send = async |encodings: &[&str]| -> Result<(u16, Value)> {
        let mut call =
            stack.http().post(&url).bearer_auth(&acme.api_key).header("content-type", "application/json");
        for encoding in encodings {
            call = call.header("content-encoding", *encoding);
        }
        let answer = call.body("{}").send().await?;
        Ok((answer.status().as_u16(), answer.json().await?))
    };
    for encodings in [
        &["gzip"][..],
        &["deflate"],
        &["br"],
        &["identity, gzip"],
        &["identity", "gzip"],
        &["x"],
        &[""],
        &["GZIP"],
    ] {
        let (status, problem) = send(encodings).await?;
        assert_eq!(
            (status, problem["code"].as_str()),
            (415, Some("unsupported_media_type")),
            "{encodings:?}"
        );
        assert!(
            problem["detail"].as_str().is_some_and(|words| words.contains("Content-Encoding")),
            "{problem}"
        );
    }
    // An omitted body cannot have an encoding either.
    for path in
        [url.clone(), format!("{url}/refresh"), format!("{}/v1/users/user-1/token", stack.public_url())]
    {
        let call = stack.http().post(&path).bearer_auth(&acme.api_key).header("content-encoding", "gzip");
        assert_eq!(call.send().await?.status().as_u16(), 415, "{path}");
    }
    for encodings in [&[][..], &["identity"], &["Identity"]] {
        assert_eq!(send(encodings).await?.0, 200, "{encodings:?}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_is_what_its_headers_say_or_is_refused() -> Result<()> {
    let (stack, acme, account) = linked().await?;
    let port = stack.server(0).public_port();
    let send = async |path: &str, verb: &str, headers: &str, body: &str| -> Result<u16> {
        let mut connection = Raw::connect(port, std::net::Ipv4Addr::LOCALHOST).await?;
        let key = &acme.api_key;
        let head = format!(
            "{verb} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer {key}\r\n{headers}\r\n{body}"
        );
        connection.send(head).await?;
        Ok(status_of(&connection.until_closed().await?))
    };
    let token = format!("/v1/accounts/{}/token", account.id);
    let json = "Content-Type: application/json\r\n";
    let length = "Content-Length: 2\r\n";
    // JSON is UTF-8, and two content types are rejected.
    for (status, kind) in [
        (200, "Content-Type: application/json"),
        (200, "Content-Type: APPLICATION/JSON; charset=UTF-8"),
        (200, "Content-Type: application/json; charset=\"utf-8\""),
        (415, "Content-Type: application/json; charset=utf-16"),
        (415, "Content-Type: application/json;charset=iso-8859-1"),
        (415, "Content-Type: application/json; charset=utf-8; charset=utf-16"),
        (415, "Content-Type: application/json\r\nContent-Type: text/plain"),
        (415, "Content-Type: application/json\r\nContent-Type: application/json"),
        (415, "Content-Type: text/json"),
    ] {
        assert_eq!(send(&token, "POST", &format!("{kind}\r\n{length}"), "{}").await?, status, "{kind}");
    }
    // An encoded body is not decoded.
    for (status, coding) in [
        (200, "Transfer-Encoding: chunked"),
        (200, "Transfer-Encoding: Chunked"),
        (415, "Transfer-Encoding: gzip, chunked"),
        (415, "Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked"),
        (415, "Transfer-Encoding: x, chunked"),
        (415, "Transfer-Encoding: chunked, chunked"),
    ] {
        let status_now = send(&token, "POST", &format!("{json}{coding}\r\n"), "2\r\n{}\r\n0\r\n\r\n").await?;
        assert_eq!(status_now, status, "{coding}");
    }
    // Routes without a body refuse encodings, too.
    let encoded = format!("Content-Encoding: gzip\r\n{length}");
    let account = format!("/v1/accounts/{}", account.id);
    for (verb, path) in [("POST", format!("{account}/check")), ("GET", account.clone()), ("DELETE", account)]
    {
        assert_eq!(send(&path, verb, &encoded, "{}").await?, 415, "{verb} {path}");
    }
    let mut olga = Operator::create(&stack, "olga", "admin").await?;
    olga.log_in().await?;
    let url = format!("{}/admin/v1/sessions/current", stack.server(0).internal_url());
    let out = stack.http().delete(url).bearer_auth(olga.session()).header("content-encoding", "br");
    assert_eq!(out.send().await?.status().as_u16(), 415);
    assert_eq!(olga.call(Method::GET, "/admin/v1/whoami", None).await?.status, 200);
    Ok(())
}
