//! A telephone that was just plugged in at the same switch, as far as it looks for an address.
//!
//! A frame is Ethernet II, IPv4 (RFC 791) without options, UDP (RFC 768), DHCP (RFC 2131).

use crate::scan::checksum;

/// What it calls itself, DHCP option 60, and the beginning of its card's address.
const CLASS: &[u8] = b"yealink";
/// Its card.
pub const CARD: [u8; 6] = [0x00, 0x15, 0x65, 0xab, 0x0a, 0x1f];

/// Its DHCPDISCOVER, to everybody.
#[must_use]
pub fn discover() -> Vec<u8> {
    let mut dhcp = vec![1, 1, 6, 0, 0x1f, 0x2e, 0x3d, 0x4c, 0, 0, 0x80, 0];
    dhcp.resize(28, 0);
    dhcp.extend(CARD);
    dhcp.resize(236, 0);
    dhcp.extend([0x63, 0x82, 0x53, 0x63, 53, 1, 1, 60, 7]);
    dhcp.extend(CLASS);
    dhcp.extend([55, 3, 1, 3, 66, 255]);
    let mut udp = vec![0, 68, 0, 67];
    udp.extend(length(8 + dhcp.len()));
    // Its checksum may be left out.
    udp.extend([0, 0]);
    let mut packet = vec![0x45, 0];
    packet.extend(length(20 + udp.len() + dhcp.len()));
    packet.extend([0, 0, 0, 0, 64, 17, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255]);
    let sum = checksum(&packet);
    packet[10..12].copy_from_slice(&sum.to_be_bytes());
    [&[0xff; 6][..], &CARD, &[8, 0], &packet, &udp, &dhcp].concat()
}

fn length(bytes: usize) -> [u8; 2] {
    u16::try_from(bytes).unwrap_or(u16::MAX).to_be_bytes()
}

#[cfg(test)]
mod tests {
    use super::discover;
    use crate::scan::checksum;

    #[test]
    fn what_it_says_is_a_whole_frame() {
        let frame = discover();
        assert_eq!(checksum(&frame[14..34]), 0);
        assert_eq!(usize::from(u16::from_be_bytes([frame[16], frame[17]])), frame.len() - 14);
        assert_eq!(frame.last(), Some(&255));
    }
}
