//! What the page shows of a user's accounts.

use std::collections::{HashMap, HashSet};

use bowline_api::AccountId;
use bowline_api::status::{AccountStatus, Completion};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::open::OpenedManageSession;
use super::uses::{LastUses, Used};
use crate::app::App;
use crate::domain::return_url::ReturnUrl;
use crate::domain::{Error, Result, scope};
use crate::service::connector;
use crate::service::link::hidden;
use crate::store::TenantTx;
use crate::store::accounts::AccountRow;
use crate::store::connectors::ConnectorRow;

/// The maximum number of accounts that the page shows, and of disconnected ones.
const MOST_LINKED_SHOWN: usize = 50;
const MOST_ENDED_SHOWN: usize = 10;

/// The accounts of a user.
#[derive(Debug)]
pub struct Accounts {
    /// The accounts that are linked, also if they need attention.
    pub linked: Newest,
    /// The accounts that are disconnected or about to be.
    pub ended: Newest,
}

/// The newest accounts.
#[derive(Debug)]
pub struct Newest {
    /// The accounts, newest first.
    pub accounts: Vec<LinkedAccount>,
    /// Whether the user has older accounts.
    pub more: bool,
}

/// An account as its user sees it.
#[derive(Debug)]
pub struct LinkedAccount {
    /// Its id.
    pub id: AccountId,
    /// Its address, partly hidden because whoever has the browser may see it, or else its name.
    pub name: String,
    /// The name of the app to which the user's account is linked.
    pub app: String,
    /// The provider's name.
    pub provider: String,
    /// How it stands.
    pub state: State,
    /// When the user's account was linked first.
    pub linked_at: DateTime<Utc>,
    /// When a token of the user's account was issued last, or a request signed.
    pub used: Option<Used>,
    /// The scopes of the user's account that the app has.
    pub scopes: Vec<String>,
    /// Whether it can be linked again from the page, if there is a reason to.
    pub again: LinkAgain,
}

/// How an account stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// The app has access.
    Linked,
    /// The provider does not accept the grant any more.
    NeedsReauth,
    /// An operator has frozen the user's account.
    Suspended,
    /// The app has no access any more, and the provider is being told.
    Revoking,
    /// The provider has ended the grant.
    Revoked,
    /// The app has no access any more, but the provider has not confirmed it.
    RevokedHere,
}

/// Whether an account can be linked again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkAgain {
    /// There is no reason to link the account again, or it would not help.
    No,
    /// On the page.
    Here,
    /// Only in the app, because the session lacks what its connector needs.
    InApp,
}

/// The accounts of the session's user.
///
/// # Errors
/// `unknown_state` if only a newer version knows the state of an account.
pub async fn accounts(app: &App, opened: &OpenedManageSession) -> Result<Accounts> {
    app.store.scoped(opened.session.tenant_id.into(), async |tx| read_accounts(tx, opened).await).await
}

async fn read_accounts(tx: &mut TenantTx, opened: &OpenedManageSession) -> Result<Accounts> {
    let user = &opened.session.external_user_id;
    let linked = tx.accounts_of_user(user, false, MOST_LINKED_SHOWN + 1).await?;
    let ended = tx.accounts_of_user(user, true, MOST_ENDED_SHOWN + 1).await?;
    let surroundings = AccountSurroundings::of(tx, linked.iter().chain(&ended)).await?;
    let newest = |rows: &[AccountRow], most: usize| -> Result<Newest> {
        let shown = rows.iter().take(most).map(|account_row| surroundings.shown(opened, account_row));
        Ok(Newest { accounts: shown.collect::<Result<_>>()?, more: rows.len() > most })
    };
    Ok(Accounts { linked: newest(&linked, MOST_LINKED_SHOWN)?, ended: newest(&ended, MOST_ENDED_SHOWN)? })
}

/// One account of the session's user.
///
/// # Errors
/// `not_found` if there is none with this id, or it is another user's.
pub(super) async fn one(
    tx: &mut TenantTx,
    opened: &OpenedManageSession,
    id: AccountId,
) -> Result<LinkedAccount> {
    let account_row = own(tx, opened, id).await?;
    AccountSurroundings::of(tx, std::iter::once(&account_row)).await?.shown(opened, &account_row)
}

