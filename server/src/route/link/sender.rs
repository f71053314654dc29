//! Determines which page a form was posted from.

use std::time::Duration;

use rocket::Request;
use rocket::data::{Data, FromData, Outcome, ToByteUnit as _};
use tokio::time::timeout;

use crate::service::link::field_fits;

/// The size limit of a form in bytes. Our own form needs less than a hundred.
const LONGEST_FORM: u64 = 1024;

/// How long reading the body of a form may take.
const FORM_PATIENCE: Duration = Duration::from_secs(5);

/// The values that browsers send in `Sec-Fetch-Site` (Fetch Metadata, section 2.4).
const FETCH_SITES: [&str; 4] = ["cross-site", "same-origin", "same-site", "none"];

/// Similar headers whose values are not used. Duplicates of them are rejected nevertheless.
const SIMILAR_FETCH_HEADERS: [&str; 3] = ["sec-fetch-mode", "sec-fetch-dest", "sec-fetch-user"];

/// What a posted form reveals about the page that it was posted from. Pages cannot set the two headers.
#[derive(Debug)]
pub(super) struct Posted<'r> {
    origin: Given<'r>,
    site: Given<'r>,
    /// The hidden field of our own page.
    field: Option<String>,
}

/// A header that may occur once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Given<'r> {
    No,
    Once(&'r str),
    /// Given twice, or with a value that no browser sends, such as two values in one.
    Unclear,
}

/// The page that sent the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FormSender {
    /// Our own page, in this browser.
    Ours,
    /// A page from an origin that may post.
    Permitted,
    /// Apparently our own page, in a browser that did not keep its cookie.
    WithoutCookie,
    /// Apparently our own page, but made for a different cookie.
    Stale,
    /// A page that does not identify itself.
    Unknown,
    /// A page from elsewhere.
    Foreign,
}

impl Posted<'_> {
    /// Determines which page the form was posted from. `own` is our origin, `permitted` are other origins that may
    /// post, and `cookie` is what this browser remembers of the link.
    pub(super) fn sender(&self, own: &str, permitted: &[String], cookie: Option<&str>) -> FormSender {
        let field = self.field.as_deref();
        let is_ours = match (self.origin, self.site) {
            (Given::Unclear, _) | (_, Given::Unclear) => return FormSender::Foreign,
            (Given::Once(origin), _) if permitted.iter().any(|each| each == origin) => {
                return FormSender::Permitted;
            }
            (Given::Once(origin), _) if origin != own && origin != "null" => return FormSender::Foreign,
            // Our own page sends `null` because it sends no Referer, so only this header or the field can tell.
            (_, Given::Once("same-origin")) => true,
            (_, Given::Once("cross-site" | "same-site")) => false,
            // Browsers before 2023 send none. `none` means a page that is reloaded.
            (Given::Once(origin), _) if origin == own => true,
            _ => field.is_some_and(|field| cookie.is_some_and(|cookie| field_fits(field, cookie))),
        };
        let says_other = matches!(self.site, Given::Once("cross-site" | "same-site"));
        match (is_ours, field, cookie) {
            (false, _, _) if says_other => FormSender::Unknown,
            (_, Some(_), None) => FormSender::WithoutCookie,
            (true, _, _) => FormSender::Ours,
            (false, Some(_), Some(_)) => FormSender::Stale,
            (false, None, _) => FormSender::Unknown,
        }
    }
}

#[rocket::async_trait]
impl<'r> FromData<'r> for Posted<'r> {
    type Error = ();

    async fn from_data(request: &'r Request<'_>, data: Data<'r>) -> Outcome<'r, Self> {
        let once = |name: &str| {
            let mut values = request.headers().get(name);
            match (values.next(), values.next()) {
                (None, _) => Given::No,
                (Some(value), None) => Given::Once(value),
                _ => Given::Unclear,
            }
        };
        let site = match once("sec-fetch-site") {
            Given::Once(site) if !FETCH_SITES.contains(&site) => Given::Unclear,
            _ if SIMILAR_FETCH_HEADERS.iter().any(|name| once(name) == Given::Unclear) => Given::Unclear,
            site => site,
        };
        // A body that is too long, too slow or cut off counts as one without the field, and the headers decide.
        let body = timeout(FORM_PATIENCE, data.open(LONGEST_FORM.bytes()).into_bytes()).await;
        let body = body.ok().and_then(Result::ok).map(rocket::data::Capped::into_inner).unwrap_or_default();
        Outcome::Success(Self { origin: once("origin"), site, field: form_field(&body) })
    }
}

