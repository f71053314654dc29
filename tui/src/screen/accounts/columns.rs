//! The columns of the list of accounts.

use bowline_api::admin::{AccountSort, AccountSummary};
use bowline_api::status::AccountStatus;

use crate::screen::label::{marked, status_label};
use crate::text::short_id;
use crate::theme::Meaning;
use crate::when::ago;
use crate::widget::table::{Column, Size, Sorted};

/// What a caller on the phone says comes first: their address and the name that the tenant gave them.
pub(super) const COLUMNS: &[Column<AccountSummary>] = &[
    Column {
        title: "E-MAIL",
        min_width: 0,
        size: Size::Share(3),
        cell: |account_row, _| {
            (marked(&account_row.account.email, account_row.account.sandbox), Meaning::Text)
        },
    },
    Column {
        title: "NAME",
        min_width: 140,
        size: Size::Share(2),
        cell: |account_row, _| (account_row.account.display_name.clone(), Meaning::Text),
    },
    Column {
        title: "USER",
        min_width: 100,
        size: Size::Share(2),
        cell: |account_row, _| (account_row.account.external_user_id.clone(), Meaning::Text),
    },
    Column {
        title: "TENANT",
        min_width: 80,
        size: Size::Fixed(12),
        cell: |account_row, _| (account_row.tenant.clone(), Meaning::Text),
    },
    Column {
        title: "STATUS",
        min_width: 0,
        size: Size::Fixed(14),
        cell: |account_row, beside| match account_row.account.status.known() {
            // Its tokens work until they expire, and no new one can be had.
            Some(AccountStatus::Active) if beside.known.is_broken(account_row.account.connector_id) => {
                ("▲ broken app".to_owned(), Meaning::Warn)
            }
            _ => status_label(account_row.account.status),
        },
    },
    Column {
        title: "REASON",
        min_width: 120,
        size: Size::Fixed(14),
        cell: |account_row, _| (account_row.account.status_reason.clone().unwrap_or_default(), Meaning::Warn),
    },
    Column {
        title: "CONNECTOR",
        min_width: 160,
        size: Size::Fixed(16),
        cell: |account_row, _| {
            // Older servers do not tell the name.
            let id = || short_id(&account_row.account.connector_id.to_string());
            (account_row.connector_name.clone().unwrap_or_else(id), Meaning::Muted)
        },
    },
    Column {
        title: "SCOPES",
        min_width: 180,
        size: Size::Fixed(6),
        cell: |account_row, _| (account_row.account.scopes.len().to_string(), Meaning::Text),
    },
    Column {
        title: "LINKED",
        min_width: 140,
        size: Size::Fixed(8),
        cell: |account_row, at| (ago(at.now, account_row.account.linked_at), Meaning::Muted),
    },
    Column {
        title: "USED",
        min_width: 0,
        size: Size::Fixed(7),
        cell: |account_row, beside| {
            let used = account_row.account.last_used_at.map(|at| ago(beside.now, at));
            (used.unwrap_or_else(|| "never".to_owned()), Meaning::Muted)
        },
    },
    Column {
        title: "ACCOUNT",
        min_width: 0,
        size: Size::Fixed(16),
        cell: |account_row, _| (short_id(&account_row.account.id.to_string()), Meaning::Muted),
    },
];

/// The column of a sort order. Of times, the latest is the greatest, whatever age is shown.
pub(super) fn sorted(sort: AccountSort) -> Sorted {
    let (title, is_descending) = match sort {
        AccountSort::Newest => ("LINKED", true),
        AccountSort::Oldest => ("LINKED", false),
        AccountSort::Email => ("E-MAIL", false),
        AccountSort::Used => ("USED", true),
    };
    Sorted { title, is_descending }
}
