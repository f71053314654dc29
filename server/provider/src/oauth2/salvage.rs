//! Finds live tokens in an invalid response, so that they can be revoked.

use secrecy::SecretString;
use serde_json::Value;
use zeroize::Zeroizing;

use super::token_text::is_token;
use crate::Orphan;

/// The tokens of a response that could be parsed as JSON.
pub(super) fn from_fields(access: Option<&Value>, refresh: Option<&Value>) -> Option<Box<Orphan>> {
    orphan(token(access), token(refresh))
}

fn token(value: Option<&Value>) -> Option<&str> {
    value.and_then(Value::as_str).filter(|text| is_token(text))
}

/// The tokens of a response that is not JSON, for example because it was cut off.
pub(super) fn from_text(body: &[u8]) -> Option<Box<Orphan>> {
    let [access, refresh] =
        ["\"access_token\"", "\"refresh_token\""].map(|name| string_after(body, name.as_bytes()));
    let token =
        |token: &Option<Zeroizing<String>>| token.as_ref().map(|token| SecretString::from(token.as_str()));
    let orphan = Orphan { access_token: token(&access), refresh_token: token(&refresh) };
    (access.is_some() || refresh.is_some()).then(|| Box::new(orphan))
}

fn orphan(access: Option<&str>, refresh: Option<&str>) -> Option<Box<Orphan>> {
    (access.is_some() || refresh.is_some()).then(|| {
        Box::new(Orphan {
            access_token: access.map(SecretString::from),
            refresh_token: refresh.map(SecretString::from),
        })
    })
}

/// The whole string value of `name`, unescaped.
fn string_after(body: &[u8], name: &[u8]) -> Option<Zeroizing<String>> {
    let at = body.windows(name.len()).position(|window| window == name)?;
    let value = body.get(at + name.len()..)?.trim_ascii_start().strip_prefix(b":")?;
    // Anything after the value is ignored.
    let value = serde_json::Deserializer::from_slice(value).into_iter::<String>().next()?.ok();
    value.map(Zeroizing::new).filter(|value| is_token(value))
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;

    #[test]
    fn tokens_are_found_with_their_escapes_undone() {
        let body = br#"<html>{"access_token" : "sl.a\"b\\c\u0041", "x": "\ud83d", "refresh_token":"r\/1","#;
        let orphan = from_text(body).unwrap();
        let text =
            |token: &Option<SecretString>| token.as_ref().map(|token| token.expose_secret().to_owned());
        assert_eq!(text(&orphan.access_token).as_deref(), Some("sl.a\"b\\cA"));
        assert_eq!(text(&orphan.refresh_token).as_deref(), Some("r/1"));
        let cut = from_text(b"\xff{\"access_token\":\"sl.a\",\"refresh_token\":\"r1\xff").unwrap();
        assert_eq!((text(&cut.access_token).as_deref(), text(&cut.refresh_token)), (Some("sl.a"), None));
        for nothing in
            [&b"{}"[..], b"{\"access_token\":7}", b"{\"access_token\":\"a b\"}", b"{\"access_token\"", b""]
        {
            assert!(from_text(nothing).is_none());
        }
    }
}
