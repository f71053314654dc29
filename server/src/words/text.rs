//! The texts of one language, with names filled in.

use std::borrow::Cow;
use std::sync::LazyLock;

use askama::filters::{Escaper as _, Html};
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};

use super::Language;
use crate::domain::text::shown;

/// The texts of each language, in the order of [`Language::ALL`].
static TEXTS: LazyLock<Vec<FluentBundle<FluentResource>>> =
    LazyLock::new(|| Language::ALL.into_iter().map(language_bundle).collect());

fn language_bundle(language: Language) -> FluentBundle<FluentResource> {
    let locales = language.tag().parse().into_iter().collect();
    let mut bundle = FluentBundle::new_concurrent(locales);
    // Values are isolated here, by markup or by characters, depending on where they stand.
    bundle.set_use_isolating(false);
    // A test shows that no file has errors, and that no name is given twice.
    let texts = FluentResource::try_new(language.file().to_owned()).unwrap_or_else(|(texts, _)| texts);
    bundle.add_resource_overriding(texts);
    bundle
}

/// A name that is filled in.
#[derive(Debug, Clone)]
struct FilledName {
    name: &'static str,
    text: String,
    /// The `id` of the element around the name that is filled in.
    id: Option<&'static str>,
    /// Whether the name comes from elsewhere and may have any direction.
    foreign: bool,
}

/// The texts in a language, with the names that this page fills in.
#[derive(Debug, Clone)]
pub struct Words {
    language: Language,
    values: Vec<FilledName>,
}

impl Words {
    /// The texts in `language`, without any names.
    pub fn new(language: Language) -> Self {
        Self { language, values: Vec::new() }
    }

    /// Their language.
    pub fn language(&self) -> Language {
        self.language
    }

    /// Fills in `text` for `$name`. The text may be anybody's: it is escaped, and moves nothing around it.
    #[must_use]
    pub fn with(self, name: &'static str, text: &str) -> Self {
        self.and(FilledName { name, text: shown(text).into_owned(), id: None, foreign: true })
    }

    /// Like [`with`](Self::with), in an element with this `id`.
    #[must_use]
    pub fn with_id(self, name: &'static str, text: &str, id: &'static str) -> Self {
        self.and(FilledName { name, text: shown(text).into_owned(), id: Some(id), foreign: true })
    }

    /// Fills in the name of a provider or a host, which is written from left to right.
    #[must_use]
    pub fn with_host(self, name: &'static str, text: &str) -> Self {
        self.and(FilledName { name, text: shown(text).into_owned(), id: None, foreign: false })
    }

    fn and(mut self, value: FilledName) -> Self {
        self.values.push(value);
        self
    }

    /// Whether there is a text called `id`.
    pub fn has(&self, id: &str) -> bool {
        TEXTS[0].has_message(id)
    }

    /// The text called `id` as HTML. `heading.help` is the attribute `help` of the text `heading`.
    pub fn html(&self, id: &str) -> String {
        self.format(id, |value| {
            let text = escaped_html(&value.text);
            match (value.foreign, value.id) {
                (_, Some(id)) => format!("<bdi id=\"{id}\">{text}</bdi>"),
                (true, None) => format!("<bdi>{text}</bdi>"),
                (false, None) => text,
            }
        })
    }

    /// The same text for places without markup, such as a title. It is not escaped.
    pub fn plain(&self, id: &str) -> String {
        self.format(id, |value| {
            // FIRST STRONG ISOLATE and POP DIRECTIONAL ISOLATE do what `<bdi>` does.
            if value.foreign { format!("\u{2068}{}\u{2069}", value.text) } else { value.text.clone() }
        })
    }

    fn format(&self, id: &str, show: impl Fn(&FilledName) -> String) -> String {
        let args: FluentArgs<'_> = self.values.iter().map(|value| (value.name, show(value))).collect();
        let own = Language::ALL.iter().position(|language| *language == self.language);
        let found = own.and_then(|own| look_up(&TEXTS[own], id, &args));
        found.or_else(|| look_up(&TEXTS[0], id, &args)).unwrap_or_else(|| id.to_owned())
    }
}

fn look_up(texts: &FluentBundle<FluentResource>, id: &str, args: &FluentArgs<'_>) -> Option<String> {
    let pattern = match id.split_once('.') {
        Some((id, attribute)) => texts.get_message(id)?.get_attribute(attribute)?.value(),
        None => texts.get_message(id)?.value()?,
    };
    let mut errors = Vec::new();
    let text: Cow<'_, str> = texts.format_pattern(pattern, Some(args), &mut errors);
    if !errors.is_empty() {
        tracing::error!(id, ?errors, "a text lacks a name");
    }
    Some(text.into_owned())
}

fn escaped_html(text: &str) -> String {
    let mut html = String::new();
    // Writing to a string cannot fail.
    Html.write_escaped_str(&mut html, text).unwrap_or_default();
    html
}
