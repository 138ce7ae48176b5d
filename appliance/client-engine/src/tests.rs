//! The engine against a server that is played by hand, friendly or not.

mod bench;
mod hostile;
mod session;
mod transfer;
