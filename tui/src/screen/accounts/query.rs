//! The query line: `status:active,suspended tenant:acme scope:files.content.write sort:used ada`.

use bowline_api::admin::AccountSort;
use bowline_api::status::AccountStatus;
use bowline_api::{Age, Ages, AnyOf, ConnectorId};

use crate::client::{AccountSearch, SORTS, sort_name, sort_named};
use crate::widget::completion::Filter;
use crate::widget::query::{Problem, QueryWord, negated, unknown_key, with_word, words};
use crate::widget::query_bar::tenant;

use super::seen::SeenIds;

/// The filters.
pub(super) const FILTERS: &[Filter] = &[
    Filter::any_of("status", status_words, "in this state, or in any: active,revoked"),
    Filter::TENANT,
    Filter::free("scope", "granted this scope"),
    Filter::free("connector", "linked through this one: conn_…"),
    Filter::compared("used", "used within an age such as 90d, or not"),
    Filter::compared("linked", "linked within an age, or before"),
    Filter::free("unused", "the same as used> with this age"),
    Filter::words("sort", sort_words, "the order: newest, oldest, email, used"),
];

fn status_words() -> Vec<&'static str> {
    AccountStatus::ALL.iter().map(|status| status.as_str()).collect()
}

fn sort_words() -> Vec<&'static str> {
    SORTS.iter().map(|(_, name)| *name).collect()
}

/// Parses a query. A word with a known key and a colon filters; words without a key are search text. A word with an
/// unknown key is wrong, because it would find nothing as text and look as if there were nothing.
pub(super) fn parse(text: &str, seen: &SeenIds) -> Result<AccountSearch, Problem> {
    let mut filter = AccountSearch::default();
    let mut searched = Vec::new();
    for word in words(text) {
        if let Some(problem) = negated(&word, FILTERS) {
            return Err(problem);
        }
        match word.key.as_deref() {
            None if word.value.starts_with("acct_") && word.value.contains('…') => {
                // The server finds by its end one that was not on this screen.
                let whole = seen.whole(&word.value);
                searched.push(whole.map_or(word.value, |id| id.to_string()));
            }
            None if age_comparison(&word).is_some() => compare_age(&word, &mut filter.ages)?,
            None => searched.push(word.value),
            Some("status") => {
                let wanted = status_of_word(&word)?;
                filter.status = Some(filter.status.map_or(wanted.clone(), |earlier| earlier.or(&wanted)));
            }
            Some("tenant") => filter.tenant = Some(tenant(&word)?),
            Some("scope") if !word.value.is_empty() => filter.scope = Some(word.value),
            Some("scope") => return Err(word.problem("scope: needs a scope such as files.content.read")),
            Some("connector") => filter.connector = Some(connector_of_word(&word)?),
            Some("sort") => filter.sort = sort_of_word(&word)?,
            Some("unused") => filter.ages.unused_for = Some(age_of_word(&word, "unused:", &word.value)?),
            Some(key @ ("used" | "linked")) => {
                return Err(word.problem(format!("{key}: needs a < or >, such as {key}<90d or {key}>90d")));
            }
            Some(_) => return Err(unknown_key(&word, FILTERS, true)),
        }
    }
    filter.text = searched.join(" ");
    Ok(filter)
}

/// What is compared in a word such as `used<90d`, how, and with what. Quotes make it a text to search for.
fn age_comparison(word: &QueryWord) -> Option<(&str, char, &str)> {
    let at = word.value.find(['<', '>']).filter(|_| word.length == word.value.chars().count())?;
    let (what, rest) = word.value.split_at(at);
    let known = ["used", "linked"].into_iter().find(|known| known.eq_ignore_ascii_case(what))?;
    let mut rest = rest.chars();
    rest.next().map(|sign| (known, sign, rest.as_str()))
}

fn compare_age(word: &QueryWord, ages: &mut Ages) -> Result<(), Problem> {
    let Some((what, sign, value)) = age_comparison(word) else { return Ok(()) };
    let age = Some(age_of_word(word, &format!("{what}{sign}"), value)?);
    match (what, sign) {
        ("used", '<') => ages.used_within = age,
        ("used", _) => ages.unused_for = age,
        (_, '<') => ages.linked_within = age,
        _ => ages.linked_for = age,
    }
    Ok(())
}

fn age_of_word(word: &QueryWord, filter: &str, value: &str) -> Result<Age, Problem> {
    value.parse().map_err(|error| word.problem(format!("{filter} {error}")))
}

/// The query with the next sort order.
pub(super) fn next_sort(text: &str, now: AccountSort) -> String {
    let at = SORTS.iter().position(|(sort, _)| *sort == now).unwrap_or(0);
    with_word(text, "sort", sort_name(SORTS[(at + 1) % SORTS.len()].0))
}

/// One state, or several with commas between.
fn status_of_word(word: &QueryWord) -> Result<AnyOf<AccountStatus>, Problem> {
    let several = if word.value.contains([',', '|']) { ", or several with commas between" } else { "" };
    word.value
        .to_lowercase()
        .parse()
        .map_err(|_| word.problem(format!("status: must be one of {}{several}", status_words().join(", "))))
}

fn sort_of_word(word: &QueryWord) -> Result<AccountSort, Problem> {
    sort_named(&word.value.to_lowercase())
        .ok_or_else(|| word.problem(format!("sort: must be one of {}", sort_words().join(", "))))
}

