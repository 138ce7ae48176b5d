//! The IVM client for a terminal.
