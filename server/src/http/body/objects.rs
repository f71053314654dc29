//! Requires objects for types with fields. The code that serde derives also accepts an array for a struct, one element
//! per field, so `["user-1", "https://…"]` would be read as a request, and it accepts `{"admin": null}` for the variant
//! `"admin"` of an enum.

use std::fmt;

use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, Error as _, IntoDeserializer, MapAccess, SeqAccess,
    Unexpected, Visitor,
};

/// Reads JSON as `serde_json` does, except that at every depth a struct must be an object and an enum must be a string.
/// Enums whose variants contain data are not supported; no request has one.
///
/// # Errors
/// As for `serde_json`.
pub(super) fn from_slice<'de, T: Deserialize<'de>>(bytes: &'de [u8]) -> serde_json::Result<T> {
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let value = T::deserialize(Objects(&mut json))?;
    json.end()?;
    Ok(value)
}

/// Wraps a part of a deserializer, and every part that it passes on.
struct Objects<Inner>(Inner);

/// A visitor that sees only wrapped parts. A visitor for a struct rejects sequences.
struct Wrapping<V> {
    visitor: V,
    is_struct: bool,
}

fn wrap_visitor<V>(visitor: V) -> Wrapping<V> {
    Wrapping { visitor, is_struct: false }
}

fn fields<V>(visitor: V) -> Wrapping<V> {
    Wrapping { visitor, is_struct: true }
}

macro_rules! deserialize {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
            self.0.$method(wrap_visitor(visitor))
        }
    )*};
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Objects<D> {
    type Error = D::Error;

    deserialize! {
        deserialize_any deserialize_bool deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128 deserialize_f32 deserialize_f64
        deserialize_char deserialize_str deserialize_string deserialize_bytes deserialize_byte_buf deserialize_option
        deserialize_unit deserialize_seq deserialize_map deserialize_identifier deserialize_ignored_any
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_unit_struct(name, wrap_visitor(visitor))
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_newtype_struct(name, wrap_visitor(visitor))
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_tuple(len, wrap_visitor(visitor))
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_tuple_struct(name, len, wrap_visitor(visitor))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_struct(name, names, fields(visitor))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_str(Name(visitor))
    }

    fn is_human_readable(&self) -> bool {
        self.0.is_human_readable()
    }
}

macro_rules! visit {
    ($($method:ident: $kind:ty;)*) => {$(
        fn $method<E: serde::de::Error>(self, value: $kind) -> Result<V::Value, E> {
            self.visitor.$method(value)
        }
    )*};
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Wrapping<V> {
    type Value = V::Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.visitor.expecting(formatter)
    }

    visit! {
        visit_bool: bool;
        visit_i64: i64;
        visit_i128: i128;
        visit_u64: u64;
        visit_u128: u128;
        visit_f64: f64;
        visit_str: &str;
        visit_borrowed_str: &'de str;
        visit_string: String;
        visit_bytes: &[u8];
        visit_borrowed_bytes: &'de [u8];
        visit_byte_buf: Vec<u8>;
    }

    fn visit_none<E: serde::de::Error>(self) -> Result<V::Value, E> {
        self.visitor.visit_none()
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<V::Value, E> {
        self.visitor.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, inner: D) -> Result<V::Value, D::Error> {
        self.visitor.visit_some(Objects(inner))
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<V::Value, D::Error> {
        self.visitor.visit_newtype_struct(Objects(inner))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<V::Value, A::Error> {
        if self.is_struct {
            return Err(A::Error::invalid_type(Unexpected::Seq, &self));
        }
        self.visitor.visit_seq(Objects(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, entries: A) -> Result<V::Value, A::Error> {
        self.visitor.visit_map(Objects(entries))
    }
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Objects<S> {
    type Value = S::Value;

    fn deserialize<D: Deserializer<'de>>(self, inner: D) -> Result<S::Value, D::Error> {
        self.0.deserialize(Objects(inner))
    }
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for Objects<A> {
    type Error = A::Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, A::Error> {
        self.0.next_element_seed(Objects(seed))
    }

    fn size_hint(&self) -> Option<usize> {
        self.0.size_hint()
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Objects<A> {
    type Error = A::Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, A::Error> {
        self.0.next_key_seed(Objects(seed))
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        self.0.next_value_seed(Objects(seed))
    }

    fn size_hint(&self) -> Option<usize> {
        self.0.size_hint()
    }
}

/// Passes a variant's name to the visitor of an enum.
struct Name<V>(V);

impl<'de, V: Visitor<'de>> Visitor<'de> for Name<V> {
    type Value = V::Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a name")
    }

    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<V::Value, E> {
        self.0.visit_enum(IntoDeserializer::<E>::into_deserializer(value))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;

    use super::from_slice;

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct Point {
        x: i32,
        y: Option<i32>,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    enum Shape {
        Dot,
        At { x: i32 },
    }

    #[derive(Debug, Deserialize, PartialEq)]
    struct Wrapped(Point);

    fn is_read<T: for<'de> Deserialize<'de>>(text: &str) -> bool {
        from_slice::<T>(text.as_bytes()).is_ok()
    }

    #[test]
    fn a_struct_is_an_object_at_every_depth() {
        assert_eq!(from_slice::<Point>(br#"{"x":1,"y":2}"#).unwrap(), Point { x: 1, y: Some(2) });
        for wrong in
            ["[1,2]", "[1,null]", "[]", "1", "null", r#"{"x":1,"z":2}"#, r#"{"x":1,"x":1}"#, r#"{"x":1}x"#]
        {
            assert!(!is_read::<Point>(wrong), "{wrong}");
        }
        assert!(is_read::<Vec<Point>>(r#"[{"x":1}]"#) && !is_read::<Vec<Point>>("[[1,2]]"));
        assert!(is_read::<Option<Point>>("null") && !is_read::<Option<Point>>("[1,2]"));
        assert!(is_read::<Wrapped>(r#"{"x":1}"#) && !is_read::<Wrapped>("[1,2]"));
        assert!(is_read::<BTreeMap<String, Point>>(r#"{"a":{"x":1}}"#));
        assert!(!is_read::<BTreeMap<String, Point>>(r#"{"a":[1,2]}"#));
        assert!(is_read::<Shape>(r#""Dot""#) && is_read::<Vec<Shape>>(r#"["Dot"]"#));
        for wrong in [
            r#"{"Dot":null}"#,
            r#"{"Dot":[]}"#,
            r#""At""#,
            r#"{"At":{"x":1}}"#,
            "0",
            r#"["Dot"]"#,
            r#""dot""#,
        ] {
            assert!(!is_read::<Shape>(wrong), "{wrong}");
        }
        assert!(!is_read::<Vec<Shape>>(r#"[{"Dot":null}]"#));
        assert!(is_read::<(i32, i32)>("[1,2]") && is_read::<serde_json::Value>("[[1],{}]"));
    }
}
