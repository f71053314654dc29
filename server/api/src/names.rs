//! Declares sets of fixed names: enums with one name for each value, and its meaning.

/// Text that is not a known name.
#[derive(Debug, thiserror::Error)]
#[error("{text:?} is not one of: {known}")]
pub struct UnknownName {
    text: String,
    known: String,
}

impl UnknownName {
    /// `text` is none of `known`. Of a long text, the message has the first 40 characters.
    pub(crate) fn new(text: &str, known: &[&str]) -> Self {
        Self { text: text.chars().take(40).collect(), known: known.join(", ") }
    }
}

/// Declares an enum whose variants have one fixed name in the API, in the database and in the terminal.
macro_rules! names {
    ($(#[doc = $doc:literal])+ $name:ident { $($(#[doc = $meaning:literal])+ $variant:ident = $text:literal,)* }) => {
        $(#[doc = $doc])+
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, ::serde::Serialize, ::serde::Deserialize)]
        pub enum $name {
            $($(#[doc = $meaning])+ #[serde(rename = $text)] $variant,)*
        }

        impl $name {
            /// All values, in display order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The name in the API and in the database.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }

            /// What the name says, in one line.
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$variant => concat!($($meaning),+).trim_ascii(),)* }
            }
        }

        // Implemented by hand, because the derive macro cannot see the names through this macro.
        #[cfg(feature = "openapi")]
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .enum_values(Some([$($text),*]))
                    .description(Some(concat!($($doc,)+ "\n" $(, "\n- `", $text, "`:" $(, $meaning)+)*).trim()))
                    .into()
            }
        }

        #[cfg(feature = "openapi")]
        impl utoipa::ToSchema for $name {}

        impl From<$name> for &'static str {
            fn from(name: $name) -> Self {
                name.as_str()
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = $crate::names::UnknownName;

            fn from_str(text: &str) -> ::std::result::Result<Self, Self::Err> {
                match text {
                    $($text => Ok(Self::$variant),)*
                    _ => Err($crate::names::UnknownName::new(text, &[$($text),*])),
                }
            }
        }
    };
}

pub(crate) use names;
