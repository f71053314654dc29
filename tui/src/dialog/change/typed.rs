//! What the texts in the fields of a dialog stand for.

use std::ops::RangeInclusive;

use bowline_api::ConnectorId;
use bowline_api::id::InvalidId;
use bowline_api::status::Permission;
use url::Url;

/// The greatest number of return URLs of a connector.
const MAX_RETURN_URLS: usize = 20;

/// What stands for events of all types.
pub(super) const ALL: &str = "all";

/// The number in this text, if it is in the range.
pub(super) fn number(typed_text: &str, range: &RangeInclusive<u32>) -> Option<u32> {
    typed_text.trim().parse().ok().filter(|number| range.contains(number))
}

/// The return URLs in this text; `None` if there is none, or one that no server accepts.
pub(super) fn return_urls(typed_text: &str) -> Option<Vec<String>> {
    let urls: Vec<_> = typed_text.split_whitespace().map(ToOwned::to_owned).collect();
    let is_one = |typed_text: &String| {
        Url::parse(typed_text).is_ok_and(|url| url.query().is_none() && url.fragment().is_none())
    };
    ((1..=MAX_RETURN_URLS).contains(&urls.len()) && urls.iter().all(is_one)).then_some(urls)
}

/// The permissions with these names; `None` if there is none, or one that nobody knows.
pub(super) fn permissions(typed_text: &str) -> Option<Vec<Permission>> {
    let all: Option<Vec<Permission>> = typed_text.split_whitespace().map(|name| name.parse().ok()).collect();
    all.filter(|all| !all.is_empty())
}

/// Whether this is the URL of a host. The server knows which hosts it may call.
pub(super) fn is_of_host(typed_text: &str) -> bool {
    Url::parse(typed_text.trim()).is_ok_and(|url| url.has_host())
}

/// The types of events with these names, none for [`ALL`]; `None` if nothing is named. The server knows which types there are.
pub(super) fn events(typed_text: &str) -> Option<Vec<String>> {
    let named = typed_text.split(|c: char| c == ',' || c.is_whitespace()).filter(|name| !name.is_empty());
    let all: Vec<_> = named.map(ToOwned::to_owned).collect();
    match &*all {
        [] => None,
        [one] if one == ALL => Some(Vec::new()),
        _ => Some(all),
    }
}

/// The connector with this id; none if nothing is typed.
pub(super) fn connector(typed_text: &str) -> Result<Option<ConnectorId>, InvalidId> {
    let typed_text = typed_text.trim();
    if typed_text.is_empty() { Ok(None) } else { typed_text.parse().map(Some) }
}
