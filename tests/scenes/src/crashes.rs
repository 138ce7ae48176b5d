//! Crashes of a device: at every write, nothing is lost but one buffer, nothing is shown twice.

use client_engine::{Command, DraftState, MessageState, Notice, Wish};
use sim::{Kill, Office, speech};

use crate::acts::{
    RATE, arrived, received, record, send, talk_to, until_arrived, until_ready, until_sent, view,
};

/// One buffer of record mode, and what is on its way through chain and codec.
const BUFFER_MS: u64 = 1_000 + 250;

// rows 65, 66
#[test]
fn a_crash_while_recording_loses_one_buffer_at_most() {
    let mut office = Office::new();
    let (anna, ben) = (office.person("anna"), office.person("ben"));
    let to = [office.guid(ben)];
    for kill in (2..7).flat_map(|n| [Kill::BeforeStore(n), Kill::AfterStore(n)]) {
        office.device_mut(anna).voice.clear();
        office.speak(anna, &speech(RATE, 20_000));
        office.command(anna, talk_to(&to, Wish::Record));
        let began = office.now();
        office.device_mut(anna).kill = Some(kill);
        office.until("the crash", |office| !office.is_running(anna));
        let spoken = office.now().since(began).millis();
        office.start(anna);
        office.until_online(anna);
        let draft = office[anna].engine().draft().expect("the draft is there again");
        assert_eq!(draft.state, DraftState::Ready);
        assert!(
            draft.duration_ms + BUFFER_MS >= spoken,
            "{kill:?}: {} of {spoken}",
            draft.duration_ms
        );
        office.command(anna, Command::Send);
        until_arrived(&mut office, ben, draft.id);
        assert_eq!(view(&office, ben, draft.id).duration_ms, draft.duration_ms);
    }
    let restored = office[anna].count(|notice| *notice == Notice::DraftRestored);
    assert_eq!(restored, 10);
}

// row 22
#[test]
fn a_restored_draft_can_be_appended_to() {
    let mut office = Office::new();
    let (anna, ben) = (office.person("anna"), office.person("ben"));
    let to = [office.guid(ben)];
    record(&mut office, anna, &to, 1_500);
    office.crash(anna);
    office.start(anna);
    office.until_online(anna);
    office.device_mut(anna).voice.clear();
    office.speak(anna, &speech(RATE, 1_000));
    office.command(anna, Command::Append);
    office.run(1_000);
    office.command(anna, Command::StopTalking);
    until_ready(&mut office, anna);
    let draft = office[anna].engine().draft().expect("it is ready");
    office.command(anna, Command::Send);
    until_arrived(&mut office, ben, draft.id);
    assert!(view(&office, ben, draft.id).duration_ms >= 2_400);
}

// rows 65, 67
#[test]
fn a_crash_in_the_middle_of_a_live_message_closes_it() {
    let mut office = Office::new();
    let (anna, ben) = (office.person("anna"), office.person("ben"));
    let to = [office.guid(ben)];
    for kill in [Kill::BeforeStore(12), Kill::AfterStore(20), Kill::AfterObject(15)] {
        let before = received(&office, ben).len();
        office.device_mut(anna).voice.clear();
        office.speak(anna, &speech(RATE, 10_000));
        office.command(anna, talk_to(&to, Wish::Live));
        let id = office[anna].engine().draft().expect("it is being spoken").id;
        office.device_mut(anna).kill = Some(kill);
        office.until("the crash", |office| !office.is_running(anna));
        office.run(3_000);
        office.start(anna);
        until_sent(&mut office, anna, id);
        until_arrived(&mut office, ben, id);
        assert!(office[anna].engine().draft().is_none());
        assert_eq!(arrived(&office, ben, id), 1);
        assert_eq!(received(&office, ben).len(), before + 1);
        assert!(view(&office, ben, id).duration_ms >= 500, "{kill:?}");
    }
}

