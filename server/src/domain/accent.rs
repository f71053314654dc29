//! A tenant's accent colour on the link pages: its shades for light and dark pages, each with a text colour that can be
//! read on it.
//!
//! Contrast is that of WCAG 2.2: from 1 (none) to 21 (black on white).

use std::fmt;

use super::error::{Code, Refusal};

/// The least contrast between the accent and the text on it (WCAG 2.2, 1.4.3).
pub const READABLE: f64 = 4.5;
/// The least contrast between the accent and the page around it (WCAG 2.2, 1.4.11).
pub const VISIBLE: f64 = 3.0;
/// An accent below this contrast to the light page would have to be changed into another colour.
const RECOGNISABLE: f64 = 1.5;

/// The darkest surface of the light pages and the lightest one of the dark pages, on which the accent is hardest to see.
const LIGHT_PAGE: Colour = Colour([0xf0, 0xef, 0xec]);
const DARK_PAGE: Colour = Colour([0x2a, 0x2f, 0x35]);
const BLACK: Colour = Colour([0; 3]);
const WHITE: Colour = Colour([0xff; 3]);

/// The number of steps between a colour and black or white.
const COLOUR_STEPS: u16 = 64;

/// A colour in sRGB: red, green and blue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colour([u8; 3]);

/// The accent on pages of one theme.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shade {
    /// The colour of a surface, such as a button.
    pub fill: Colour,
    /// The colour of text on it: black or white.
    pub text: Colour,
}

/// A tenant's accent colour, with what the pages make of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Accent {
    given: Colour,
    /// On light pages.
    pub light: Shade,
    /// On dark pages.
    pub dark: Shade,
}

impl Accent {
    /// The accent with the text `#rrggbb`. It is darkened for light pages and lightened for dark ones as far as it has to be.
    ///
    /// # Errors
    /// `invalid_field` if it is not such a text, or is so light that it would have to become another colour.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let refuse = |detail: String| Code::InvalidField.because(detail).field("branding.accent");
        let given = Colour::parse(text.trim())
            .ok_or_else(|| refuse("branding.accent must be a colour such as #0a5c8a".to_owned()))?;
        let (light, dark) = (Shade::on(LIGHT_PAGE, BLACK, given), Shade::on(DARK_PAGE, WHITE, given));
        let contrast = contrast(given, LIGHT_PAGE);
        if contrast < RECOGNISABLE {
            return Err(refuse(format!(
                "branding.accent {given} cannot be told from a light page (contrast {contrast:.2}, of at least {RECOGNISABLE}): \
                 choose a darker colour, such as {}",
                light.fill
            )));
        }
        Ok(Self { given, light, dark })
    }

    /// The stylesheet that pages with this accent load.
    pub fn stylesheet(&self) -> String {
        let Self { light, dark, .. } = self;
        format!(
            ":root{{--brand:{};--on-brand:{}}}\n@media (prefers-color-scheme:dark){{:root{{--brand:{};--on-brand:{}}}}}\n",
            light.fill, light.text, dark.fill, dark.text
        )
    }
}

/// As the tenant gave it: `#rrggbb`.
impl fmt::Display for Accent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.given.fmt(f)
    }
}

impl Shade {
    /// `colour`, mixed with `pole` until it can be told from `page`, and the better text colour on it.
    fn on(page: Colour, pole: Colour, colour: Colour) -> Self {
        let mixed = (0..=COLOUR_STEPS).map(|step| colour.mixed(pole, step));
        let fill = mixed.into_iter().find(|mixed| contrast(*mixed, page) >= VISIBLE).unwrap_or(pole);
        let text = if contrast(WHITE, fill) >= contrast(BLACK, fill) { WHITE } else { BLACK };
        Self { fill, text }
    }
}

impl Colour {
    fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6)?;
        let mut colour = [0; 3];
        hex::decode_to_slice(digits, &mut colour).ok()?;
        Some(Self(colour))
    }

    /// This colour with `step` of [`COLOUR_STEPS`] parts of `other`.
    fn mixed(self, other: Self, step: u16) -> Self {
        let mut mixed = self.0;
        for (own, other) in mixed.iter_mut().zip(other.0) {
            let sum = u16::from(*own) * (COLOUR_STEPS - step) + u16::from(other) * step;
            *own = u8::try_from(sum / COLOUR_STEPS).unwrap_or(u8::MAX);
        }
        Self(mixed)
    }

    /// Relative luminance, from 0 to 1.
    fn luminance(self) -> f64 {
        let [red, green, blue] = self.0.map(|channel| {
            let channel = f64::from(channel) / 255.0;
            if channel <= 0.04045 { channel / 12.92 } else { ((channel + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

/// The contrast between two colours, from 1 to 21.
pub fn contrast(one: Colour, other: Colour) -> f64 {
    let (one, other) = (one.luminance(), other.luminance());
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed_accent(text: &str) -> Accent {
        Accent::parse(text).unwrap()
    }

    #[test]
    fn contrast_is_that_of_wcag() {
        let near = |one: &str, other: &str, expected: f64| {
            let found = contrast(Colour::parse(one).unwrap(), Colour::parse(other).unwrap());
            assert!((found - expected).abs() < 0.01, "{one} {other} {found}");
        };
        near("#000000", "#ffffff", 21.0);
        near("#777777", "#ffffff", 4.48);
        near("#767676", "#ffffff", 4.54);
        near("#ff0000", "#ffffff", 4.0);
        near("#0000ff", "#ffffff", 8.59);
    }

    #[test]
    fn text_can_be_read_on_every_accent_that_is_accepted() {
        let levels: Vec<u8> = (0..=255).step_by(15).collect();
        let mut accepted = 0;
        for red in &levels {
            for green in &levels {
                for blue in &levels {
                    let Ok(accent) = Accent::parse(&Colour([*red, *green, *blue]).to_string()) else {
                        continue;
                    };
                    accepted += 1;
                    for (shade, page) in [(accent.light, LIGHT_PAGE), (accent.dark, DARK_PAGE)] {
                        assert!(contrast(shade.fill, shade.text) >= READABLE, "{accent} {shade:?}");
                        assert!(contrast(shade.fill, page) >= VISIBLE, "{accent} {shade:?}");
                    }
                }
            }
        }
        assert!(accepted > 4_000, "{accepted}");
    }

    #[test]
    fn a_colour_that_can_be_seen_is_not_changed() {
        let blue = parsed_accent("#0A5C8A");
        assert_eq!(blue.to_string(), "#0a5c8a");
        assert_eq!((blue.light.fill.to_string(), blue.light.text), ("#0a5c8a".to_owned(), WHITE));
        assert_ne!(blue.dark.fill, blue.light.fill, "it is too dark for a dark page");
        assert_eq!(parsed_accent("#000000").light.fill, BLACK);
    }

    #[test]
    fn what_is_no_colour_or_none_that_can_be_seen_is_refused() {
        for bad in
            ["", "red", "#fff", "#0a5c8a80", "0a5c8a", "#0a5c8g", "#ｆｆ5c8a", "rgb(1,2,3)", "#0a5c8a;}"]
        {
            let refusal = Accent::parse(bad).unwrap_err();
            assert!(refusal.to_string().contains("such as #0a5c8a"), "{bad:?}: {refusal}");
        }
        for light in ["#ffffff", "#ffff00", "#f0efec"] {
            let refusal = Accent::parse(light).unwrap_err().to_string();
            let advised = refusal.rsplit(' ').next().unwrap_or_default();
            assert!(parsed_accent(advised).light.fill.to_string() == advised, "{refusal}");
        }
    }
}
