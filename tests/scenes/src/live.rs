//! Live (intercom) mode: heard while it is spoken.

use client_engine::{Command, DraftState, MessageState, Notice, Wish};
use machine::Moment;
use message::people::Status;
use message::speech::Mode;
use sim::{Office, speech};

use crate::acts::{
    RATE, arrived, received, sent, state, talk_to, until_arrived, until_ready, until_sent, view,
};

// rows 65, 66, 67, 68, 69
#[test]
fn a_live_message_is_heard_before_it_is_finished() {
    let mut office = Office::new();
    let (anna, ben) = (office.person("anna"), office.person("ben"));
    let to = [office.guid(ben)];
    office.speak(anna, &speech(RATE, 4_000));
    let began = office.now();
    office.command(anna, talk_to(&to, Wish::Live));
    office.run(1_000);
    let first = office[ben].first_sound().expect("it is heard already");
    let delay = first.since(began).millis();
    assert!(delay < 400, "heard after {delay} ms");
    let draft = office[anna].engine().draft().expect("it is being spoken");
    assert_eq!(draft.state, DraftState::Live);
    office.run(3_000);
    office.command(anna, Command::StopTalking);
    let id = draft.id;
    until_sent(&mut office, anna, id);
    until_arrived(&mut office, ben, id);
    office.run(1_500);
    assert_eq!(state(&office, ben, id), MessageState::Played);
    assert_eq!(view(&office, ben, id).mode, Mode::Live);
    assert!(office[ben].heard_ms() >= 3_900, "{}", office[ben].heard_ms());
    assert!(office[anna].engine().draft().is_none());
    let live = |notice: &Notice| matches!(notice, Notice::Arriving { live: true, .. });
    assert_eq!(office[ben].count(live), 1);
    assert_eq!(arrived(&office, ben, id), 1);
}

// row 67
#[test]
fn a_live_message_shorter_than_one_buffer_is_sent() {
    let mut office = Office::new();
    let (anna, ben) = (office.person("anna"), office.person("ben"));
    let to = [office.guid(ben)];
    office.speak(anna, &speech(RATE, 40));
    office.command(anna, talk_to(&to, Wish::Live));
    office.run(40);
    office.command(anna, Command::StopTalking);
    office.until("it arrives", |office| !received(office, ben).is_empty());
    let id = received(&office, ben)[0].id;
    until_arrived(&mut office, ben, id);
    assert!(view(&office, ben, id).duration_ms >= 40);
}

// row 70
#[test]
fn the_mode_follows_the_presence_of_the_recipient() {
    let mut office = Office::new();
    let (anna, ben) = (office.person("anna"), office.person("ben"));
    let to = [office.guid(ben)];
    office.command(anna, talk_to(&to, Wish::Automatic));
    let live = office[anna].engine().draft().expect("the microphone is open").state;
    assert_eq!(live, DraftState::Live);
    office.command(anna, Command::Discard);
    office.command(ben, Command::SetStatus(Status::Dnd));
    office.run(1_000);
    office.command(anna, talk_to(&to, Wish::Automatic));
    let recorded = office[anna].engine().draft().expect("the microphone is open").state;
    assert_eq!(recorded, DraftState::Recording);
    office.command(anna, Command::Discard);
    office.command(ben, Command::SetStatus(Status::Online));
    office.unplug(ben, true);
    office.run(1_000);
    office.command(anna, talk_to(&to, Wish::Automatic));
    let recorded = office[anna].engine().draft().expect("the microphone is open").state;
    assert_eq!(recorded, DraftState::Recording);
}

// row 71
#[test]
fn a_live_message_turns_into_a_recording() {
    let mut office = Office::new();
    let (anna, ben) = (office.person("anna"), office.person("ben"));
    let to = [office.guid(ben)];
    office.speak(anna, &speech(RATE, 4_000));
    office.command(anna, talk_to(&to, Wish::Live));
    office.run(2_000);
    let live = office[anna].engine().draft().expect("it is being spoken").id;
    office.command(anna, Command::SwitchToRecord);
    office.run(2_000);
    office.command(anna, Command::StopTalking);
    until_ready(&mut office, anna);
    until_arrived(&mut office, ben, live);
    assert_eq!(received(&office, ben).len(), 1, "the rest is not sent before it is told to");
    let rest = office[anna].engine().draft().expect("it is ready");
    assert!(rest.duration_ms >= 1_900);
    assert_eq!(rest.recipients, to);
    office.command(anna, Command::Send);
    until_arrived(&mut office, ben, rest.id);
    let all: u64 = received(&office, ben).iter().map(|view| view.duration_ms).sum();
    assert!(all >= 3_900, "nothing that was said is lost: {all}");
}

