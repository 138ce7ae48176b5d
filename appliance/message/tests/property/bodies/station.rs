//! Bodies about telephones.

use message::Object;
use message::station::{
    AskFolders, AskPhoneFile, AskPhonePassword, AskPhones, AskTimeline, FileSent, Folder, Folders,
    Hop, Hops, Number, OrderPhone, Phone, PhoneFile, PhoneOrder, PhonePassword, Phones, Step,
    Timeline, Trust, Via,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::{BoxedStrategy, Just, Strategy, any};
use proptest::sample::select;
use proptest::strategy::Union;

use super::{bytes, objects, text};

pub(super) fn all() -> Vec<BoxedStrategy<Object>> {
    vec![
        objects(vec(hop(), 0..4).prop_map(|hops| Hops { hops })),
        objects(any::<bool>().prop_map(|watch| AskFolders { watch })),
        objects(vec(folder(), 0..4).prop_map(|folders| Folders { folders })),
        objects(ask_file()),
        objects((bytes(), text()).prop_map(|(bytes, media)| PhoneFile { bytes, media })),
        objects((bytes(), any::<u32>(), text()).prop_map(|(name, asker, fault)| FileSent {
            name,
            asker,
            fault,
        })),
        objects(any::<bool>().prop_map(|watch| AskPhones { watch })),
        objects((vec(phone(), 0..3), any::<u64>()).prop_map(|(phones, open_until)| {
            let numbers = vec![Number { number: 101, name: "Anna".to_owned() }];
            Phones { phones, open_until, numbers }
        })),
        objects(mac().prop_map(|mac| AskTimeline { mac })),
        objects(vec(hop(), 0..4).prop_map(|hops| Timeline { hops })),
        objects((mac(), order()).prop_map(|(mac, order)| OrderPhone { mac, order })),
        objects(mac().prop_map(|mac| AskPhonePassword { mac })),
        objects(text().prop_map(|password| PhonePassword { password })),
    ]
}

fn mac() -> impl Strategy<Value = [u8; 6]> {
    any::<[u8; 6]>()
}

fn hop() -> impl Strategy<Value = Hop> {
    let step = select(Step::ALL.to_vec());
    (mac(), step, any::<u64>(), any::<u32>(), bytes(), bytes(), text()).prop_map(
        |(mac, step, at, address, class, wishes, words)| Hop {
            mac,
            step,
            at,
            address,
            class,
            wishes,
            words,
        },
    )
}

fn folder() -> impl Strategy<Value = Folder> {
    (mac(), text(), any::<bool>()).prop_map(|(mac, token, secure)| Folder { mac, token, secure })
}

fn ask_file() -> impl Strategy<Value = AskPhoneFile> {
    let via = select(vec![Via::Tftp, Via::Http, Via::Https]);
    let addresses = any::<(u32, u32)>();
    (bytes(), addresses, text(), text(), via, option::of(text())).prop_map(
        |(name, (asker, ours), token, agent, via, certified)| AskPhoneFile {
            name,
            asker,
            ours,
            token,
            agent,
            via,
            certified,
        },
    )
}

fn phone() -> impl Strategy<Value = Phone> {
    let texts = (text(), text(), text(), text(), text(), text());
    let trust = select(vec![Trust::Awaiting, Trust::Approved, Trust::Refused]);
    let numbers = any::<(u32, bool, bool, u64)>();
    (mac(), texts, trust, option::of(hop()), numbers).prop_map(
        |(mac, texts, trust, last, (address, is_registered, speaks_up, since))| {
            let (vendor, model, name, number, person, trouble) = texts;
            Phone {
                mac,
                vendor,
                model,
                name,
                trust,
                address,
                is_registered,
                number,
                person,
                speaks_up,
                last,
                trouble,
                since,
            }
        },
    )
}

fn order() -> impl Strategy<Value = PhoneOrder> {
    let bare =
        vec![PhoneOrder::Approve, PhoneOrder::Refuse, PhoneOrder::Resync, PhoneOrder::Forget];
    Union::new([
        select(bare).boxed(),
        any::<u32>().prop_map(|seconds| PhoneOrder::ApproveAll { seconds }).boxed(),
        text().prop_map(|name| PhoneOrder::Name { name }).boxed(),
        text().prop_map(|person| PhoneOrder::Assign { person }).boxed(),
        any::<bool>().prop_map(|yes| PhoneOrder::SpeakUp { yes }).boxed(),
        mac().prop_map(|old| PhoneOrder::Replace { old }).boxed(),
        Just(PhoneOrder::ApproveAll { seconds: 0 }).boxed(),
    ])
}
