//! To whom the IEEE has given a block of hardware addresses: who made the card, and often the
//! device. The table is made by `build.rs`.

use crate::Mac;

static BLOCKS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/blocks"));
static ENDS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/ends"));
static NAMES: &str = include_str!(concat!(env!("OUT_DIR"), "/names"));

/// Whose block of 2^24 addresses this is from, as the registry writes it. None for nobody's, for
/// blocks that are shared out in smaller pieces, and for addresses that a device has made up.
#[must_use]
pub fn organization(mac: Mac) -> Option<&'static str> {
    let (blocks, _) = BLOCKS.as_chunks::<5>();
    let at = blocks.binary_search_by_key(&mac.prefix(), |[a, b, c, ..]| [*a, *b, *c]).ok()?;
    let [.., high, low] = blocks[at];
    let name = usize::from(u16::from_be_bytes([high, low]));
    let (ends, _) = ENDS.as_chunks::<4>();
    let end = |at: usize| ends.get(at).map(|end| u32::from_be_bytes(*end) as usize);
    let start = name.checked_sub(1).map_or(Some(0), end)?;
    NAMES.get(start..end(name)?)
}

#[cfg(test)]
mod tests {
    use super::{BLOCKS, ENDS, organization};
    use crate::identify::PREFIXES;
    use crate::{Mac, Vendor};

    fn of(prefix: [u8; 3]) -> Option<&'static str> {
        organization(Mac([prefix[0], prefix[1], prefix[2], 1, 2, 3]))
    }

    #[test]
    fn who_made_a_card_is_known() {
        assert_eq!(of([0, 0, 0]), Some("XEROX CORPORATION"), "the first block");
        assert_eq!(of([0x50, 0xa6, 0xd8]), Some("Apple, Inc."));
        assert_eq!(of([0x00, 0x04, 0xf2]), Some("Polycom"));
        assert_eq!(of([0x02, 0, 0]), None, "made up");
        assert_eq!(of([0x8c, 0x1f, 0x64]), None, "shared out in pieces");
        assert_eq!(of([0xff, 0xff, 0xff]), None);
    }

    /// Who makes little else than telephones. A block that is missing in the list is younger than it.
    #[test]
    fn every_block_of_a_maker_of_telephones_is_in_our_list() {
        let makers = [
            ("yealink", Vendor::Yealink),
            ("grandstream", Vendor::Grandstream),
            ("snom ", Vendor::Snom),
            ("fanvil ", Vendor::Fanvil),
        ];
        let (blocks, _) = BLOCKS.as_chunks::<5>();
        let mut found = 0;
        for prefix in blocks.iter().map(|[a, b, c, ..]| [*a, *b, *c]) {
            let name = of(prefix).unwrap_or_default().to_ascii_lowercase();
            for (maker, vendor) in makers {
                if name.starts_with(maker) || name.starts_with(&format!("xiamen {maker}")) {
                    assert!(PREFIXES.contains(&(prefix, vendor)), "{name}: {prefix:02x?}");
                    found += 1;
                }
            }
        }
        assert!(found >= 15, "{found}");
    }

    #[test]
    fn the_table_is_whole() {
        let (blocks, rest) = BLOCKS.as_chunks::<5>();
        assert!(rest.is_empty() && ENDS.len().is_multiple_of(4) && blocks.len() > 30_000);
        assert!(blocks.is_sorted());
        for [a, b, c, ..] in blocks {
            assert!(of([*a, *b, *c]).is_some_and(|name| !name.is_empty()));
        }
    }
}
