//! Any run of questions, however it is made up: secrets go to their phone and to nobody else.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use message::station::{PhoneOrder, Step, Trust, Via};
use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any, proptest};
use proptest::prop_oneof;
use proptest::sample::select;
use provision::{Mac, Maker, Vendor};

use super::{Desk, Get, Scene};
use crate::stations::Record;

fn desks() -> [Desk; 4] {
    [Desk::yealink(20), Desk::grandstream(21), Desk::cisco(22), Desk::yealink(23)]
}

/// One thing that happens; numbers choose among the phones.
#[derive(Clone, Debug)]
enum Event {
    Step { desk: usize, as_class_of: usize, at_address_of: usize, step: Step },
    Get { file_of: usize, from: usize, card: Option<usize>, token_of: Option<usize>, via: Via },
    Order { desk: usize, order: PhoneOrder },
    Pass { seconds: u64 },
    Disk { works: bool },
    Restart,
}

fn event() -> impl Strategy<Value = Event> {
    let steps =
        vec![Step::Discover, Step::Offer, Step::Ack, Step::Inform, Step::Release, Step::Nak];
    let one = || 0..4usize;
    let orders = prop_oneof![
        3 => Just(PhoneOrder::Approve),
        1 => Just(PhoneOrder::Refuse),
        1 => Just(PhoneOrder::Resync),
        1 => Just(PhoneOrder::Forget),
        1 => one().prop_map(|old| PhoneOrder::Replace { old: desks()[old].mac.0 }),
    ];
    let same = (one(), select(steps.clone())).prop_map(|(desk, step)| Event::Step {
        desk,
        as_class_of: desk,
        at_address_of: desk,
        step,
    });
    let step = (one(), one(), one(), select(steps)).prop_map(
        |(desk, as_class_of, at_address_of, step)| Event::Step {
            desk,
            as_class_of,
            at_address_of,
            step,
        },
    );
    let vias = || select(vec![Via::Tftp, Via::Http, Via::Https]);
    let right = (one(), vias()).prop_map(|(desk, via)| Event::Get {
        file_of: desk,
        from: desk,
        card: Some(desk),
        token_of: Some(desk),
        via,
    });
    let get = (one(), one(), any::<Option<u8>>(), any::<Option<u8>>(), vias()).prop_map(
        |(file_of, from, card, token_of, via)| {
            let among = |number: u8| usize::from(number % 4);
            let (card, token_of) = (card.map(among), token_of.map(among));
            Event::Get { file_of, from, card, token_of, via }
        },
    );
    prop_oneof![
        3 => same,
        1 => step,
        4 => right,
        3 => get,
        3 => (one(), orders).prop_map(|(desk, order)| Event::Order { desk, order }),
        1 => (1..900u64).prop_map(|seconds| Event::Pass { seconds }),
        1 => any::<bool>().prop_map(|works| Event::Disk { works }),
        1 => Just(Event::Restart),
    ]
}

/// What is known of the run beside the stations: an account of its own.
#[derive(Default)]
struct Account {
    leases: BTreeMap<Ipv4Addr, Mac>,
}

impl Account {
    /// Nothing is known but what is on disk.
    fn is_disk(&mut self, disk: &BTreeMap<Mac, Record>) {
        let leases = disk.values().filter_map(|record| Some((record.address?, record.mac)));
        self.leases = leases.collect();
    }

    fn step(&mut self, mac: Mac, address: Ipv4Addr, step: Step) {
        if matches!(step, Step::Ack | Step::Inform) {
            self.leases.retain(|_, owner| *owner != mac);
            self.leases.insert(address, mac);
        }
        if step == Step::Release && self.leases.get(&address) == Some(&mac) {
            self.leases.remove(&address);
        }
    }
}

