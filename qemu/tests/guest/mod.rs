//! A guest of a hundred bytes: it says on the serial console that it is up, then counts there for
//! ever. QEMU loads it as a multiboot kernel (version 1, with addresses).

use std::fs;
use std::path::Path;
use std::process::Command;

use qemu::machine::{Image, Options};

/// Where it is loaded.
const HOME: u32 = 0x10_0000;
/// Header of 32 bytes, then code.
const CODE: u32 = HOME + 32;

/// Can anything be tested here? Says so where not.
pub(crate) fn qemu_is_installed() -> bool {
    let installed = Command::new("qemu-system-x86_64").arg("--version").output().is_ok();
    if !installed {
        println!("SKIPPED: qemu-system-x86_64 is not installed");
    }
    installed
}

/// An image that is this guest, in a folder.
pub(crate) fn image(folder: &Path) -> Options {
    fs::write(folder.join("vmlinux"), kernel()).expect("written");
    fs::write(folder.join("initrd"), "nothing").expect("written");
    fs::write(folder.join("cmdline"), "quiet\n").expect("written");
    Options::new(Image::at(folder).expect("an image"))
}

fn kernel() -> Vec<u8> {
    let flags = 1u32 << 16;
    let magic = 0x1bad_b002u32;
    let code = code();
    let end = CODE + u32::try_from(code.len()).expect("a hundred bytes");
    let header =
        [magic, flags, 0u32.wrapping_sub(magic).wrapping_sub(flags), HOME, HOME, end, end, CODE];
    header.iter().flat_map(|word| word.to_le_bytes()).chain(code).collect()
}

fn code() -> Vec<u8> {
    // mov dx, 0x3f8
    let mut code = vec![0x66, 0xba, 0xf8, 0x03];
    for letter in b"guest is up\n" {
        // mov al, letter; out dx, al
        code.extend([0xb0, *letter, 0xee]);
    }
    code.extend([
        0xb0,
        b'a', // mov al, 'a'
        0xee, // again: out dx, al
        0xfe,
        0xc0, // inc al
        0x3c,
        b'z' + 1, // cmp al, 'z' + 1
        0x75,
        0x02, // jne slow
        0xb0,
        b'a', // mov al, 'a'
        0xb9,
        0x00,
        0x00,
        0x40,
        0x00, // slow: mov ecx, 0x400000
        0xe2,
        0xfe, // loop to itself
        0xeb,
        0xee, // jmp again
    ]);
    code
}
