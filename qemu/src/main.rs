//! The executable `ivm-qemu`.

fn main() {}
