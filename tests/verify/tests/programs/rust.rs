//! Finds the programs that a Rust source starts by its tokens, so that comments and strings do not count and macros do.

use std::str::FromStr as _;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// A program that a source starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Start {
    /// The source contains its name.
    Named(String),
    /// The source computes its name with this expression, written without spaces.
    Computed(String),
}

/// Functions that start a program, and the index of the argument that names it. `Type::new` is written as `Type`.
const STARTERS: [(&str, usize); 5] =
    [("Command", 0), ("CommandBuilder", 0), ("tied_to_parent", 1), ("tool", 0), ("program", 0)];
/// Low-level functions that start a program, which this test cannot follow.
const RAW: [&str; 6] = ["execv", "execve", "execvp", "fexecve", "posix_spawn", "posix_spawnp"];

/// All programs that `source` starts.
pub(crate) fn starts(source: &str) -> Result<Vec<Start>, String> {
    let tokens = TokenStream::from_str(source).map_err(|error| error.to_string())?;
    let mut found = Vec::new();
    look(tokens, &mut found)?;
    Ok(found)
}

fn look(tokens: TokenStream, found: &mut Vec<Start>) -> Result<(), String> {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    for (at, token) in tokens.iter().enumerate() {
        match token {
            TokenTree::Group(group) => look(group.stream(), found)?,
            TokenTree::Ident(name) => {
                let name = name.to_string();
                if RAW.contains(&name.as_str()) {
                    return Err(format!("{name} starts a program that this test cannot follow"));
                }
                if let Some((_, argument)) = STARTERS.iter().find(|(starter, _)| *starter == name) {
                    found.extend(start(&name, *argument, &tokens, at)?);
                }
            }
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
    Ok(())
}

/// The program that the function at `at` starts, if it is called there.
fn start(name: &str, argument: usize, tokens: &[TokenTree], at: usize) -> Result<Option<Start>, String> {
    let is =
        |offset: usize, text: &str| tokens.get(at + offset).is_some_and(|token| token.to_string() == text);
    let is_type = name.starts_with("Command");
    if is_type && is(1, "as") {
        return Err(format!("{name} is renamed, and then this test cannot follow it"));
    }
    if is_type && !(is(1, ":") && is(2, ":") && is(3, "new")) {
        return Ok(None);
    }
    let call = tokens.get(at + if is_type { 4 } else { 1 });
    let Some(TokenTree::Group(group)) = call.filter(|call| is_arguments(call)) else {
        // A function that is passed as a value may be called elsewhere with any argument.
        return Ok(is_type.then(|| Start::Computed(format!("{name}::new"))));
    };
    let is_definition = at.checked_sub(1).is_some_and(|before| tokens[before].to_string() == "fn");
    if is_definition {
        return Ok(None);
    }
    let expression = arguments(group.stream()).into_iter().nth(argument).unwrap_or_default();
    let start = named(&expression).unwrap_or_else(|| Start::Computed(text(&expression)));
    // A computed argument of these two is checked where they pass it on.
    let is_followed = matches!(start, Start::Computed(_)) && matches!(name, "tool" | "program");
    Ok(Some(start).filter(|_| !is_followed))
}

fn is_arguments(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis)
}

/// The arguments of a call. A comma inside brackets does not separate them.
fn arguments(stream: TokenStream) -> Vec<Vec<TokenTree>> {
    let mut arguments = vec![Vec::new()];
    for token in stream {
        match token {
            TokenTree::Punct(ref comma) if comma.as_char() == ',' => arguments.push(Vec::new()),
            token => arguments.last_mut().into_iter().for_each(|last: &mut Vec<_>| last.push(token.clone())),
        }
    }
    arguments
}

/// The name of the program, if the expression contains exactly one string and ends with it.
fn named(expression: &[TokenTree]) -> Option<Start> {
    let mut strings = Vec::new();
    collect(expression.iter().cloned().collect(), &mut strings);
    let [only] = strings.as_slice() else { return None };
    let last = expression.iter().rev().find(|token| !matches!(token, TokenTree::Punct(_)))?;
    let mut at_the_end = Vec::new();
    collect(TokenStream::from(last.clone()), &mut at_the_end);
    if at_the_end.is_empty() {
        return None;
    }
    let name = only.rsplit('/').next()?;
    Some(Start::Named(name.strip_prefix("CARGO_BIN_EXE_").unwrap_or(name).to_owned()))
}

fn collect(stream: TokenStream, strings: &mut Vec<String>) {
    for token in stream {
        match token {
            TokenTree::Group(group) => collect(group.stream(), strings),
            TokenTree::Literal(literal) => {
                let text = literal.to_string();
                strings.extend(
                    text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).map(str::to_owned),
                );
            }
            TokenTree::Ident(_) | TokenTree::Punct(_) => {}
        }
    }
}

fn text(expression: &[TokenTree]) -> String {
    let stream: TokenStream = expression.iter().cloned().collect();
    stream.to_string().split_whitespace().collect()
}
