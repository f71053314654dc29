//! The secret behind one-time codes: made, sealed, opened, and compared with a code.

use bowline_vault::{Context, Purpose};
use chrono::{DateTime, Utc};
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret as _, SecretSlice};
use totp_rs::{Builder, Totp};
use uuid::Uuid;

use crate::app::App;
use crate::domain::{About, Error, Result, entropy};
use crate::service::{own_key, vault};
use crate::store::operators::totp::TotpRow;

/// 160 bits, as RFC 4226 recommends. Some authenticator apps cut longer secrets.
const TOTP_SECRET_BYTES: usize = 20;
const TOTP_SECRET_COLUMN: &str = "operator_totp.secret";
/// The name of the service in authenticator apps.
const TOTP_ISSUER: &str = "Bowline";

/// A new random secret.
pub(super) fn generate() -> Result<Zeroizing<[u8; TOTP_SECRET_BYTES]>> {
    let random = entropy::secret()?;
    let mut secret = Zeroizing::new([0; TOTP_SECRET_BYTES]);
    secret.copy_from_slice(&random[..TOTP_SECRET_BYTES]);
    Ok(secret)
}

/// The secret as the URI that authenticator apps read, `account` beside the name of the service.
pub(super) fn uri(secret: &[u8], account: &str) -> Result<String> {
    // A colon separates the parts of the label.
    let totp = totp_of_secret(secret, &account.replace(':', " "))?;
    totp.to_url().map_err(|error| Error::internal("the URI of a TOTP secret", error.to_string()))
}

fn totp_of_secret(secret: &[u8], account: &str) -> Result<Totp> {
    let builder = Builder::new().with_secret(secret.to_vec()).with_account_name(account);
    let built = builder.with_issuer(Some(TOTP_ISSUER)).with_skew(1).build();
    built.map_err(|error| Error::internal("a TOTP secret", error.to_string()))
}

/// The secret of an operator, sealed with a data key of its own that the active master key wraps.
pub(super) fn seal(app: &App, operator: Uuid, secret: &[u8]) -> Result<TotpRow> {
    let key = own_key::generate(app)?;
    let sealed = key.keys.seal(&totp_secret_place(&operator), secret);
    Ok(TotpRow {
        operator_id: operator,
        is_pending: true,
        kek_version: key.kek_version,
        wrapped_key: key.wrapped,
        sealed_secret: sealed.map_err(|error| Error::internal("sealing a TOTP secret", error))?,
        last_step: 0,
    })
}

fn open_totp_secret(app: &App, totp_row: &TotpRow) -> Result<SecretSlice<u8>> {
    let opened = own_key::unwrap(app, totp_row.kek_version, &totp_row.wrapped_key)
        .and_then(|keys| keys.open(&totp_secret_place(&totp_row.operator_id), &totp_row.sealed_secret));
    opened.map_err(|error| {
        vault::tampered(TOTP_SECRET_COLUMN, About::Operator(totp_row.operator_id.into()), &error)
    })
}

fn totp_secret_place(operator: &Uuid) -> Context<'_> {
    Context::new(Purpose::TotpSecret, TOTP_SECRET_COLUMN, operator)
}

/// The step whose code this is: the current one, the one before or the one after. Whether it was accepted before is not
/// decided here.
///
/// # Errors
/// `integrity_error` if the secret does not open.
pub(super) fn step_of(app: &App, totp_row: &TotpRow, code: &str, now: DateTime<Utc>) -> Result<Option<i64>> {
    let totp = totp_of_secret(open_totp_secret(app, totp_row)?.expose_secret(), "operator")?;
    let digits: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    let seconds = u64::try_from(now.timestamp()).map_err(|error| Error::internal("the time", error))?;
    Ok(totp.check(&digits, seconds).and_then(|step| i64::try_from(step).ok()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238 appendix B, the last six of the eight digits.
    #[test]
    fn the_codes_are_those_of_the_rfc() {
        let totp = totp_of_secret(b"12345678901234567890", "ops-1").unwrap();
        for (seconds, code) in [(59, "287082"), (1_111_111_109, "081804"), (2_000_000_000, "279037")] {
            assert_eq!(totp.check(code, seconds), Some(seconds / 30));
            for near in [seconds - 30, seconds + 30] {
                assert_eq!(totp.check(code, near), Some(seconds / 30));
            }
            for far in [seconds.saturating_sub(60), seconds + 60] {
                assert!(totp.check(code, far).is_none_or(|step| step == seconds / 30 && seconds < 60));
            }
        }
        assert_eq!(totp.check("28708", 59), None);
    }

    #[test]
    fn the_uri_names_the_service_and_the_operator() {
        let uri = uri(b"12345678901234567890", "ops-1@link.example.com:8443").unwrap();
        assert_eq!(
            uri,
            "otpauth://totp/Bowline:ops-1%40link.example.com%208443?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Bowline"
        );
    }
}