/// The only field of our form.
fn form_field(body: &[u8]) -> Option<String> {
    let mut fields = url::form_urlencoded::parse(body).filter(|(name, _)| name == "page");
    match (fields.next(), fields.next()) {
        (Some((_, value)), None) => Some(value.into_owned()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN_ORIGIN: &str = "https://link.example";

    fn from<'r>(origin: Option<&'r str>, site: Option<&'r str>) -> Posted<'r> {
        let given = |value: Option<&'r str>| value.map_or(Given::No, Given::Once);
        Posted { origin: given(origin), site: given(site), field: None }
    }

    #[test]
    fn our_own_page_is_recognised_by_its_headers() {
        let permitted = ["https://photos.example".to_owned()];
        for (origin, site) in [
            (Some(OWN_ORIGIN), Some("same-origin")),
            (Some(OWN_ORIGIN), None),
            (Some("null"), Some("same-origin")),
            (None, Some("same-origin")),
        ] {
            assert_eq!(
                from(origin, site).sender(OWN_ORIGIN, &[], None),
                FormSender::Ours,
                "{origin:?} {site:?}"
            );
        }
        let photos = from(Some("https://photos.example"), Some("cross-site"));
        assert_eq!(photos.sender(OWN_ORIGIN, &permitted, None), FormSender::Permitted);
        assert_eq!(photos.sender(OWN_ORIGIN, &[], None), FormSender::Foreign);
    }

    #[test]
    fn a_post_from_another_site_is_not_ours() {
        let permitted = ["https://photos.example".to_owned()];
        for (origin, site, expected) in [
            (Some("https://evil.example"), Some("cross-site"), FormSender::Foreign),
            (Some("https://evil.example"), Some("same-origin"), FormSender::Foreign),
            (Some("https://evil.example"), None, FormSender::Foreign),
            (Some(OWN_ORIGIN), Some("cross-site"), FormSender::Unknown),
            (Some("null"), Some("cross-site"), FormSender::Unknown),
            (Some("null"), Some("same-site"), FormSender::Unknown),
            (Some("null"), None, FormSender::Unknown),
            (None, Some("cross-site"), FormSender::Unknown),
            (None, Some("none"), FormSender::Unknown),
            (None, None, FormSender::Unknown),
        ] {
            assert_eq!(
                from(origin, site).sender(OWN_ORIGIN, &permitted, None),
                expected,
                "{origin:?} {site:?}"
            );
        }
    }

    #[test]
    fn a_doubled_header_is_refused() {
        let mut posted = from(Some(OWN_ORIGIN), Some("same-origin"));
        posted.site = Given::Unclear;
        assert_eq!(posted.sender(OWN_ORIGIN, &[], None), FormSender::Foreign);
        let mut posted = from(Some(OWN_ORIGIN), Some("same-origin"));
        posted.origin = Given::Unclear;
        assert_eq!(posted.sender(OWN_ORIGIN, &[], None), FormSender::Foreign);
    }

    #[test]
    fn our_page_counts_in_a_browser_without_sec_fetch_site() {
        let binding = crate::service::link::Binding::generate().unwrap();
        let field = Some(binding.field());
        let posted = |origin, site| Posted { field: field.clone(), ..from(origin, site) };
        for origin in [Some("null"), None] {
            assert_eq!(
                posted(origin, None).sender(OWN_ORIGIN, &[], Some(binding.cookie())),
                FormSender::Ours
            );
            assert_eq!(posted(origin, None).sender(OWN_ORIGIN, &[], Some("another")), FormSender::Stale);
            assert_eq!(posted(origin, None).sender(OWN_ORIGIN, &[], None), FormSender::WithoutCookie);
            assert_eq!(
                posted(origin, Some("cross-site")).sender(OWN_ORIGIN, &[], Some(binding.cookie())),
                FormSender::Unknown
            );
        }
        assert_eq!(
            posted(Some("null"), Some("same-origin")).sender(OWN_ORIGIN, &[], None),
            FormSender::WithoutCookie
        );
    }
}
