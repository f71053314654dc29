//! The query line: `status:active tenant:acme scope:files.content.write sort:used ada`.

use bowline_api::ConnectorId;
use bowline_api::admin::AccountSort;
use bowline_api::status::AccountStatus;

use crate::client::{AccountFilter, SORTS, sort_name, sort_named};
use crate::widget::query_bar::{tenant, with_word};

/// Parses a query. A word with a known key and a colon filters; all other words are search text. An error is written
/// for the line below the query.
pub(super) fn parse(text: &str) -> Result<AccountFilter, String> {
    let mut filter = AccountFilter::default();
    let mut words = Vec::new();
    for word in text.split_whitespace() {
        match word.split_once(':') {
            Some(("status", value)) => filter.status = Some(status(value)?),
            Some(("tenant", value)) => filter.tenant = Some(tenant(value)?),
            Some(("scope", value)) if !value.is_empty() => filter.scope = Some(value.to_owned()),
            Some(("scope", _)) => return Err("scope: needs a scope such as files.content.read".to_owned()),
            Some(("connector", value)) => filter.connector = Some(connector(value)?),
            Some(("sort", value)) => filter.sort = sort(value)?,
            _ => words.push(word),
        }
    }
    filter.text = words.join(" ");
    Ok(filter)
}

/// The query with the next sort order.
pub(super) fn next_sort(text: &str, now: AccountSort) -> String {
    let at = SORTS.iter().position(|(sort, _)| *sort == now).unwrap_or(0);
    with_word(text, "sort", sort_name(SORTS[(at + 1) % SORTS.len()].0))
}

fn status(value: &str) -> Result<AccountStatus, String> {
    value.parse().map_err(|_| {
        format!("status: must be one of {}", names(AccountStatus::ALL.iter().map(|s| s.as_str())))
    })
}

fn sort(value: &str) -> Result<AccountSort, String> {
    sort_named(value).ok_or_else(|| format!("sort: must be one of {}", names(SORTS.iter().map(|s| s.1))))
}

fn connector(value: &str) -> Result<ConnectorId, String> {
    value.parse().map_err(|_| "connector: needs an id such as conn_…".to_owned())
}

fn names<'a>(all: impl Iterator<Item = &'a str>) -> String {
    all.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::TenantRef;

    #[test]
    fn words_with_known_keys_filter_and_the_rest_is_searched_for() {
        let filter =
            parse("status:active  tenant:acme scope:files.content.write sort:used ada dbid:AAx").unwrap();
        assert_eq!(
            filter,
            AccountFilter {
                tenant: Some(TenantRef::Slug("acme".into())),
                status: Some(AccountStatus::Active),
                connector: None,
                scope: Some("files.content.write".into()),
                text: "ada dbid:AAx".into(),
                sort: AccountSort::Used,
            }
        );
        assert_eq!(parse("").unwrap(), AccountFilter::default());
    }

    #[test]
    fn half_typed_filters_say_what_they_want() {
        assert_eq!(
            parse("status:act").unwrap_err(),
            "status: must be one of active, needs_reauth, suspended, revoking, revoked"
        );
        assert_eq!(parse("sort:").unwrap_err(), "sort: must be one of newest, oldest, email, used");
        assert!(parse("tenant:").is_err() && parse("scope:").is_err() && parse("connector:x").is_err());
    }

    #[test]
    fn the_sort_key_goes_round() {
        let mut text = "ada".to_owned();
        for expected in ["sort:oldest ada", "sort:email ada", "sort:used ada", "sort:newest ada"] {
            text = next_sort(&text, parse(&text).unwrap().sort);
            assert_eq!(text, expected);
        }
        assert_eq!(with_word("tenant:a b tenant:c", "tenant", "d"), "tenant:d b");
    }
}
