//! Links in progress: what is kept in the user's session, and what the browser brings back.
//!
//! Whoever's browser comes to your return URL, only the session in which the link was begun can complete it. Otherwise an
//! attacker could begin a link, have somebody else approve it, and get that person's files. `begin` keeps a verifier among the
//! links of the user's session, and `finish` completes only with it.

use std::collections::BTreeMap;
use std::fmt;

use bowline_api::LinkSessionId;
use bowline_api::v1::CompleteLinkSession;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::NotLinked;

/// Users have several tabs. A session in a cookie has room for some links only.
const KEPT: usize = 8;

/// The links that a user's session at your app has begun: keep them in that session, from which nobody else can read them.
///
/// They are a value that serde can write. Read them before `begin`, `manage`, `finish` and a token call with
/// [`Relinking`](crate::Relinking), and store them after those that take them mutably.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Links(BTreeMap<String, Kept>);

/// For whom a link was begun, and its verifier.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Kept(String, String);

impl Links {
    /// Keeps a verifier under the id of its session, with the user for whom it was begun.
    pub(crate) fn keep(&mut self, id: String, user: String, verifier: String) {
        self.0.insert(id, Kept(user, verifier));
        // The part after the prefix sorts by time.
        let time = |id: &String| id.split_once('_').map(|(_, time)| time.to_owned());
        while self.0.len() > KEPT {
            let oldest = self.0.keys().min_by_key(|id| time(id)).cloned();
            oldest.and_then(|id| self.0.remove(&id));
        }
    }

    /// The verifier of a link that this session began for this user.
    fn verifier(&self, id: Option<&str>, user: &str) -> Option<&str> {
        let Kept(owner, verifier) = self.0.get(id?)?;
        (owner == user).then_some(verifier)
    }
}

impl fmt::Debug for Links {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

/// A link that was begun.
#[derive(Clone)]
pub struct Begun {
    /// `ls_…`, or `ms_…` of the page with the user's links.
    pub id: String,
    /// Redirect the user's browser there. It is a secret of theirs.
    pub url: String,
    /// When the URL stops working.
    pub expires_at: DateTime<Utc>,
}

impl fmt::Debug for Begun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Begun")
            .field("id", &self.id)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

/// The query parameters with which the browser comes to your return URL, for an extractor such as axum's `Query`.
#[derive(Clone, Default, Deserialize)]
pub struct Returned {
    /// The link.
    pub link_session: Option<String>,
    /// The visit of the page with the user's links, if they come from there.
    pub manage_session: Option<String>,
    /// What completes an approved link, together with the verifier.
    pub link_code: Option<String>,
    /// Why there is no approval.
    pub error: Option<String>,
}

impl fmt::Debug for Returned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Returned")
            .field("link_session", &self.link_session)
            .field("manage_session", &self.manage_session)
            .field("error", &self.error)
            .finish_non_exhaustive()
    }
}

/// What the browser brought back.
pub(crate) enum Found {
    NotLinked(NotLinked),
    /// The user approved; the link is yet to be completed.
    Approval(LinkSessionId, CompleteLinkSession),
    /// The user came back, and only Bowline knows how the link stands.
    Unknown(LinkSessionId),
}

