//! The commands in the README.

use anyhow::{Context as _, ensure};

/// The two commands, split into words.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Commands {
    pub(crate) demo: Vec<String>,
    pub(crate) verify: Vec<String>,
}

/// Parses the commands of the first console block.
pub(crate) fn commands(readme: &str) -> anyhow::Result<Commands> {
    let block = readme.split("```console\n").nth(1).and_then(|rest| rest.split("```").next());
    let block = block.context("README.md has no console block")?;
    let mut commands = block.lines().filter_map(|line| line.strip_prefix("$ ")).map(|line| {
        let command = line.split(" #").next().unwrap_or_default();
        command.split_whitespace().map(str::to_owned).collect::<Vec<_>>()
    });
    let (demo, verify) = (commands.next(), commands.next());
    let found = Commands { demo: demo.unwrap_or_default(), verify: verify.unwrap_or_default() };
    ensure!(found.demo == ["cargo", "demo"], "the README's first command is {:?}", found.demo);
    ensure!(found.verify == ["cargo", "verify"], "the README's second command is {:?}", found.verify);
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_commands_of_our_readme_are_read() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap();
        let commands = commands(&std::fs::read_to_string(root.join("README.md")).unwrap()).unwrap();
        assert_eq!(commands.verify, ["cargo", "verify"]);
        assert!(super::commands("nothing").is_err());
    }
}
