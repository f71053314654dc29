//! Draws a QR code with characters.

use qrcode::render::unicode::Dense1x2;
use qrcode::{EcLevel, QrCode};

use super::CliError;

/// The lines of a QR code, two rows of its modules in each, with the quiet zone around it. The characters are its dark modules.
///
/// # Errors
/// If the text is too long for a QR code.
pub(super) fn draw(text: &str) -> Result<Vec<String>, CliError> {
    let code = QrCode::with_error_correction_level(text, EcLevel::L)
        .map_err(|error| CliError::Other(anyhow::anyhow!("no QR code can be drawn: {error}")))?;
    let drawn = code.render::<Dense1x2>().build();
    Ok(drawn.lines().map(ToOwned::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_fits_the_smallest_terminal() {
        let uri = "otpauth://totp/Bowline:night-shift%40link.example.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Bowline";
        let lines = draw(uri).unwrap();
        let widths: std::collections::BTreeSet<_> = lines.iter().map(|line| line.chars().count()).collect();
        assert_eq!(widths.len(), 1);
        assert!(widths.iter().all(|width| *width <= 60) && lines.len() <= 30, "{widths:?} {}", lines.len());
        // The quiet zone, and the dark border of a finder pattern below it.
        assert!(lines[0].trim().is_empty() && lines[2].trim().starts_with("█▀▀▀▀▀█"), "{lines:#?}");
    }
}
