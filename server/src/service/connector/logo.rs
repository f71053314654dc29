//! The logo of a connector: a still picture that we have written ourselves, whatever was uploaded.
//!
//! A PNG is decoded within limits and encoded again, which leaves its pixels alone. An SVG keeps what `svg-hush` allows
//! and must refer to nothing outside itself.

use std::io::{self, Cursor, Write};

use crate::domain::credential::Digest;
use crate::domain::{Code, Refusal};

/// The maximum size of a logo as it is served, in bytes.
pub const LARGEST: usize = 16 * 1024;
/// The maximum size of an uploaded file, in bytes: the body of a request has room for it as base64.
pub const LARGEST_UPLOAD: usize = 44 * 1024;
/// The maximum width and height of a logo, in pixels.
const LOGO_PIXELS: u32 = 1024;
/// The memory that decoding may take, in bytes: a picture of the maximum size in any format.
const LOGO_DECODING_MEMORY: usize = 16 * 1024 * 1024;
/// The maximum number of copies that an SVG makes of its parts. Copies of copies multiply.
const MOST_SVG_COPIES: usize = 16;

const PNG_SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// The format of a logo.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogoFormat {
    /// PNG.
    Png,
    /// SVG.
    Svg,
}

impl LogoFormat {
    /// The logo format's name in the database and in addresses.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Svg => "svg",
        }
    }

    /// The format with this name.
    pub fn named(name: &str) -> Option<Self> {
        [Self::Png, Self::Svg].into_iter().find(|format| format.as_str() == name)
    }
}

/// A logo as it is served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logo {
    /// The format.
    pub format: LogoFormat,
    /// The file.
    pub bytes: Vec<u8>,
}

impl Logo {
    /// The logo in an uploaded file, whose format is determined by its content.
    ///
    /// # Errors
    /// `invalid_field` if the file is no acceptable PNG or SVG.
    pub fn read(file: &[u8]) -> Result<Self, Refusal> {
        if file.len() > LARGEST_UPLOAD {
            let kib = LARGEST_UPLOAD / 1024;
            return Err(refuse_logo(format!(
                "branding.logo has {} bytes; a file of at most {kib} KiB is accepted",
                file.len()
            )));
        }
        if file.starts_with(PNG_SIGNATURE) {
            return Ok(Self { format: LogoFormat::Png, bytes: checked_png(file)? });
        }
        if file.trim_ascii_start().starts_with(b"<") || file.starts_with(b"\xef\xbb\xbf<") {
            return Ok(Self { format: LogoFormat::Svg, bytes: checked_svg(file)? });
        }
        Err(refuse_logo("branding.logo must be a PNG or SVG file"))
    }

    /// The digest of the file and its format, which is in its address.
    pub fn digest(&self) -> Digest {
        Digest::of(&[self.format.as_str().as_bytes(), b"\0", &self.bytes].concat())
    }
}

fn refuse_logo(detail: impl Into<std::borrow::Cow<'static, str>>) -> Refusal {
    Code::InvalidField.because(detail).field("branding.logo")
}

fn too_large() -> Refusal {
    let kib = LARGEST / 1024;
    refuse_logo(format!(
        "branding.logo has more than {kib} KiB after it was written again: a smaller or simpler picture is needed, such as 256 × 256 pixels"
    ))
}

fn checked_png(file: &[u8]) -> Result<Vec<u8>, Refusal> {
    let broken = |error: png::DecodingError| match error {
        png::DecodingError::LimitsExceeded => refuse_logo("branding.logo takes too much memory to decode"),
        _ => refuse_logo("branding.logo is not a complete and correct PNG"),
    };
    let mut decoder =
        png::Decoder::new_with_limits(Cursor::new(file), png::Limits { bytes: LOGO_DECODING_MEMORY });
    decoder.set_ignore_text_chunk(true);
    decoder.set_ignore_iccp_chunk(true);
    let header = decoder.read_header_info().map_err(broken)?;
    // Before any pixel is decoded.
    if header.width > LOGO_PIXELS || header.height > LOGO_PIXELS {
        let (width, height) = (header.width, header.height);
        return Err(refuse_logo(format!(
            "branding.logo has {width} × {height} pixels; at most {LOGO_PIXELS} × {LOGO_PIXELS} are accepted"
        )));
    }
    let is_indexed = header.color_type == png::ColorType::Indexed;
    decoder.set_transformations(if is_indexed {
        png::Transformations::IDENTITY
    } else {
        png::Transformations::normalize_to_color8()
    });
    let mut reader = decoder.read_info().map_err(broken)?;
    let size = reader.output_buffer_size().filter(|size| *size <= LOGO_DECODING_MEMORY);
    let mut pixels = vec![0; size.ok_or_else(|| broken(png::DecodingError::LimitsExceeded))?];
    let frame = reader.next_frame(&mut pixels).map_err(broken)?;
    pixels.truncate(frame.buffer_size());

    let mut written = Capped::default();
    let mut encoder = png::Encoder::new(&mut written, frame.width, frame.height);
    encoder.set_color(frame.color_type);
    encoder.set_depth(frame.bit_depth);
    encoder.set_compression(png::Compression::High);
    if is_indexed {
        let info = reader.info();
        let palette = info
            .palette
            .as_deref()
            .ok_or_else(|| refuse_logo("branding.logo is a PNG without its palette"))?;
        encoder.set_palette(palette.to_vec());
        if let Some(transparency) = info.trns.as_deref() {
            encoder.set_trns(transparency.to_vec());
        }
    }
    let outcome = encoder.write_header().and_then(|mut writer| {
        writer.write_image_data(&pixels)?;
        writer.finish()
    });
    outcome.map_err(|_| too_large())?;
    Ok(written.bytes)
}

