//! Where the image is that the tests boot.

use std::path::{Path, PathBuf};

use anyhow::Context;
use qemu::machine::Image;

/// The folder of the image among the compiler's results.
const FOLDER: &str = "image-development";

/// The image for development, which lets a test look into it.
///
/// # Errors
/// It was not built.
pub fn image() -> anyhow::Result<Image> {
    Image::at(&results()?.join(FOLDER))
}

/// The newer update bundles of a folder beside it.
///
/// # Errors
/// It was not built.
pub fn bundle(name: &str) -> anyhow::Result<PathBuf> {
    let path = results()?.join(FOLDER).join(name).join("ivm-appliance.raucb");
    path.canonicalize().with_context(|| format!("{} was not built", path.display()))
}

/// The compiler's results: the folder above that of this test.
///
/// # Errors
/// No folder above holds an image.
pub fn results() -> anyhow::Result<PathBuf> {
    let here = std::env::current_exe()?;
    let above = here.ancestors().find(|folder| folder.join(FOLDER).is_dir());
    above
        .map(Path::to_owned)
        .context("there is no image: `.ci/stage image --development` builds one")
}
