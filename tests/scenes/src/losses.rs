//! Whatever breaks, and whenever: no acknowledged message is lost, none is shown twice.

use client_engine::{Command, MessageState, Wish};
use message::{Guid, MessageId};
use proptest::collection::vec;
use proptest::prelude::{Just, ProptestConfig, Strategy, any};
use proptest::{prop_assert, prop_assert_eq, prop_oneof, proptest};
use sim::{DeviceId, Kill, Office, speech};

use crate::acts::{RATE, arrived, sent, talk_to};

/// Something that goes wrong, or goes on.
#[derive(Clone, Debug)]
enum Deed {
    Speak { live: bool, milliseconds: u64 },
    Sever { sender: bool },
    Crash { sender: bool, kill: Kill },
    Server,
    Wait(u64),
}

fn deed() -> impl Strategy<Value = Deed> {
    let kill = prop_oneof![
        (1..8u64).prop_map(Kill::BeforeStore),
        (1..8u64).prop_map(Kill::AfterStore),
        (1..12u64).prop_map(Kill::AfterObject),
    ];
    prop_oneof![
        3 => (any::<bool>(), 200..1_500u64)
            .prop_map(|(live, milliseconds)| Deed::Speak { live, milliseconds }),
        2 => any::<bool>().prop_map(|sender| Deed::Sever { sender }),
        2 => (any::<bool>(), kill).prop_map(|(sender, kill)| Deed::Crash { sender, kill }),
        1 => Just(Deed::Server),
        2 => (1..3_000u64).prop_map(Deed::Wait),
    ]
}

/// Starts again what has crashed.
fn revive(office: &mut Office, devices: [DeviceId; 2]) {
    while let Some(device) = devices.into_iter().find(|device| !office.is_running(*device)) {
        office.run(200);
        office.start(device);
        office.run(50);
    }
}

fn speak(office: &mut Office, anna: DeviceId, to: Guid, live: bool, milliseconds: u64) {
    office.device_mut(anna).voice.clear();
    office.speak(anna, &speech(RATE, milliseconds));
    let wish = if live { Wish::Live } else { Wish::Record };
    office.command(anna, talk_to(&[to], wish));
    office.run(milliseconds);
    if office.is_running(anna) {
        office.command(anna, Command::Send);
    }
}

fn perform(office: &mut Office, anna: DeviceId, ben: DeviceId, to: Guid, deed: &Deed) {
    let who = |sender: bool| if sender { anna } else { ben };
    match *deed {
        Deed::Speak { live, milliseconds } => {
            if office[anna].engine().draft().is_some() {
                office.command(anna, Command::Send);
                office.run(100);
                revive(office, [anna, ben]);
            }
            speak(office, anna, to, live, milliseconds);
        }
        Deed::Sever { sender } => office.sever(who(sender)),
        Deed::Crash { sender, kill } => office.device_mut(who(sender)).kill = Some(kill),
        Deed::Server => office.restart_server(),
        Deed::Wait(milliseconds) => office.run(milliseconds),
    }
    revive(office, [anna, ben]);
}

/// Lets everything come to rest, with nothing going wrong any more.
fn come_to_rest(office: &mut Office, anna: DeviceId, ben: DeviceId) {
    for device in [anna, ben] {
        office.device_mut(device).kill = None;
    }
    if office[anna].engine().draft().is_some() {
        office.command(anna, Command::Send);
    }
    office.run(200_000);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, max_shrink_iters: 40, ..Default::default() })]

    // rows 26, 33, 65, 81
    #[test]
    fn no_message_is_lost_or_shown_twice_whatever_breaks(deeds in vec(deed(), 1..25)) {
        let mut office = Office::new();
        let (anna, ben) = (office.person("anna"), office.person("ben"));
        office.run(500);
        let to = office.guid(ben);
        for deed in &deeds {
            perform(&mut office, anna, ben, to, deed);
        }
        come_to_rest(&mut office, anna, ben);
        let made: Vec<MessageId> =
            office[anna].engine().messages().iter().map(|view| view.id).collect();
        for id in made {
            let here = office[anna].engine().message(id).expect("just listed");
            prop_assert_eq!(here.state, MessageState::Sent);
            let there = office[ben].engine().message(id);
            prop_assert!(there.is_some(), "{} is not there", id);
            let state = there.map(|view| view.state);
            prop_assert!(matches!(
                state,
                Some(MessageState::Unplayed | MessageState::Played)
            ), "{} is {:?}", id, state);
            prop_assert!(arrived(&office, ben, id) <= 1);
            prop_assert!(sent(&office, anna, id) <= 1);
        }
        let received = office[ben].engine().messages().len();
        prop_assert_eq!(received, office[anna].engine().messages().len());
    }
}
