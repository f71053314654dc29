//! Credentials in rows of Nango's table: AES-256-GCM with a 96-bit nonce, everything in base64.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use anyhow::{Context as _, anyhow};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use secrecy::zeroize::Zeroizing;

/// The longest accepted file with a key, in bytes.
const LONGEST: u64 = 4096;

/// Nango's encryption key.
pub(super) struct Key(LessSafeKey);

impl Key {
    /// The key in a file, as `NANGO_ENCRYPTION_KEY` has it.
    pub(super) fn read(file: &Path) -> anyhow::Result<Self> {
        let mut text = Zeroizing::new(String::new());
        let open = File::open(file).with_context(|| format!("cannot open {}", file.display()))?;
        open.take(LONGEST)
            .read_to_string(&mut text)
            .with_context(|| format!("reading {}", file.display()))?;
        let key = Self::parse(text.trim());
        key.ok_or_else(|| anyhow!("{} is not Nango's key: 32 bytes in base64", file.display()))
    }

    fn parse(text: &str) -> Option<Self> {
        let bytes = Zeroizing::new(STANDARD.decode(text).ok()?);
        Some(Self(LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &bytes).ok()?)))
    }

    /// What is sealed. None if it does not open.
    pub(super) fn open(&self, sealed: &str, iv: &str, tag: &str) -> Option<Zeroizing<Vec<u8>>> {
        let nonce = Nonce::try_assume_unique_for_key(&STANDARD.decode(iv).ok()?).ok()?;
        let mut bytes = Zeroizing::new(STANDARD.decode(sealed).ok()?);
        bytes.extend(STANDARD.decode(tag).ok()?);
        let length = self.0.open_in_place(nonce, Aad::empty(), &mut bytes).ok()?.len();
        bytes.truncate(length);
        Some(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made by Node.js with the calls of Nango's `encryptSync`: `createCipheriv('aes-256-gcm', key, iv)`.
    const KEY: &str = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=";
    const SEALED: [&str; 3] = [
        "XKfw7c6V41uCLYptsqKR/fiSEZZSnJKzB/Eyyb4Rb1jpx5WmhCBPYxeelDQ5",
        "CQkJCQkJCQkJCQkJ",
        "ghJySBy96vQfBnucArKUkg==",
    ];

    #[test]
    fn credentials_open_as_nango_has_sealed_them() {
        let key = Key::parse(KEY).unwrap();
        let [sealed, iv, tag] = SEALED;
        let opened = key.open(sealed, iv, tag).unwrap();
        assert_eq!(*opened, br#"{"type":"OAUTH2","refresh_token":"refresh-1"}"#);
        assert!(key.open(sealed, iv, iv).is_none() && key.open("?", iv, tag).is_none());
        assert!(Key::parse("AAAA").is_none());
    }
}
