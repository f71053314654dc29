//! The cookies of a request exactly as the browser sent them, and the cookies that Bowline sets.
//!
//! Rocket decodes cookie names, so `%5F%5FHost-…`, which a sibling host may set, would pass for `__Host-…`. Here names
//! are compared byte for byte.

use bowline_api::LinkSessionId;
use rocket::Request;
use rocket::http::{Cookie, Header, SameSite};
use rocket::request::{FromRequest, Outcome};
use rocket::response::Response;
use rocket::time::Duration;

use crate::service::link::{Binding, cookie_name, is_cookie_name};

/// How many links one browser remembers. A further link replaces the oldest.
const REMEMBERED_LINKS: usize = 8;

/// How many seconds a browser remembers a link after it has expired, so that "Back" shows its actual state.
const COOKIE_SECONDS_AFTERWARDS: u64 = 86_400;

/// How many links one response makes the browser forget. Its headers must not grow with the request.
const FORGOTTEN_LINKS: usize = 16;

/// Which pages a browser has to send the cookie of a link from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CookieReach {
    /// The cookie is sent from our own page, and on return from the provider.
    Own,
    /// The cookie is also sent from the tenant's page, which posts the ticket itself.
    Tenant,
}

/// The cookies of a request.
pub(super) struct Cookies<'r>(Vec<(&'r str, &'r str)>);

impl<'r> Cookies<'r> {
    /// The cookies of `request`.
    pub(super) fn of(request: &'r Request<'_>) -> Self {
        Self::parse(request.headers().get("cookie"))
    }

    /// Parses the values of the `Cookie` headers. HTTP/2 may send several (RFC 9113 section 8.2.3).
    fn parse(headers: impl Iterator<Item = &'r str>) -> Self {
        let pairs = headers.flat_map(|header| header.split(';'));
        Self(pairs.filter_map(|pair| pair.trim_matches([' ', '\t']).split_once('=')).collect())
    }

    /// The value of the only cookie with exactly this name. A browser never stores two of ours, so if there are two,
    /// neither counts.
    pub(super) fn value(&self, name: &str) -> Option<&'r str> {
        let mut values = self.0.iter().filter(|(each, _)| *each == name).map(|(_, value)| *value);
        match (values.next(), values.next()) {
            (Some(value), None) => Some(value),
            _ => None,
        }
    }

    /// The names of the oldest links that the browser must forget to also remember `kept`.
    fn surplus_links(&self, https: bool, kept: &str) -> Vec<&'r str> {
        let ours = self.0.iter().map(|(name, _)| *name).filter(|name| is_cookie_name(https, name));
        let mut others: Vec<&str> = ours.filter(|name| *name != kept).collect();
        // Names sort by age.
        others.sort_unstable();
        others.dedup();
        let surplus = (others.len() + 1).saturating_sub(REMEMBERED_LINKS).min(FORGOTTEN_LINKS);
        others.truncate(surplus);
        others
    }

    /// The cookies that a page sets: the binding of its link, valid for `seconds`, and the removal of surplus ones.
    pub(super) fn binding(
        &self,
        https: bool,
        (id, reach): (LinkSessionId, CookieReach),
        binding: &Binding,
        seconds: u64,
    ) -> SetCookies {
        let name = cookie_name(https, id);
        let forgotten = self.surplus_links(https, &name);
        let forgotten = forgotten
            .into_iter()
            .map(|old| build_cookie(old.to_owned(), String::new(), https, Duration::ZERO, CookieReach::Own));
        let life = Duration::seconds((seconds + COOKIE_SECONDS_AFTERWARDS).cast_signed());
        let mut cookies: Vec<Cookie<'static>> = forgotten.collect();
        cookies.push(build_cookie(name, binding.cookie().to_owned(), https, life, reach));
        SetCookies(cookies)
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Cookies<'r> {
    type Error = std::convert::Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Self::Error> {
        Outcome::Success(Self::of(request))
    }
}

