//! `docs/terminal-checklist.md` names a test or a snapshot that exists for everything that it says is there.

use std::collections::BTreeSet;
use std::fs;

use super::standards::{Tests, every_test, is_a_test, sources};
use super::{root, short};

const DOCUMENT: &str = "docs/terminal-checklist.md";
const SNAPSHOTS: &str = "tui/tests/it/snapshots";
/// The number of items of the terminal client's requirements.
const ITEMS: usize = 82;

/// A row of the checklist.
struct Item<'a> {
    number: &'a str,
    state: &'a str,
    shown_by: &'a str,
}

/// The rows of all tables of the document.
fn items(document: &str) -> Vec<Item<'_>> {
    let mut found = Vec::new();
    for line in document.lines().filter(|line| line.starts_with("| ")) {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        if let ["", number, _, state, shown_by, ""] = cells[..]
            && number != "#"
        {
            found.push(Item { number, state, shown_by });
        }
    }
    found
}

/// The texts in backticks.
fn names(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

/// The names of the snapshots, without what precedes them in the file's name.
fn snapshots() -> BTreeSet<String> {
    let files = fs::read_dir(root().join(SNAPSHOTS)).into_iter().flatten().flatten();
    let name = |file: fs::DirEntry| {
        let file = file.file_name().into_string().ok()?;
        let (_, name) = file.strip_suffix(".snap")?.rsplit_once("__")?;
        Some(name.to_owned())
    };
    files.filter_map(name).collect()
}

/// What is wrong with the checklist.
fn findings(document: &str, tests: &Tests, snapshots: &BTreeSet<String>) -> Vec<String> {
    let mut found = Vec::new();
    for (place, item) in (1..).zip(items(document)) {
        let Item { number, state, shown_by } = item;
        if number != place.to_string() {
            found.push(format!("item {number} stands in place {place}"));
        }
        let (named_tests, others): (Vec<_>, Vec<_>) =
            names(shown_by).into_iter().partition(|name| name.contains("::"));
        let named_snapshots = if shown_by.starts_with("snapshot") { others } else { Vec::new() };
        let missing_tests = named_tests.iter().filter(|name| !is_a_test(name, tests));
        found.extend(missing_tests.map(|name| format!("item {number}: there is no test {name}")));
        let missing = named_snapshots.iter().filter(|name| !snapshots.contains(**name));
        found.extend(missing.map(|name| format!("item {number}: there is no snapshot {name}")));
        match state {
            "there" if named_tests.is_empty() && named_snapshots.is_empty() => {
                found.push(format!("item {number} is there, and no test shows it"));
            }
            "there" | "partly" | "missing" => {}
            other => found.push(format!("item {number}: {other:?} is none of there, partly and missing")),
        }
    }
    found
}

#[test]
fn everything_that_is_there_has_a_test_or_a_snapshot_that_exists() {
    let document = fs::read_to_string(root().join(DOCUMENT)).unwrap();
    assert!(items(&document).len() >= ITEMS, "{} items", items(&document).len());
    let found = findings(&document, &every_test().unwrap(), &snapshots());
    assert!(found.is_empty(), "{DOCUMENT}:\n{}", found.join("\n"));
}

#[test]
fn a_row_without_a_test_and_one_with_a_test_that_is_gone_are_found() {
    let tests: Tests = [("tui/tests/it/story".to_owned(), "a_test".to_owned())].into();
    let shots: BTreeSet<String> = ["login".to_owned()].into();
    let said = |state: &str, shown_by: &str| {
        let document = format!(
            "| # | item | state | shown by |\n|---|---|---|---|\n| 1 | keys | {state} | {shown_by} |\n"
        );
        findings(&document, &tests, &shots).join("; ")
    };
    assert_eq!(said("there", "`story::a_test`"), "");
    assert_eq!(said("there", "snapshot `login`"), "");
    assert_eq!(said("partly", "`1` to `6`"), "");
    assert_eq!(said("missing", ""), "");
    assert_eq!(said("there", ""), "item 1 is there, and no test shows it");
    assert_eq!(said("there", "by hand, with `q`"), "item 1 is there, and no test shows it");
    assert_eq!(said("there", "`story::gone`"), "item 1: there is no test story::gone");
    assert_eq!(said("partly", "`story::gone`"), "item 1: there is no test story::gone");
    assert_eq!(said("there", "snapshot `gone`"), "item 1: there is no snapshot gone");
    assert!(said("done", "`story::a_test`").contains("is none of there"));
}

#[test]
fn colours_are_named_in_the_theme_alone_and_keys_in_the_keymap_and_text_inputs() {
    let mut files = Vec::new();
    sources(&root().join("tui/src"), &mut files).unwrap();
    let naming = |word: &str| -> BTreeSet<String> {
        let names = |file: &&std::path::PathBuf| fs::read_to_string(file).unwrap().contains(word);
        files.iter().filter(names).map(|file| short(file)).collect()
    };
    let only = |files: &[&str]| files.iter().map(|file| (*file).to_owned()).collect::<BTreeSet<_>>();
    assert_eq!(naming("Color::"), only(&["tui/src/theme.rs"]));
    let keys = ["tui/src/registry/keymap.rs", "tui/src/terminal/prompt.rs", "tui/src/widget/text_field.rs"];
    assert_eq!(naming("KeyCode::"), only(&keys));
}
