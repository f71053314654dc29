//! The origin of every external program. `tests/programs.rs` compares this list with the programs that the sources
//! start.

use crate::packages::Need;

/// Where a program comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// A package that `cargo verify`, `cargo demo` or `cargo load` installs.
    Package(Need),
    /// The minimal Debian installation (`debootstrap --variant=minbase`).
    Debian,
    /// The Rust toolchain.
    Rust,
    /// A prerequisite in README.md besides Rust.
    Prerequisite,
    /// Used only if it is installed; nothing is missing without it.
    Optional,
}

/// Programs that no package in [`Need`] contains.
const OTHERS: &[(&str, Origin)] = &[
    ("apt-config", Origin::Debian),
    ("apt-get", Origin::Debian),
    ("bash", Origin::Debian),
    ("cat", Origin::Debian),
    ("cargo", Origin::Rust),
    ("chroot", Origin::Debian),
    ("date", Origin::Debian),
    ("dirname", Origin::Debian),
    ("env", Origin::Debian),
    ("git", Origin::Prerequisite),
    ("grep", Origin::Debian),
    ("head", Origin::Debian),
    ("id", Origin::Debian),
    ("mktemp", Origin::Debian),
    ("mount", Origin::Debian),
    ("od", Origin::Debian),
    ("rm", Origin::Debian),
    ("rustc", Origin::Rust),
    ("sed", Origin::Debian),
    ("setpriv", Origin::Debian),
    ("sh", Origin::Debian),
    ("sudo", Origin::Optional),
    ("tr", Origin::Debian),
    ("umount", Origin::Debian),
    ("unshare", Origin::Debian),
];

/// The origin of `program`; `None` if it is unknown.
pub fn origin(program: &str) -> Option<Origin> {
    if let Some((_, origin)) = OTHERS.iter().find(|(name, _)| *name == program) {
        return Some(*origin);
    }
    let brought = [Need::ALL.as_slice(), &Need::DEMO, &Need::LOAD, &Need::BARE].concat();
    brought.into_iter().find(|need| need.programs().contains(&program)).map(Origin::Package)
}
