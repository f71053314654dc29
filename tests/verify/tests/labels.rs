//! Every button that a document names as `*Label*` exists with this label on some page.

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The text of all pages for browsers.
fn pages() -> String {
    let mut pages = String::new();
    for directory in ["server/templates/link", "tests/demo/templates", "tests/dropbox-sim/templates"] {
        for entry in fs::read_dir(root().join(directory)).into_iter().flatten().flatten() {
            pages.push_str(&fs::read_to_string(entry.path()).unwrap_or_default());
        }
    }
    pages
}

/// The texts between single asterisks.
fn labels(document: &str) -> Vec<&str> {
    let parts: Vec<&str> = document.split('*').collect();
    // Two asterisks leave an empty part between them.
    let is_label = |at: usize| at % 2 == 1 && !parts[at - 1].is_empty() && !parts[at].is_empty();
    (1..parts.len()).filter(|at| is_label(*at)).map(|at| parts[at]).collect()
}

#[test]
fn the_button_that_getting_started_names_is_there() {
    let document = fs::read_to_string(root().join("docs/getting-started.md")).unwrap();
    // Bold text is not a label. Without it, each pair of asterisks encloses a label.
    let plain = document.replace("**", "");
    let named = labels(&plain);
    assert!(named.contains(&"Connect Dropbox"), "{named:?}");
    let pages = pages();
    for label in named {
        assert!(pages.contains(&format!(">{label}</button>")), "no page has a button {label:?}");
    }
}
