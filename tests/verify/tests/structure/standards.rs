//! `docs/security.md` names a test that exists for each demand of the standards.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::{fs, io};

use super::{root, short};

const DOCUMENT: &str = "docs/security.md";
const HEADING: &str = "## What the standards demand of a client";

/// Every test: its file without the extension, and its name.
pub(super) type Tests = BTreeSet<(String, String)>;

pub(super) fn sources(folder: &Path, found: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() && path.file_name().is_none_or(|name| name != "target") {
            sources(&path, found)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    Ok(())
}

/// The names of the tests in a source file that are not ignored.
fn tests_in(source: &str) -> Vec<String> {
    let (mut is_test, mut is_ignored, mut found) = (false, false, Vec::new());
    for line in source.lines().map(str::trim) {
        is_test |=
            ["#[test]", "#[tokio::test", "#[rocket::async_test"].iter().any(|start| line.starts_with(start));
        is_ignored |= line.starts_with("#[ignore");
        let name = line.split_once("fn ").and_then(|(before, rest)| {
            let words = before.split_whitespace().all(|word| word == "async" || word.starts_with("pub"));
            rest.split_once('(').filter(|_| words).map(|(name, _)| name)
        });
        if let Some(name) = name {
            found.extend((is_test && !is_ignored).then(|| name.to_owned()));
            (is_test, is_ignored) = (false, false);
        }
    }
    found
}

pub(super) fn every_test() -> io::Result<Tests> {
    let mut files = Vec::new();
    for folder in ["server", "tests", "tui"] {
        sources(&root().join(folder), &mut files)?;
    }
    let mut tests = Tests::new();
    for file in files {
        let place = short(&file);
        let place =
            place.trim_end_matches(".rs").trim_end_matches("/mod").trim_end_matches("/tests").to_owned();
        tests.extend(tests_in(&fs::read_to_string(file)?).into_iter().map(|name| (place.clone(), name)));
    }
    Ok(tests)
}

/// Whether `named`, such as `link::callback::a_test`, is a test in a file at the end of whose path `link/callback` stands.
pub(super) fn is_a_test(named: &str, tests: &Tests) -> bool {
    let Some((module, name)) = named.rsplit_once("::") else { return false };
    let module = format!("/{}", module.replace("::", "/"));
    tests.iter().any(|(file, test)| test == name && format!("/{file}").ends_with(&module))
}

/// The rows of the section's tables, each with the names in its last cell.
fn rows(section: &str) -> Vec<(&str, Vec<&str>)> {
    let is_row = |line: &&str| line.starts_with("| ") && !line.starts_with("| source |");
    section
        .lines()
        .filter(is_row)
        .map(|line| {
            let last = line.trim_end_matches(['|', ' ']).rsplit(" | ").next().unwrap_or_default();
            (line, last.split('`').skip(1).step_by(2).collect())
        })
        .collect()
}

/// What is wrong with the section.
fn findings(section: &str, tests: &Tests) -> Vec<String> {
    let mut found = Vec::new();
    for (row, names) in rows(section) {
        if names.is_empty() {
            found.push(format!("no test: {row}"));
        }
        found.extend(
            names
                .iter()
                .filter(|name| !is_a_test(name, tests))
                .map(|name| format!("there is no test {name}")),
        );
    }
    found
}

#[test]
fn every_demand_of_the_standards_has_a_test_that_exists() {
    let document = fs::read_to_string(root().join(DOCUMENT)).unwrap();
    let (_, section) = document.split_once(HEADING).unwrap();
    let section = section.split("\n## ").next().unwrap_or_default();
    assert!(rows(section).len() >= 15, "{} rows", rows(section).len());
    let found = findings(section, &every_test().unwrap());
    assert!(found.is_empty(), "{DOCUMENT}:\n{}", found.join("\n"));
}

#[test]
fn a_test_that_is_missing_ignored_or_elsewhere_is_found() {
    let source = "#[test]\nfn there() {}\n#[tokio::test]\n#[ignore = \"slow\"]\nasync fn ignored() {}\nfn helper() {}\n";
    assert_eq!(tests_in(source), ["there"]);
    let tests: Tests = [("tests/suite/link/callback".to_owned(), "there".to_owned())].into();
    let row = |names: &str| {
        format!("| source | demand | how | shown by |\n|---|---|---|---|\n| RFC | a | b | {names} |\n")
    };
    assert_eq!(findings(&row("`link::callback::there`"), &tests), Vec::<String>::new());
    for (names, said) in [
        ("", "no test"),
        ("`link::callback::ignored`", "there is no test link::callback::ignored"),
        ("`link::page::there`", "there is no test link::page::there"),
        ("`nk::callback::there`", "there is no test nk::callback::there"),
        ("`there`", "there is no test there"),
    ] {
        let found = findings(&row(names), &tests);
        assert!(found.len() == 1 && found[0].starts_with(said), "{names}: {found:?}");
    }
}
