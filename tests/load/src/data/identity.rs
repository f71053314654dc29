//! Derives all data of an account from its number, so that the scripts of wrk and pgbench need no table of ids.

use bowline_api::AccountId;
use uuid::Uuid;

/// A UUIDv7 whose low 40 bits are free for the number.
const BASE: u128 = 0x0193_5a00_0000_7000_8000_0000_0000_0000;
/// The first number of accounts in states other than active.
pub(crate) const FIRST_OTHER: u64 = 1 << 32;
/// The first number of accounts that individual runs consume.
pub(crate) const FIRST_EXTRA: u64 = 1 << 36;

/// The account's UUID.
pub(crate) fn account_uuid(number: u64) -> Uuid {
    Uuid::from_u128(BASE | u128::from(number))
}

/// The account's id as used in the API.
pub(crate) fn account_id(number: u64) -> AccountId {
    account_uuid(number).into()
}

/// The common prefix of all ids in the API; eight characters with the number follow.
pub(crate) fn id_prefix() -> String {
    let mut id = account_id(0).to_string();
    id.truncate(id.len() - 8);
    id
}

/// The common prefix of all ids in Postgres; twelve hex digits with the number follow.
pub(crate) fn uuid_prefix() -> String {
    let mut id = account_uuid(0).to_string();
    id.truncate(id.len() - 12);
    id
}

/// The tenant's own name for its user.
pub(crate) fn external_user_id(number: u64) -> String {
    format!("user-{number:012}")
}

/// The account's id at Dropbox: 40 characters, as in real ids.
pub(crate) fn provider_account_id(number: u64) -> String {
    format!("dbid:AA{number:033}")
}

/// The account's access token, `bytes` long.
pub(crate) fn access_token(number: u64, bytes: usize) -> String {
    padded(format!("sl.u.load-{number}-"), bytes)
}

/// The account's refresh token, which the simulated Dropbox also knows.
pub(crate) fn refresh_token(number: u64) -> String {
    padded(format!("CANARY_load-refresh-{number}-"), 64)
}

/// Pads the text to `bytes` with letters that are derived from it.
fn padded(mut text: String, bytes: usize) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut state = text.bytes().fold(0x9e37_79b9_7f4a_7c15_u64, |state, byte| {
        (state ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    while text.len() < bytes {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let letter = usize::try_from(state >> 58).unwrap_or_default();
        text.push(char::from(LETTERS[letter]));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The number of bits in the last eight characters of a TypeID, five bits each.
    const NUMBER_BITS: u32 = 40;

    /// Computes the suffix in the same way as the scripts.
    fn suffix(mut number: u64) -> String {
        let alphabet: Vec<char> = "0123456789abcdefghjkmnpqrstvwxyz".chars().collect();
        let mut characters = Vec::new();
        for _ in 0..8 {
            characters.push(alphabet[usize::try_from(number % 32).unwrap()]);
            number /= 32;
        }
        characters.iter().rev().collect()
    }

    #[test]
    fn ids_are_computed_from_the_number_alone() {
        for number in
            [0, 1, 31, 32, 999_999, 9_999_999, FIRST_OTHER, FIRST_EXTRA + 12_345, (1 << NUMBER_BITS) - 1]
        {
            assert_eq!(account_id(number).to_string(), id_prefix() + &suffix(number));
            assert_eq!(account_uuid(number).to_string(), format!("{}{number:012x}", uuid_prefix()));
            assert_eq!(account_uuid(number).get_version_num(), 7);
        }
    }

    #[test]
    fn tokens_have_the_wanted_length_and_differ() {
        assert_eq!(access_token(7, 200).len(), 200);
        assert_eq!(refresh_token(7).len(), 64);
        assert_ne!(refresh_token(7)[20..], refresh_token(8)[20..]);
        assert_eq!(provider_account_id(7).len(), 40);
    }
}
