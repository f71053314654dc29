//! What a connector shows of its app on the link pages.

use serde::{Deserialize, Serialize};

use crate::given::given;

/// What a connector shows of its app on the link pages. Everything is optional.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Branding {
    /// The accent colour, with what the pages make of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accent: Option<Accent>,
    /// The address of the logo as it is served. It changes with the logo.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logo_url: Option<String>,
    /// Where users of the app find help.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub support_url: Option<String>,
    /// The app's privacy statement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub privacy_url: Option<String>,
}

/// An accent colour. All colours have the form `#rrggbb`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Accent {
    /// The colour as it was set.
    pub colour: String,
    /// The colour on light pages, darkened as far as is necessary to see it there.
    pub light: Shade,
    /// The colour on dark pages, lightened as far as is necessary to see it there.
    pub dark: Shade,
}

/// A colour and the text on it, which has a contrast of at least 4.5:1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Shade {
    /// The colour of buttons.
    pub fill: String,
    /// The colour of text on it: black or white.
    pub text: String,
}

/// Changes of a branding. What is omitted stays as it is; `null` removes it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct EditBranding {
    /// The accent colour: `#rrggbb`. One that is as light as the page is refused.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub accent: Option<Option<String>>,
    /// The logo: a PNG of at most 1024 × 1024 pixels or an SVG, as base64, of at most 44 KiB before that. It is written again without
    /// anything but the picture, and must then have at most 16 KiB.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub logo: Option<Option<String>>,
    /// Where users of the app find help: an https or mailto URL of at most 500 characters.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub support_url: Option<Option<String>>,
    /// The app's privacy statement: an https URL of at most 500 characters.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub privacy_url: Option<Option<String>>,
}
