//! The API as it is described: what is asked and answered, what goes wrong, and the OpenAPI
//! document. Serving it is the shell's.

pub(crate) mod access;
pub(crate) mod dhcp;
pub(crate) mod document;
pub(crate) mod jobs;
pub(crate) mod machine;
pub(crate) mod people;
pub(crate) mod phones;
pub(crate) mod problem;

/// Where the API is.
pub(crate) const ROOT: &str = "/api/v1";
/// The header that bears a session's form token, for what changes something.
pub(crate) const FORM: &str = "x-ivm-form";
