//! `/notices`: the provider's webhooks. Nobody else calls these routes.

use rocket::http::{ContentType, Status};
use rocket::{get, post};

use super::list::{RouteGroup, documented};
use super::problems::Problems;
use crate::domain::{Code, Result};
use crate::http::policy::Span;
use crate::http::{NoQuery, NotHead, Notifier, Policy, Shared, Unread};
use crate::service::notice;

/// The policy of notices, which may arrive many times a second.
const NOTICE_POLICY: Policy =
    Policy { is_frequent: true, span: Span::Own, limit: Some(|app| &app.notice_pace), ..Policy::DEFAULT };

/// The longest challenge of the provider's webhook, in bytes.
const LONGEST_CHALLENGE: usize = 500;

/// Confirm the address of notices
///
/// Dropbox asks this once, when the address is entered in its app console, and expects its challenge back as plain text.
#[utoipa::path(
    tag = "notices",
    params(
        ("tenant" = String, Path, description = "The tenant's id: `tenant_…`."),
        ("challenge" = String, Query, description = "What is to be returned: up to 500 printable ASCII characters."),
    ),
    responses((status = 200, content_type = "text/plain", body = String, description = "The challenge"), Problems),
)]
#[get("/notices/<tenant>/<connector>?<challenge>")]
async fn confirm_notices(
    app: &Shared,
    _verb: NotHead,
    _query: NoQuery,
    tenant: &str,
    connector: &str,
    challenge: Option<&str>,
) -> Result<(ContentType, String)> {
    let challenge = challenge.filter(|text| is_plain(text)).ok_or_else(|| {
        Code::InvalidRequest
            .because("challenge must be 1 to 500 printable ASCII characters without < > & \" '")
    })?;
    notice::sender(app, tenant, connector).await?;
    Ok((ContentType::Plain, challenge.to_owned()))
}

/// Receive a notice
///
/// Dropbox sends this when files of accounts have changed, signed with the connector's app secret. Each account of this connector that it
/// names is told as `account.changed`, at most once a second. Other accounts are ignored without a word.
#[utoipa::path(
    tag = "notices",
    params(
        ("tenant" = String, Path, description = "The tenant's id: `tenant_…`."),
        ("X-Dropbox-Signature" = String, Header, description = "The HMAC-SHA256 of the body with the app secret, in hexadecimal."),
    ),
    request_body(content = String, content_type = "application/json", description = "The notice: at most 64 KiB"),
    responses((status = 200, description = "It is taken"), Problems),
)]
#[post("/notices/<tenant>/<connector>", data = "<body>")]
async fn receive_notice(
    app: &Shared,
    _query: NoQuery,
    from: Notifier<'_>,
    tenant: &str,
    connector: &str,
    body: Unread<'_>,
) -> Result<Status> {
    let signature = notice::signature(app, from.signature()).await?;
    let sender = notice::sender(app, tenant, connector).await?;
    let body = body.read().await?;
    notice::verify(app, &sender, &signature, &body).await?;
    from.is_provider_of(&sender);
    notice::take(app, &sender, &body).await?;
    Ok(Status::Ok)
}

/// Whether a challenge can be echoed without doing harm anywhere.
fn is_plain(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'<' | b'>' | b'&' | b'"' | b'\'');
    (1..=LONGEST_CHALLENGE).contains(&text.len()) && text.bytes().all(is_plain)
}

/// The routes under `/notices`.
pub(super) fn group() -> RouteGroup {
    documented![confirm_notices => NOTICE_POLICY, receive_notice => NOTICE_POLICY]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_challenge_is_short_and_harmless() {
        for good in ["x", "aB3-_.~+/=:", &"x".repeat(LONGEST_CHALLENGE)] {
            assert!(is_plain(good), "{good}");
        }
        for bad in [
            "",
            " ",
            "a b",
            "<script>",
            "a&b",
            "it\u{2019}s",
            "a\r\nb",
            "\"",
            &"x".repeat(LONGEST_CHALLENGE + 1),
        ] {
            assert!(!is_plain(bad), "{bad}");
        }
    }
}
