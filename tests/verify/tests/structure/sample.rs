//! Small crates show that the test finds a circle, and what does not count as one.

use std::path::PathBuf;
use std::{fs, io};

use crate::findings;
use crate::graph::Graph;

/// A directory with these files, `lib.rs` among them.
fn tree(files: &[(&str, &str)]) -> io::Result<(tempfile::TempDir, Graph)> {
    let directory = tempfile::tempdir()?;
    for (path, text) in files {
        let path = directory.path().join(path);
        fs::create_dir_all(path.parent().unwrap_or(&path))?;
        fs::write(path, text)?;
    }
    let graph = Graph::of(&directory.path().join("lib.rs"))?;
    Ok((directory, graph))
}

/// The findings for a crate with these files, without the path of the directory.
fn said(files: &[(&str, &str)], allowed: &[(&str, &str)]) -> io::Result<Vec<String>> {
    let (directory, mut graph) = tree(files)?;
    let file = |name: &str| directory.path().join(name);
    let allowed: Vec<(PathBuf, PathBuf)> = allowed.iter().map(|(from, to)| (file(from), file(to))).collect();
    let prefix = format!("{}/", directory.path().display());
    Ok(findings(&mut graph, &allowed).into_iter().map(|one| one.replace(&prefix, "")).collect())
}

const LIB: (&str, &str) = ("lib.rs", "mod parcel; mod room;");

#[test]
fn a_circle_through_a_re_export_and_a_macro_is_found_and_told() {
    let files = [
        LIB,
        ("parcel.rs", "pub struct Parcel; pub fn send() { assert!(crate::room::open(), \"shut\"); }"),
        ("room/mod.rs", "mod door; mod key; pub use door::open;"),
        ("room/door.rs", "use super::key; pub fn open() -> bool { key::turn() }"),
        (
            "room/key.rs",
            "use crate::{parcel::{self, Parcel}}; pub fn turn() -> bool { parcel::send(); Parcel; true }",
        ),
    ];
    let story = "a circle of 3 files:
    parcel.rs imports room/door.rs (open)
    room/door.rs imports room/key.rs (turn)
    room/key.rs imports parcel.rs (Parcel, send)
";
    assert_eq!(said(&files, &[]).unwrap(), [story]);
    assert!(said(&files, &[("room/key.rs", "parcel.rs")]).unwrap().is_empty());
}

#[test]
fn an_allowed_circle_that_no_longer_exists_is_reported() {
    let files = [LIB, ("parcel.rs", "pub struct Parcel;"), ("room.rs", "use crate::parcel::Parcel;")];
    let told = said(&files, &[("room.rs", "parcel.rs")]).unwrap();
    assert_eq!(told, ["room.rs imports parcel.rs in no circle any more: strike it from CIRCLES"]);
}

#[test]
fn a_parent_that_declares_and_re_exports_is_in_no_circle() {
    let parcel = ("parcel.rs", "use crate::room::{Key, open}; pub struct Parcel(Key); pub fn f() { open() }");
    let door = ("room/door.rs", "pub(crate) use super::key::Key; pub fn open() {}");
    let key = ("room/key.rs", "pub struct Key; #[cfg(test)] mod tests { use crate::parcel::Parcel; }");
    let parent = ("room/mod.rs", "mod door; mod key; pub use door::{Key, open};");
    assert!(said(&[LIB, parcel, parent, door, key], &[]).unwrap().is_empty());
}

#[test]
fn a_child_that_takes_an_item_of_its_parent_is_in_a_circle_with_it() {
    let door = ("room/door.rs", "pub fn open(_: super::Room) {}");
    let uses = ("room.rs", "mod door; pub use door::open; pub struct Room; fn f() { open(Room) }");
    let story = "a circle of 2 files:
    room/door.rs imports room.rs (Room)
    room.rs imports room/door.rs (open)
";
    assert_eq!(said(&[LIB, ("parcel.rs", ""), uses, door], &[]).unwrap(), [story]);
    let hands_on = ("room.rs", "mod door; pub use door::open; pub struct Room;");
    assert!(said(&[LIB, ("parcel.rs", ""), hands_on, door], &[]).unwrap().is_empty());
}
