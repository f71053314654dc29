//! The query language of the audit log.

use chrono::{DateTime, SecondsFormat, Utc};

use crate::client::AuditSearch;
use crate::when::{TIME_FORMS, point};
use crate::widget::completion::Filter;
use crate::widget::query::{Problem, QueryWord, keys, unknown_key, words};
use crate::widget::query_bar::tenant;

/// The filters.
pub(super) const FILTERS: &[Filter] = &[
    Filter::TENANT,
    Filter::free("actor", "who did it: name, op_…, key_… or a kind"),
    Filter::free("action", "such as account.revoked, or account"),
    Filter::free("subject", "about this id"),
    Filter::free("since", "from 2h, 3d, yesterday, 2026-11-23 on"),
    Filter::free("until", "before such a time"),
];
/// The tenant of a query over all logs, as is one without a tenant, and that of the service's own log. No tenant can be called so.
const ALL: &str = "*";
const SERVICE_LOG: &str = "-";

/// The query without a word.
pub(super) fn all() -> AuditSearch {
    AuditSearch { all: true, ..AuditSearch::default() }
}

/// Parses a query.
pub(super) fn parse(text: &str) -> Result<AuditSearch, Problem> {
    let mut search = all();
    for word in words(text) {
        let value = || Some(word.value.clone()).filter(|value| !value.is_empty());
        match word.key.as_deref() {
            Some("tenant") if word.value == ALL => (search.tenant, search.all) = (None, true),
            Some("tenant") if word.value == SERVICE_LOG => (search.tenant, search.all) = (None, false),
            Some("tenant") => (search.tenant, search.all) = (Some(tenant(&word)?), false),
            Some("actor") => search.actor = value(),
            Some("action") => search.action = value(),
            Some("subject") => search.subject = value(),
            Some("since") => search.since = Some(typed_time(&word)?),
            Some("until") => search.until = Some(typed_time(&word)?),
            Some(_) => return Err(unknown_key(&word, FILTERS, false)),
            None => {
                let filters = keys(FILTERS);
                return Err(word.problem(format!("the audit log has no text search; filters are {filters}")));
            }
        }
    }
    Ok(search)
}

/// The time as it was typed, if it is one.
fn typed_time(word: &QueryWord) -> Result<String, Problem> {
    match point(&word.value, DateTime::UNIX_EPOCH) {
        Some(_) => Ok(word.value.clone()),
        None => Err(word.problem(format!("not a time; write {TIME_FORMS}"))),
    }
}

/// The search as the server takes it: times are points in time.
pub(super) fn resolved(search: &AuditSearch, now: DateTime<Utc>) -> AuditSearch {
    let at = |text: &Option<String>| {
        text.as_deref()
            .and_then(|text| point(text, now))
            .map(|at| at.to_rfc3339_opts(SecondsFormat::Secs, true))
    };
    AuditSearch { since: at(&search.since), until: at(&search.until), ..search.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_has_filters_and_says_which_word_is_none() {
        let now = DateTime::UNIX_EPOCH + chrono::TimeDelta::days(20_000);
        let all = parse("tenant:* actor:olga action:account since:2h until:2024-10-04T10:00:00Z").unwrap();
        assert!(all.all && all.tenant.is_none());
        assert_eq!((all.actor.as_deref(), all.action.as_deref()), (Some("olga"), Some("account")));
        let own = parse("tenant:- actor:olga").unwrap();
        assert!(!own.all && own.tenant.is_none() && parse("actor:olga").unwrap().all);
        let sent = resolved(&all, now);
        assert_eq!(sent.since.as_deref(), Some("2024-10-03T22:00:00Z"));
        assert_eq!(sent.until.as_deref(), Some("2024-10-04T10:00:00Z"));
        let problem = |text| parse(text).unwrap_err();
        assert_eq!((problem("actor:x olga").at, problem("actor:x olga").length), (8, 4));
        assert!(problem("actor:x olga").text.contains("no text search; filters are tenant: actor:"));
        assert!(!problem("user:bob").text.contains("quotes"), "{}", problem("user:bob").text);
        assert!(problem("since:soon").text.contains("not a time"));
        assert!(problem("user:bob").text.contains("user: is no filter here"));
        assert!(parse("actor:").unwrap().actor.is_none(), "half typed");
        assert!(!parse("tenant:* tenant:acme").unwrap().all);
    }
}
