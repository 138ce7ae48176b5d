//! Whole transfers over networks of all kinds.

use proptest::{prop_assert, proptest};

use super::phone::{Network, Weather, Wish};

fn file(len: usize) -> Vec<u8> {
    (0..len).map(|at| at.to_le_bytes()[0] ^ at.to_le_bytes()[1]).collect()
}

const USUAL: Wish = Wish { block: 512, window: 1 };

#[test]
fn on_a_good_network_no_packet_is_sent_twice() {
    for (wish, packets) in [
        (USUAL, 40),
        (Wish { block: 1_428, window: 1 }, 1 + 15),
        (Wish { block: 1_024, window: 16 }, 1 + 20),
        (Wish { block: 9_000, window: 64 }, 1 + 15),
    ] {
        let mut network = Network::new(1, Weather::default(), file(20_000));
        network.phone(1, wish);
        network.run();
        assert_eq!((network.done(), network.sent), (1, packets), "{wish:?}");
    }
}

#[test]
fn a_network_that_doubles_everything_doubles_nothing_for_long() {
    for (wish, blocks) in [(USUAL, 391), (Wish { block: 512, window: 8 }, 391)] {
        let weather = Weather { doubled: 100, ..Weather::default() };
        let mut network = Network::new(2, weather, file(200_000));
        network.phone(1, wish);
        network.run();
        assert_eq!(network.done(), 1);
        assert!(network.sent <= blocks + 20, "{} packets for {blocks} blocks", network.sent);
    }
}

#[test]
fn a_file_arrives_over_a_network_that_loses_doubles_and_mixes_up() {
    let weather = Weather { lost: 5, doubled: 5, jitter: 20 };
    for wish in [USUAL, Wish { block: 1_428, window: 4 }, Wish { block: 1_428, window: 16 }] {
        for seed in 0..20 {
            let mut network = Network::new(seed, weather, file(20_000));
            network.phone(1, wish);
            network.run();
            assert_eq!(network.done(), 1, "seed {seed}, {wish:?}: {:?}", network.reports);
        }
    }
}

#[test]
fn five_hundred_telephones_are_served_at_once() {
    let mut network = Network::new(3, Weather { lost: 1, doubled: 1, jitter: 0 }, file(20_000));
    for n in 0..500 {
        network.phone(n, Wish { block: 1_428, window: 1 + usize::from(n % 4) });
    }
    network.run();
    assert_eq!((network.done(), network.reports.len()), (500, 500));
    assert!(network.sent < 500 * 16 * 5 / 4, "{} packets", network.sent);
}

#[test]
fn who_is_cut_off_is_given_up_and_reported() {
    let mut network = Network::new(4, Weather { lost: 100, ..Weather::default() }, file(20_000));
    network.phone(1, USUAL);
    network.run();
    assert_eq!((network.done(), network.reports.len()), (0, 0), "the server has never heard of it");
    let mut network = Network::new(4, Weather { lost: 70, ..Weather::default() }, file(20_000));
    for n in 0..20 {
        network.phone(n, USUAL);
    }
    network.run();
    assert!(network.reports.iter().any(|report| !report.fault.is_empty()));
}

proptest! {
    /// Whatever is agreed and whatever is lost: the server comes to rest, no client is deceived,
    /// and what the server believes has arrived has.
    #[test]
    fn nobody_is_deceived(
        seed in 0_u64..1_000_000,
        len in 0_usize..8_000,
        block in 8_usize..2_000,
        window in 1_usize..20,
        lost in 0_u32..30,
        doubled in 0_u32..30,
        jitter in 0_u32..100,
    ) {
        let block = block.max(len / 200);
        let mut network = Network::new(seed, Weather { lost, doubled, jitter }, file(len));
        network.phone(1, Wish { block, window });
        network.run();
        let is_believed = network.reports.iter().any(|report| report.fault.is_empty());
        prop_assert!(network.done() == 1 || !is_believed);
    }
}
