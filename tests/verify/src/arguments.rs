//! The arguments of `cargo verify`.

use std::path::PathBuf;

/// Install what the tests need, then run every check
#[derive(Debug, clap::Parser)]
#[command(name = "cargo verify", bin_name = "cargo verify", version)]
#[expect(clippy::struct_excessive_bools, reason = "flags of a command line")]
pub(crate) struct Arguments {
    /// Skip clippy, docs and the checks of deny.toml
    #[arg(long)]
    pub(crate) quick: bool,
    /// Run only matching tests: a nextest expression, or test names for `cargo test` if nextest is not installed
    #[arg(long, value_name = "EXPR")]
    pub(crate) filter: Option<String>,
    /// Do not install packages; fail and list the missing ones instead
    #[arg(long)]
    pub(crate) no_install: bool,
    /// Run both commands of the README in a minimal Debian that is created for this run, on a fresh clone of what is
    /// committed, with nothing installed except Rust, gcc, git and certificates. Requires root on Debian and takes half
    /// an hour, or less with --filter
    #[arg(long, conflicts_with = "quick")]
    pub(crate) bare: bool,
    /// With `--bare`: stop after `cargo demo`
    #[arg(long, requires = "bare", conflicts_with = "filter")]
    pub(crate) demo_only: bool,
    /// Set by `--bare` itself inside its namespaces: the directory for the root file system
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
    fn unknown_and_contradictory_arguments_are_refused() {
        for words in [["--fliter"].as_slice(), &["--filter"], &["--bare", "--quick"], &["--inside", "x"]] {
            assert!(parse(words).is_err(), "{words:?}");
        }
    }
}
