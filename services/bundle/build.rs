//! Makes the executables again when the browser client was built again.

use std::path::Path;

fn main() {
    let built = Path::new("../browser/dist");
    let watched = if built.exists() { built } else { Path::new("../browser") };
    println!("cargo::rerun-if-changed={}", watched.display());
}
