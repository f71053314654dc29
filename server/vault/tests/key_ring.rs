//! Key ring: check values, wrapping, rotation of versions, redaction.

#![expect(clippy::unwrap_used, reason = "a helper of a test may fail like the test itself")]

use bowline_vault::{KekState, KeyRing, Signed, VaultError, WRAPPED_LEN, WrappedDataKey};
use chrono::{DateTime, Utc};
use uuid::Uuid;

const TENANT: Uuid = Uuid::from_u128(1);

fn time() -> DateTime<Utc> {
    "2026-01-01T00:00:00Z".parse().unwrap()
}

fn ring() -> KeyRing {
    KeyRing::generate(time()).unwrap()
}

#[test]
fn a_wrong_ring_is_noticed() {
    let (right, wrong) = (ring(), ring());
    let check = right.check_value(1).unwrap();
    assert_eq!(right.verify_check(1, &check), Ok(()));
    assert_eq!(wrong.verify_check(1, &check), Err(VaultError::WrongKek(1)));
    assert_eq!(right.verify_check(2, &check), Err(VaultError::UnknownKek(2)));
    for bad in [&check[..31], &[], &[0; 32]] {
        assert_eq!(right.verify_check(1, bad), Err(VaultError::WrongKek(1)));
    }
    let (_, wrapped) = right.new_data_key(TENANT, 1).unwrap();
    assert_eq!(wrong.unwrap(TENANT, 1, &wrapped).err(), Some(VaultError::Integrity));
}

#[test]
fn a_wrapped_key_opens_only_as_itself() {
    let ring = ring();
    let (_, wrapped) = ring.new_data_key(TENANT, 1).unwrap();
    assert_eq!(wrapped.bytes.len(), WRAPPED_LEN);
    assert!(ring.unwrap(TENANT, 1, &wrapped).is_ok());
    assert_eq!(ring.unwrap(TENANT, 2, &wrapped).err(), Some(VaultError::Integrity));
    assert_eq!(ring.unwrap(Uuid::from_u128(2), 1, &wrapped).err(), Some(VaultError::Integrity));
    for bit in 0..WRAPPED_LEN * 8 {
        let mut changed = wrapped.clone();
        changed.bytes[bit / 8] ^= 1 << (bit % 8);
        assert!(ring.unwrap(TENANT, 1, &changed).is_err(), "bit {bit}");
    }
    for length in 0..WRAPPED_LEN {
        let cut = WrappedDataKey { kek_version: 1, bytes: wrapped.bytes[..length].to_vec() };
        assert_eq!(ring.unwrap(TENANT, 1, &cut).err(), Some(VaultError::Malformed));
    }
}

#[test]
fn rotation_moves_data_keys_and_keeps_what_they_sealed() {
    let mut ring = ring();
    let old_check = ring.check_value(1).unwrap();
    let (key, wrapped) = ring.new_data_key(TENANT, 1).unwrap();
    let keys = bowline_vault::TenantKeys::new(TENANT, 1, [key]).unwrap();
    let row = Uuid::nil();
    let place = bowline_vault::Context::new(bowline_vault::Purpose::AppSecret, "t.c", &row);
    let sealed = keys.seal(&place, b"secret").unwrap();

    assert_eq!(ring.add_version(time()), Ok(2));
    assert_eq!(ring.active(), 2);
    let states: Vec<_> = ring.versions().map(|kek| (kek.version, kek.state)).collect();
    assert_eq!(states, [(1, KekState::DecryptOnly), (2, KekState::Active)]);
    assert_eq!(ring.verify_check(1, &old_check), Ok(()));

    let moved = ring.rewrap(TENANT, 1, &wrapped).unwrap();
    assert_eq!((wrapped.kek_version, moved.kek_version), (1, 2));
    ring.disable(1).unwrap();
    assert_eq!(ring.unwrap(TENANT, 1, &wrapped).err(), Some(VaultError::KekDisabled(1)));
    // A record that claims another version of the ring does not open either.
    let relabelled = WrappedDataKey { kek_version: 2, bytes: wrapped.bytes };
    assert_eq!(ring.unwrap(TENANT, 1, &relabelled).err(), Some(VaultError::Integrity));
    let key = ring.unwrap(TENANT, 1, &moved).unwrap();
    let keys = bowline_vault::TenantKeys::new(TENANT, 1, [key]).unwrap();
    assert!(keys.open(&place, &sealed).is_ok());
}

#[test]
fn the_active_key_and_version_zero_are_refused() {
    let mut ring = ring();
    assert_eq!(ring.disable(1), Err(VaultError::KeySet));
    assert_eq!(ring.disable(5), Err(VaultError::UnknownKek(5)));
    assert_eq!(ring.new_data_key(TENANT, 0).err(), Some(VaultError::KeySet));
}

#[test]
fn debug_shows_no_key() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("keyring.toml");
    let ring = ring();
    ring.create_file(&path).unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    let key = text.rsplit("key = \"").next().unwrap().trim_end_matches("\"\n");
    let shown = format!("{ring:?} {:?}", ring.new_data_key(TENANT, 1).unwrap().0);
    assert!(shown.contains("redacted"));
    assert_eq!(key.len(), 44);
    assert!(!shown.contains(key));
}

#[test]
fn signatures_remain_valid_after_rotation_and_disabling() {
    let mut ring = ring();
    let before = ring.audit_keys().unwrap();
    let entry = before.sign(1, Signed::Entry, b"entry").unwrap();
    ring.add_version(time()).unwrap();
    ring.disable(1).unwrap();
    let after = ring.audit_keys().unwrap();
    assert_eq!((before.active(), after.active()), (1, 2));
    assert_eq!(after.verify(1, Signed::Entry, b"entry", &entry), Ok(()));
    for (version, what, data) in
        [(2, Signed::Entry, b"entry"), (1, Signed::Checkpoint, b"entry"), (1, Signed::Entry, b"yours")]
    {
        assert_eq!(
            after.verify(version, what, data, &entry),
            Err(VaultError::Integrity),
            "{version} {what:?}"
        );
    }
    for bad in [&entry[..31], &[], &[0; 32]] {
        assert_eq!(after.verify(1, Signed::Entry, b"entry", bad), Err(VaultError::Integrity));
    }
    assert_eq!(after.verify(3, Signed::Entry, b"entry", &entry), Err(VaultError::UnknownKek(3)));
    let stranger = KeyRing::generate(time()).unwrap().audit_keys().unwrap();
    assert_eq!(stranger.verify(1, Signed::Entry, b"entry", &entry), Err(VaultError::Integrity));
    assert!(format!("{after:?}").contains("redacted"));
}
