//! Pure code knows no socket, file, clock, chance, environment or thread.
//!
//! Pure are some crates as a whole, and in a service every file but its shells: `lib.rs`,
//! `main.rs`, what stands in `src/bin`, and every file or folder whose name starts with `shell` or
//! `store`. Addresses (`std::net::SocketAddr` and its like) exit codes and
//! a database's errors are values, and allowed.

use crate::rules::floors::dependencies;
use crate::source::{Source, declared_test_files, is_test_file};
use crate::{Finding, Tree};

/// Crates that are pure as a whole.
const PURE: [&str; 8] = [
    "appliance/message",
    "appliance/voice",
    "appliance/machine",
    "appliance/client-engine",
    "appliance/settings",
    "appliance/provision",
    "gateway-drivers/media",
    "gateway-drivers/sip",
];

/// Paths that pure code does not walk.
const IMPURE: [&str; 16] = [
    "tokio",
    "rusqlite",
    "nix",
    "alsa",
    "getrandom",
    "chassis",
    "link",
    "std::env",
    "std::fs",
    "std::net",
    "std::os",
    "std::process",
    "std::thread",
    "std::time::Instant",
    "std::time::SystemTime",
    "std::io::stdin",
];

/// What of them is a plain value.
const VALUES: [&str; 9] = [
    "rusqlite::Error",
    "std::process::ExitCode",
    "std::net::IpAddr",
    "std::net::Ipv4Addr",
    "std::net::Ipv6Addr",
    "std::net::SocketAddr",
    "std::net::SocketAddrV4",
    "std::net::SocketAddrV6",
    "std::net::AddrParseError",
];

/// Impure paths in pure code, and impure dependencies of pure crates.
#[must_use]
pub fn check(tree: &Tree) -> Vec<Finding> {
    let declared = declared_test_files(tree);
    let mut findings = Vec::new();
    for (path, text) in tree.with_extension("rs") {
        if !is_pure(path) || is_test_file(path, &declared) {
            continue;
        }
        for (names, line) in Source::read(text).paths() {
            if let Some(what) = impure(&names) {
                findings.push(Finding::at(path, line, format!("pure code uses `{what}`")));
            }
        }
    }
    for package in PURE {
        let manifest = format!("{package}/Cargo.toml");
        for dependency in dependencies(tree.text(&manifest).unwrap_or_default()) {
            if !dependency.development && IMPURE.contains(&dependency.name.as_str()) {
                let what = format!("a pure crate depends on `{}`", dependency.name);
                findings.push(Finding::at(&manifest, dependency.line, what));
            }
        }
    }
    findings
}

fn is_pure(path: &str) -> bool {
    if PURE.iter().any(|package| path.starts_with(&format!("{package}/src/"))) {
        return true;
    }
    let Some((_, inside)) =
        path.strip_prefix("services/").and_then(|rest| rest.split_once("/src/"))
    else {
        return false;
    };
    let shell = |part: &str| part.starts_with("shell") || part.starts_with("store");
    !matches!(inside, "lib.rs" | "main.rs")
        && !inside.starts_with("bin/")
        && !inside.split('/').any(shell)
}

fn impure(names: &[String]) -> Option<String> {
    let path = names.join("::");
    let within = |whole: &&str| {
        path.strip_prefix(*whole).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
    };
    let impure = IMPURE.iter().any(within) && !VALUES.iter().any(within);
    impure.then_some(path)
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::Tree;

    fn findings(path: &str, text: &str) -> usize {
        check(&Tree::of(&[(path, text)])).len()
    }

    #[test]
    fn an_impure_path_in_pure_code_is_found_however_it_is_written() {
        for text in [
            "use std::fs;",
            "use std::{fmt, net::{TcpStream, IpAddr}};",
            "fn a() { std::thread::spawn(b); }",
            "use tokio::sync::mpsc;",
            "use std::time::{Duration, Instant};",
            "fn a() { let now = std::time::SystemTime::now(); }",
        ] {
            assert_eq!(findings("appliance/voice/src/clip.rs", text), 1, "{text}");
            assert_eq!(findings("services/ivm/src/engine/delivery.rs", text), 1, "{text}");
        }
    }

    #[test]
    fn shells_tests_and_values_are_left_alone() {
        for path in [
            "services/ivm/src/lib.rs",
            "services/ivm/src/shell.rs",
            "services/ivm/src/store/write.rs",
            "services/bundle/src/bin/appliance.rs",
            "services/softphone/src/shell_audio.rs",
            "appliance/link/src/tcp.rs",
            "appliance/voice/src/clip/tests.rs",
        ] {
            assert_eq!(findings(path, "use std::fs; use tokio::net::TcpStream;"), 0, "{path}");
        }
        let values =
            "use std::net::{IpAddr, SocketAddr}; use std::time::Duration; // std::fs::read";
        assert_eq!(findings("appliance/voice/src/clip.rs", values), 0);
        let tests = "#[cfg(test)]\nmod tests { use std::fs; }";
        assert_eq!(findings("appliance/voice/src/clip.rs", tests), 0);
    }

    #[test]
    fn an_impure_dependency_of_a_pure_crate_is_found() {
        let path = "appliance/message/Cargo.toml";
        assert_eq!(findings(path, "[dependencies]\ntokio.workspace = true\n"), 1);
        assert_eq!(findings(path, "[dev-dependencies]\ngetrandom.workspace = true\n"), 0);
    }
}
