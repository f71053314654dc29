//! The versions of the two ends: what the server says of itself, and whether a failure is a route that it lacks.

use std::fmt;

use reqwest::Method;
use reqwest::header::HeaderValue;

/// The header in which a server names its version, in answers of `/admin/v1`.
pub(super) const HEADER: &str = "bowline-version";

/// The version of this program.
pub const OWN_VERSION: &str = env!("CARGO_PKG_VERSION");

/// The version of a server. One that is older than the header does not say it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ServerVersion(Option<String>);

impl ServerVersion {
    /// The version in an answer's header. Anything but a short plain word counts as none.
    pub(super) fn of(header: Option<&HeaderValue>) -> Self {
        let is_plain = |text: &&str| {
            (1..=40).contains(&text.len())
                && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'+'))
        };
        let text = header.and_then(|value| value.to_str().ok()).filter(is_plain);
        Self(text.map(ToOwned::to_owned))
    }

    /// The version, if the server said it.
    pub fn named(&self) -> Option<&str> {
        self.0.as_deref()
    }

    /// Whether it is not, or may not be, the version of this program.
    pub fn is_other(&self) -> bool {
        self.named() != Some(OWN_VERSION)
    }

    /// Which of the two ends to update.
    pub(super) fn advice(&self) -> &'static str {
        let is_newer = self.named().and_then(version_numbers) > version_numbers(OWN_VERSION);
        match self.0 {
            Some(_) if is_newer => "update bowline",
            Some(_) => "update the server",
            None => "check its address, or update the server",
        }
    }
}

impl fmt::Display for ServerVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.named() {
            Some(version) => write!(f, "version {version}"),
            None => f.write_str("of an unknown version"),
        }
    }
}

/// The three numbers of a version, without what follows a `-` or `+`.
fn version_numbers(version: &str) -> Option<[u64; 3]> {
    let plain = version.split(['-', '+']).next()?;
    let numbers: Option<Vec<u64>> = plain.split('.').map(|part| part.parse().ok()).collect();
    numbers?.try_into().ok()
}

/// A call that failed.
pub(super) struct FailedRequest<'a> {
    pub(super) method: &'a Method,
    pub(super) url: &'a str,
    pub(super) status: u16,
    /// Whether the request had a body.
    pub(super) has_body: bool,
    pub(super) server: &'a ServerVersion,
}

impl FailedRequest<'_> {
    /// The route, if the server lacks it. The server says "not found" of a route and of a thing alike, so it is known only
    /// for requests that name no thing, and where something else than an admin API answered. A path or a query names
    /// one by its id; a body may name one in any way.
    pub(super) fn missing_route(&self, has_problem: bool) -> Option<String> {
        let path = self.url.find("/admin/v1").map(|at| &self.url[at..])?;
        // Every id has an underscore.
        let names_row = path.contains('_');
        let path = path.split('?').next().unwrap_or(path);
        // A login names nobody who could be missing.
        let is_login = path.ends_with("/sessions") || path.contains("/sign-on/");
        let names_thing = names_row || (self.has_body && !is_login);
        let is_missing = match self.status {
            404 => !has_problem || !names_thing,
            405 => true,
            _ => false,
        };
        let part = |part: &'static str, text: &str| {
            if text.contains('_') { part.to_owned() } else { text.to_owned() }
        };
        let parts: Vec<_> = path.split('/').map(|text| part("{id}", text)).collect();
        is_missing.then(|| format!("{} {}", self.method, parts.join("/")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn missing(url: &str, status: u16, has_problem: bool) -> Option<String> {
        let (method, server) = (&Method::GET, &ServerVersion::default());
        FailedRequest { method, url, status, has_body: false, server }.missing_route(has_problem)
    }

    #[test]
    fn a_body_may_name_what_is_missing() {
        let url = "https://b.example/admin/v1/jobs";
        let (method, server) = (&Method::POST, &ServerVersion::default());
        let missing = |has_body, has_problem| {
            FailedRequest { method, url, status: 404, has_body, server }.missing_route(has_problem).is_some()
        };
        assert!(!missing(true, true), "the tenant in the body is missing");
        assert!(missing(true, false) && missing(false, true));
        let url = "https://b.example/admin/v1/sessions";
        let call = FailedRequest { method, url, status: 404, has_body: true, server };
        assert!(call.missing_route(true).is_some(), "a login names nothing that could be missing");
    }

    #[test]
    fn a_missing_route_is_told_from_a_missing_row() {
        let at = |path: &str| format!("https://b.example/ops/admin/v1{path}");
        let overview = Some("GET /admin/v1/overview".to_owned());
        assert_eq!(missing(&at("/overview"), 404, true), overview);
        assert_eq!(missing(&at("/overview"), 404, false), overview);
        assert_eq!(missing(&at("/accounts?tenant=tenant_x&limit=3"), 404, true), None);
        assert_eq!(missing(&at("/accounts/acct_x"), 404, true), None);
        let holders = missing(&at("/accounts/acct_x/token-holders?limit=3"), 404, false);
        assert_eq!(holders.unwrap(), "GET /admin/v1/accounts/{id}/token-holders");
        assert!(missing(&at("/jobs/job_x/approve"), 405, true).is_some());
        assert_eq!(missing(&at("/jobs/job_x"), 410, true), None, "something that is gone was there");
    }

    #[test]
    fn the_older_end_is_the_one_to_update() {
        let of = |text: &'static str| ServerVersion::of(Some(&HeaderValue::from_static(text)));
        assert_eq!(of("0.0.9").advice(), "update the server");
        assert_eq!(of("99.0.0-rc.1").advice(), "update bowline");
        assert_eq!(ServerVersion::default().advice(), "check its address, or update the server");
        assert!(!of(OWN_VERSION).is_other() && of("0.0.9").is_other() && ServerVersion::default().is_other());
        assert_eq!(of("0.1 <b>").named(), None, "nothing but a version is shown");
    }
}
