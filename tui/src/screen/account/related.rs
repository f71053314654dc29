//! What belongs to an account, to go there: its connector, its tenant, its user, the API keys that have its token, its log.

use crate::dialog::related::Related;
use crate::interface::dialog::Reaction;
use crate::registry::place::Place;
use crate::widget::query::with_word;

use super::state::Account;

/// The dialog that leads to what belongs to the account, once the account is loaded.
pub(super) fn open(view: &Account) -> Option<Reaction> {
    let detail = view.detail.as_ref()?;
    let (tenant, account) = (&detail.summary.tenant, &detail.summary.account);
    let of_tenant = |text: &str| with_word(text, "tenant", tenant);
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', " "));
    let mut places = vec![
        (
            format!("connector {}", detail.connector),
            Place::Connectors,
            of_tenant(&account.connector_id.to_string()),
        ),
        (format!("accounts of tenant {tenant}"), Place::Accounts, of_tenant("")),
        (
            format!("accounts of user {}", account.external_user_id),
            Place::Accounts,
            of_tenant(&quoted(&account.external_user_id)),
        ),
    ];
    let holders = view.holders.iter().flat_map(|found| &found.items);
    places.extend(holders.map(|holder| {
        let key = &holder.api_key;
        (format!("API key {}, which has the token", key.name), Place::ApiKeys, of_tenant(&key.id.to_string()))
    }));
    places.push((format!("API keys of tenant {tenant}"), Place::ApiKeys, of_tenant("")));
    let log = with_word(&with_word("", "subject", &account.id.to_string()), "tenant", tenant);
    places.push(("its events in the audit log".to_owned(), Place::Audit, log));
    let mut operators = view.timeline.loaded().filter(|event| event.actor.kind == "operator");
    if let Some(name) = operators.find_map(|event| event.actor.name.as_ref()) {
        let query = with_word(&with_word("", "actor", name), "tenant", "*");
        places.push((format!("what {name} did"), Place::Audit, query));
    }
    Some(Reaction::Open(Box::new(Related::new(places))))
}
