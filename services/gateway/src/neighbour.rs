//! The kernel's table of neighbours, `/proc/net/arp`: whose card answers for an address.

use std::net::Ipv4Addr;

use provision::Mac;

/// More lines than the kernel keeps by itself (`gc_thresh3`), with room to spare.
const MOST_LINES: usize = 16_384;
/// Ethernet (`ARPHRD_ETHER`).
const ETHERNET: u32 = 1;
/// The entry is complete (`ATF_COM`).
const COMPLETE: u32 = 2;

/// The card of an address, as the text of the table says. None if the table does not know it, is
/// not sure of it, or knows two: the same address behind two interfaces is nobody's.
#[must_use]
pub fn card(table: &[u8], address: Ipv4Addr) -> Option<Mac> {
    let lines = table.split(|byte| *byte == b'\n').take(MOST_LINES);
    let mut found = None;
    for mac in lines.filter_map(line).filter(|one| one.0 == address).map(|one| one.1) {
        if found.is_some_and(|other| other != mac) {
            return None;
        }
        found = Some(mac);
    }
    found
}

/// `192.168.77.20    0x1         0x2         00:15:65:12:34:56     *        eth0`
fn line(line: &[u8]) -> Option<(Ipv4Addr, Mac)> {
    let mut words = std::str::from_utf8(line).ok()?.split_ascii_whitespace();
    let address = words.next()?.parse().ok()?;
    let (kind, flags) = (number(words.next()?)?, number(words.next()?)?);
    let mac = Mac::parse(words.next()?)?;
    let is_sure = kind == ETHERNET && flags & COMPLETE != 0 && mac != Mac([0; 6]);
    is_sure.then_some((address, mac))
}

fn number(text: &str) -> Option<u32> {
    u32::from_str_radix(text.strip_prefix("0x")?, 16).ok()
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use proptest::collection::vec;
    use proptest::prelude::{any, proptest};
    use provision::Mac;

    use super::card;

    const TABLE: &[u8] =
        b"IP address       HW type     Flags       HW address            Mask     Device
192.168.77.20    0x1         0x2         00:15:65:12:34:56     *        eth0
192.168.77.21    0x1         0x0         00:00:00:00:00:00     *        eth0
192.168.77.22    0x1         0x0         00:15:65:12:34:57     *        eth0
192.168.77.23    0x1         0x6         00:15:65:12:34:58     *        eth0
192.168.77.24    0x20        0x2         00:15:65:12:34:59     *        ib0
192.168.77.25    0x1         0x2         00:15:65:12:34:5a     *        eth0
192.168.77.25    0x1         0x2         00:15:65:12:34:5b     *        eth1
192.168.77.26    0x1         0x2         00:15:65:12:34:5c     *        eth0
192.168.77.26    0x1         0x2         00:15:65:12:34:5c     *        eth0.5
nonsense 0x1 0x2
\xff\xfe 0x1 0x2 00:15:65:12:34:5d * eth0
192.168.77.27    0x1         0x2         00:15:65:12:34:5e     *        eth0";

    fn last_byte(last: u8) -> Option<u8> {
        card(TABLE, Ipv4Addr::new(192, 168, 77, last)).map(|Mac(bytes)| bytes[5])
    }

    #[test]
    fn a_complete_entry_tells_the_card() {
        assert_eq!(last_byte(20), Some(0x56));
        assert_eq!(last_byte(23), Some(0x58), "an entry that stays is complete, too");
        assert_eq!(last_byte(26), Some(0x5c), "twice the same card is one card");
        assert_eq!(last_byte(27), Some(0x5e), "the last line may have no end");
    }

    #[test]
    fn what_the_kernel_is_not_sure_of_is_nobody_s() {
        for last in [21, 22, 24, 25, 99] {
            assert_eq!(last_byte(last), None, "{last}");
        }
        assert_eq!(card(b"", Ipv4Addr::LOCALHOST), None);
    }

    proptest! {
        #[test]
        fn any_bytes_are_a_table(bytes in vec(any::<u8>(), 0..400), at in 0..400usize) {
            let mut table = TABLE.to_vec();
            table.splice(at..at, bytes.iter().copied());
            let _ = card(&table, Ipv4Addr::new(192, 168, 77, 20));
            let _ = card(&bytes, Ipv4Addr::LOCALHOST);
        }
    }
}
