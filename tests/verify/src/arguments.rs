//! What `cargo verify` is asked to do.

use std::path::PathBuf;

/// Brings what the tests need, then runs every check
#[derive(Debug, clap::Parser)]
#[command(name = "cargo verify", bin_name = "cargo verify", version)]
#[expect(clippy::struct_excessive_bools, reason = "flags of a command line")]
pub(crate) struct Arguments {
    /// Leaves out clippy, docs and what deny.toml says about crates
    #[arg(long)]
    pub(crate) quick: bool,
    /// Only the tests that match: an expression of nextest, or names for `cargo test` where there is no nextest
    #[arg(long, value_name = "EXPR")]
    pub(crate) filter: Option<String>,
    /// Does not install packages; fails and says which are missing
    #[arg(long)]
    pub(crate) no_install: bool,
    /// Runs both commands of the README in a bare Debian made for this run: a fresh clone of what is committed, and nothing on the
    /// machine but Rust, gcc, git and certificates. Needs root on Debian; takes half an hour, less with --filter
    #[arg(long, conflicts_with = "quick")]
    pub(crate) bare: bool,
    /// Ends `--bare` after `cargo demo`
    #[arg(long, requires = "bare", conflicts_with = "filter")]
    pub(crate) demo_only: bool,
    /// Set by `--bare` for itself, in namespaces of its own: the directory of the root to make
    #[arg(long, hide = true, requires = "bare", value_name = "DIR")]
    pub(crate) inside: Option<PathBuf>,
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;

    fn parse(words: &[&str]) -> Result<Arguments, clap::Error> {
        Arguments::try_parse_from([&["cargo verify"], words].concat())
    }

    #[test]
    fn arguments_are_read() {
        let arguments = parse(&["--quick", "--filter", "test(link)"]).unwrap();
        assert!(arguments.quick && !arguments.bare);
        assert_eq!(arguments.filter.as_deref(), Some("test(link)"));
        assert!(parse(&["--bare", "--filter=a b"]).unwrap().bare);
    }

    #[test]
    fn what_is_unknown_or_does_not_fit_is_refused() {
        for words in [["--fliter"].as_slice(), &["--filter"], &["--bare", "--quick"], &["--inside", "x"]] {
            assert!(parse(words).is_err(), "{words:?}");
        }
    }
}
