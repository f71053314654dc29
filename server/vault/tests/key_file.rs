//! The key ring file: who may reach it, what it must hold, how it is written.

#![expect(clippy::unwrap_used, reason = "a helper of a test may fail like the test itself")]

use std::{
    fs::{self, Permissions},
    os::unix::fs::{MetadataExt, PermissionsExt, symlink},
    path::PathBuf,
};

use bowline_vault::{KekState, KeyFileError, KeyRing};
use tempfile::TempDir;

const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

fn generate() -> KeyRing {
    KeyRing::generate("2026-01-01T00:00:00Z".parse().unwrap()).unwrap()
}

fn written() -> (TempDir, PathBuf, KeyRing) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("keyring.toml");
    let ring = generate();
    ring.create_file(&path).unwrap();
    (directory, path, ring)
}

fn entry(version: u32, state: &str, key: &str) -> String {
    format!(
        "[[key]]\nversion = {version}\nstate = \"{state}\"\ncreated = \"2026-01-01T00:00:00Z\"\nkey = \"{key}\"\n"
    )
}

fn file(entries: &[String]) -> String {
    format!("format = 1\n{}", entries.concat())
}

#[test]
fn a_written_key_ring_can_be_read_back() {
    let (directory, path, mut ring) = written();
    assert_eq!(fs::metadata(&path).unwrap().mode() & 0o7777, 0o600);
    let read = KeyRing::load(&path).unwrap();
    assert_eq!(read.check_value(1), ring.check_value(1));

    ring.add_version("2026-02-01T00:00:00.5Z".parse().unwrap()).unwrap();
    fs::set_permissions(&path, Permissions::from_mode(0o400)).unwrap();
    ring.replace_file(&path).unwrap();
    assert_eq!(fs::metadata(&path).unwrap().mode() & 0o7777, 0o600);
    let read = KeyRing::load(&path).unwrap();
    assert!(read.versions().eq(ring.versions()));
    assert_eq!(read.check_value(1), ring.check_value(1));
    assert_eq!(read.check_value(2), ring.check_value(2));
    // Nothing temporary stays behind.
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
}

#[test]
fn an_existing_file_is_not_overwritten() {
    let (directory, path, ring) = written();
    let failure = generate().create_file(&path).unwrap_err();
    assert!(matches!(failure, KeyFileError::Exists(_)));
    let read = KeyRing::load(&path).unwrap();
    assert_eq!(read.check_value(1), ring.check_value(1));
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
}

#[test]
fn only_the_owner_may_have_access() {
    let (_directory, path, _) = written();
    for mode in [0o640, 0o604, 0o660, 0o610, 0o601, 0o644, 0o777, 0o620, 0o444] {
        fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
        let failure = KeyRing::load(&path).unwrap_err();
        let refused = matches!(failure, KeyFileError::TooOpen { mode: seen, .. } if seen == mode);
        assert!(refused, "{mode:o}: {failure}");
    }
    for mode in [0o600, 0o400] {
        fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
        assert!(KeyRing::load(&path).is_ok(), "{mode:o}");
    }
}

#[test]
fn a_credential_of_systemd_is_taken_from_root_alone() {
    let (_directory, path, _) = written();
    fs::set_permissions(&path, Permissions::from_mode(0o440)).unwrap();
    let owner = fs::metadata(&path).unwrap();
    let roots = owner.uid() == 0 && owner.gid() == 0;
    assert_eq!(KeyRing::load(&path).is_ok(), roots);
}

#[test]
fn links_directories_and_missing_files_are_refused() {
    let (directory, path, _) = written();
    let link = directory.path().join("link");
    symlink(&path, &link).unwrap();
    let dangling = directory.path().join("dangling");
    symlink(directory.path().join("nowhere"), &dangling).unwrap();
    let socket = directory.path().join("socket");
    let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    for bad in [&link, &dangling, &socket, &directory.path().to_owned()] {
        let failure = KeyRing::load(bad).unwrap_err();
        assert!(matches!(failure, KeyFileError::NotRegular(_)), "{failure}");
    }
    let missing = KeyRing::load(&directory.path().join("missing")).unwrap_err();
    assert!(matches!(missing, KeyFileError::Io { .. }));
}

#[test]
fn a_huge_file_is_refused() {
    let (_directory, path, _) = written();
    fs::write(&path, "#".repeat(64 * 1024 + 1)).unwrap();
    let failure = KeyRing::load(&path).unwrap_err();
    assert!(matches!(failure, KeyFileError::TooLarge(_)));
}

#[test]
fn exactly_one_key_is_active() {
    let (one, two) = (entry(1, "active", KEY), entry(2, "active", KEY));
    let old = entry(3, "decrypt-only", KEY);
    for (entries, count) in [(vec![], 0), (vec![old.clone()], 0), (vec![one.clone(), two], 2)] {
        let failure = KeyRing::parse(&file(&entries)).unwrap_err();
        assert!(matches!(failure, KeyFileError::ActiveKeys(seen) if seen == count));
    }
    let ring = KeyRing::parse(&file(&[old, entry(4, "disabled", KEY), one])).unwrap();
    assert_eq!(ring.active(), 1);
    let states: Vec<_> = ring.versions().map(|kek| kek.state).collect();
    assert_eq!(states, [KekState::Active, KekState::DecryptOnly, KekState::Disabled]);
}

#[test]
fn bad_keys_and_versions_are_named() {
    let zero = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    for key in ["", "AAEC", "not base64!", zero, &KEY[..43], &format!("{KEY}AAAA")] {
        let failure = KeyRing::parse(&file(&[entry(8, "active", key)])).unwrap_err();
        assert!(matches!(failure, KeyFileError::BadKey(8)), "{key}");
        assert!(key.is_empty() || !format!("{failure} {failure:?}").contains(key));
    }
    let doubled = file(&[entry(1, "active", KEY), entry(1, "disabled", KEY)]);
    assert!(matches!(KeyRing::parse(&doubled), Err(KeyFileError::Version(1))));
    let none = file(&[entry(0, "active", KEY)]);
    assert!(matches!(KeyRing::parse(&none), Err(KeyFileError::Version(0))));
}

#[test]
fn garbage_is_refused_and_not_repeated() {
    let good = file(&[entry(1, "active", KEY)]);
    assert!(KeyRing::parse(&good).is_ok());
    for bad in [
        String::new(),
        "\u{0}".to_owned(),
        good.replace("format = 1\n", ""),
        good.replace("active", "Active"),
        good.replace("2026-01-01T00:00:00Z", "yesterday"),
        good.replace("version = 1", "version = -1"),
        good.replace("version = 1", "version = 1\nsecret = \"x\""),
        format!("{good}{KEY}"),
        good[..good.len() - 3].to_owned(),
    ] {
        let failure = KeyRing::parse(&bad).unwrap_err();
        assert!(matches!(failure, KeyFileError::Syntax(_)), "{bad}");
        assert!(!format!("{failure} {failure:?}").contains(&KEY[..20]));
    }
    let newer = good.replace("format = 1", "format = 2");
    assert!(matches!(KeyRing::parse(&newer), Err(KeyFileError::Format(2))));
}