fn connector_of_word(word: &QueryWord) -> Result<ConnectorId, Problem> {
    word.value.parse().map_err(|_| word.problem("connector: needs an id such as conn_…"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::TenantRef;

    fn parsed_query(text: &str) -> Result<AccountSearch, Problem> {
        parse(text, &SeenIds::default())
    }

    #[test]
    fn what_no_filter_can_do_is_refused_in_a_sentence() {
        let why = |text: &str| parsed_query(text).unwrap_err().text;
        for text in ["status:active|revoked", "status:active,", "status:active,x", "status:active status:"] {
            assert!(
                why(text).starts_with("status: must be one of active, needs_reauth"),
                "{text}: {}",
                why(text)
            );
        }
        assert!(why("status:active|revoked").ends_with("or several with commas between"));
        for text in ["-status:active", "!Tenant:acme", "-used<90d"] {
            assert!(why(text).contains("no filter can be turned round"), "{text}: {}", why(text));
        }
        assert_eq!(parsed_query("-ada").unwrap().text, "-ada", "text may begin so");
        assert!(why("user:bob").contains("used< used> linked< linked> unused: sort:"), "{}", why("user:bob"));
    }

    #[test]
    fn words_with_known_keys_filter_and_the_rest_is_searched_for() {
        let filter =
            parsed_query("status:active  tenant:acme scope:files.content.write sort:used ada dbid:AAx")
                .unwrap();
        assert_eq!(
            filter,
            AccountSearch {
                tenant: Some(TenantRef::Slug("acme".into())),
                status: Some(AccountStatus::Active.into()),
                connector: None,
                scope: Some("files.content.write".into()),
                text: "ada dbid:AAx".into(),
                ages: Ages::default(),
                sort: AccountSort::Used,
            }
        );
        assert_eq!(parsed_query("").unwrap(), AccountSearch::default());
        let statuses_of = |text| parsed_query(text).unwrap().status.unwrap().values().to_vec();
        assert_eq!(statuses_of("Status:Active SORT:Used"), [AccountStatus::Active]);
        let both = [AccountStatus::Active, AccountStatus::Revoked];
        assert_eq!(statuses_of("status:REVOKED,active"), both);
        assert_eq!(statuses_of("status:active ada status:revoked"), both);
    }

    #[test]
    fn a_filter_that_is_none_says_which_word_is_wrong_and_what_would_be_right() {
        let problem = parsed_query("ada user:bob").unwrap_err();
        assert_eq!((problem.at, problem.length), (4, 8));
        assert!(
            problem.text.starts_with("user: is no filter here; filters are status: tenant:"),
            "{problem:?}"
        );
        assert!(problem.text.contains("\"user:bob\" with the quotes"), "{problem:?}");
        assert!(parsed_query("linked:2026").is_err());
        assert_eq!(parsed_query("\"user:bob\"").unwrap().text, "user:bob");
    }

    #[test]
    fn ages_filter_by_use_and_link_and_errors_point_at_the_word() {
        let ages = |text| parsed_query(text).unwrap().ages;
        let parsed_age = |text: &str| Some(text.parse().unwrap());
        assert_eq!(ages("USED<90D ada").used_within, parsed_age("90d"));
        assert_eq!(ages("unused:12w"), ages("used>12w"));
        assert_eq!(
            ages("linked<7d used>1h"),
            Ages { linked_within: parsed_age("7d"), unused_for: parsed_age("1h"), ..Ages::default() }
        );
        assert_eq!(ages("linked>365d").linked_for, parsed_age("365d"));
        assert_eq!(parsed_query("used<90d ada").unwrap().text, "ada");
        assert_eq!(parsed_query("\"used<90d\" a<b").unwrap().text, "used<90d a<b");
        for (text, says) in [
            ("ada used<90", "used< needs a number and m, h, d or w"),
            ("ada linked>x", "linked> needs a number"),
            ("ada unused:", "unused: needs a number"),
            ("ada used:90d", "used: needs a < or >, such as used<90d"),
        ] {
            let problem = parsed_query(text).unwrap_err();
            assert_eq!((problem.at, problem.length), (4, text.len() - 4), "{text}");
            assert!(problem.text.starts_with(says), "{problem:?}");
        }
    }

    #[test]
    fn half_typed_filters_say_what_they_want() {
        assert_eq!(
            parsed_query("status:act").unwrap_err().text,
            "status: must be one of active, needs_reauth, suspended, revoking, revoked"
        );
        assert_eq!(
            parsed_query("sort:").unwrap_err().text,
            "sort: must be one of newest, oldest, email, used"
        );
        assert!(
            parsed_query("tenant:").is_err()
                && parsed_query("scope:").is_err()
                && parsed_query("connector:x").is_err()
        );
    }

    #[test]
    fn an_id_is_found_as_the_screen_shortens_it() {
        let id: bowline_api::AccountId =
            uuid::Uuid::from_u128(0x0193_5a00_0000_7000_8000_0000_0000_0abc).into();
        let mut seen = SeenIds::default();
        seen.remember([id].into_iter());
        let shown = crate::text::short_id(&id.to_string());
        assert_eq!(parse(&shown, &seen).unwrap().text, id.to_string());
        assert_eq!(parsed_query(&shown).unwrap().text, shown, "the server finds its end");
    }

    #[test]
    fn the_sort_key_goes_round() {
        let mut text = "ada".to_owned();
        for expected in ["sort:oldest ada", "sort:email ada", "sort:used ada", "sort:newest ada"] {
            text = next_sort(&text, parsed_query(&text).unwrap().sort);
            assert_eq!(text, expected);
        }
    }
}
