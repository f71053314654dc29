//! The guide `docs/architecture.md` names files and folders that exist, and lists every file with its purpose.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs, io};

use super::{names, root, short};

/// The files below `folder`, each as its path in the repository with a `/` before it.
fn files(folder: &Path, found: &mut Vec<String>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            files(&path, found)?;
        } else {
            found.push(format!("/{}", short(&path)));
        }
    }
    Ok(())
}

const GUIDE: &str = "docs/architecture.md";
/// The comments around the generated list in the guide.
const BEGIN: &str = "<!-- every file: begin -->\n";
const END: &str = "<!-- every file: end -->\n";
/// The environment variable that makes the test write the list.
const WRITE: &str = "BOWLINE_WRITE_GUIDE";

/// The crates that people run, and those that are a part of them.
const SOURCES: [&str; 9] = [
    "server/api/src",
    "server/postgres/src",
    "server/provider/src",
    "server/src",
    "server/stdio/src",
    "server/vault/src",
    "server/webhook/signature/src",
    "server/webhook/src",
    "tui/src",
];

/// The first paragraph of a file's own documentation, in one line. The documentation of some crates is their README.
fn purpose(file: &Path) -> io::Result<String> {
    let text = fs::read_to_string(file)?;
    let mut lines: Vec<&str> =
        text.lines().map_while(|line| line.strip_prefix("//!").map(str::trim)).collect();
    let readme = file.with_file_name("../README.md");
    let readme =
        if lines.is_empty() && readme.exists() { fs::read_to_string(readme)? } else { String::new() };
    lines.extend(readme.lines().skip(2));
    Ok(lines.into_iter().take_while(|line| !line.is_empty()).collect::<Vec<_>>().join(" "))
}

/// What follows the purpose of a file: the names that other files can use.
fn names_of(file: &Path) -> io::Result<String> {
    let names = names::offered(file)?;
    let quoted: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    Ok(if quoted.is_empty() { String::new() } else { format!(" *{}*", quoted.join(", ")) })
}

/// Every file of [`SOURCES`] with its purpose and its names, by folder. Tests are beside what they test.
fn every_file() -> io::Result<String> {
    let mut folders: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    for sources in SOURCES {
        let mut found = Vec::new();
        files(&root().join(sources), &mut found)?;
        for file in found.iter().map(|file| &file[1..]).filter(|file| is_rust(file) && !is_test(file)) {
            let (folder, name) = file.rsplit_once('/').unwrap_or_default();
            let path = root().join(file);
            let entry = purpose(&path)? + &names_of(&path)?;
            folders.entry(folder.to_owned()).or_default().insert(name.to_owned(), entry);
        }
    }
    let mut list = String::new();
    for (folder, files) in folders {
        // Writing to a String cannot fail.
        let _: std::fmt::Result = write!(list, "\n**`{folder}/`**\n\n");
        for (name, purpose) in files {
            let _: std::fmt::Result = writeln!(list, "- `{name}`: {purpose}");
        }
    }
    Ok(list)
}

fn is_rust(file: &str) -> bool {
    Path::new(file).extension().is_some_and(|extension| extension == "rs")
}

fn is_test(file: &str) -> bool {
    file.ends_with("tests.rs") || file.contains("/tests/")
}

/// Whether `name`, such as `token/fetch/issue.rs` or `store/pg/`, is the end of a file's path or a folder.
fn exists(files: &[String], name: &str) -> bool {
    let name = format!("/{name}");
    files.iter().any(|file| if name.ends_with('/') { file.contains(&name) } else { file.ends_with(&name) })
}

#[test]
fn the_guide_names_only_files_that_exist() {
    let guide = fs::read_to_string(root().join(GUIDE)).unwrap();
    let mut found = Vec::new();
    for folder in ["clients", "deploy", "docs", "migrations", "server", "tests", "tui"] {
        files(&root().join(folder), &mut found).unwrap();
    }
    let is_path = |name: &&str| {
        (is_rust(name) || name.ends_with('/'))
            && name.chars().all(|c| c.is_ascii_alphanumeric() || "/._-".contains(c))
    };
    let named: Vec<&str> = guide.split('`').skip(1).step_by(2).filter(is_path).collect();
    assert!(named.len() > 100, "the guide names {} files only", named.len());
    let gone: Vec<_> = named.into_iter().filter(|name| !exists(&found, name)).collect();
    assert!(gone.is_empty(), "the guide names files that do not exist: {gone:?}");
}

#[test]
fn the_guide_lists_every_file_with_its_purpose() {
    let path = root().join(GUIDE);
    let guide = fs::read_to_string(&path).unwrap();
    let (before, rest) = guide.split_once(BEGIN).expect("the guide has a list of files");
    let (listed, after) = rest.split_once(END).expect("the list of files has an end");
    let now = every_file().unwrap();
    assert!(!now.contains("`: \n") && !now.contains("`:  *"), "a file does not say what it is for:\n{now}");
    if env::var_os(WRITE).is_some() {
        fs::write(&path, [before, BEGIN, &now, END, after].concat()).unwrap();
        return;
    }
    let differs = now.lines().find(|line| !listed.lines().any(|old| old == *line));
    assert!(
        listed == now,
        "the list of files in {GUIDE} is out of date (such as {differs:?}): run `{WRITE}=1 cargo nextest run -p \
         bowline-verify -E 'test(every_file)'`"
    );
}
