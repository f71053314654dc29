//! What matches a search best: accounts of which a whole value, or the beginning of one, is the text. Each lookup is a range of an
//! index in its own order, so that a page costs the same however many accounts match. A row is found by its first lookup only.

use bowline_api::admin::AccountSort;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::fragment::Condition;
use super::prepared::Prepared;
use crate::domain::{AccountFilter, Result};
use crate::store::OperatorTx;
use crate::store::accounts::order::{AccountKey, Part};
use crate::store::accounts::query::unordered;
use crate::store::accounts::seen::{Rows, SeenAccount};
use crate::store::schema::accounts;

/// The last character of Unicode: a text with it at the end comes after everything that begins with the text.
const LAST: char = '\u{10ffff}';

/// A column with an index on its values without the case of ASCII letters, in the collation "C".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Email,
    User,
    ProviderAccount,
    Label,
}

const COLUMNS: [Column; 4] = [Column::Email, Column::User, Column::ProviderAccount, Column::Label];

impl Column {
    /// The indexed expression.
    const fn sql(self) -> &'static str {
        match self {
            Self::Email => "lower(accounts.email COLLATE \"C\")",
            Self::User => "lower(accounts.external_user_id COLLATE \"C\")",
            Self::ProviderAccount => "lower(accounts.provider_account_id COLLATE \"C\")",
            Self::Label => "lower(accounts.user_label COLLATE \"C\")",
        }
    }

    /// The value of the indexed expression.
    fn value(self, row: &SeenAccount) -> String {
        match self {
            Self::Email => row.email.to_ascii_lowercase(),
            Self::User => row.external_user_id.to_ascii_lowercase(),
            Self::ProviderAccount => row.provider_account_id.to_ascii_lowercase(),
            Self::Label => row.user_label.as_deref().unwrap_or_default().to_ascii_lowercase(),
        }
    }
}

/// A way to find accounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lookup {
    /// By the account's own id, or its end.
    Id,
    /// By a whole value. For an e-mail address, what stands before the @ is enough.
    Whole(Column),
    /// By the beginning of a value.
    Beginning(Column),
}

/// What a search looks up before it searches for parts of words.
#[derive(Debug, Clone)]
pub(super) struct Best {
    /// The text in lower case, as far as it is ASCII.
    text: String,
    ids: Vec<Uuid>,
    lookups: Vec<Lookup>,
}

impl Best {
    /// The lookups for a text. The order `newest`, which is the default, has the accounts that begin with the text before all others.
    /// Another order was asked for explicitly, so that only whole values come first there.
    pub(super) fn of(text: &str, ids: &[Uuid], sort: AccountSort) -> Self {
        let text = text.trim();
        let quoted = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
        let text = quoted.filter(|text| !text.contains('"')).unwrap_or(text).trim().to_ascii_lowercase();
        let mut lookups = vec![Lookup::Id];
        if !text.is_empty() {
            lookups.extend(COLUMNS.map(Lookup::Whole));
            if sort == AccountSort::Newest {
                lookups.extend(COLUMNS.map(Lookup::Beginning));
            }
        }
        Self { text, ids: ids.to_vec(), lookups }
    }

    /// For a text of which it is known that it matches nothing best.
    pub(super) fn without_lookups(self) -> Self {
        Self { lookups: Vec::new(), ..self }
    }

    /// A range of the values of a column that begins with this one: `None` if it has only this one.
    fn range(&self, lookup: Lookup) -> (String, Option<String>) {
        let from = match lookup {
            Lookup::Whole(Column::Email) if !self.text.contains('@') => format!("{}@", self.text),
            Lookup::Whole(_) => return (self.text.clone(), None),
            Lookup::Id | Lookup::Beginning(_) => self.text.clone(),
        };
        let to = format!("{from}{LAST}");
        (from, Some(to))
    }

    /// The condition that a lookup finds a row, or that it does not.
    fn condition(&self, lookup: Lookup, found: bool) -> Condition {
        let (Lookup::Whole(column) | Lookup::Beginning(column)) = lookup else {
            let ids = self.ids.clone();
            return if found {
                Box::new(accounts::id.eq_any(ids))
            } else {
                Box::new(accounts::id.ne_all(ids))
            };
        };
        let column = column.sql();
        // A label may be null.
        let end = if found { ")" } else { ") IS NOT TRUE" };
        match self.range(lookup) {
            (value, None) => {
                Box::new(Prepared::<Bool>::new().sql("(").sql(column).sql(" = ").text(value).sql(end))
            }
            (from, Some(to)) => Box::new(
                Prepared::<Bool>::new()
                    .sql("(")
                    .sql(column)
                    .sql(" >= ")
                    .text(from)
                    .sql(" AND ")
                    .sql(column)
                    .sql(" < ")
                    .text(to)
                    .sql(end),
            ),
        }
    }

    /// `query` without the rows that the first `count` lookups find.
    fn without_first(&self, query: Rows, count: usize) -> Rows {
        let lookups = self.lookups.iter().take(count);
        let lookups = lookups.filter(|lookup| **lookup != Lookup::Id || !self.ids.is_empty());
        lookups.fold(query, |query, lookup| query.filter(self.condition(*lookup, false)))
    }

