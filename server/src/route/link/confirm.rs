//! The page before the provider: who asks for what, for whom, and how to undo it.

use askama::Template;

use super::language::Preferred;
use super::monogram::monogram;
use super::scope_words::Scopes;
use crate::service::link::{Again, Branding, Visit};
use crate::words::{Language, Words};

/// The page before the provider.
#[derive(Template)]
#[template(path = "link/confirm.html")]
pub(super) struct Confirm {
    words: Words,
    /// The text of the confirmation page's heading.
    heading: &'static str,
    /// The texts that say why the account is linked again.
    why: Vec<&'static str>,
    visit: Visit,
    branding: Branding,
    scopes: Scopes,
    ticket: String,
    /// The hidden field that identifies our own page.
    page: String,
}

impl Confirm {
    /// The page of a visit, in the language that the session or the browser prefers.
    pub(super) fn of(visit: Visit, ticket: &str, preferred: &Preferred<'_>) -> Self {
        let words = words_of(&visit, preferred);
        let (heading, why) = visit.again.as_ref().map_or(("consent", Vec::new()), why_again);
        let new = visit.again.as_ref().map_or(&[][..], |again| &again.new_scopes);
        let (scopes, page) = (Scopes::of(&visit.scopes, new, &words), visit.binding.field());
        let branding = visit.setting.branding.clone();
        Self { words, heading, why, visit, branding, scopes, ticket: ticket.to_owned(), page }
    }

    pub(super) fn language(&self) -> Language {
        self.words.language()
    }
}

fn words_of(visit: &Visit, preferred: &Preferred<'_>) -> Words {
    let words = preferred
        .words(&visit.setting)
        .with("tenant", &visit.tenant)
        .with_id("user", visit.user_label.as_ref().unwrap_or(&visit.external_user_id), "external-user")
        .with_host("site", &visit.site);
    match &visit.again {
        Some(again) => words.with("email", &again.email),
        None => words,
    }
}

/// The heading and the reasons for an account that is linked again.
fn why_again(again: &Again) -> (&'static str, Vec<&'static str>) {
    let (heading, why) = match (again.has_ended, again.new_scopes.is_empty()) {
        _ if again.was_disconnected => ("relink", "relink-disconnected"),
        (true, _) => ("relink", "relink-revoked"),
        (false, true) => ("relink", "relink-asked"),
        (false, false) => return ("upgrade", vec!["relink-account"]),
    };
    (heading, vec![why, "relink-account"])
}
