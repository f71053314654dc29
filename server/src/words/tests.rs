//! Every language says everything that English says, with the same names.

use std::collections::{BTreeMap, BTreeSet};

use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};
use fluent_syntax::parser;

use super::{Language, Words};

/// The names that a text uses, by the id of the text or of its attribute.
type Names = BTreeMap<String, BTreeSet<String>>;

fn names_in_pattern(pattern: &Pattern<&str>, file: &str) -> BTreeSet<String> {
    let names = pattern.elements.iter().filter_map(|element| match element {
        PatternElement::TextElement { value } => {
            assert!(!value.contains(['<', '>', '&', '"']), "{file}: markup in {value:?}");
            assert!(!value.contains(['\u{2068}', '\u{2069}']), "{file}: an isolating mark in {value:?}");
            None
        }
        PatternElement::Placeable {
            expression: Expression::Inline(InlineExpression::VariableReference { id }),
        } => Some(id.name.to_owned()),
        PatternElement::Placeable { expression } => {
            panic!("{file}: only names can be filled in: {expression:?}")
        }
    });
    names.collect()
}

fn texts_of_file(language: Language) -> Names {
    let file = language.tag();
    let resource = parser::parse(language.file()).unwrap_or_else(|(_, errors)| panic!("{file}: {errors:?}"));
    let mut found = Names::new();
    let mut add = |id: String, pattern: &Pattern<&str>| {
        assert!(
            found.insert(id.clone(), names_in_pattern(pattern, file)).is_none(),
            "{file}: {id} occurs twice"
        );
    };
    for entry in &resource.body {
        let message = match entry {
            Entry::Message(message) => message,
            Entry::Comment(_) | Entry::GroupComment(_) | Entry::ResourceComment(_) => continue,
            Entry::Term(_) | Entry::Junk { .. } => panic!("{file}: {entry:?}"),
        };
        let id = message.id.name;
        add(id.to_owned(), message.value.as_ref().unwrap_or_else(|| panic!("{file}: {id} says nothing")));
        for attribute in &message.attributes {
            add(format!("{id}.{}", attribute.id.name), &attribute.value);
        }
    }
    found
}

#[test]
fn every_language_has_the_same_texts_with_the_same_names() {
    let english = texts_of_file(Language::English);
    assert!(english.len() > 100);
    for language in Language::ALL {
        let other = texts_of_file(language);
        for id in english.keys().chain(other.keys()) {
            assert_eq!(english.get(id), other.get(id), "{id} in {}", language.tag());
        }
    }
}

#[test]
fn every_language_says_it_in_its_own_words() {
    let english = Words::new(Language::English).with_host("provider", "Dropbox");
    for language in Language::ALL.into_iter().skip(1) {
        let words = Words::new(language).with_host("provider", "Dropbox");
        for id in
            texts_of_file(Language::English).keys().filter(|id| id.contains('.') || id.starts_with("scope-"))
        {
            assert_ne!(words.html(id), english.html(id), "{id} in {}", language.tag());
        }
    }
}

#[test]
fn a_name_moves_nothing_and_brings_no_markup() {
    let words = Words::new(Language::Arabic)
        .with("app", "<b>\"A&B\"\u{202e}</b>")
        .with_host("provider", "api.example.com");
    assert_eq!(words.html("back"), "العودة إلى <bdi>&#60;b&#62;&#34;A&#38;B&#34;\u{fffd}&#60;/b&#62;</bdi>");
    assert_eq!(words.plain("back"), "العودة إلى \u{2068}<b>\"A&B\"\u{fffd}</b>\u{2069}");
    assert_eq!(words.html("continue"), "المتابعة إلى api.example.com");
    let user = Words::new(Language::English).with_id("user", "ada", "external-user").with("tenant", "Acme");
    assert_eq!(
        user.html("consent-for"),
        "For your account <bdi id=\"external-user\">ada</bdi> at <bdi>Acme</bdi>"
    );
    assert_eq!(words.html("no-such-text"), "no-such-text");
}
