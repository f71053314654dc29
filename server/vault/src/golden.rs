//! Stored forms that another implementation (libsodium) computed. They detect any change of the format.

use std::collections::BTreeMap;

use chrono::DateTime;
use secrecy::ExposeSecret;
use uuid::Uuid;

use crate::{
    Context, DataKey, KekState, KeyRing, Purpose, TenantKeys, WrappedDataKey, key_material::KeyMaterial,
    key_ring::Kek,
};

const SEALED: &str = "010102000000076465666768696a6b6c6d6e6f707172737475767778797a7bd2ab1da9f21aaa0f9fd78cb74254a79d0beabc3a489f53441da11f6a6e";
const EMPTY: &str =
    "010102000000076465666768696a6b6c6d6e6f707172737475767778797a7b77b92407c8e6b2e0f0cb1604c95acce2";
const WRAPPED: &str = "016465666768696a6b6c6d6e6f707172737475767778797a7b1045fa8b3f8d271ac70d6a9e1c50b10262bad6c7396b9d7af7ea2b316d97f89ee45c1460a7189daabb44a73804eb8575";
const CHECK: &str = "41d38524bb753755cea350612040409852ac39d54a23268b2eb28e9540a3de02";

const TENANT: Uuid = Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001);
const ROW: Uuid = Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0002);

/// `N` bytes that count up from `first`.
fn counting<const N: usize>(first: u8) -> [u8; N] {
    std::array::from_fn(|index| first + u8::try_from(index).unwrap())
}

fn data_key() -> DataKey {
    DataKey { tenant: TENANT, version: 7, key: KeyMaterial::copied_from(&counting(0)) }
}

fn ring() -> KeyRing {
    let kek = Kek {
        state: KekState::Active,
        created: DateTime::UNIX_EPOCH,
        key: KeyMaterial::copied_from(&counting(32)),
    };
    KeyRing::assemble(BTreeMap::from([(3, kek)])).unwrap()
}

#[test]
fn envelopes_keep_their_form() {
    let keys = TenantKeys::new(TENANT, 7, [data_key()]).unwrap();
    let bare = Context::new(Purpose::RefreshToken, "accounts.refresh_token", &ROW);
    let full = bare.generation(9).external_user("ann").provider_account("dbid:x");
    for (context, plaintext, expected) in
        [(full, b"refresh-token".as_slice(), SEALED), (bare, b"".as_slice(), EMPTY)]
    {
        let sealed = keys.seal_with_nonce(&context, plaintext, counting(100)).unwrap();
        assert_eq!(hex::encode(&sealed), expected);
        let opened = keys.open(&context, &sealed).unwrap();
        assert_eq!(opened.expose_secret(), plaintext);
    }
}

#[test]
fn wrapped_keys_keep_their_form() {
    let wrapped = ring().wrap_with_nonce(&data_key(), counting(100)).unwrap();
    assert_eq!(hex::encode(&wrapped.bytes), WRAPPED);
    let stored = WrappedDataKey { kek_version: 3, bytes: hex::decode(WRAPPED).unwrap() };
    let opened = ring().unwrap(TENANT, 7, &stored).unwrap();
    assert_eq!(opened.key.expose(), &counting(0));
}

#[test]
fn check_values_keep_their_form() {
    assert_eq!(hex::encode(ring().check_value(3).unwrap()), CHECK);
}
