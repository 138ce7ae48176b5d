//! The IVM client for a web browser: the client engine as wasm.
