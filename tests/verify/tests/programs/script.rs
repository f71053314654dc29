//! Finds the programs that scripts start: the first word of each shell command, and Python's functions for processes.

use std::collections::BTreeSet;

/// Builtins and keywords of a shell.
const BUILT_IN: [&str; 32] = [
    "!", ":", "[", "[[", "break", "case", "cd", "continue", "do", "done", "echo", "elif", "else", "esac",
    "exit", "export", "false", "fi", "for", "if", "local", "printf", "read", "return", "set", "shift",
    "then", "trap", "true", "unset", "wait", "while",
];
/// Words that may precede a command.
const BEFORE: [&str; 3] = ["exec", "command", "then"];

/// The programs that a shell script starts, sorted, including the one in its first line.
pub(crate) fn shell_starts(script: &str) -> Vec<String> {
    let mut names = BTreeSet::new();
    for line in script.lines() {
        if let Some(interpreter) = line.strip_prefix("#!") {
            names.extend(interpreter.split_whitespace().next().and_then(|path| path.rsplit('/').next()));
            continue;
        }
        let line = line.split(" #").next().unwrap_or_default();
        if line.trim_start().starts_with('#') {
            continue;
        }
        for command in line.split(['|', '&', ';', '(', '`', '{']) {
            names.extend(first_word(command));
        }
    }
    names.into_iter().map(str::to_owned).collect()
}

fn first_word(command: &str) -> Option<&str> {
    let words = command.split_whitespace().map(|word| word.trim_matches(['"', '\'', ')']));
    let mut rest = words.skip_while(|word| BEFORE.contains(word) || is_assignment(word));
    let word = rest.next()?;
    let is_program =
        !BUILT_IN.contains(&word) && word.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/');
    is_program.then(|| word.rsplit('/').next()).flatten()
}

fn is_assignment(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| {
        !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    })
}

/// The first function or module in a Python source that starts programs.
pub(crate) fn python_start(source: &str) -> Option<&'static str> {
    let ways = ["subprocess", "os.system", "os.popen", "os.exec", "os.spawn", "os.posix_spawn", "pty.spawn"];
    ways.into_iter().find(|way| source.contains(way))
}