/// The cookies that a response sets.
#[derive(Default)]
pub(super) struct SetCookies(Vec<Cookie<'static>>);

impl SetCookies {
    /// Adds them to a response.
    pub(super) fn put(self, response: &mut Response<'_>) {
        for cookie in self.0 {
            response.adjoin_header(Header::new("Set-Cookie", cookie.to_string()));
        }
    }
}

/// The cookie is `Lax` because the browser comes back from another site. A browser does not send such a cookie with a
/// form posted from another site, so where the tenant's page posts, it is `None`. Browsers reject `None` without https,
/// and send a cookie without a `SameSite` attribute for two minutes.
fn build_cookie(
    name: String,
    value: String,
    https: bool,
    life: Duration,
    reach: CookieReach,
) -> Cookie<'static> {
    let cookie = Cookie::build((name, value)).path("/").http_only(true).secure(https).max_age(life);
    match (reach, https) {
        (CookieReach::Own, _) => cookie.same_site(SameSite::Lax),
        (CookieReach::Tenant, true) => cookie.same_site(SameSite::None),
        (CookieReach::Tenant, false) => cookie,
    }
    .build()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::entropy;

    #[test]
    fn names_are_compared_byte_for_byte() {
        let cookies = Cookies::parse(["%5F%5FHost-a=evil; __Host-a=good;b=1", "c=x=y; d"].into_iter());
        assert_eq!(cookies.value("__Host-a"), Some("good"));
        assert_eq!(
            (cookies.value("b"), cookies.value("c"), cookies.value("d")),
            (Some("1"), Some("x=y"), None)
        );
        let doubled = Cookies::parse(["a=1; a=2"].into_iter());
        assert_eq!(doubled.value("a"), None);
    }

    #[test]
    fn a_cookie_that_a_tenants_page_posts_with_is_sent_across_sites() {
        let says = |https, reach| {
            build_cookie("a".to_owned(), "b".to_owned(), https, Duration::seconds(1), reach).to_string()
        };
        for https in [false, true] {
            let own = says(https, CookieReach::Own);
            assert!(own.contains("SameSite=Lax") && own.contains("Secure") == https, "{own}");
        }
        let tenant = says(true, CookieReach::Tenant);
        assert!(tenant.contains("SameSite=None") && tenant.contains("Secure"), "{tenant}");
        // No browser accepts `None` without `Secure`.
        let tenant = says(false, CookieReach::Tenant);
        assert!(!tenant.contains("SameSite") && !tenant.contains("Secure"), "{tenant}");
    }

    #[test]
    fn a_response_removes_a_limited_number_of_cookies() {
        let names: Vec<String> =
            (0..500).map(|_| format!("{}=x", cookie_name(true, entropy::id()))).collect();
        let header = names.join("; ");
        let cookies = Cookies::parse([header.as_str()].into_iter());
        assert_eq!(cookies.surplus_links(true, &cookie_name(true, entropy::id())).len(), FORGOTTEN_LINKS);
    }

    #[test]
    fn the_oldest_links_are_forgotten_and_foreign_cookies_do_not_count() {
        let names: Vec<String> = (0..10).map(|_| cookie_name(true, entropy::id())).collect();
        let mut header: Vec<String> = (0..9).map(|number| format!("shop-bowline-{number}=x")).collect();
        header.extend(names.iter().rev().map(|name| format!("{name}=x")));
        let header = header.join("; ");
        let cookies = Cookies::parse([header.as_str()].into_iter());
        assert_eq!(cookies.surplus_links(true, &names[9]), [&names[0], &names[1]]);
        let new = cookie_name(true, entropy::id());
        assert_eq!(cookies.surplus_links(true, &new), [&names[0], &names[1], &names[2]]);
        assert!(
            Cookies::parse([header.replace("__", "%5F%5F").as_str()].into_iter())
                .surplus_links(true, &new)
                .is_empty()
        );
    }
}
