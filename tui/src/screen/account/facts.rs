//! The details of one account as labels and values, shared by the screen and the command line.

use bowline_api::Named;
use bowline_api::admin::{AccountDetail, TokenFacts};
use bowline_api::status::{AccountStatus, Assurance};
use chrono::{DateTime, Utc};

use crate::screen::label::status_label;
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

fn pair(label: &'static str, value: impl Into<String>) -> Fact {
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
    facts.push(pair("meaning", meaning.unwrap_or_else(|| explain(account.status).to_owned())));
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
        pair("id", account.id.to_string()),
        pair("e-mail", account.email.clone()),
        pair("name", account.display_name.clone()),
        pair("tenant", detail.summary.tenant.clone()),
        pair("tenant's user", account.external_user_id.clone()),
    ]);
    facts.extend(account.user_label.iter().map(|label| pair("called", label.clone())));
    facts.extend(account.metadata.iter().map(|(name, value)| pair("metadata", format!("{name}: {value}"))));
    facts.extend([
        pair("provider", format!("{} {}", account.provider, account.provider_account_id)),
        pair("connector", format!("{} ({})", detail.connector, account.connector_id)),
        assurance(account.assurance),
        pair("linked", when(account.linked_at)),
        pair("changed", when(account.updated_at)),
        pair("last used", account.last_used_at.map_or_else(|| "never".to_owned(), when)),
    ]);
    facts.push(Fact::Section("Scopes"));
    facts.extend(account.scopes.iter().map(|scope| pair("granted", scope.clone())));
    facts
        .extend(account.missing_scopes.iter().map(|s| Fact::Pair("▲ not granted", s.clone(), Meaning::Warn)));
    facts.push(Fact::Section("Token"));
    match &detail.token {
        Some(token) => facts.extend(token_facts(token, account.status, now)),
        None => facts.push(pair("token", "none stored")),
    }
    facts
}

/// How many API keys have the token, where they are not listed.
pub fn holder_count(token: &TokenFacts) -> Fact {
    let text =
        if token.holders == 1 { "1 API key".to_owned() } else { format!("{} API keys", token.holders) };
    pair("held by", text)
}

fn token_facts(token: &TokenFacts, status: Named<AccountStatus>, now: DateTime<Utc>) -> Vec<Fact> {
    let mut facts = vec![
        pair("fingerprint", token.fingerprint.clone()),
        pair("generation", token.generation.to_string()),
        pair("refreshed", relative(now, token.refreshed_at)),
    ];
    facts.push(match token.access_expires_at {
        None => pair("expires", "never".to_owned()),
        Some(end) if end > now => pair("expires", relative(now, end)),
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

fn assurance(assurance: Named<Assurance>) -> Fact {
    match assurance.known() {
        None => pair("assurance", assurance.to_string()),
        Some(Assurance::Confirmed) => {
            pair("assurance", "confirmed from the user's own session at the tenant")
        }
        Some(Assurance::Browser) => Fact::Pair(
            "▲ assurance",
            "browser only; the link may have been forwarded".to_owned(),
            Meaning::Warn,
        ),
    }
}

fn explain(status: Named<AccountStatus>) -> &'static str {
    match status.known() {
        None => "a state of a newer server; update bowline to see what it means",
        Some(AccountStatus::Active) => "tokens are issued",
        Some(AccountStatus::NeedsReauth) => "Dropbox ended the grant; the user must link again",
        Some(AccountStatus::Suspended) => "suspended by an operator; tokens are kept but not issued",
        Some(AccountStatus::Revoking) => "no tokens are issued; the revocation at Dropbox is pending",
        Some(AccountStatus::Revoked) => "revoked here and at Dropbox; the user may link again",
    }
}
