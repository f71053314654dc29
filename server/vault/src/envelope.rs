//! The stored form of a sealed value: version, algorithm, purpose, data key version, nonce, ciphertext and tag.

use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce, aead::AeadInOut};
use secrecy::{SecretSlice, zeroize::Zeroize};

use crate::{Purpose, VaultError};

/// The largest value that can be sealed, in bytes. It has room for any stored response.
pub const MAX_PLAINTEXT: usize = 256 * 1024;

/// The number of bytes that an envelope adds to its plaintext.
pub const OVERHEAD: usize = PREFIX_LEN + TAG_LEN;

/// The version byte of an envelope that binds only the context. A later format takes the next number.
const PLACE: u8 = 1;
/// The version byte of an envelope that also binds facts.
const PLACE_AND_FACTS: u8 = 2;
pub(crate) const HEADER_LEN: usize = 7;
pub(crate) const NONCE_LEN: usize = 24;
pub(crate) const TAG_LEN: usize = 16;
const PREFIX_LEN: usize = HEADER_LEN + NONCE_LEN;

/// The encryption algorithm of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
#[non_exhaustive]
pub enum Algorithm {
    /// XChaCha20-Poly1305 with a random 192-bit nonce (draft-irtf-cfrg-xchacha-03).
    XChaCha20Poly1305 = 1,
}

/// The readable header of an envelope. It is authenticated only when the envelope is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// Whether the envelope binds facts in addition to the context.
    pub has_facts: bool,
    /// The encryption algorithm.
    pub algorithm: Algorithm,
    /// The purpose of the value.
    pub purpose: Purpose,
    /// The version of the tenant's data key. Rotation uses it to find values that are sealed with old keys.
    pub data_key: u32,
}

impl Header {
    pub(crate) fn new(has_facts: bool, purpose: Purpose, data_key: u32) -> Self {
        Self { has_facts, algorithm: Algorithm::XChaCha20Poly1305, purpose, data_key }
    }

    pub(crate) fn encode(self) -> [u8; HEADER_LEN] {
        let [a, b, c, d] = self.data_key.to_be_bytes();
        let version = if self.has_facts { PLACE_AND_FACTS } else { PLACE };
        [version, self.algorithm as u8, self.purpose.code(), a, b, c, d]
    }
}

/// Reads an envelope's header without opening the envelope.
///
/// # Errors
/// [`VaultError::Malformed`] if the length is invalid or the header contains an unknown value.
pub fn sealed_with(sealed: &[u8]) -> Result<Header, VaultError> {
    if sealed.len() < OVERHEAD || sealed.len() - OVERHEAD > MAX_PLAINTEXT {
        return Err(VaultError::Malformed);
    }
    let &[version @ (PLACE | PLACE_AND_FACTS), 1, purpose, a, b, c, d, ..] = sealed else {
        return Err(VaultError::Malformed);
    };
    let purpose = Purpose::from_code(purpose).ok_or(VaultError::Malformed)?;
    Ok(Header::new(version == PLACE_AND_FACTS, purpose, u32::from_be_bytes([a, b, c, d])))
}

/// Writes `front ‖ nonce ‖ ciphertext ‖ tag`.
pub(crate) fn encrypt(
    key: &[u8; 32],
    front: &[u8],
    nonce: [u8; NONCE_LEN],
    associated: &[u8],
    plaintext: &[u8],
) -> Result<Vec<u8>, VaultError> {
    let start = front.len() + NONCE_LEN;
    let mut sealed = Vec::with_capacity(start + plaintext.len() + TAG_LEN);
    sealed.extend(front);
    sealed.extend(nonce);
    sealed.extend(plaintext);
    let body = sealed.get_mut(start..).ok_or(VaultError::Malformed)?;
    let tag = XChaCha20Poly1305::new(key.into())
        .encrypt_inout_detached(&XNonce::from(nonce), associated, body.into())
        .map_err(|_| VaultError::TooLarge(plaintext.len()))?;
    sealed.extend(tag);
    Ok(sealed)
}

/// Reverses [`encrypt`]; `front_len` bytes precede the nonce.
pub(crate) fn decrypt(
    key: &[u8; 32],
    front_len: usize,
    associated: &[u8],
    sealed: &[u8],
) -> Result<SecretSlice<u8>, VaultError> {
    let (nonce, rest) = sealed
        .get(front_len..)
        .and_then(<[u8]>::split_first_chunk::<NONCE_LEN>)
        .ok_or(VaultError::Malformed)?;
    let (ciphertext, tag) = rest.split_last_chunk::<TAG_LEN>().ok_or(VaultError::Malformed)?;
    let mut plaintext = ciphertext.to_vec();
    let opened = XChaCha20Poly1305::new(key.into()).decrypt_inout_detached(
        nonce.into(),
        associated,
        plaintext.as_mut_slice().into(),
        tag.into(),
    );
    if opened.is_err() {
        plaintext.zeroize();
        return Err(VaultError::Integrity);
    }
    Ok(plaintext.into())
}
