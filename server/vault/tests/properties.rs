//! No changed, moved or borrowed envelope opens, and none makes the vault panic.

#![expect(clippy::unwrap_used, reason = "a helper of a test may fail like the test itself")]

use std::{collections::HashSet, sync::LazyLock};

use bowline_vault::{
    Context, KeyRing, MAX_PLAINTEXT, OVERHEAD, Purpose, TenantKeys, VaultError, sealed_with,
};
use proptest::prelude::*;
use secrecy::ExposeSecret;
use uuid::Uuid;

const TENANT: Uuid = Uuid::from_u128(1);
const OTHER_TENANT: Uuid = Uuid::from_u128(2);

static RING: LazyLock<KeyRing> =
    LazyLock::new(|| KeyRing::generate("2026-01-01T00:00:00Z".parse().unwrap()).unwrap());
static KEYS: LazyLock<TenantKeys> = LazyLock::new(|| keys_of(TENANT));

fn keys_of(tenant: Uuid) -> TenantKeys {
    let (key, _) = RING.new_data_key(tenant, 1).unwrap();
    TenantKeys::new(tenant, 1, [key]).unwrap()
}

/// A context that owns its parts.
#[derive(Debug, Clone, PartialEq)]
struct Place {
    purpose: Purpose,
    column: String,
    row: Vec<u8>,
    generation: i64,
    user: Option<String>,
    account: Option<String>,
}

impl Place {
    fn context(&self) -> Context<'_> {
        let mut context = Context::keyed(self.purpose, &self.column, &self.row).generation(self.generation);
        if let Some(user) = &self.user {
            context = context.external_user(user);
        }
        if let Some(account) = &self.account {
            context = context.provider_account(account);
        }
        context
    }
}

/// Few and short values, so that two places often differ in one part only, or in where it is cut.
fn place() -> impl Strategy<Value = Place> {
    (
        prop::sample::select(Purpose::ALL.to_vec()),
        "[ab]{0,2}",
        prop::collection::vec(97..99_u8, 0..3),
        -1..3_i64,
        prop::option::of("[ab]{0,2}"),
        prop::option::of("[ab]{0,2}"),
    )
        .prop_map(|(purpose, column, row, generation, user, account)| Place {
            purpose,
            column,
            row,
            generation,
            user,
            account,
        })
}

fn bytes(max: usize) -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<u8>(), 0..max)
}

proptest! {
    #[test]
    fn a_sealed_value_opens_in_its_place(place in place(), plaintext in bytes(300)) {
        let sealed = KEYS.seal(&place.context(), &plaintext).unwrap();
        prop_assert_eq!(sealed.len(), plaintext.len() + OVERHEAD);
        let header = sealed_with(&sealed).unwrap();
        prop_assert_eq!((header.purpose, header.data_key), (place.purpose, 1));
        let opened = KEYS.open(&place.context(), &sealed).unwrap();
        prop_assert_eq!(opened.expose_secret(), plaintext.as_slice());
    }

    #[test]
    fn every_flipped_bit_fails(place in place(), plaintext in bytes(20)) {
        let sealed = KEYS.seal(&place.context(), &plaintext).unwrap();
        for bit in 0..sealed.len() * 8 {
            let mut changed = sealed.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            prop_assert!(KEYS.open(&place.context(), &changed).is_err(), "bit {}", bit);
        }
    }

    #[test]
    fn every_truncation_and_extension_fails(place in place(), plaintext in bytes(40), more in bytes(40)) {
        let sealed = KEYS.seal(&place.context(), &plaintext).unwrap();
        for length in 0..sealed.len() {
            prop_assert!(KEYS.open(&place.context(), &sealed[..length]).is_err());
            prop_assert!(KEYS.open(&place.context(), &sealed[sealed.len() - length..]).is_err());
        }
        for length in 1..=more.len() {
            let longer = [sealed.as_slice(), &more[..length]].concat();
            prop_assert_eq!(KEYS.open(&place.context(), &longer).err(), Some(VaultError::Integrity));
        }
    }

    #[test]
    fn no_other_place_opens_it(from in place(), to in place()) {
        let sealed = KEYS.seal(&from.context(), b"secret").unwrap();
        let opened = KEYS.open(&to.context(), &sealed);
        if from == to {
            prop_assert!(opened.is_ok());
        } else {
            prop_assert_eq!(opened.err(), Some(VaultError::Integrity));
        }
    }

    #[test]
    fn opening_arbitrary_bytes_fails_without_a_panic(place in place(), junk in bytes(200), tail in bytes(100)) {
        prop_assert!(KEYS.open(&place.context(), &junk).is_err());
        // The same behind a header that is right.
        let header = [&[1, 1, place.purpose.code(), 0, 0, 0, 1], tail.as_slice()].concat();
        prop_assert!(KEYS.open(&place.context(), &header).is_err());
    }
}