// rows 81, 82, ruling e
#[test]
fn each_recipient_has_its_own_fate() {
    let mut office = Office::new();
    let (anna, ben, cleo) = (office.person("anna"), office.person("ben"), office.person("cleo"));
    let to = [office.guid(ben), office.guid(cleo)];
    office.unplug(cleo, true);
    office.run(1_000);
    office.speak(anna, &speech(RATE, 2_000));
    office.command(anna, talk_to(&to, Wish::Automatic));
    office.run(2_000);
    assert!(office[ben].heard_ms() > 1_000, "who is there hears it live");
    office.command(anna, Command::StopTalking);
    let id = received(&office, ben)[0].id;
    until_sent(&mut office, anna, id);
    assert_eq!(arrived(&office, cleo, id), 0);
    office.unplug(cleo, false);
    until_arrived(&mut office, cleo, id);
    office.run(1_000);
    assert_eq!(office[cleo].heard_ms(), 0, "what is over does not play by itself");
    assert_eq!(state(&office, cleo, id), MessageState::Unplayed);
    assert_eq!(view(&office, cleo, id).duration_ms, view(&office, ben, id).duration_ms);
}

// rows 69, 81
#[test]
fn a_listener_who_loses_the_link_gets_the_rest() {
    let mut office = Office::new();
    let (anna, ben) = (office.person("anna"), office.person("ben"));
    let to = [office.guid(ben)];
    office.speak(anna, &speech(RATE, 6_000));
    office.command(anna, talk_to(&to, Wish::Live));
    office.run(2_000);
    office.sever(ben);
    office.run(4_000);
    office.command(anna, Command::StopTalking);
    let id = received(&office, ben)[0].id;
    until_arrived(&mut office, ben, id);
    assert!(view(&office, ben, id).duration_ms >= 5_900);
    office.run(10_000);
    assert_eq!(arrived(&office, ben, id), 1);
    assert!(office[ben].heard_ms() >= 5_900, "{}", office[ben].heard_ms());
}

// rows 65, 81
#[test]
fn a_speaker_who_loses_the_link_loses_nothing() {
    let mut office = Office::new();
    let (anna, ben) = (office.person("anna"), office.person("ben"));
    let to = [office.guid(ben)];
    office.speak(anna, &speech(RATE, 8_000));
    office.command(anna, talk_to(&to, Wish::Live));
    office.run(2_000);
    office.sever(anna);
    office.run(6_000);
    office.command(anna, Command::StopTalking);
    let id = received(&office, ben)[0].id;
    until_sent(&mut office, anna, id);
    until_arrived(&mut office, ben, id);
    assert!(view(&office, ben, id).duration_ms >= 7_900);
    assert_eq!(sent(&office, anna, id), 1);
}

// row 65
#[test]
fn a_live_message_that_is_given_up_is_cut_for_the_listener() {
    let mut office = Office::new();
    let (anna, ben) = (office.person("anna"), office.person("ben"));
    let to = [office.guid(ben)];
    office.speak(anna, &speech(RATE, 3_000));
    office.command(anna, talk_to(&to, Wish::Live));
    office.run(2_000);
    office.command(anna, Command::Discard);
    office.run(3_000);
    let here = received(&office, ben).remove(0);
    assert_eq!(here.state, MessageState::Cut);
    assert!(here.duration_ms > 1_500, "what came can be heard");
    assert_eq!(state(&office, anna, here.id), MessageState::Failed);
    assert!(office[ben].engine().playing().is_none());
}

#[test]
fn nobody_who_speaks_or_does_not_want_it_hears_a_live_message_by_itself() {
    let mut office = Office::new();
    let (anna, ben, cleo) = (office.person("anna"), office.person("ben"), office.person("cleo"));
    office.command(cleo, Command::Autoplay(false));
    let to = [office.guid(ben), office.guid(cleo)];
    let to_anna = [office.guid(anna)];
    office.speak(ben, &speech(RATE, 5_000));
    office.command(ben, talk_to(&to_anna, Wish::Record));
    office.speak(anna, &speech(RATE, 1_000));
    office.command(anna, talk_to(&to, Wish::Live));
    office.run(1_000);
    office.command(anna, Command::StopTalking);
    office.run(2_000);
    for listener in [ben, cleo] {
        assert_eq!(office[listener].first_sound(), None::<Moment>);
        assert_eq!(received(&office, listener)[0].state, MessageState::Unplayed);
    }
}
