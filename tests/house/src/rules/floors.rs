//! What may lean on what: appliance <- gateway-drivers <- services <- tests, and manifests that
//! take every version and every lint from the root.

use std::collections::BTreeMap;

use crate::{Finding, Tree};

/// The one service that is made of others.
const BUNDLE: &str = "services/bundle";

/// Breaches of the floors, and manifests that go their own way.
#[must_use]
pub fn check(tree: &Tree) -> Vec<Finding> {
    let packages: BTreeMap<&str, &str> = tree
        .packages()
        .filter(|path| *path != "tests/fuzz")
        .map(|path| (name(path), path))
        .collect();
    let mut findings = Vec::new();
    for path in packages.values() {
        let manifest = format!("{path}/Cargo.toml");
        let text = tree.text(&manifest).unwrap_or_default();
        for dependency in dependencies(text) {
            if let Some(target) = packages.get(dependency.name.as_str())
                && let Some(what) = forbidden(path, target)
            {
                findings.push(Finding::at(&manifest, dependency.line, what));
            }
            if !dependency.inherited {
                let what =
                    format!("`{}` takes its version from elsewhere than the root", dependency.name);
                findings.push(Finding::at(&manifest, dependency.line, what));
            }
        }
        if !text.contains("[lints]\nworkspace = true") {
            findings.push(Finding::whole(&manifest, "does not take its lints from the root"));
        }
    }
    findings
}

/// One line of a manifest that names a dependency.
pub(super) struct Dependency {
    pub(super) name: String,
    pub(super) line: usize,
    /// Only to build or run tests.
    pub(super) development: bool,
    inherited: bool,
}

/// The dependencies of a manifest, whatever they are for.
pub(super) fn dependencies(manifest: &str) -> Vec<Dependency> {
    let mut section = String::new();
    let mut found = Vec::new();
    for (at, line) in manifest.lines().enumerate() {
        if let Some(header) = line.strip_prefix('[').and_then(|rest| rest.split(']').next()) {
            section = header.to_owned();
            continue;
        }
        let Some((key, value)) = line.split_once('=').filter(|_| section.ends_with("dependencies"))
        else {
            continue;
        };
        let key = key.trim();
        let name = key.strip_suffix(".workspace").unwrap_or(key);
        let inherited = name != key || value.contains("workspace = true");
        let development = section.ends_with("dev-dependencies");
        if !name.starts_with('#') {
            found.push(Dependency { name: name.to_owned(), line: at + 1, development, inherited });
        }
    }
    found
}

/// The package's name is that of its folder.
fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn floor(path: &str) -> u8 {
    match path.split('/').next() {
        Some("appliance") => 0,
        Some("gateway-drivers") => 1,
        Some("services") => 2,
        Some("tests") => 4,
        _ => 3,
    }
}

fn forbidden(from: &str, to: &str) -> Option<String> {
    if floor(to) > floor(from) {
        return Some(format!("leans on `{to}`, which stands on a higher floor"));
    }
    let siblings = floor(from) == 2 && floor(to) == 2;
    (siblings && from != BUNDLE)
        .then(|| format!("leans on `{to}`: services never import each other"))
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::Tree;

    fn findings(from: &str, dependency: &str, to: &str) -> usize {
        let manifest =
            format!("[package]\n[lints]\nworkspace = true\n[dev-dependencies]\n{dependency}\n");
        let other = "[package]\n[lints]\nworkspace = true\n";
        let (from, to) = (format!("{from}/Cargo.toml"), format!("{to}/Cargo.toml"));
        check(&Tree::of(&[(from.as_str(), manifest.as_str()), (to.as_str(), other)])).len()
    }

    #[test]
    fn a_floor_that_leans_upwards_is_found() {
        assert_eq!(findings("appliance/voice", "ivm.workspace = true", "services/ivm"), 1);
        assert_eq!(findings("services/ivm", "sim.workspace = true", "tests/sim"), 1);
        assert_eq!(findings("services/ivm", "voice.workspace = true", "appliance/voice"), 0);
        assert_eq!(findings("tests/sim", "ivm.workspace = true", "services/ivm"), 0);
    }

    #[test]
    fn services_that_import_each_other_are_found_but_for_the_bundle() {
        assert_eq!(findings("services/admin", "ivm.workspace = true", "services/ivm"), 1);
        assert_eq!(findings("services/bundle", "ivm.workspace = true", "services/ivm"), 0);
    }

    #[test]
    fn a_version_of_its_own_is_found() {
        assert_eq!(findings("appliance/voice", "log = \"0.4\"", "services/ivm"), 1);
        let table = "log = { workspace = true, features = [\"std\"] }";
        assert_eq!(findings("appliance/voice", table, "services/ivm"), 0);
    }

    #[test]
    fn a_manifest_without_the_lints_is_found() {
        assert_eq!(check(&Tree::of(&[("appliance/a/Cargo.toml", "[package]\n")])).len(), 1);
    }
}
