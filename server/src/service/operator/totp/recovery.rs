//! Recovery codes: for an operator without their authenticator app, each once.

use secrecy::ExposeSecret as _;
use secrecy::SecretString;
use totp_rs::Secret;
use uuid::Uuid;

use crate::domain::credential::Digest;
use crate::domain::{Result, entropy};

/// How many codes an operator gets.
const RECOVERY_CODE_COUNT: usize = 10;
/// The characters of a code, without hyphens: 80 bits.
const RECOVERY_CODE_CHARS: usize = 16;

/// New codes, such as `k3pz-7dqa-mm2x-4r6c`, with their digests.
pub(super) fn generate(operator: Uuid) -> Result<Vec<(SecretString, Digest)>> {
    (0..RECOVERY_CODE_COUNT)
        .map(|_| {
            let random = entropy::secret()?;
            let code_text =
                Secret::from(random[..RECOVERY_CODE_CHARS * 5 / 8].to_vec()).to_base32().to_lowercase();
            let parts: Vec<&str> =
                code_text.as_bytes().chunks(4).filter_map(|part| str::from_utf8(part).ok()).collect();
            let code = SecretString::from(parts.join("-"));
            let digest = digest_of(operator, &code_text);
            Ok((code, digest))
        })
        .collect()
}

/// The digest of what may be a recovery code, or none if it has another form. Hyphens, spaces and case do not matter.
pub(super) fn digest(operator: Uuid, typed: &str) -> Option<Digest> {
    let code_text: String = typed.chars().filter(char::is_ascii_alphanumeric).collect();
    (code_text.len() == RECOVERY_CODE_CHARS).then(|| digest_of(operator, &code_text.to_lowercase()))
}

fn digest_of(operator: Uuid, code_text: &str) -> Digest {
    Digest::of(format!("recovery code of {operator}: {code_text}").as_bytes())
}

/// The texts of new codes, for the only response that has them.
pub(super) fn texts(codes: &[(SecretString, Digest)]) -> Vec<String> {
    codes.iter().map(|(code, _)| code.expose_secret().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_differ_and_are_read_however_they_are_typed() {
        let operator = Uuid::nil();
        let codes = generate(operator).unwrap();
        let texts = texts(&codes);
        let distinct: std::collections::BTreeSet<_> = texts.iter().collect();
        assert_eq!(distinct.len(), 10);
        for (code_text, (_, kept)) in texts.iter().zip(&codes) {
            assert_eq!(code_text.len(), 19, "{code_text}");
            for typed in [
                code_text.clone(),
                code_text.to_uppercase(),
                code_text.replace('-', ""),
                format!(" {code_text} "),
            ] {
                assert_eq!(digest(operator, &typed).unwrap().as_bytes(), kept.as_bytes());
            }
            assert_ne!(
                digest(Uuid::max(), code_text).unwrap().as_bytes(),
                kept.as_bytes(),
                "of another operator"
            );
        }
        assert!(digest(operator, "123456").is_none());
    }
}
