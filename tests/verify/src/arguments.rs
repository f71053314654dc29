//! The few arguments of `cargo verify`, read by hand so that it compiles in seconds.

use anyhow::bail;

/// What `cargo verify --help` prints.
pub(crate) const HELP: &str = "\
cargo verify: brings what the tests need, then runs every check

  --quick          no clippy, no docs
  --filter EXPR    only the tests that match: an expression of nextest, or a name for cargo test
  --no-install     do not install packages; fail and say which are missing
  -h, --help       this text
";

/// What was asked for.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Arguments {
    pub(crate) quick: bool,
    pub(crate) filter: Option<String>,
    pub(crate) no_install: bool,
    pub(crate) help: bool,
}

impl Arguments {
    pub(crate) fn parse(words: impl IntoIterator<Item = String>) -> anyhow::Result<Self> {
        let mut words = words.into_iter();
        let mut arguments = Self::default();
        while let Some(word) = words.next() {
            match word.as_str() {
                "--quick" => arguments.quick = true,
                "--no-install" => arguments.no_install = true,
                "-h" | "--help" => arguments.help = true,
                "--filter" => match words.next() {
                    Some(expression) => arguments.filter = Some(expression),
                    None => bail!("--filter needs an expression"),
                },
                other => match other.strip_prefix("--filter=") {
                    Some(expression) => arguments.filter = Some(expression.to_owned()),
                    None => bail!("unknown argument {other:?}\n\n{HELP}"),
                },
            }
        }
        Ok(arguments)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(words: &[&str]) -> anyhow::Result<Arguments> {
        Arguments::parse(words.iter().map(|word| (*word).to_owned()))
    }

    #[test]
    fn arguments_are_read() {
        assert_eq!(parse(&[]).unwrap(), Arguments::default());
        let filter = Some("test(link)".to_owned());
        assert_eq!(
            parse(&["--quick", "--filter", "test(link)"]).unwrap(),
            Arguments { quick: true, filter: filter.clone(), ..Arguments::default() }
        );
        assert_eq!(parse(&["--filter=test(link)"]).unwrap().filter, filter);
    }

    #[test]
    fn what_is_unknown_or_unfinished_is_refused() {
        assert!(parse(&["--fliter"]).is_err());
        assert!(parse(&["--filter"]).is_err());
    }
}
