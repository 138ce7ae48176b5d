//! The committed vectors hold, natively and as WebAssembly: another client can be checked against the
//! same files.
//!
//! `cargo test -p voice --test vectors -- --ignored` writes them anew after a deliberate change of
//! the wire; `vectors/check.py` then checks them with another implementation of every cipher.

#[path = "vectors/check.rs"]
mod check;
#[cfg(not(target_arch = "wasm32"))]
#[path = "vectors/make.rs"]
mod make;

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test;

// rows 61, 62
#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn the_seal_vectors_hold() {
    check::seal(include_str!("vectors/seal.txt"));
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn the_account_vectors_hold() {
    check::account(include_str!("vectors/account.txt"));
}

// rows 58, 60, 61
#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn the_audio_vectors_hold() {
    check::audio(include_str!("vectors/audio.txt"));
}

#[cfg(not(target_arch = "wasm32"))]
#[test]
#[ignore = "writes the vector files anew"]
fn write_the_vectors() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors/");
    for (name, text) in
        [("seal.txt", make::seal()), ("account.txt", make::account()), ("audio.txt", make::audio())]
    {
        std::fs::write(format!("{folder}{name}"), text).expect("the folder can be written");
    }
}
