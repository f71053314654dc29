//! The binding between a browser and its link sessions: one cookie per session, and a hidden field that only our page
//! can know.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret as _, SecretString};
use uuid::Uuid;

use bowline_api::LinkSessionId;

use crate::domain::credential::Digest;
use crate::domain::{Result, entropy};

/// Hashed before the cookie for the hidden field, so that the field differs from the digest in the database.
const BINDING_FIELD: &[u8] = b"bowline link page\0";

/// The secret of one session in one browser: 256 random bits in a cookie.
#[derive(Debug, Clone)]
pub struct Binding(SecretString);

impl Binding {
    /// The binding that the browser sent if it is well formed, otherwise a new one.
    ///
    /// # Errors
    /// If the operating system cannot provide randomness.
    pub fn kept_or_new(presented: Option<&str>) -> Result<Self> {
        match presented {
            Some(presented) if Self::is_well_formed(presented) => Ok(Self(SecretString::from(presented))),
            _ => Self::generate(),
        }
    }

    /// Whether `value` has the form of our cookies. A value that was emptied or truncated on its way binds nothing.
    pub fn is_well_formed(value: &str) -> bool {
        URL_SAFE_NO_PAD.decode(value).is_ok_and(|bytes| bytes.len() == 32)
    }

    /// A new binding.
    ///
    /// # Errors
    /// If the operating system cannot provide randomness.
    pub fn generate() -> Result<Self> {
        Ok(Self(SecretString::from(random_text()?)))
    }

    /// The cookie's value.
    pub fn cookie(&self) -> &str {
        self.0.expose_secret()
    }

    /// The value of the hidden field on our page. A page from elsewhere can neither read nor derive it.
    pub fn field(&self) -> String {
        field_of(self.cookie())
    }

    /// The binding's digest in the database.
    pub(in crate::service::link) fn digest(&self) -> Digest {
        Digest::of(self.cookie().as_bytes())
    }
}

/// Whether `field` was on a page made for the browser with this `cookie`.
pub fn field_fits(field: &str, cookie: &str) -> bool {
    use subtle::ConstantTimeEq as _;
    field_of(cookie).as_bytes().ct_eq(field.as_bytes()).into()
}

/// The value of the hidden field on our page in the browser with this `cookie`.
pub fn field_of(cookie: &str) -> String {
    let text = [BINDING_FIELD, cookie.as_bytes()].concat();
    URL_SAFE_NO_PAD.encode(Digest::of(&text).as_bytes())
}

/// The name of a session's cookie. Names sort by the age of their sessions, because ids do.
pub fn cookie_name(https: bool, session: LinkSessionId) -> String {
    format!("{}{}", cookie_prefix(https), session.uuid().simple())
}

/// The cookie's name before it contained the session. A user who was at the provider during the upgrade still has it.
pub(super) fn old_cookie_name(https: bool, state: Digest) -> String {
    format!("{}{}", cookie_prefix(https), &state.to_hex()[..16])
}

/// Whether `name` is, byte for byte, the name of one of our cookies.
pub fn is_cookie_name(https: bool, name: &str) -> bool {
    let Some(id) = name.strip_prefix(cookie_prefix(https)) else { return false };
    Uuid::try_parse(id).is_ok_and(|uuid| uuid.simple().to_string() == id)
}

/// Without https there is no `Secure` attribute, and without that no `__Host-` prefix. This is for development on a
/// loopback address.
fn cookie_prefix(https: bool) -> &'static str {
    if https { "__Host-bowline-" } else { "bowline-" }
}

pub(super) fn random_text() -> Result<String> {
    Ok(URL_SAFE_NO_PAD.encode(entropy::secret()?.as_ref()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_exact_name_is_ours() {
        let name = cookie_name(true, entropy::id());
        assert!(is_cookie_name(true, &name));
        for other in [
            name.replace("__", "%5F%5F"),
            name.to_uppercase(),
            name.replace("__Host-", ""),
            format!("{name} "),
            format!("x{name}"),
            format!("{name}0"),
            "__Host-bowline-".to_owned(),
            "shop-bowline-1".to_owned(),
        ] {
            assert!(!is_cookie_name(true, &other), "{other}");
        }
        assert!(is_cookie_name(false, &cookie_name(false, entropy::id())));
    }

    #[test]
    fn a_value_that_is_none_of_ours_binds_nobody() {
        let ours = Binding::generate().unwrap();
        assert_eq!(Binding::kept_or_new(Some(ours.cookie())).unwrap().cookie(), ours.cookie());
        let quoted = format!("\"{}\"", ours.cookie());
        for other in ["", "x", &ours.cookie()[1..], &quoted] {
            assert_ne!(Binding::kept_or_new(Some(other)).unwrap().cookie(), other);
        }
    }

    #[test]
    fn a_later_session_has_a_greater_name() {
        let names: Vec<String> = (0..50).map(|_| cookie_name(true, entropy::id())).collect();
        assert!(names.is_sorted());
    }

    #[test]
    fn a_field_fits_its_own_cookie_alone() {
        let (ours, other) = (Binding::generate().unwrap(), Binding::generate().unwrap());
        assert!(field_fits(&ours.field(), ours.cookie()));
        assert!(!field_fits(&ours.field(), other.cookie()));
        assert!(!field_fits(ours.cookie(), ours.cookie()) && !field_fits("", ours.cookie()));
    }
}