fn checked_svg(file: &[u8]) -> Result<Vec<u8>, Refusal> {
    let mut written = Capped::default();
    if svg_hush::Filter::new().filter(file, &mut written).is_err() {
        return Err(if written.is_full {
            too_large()
        } else {
            refuse_logo(
                "branding.logo is not a well-formed SVG; a document type from elsewhere is not accepted either",
            )
        });
    }
    let text =
        std::str::from_utf8(&written.bytes).map_err(|_| refuse_logo("branding.logo is not readable text"))?;
    check_svg(text)?;
    Ok(written.bytes)
}

/// Checks what the filter has written. Its form is known: quotes are double, and `<` and `"` are escaped in values.
fn check_svg(text: &str) -> Result<(), Refusal> {
    let root = text.split_once("?>").map_or(text, |(_, rest)| rest).trim_start();
    let Some(root) = root.strip_prefix("<svg").and_then(|rest| rest.split_once('>')).map(|(tag, _)| tag)
    else {
        return Err(refuse_logo("branding.logo must have an svg element as its root"));
    };
    for side in ["width", "height"] {
        if attribute_value(root, side)
            .and_then(number_of_length)
            .is_some_and(|number| number > f64::from(LOGO_PIXELS))
        {
            return Err(refuse_logo(format!(
                "the {side} of branding.logo must be at most {LOGO_PIXELS}; viewBox may be larger"
            )));
        }
    }
    let lower = text.to_lowercase();
    let leads_out = |opening: &str| lower.split(opening).skip(1).any(|rest| !rest.starts_with('#'));
    if leads_out("href=\"") || leads_out("url(") {
        return Err(refuse_logo(
            "branding.logo refers to another file or picture; it must contain all that it shows",
        ));
    }
    if ["<animate", "<set", "keyframes"].iter().any(|moving| lower.contains(moving)) {
        return Err(refuse_logo("branding.logo must not move: remove its animations"));
    }
    if ["<filter", "<fe"].iter().any(|costly| lower.contains(costly)) {
        return Err(refuse_logo("branding.logo must not use filter effects"));
    }
    if lower.matches("<use").count() > MOST_SVG_COPIES {
        return Err(refuse_logo(format!(
            "branding.logo uses its own parts more than {MOST_SVG_COPIES} times"
        )));
    }
    Ok(())
}

/// The value of an attribute of an SVG tag.
fn attribute_value<'t>(tag: &'t str, name: &str) -> Option<&'t str> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    rest.split_once('"').map(|(value, _)| value)
}

/// The number at the beginning of a length. A percentage depends on the page.
fn number_of_length(length: &str) -> Option<f64> {
    let end = length.find(|c: char| !matches!(c, '0'..='9' | '.' | 'e' | 'E' | '+')).unwrap_or(length.len());
    let (number, unit) = length.split_at(end);
    // "1em": the unit begins like an exponent.
    number.trim_end_matches(['e', 'E']).parse().ok().filter(|_| unit != "%")
}

/// A buffer with room for [`LARGEST`] bytes.
#[derive(Default)]
struct Capped {
    bytes: Vec<u8>,
    is_full: bool,
}

impl Write for Capped {
    fn write(&mut self, more: &[u8]) -> io::Result<usize> {
        if self.bytes.len() + more.len() > LARGEST {
            self.is_full = true;
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.bytes.extend_from_slice(more);
        Ok(more.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests;