    /// `query` without all rows that match best.
    pub(super) fn without(&self, query: Rows) -> Rows {
        self.without_first(query, self.lookups.len())
    }

    /// The rows of one lookup after `from`, its value and id, or before it with `backwards`, nearest first.
    fn rows(
        &self,
        filter: &AccountFilter,
        number: usize,
        from: Option<(&str, Uuid)>,
        backwards: bool,
    ) -> Option<Rows> {
        let lookup = *self.lookups.get(number)?;
        if lookup == Lookup::Id && self.ids.is_empty() {
            return None;
        }
        let (beyond, direction) = if backwards { (" < ", " DESC") } else { (" > ", " ASC") };
        let mut query = self.without_first(unordered(filter), number).filter(self.condition(lookup, true));
        let (Lookup::Whole(column) | Lookup::Beginning(column)) = lookup else {
            if let Some((_, id)) = from {
                query = query.filter(Prepared::<Bool>::new().sql("accounts.id").sql(beyond).id(id));
            }
            return Some(query.order(Prepared::<Text>::new().sql("accounts.id").sql(direction)));
        };
        let column = column.sql();
        if let Some((value, id)) = from {
            let place = Prepared::<Bool>::new().sql("(").sql(column).sql(", accounts.id)").sql(beyond);
            query = query.filter(place.sql("(").text(value.to_owned()).sql(", ").id(id).sql(")"));
        }
        let order = Prepared::<Text>::new().sql(column).sql(direction);
        Some(query.order(order.sql(", accounts.id").sql(direction)))
    }

    /// Where a row is that the lookup with this number has found.
    fn key(&self, number: usize, row: &SeenAccount) -> AccountKey {
        let value = match self.lookups.get(number) {
            Some(Lookup::Whole(column) | Lookup::Beginning(column)) => column.value(row),
            Some(Lookup::Id) | None => String::new(),
        };
        AccountKey { id: row.id, email: None, used: None, part: Part::Best(number, value) }
    }
}

/// A row of a search, and where it is.
pub type Placed = (SeenAccount, AccountKey);

impl OperatorTx {
    /// Adds up to `limit` rows that match best to `found`: those after `from`, or with `backwards` before it, nearest first. Without
    /// `from` they are the first ones, or with `backwards` the last ones.
    pub(super) async fn best_accounts(
        &mut self,
        filter: &AccountFilter,
        best: &Best,
        (from, backwards): (Option<&AccountKey>, bool),
        limit: i64,
        found: &mut Vec<Placed>,
    ) -> Result<()> {
        let from = from.and_then(|key| match &key.part {
            Part::Best(number, value) => Some((*number, (value.as_str(), key.id))),
            Part::List | Part::Border => None,
        });
        let mut numbers: Vec<usize> = (0..best.lookups.len()).collect();
        if backwards {
            numbers.reverse();
        }
        let passed = |number: &usize| {
            from.is_some_and(|(from, _)| if backwards { *number > from } else { *number < from })
        };
        for number in numbers.into_iter().filter(|number| !passed(number)) {
            let rest = limit.saturating_sub(i64::try_from(found.len()).unwrap_or(i64::MAX));
            if rest == 0 {
                return Ok(());
            }
            let within = from.filter(|(from, _)| *from == number).map(|(_, key)| key);
            let Some(rows) = best.rows(filter, number, within, backwards) else { continue };
            let rows: Vec<SeenAccount> = rows.limit(rest).load(self.connection()).await?;
            found.extend(rows.into_iter().map(|row| {
                let key = best.key(number, &row);
                (row, key)
            }));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ranges(text: &str, sort: AccountSort) -> Vec<(String, Option<String>)> {
        let best = Best::of(text, &[], sort);
        best.lookups.iter().skip(1).map(|lookup| best.range(*lookup)).collect()
    }

    #[test]
    fn whole_values_come_before_beginnings_and_the_name_before_the_at_is_whole() {
        let beginning = ("ada".to_owned(), Some("ada\u{10ffff}".to_owned()));
        let whole = ("ada".to_owned(), None);
        let mail = ("ada@".to_owned(), Some("ada@\u{10ffff}".to_owned()));
        let newest = ranges(" ADA ", AccountSort::Newest);
        assert_eq!(newest[..4], [mail, whole.clone(), whole.clone(), whole]);
        assert_eq!(newest[4..], [0; 4].map(|_| beginning.clone()));
        assert_eq!(ranges("ada", AccountSort::Used), newest[..4]);
        assert_eq!(ranges("ada@example.com", AccountSort::Email)[0], ("ada@example.com".to_owned(), None));
    }

    #[test]
    fn a_text_in_quotes_is_looked_up_without_them() {
        assert_eq!(ranges("\"ada ito\"", AccountSort::Newest)[1].0, "ada ito");
        assert_eq!(ranges("\"ada\" \"ito\"", AccountSort::Newest)[1].0, "\"ada\" \"ito\"");
        assert!(ranges("\"\"", AccountSort::Newest).is_empty());
    }
}
