//! The crate from outside: files byte for byte, names, phones, and values that mean harm.

mod discovery;
mod golden;
mod hostile;
mod names;
mod office;
