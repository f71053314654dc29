//! What a file offers to other files: the names that it defines with any visibility above private, methods included.

use std::io;
use std::path::Path;

use syn::{Attribute, ImplItem, Item, Visibility};

use crate::module::is_test;

/// The names in the order of the file, each once. Code that is only for tests is omitted, and so is what macros define.
pub(crate) fn offered(file: &Path) -> io::Result<Vec<String>> {
    let text = std::fs::read_to_string(file)?;
    let source =
        syn::parse_file(&text).map_err(|error| io::Error::other(format!("{}: {error}", file.display())))?;
    let mut names = Vec::new();
    for item in source.items {
        match item {
            Item::Const(item) => add(&mut names, &item.vis, &item.attrs, item.ident.to_string()),
            Item::Enum(item) => add(&mut names, &item.vis, &item.attrs, item.ident.to_string()),
            Item::Fn(item) => add(&mut names, &item.vis, &item.attrs, item.sig.ident.to_string()),
            Item::Static(item) => add(&mut names, &item.vis, &item.attrs, item.ident.to_string()),
            Item::Struct(item) => add(&mut names, &item.vis, &item.attrs, item.ident.to_string()),
            Item::Trait(item) => add(&mut names, &item.vis, &item.attrs, item.ident.to_string()),
            Item::Type(item) => add(&mut names, &item.vis, &item.attrs, item.ident.to_string()),
            Item::Impl(block) if block.trait_.is_none() && !is_test(&block.attrs) => {
                for item in block.items {
                    if let ImplItem::Fn(method) = item {
                        add(&mut names, &method.vis, &method.attrs, method.sig.ident.to_string());
                    }
                }
            }
            _ => {}
        }
    }
    Ok(names)
}

fn add(names: &mut Vec<String>, visibility: &Visibility, attributes: &[Attribute], name: String) {
    let is_offered = !matches!(visibility, Visibility::Inherited) && !is_test(attributes);
    if is_offered && !names.contains(&name) {
        names.push(name);
    }
}
