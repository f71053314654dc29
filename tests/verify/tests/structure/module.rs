//! The modules of one crate as the sources declare them: children, definitions, imports, and the paths in the code.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::{fs, io};

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::{Attribute, Item, ItemUse, LitStr, UseTree, Visibility};

/// A path of names, such as `crate::store::Store`.
pub(crate) type Names = Vec<String>;

/// A `use` of one name.
#[derive(Debug)]
pub(crate) struct Import {
    /// The name in this module, or none for a glob.
    pub(crate) alias: Option<String>,
    pub(crate) path: Names,
    pub(crate) is_public: bool,
}

/// A module. An inline module belongs to the file of the enclosing module.
#[derive(Debug, Default)]
pub(crate) struct Module {
    pub(crate) file: PathBuf,
    pub(crate) parent: Option<usize>,
    pub(crate) children: BTreeMap<String, usize>,
    pub(crate) definitions: BTreeSet<String>,
    pub(crate) imports: Vec<Import>,
    /// Paths of two names or more outside `use`, also inside macros and attributes.
    pub(crate) paths: Vec<Names>,
    /// Every name outside `use`, by which a re-export is known to be used in its own module.
    pub(crate) words: BTreeSet<String>,
}

/// The modules of the crate with this root file, the root first. Code that is only for tests is omitted.
pub(crate) fn modules(root: &Path) -> io::Result<Vec<Module>> {
    let mut modules = Vec::new();
    let directory = root.parent().unwrap_or(root).to_owned();
    read_file(root, &directory, None, &mut modules)?;
    Ok(modules)
}

fn read_file(
    file: &Path,
    directory: &Path,
    parent: Option<usize>,
    modules: &mut Vec<Module>,
) -> io::Result<usize> {
    let text =
        fs::read_to_string(file).map_err(|error| io::Error::other(format!("{}: {error}", file.display())))?;
    let source =
        syn::parse_file(&text).map_err(|error| io::Error::other(format!("{}: {error}", file.display())))?;
    read_items(source.items, file, directory, parent, modules)
}

/// Reads one module; `directory` is where the files of its children are.
fn read_items(
    items: Vec<Item>,
    file: &Path,
    directory: &Path,
    parent: Option<usize>,
    modules: &mut Vec<Module>,
) -> io::Result<usize> {
    let at = modules.len();
    modules.push(Module { file: file.to_owned(), parent, ..Module::default() });
    for item in items {
        match item {
            Item::Mod(child) if !is_test(&child.attrs) => {
                let name = child.ident.to_string();
                let inside = directory.join(&name);
                let child = if let Some((_, items)) = child.content {
                    read_items(items, file, &inside, Some(at), modules)?
                } else if let Some(path) = path_attribute(&child.attrs) {
                    let path = file.parent().unwrap_or(directory).join(path);
                    read_file(&path, path.parent().unwrap_or(directory), Some(at), modules)?
                } else {
                    let flat = directory.join(format!("{name}.rs"));
                    let path = if flat.exists() { flat } else { inside.join("mod.rs") };
                    read_file(&path, &inside, Some(at), modules)?
                };
                modules[at].children.insert(name, child);
            }
            Item::Use(item) if !is_test(&item.attrs) => modules[at].import(&item),
            Item::Mod(_) | Item::Use(_) => {}
            item => modules[at].read_item(&item),
        }
    }
    Ok(at)
}

pub(crate) fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|one| one.to_token_stream().to_string().replace(' ', "") == "#[cfg(test)]")
}

/// The file that `#[path = "…"]` names.
fn path_attribute(attributes: &[Attribute]) -> Option<String> {
    let path = attributes.iter().find(|one| one.path().is_ident("path"))?;
    let value = path.meta.require_name_value().ok()?.value.to_token_stream();
    Some(syn::parse2::<LitStr>(value).ok()?.value())
}

