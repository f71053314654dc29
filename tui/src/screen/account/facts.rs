//! The details of one account as labels and values, shared by the screen and the command line.

use bowline_api::Named;
use bowline_api::admin::{AccountDetail, TokenFacts};
use bowline_api::status::{AccountStatus, Assurance};
use bowline_api::v1::Account;
use chrono::{DateTime, Utc};

use crate::screen::label::{marked, status_label};
use crate::theme::Meaning;
use crate::when::{relative, stamp};

/// A line of the details.
#[derive(Debug, Clone, PartialEq)]
pub enum Fact {
    /// A heading.
    Section(&'static str),
    /// A label and its value.
    Pair(&'static str, String, Meaning),
}

fn fact_pair(label: &'static str, value: impl Into<String>) -> Fact {
    Fact::Pair(label, value.into(), Meaning::Text)
}

/// All details, beginning with what operators ask for first.
pub fn facts(detail: &AccountDetail, now: DateTime<Utc>) -> Vec<Fact> {
    let account = &detail.summary.account;
    let when = |at: DateTime<Utc>| format!("{} ({})", stamp(at), relative(now, at));
    let mut facts = vec![Fact::Section("Status")];
    let (text, meaning) = status_label(account.status);
    facts.push(Fact::Pair("status", text, meaning));
    if let Some(reason) = &account.status_reason {
        facts.push(Fact::Pair("reason", reason.clone(), meaning));
    }
    let meaning = detail.condition.as_ref().map(|condition| condition.sentence.clone());
    facts.push(fact_pair("meaning", meaning.unwrap_or_else(|| explain_state(account.status).to_owned())));
    if let Some(freeze) = &detail.freeze {
        let by = freeze.placed_by.as_deref().map_or_else(String::new, |name| format!(" by {name}"));
        let text = format!("its Dropbox account, {}{by}: {}", relative(now, freeze.placed_at), freeze.reason);
        facts.push(Fact::Pair("‖ frozen", text, Meaning::Warn));
    }
    if let Some(revocation) = &detail.revocation {
        let tries =
            format!("{} attempts, next {}", revocation.attempts, relative(now, revocation.next_attempt_at));
        facts.push(Fact::Pair("at Dropbox", tries, Meaning::Busy));
        if let Some(error) = &revocation.last_error {
            facts.push(Fact::Pair("last error", error.clone(), Meaning::Bad));
        }
    }
    facts.extend([
        Fact::Section("Identity"),
        fact_pair("id", account.id.to_string()),
        fact_pair("e-mail", account.email.clone()),
        fact_pair("name", account.display_name.clone()),
        fact_pair("tenant", detail.summary.tenant.clone()),
        fact_pair("tenant's user", account.external_user_id.clone()),
    ]);
    facts.extend(account.user_label.iter().map(|label| fact_pair("called", label.clone())));
    facts.extend(
        account.metadata.iter().map(|(name, value)| fact_pair("metadata", format!("{name}: {value}"))),
    );
    facts.extend([
        fact_pair("provider", provider_account(account)),
        fact_pair("connector", format!("{} ({})", detail.connector, account.connector_id)),
        assurance_label(account.assurance),
        fact_pair("linked", when(account.linked_at)),
        fact_pair("changed", when(account.updated_at)),
        fact_pair("last used", account.last_used_at.map_or_else(|| "never".to_owned(), when)),
    ]);
    facts.push(Fact::Section("Scopes"));
    facts.extend(account.scopes.iter().map(|scope| fact_pair("granted", scope.clone())));
    facts
        .extend(account.missing_scopes.iter().map(|s| Fact::Pair("▲ not granted", s.clone(), Meaning::Warn)));
    facts.push(Fact::Section("Token"));
    match &detail.token {
        Some(token) => facts.extend(token_facts(token, account.status, now)),
        None => facts.push(fact_pair("token", "none stored")),
    }
    facts
}

/// The provider and its name for the account. That of a sandbox is a simulator.
fn provider_account(account: &Account) -> String {
    marked(&format!("{} {}", account.provider, account.provider_account_id), account.sandbox)
}

/// How many API keys have the token, where they are not listed.
pub fn holder_count(token: &TokenFacts) -> Fact {
    let text =
        if token.holders == 1 { "1 API key".to_owned() } else { format!("{} API keys", token.holders) };
    fact_pair("held by", text)
}

fn token_facts(token: &TokenFacts, status: Named<AccountStatus>, now: DateTime<Utc>) -> Vec<Fact> {
    let mut facts = vec![
        fact_pair("fingerprint", token.fingerprint.clone()),
        fact_pair("generation", token.generation.to_string()),
        fact_pair("refreshed", relative(now, token.refreshed_at)),
    ];
    facts.push(match token.access_expires_at {
        None => fact_pair("expires", "never".to_owned()),
        Some(end) if end > now => fact_pair("expires", relative(now, end)),
        // In every other state the next use is refused.
        Some(end) if status == AccountStatus::Active => {
            let text = format!("{} (refreshed at the next use)", relative(now, end));
            Fact::Pair("expired", text, Meaning::Muted)
        }
        Some(end) => Fact::Pair("expired", relative(now, end), Meaning::Muted),
    });
    if let Some(error) = &token.last_error {
        facts.push(Fact::Pair("▲ last refresh", error.clone(), Meaning::Warn));
    }
    facts
}

fn assurance_label(assurance: Named<Assurance>) -> Fact {
    match assurance.known() {
        None => fact_pair("assurance", assurance.to_string()),
        Some(Assurance::Confirmed) => {
            fact_pair("assurance", "confirmed from the user's own session at the tenant")
        }
        Some(Assurance::Browser) => Fact::Pair(
            "▲ assurance",
            "browser only; the link may have been forwarded".to_owned(),
            Meaning::Warn,
        ),
    }
}

fn explain_state(status: Named<AccountStatus>) -> &'static str {
    match status.known() {
        None => "a state of a newer server; update bowline to see what it means",
        Some(AccountStatus::Active) => "tokens are issued",
        Some(AccountStatus::NeedsReauth) => "Dropbox ended the grant; the user must link again",
        Some(AccountStatus::Suspended) => "suspended by an operator; tokens are kept but not issued",
        Some(AccountStatus::Revoking) => "no tokens are issued; the revocation at Dropbox is pending",
        Some(AccountStatus::Revoked) => "revoked here and at Dropbox; the user may link again",
    }
}
