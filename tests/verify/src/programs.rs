//! Where each program that is not ours comes from. `tests/programs.rs` compares this list with what the sources start.

use crate::packages::Need;

/// How a program comes to be on the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// In a package that `cargo verify`, `cargo demo` or `cargo load` brings.
    Package(Need),
    /// In the smallest Debian that there is (`debootstrap --variant=minbase`).
    Debian,
    /// With Rust.
    Rust,
    /// README.md asks for it beside Rust.
    Prerequisite,
    /// Asked for only where it is there; nothing is missing without it.
    Optional,
}

/// Programs that no package of ours brings.
const OTHERS: &[(&str, Origin)] = &[
    ("apt-config", Origin::Debian),
    ("apt-get", Origin::Debian),
    ("bash", Origin::Debian),
    ("cargo", Origin::Rust),
    ("chroot", Origin::Debian),
    ("dirname", Origin::Debian),
    ("env", Origin::Debian),
    ("git", Origin::Prerequisite),
    ("grep", Origin::Debian),
    ("id", Origin::Debian),
    ("mount", Origin::Debian),
    ("rustc", Origin::Rust),
    ("setpriv", Origin::Debian),
    ("sh", Origin::Debian),
    ("sudo", Origin::Optional),
    ("umount", Origin::Debian),
    ("unshare", Origin::Debian),
];

/// Where `program` comes from; `None` where nobody brings it.
pub fn origin(program: &str) -> Option<Origin> {
    if let Some((_, origin)) = OTHERS.iter().find(|(name, _)| *name == program) {
        return Some(*origin);
    }
    let brought = [Need::ALL.as_slice(), &Need::DEMO, &Need::LOAD, &Need::BARE].concat();
    brought.into_iter().find(|need| need.programs().contains(&program)).map(Origin::Package)
}
