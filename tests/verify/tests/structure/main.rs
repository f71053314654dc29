//! The structure of the sources: no files of a crate import each other in a circle, every layer of the server uses only
//! the layers below it, and every crate of the workspace only the crates that it may depend on.

mod allowed;
mod checklist;
mod graph;
mod guide;
mod module;
mod names;
mod sample;
mod standards;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use allowed::{CIRCLES, CRATES, ROOMS, Room, TERMINAL_ROOMS, UPWARDS};
use anyhow::{Context as _, ensure};
use graph::Graph;
use serde_json::Value;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).map(Path::to_owned).unwrap_or_default()
}

/// Cargo's metadata of the packages of the workspace.
fn packages() -> anyhow::Result<Vec<Value>> {
    let mut cargo = bowline_verify::cargo::command();
    cargo.args(["metadata", "--no-deps", "--offline", "--format-version", "1"]).current_dir(root());
    let output = cargo.output()?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut metadata: Value = serde_json::from_slice(&output.stdout)?;
    Ok(serde_json::from_value(metadata["packages"].take())?)
}

/// The graph of every crate: libraries, programs, tests and examples.
fn graphs() -> anyhow::Result<Vec<Graph>> {
    let mut graphs = Vec::new();
    for package in packages()? {
        for target in package["targets"].as_array().context("a package has no targets")? {
            let file = target["src_path"].as_str().context("a target has no src_path")?;
            graphs.push(Graph::of(Path::new(file))?);
        }
    }
    Ok(graphs)
}

/// A path within the repository.
fn short(file: &Path) -> String {
    file.strip_prefix(root()).unwrap_or(file).display().to_string()
}

/// Formats a circle with one import per line.
fn story(graph: &Graph, circle: &[PathBuf]) -> String {
    let mut story = format!("a circle of {} files:\n", circle.len() - 1);
    for pair in circle.windows(2) {
        let names = graph.names(&pair[0], &pair[1]).join(", ");
        // Writing to a String cannot fail.
        let _: std::fmt::Result =
            writeln!(story, "    {} imports {} ({names})", short(&pair[0]), short(&pair[1]));
    }
    story
}

/// The circles of a crate, and the allowed imports that no longer close one.
fn findings(graph: &mut Graph, allowed: &[(PathBuf, PathBuf)]) -> Vec<String> {
    let mut findings = Vec::new();
    for (from, to) in allowed {
        if graph.way(from, to).is_none_or(|way| way.len() > 2) || graph.way(to, from).is_none() {
            let (from, to) = (short(from), short(to));
            findings.push(format!("{from} imports {to} in no circle any more: strike it from CIRCLES"));
        }
    }
    for (from, to) in allowed {
        graph.remove(from, to);
    }
    while let Some(circle) = graph.circle() {
        findings.push(story(graph, &circle));
        graph.remove(&circle[circle.len() - 2], &circle[0]);
    }
    findings
}

#[test]
fn no_files_import_each_other_in_a_circle() {
    let root = root();
    let mut found = Vec::new();
    let mut known = 0;
    for mut graph in graphs().unwrap() {
        let allowed: Vec<_> = CIRCLES.iter().map(|(from, to)| (root.join(from), root.join(to))).collect();
        let allowed: Vec<_> =
            allowed.into_iter().filter(|(from, _)| graph.edges.contains_key(from)).collect();
        known += allowed.len();
        found.extend(findings(&mut graph, &allowed));
    }
    found.extend((known < CIRCLES.len()).then(|| "a file in CIRCLES imports nothing or is gone".to_owned()));
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

/// The room of a file: the folder or file directly in the sources. `server/src/app.rs` is the state that the services
/// share.
fn room<'a>(file: &'a str, sources: &str) -> Option<&'a str> {
    let first = file.strip_prefix(sources)?.split('/').next()?.trim_end_matches(".rs");
    Some(if file == "server/src/app.rs" { "service" } else { first })
}

/// Sources with their rooms, the lowest first, and the rooms that each may use.
const LAYERS: [(&str, &[Room]); 2] = [("server/src/", ROOMS), ("tui/src/", TERMINAL_ROOMS)];

#[test]
fn every_layer_uses_only_the_layers_below() {
    let (mut found, mut excused) = (Vec::new(), BTreeSet::new());
    for (sources, rooms) in LAYERS {
        let graph = Graph::of(&root().join(sources).join("lib.rs")).unwrap();
        let rooms: BTreeMap<&str, &[&str]> = rooms.iter().copied().collect();
        for (from, imports) in &graph.edges {
            for (to, names) in imports {
                let (from, to) = (short(from), short(to));
                let (Some(upper), Some(lower)) = (room(&from, sources), room(&to, sources)) else { continue };
                let may = rooms.get(upper).unwrap_or_else(|| panic!("{sources} has no room {upper}"));
                if upper == lower || may.contains(&lower) {
                    continue;
                }
                if UPWARDS.contains(&(from.as_str(), to.as_str())) {
                    excused.insert((from, to));
                    continue;
                }
                let names = names.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
                found.push(format!("{from} imports {to} ({names}): {upper} may not use {lower}"));
            }
        }
    }
    for (from, to) in UPWARDS {
        if !excused.contains(&((*from).to_owned(), (*to).to_owned())) {
            found.push(format!("{from} does not import {to} any more: strike it from UPWARDS"));
        }
    }
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

#[test]
fn a_room_uses_only_rooms_that_stand_before_it_in_the_list() {
    for (_, rooms) in LAYERS {
        for (at, (room, may)) in rooms.iter().enumerate() {
            for used in *may {
                assert!(
                    rooms[..at].iter().any(|(lower, _)| lower == used),
                    "{room} may use {used}: a circle of rooms"
                );
            }
        }
    }
}

#[test]
fn every_crate_depends_only_on_the_crates_that_it_may_use() {
    let may: BTreeMap<&str, (&[&str], &[&str])> =
        CRATES.iter().map(|(name, always, tests)| (*name, (*always, *tests))).collect();
    let packages = packages().unwrap();
    assert_eq!(packages.len(), may.len(), "CRATES has every crate of the workspace");
    for package in packages {
        let name = package["name"].as_str().unwrap();
        let (always, tests) = may.get(name).unwrap_or_else(|| panic!("CRATES does not know {name}"));
        let uses = |kind: Option<&str>| {
            let of_kind = |one: &&Value| one["kind"].as_str() == kind && one.get("path").is_some();
            let dependencies = package["dependencies"].as_array().unwrap().iter().filter(of_kind);
            dependencies.map(|one| one["name"].as_str().unwrap()).collect::<Vec<_>>()
        };
        assert_eq!(uses(None), **always, "dependencies of {name}");
        assert_eq!(uses(Some("dev")), **tests, "dependencies of the tests of {name}");
    }
}
