//! Finds the programs that scripts start: the first word of each shell command, and Python's functions for processes.

use std::collections::BTreeSet;

/// Builtins and keywords of a shell.
const BUILT_IN: [&str; 33] = [
    "!", ":", "[", "[[", "break", "case", "cd", "continue", "do", "done", "echo", "elif", "else", "esac",
    "exit", "export", "false", "fi", "for", "if", "local", "printf", "read", "return", "set", "shift",
    "then", "trap", "true", "umask", "unset", "wait", "while",
];
/// Words that may precede a command.
const BEFORE: [&str; 3] = ["exec", "command", "then"];

/// Characters after which another command may begin.
const SEPARATORS: [char; 6] = ['|', '&', ';', '(', '`', '{'];

/// The programs that a shell script starts, sorted, including the one in its first line.
pub(crate) fn shell_starts(script: &str) -> Vec<String> {
    let mut names = BTreeSet::new();
    if let Some(interpreter) = script.strip_prefix("#!") {
        names.extend(interpreter.split_whitespace().next().and_then(|path| path.rsplit('/').next()));
    }
    let plain = plain(script);
    let functions: Vec<&str> = plain.lines().filter_map(|line| line.trim().strip_suffix("() {")).collect();
    let commands = plain.lines().flat_map(|line| line.split(SEPARATORS));
    names.extend(commands.filter_map(first_word).filter(|name| !functions.contains(name)));
    names.into_iter().map(str::to_owned).collect()
}

/// The script without comments, each command on one line, and each text in quotes one word, except for the commands in it.
fn plain(script: &str) -> String {
    let mut plain = String::new();
    // The brackets and quotes that are open.
    let mut open = Vec::new();
    let mut rest = script.chars().peekable();
    while let Some(c) = rest.next() {
        let innermost = open.last().copied();
        let is_text = matches!(innermost, Some('\'' | '"' | '}'));
        let closes = innermost == Some(c);
        match c {
            '\'' | '"' | '}' if is_text && closes => close(&mut open),
            _ if innermost == Some('\'') => plain.push(in_text(c)),
            '\\' => {
                let is_end_of_line = rest.next() == Some('\n');
                plain.push(if is_end_of_line && !is_text { ' ' } else { '_' });
            }
            '"' => open.push(c),
            '\'' if !is_text => open.push(c),
            '$' if rest.next_if_eq(&'{').is_some() => open.push('}'),
            '$' if rest.next_if_eq(&'(').is_some() => {
                plain.push('(');
                open.push(')');
            }
            '(' if !is_text => {
                plain.push(c);
                open.push(')');
            }
            ')' if closes => {
                plain.push(c);
                close(&mut open);
            }
            '#' if !is_text && plain.chars().next_back().is_none_or(char::is_whitespace) => {
                while rest.next_if(|c| *c != '\n').is_some() {}
            }
            _ if is_text => plain.push(in_text(c)),
            _ => plain.push(c),
        }
    }
    plain
}

fn close(open: &mut Vec<char>) {
    open.pop();
}

/// A character inside quotes, which separates nothing.
fn in_text(c: char) -> char {
    if c.is_whitespace() || SEPARATORS.contains(&c) { '_' } else { c }
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
