//! The languages of the pages, and which of them a browser gets.

/// A language with a file of texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// The language English, in which everything is written first.
    English,
    /// German.
    German,
    /// French.
    French,
    /// Spanish.
    Spanish,
    /// Portuguese.
    Portuguese,
    /// Japanese.
    Japanese,
    /// Arabic.
    Arabic,
}

impl Language {
    /// Every language, English first.
    pub const ALL: [Self; 7] = [
        Self::English,
        Self::German,
        Self::French,
        Self::Spanish,
        Self::Portuguese,
        Self::Japanese,
        Self::Arabic,
    ];

    /// The language tag (BCP 47).
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
            Self::French => "fr",
            Self::Spanish => "es",
            Self::Portuguese => "pt",
            Self::Japanese => "ja",
            Self::Arabic => "ar",
        }
    }

    /// The direction of its script, as the attribute `dir`.
    pub fn direction(self) -> &'static str {
        if self == Self::Arabic { "rtl" } else { "ltr" }
    }

    /// The file of the language's texts.
    pub(super) fn file(self) -> &'static str {
        match self {
            Self::English => include_str!("../../locales/en/link.ftl"),
            Self::German => include_str!("../../locales/de/link.ftl"),
            Self::French => include_str!("../../locales/fr/link.ftl"),
            Self::Spanish => include_str!("../../locales/es/link.ftl"),
            Self::Portuguese => include_str!("../../locales/pt/link.ftl"),
            Self::Japanese => include_str!("../../locales/ja/link.ftl"),
            Self::Arabic => include_str!("../../locales/ar/link.ftl"),
        }
    }

    /// The language of a page: that of `locale`, which the tenant's app knows best, or else the one that the browser prefers
    /// by its header `Accept-Language`, or else English. Regions and scripts do not matter: `pt-BR` is `pt`.
    pub fn choose(locale: Option<&str>, accept_language: Option<&str>) -> Self {
        let told = locale.and_then(Self::of);
        told.or_else(|| preferred_language(accept_language?)).unwrap_or(Self::English)
    }

    /// The language of a tag, if there are texts in it.
    fn of(tag: &str) -> Option<Self> {
        let primary = tag.trim().split(['-', '_']).next()?;
        Self::ALL.into_iter().find(|language| language.tag().eq_ignore_ascii_case(primary))
    }
}

/// The first language of the header that has texts, by weight (RFC 9110 section 12.5.4).
fn preferred_language(header: &str) -> Option<Language> {
    let weighted = header.split(',').filter_map(|part| {
        let (tag, rest) = part.split_once(';').unwrap_or((part, ""));
        let weight = rest.trim().strip_prefix("q=").map_or(Some(1.0), |weight| weight.trim().parse().ok());
        let weight = weight.filter(|weight: &f32| *weight > 0.0)?;
        Some((weight, Language::of(tag)?))
    });
    // Of several with the same weight, the first counts.
    weighted.reduce(|best, next| if next.0 > best.0 { next } else { best }).map(|(_, language)| language)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_session_decides_then_the_browser_then_english() {
        for (locale, header, expected) in [
            (None, None, "en"),
            (None, Some("de"), "de"),
            (None, Some("de-AT,de;q=0.9,en;q=0.8"), "de"),
            (None, Some("nl, fr;q=0.4, ja;q=0.5"), "ja"),
            (None, Some("fr;q=0.5, es;q=0.5"), "fr"),
            (None, Some("ar;q=0, pt-BR;q=0.1"), "pt"),
            (None, Some("*"), "en"),
            (None, Some("nl"), "en"),
            (None, Some("ja;q=x, ,;;q=1,\u{fffd}"), "en"),
            (Some("ar-EG"), Some("de"), "ar"),
            (Some("nl"), Some("de"), "de"),
            (Some("PT-br"), None, "pt"),
            (Some("de-u-co-phonebk"), None, "de"),
            (Some("der"), None, "en"),
            (Some(""), Some(""), "en"),
        ] {
            assert_eq!(Language::choose(locale, header).tag(), expected, "{locale:?} {header:?}");
        }
    }
}