/// The row of an account of the session's user.
///
/// # Errors
/// `not_found` if there is none with this id, or it is another user's.
pub(super) async fn own(
    tx: &mut TenantTx,
    opened: &OpenedManageSession,
    id: AccountId,
) -> Result<AccountRow> {
    let account_row = tx.account(id.uuid()).await?;
    account_row
        .filter(|account_row| account_row.external_user_id == opened.session.external_user_id)
        .ok_or_else(Error::not_found)
}

/// What is known about accounts besides their rows.
struct AccountSurroundings {
    connectors: HashMap<Uuid, ConnectorRow>,
    uses: LastUses,
    ended: HashSet<(Uuid, i64)>,
}

impl AccountSurroundings {
    async fn of(tx: &mut TenantTx, rows: impl Iterator<Item = &AccountRow> + Clone) -> Result<Self> {
        let ids: Vec<Uuid> = rows.clone().map(|account_row| account_row.id).collect();
        let mut connectors = HashMap::new();
        for id in rows.map(|account_row| account_row.connector_id) {
            if let std::collections::hash_map::Entry::Vacant(entry) = connectors.entry(id) {
                let connector = tx.connector(id).await?;
                entry.insert(connector.ok_or_else(|| Error::bug("an account has no connector"))?);
            }
        }
        let uses = LastUses::of(tx, &ids).await?;
        let ended = tx.ended_at_provider(&ids).await?.into_iter().collect();
        Ok(Self { connectors, uses, ended })
    }

    fn shown(&self, opened: &OpenedManageSession, account_row: &AccountRow) -> Result<LinkedAccount> {
        let connector = self.connectors.get(&account_row.connector_id);
        let connector = connector.ok_or_else(|| Error::bug("an account has no connector"))?;
        let state = match account_row.status.known()? {
            AccountStatus::Active => State::Linked,
            AccountStatus::NeedsReauth => State::NeedsReauth,
            AccountStatus::Suspended => State::Suspended,
            AccountStatus::Revoking => State::Revoking,
            AccountStatus::Revoked if self.ended.contains(&(account_row.id, account_row.generation)) => {
                State::Revoked
            }
            AccountStatus::Revoked => State::RevokedHere,
        };
        Ok(LinkedAccount {
            id: account_row.id.into(),
            name: account_name(account_row),
            app: connector.name.clone(),
            provider: connector::protocol(connector)?.provider_name().to_owned(),
            state,
            linked_at: account_row.linked_at,
            used: self.uses.of_account(account_row, opened.now),
            scopes: scope::set(account_row.scopes.clone()),
            again: link_again(opened, connector, state)?,
        })
    }
}

/// What the user recognises the account by.
fn account_name(account_row: &AccountRow) -> String {
    let names = [account_row.display_name.as_str(), account_row.provider_account_id.as_str()];
    if account_row.email.is_empty() {
        names.into_iter().find(|name| !name.is_empty()).unwrap_or_default().to_owned()
    } else {
        hidden(&account_row.email)
    }
}

fn link_again(opened: &OpenedManageSession, connector: &ConnectorRow, state: State) -> Result<LinkAgain> {
    match state {
        State::Linked | State::Suspended | State::Revoking => return Ok(LinkAgain::No),
        State::NeedsReauth | State::Revoked | State::RevokedHere => {}
    }
    if connector::usable(connector).is_err() {
        return Ok(LinkAgain::No);
    }
    let completion = opened.options.completion_at(connector.completion.known()?);
    let lacks_proof = completion == Completion::Tenant && opened.session.completion_challenge.is_none();
    let return_url = ReturnUrl::parse(&opened.session.return_url)?;
    let may_return = connector::returns_to(&connector.return_urls, &return_url).is_ok();
    Ok(if lacks_proof || !may_return { LinkAgain::InApp } else { LinkAgain::Here })
}
