//! Variables for a POSIX shell, quoted so that `eval` can read any value.

use std::fmt::{self, Display, Formatter};

use anyhow::Context as _;

/// Variables in the order in which they are printed.
#[derive(Debug, Default)]
pub(crate) struct Variables(Vec<(&'static str, String)>);

impl Variables {
    /// Adds a variable. Refuses a value with a NUL, which no variable can hold.
    pub(crate) fn set(&mut self, name: &'static str, value: &str) -> anyhow::Result<()> {
        self.0.push((name, quoted(value)?));
        Ok(())
    }
}

/// One line for each variable: `export NAME=value`.
impl Display for Variables {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for (name, value) in &self.0 {
            writeln!(f, "export {name}={value}")?;
        }
        Ok(())
    }
}

/// `text` as one word of a POSIX shell.
pub(crate) fn quoted(text: &str) -> anyhow::Result<String> {
    let quoted = shlex::try_quote(text).context("a value for the shell holds a NUL character")?;
    Ok(quoted.into_owned())
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    fn a_posix_shell_reads_every_value_as_it_was() {
        let values = [
            "",
            "plain",
            "it's",
            "$(touch /tmp/never) `touch /tmp/never` $HOME",
            "a \"b\" \\c\\ !! {x,y} ~ * ? [a] # ; & | < >",
            "two\nlines\n",
            "tab\tand\rreturn",
            "Zoë’s ümlaut 🦀",
            "^leading =equals --dash",
            "'''",
        ];
        for value in values {
            let mut variables = Variables::default();
            variables.set("VALUE", value).unwrap();
            let script = "eval \"$1\"; printf %s \"$VALUE\"; printf .";
            let shell =
                Command::new("sh").args(["-euc", script, "sh", &variables.to_string()]).output().unwrap();
            assert!(shell.status.success(), "{value:?}: {}", String::from_utf8_lossy(&shell.stderr));
            assert_eq!(String::from_utf8(shell.stdout).unwrap(), format!("{value}."), "{value:?}");
        }
        assert!(Variables::default().set("VALUE", "a\0b").is_err());
    }
}
