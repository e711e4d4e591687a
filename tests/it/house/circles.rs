//! Modules that use each other, directly or by way of others.

use std::collections::{BTreeMap, BTreeSet};

use super::built;
use super::references::references;

type Module = Vec<String>;
type Uses = BTreeMap<Module, BTreeSet<Module>>;

/// Which modules each module uses, without parents and children, which may use each other.
fn uses() -> Uses {
    let sources = built();
    let modules: BTreeSet<Module> = sources.iter().map(super::Source::module).collect();
    let owner = |path: &Module| {
        (0..=path.len()).rev().map(|end| path[..end].to_vec()).find(|path| modules.contains(path))
    };
    let is_family = |one: &Module, other: &Module| {
        one.len() + 1 == other.len() && other.starts_with(one)
            || other.len() + 1 == one.len() && one.starts_with(other)
    };
    let mut uses = Uses::new();
    for source in sources.iter().filter(|source| source.path != "src/main.rs") {
        let module = source.module();
        let named = references(source).iter().filter_map(owner).collect::<BTreeSet<_>>();
        let others =
            named.into_iter().filter(|other| *other != module && !is_family(other, &module));
        uses.insert(module.clone(), others.collect());
    }
    uses
}

/// Every module that can be reached from one.
fn reachable(uses: &Uses, from: &Module) -> BTreeSet<Module> {
    let mut found = BTreeSet::new();
    let mut open = vec![from.clone()];
    while let Some(module) = open.pop() {
        for next in uses.get(&module).into_iter().flatten() {
            if found.insert(next.clone()) {
                open.push(next.clone());
            }
        }
    }
    found
}

#[test]
fn modules_form_no_import_circles() {
    let uses = uses();
    let reach: BTreeMap<_, _> =
        uses.keys().map(|module| (module, reachable(&uses, module))).collect();
    let mut circles: BTreeSet<Vec<String>> = BTreeSet::new();
    for (module, reached) in &reach {
        if reached.contains(*module) {
            let circle = reached.iter().filter(|other| reach[other].contains(*module));
            circles.insert(circle.map(|module| module.join("::")).collect());
        }
    }
    assert!(circles.is_empty(), "{circles:#?}");
}
