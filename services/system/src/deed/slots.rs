//! What `rauc status` says about the slots.

use serde_json::Value;

use super::Slots;

/// The slots, from `rauc status --detailed --output-format=json`.
#[must_use]
pub fn parse(text: &str) -> Option<Slots> {
    let status: Value = serde_json::from_str(text).ok()?;
    let running = status["booted"].as_str()?.to_owned();
    let mut slots = Slots { running, ..Slots::default() };
    let all = status["slots"].as_array()?;
    for slot in all.iter().filter_map(Value::as_object).flat_map(|slot| slot.values()) {
        let Some(name) = slot["bootname"].as_str().filter(|name| !name.is_empty()) else {
            continue;
        };
        let is_good = slot["boot_status"].as_str() == Some("good");
        if name == slots.running {
            slots.is_good = is_good;
        } else {
            let version = slot["slot_status"]["bundle"]["version"].as_str();
            slots.other_version = version.unwrap_or_default().to_owned();
            slots.is_other_good = is_good;
        }
    }
    Some(slots)
}

/// The slot that runs, from the kernel's command line.
#[must_use]
pub fn running(command_line: &str) -> Option<&str> {
    let slot = command_line.split_whitespace().find_map(|word| word.strip_prefix("rauc.slot="))?;
    matches!(slot, "A" | "B").then_some(slot)
}

#[cfg(test)]
mod tests {
    use super::{parse, running};

    #[test]
    fn the_slots_are_found_in_what_the_tool_prints() {
        let text = r#"{"compatible":"x","booted":"A","boot_primary":"rootfs.0","slots":[
            {"rootfs.1":{"class":"rootfs","bootname":"B","state":"inactive","boot_status":"good",
             "slot_status":{"bundle":{"version":"0.2.0"}}}},
            {"boot.0":{"class":"boot","bootname":null,"state":"active","boot_status":null}},
            {"rootfs.0":{"class":"rootfs","bootname":"A","state":"booted","boot_status":"bad"}}]}"#;
        let slots = parse(text).expect("slots");
        assert_eq!((slots.running.as_str(), slots.is_good), ("A", false));
        assert_eq!((slots.other_version.as_str(), slots.is_other_good), ("0.2.0", true));
        assert_eq!(parse("{}"), None);
    }

    #[test]
    fn the_kernel_knows_which_slot_runs() {
        assert_eq!(running("ro quiet rauc.slot=B panic=10\n"), Some("B"));
        assert_eq!(running("ro rauc.slot=C"), None);
        assert_eq!(running("ro"), None);
    }
}