/// Reads what the browser brought back. Anybody can make a link to your page, so the session has to know the link.
pub(crate) fn read(user: &str, returned: &Returned, links: &Links) -> Found {
    let given = |value: &Option<String>| value.clone().filter(|text| !text.is_empty());
    let (link, visit) = (given(&returned.link_session), given(&returned.manage_session));
    // A link that was begun on the page with the user's links has the verifier of that page.
    let verifier = links.verifier(link.as_deref(), user).or_else(|| links.verifier(visit.as_deref(), user));
    let Some(verifier) = verifier else { return Found::NotLinked(NotLinked::not_started_here()) };
    let Some(link) = link else { return Found::NotLinked(NotLinked::because("back")) };
    let Ok(link) = link.parse() else { return Found::NotLinked(NotLinked::not_started_here()) };
    if let Some(error) = given(&returned.error) {
        // It comes from the address bar, and apps may show it as it is.
        let is_name =
            error.len() <= 64 && error.bytes().all(|byte| byte == b'_' || byte.is_ascii_lowercase());
        return Found::NotLinked(NotLinked::because(if is_name { error.as_str() } else { "unknown" }));
    }
    match given(&returned.link_code) {
        Some(link_code) => {
            Found::Approval(link, CompleteLinkSession { link_code, completion_verifier: verifier.to_owned() })
        }
        None => Found::Unknown(link),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The id of a session that was created as the n-th.
    fn id(prefix: &str, n: u128) -> String {
        let number = bowline_api::AccountId::from(uuid::Uuid::from_u128(n)).to_string();
        number.replace("acct", prefix)
    }

    fn begun(links: &mut Links, prefix: &str, n: u128) {
        links.keep(id(prefix, n), "ada".to_owned(), format!("verifier {n}"));
    }

    fn returned(n: u128) -> Returned {
        Returned {
            link_session: Some(id("ls", n)),
            link_code: Some("bwl_lc_x".to_owned()),
            ..Returned::default()
        }
    }

    /// Why nothing was linked, for which nothing may be asked.
    fn refused(user: &str, returned: &Returned, links: &Links) -> String {
        match read(user, returned, links) {
            Found::NotLinked(why) => why.reason,
            Found::Approval(..) | Found::Unknown(_) => panic!("Bowline would be asked"),
        }
    }

    #[test]
    fn a_link_is_completed_with_the_verifier_of_its_session() {
        let mut links = Links::default();
        begun(&mut links, "ls", 1);
        begun(&mut links, "ls", 2);
        let kept = serde_json::to_string(&links).unwrap();
        let links: Links = serde_json::from_str(&kept).unwrap();
        let Found::Approval(link, proof) = read("ada", &returned(1), &links) else { panic!("no approval") };
        assert_eq!((link.to_string(), proof.completion_verifier.as_str()), (id("ls", 1), "verifier 1"));
        assert_eq!(proof.link_code, "bwl_lc_x");
        assert!(!format!("{links:?} {:?}", returned(1)).contains("verifier"));
        assert!(!format!("{:?}", returned(1)).contains("bwl_lc"));
    }

    #[test]
    fn a_link_of_another_session_or_user_is_not_completed() {
        let mut links = Links::default();
        begun(&mut links, "ls", 1);
        let started = "not_started_here";
        assert_eq!(refused("ada", &returned(1), &Links::default()), started);
        assert_eq!(refused("mallory", &returned(1), &links), started);
        assert_eq!(refused("ada", &returned(2), &links), started);
        assert_eq!(refused("ada", &Returned::default(), &links), started);
        // Whoever forges an error of a foreign link changes nothing, either.
        let forged = Returned { error: Some("access_denied".to_owned()), ..returned(2) };
        assert_eq!(refused("ada", &forged, &links), started);
    }

    #[test]
    fn tabs_do_not_disturb_each_other_and_the_newest_eight_stay() {
        let mut links = Links::default();
        // The prefix of a visit is greater than that of a link, and the visit is the oldest.
        begun(&mut links, "ms", 1);
        for n in 2..12 {
            begun(&mut links, "ls", n);
        }
        let kept: Vec<&String> = links.0.keys().collect();
        assert_eq!(kept, (4..12).map(|n| id("ls", n)).collect::<Vec<_>>().iter().collect::<Vec<_>>());
    }

    #[test]
    fn an_error_is_a_name_or_unknown_and_nothing_at_all_is_asked_about() {
        let mut links = Links::default();
        begun(&mut links, "ls", 1);
        let with = |error: &str| Returned { error: Some(error.to_owned()), ..returned(1) };
        assert_eq!(refused("ada", &with("link_expired"), &links), "link_expired");
        assert_eq!(refused("ada", &with("<script>"), &links), "unknown");
        let empty = Returned { link_code: Some(String::new()), ..with("") };
        assert!(matches!(read("ada", &empty, &links), Found::Unknown(_)));
    }

    #[test]
    fn the_page_with_the_links_leads_back_like_a_link() {
        let mut links = Links::default();
        begun(&mut links, "ms", 1);
        let visit = Returned { manage_session: Some(id("ms", 1)), ..Returned::default() };
        assert_eq!(refused("ada", &visit, &links), "back");
        let link = Returned { manage_session: visit.manage_session.clone(), ..returned(9) };
        let Found::Approval(_, proof) = read("ada", &link, &links) else { panic!("no approval") };
        assert_eq!(proof.completion_verifier, "verifier 1");
        let elsewhere = Returned { link_session: Some("../tokens".to_owned()), ..link };
        assert_eq!(refused("ada", &elsewhere, &links), "not_started_here");
    }
}