/// May whoever asks so have these secrets?
fn may(account: &Account, record: &Record, get: &Get) -> bool {
    let is_one =
        account.leases.get(&get.asker) == Some(&record.mac) && get.neighbour == Some(record.mac);
    let is_of = |vendor| record.identity.vendor == Maker::Known(vendor);
    let shows = is_of(Vendor::CiscoEnterprise)
        || record.token.is(&get.token) && (is_of(Vendor::Grandstream) || get.via == Via::Https);
    record.trust == Trust::Approved && is_one && shows
}

fn run(events: Vec<Event>) {
    let desks = desks();
    let (mut scene, mut account) = (Scene::new(), Account::default());
    for event in events {
        match event {
            Event::Step { desk, as_class_of, at_address_of, step } => {
                let (class, address) = (desks[as_class_of].class, desks[at_address_of].address);
                let desk = Desk { class, address, ..desks[desk].clone() };
                scene.hop(&desk, step, "");
                // Without a record on disk, the stations may not have taken it in.
                if scene.phone(desk.mac).is_some() {
                    account.step(desk.mac, address, step);
                }
            }
            Event::Get { file_of, from, card, token_of, via } => {
                let token = token_of.map(|desk| scene.token(desks[desk].mac));
                let get = Get {
                    asker: desks[from].address,
                    token: token.unwrap_or_default(),
                    via,
                    neighbour: card.map(|desk| desks[desk].mac),
                    ..desks[file_of].get_own(&scene)
                };
                // What is on disk before; that it is fetched is written down by the way.
                let before = scene.disk.clone();
                let file = scene.get(get.clone()).unwrap_or_default();
                for record in before.values() {
                    let secrets = [&record.secret, &record.menu].into_iter().flatten();
                    for secret in secrets.filter(|secret| file.contains(secret.as_str())) {
                        assert!(may(&account, record, &get), "{secret:?} {get:?} {record:?}");
                    }
                }
            }
            Event::Order { desk, order } => {
                let _ = scene.order(desks[desk].mac, order);
            }
            Event::Pass { seconds } => scene.pass(seconds),
            Event::Disk { works } => scene.disk_works = Some(works),
            Event::Restart => {
                scene = scene.restart();
                account.is_disk(&scene.disk);
            }
        }
        if scene.disk_works == Some(false) {
            account.is_disk(&scene.disk);
        }
        check(&mut scene);
    }
}

/// What always holds.
fn check(scene: &mut Scene) {
    let mut numbers: Vec<u32> = scene.disk.values().filter_map(|record| record.number).collect();
    numbers.sort_unstable();
    let count = numbers.len();
    numbers.dedup();
    assert_eq!(numbers.len(), count, "a number is one phone's");
    let approved = scene.disk.values().filter(|record| record.trust == Trust::Approved);
    assert_eq!(scene.lines.len(), approved.count(), "a line for each approved phone");
    for line in &scene.lines {
        let record = &scene.disk[&line.mac];
        assert_eq!(record.secret.as_ref(), Some(&line.secret));
        assert_eq!(record.address, line.address);
    }
    for phone in scene.phones().phones {
        assert!(phone.trouble.len() <= 160);
        let record = scene.disk.get(&Mac(phone.mac));
        assert_eq!(record.map(|record| record.trust), Some(phone.trust), "shown as it is on disk");
    }
}

proptest! {
    #[test]
    fn secrets_go_to_their_phone_and_to_nobody_else(events in vec(event(), 1..60)) {
        run(events);
    }
}

#[test]
fn the_account_is_strict_enough_to_see_secrets_at_all() {
    let desk = desks()[1].clone();
    let mut scene = Scene::new();
    scene.boot(&desk);
    scene.approve(&desk);
    let record = scene.disk[&desk.mac].clone();
    let get = desk.get_own(&scene);
    let file = scene.get(get.clone()).expect("a file");
    assert!(file.contains(record.secret.as_ref().expect("approved").as_str()));
    assert!(!may(&Account::default(), &record, &get), "nobody has a lease in an empty account");
}