impl Module {
    fn read_item(&mut self, item: &Item) {
        let (name, attributes) = match item {
            Item::Const(item) => (Some(&item.ident), &item.attrs),
            Item::Enum(item) => (Some(&item.ident), &item.attrs),
            Item::Fn(item) => (Some(&item.sig.ident), &item.attrs),
            Item::Impl(item) => (None, &item.attrs),
            Item::Macro(item) => (item.ident.as_ref(), &item.attrs),
            Item::Static(item) => (Some(&item.ident), &item.attrs),
            Item::Struct(item) => (Some(&item.ident), &item.attrs),
            Item::Trait(item) => (Some(&item.ident), &item.attrs),
            Item::Type(item) => (Some(&item.ident), &item.attrs),
            other => return self.scan(other.to_token_stream()),
        };
        if !is_test(attributes) {
            self.definitions.extend(name.map(ToString::to_string));
            self.scan(item.to_token_stream());
        }
    }

    fn import(&mut self, item: &ItemUse) {
        let is_public = !matches!(item.vis, Visibility::Inherited);
        self.import_tree(&item.tree, &mut Vec::new(), is_public);
    }

    fn import_tree(&mut self, tree: &UseTree, prefix: &mut Names, is_public: bool) {
        let (alias, name) = match tree {
            UseTree::Path(path) => {
                prefix.push(path.ident.to_string());
                self.import_tree(&path.tree, prefix, is_public);
                prefix.pop();
                return;
            }
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.import_tree(tree, prefix, is_public);
                }
                return;
            }
            UseTree::Name(name) => (Some(name.ident.to_string()), Some(name.ident.to_string())),
            UseTree::Rename(name) => (Some(name.rename.to_string()), Some(name.ident.to_string())),
            UseTree::Glob(_) => (None, None),
        };
        let mut path = prefix.clone();
        let is_self = name.as_deref() == Some("self");
        path.extend(name.filter(|_| !is_self));
        let alias = if is_self && alias.as_deref() == Some("self") { path.last().cloned() } else { alias };
        self.imports.push(Import { alias, path, is_public });
    }

    /// Collects paths, words and the `use` items of function bodies.
    fn scan(&mut self, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut at = 0;
        while at < tokens.len() {
            match &tokens[at] {
                TokenTree::Group(group) => self.scan(group.stream()),
                TokenTree::Literal(literal) => self.scan_literal(literal.to_token_stream()),
                TokenTree::Ident(name) if name == "use" => {
                    let end = (at..tokens.len()).find(|end| is_punct(&tokens, *end, ';'));
                    let item = end.map(|end| tokens[at..=end].iter().cloned().collect());
                    if let Some(item) = item.and_then(|item| syn::parse2::<ItemUse>(item).ok()) {
                        self.import(&item);
                        at = end.unwrap_or(at);
                    }
                }
                TokenTree::Ident(name) => {
                    let mut path = vec![name.to_string()];
                    while is_punct(&tokens, at + 1, ':') && is_punct(&tokens, at + 2, ':') {
                        let Some(TokenTree::Ident(next)) = tokens.get(at + 3) else { break };
                        path.push(next.to_string());
                        at += 3;
                    }
                    self.words.insert(path[0].clone());
                    if path.len() > 1 {
                        self.paths.push(path);
                    }
                }
                TokenTree::Punct(_) => {}
            }
            at += 1;
        }
    }

    /// A string that contains only a path counts as that path, as in `#[serde(with = "crate::time")]`.
    fn scan_literal(&mut self, literal: TokenStream) {
        let Ok(text) = syn::parse2::<LitStr>(literal) else { return };
        if text.value().contains("::")
            && let Ok(path) = text.parse::<syn::Path>()
        {
            self.scan(path.to_token_stream());
        }
    }
}

fn is_punct(tokens: &[TokenTree], at: usize, character: char) -> bool {
    matches!(tokens.get(at), Some(TokenTree::Punct(punct)) if punct.as_char() == character)
}
