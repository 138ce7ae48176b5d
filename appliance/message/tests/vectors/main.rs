//! The committed vectors: bytes on the wire and what they mean, compared in both directions.
//!
//! Another implementation reads the same `*.txt` files. The tests run natively and, by
//! `wasm-bindgen-test-runner`, as WebAssembly. Nothing generates the files: whoever changes the
//! protocol changes them by hand, and sees what that breaks.

mod admin;
mod file;
mod header;
mod lease;
mod login;
mod people;
mod refused;
mod same;
mod speech;
mod station;
mod system;

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test;

use crate::file::File;

// rows 84, 85, 96, 98
#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn whole_objects_are_as_written() {
    File::read(include_str!("objects.txt"), header::check);
}

// rows 86, 87, 94
#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn bodies_of_log_in_are_as_written() {
    File::read(include_str!("login.txt"), login::check);
}

// rows 88, 89, 95
#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn bodies_about_people_are_as_written() {
    File::read(include_str!("people.txt"), people::check);
}

// rows 90, 93, 95, 97
#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn bodies_about_messages_are_as_written() {
    File::read(include_str!("speech.txt"), speech::check);
}

// row 103
#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn bodies_between_services_are_as_written() {
    File::read(include_str!("admin.txt"), admin::check);
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn bodies_of_the_settings_keeper_are_as_written() {
    File::read(include_str!("system.txt"), system::check);
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn bodies_about_telephones_are_as_written() {
    File::read(include_str!("station.txt"), station::check);
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn bodies_of_the_dhcp_server_are_as_written() {
    File::read(include_str!("lease.txt"), lease::check);
}

// rows 85, 98
#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn what_is_wrong_is_refused_and_what_is_new_is_ignored() {
    File::read(include_str!("refused.txt"), refused::check);
}
