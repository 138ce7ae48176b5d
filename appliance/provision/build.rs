//! Writes the IEEE's registry of address blocks, as `oui-data` has it, without a pointer in it: what
//! has pointers is copied by every process of the appliance at its start.
//!
//! ```text
//!   blocks   prefix (3 bytes), number of its name (2 bytes, big-endian); by prefix
//!   ends     where each name ends (4 bytes, big-endian)
//!   names    one behind the other, UTF-8
//! ```

use std::collections::BTreeMap;
use std::error::Error;
use std::path::PathBuf;
use std::{env, fs};

/// Blocks that the IEEE gives on in smaller pieces, to many.
const SHARED: &str = "IEEE Registration Authority";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    let (mut blocks, mut ends, mut names) = (Vec::new(), Vec::new(), String::new());
    let mut numbers: BTreeMap<&str, u16> = BTreeMap::new();
    for prefix in (0..1_u32 << 24).filter(|prefix| is_given(*prefix)) {
        let digits = format!("{prefix:06X}");
        let Some(block) = oui_data::lookup(&digits) else { continue };
        let name = block.organization().trim();
        if name.is_empty() || name == SHARED || name == "Private" {
            continue;
        }
        let next = u16::try_from(numbers.len())?;
        let number = *numbers.entry(name).or_insert_with(|| {
            names.push_str(name);
            next
        });
        if number == next && ends.len() == usize::from(next) * 4 {
            ends.extend(u32::try_from(names.len())?.to_be_bytes());
        }
        blocks.extend_from_slice(&prefix.to_be_bytes()[1..]);
        blocks.extend(number.to_be_bytes());
    }
    let folder = PathBuf::from(env::var_os("OUT_DIR").ok_or("cargo says where")?);
    fs::write(folder.join("blocks"), blocks)?;
    fs::write(folder.join("ends"), ends)?;
    fs::write(folder.join("names"), names)?;
    Ok(())
}

/// Neither for groups nor for whoever likes: the two lowest bits of the first byte (IEEE 802,
/// section 8.2).
const fn is_given(prefix: u32) -> bool {
    prefix >> 16 & 3 == 0
}