#[test]
fn each_part_of_the_place_counts() {
    let row = Uuid::from_u128(7);
    let other_row = Uuid::from_u128(8);
    let place = Context::new(Purpose::AccessToken, "accounts.access_token", &row)
        .generation(4)
        .external_user("ann")
        .provider_account("dbid:a");
    let sealed = KEYS.seal(&place, b"secret").unwrap();
    let full = |purpose, column, row| {
        Context::new(purpose, column, row).generation(4).external_user("ann").provider_account("dbid:a")
    };
    let (access, column) = (Purpose::AccessToken, "accounts.access_token");
    for (what, moved) in [
        ("purpose", full(Purpose::RefreshToken, column, &row)),
        ("column", full(access, "accounts.refresh_token", &row)),
        ("row", full(access, column, &other_row)),
        ("generation", place.generation(3)),
        ("user", place.external_user("Ann")),
        ("account", place.provider_account("dbid:b")),
    ] {
        let failure = KEYS.open(&moved, &sealed).err();
        assert_eq!(failure, Some(VaultError::Integrity), "{what}");
    }
    assert!(KEYS.open(&place, &sealed).is_ok());
    let stranger = keys_of(OTHER_TENANT).open(&place, &sealed).err();
    assert_eq!(stranger, Some(VaultError::Integrity));
}

#[test]
fn a_tenants_key_in_another_tenants_set_is_refused() {
    let (key, wrapped) = RING.new_data_key(TENANT, 1).unwrap();
    assert_eq!(TenantKeys::new(OTHER_TENANT, 1, [key]).err(), Some(VaultError::KeySet));
    let stolen = RING.unwrap(OTHER_TENANT, 1, &wrapped).err();
    assert_eq!(stolen, Some(VaultError::Integrity));
}

#[test]
fn a_hundred_thousand_nonces_differ() {
    let row = Uuid::nil();
    let place = Context::new(Purpose::LinkCode, "link_sessions.link_code", &row);
    let mut nonces = HashSet::new();
    for _ in 0..100_000 {
        let sealed = KEYS.seal(&place, b"").unwrap();
        assert!(nonces.insert(sealed[7..31].to_vec()));
    }
}

#[test]
fn older_data_keys_still_open_and_newer_ones_are_asked_for() {
    let (first, _) = RING.new_data_key(TENANT, 1).unwrap();
    let (second, _) = RING.new_data_key(TENANT, 2).unwrap();
    let row = Uuid::nil();
    let place = Context::new(Purpose::AppSecret, "connectors.app_secret", &row);
    let before = TenantKeys::new(TENANT, 1, [first.clone()]).unwrap();
    let after = TenantKeys::new(TENANT, 2, [first, second.clone()]).unwrap();

    let old = before.seal(&place, b"secret").unwrap();
    let new = after.seal(&place, b"secret").unwrap();
    assert!(after.open(&place, &old).is_ok());
    assert!(after.is_stale(&old).unwrap() && !after.is_stale(&new).unwrap());
    assert_eq!(before.open(&place, &new).err(), Some(VaultError::UnknownDataKey(2)));
    let erased = TenantKeys::new(TENANT, 2, [second]).unwrap();
    assert_eq!(erased.open(&place, &old).err(), Some(VaultError::UnknownDataKey(1)));
}

#[test]
fn sizes_have_a_limit_and_text_must_be_text() {
    let row = Uuid::nil();
    let place = Context::new(Purpose::IdempotentResponse, "idempotency.response", &row);
    let largest = vec![7; MAX_PLAINTEXT];
    let sealed = KEYS.seal(&place, &largest).unwrap();
    assert_eq!(KEYS.open(&place, &sealed).unwrap().expose_secret(), largest);
    assert_eq!(
        KEYS.seal(&place, &[largest, vec![7]].concat()).err(),
        Some(VaultError::TooLarge(MAX_PLAINTEXT + 1))
    );
    let longer = [sealed, vec![0]].concat();
    assert_eq!(KEYS.open(&place, &longer).err(), Some(VaultError::Malformed));

    let text = KEYS.seal(&place, "größe".as_bytes()).unwrap();
    assert_eq!(KEYS.open_string(&place, &text).unwrap().expose_secret(), "größe");
    let binary = KEYS.seal(&place, &[0xff]).unwrap();
    assert_eq!(KEYS.open_string(&place, &binary).err(), Some(VaultError::NotText));
}

#[test]
fn purposes_keep_their_codes() {
    for (code, purpose) in (1..).zip(Purpose::ALL) {
        assert_eq!((purpose.code(), Purpose::from_code(code)), (code, Some(purpose)));
    }
    let after_the_last = u8::try_from(Purpose::ALL.len() + 1).unwrap();
    assert_eq!((Purpose::from_code(0), Purpose::from_code(after_the_last)), (None, None));
}
