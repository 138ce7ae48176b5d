//! On which bus the panel is: on one that was named, on a USB adapter, or wherever both of its
//! addresses answer.

use std::fs;
use std::path::{Path, PathBuf};

use embedded_hal::i2c::I2c;
use linux_embedded_hal::I2cdev;

use crate::glass::{GLASS_ADDRESSES, KEYS_ADDRESS};

/// The kernel's name for the adapter that a panel is plugged in with.
const ADAPTER: &str = "i2c-tiny-usb";

/// The buses to try, the likely ones first.
pub(super) fn candidates(named: Option<&Path>) -> Vec<PathBuf> {
    match named {
        Some(path) => vec![path.to_owned()],
        None => found(Path::new("/sys/class/i2c-dev"), Path::new("/dev")),
    }
}

fn found(class: &Path, devices: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(class) else { return Vec::new() };
    let mut buses: Vec<(bool, PathBuf)> = entries
        .flatten()
        .filter(|entry| entry.file_name().to_string_lossy().starts_with("i2c-"))
        .map(|entry| {
            let name = fs::read_to_string(entry.path().join("name")).unwrap_or_default();
            (!name.starts_with(ADAPTER), devices.join(entry.file_name()))
        })
        .collect();
    buses.sort();
    let is_panel = |(is_other, path): &(bool, PathBuf)| !is_other || has_both(path);
    buses.into_iter().filter(is_panel).map(|(_, path)| path).collect()
}

/// Do a glass and its keys answer? Asked by reading, which changes nothing on any chip: a bus of the
/// mainboard may have other things there.
fn has_both(path: &Path) -> bool {
    let Ok(mut bus) = I2cdev::new(path) else { return false };
    let mut answers = |address: u8| bus.read(address, &mut [0]).is_ok();
    answers(KEYS_ADDRESS) && GLASS_ADDRESSES.into_iter().any(answers)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::found;

    #[test]
    fn the_usb_adapter_is_found_by_its_name() {
        let class = tempfile::tempdir().expect("a temp dir");
        let buses = [("i2c-0", "SMBus I801 adapter\n"), ("i2c-7", "i2c-tiny-usb at bus 001\n")];
        for (bus, name) in buses {
            let directory = class.path().join(bus);
            fs::create_dir(&directory).expect("a directory can be made");
            fs::write(directory.join("name"), name).expect("a file can be written");
        }
        let devices = Path::new("/nowhere");
        assert_eq!(found(class.path(), devices), [devices.join("i2c-7")]);
        assert!(found(Path::new("/nowhere"), devices).is_empty());
    }
}
