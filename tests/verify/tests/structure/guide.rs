//! The guide `docs/architecture.md` names files and folders that exist.

use std::path::Path;
use std::{fs, io};

use super::{root, short};

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

/// Whether `name`, such as `token/fetch/issue.rs` or `store/pg/`, is the end of a file's path or a folder.
fn exists(files: &[String], name: &str) -> bool {
    let name = format!("/{name}");
    files.iter().any(|file| if name.ends_with('/') { file.contains(&name) } else { file.ends_with(&name) })
}

#[test]
fn the_guide_names_only_files_that_exist() {
    let guide = fs::read_to_string(root().join("docs/architecture.md")).unwrap();
    let mut found = Vec::new();
    for folder in ["deploy", "docs", "migrations", "server", "tests", "tui"] {
        files(&root().join(folder), &mut found).unwrap();
    }
    let is_path = |name: &&str| {
        let is_file = Path::new(name).extension().is_some_and(|extension| extension == "rs");
        (is_file || name.ends_with('/'))
            && name.chars().all(|c| c.is_ascii_alphanumeric() || "/._-".contains(c))
    };
    let named: Vec<&str> = guide.split('`').skip(1).step_by(2).filter(is_path).collect();
    assert!(named.len() > 100, "the guide names {} files only", named.len());
    let gone: Vec<_> = named.into_iter().filter(|name| !exists(&found, name)).collect();
    assert!(gone.is_empty(), "the guide names files that do not exist: {gone:?}");
}
