//! The tenant's own name for its user.

use super::error::{Code, Result};

/// 1 to 256 bytes of UTF-8 without NUL, compared byte for byte.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ExternalUserId(String);

impl ExternalUserId {
    /// # Errors
    /// `invalid_field` where the length or a character is not allowed.
    pub fn parse(text: &str) -> Result<Self> {
        if text.is_empty() || text.len() > 256 || text.contains('\0') {
            let detail = "external_user_id must have 1 to 256 bytes, none of them NUL";
            return Err(Code::InvalidField.because(detail).with("field", "external_user_id").into());
        }
        Ok(Self(text.to_owned()))
    }

    /// The text as the tenant gave it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
