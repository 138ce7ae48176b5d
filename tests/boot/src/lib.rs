//! The image, booted in QEMU: the panel is read off the emulated glass, the pages and the API are
//! asked over forwarded ports, and the disk is what a power cut leaves.
//!
//! The tests are in `tests/`. They need an image for development among the compiler's results (see
//! [`image`]), so each is ignored until `.ci/stage boots` has built one.

pub mod api;
pub mod base;
pub mod image;
pub mod panel;
pub mod scan;
pub mod telephone;
pub mod unit;
