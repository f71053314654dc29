//! Errors about settings without their values, so that a password in the wrong place does not appear in a log.

use figment::Error;
use figment::error::{Actual, Kind};

/// Removes values and lines of the file from errors; only the names of settings and types remain.
pub(super) fn without_values(error: Error) -> anyhow::Error {
    let each = error.into_iter().map(|mut one| {
        one.kind = quiet_kind(one.kind);
        one.to_string()
    });
    anyhow::Error::msg(each.collect::<Vec<_>>().join("\n"))
}

fn quiet_kind(kind: Kind) -> Kind {
    match kind {
        Kind::Message(words) => Kind::Message(without_lines(&words)),
        Kind::InvalidType(found, expected) => Kind::InvalidType(name_of_setting(&found), expected),
        Kind::InvalidValue(found, expected) => Kind::InvalidValue(name_of_setting(&found), expected),
        Kind::UnknownVariant(_, expected) => {
            Kind::Message(format!("none of the values allowed, which are: {}", expected.join(", ")))
        }
        other => other,
    }
}

/// The message of the TOML parser without the lines that it quotes after a `|`.
fn without_lines(words: &str) -> String {
    let is_shown = |line: &&str| {
        line.trim_start_matches([' ', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9']).starts_with('|')
    };
    words.lines().filter(|line| !is_shown(line)).collect::<Vec<_>>().join(": ")
}

fn name_of_setting(found: &Actual) -> Actual {
    let name = match found {
        Actual::Bool(_) => "a boolean",
        Actual::Unsigned(_) | Actual::Signed(_) | Actual::Float(_) => "a number",
        Actual::Char(_) | Actual::Str(_) | Actual::Bytes(_) => "a text",
        Actual::Seq => "a list",
        Actual::Map => "a table",
        _ => "something else",
    };
    Actual::Other(name.to_owned())
}

#[cfg(test)]
mod tests {
    use figment::Figment;
    use figment::providers::{Format as _, Toml};

    use crate::settings;

    #[test]
    fn no_refusal_repeats_a_value() {
        for (lines, named) in [
            ("[bowline]\ndatabase = \"postgresql://u:CANARY@h/x\"", "database"),
            ("[bowline.pool]\nsize = \"CANARY\"", "size"),
            ("[bowline.pool]\nsize = 77712", "size"),
            ("[bowline.database]\nurl = 77712", "url"),
            ("[bowline.database]\nurl = [\"CANARY\"]", "url"),
            ("[bowline]\ndevelopment = \"CANARY\"", "development"),
            ("[bowline]\ntrusted_proxies = [\"u:CANARY@h\"]", "trusted_proxies"),
            ("[bowline.internal]\naddress = \"CANARY\"", "address"),
            ("[bowline.database]\nurl = \"postgresql://u:CANARY@h/x", "line 2"),
            ("[bowline.database]\nurl = postgresql://u:CANARY@h/x", "line 2"),
            ("[bowline.database]\nurl = \"a\"\nurl = \"CANARY\"", "line 3"),
        ] {
            let figment: Figment = settings::read(None).unwrap().figment.merge(Toml::string(lines));
            let refused = settings::from(figment).map(|_| ()).err();
            // Of the valid settings, only a size may be this number.
            if lines.ends_with("size = 77712") {
                assert!(refused.is_none());
                continue;
            }
            let words = format!("{:#}", refused.unwrap_or_else(|| panic!("{lines}")));
            assert!(!words.contains("CANARY") && !words.contains("77712"), "{words}");
            assert!(words.contains(named), "{lines}: {words}");
        }
    }
}
