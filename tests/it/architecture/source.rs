//! Reads the source of a crate: its files, what each file uses from others, and what it makes
//! public.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use syn::visit::{self, Visit};
use syn::{Attribute, Item, UseTree, Visibility};

/// The files of a crate, by the path of their module. The path of the root is empty.
pub struct Source {
    pub files: BTreeMap<Module, File>,
}

pub type Module = Vec<String>;

/// The content of one file, as far as the tests need it.
#[derive(Default)]
pub struct File {
    /// The path below the crate's source folder.
    pub name: String,
    pub lines: usize,
    /// The public types that the file defines.
    pub types: Vec<String>,
    /// The paths, from the crate's root, in its `use` lines and in paths that begin with `crate`.
    uses: Vec<Module>,
    /// Its `pub use` lines: the new name with the paths behind it; `*` for whole modules.
    handed_on: BTreeMap<String, Vec<Module>>,
    /// The names that the file defines.
    defines: BTreeSet<String>,
}

impl Source {
    /// Reads a crate's source folder.
    pub fn read(folder: &Path) -> Self {
        let mut texts = BTreeMap::new();
        gather(folder, folder, &mut texts);
        Self::of(&texts)
    }

    /// Takes the texts of files by their path below the source folder: `ports/mod.rs`.
    pub fn of(texts: &BTreeMap<String, String>) -> Self {
        let root = ["lib.rs", "main.rs"]
            .into_iter()
            .find(|root| texts.contains_key(*root))
            .expect("a crate has lib.rs or main.rs");
        let mut source = Self {
            files: BTreeMap::new(),
        };
        source.follow(texts, root, &Vec::new());
        let known: BTreeSet<Module> = source.files.keys().cloned().collect();
        for (module, file) in &mut source.files {
            let reading = syn::parse_file(&texts[&file.name]).unwrap();
            Reader::read(module, &known, file, &reading);
        }
        source
    }

    /// Follows the `mod` lines, which say which module a file holds.
    fn follow(&mut self, texts: &BTreeMap<String, String>, name: &str, module: &Module) {
        let text = &texts[name];
        let file = syn::parse_file(text).unwrap_or_else(|error| panic!("{name}: {error}"));
        let folder = match name.rsplit_once('/') {
            Some((folder, "mod.rs")) => format!("{folder}/"),
            None if module.is_empty() => String::new(),
            Some(_) | None => format!("{}/", name.trim_end_matches(".rs")),
        };
        self.files.insert(
            module.clone(),
            File {
                name: name.to_owned(),
                lines: text.lines().count(),
                ..File::default()
            },
        );
        for item in file.items {
            let Item::Mod(child) = item else { continue };
            if child.content.is_some() || is_test(&child.attrs) {
                continue;
            }
            let child = child.ident.to_string();
            let places = [
                format!("{folder}{child}.rs"),
                format!("{folder}{child}/mod.rs"),
            ];
            let place = places.into_iter().find(|place| texts.contains_key(place));
            // A build script generates this module, so there is no file.
            if let Some(place) = place {
                let mut inner = module.clone();
                inner.push(child);
                self.follow(texts, &place, &inner);
            }
        }
    }

    /// The files that a file takes from: where each used name is defined, through any number of
    /// `pub use` lines. A `pub use` itself makes no arrow.
    pub fn arrows(&self, module: &Module) -> BTreeSet<&Module> {
        let mut arrows = BTreeSet::new();
        for path in &self.files[module].uses {
            self.resolve(path, &mut Vec::new(), &mut arrows);
        }
        arrows.retain(|target| *target != module);
        arrows
    }

    fn resolve<'s>(
        &'s self,
        path: &Module,
        seen: &mut Vec<Module>,
        found: &mut BTreeSet<&'s Module>,
    ) {
        if seen.contains(path) {
            return;
        }
        seen.push(path.clone());
        let deepest = (0..=path.len())
            .rev()
            .find(|at| self.files.contains_key(&path[..*at]));
        let Some(depth) = deepest else { return };
        let (module, file) = self.files.get_key_value(&path[..depth]).unwrap();
        let Some(name) = path.get(depth) else {
            found.insert(module);
            return;
        };
        if file.defines.contains(name) {
            found.insert(module);
            return;
        }
        let rest = &path[depth + 1..];
        if let Some(targets) = file.handed_on.get(name) {
            for target in targets {
                self.resolve(&[target.as_slice(), rest].concat(), seen, found);
            }
            return;
        }
        for target in file.handed_on.get("*").into_iter().flatten() {
            let holds = self.files.get(target).is_some_and(|file| {
                file.defines.contains(name) || file.handed_on.contains_key(name)
            });
            if holds {
                let whole = [target.as_slice(), &path[depth..]].concat();
                self.resolve(&whole, seen, found);
                return;
            }
        }
        found.insert(module);
    }
}

