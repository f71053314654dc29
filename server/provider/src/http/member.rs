//! Reads one value of a JSON text and skips all others without parsing them.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{DeserializeOwned, DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, Visitor};

/// The value at `path` of `body`, or none if an object on the way lacks the name.
pub(super) fn read<T: DeserializeOwned>(body: &[u8], path: &[&str]) -> serde_json::Result<Option<T>> {
    let mut json = serde_json::Deserializer::from_slice(body);
    let value = At { path, value: PhantomData }.deserialize(&mut json)?;
    json.end()?;
    Ok(value)
}

struct At<'a, T> {
    path: &'a [&'a str],
    value: PhantomData<T>,
}

impl<'de, T: DeserializeOwned> DeserializeSeed<'de> for At<'_, T> {
    type Value = Option<T>;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Option<T>, D::Error> {
        match self.path {
            [] => T::deserialize(json).map(Some),
            _ => json.deserialize_map(self),
        }
    }
}

impl<'de, T: DeserializeOwned> Visitor<'de> for At<'_, T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut members: M) -> Result<Option<T>, M::Error> {
        let (wanted, path) = self.path.split_first().ok_or_else(|| M::Error::custom("no name is wanted"))?;
        let mut found = None;
        while let Some(name) = members.next_key::<String>()? {
            if name == *wanted {
                found = members.next_value_seed(At { path, value: PhantomData })?;
            } else {
                members.next_value::<IgnoredAny>()?;
            }
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(body: &str, path: &[&str]) -> Option<String> {
        read(body.as_bytes(), path).ok().flatten()
    }

    #[test]
    fn other_members_of_the_object_do_not_matter() {
        let deep = format!("{}{}", "[".repeat(1000), "]".repeat(1000));
        let body = format!(r#"{{"a":1e999,"b":{deep},"c":{{"x":-1e400,"y":"z"}},"a":"last"}}"#);
        assert_eq!(text(&body, &["a"]), None, "the first a is no text");
        assert_eq!(text(&body, &["c", "y"]).as_deref(), Some("z"));
        assert_eq!(text(&body, &["d"]), None);
        assert_eq!(text(r#"{"a":"first","a":"last"}"#, &["a"]).as_deref(), Some("last"));
        for none in [r#"["a"]"#, r#"{"a":"b"} c"#, r#"{"a":"b""#, r#"{"a":{"b":1}}"#, r#""a""#, ""] {
            assert_eq!(text(none, &["a"]), None, "{none}");
        }
    }
}