// rows 65, 67
#[test]
fn a_live_message_whose_draft_is_lost_is_closed_all_the_same() {
    let mut office = Office::new();
    let (anna, ben) = (office.person("anna"), office.person("ben"));
    let to = [office.guid(ben)];
    office.speak(anna, &speech(RATE, 3_000));
    office.command(anna, talk_to(&to, Wish::Live));
    let id = office[anna].engine().draft().expect("it is being spoken").id;
    office.run(2_000);
    office.crash(anna);
    office.device_mut(anna).disk.remove(b"record/draft");
    office.start(anna);
    until_sent(&mut office, anna, id);
    until_arrived(&mut office, ben, id);
    let (here, there) = (view(&office, anna, id), view(&office, ben, id));
    assert!(here.duration_ms >= 1_800 && there.duration_ms >= here.duration_ms);
    assert_eq!(here.waveform.len(), 64);
}

// rows 26, 33, 81
#[test]
fn a_crash_at_any_write_of_the_recipient_neither_loses_a_message_nor_shows_it_twice() {
    let mut office = Office::new();
    let (anna, ben) = (office.person("anna"), office.person("ben"));
    let to = [office.guid(ben)];
    for kill in (1..6).flat_map(|n| [Kill::BeforeStore(n), Kill::AfterStore(n)]) {
        office.device_mut(ben).kill = Some(kill);
        let id = send(&mut office, anna, &to, 3_000);
        office.run(3_000);
        if !office.is_running(ben) {
            office.start(ben);
        }
        office.device_mut(ben).kill = None;
        office.until("it is here", |office| {
            let view = office[ben].engine().message(id);
            view.is_some_and(|view| view.state == MessageState::Unplayed)
        });
        office.run(2_000);
        assert!(arrived(&office, ben, id) <= 1, "{kill:?}");
        assert!(view(&office, ben, id).duration_ms >= 2_900);
        let person = to[0];
        let delivered = Notice::Delivered { message: id, person };
        assert_eq!(office[anna].count(|notice| *notice == delivered), 1, "{kill:?}");
    }
    assert_eq!(received(&office, ben).len(), 10);
}

// row 81
#[test]
fn a_crash_at_any_write_of_the_sender_neither_loses_a_message_nor_sends_it_twice() {
    let mut office = Office::new();
    let (anna, ben) = (office.person("anna"), office.person("ben"));
    let to = [office.guid(ben)];
    for kill in
        (1..4).flat_map(|n| [Kill::BeforeStore(n), Kill::AfterStore(n), Kill::AfterObject(n)])
    {
        office.device_mut(anna).voice.clear();
        record(&mut office, anna, &to, 2_000);
        let id = office[anna].engine().draft().expect("it is ready").id;
        office.device_mut(anna).kill = Some(kill);
        office.command(anna, Command::Send);
        office.run(2_000);
        if !office.is_running(anna) {
            office.start(anna);
            office.until_online(anna);
        }
        office.device_mut(anna).kill = None;
        if office[anna].engine().draft().is_some() {
            office.command(anna, Command::Send);
        }
        until_arrived(&mut office, ben, id);
        office.run(1_000);
        assert_eq!(arrived(&office, ben, id), 1, "{kill:?}");
        assert_eq!(view(&office, anna, id).state, MessageState::Sent, "{kill:?}");
    }
}

// row 81
#[test]
fn a_crash_of_the_server_loses_nothing_that_it_has_acknowledged() {
    let mut office = Office::new();
    let (anna, ben) = (office.person("anna"), office.person("ben"));
    let to = [office.guid(ben)];
    office.unplug(ben, true);
    let first = send(&mut office, anna, &to, 1_000);
    until_sent(&mut office, anna, first);
    office.restart_server();
    let second = send(&mut office, anna, &to, 1_000);
    office.run(20);
    office.restart_server();
    until_sent(&mut office, anna, second);
    office.unplug(ben, false);
    for id in [first, second] {
        until_arrived(&mut office, ben, id);
        assert_eq!(arrived(&office, ben, id), 1);
    }
}