fn gather(root: &Path, folder: &Path, texts: &mut BTreeMap<String, String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            gather(root, &path, texts);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let name = path
                .strip_prefix(root)
                .unwrap()
                .to_string_lossy()
                .into_owned();
            texts.insert(name, std::fs::read_to_string(&path).unwrap());
        }
    }
}

/// Whether the item exists for tests only. Tests may use anything.
fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute
                .parse_args::<syn::Path>()
                .is_ok_and(|condition| condition.is_ident("test"))
    })
}

/// Reads one file. `module` is the current module, including inline ones.
struct Reader<'r> {
    module: Module,
    known: &'r BTreeSet<Module>,
    file: &'r mut File,
}

impl<'r> Reader<'r> {
    fn read(module: &Module, known: &'r BTreeSet<Module>, file: &'r mut File, text: &syn::File) {
        let mut reader = Self {
            module: module.clone(),
            known,
            file,
        };
        for item in &text.items {
            reader.define(item);
        }
        reader.visit_file(text);
    }

    fn define(&mut self, item: &Item) {
        let (name, visibility) = match item {
            Item::Struct(it) => (&it.ident, Some(&it.vis)),
            Item::Enum(it) => (&it.ident, Some(&it.vis)),
            Item::Union(it) => (&it.ident, Some(&it.vis)),
            Item::Trait(it) => (&it.ident, Some(&it.vis)),
            Item::Type(it) => (&it.ident, Some(&it.vis)),
            Item::Fn(it) => (&it.sig.ident, None),
            Item::Const(it) => (&it.ident, None),
            Item::Static(it) => (&it.ident, None),
            _ => return,
        };
        let name = name.to_string();
        if matches!(visibility, Some(Visibility::Public(_))) {
            self.file.types.push(name.clone());
        }
        self.file.defines.insert(name);
    }

    /// A path from the crate's root; none for a path into another crate.
    fn absolute(&self, path: &[String]) -> Option<Module> {
        let mut at = self.module.clone();
        let mut rest = path;
        match rest.first()?.as_str() {
            "crate" => return Some(rest[1..].to_vec()),
            "self" => rest = &rest[1..],
            "super" => {}
            first => {
                at.push(first.to_owned());
                if !self.known.contains(&at) {
                    return None;
                }
                rest = &rest[1..];
            }
        }
        while rest.first().is_some_and(|first| first == "super") {
            at.pop();
            rest = &rest[1..];
        }
        at.extend_from_slice(rest);
        Some(at)
    }
}

impl<'a> Visit<'a> for Reader<'_> {
    fn visit_item_mod(&mut self, inner: &'a syn::ItemMod) {
        if is_test(&inner.attrs) {
            return;
        }
        self.module.push(inner.ident.to_string());
        visit::visit_item_mod(self, inner);
        self.module.pop();
    }

    fn visit_item_use(&mut self, line: &'a syn::ItemUse) {
        if is_test(&line.attrs) {
            return;
        }
        let mut paths = Vec::new();
        leaves(&line.tree, &mut Vec::new(), &mut paths);
        for (path, name) in paths {
            let Some(path) = self.absolute(&path) else {
                continue;
            };
            match line.vis {
                Visibility::Inherited => self.file.uses.push(path),
                Visibility::Public(_) | Visibility::Restricted(_) => {
                    self.file.handed_on.entry(name).or_default().push(path);
                }
            }
        }
    }

    fn visit_path(&mut self, path: &'a syn::Path) {
        let names: Vec<String> = path
            .segments
            .iter()
            .map(|segment| segment.ident.to_string())
            .collect();
        // `crate` alone is a visibility, as in `pub(crate)`.
        if names[0] == "crate" && names.len() > 1 {
            self.file.uses.push(names[1..].to_vec());
        }
        visit::visit_path(self, path);
    }
}

/// The paths of a `use` line with the names that they bring; `*` for all of a module.
fn leaves(tree: &UseTree, before: &mut Module, found: &mut Vec<(Module, String)>) {
    match tree {
        UseTree::Path(path) => {
            before.push(path.ident.to_string());
            leaves(&path.tree, before, found);
            before.pop();
        }
        UseTree::Group(group) => {
            for inner in &group.items {
                leaves(inner, before, found);
            }
        }
        UseTree::Name(name) if name.ident == "self" => {
            let brought = before.last().cloned().unwrap_or_default();
            found.push((before.clone(), brought));
        }
        UseTree::Name(name) => {
            let name = name.ident.to_string();
            found.push((
                [before.as_slice(), std::slice::from_ref(&name)].concat(),
                name,
            ));
        }
        UseTree::Rename(renamed) => {
            let path = [before.as_slice(), &[renamed.ident.to_string()]].concat();
            found.push((path, renamed.rename.to_string()));
        }
        UseTree::Glob(_) => found.push((before.clone(), "*".to_owned())),
    }
}
