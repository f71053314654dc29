//! The imports between the files of a crate. Paths are resolved through modules, aliases and re-exports to the file
//! that defines the name.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};

use crate::module::{Import, Module, Names, modules};

/// The maximum number of re-exports through which a name is followed.
const DEPTH: usize = 16;

/// The files of a crate and what each imports.
#[derive(Debug, Default)]
pub(crate) struct Graph {
    /// For each importing file, the imported files with the imported names.
    pub(crate) edges: BTreeMap<PathBuf, BTreeMap<PathBuf, BTreeSet<String>>>,
}

/// The target of a path.
enum Target {
    /// An item, by the file that defines it.
    File(PathBuf),
    Module(usize),
}

impl Graph {
    /// The graph of the crate whose root module is the file `root`.
    pub(crate) fn of(root: &Path) -> io::Result<Self> {
        let modules = Modules(modules(root)?);
        let mut graph = Self::default();
        for at in 0..modules.0.len() {
            modules.edges(at, &mut graph);
        }
        Ok(graph)
    }

    fn add(&mut self, from: &Path, to: PathBuf, name: &str) {
        if from != to {
            let edges = self.edges.entry(from.to_owned()).or_default();
            edges.entry(to).or_default().insert(name.to_owned());
        }
    }

    /// The names that `from` imports from `to`.
    pub(crate) fn names(&self, from: &Path, to: &Path) -> Vec<&str> {
        let names = self.edges.get(from).and_then(|edges| edges.get(to));
        names.into_iter().flatten().map(String::as_str).collect()
    }

    /// The files on the shortest path from one file to another, both included.
    pub(crate) fn way(&self, from: &Path, to: &Path) -> Option<Vec<PathBuf>> {
        let mut before: BTreeMap<&Path, &Path> = BTreeMap::new();
        let mut open = std::collections::VecDeque::from([from]);
        while let Some(file) = open.pop_front() {
            for next in self.edges.get(file).into_iter().flat_map(BTreeMap::keys) {
                if before.contains_key(next.as_path()) {
                    continue;
                }
                before.insert(next, file);
                if next == to {
                    let mut way = vec![to.to_owned()];
                    while way.len() == 1 || way.last().is_some_and(|file| file != from) {
                        way.push(before[way[way.len() - 1].as_path()].to_owned());
                    }
                    way.reverse();
                    return Some(way);
                }
                open.push_back(next);
            }
        }
        None
    }

    /// A shortest circle of the crate, which starts and ends with the same file.
    pub(crate) fn circle(&self) -> Option<Vec<PathBuf>> {
        self.edges.keys().filter_map(|file| self.way(file, file)).min_by_key(Vec::len)
    }

    /// Removes an import; returns whether it existed.
    pub(crate) fn remove(&mut self, from: &Path, to: &Path) -> bool {
        self.edges.get_mut(from).is_some_and(|edges| edges.remove(to).is_some())
    }
}

struct Modules(Vec<Module>);

impl Modules {
    fn edges(&self, at: usize, graph: &mut Graph) {
        let module = &self.0[at];
        for import in &module.imports {
            let target = match self.start(at, &import.path) {
                Some((start, rest)) if import.alias.is_none() => self.module(start, rest).map(Target::Module),
                Some((start, rest)) => self.resolve(start, rest, DEPTH),
                None => None,
            };
            let file = match target {
                Some(Target::File(file)) => file,
                // A glob imports what the module defines. Any other import of a module counts where a path goes through
                // it.
                Some(Target::Module(target)) if import.alias.is_none() && self.defines(target) => {
                    self.0[target].file.clone()
                }
                _ => continue,
            };
            if !self.only_hands_on(at, import, &file) {
                graph.add(&module.file, file, import.path.last().map_or("*", String::as_str));
            }
        }
        for path in &module.paths {
            let Some((start, rest)) = self.start(at, path) else { continue };
            if let Some(Target::File(file)) = self.resolve(start, rest, DEPTH) {
                graph.add(&module.file, file, path.last().map_or("*", String::as_str));
            }
        }
    }

    fn defines(&self, module: usize) -> bool {
        !self.0[module].definitions.is_empty()
    }

    /// Whether a `pub use` only re-exports an item that a module below defines.
    fn only_hands_on(&self, at: usize, import: &Import, file: &Path) -> bool {
        let module = &self.0[at];
        let is_used = import.alias.as_ref().is_some_and(|alias| module.words.contains(alias));
        import.is_public && !is_used && self.is_below(at, file)
    }

    fn is_below(&self, at: usize, file: &Path) -> bool {
        self.0[at].children.values().any(|child| self.0[*child].file == file || self.is_below(*child, file))
    }

    /// The module at which the path of a module starts, and the names that follow.
    fn start<'a>(&self, at: usize, path: &'a [String]) -> Option<(usize, &'a [String])> {
        let mut module = match path.first()?.as_str() {
            "crate" => 0,
            "self" => at,
            "super" => self.0[at].parent?,
            name if self.knows(at, name) => return Some((at, path)),
            _ => return None,
        };
        let mut rest = &path[1..];
        while rest.first().is_some_and(|name| name == "super") {
            module = self.0[module].parent?;
            rest = &rest[1..];
        }
        Some((module, rest))
    }

    /// Whether a name belongs to a module of this crate and not to another crate.
    fn knows(&self, at: usize, name: &str) -> bool {
        let module = &self.0[at];
        let is_imported = || {
            let named = |import: &&Import| import.alias.as_deref() == Some(name);
            // `use anyhow::anyhow` leads out of the crate.
            module
                .imports
                .iter()
                .filter(named)
                .any(|import| import.path.first().is_some_and(|one| one != name))
        };
        module.children.contains_key(name) || module.definitions.contains(name) || is_imported()
    }

    fn module(&self, at: usize, path: &[String]) -> Option<usize> {
        match self.resolve(at, path, DEPTH)? {
            Target::Module(module) => Some(module),
            Target::File(_) => None,
        }
    }

    /// Follows `path` from a module. Items that the sources do not define, such as those of a macro, belong to the
    /// module's file.
    fn resolve(&self, at: usize, path: &[String], depth: usize) -> Option<Target> {
        let module = &self.0[at];
        let Some((name, rest)) = path.split_first() else { return Some(Target::Module(at)) };
        if let Some(child) = module.children.get(name)
            && (!rest.is_empty() || !self.is_item(at, name))
        {
            return self.resolve(*child, rest, depth);
        }
        if module.definitions.contains(name) {
            return Some(Target::File(module.file.clone()));
        }
        let depth = depth.checked_sub(1)?;
        if let Some(import) = module.imports.iter().find(|import| import.alias.as_ref() == Some(name)) {
            let full: Names = import.path.iter().chain(rest).cloned().collect();
            if import.path.first() == Some(name) && !module.children.contains_key(name) {
                return None;
            }
            return self.start(at, &full).and_then(|(start, rest)| self.resolve(start, rest, depth));
        }
        for import in module.imports.iter().filter(|import| import.alias.is_none()) {
            let glob = self.start(at, &import.path).and_then(|(start, rest)| self.module(start, rest));
            if let Some(glob) = glob.filter(|glob| *glob != at && self.is_item(*glob, name)) {
                return self.resolve(glob, path, depth);
            }
        }
        Some(Target::File(module.file.clone()))
    }

    /// Whether a module defines or imports an item of this name.
    fn is_item(&self, at: usize, name: &str) -> bool {
        let module = &self.0[at];
        module.definitions.contains(name)
            || module.imports.iter().any(|import| import.alias.as_deref() == Some(name))
    }
}
