//! Checks the repository's files for what no compiler checks: secrets, paths of one machine, overlong files.

use bowline_stdio::eprintln;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, bail};

/// The maximum number of lines in a source file (docs/contributing.md).
const LONGEST_SOURCE: usize = 400;
/// Marks a line as an example that contains no secret.
const EXAMPLE: &str = "not-a-secret";

/// Checks every file that git tracks, and reports all findings at once.
pub(crate) fn check(root: &Path) -> anyhow::Result<()> {
    let machine = machine_paths(root);
    let mut findings = Vec::new();
    let files = tracked(root)?;
    for file in &files {
        let Ok(bytes) = fs::read(root.join(file)) else {
            continue; // Deleted and not yet committed.
        };
        findings.extend(findings_in(file, &String::from_utf8_lossy(&bytes), &machine));
    }
    if findings.is_empty() {
        eprintln!("{} files looked at", files.len());
        return Ok(());
    }
    bail!("{} findings\n  {}", findings.len(), findings.join("\n  "))
}

fn findings_in(file: &Path, text: &str, machine: &[String]) -> Vec<String> {
    let mut findings = Vec::new();
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let extension = file.extension().unwrap_or_default();
    if name == ".env" || ["pem", "key", "p12", "pfx", "keyring"].iter().any(|secret| extension == *secret) {
        findings.push(format!("{}: a file of this name holds keys", file.display()));
    }
    let lines = text.lines().count();
    let first = text.lines().next().unwrap_or_default();
    let is_generated = first.starts_with("// @generated") || first.contains("This file is generated");
    if extension == "rs" && lines > LONGEST_SOURCE && !is_generated {
        findings.push(format!("{}: {lines} lines, more than {LONGEST_SOURCE}", file.display()));
    }
    for (number, line) in text.lines().enumerate() {
        let mut tell = |what: &str| findings.push(format!("{}:{}: {what}", file.display(), number + 1));
        if let Some(path) = machine.iter().find(|path| line.contains(path.as_str())) {
            tell(&format!("{path} is a path of this machine"));
        }
        if let Some(kind) = secret_in(line).filter(|_| !line.contains(EXAMPLE)) {
            tell(&format!("looks like {kind}"));
        }
    }
    findings
}

/// The kind of secret in a line. Secrets are recognised by their prefix and the length of what follows.
fn secret_in(line: &str) -> Option<&'static str> {
    // Separate from the beginning, so that this file does not contain the marker itself.
    const END: &str = " PRIVATE KEY-----";
    const KINDS: [(&str, usize, &str); 10] = [
        ("bwl_sk_", 40, "an API key of ours"),
        ("bwl_test_", 40, "a test key of ours"),
        ("bwl_op_", 40, "an operator's session token"),
        ("bwl_lk_", 40, "a link ticket"),
        ("bwl_mt_", 40, "a ticket of the page with a user's accounts"),
        ("sl.u.", 80, "a Dropbox access token"),
        ("ghp_", 36, "a GitHub token"),
        ("AKIA", 16, "an AWS key"),
        ("xoxb-", 40, "a Slack token"),
        ("glpat-", 20, "a GitLab token"),
    ];
    if line.contains("-----BEGIN ") && line.contains(END) {
        return Some("a private key");
    }
    let is_token = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    KINDS.iter().find_map(|(beginning, length, kind)| {
        let is_there = line.match_indices(beginning).any(|(at, _)| {
            line[at + beginning.len()..].chars().take_while(|c| is_token(*c)).count() >= *length
        });
        is_there.then_some(*kind)
    })
}

/// Paths that identify this machine: this checkout, the home directory, and cargo's directory. A path as short as
/// `/src` could belong to anyone.
fn machine_paths(root: &Path) -> Vec<String> {
    let variable = |name| std::env::var_os(name).map(PathBuf::from);
    [Some(root.to_owned()), variable("HOME"), variable("CARGO_HOME")]
        .into_iter()
        .flatten()
        .filter(|path| path.components().count() > 2)
        .map(|path| path.display().to_string())
        .collect()
}

/// The files that git tracks or would track, or all files below `root` if there is no git.
fn tracked(root: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let listed = Command::new("git")
        .args(["-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(root)
        .output();
    match listed {
        Ok(output) if output.status.success() => {
            let names = String::from_utf8_lossy(&output.stdout).into_owned();
            Ok(names.split_terminator('\0').map(PathBuf::from).collect())
        }
        _ => walk(root),
    }
}

fn walk(root: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let (mut files, mut open) = (Vec::new(), vec![root.to_owned()]);
    while let Some(directory) = open.pop() {
        for entry in
            fs::read_dir(&directory).with_context(|| format!("cannot read {}", directory.display()))?
        {
            let entry = entry?;
            let kind = entry.file_type()?;
            if kind.is_dir() && entry.file_name() != "target" && entry.file_name() != ".git" {
                open.push(entry.path());
            } else if kind.is_file() {
                files.push(entry.path().strip_prefix(root)?.to_owned());
            }
        }
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(name: &str, text: &str) -> Vec<String> {
        findings_in(Path::new(name), text, &["/machine/checkout".to_owned()])
    }

    #[test]
    fn a_secret_is_found_and_an_example_is_not() {
        let key = format!("key = \"bwl_sk_{}\"", "a1".repeat(20));
        assert_eq!(findings("a.toml", &format!("x\n{key}\n")), ["a.toml:2: looks like an API key of ours"]);
        assert!(findings("a.toml", &format!("{key} # {EXAMPLE}")).is_empty());
        assert!(findings("a.md", "send `bwl_sk_…` as the bearer").is_empty());
        let begin = ["-----BEGIN RSA", "PRIVATE KEY-----"].join(" ");
        assert_eq!(findings("a.txt", &begin), ["a.txt:1: looks like a private key"]);
    }

    #[test]
    fn a_path_of_the_build_machine_is_found() {
        assert_eq!(findings("a.md", "cd /machine/checkout/server").len(), 1);
        assert!(findings("a.md", "cd /var/lib/bowline").is_empty());
    }

    #[test]
    fn a_long_source_is_found_and_a_generated_one_is_not() {
        let long = "\n".repeat(LONGEST_SOURCE + 1);
        assert_eq!(findings("a.rs", &long), ["a.rs: 401 lines, more than 400"]);
        assert!(findings("a.sql", &long).is_empty());
        assert!(findings("a.rs", &format!("// @generated by Diesel\n{long}")).is_empty());
        assert!(findings("a.rs", &format!("//! Tables. This file is generated.\n{long}")).is_empty());
        assert!(findings("a.rs", &"\n".repeat(LONGEST_SOURCE)).is_empty());
    }

    #[test]
    fn a_file_named_like_keys_is_found() {
        assert_eq!(findings("deploy/tls.pem", ""), ["deploy/tls.pem: a file of this name holds keys"]);
        assert!(findings("server/src/key.rs", "").is_empty());
    }

    #[test]
    fn without_git_the_tree_is_walked_past_what_was_built() {
        let root = tempfile::tempdir().unwrap();
        for directory in ["src", "target"] {
            fs::create_dir(root.path().join(directory)).unwrap();
            fs::write(root.path().join(directory).join("a.rs"), "").unwrap();
        }
        assert_eq!(walk(root.path()).unwrap(), [PathBuf::from("src/a.rs")]);
    }
}
