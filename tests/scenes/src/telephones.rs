//! Telephones: keys and hook, the inbox, the intercom, and the microphone of a client.

use client_engine::{
    Command, Direction, DraftState, MessageState, MessageView, Notice, Source, Talk, Wish,
};
use gateway::handset::{Bell, Clip, No};
use message::Priority;
use message::speech::Mode;
use sim::{DeviceId, Office, speech};

use crate::acts::{RATE, received, send, talk_to, until_arrived};

/// The rate at which a telephone's speech comes in.
const LINE: u32 = 16_000;

fn office() -> (Office, DeviceId, DeviceId) {
    let mut office = Office::new();
    let anna = office.person("anna");
    let phone = office.telephone(201, "anna");
    office.run(1_000);
    (office, anna, phone)
}

/// The call is over.
fn until_over(office: &mut Office, phone: DeviceId) {
    office.until("the call is over", |office| office[phone].telephone().call.is_none());
    office.run(500);
}

/// Dials Anna and speaks, after the greeting.
fn speak(office: &mut Office, phone: DeviceId, to: &str, ms: u64) {
    office.dial(phone, to);
    office.run(1_100);
    office.speak(phone, &speech(LINE, ms));
    office.run(ms + 200);
}

fn of_anna(office: &Office, anna: DeviceId) -> Vec<MessageView> {
    let mut all = office[anna].engine().messages();
    all.retain(|message| message.direction == Direction::Received);
    all
}

/// Waits until Anna has so many messages, whole.
fn until_here(office: &mut Office, anna: DeviceId, count: usize) {
    office.until("it is here", |office| {
        let all = of_anna(office, anna);
        all.len() == count && all.iter().all(|one| one.state == MessageState::Unplayed)
    });
}

fn said(office: &Office, phone: DeviceId) -> &[Clip] {
    &office[phone].telephone().said
}

// rows 36, 38, 39, 40, 41, 42
#[test]
fn a_message_is_stopped_by_a_key_by_silence_or_by_the_hook() {
    let (mut office, anna, phone) = office();
    speak(&mut office, phone, "101", 2_000);
    office.hang_up(phone);
    until_here(&mut office, anna, 1);
    let message = &of_anna(&office, anna)[0];
    assert!((2_000..2_700).contains(&message.duration_ms), "{}", message.duration_ms);
    assert!(!message.sealed && message.mode == Mode::Record);
    speak(&mut office, phone, "101", 2_000);
    office.press(phone, '#');
    office.run(2_000);
    assert_eq!(said(&office, phone).last(), Some(&Clip::Review));
    assert_eq!(of_anna(&office, anna).len(), 1, "nothing is sent before it is told to");
    office.press(phone, '#');
    until_over(&mut office, phone);
    assert_eq!(said(&office, phone).last(), Some(&Clip::Sent));
    until_here(&mut office, anna, 2);
    // Silence stops it; hanging up sends then, too.
    speak(&mut office, phone, "101", 2_000);
    office.run(5_000);
    assert_eq!(said(&office, phone).last(), Some(&Clip::Review));
    office.hang_up(phone);
    until_here(&mut office, anna, 3);
}

// rows 22, 23, 24
#[test]
fn a_message_is_heard_spoken_again_spoken_on_and_thrown_away() {
    let (mut office, anna, phone) = office();
    speak(&mut office, phone, "101", 3_000);
    office.press(phone, '#');
    office.run(2_000);
    let before = office[phone].heard_ms();
    office.press(phone, '1');
    office.run(5_000);
    assert!(office[phone].heard_ms() >= before + 3_000);
    office.press(phone, '2');
    office.run(600);
    office.speak(phone, &speech(LINE, 1_000));
    office.run(1_200);
    office.press(phone, '#');
    office.run(2_000);
    let again = office[phone].engine().draft().expect("a draft").duration_ms;
    assert!((900..1_700).contains(&again), "the first one is gone: {again}");
    office.press(phone, '3');
    office.run(600);
    office.speak(phone, &speech(LINE, 1_000));
    office.run(1_200);
    office.press(phone, '#');
    office.run(2_000);
    let longer = office[phone].engine().draft().expect("a draft").duration_ms;
    assert!(longer >= again + 900, "{longer} after {again}");
    office.press(phone, '*');
    until_over(&mut office, phone);
    assert_eq!(said(&office, phone).last(), Some(&Clip::Deleted));
    assert!(office[phone].engine().draft().is_none());
    assert!(of_anna(&office, anna).is_empty());
    // While it is spoken, too.
    speak(&mut office, phone, "101", 1_000);
    office.press(phone, '*');
    until_over(&mut office, phone);
    assert!(office[phone].engine().draft().is_none() && of_anna(&office, anna).is_empty());
}

#[test]
fn what_nobody_decides_about_and_what_was_cut_off_is_kept_and_offered() {
    let (mut office, anna, phone) = office();
    speak(&mut office, phone, "101", 2_000);
    office.press(phone, '#');
    until_over(&mut office, phone);
    let reviews = said(&office, phone).iter().filter(|clip| **clip == Clip::Review).count();
    assert_eq!(reviews, 3, "it is asked three times");
    assert!(of_anna(&office, anna).is_empty());
    // It is offered before anything else, and then comes what was dialled. Who hangs up then has
    // not said that it is to be sent.
    for is_meant in [false, true] {
        office.dial(phone, "100");
        office.run(2_000);
        assert!(said(&office, phone).ends_with(&[Clip::Unsent, Clip::Review]));
        if !is_meant {
            office.press(phone, '1');
            office.run(1_000);
            office.hang_up(phone);
            office.run(5_000);
            assert!(of_anna(&office, anna).is_empty());
        }
    }
    office.press(phone, '#');
    until_over(&mut office, phone);
    assert!(said(&office, phone).ends_with(&[Clip::Sent, Clip::NoMessages]));
    until_here(&mut office, anna, 1);
    speak(&mut office, phone, "101", 2_000);
    office.lose(phone);
    office.run(10_000);
    assert_eq!(of_anna(&office, anna).len(), 1, "who vanishes has not sent");
    office.crash(phone);
    office.start(phone);
    office.until_online(phone);
    office.dial(phone, "101");
    office.run(2_000);
    assert!(said(&office, phone).ends_with(&[Clip::Unsent, Clip::Review]), "over a restart, too");
    office.press(phone, '#');
    until_here(&mut office, anna, 2);
    office.hang_up(phone);
}

// rows 16, 28, 43, 81
#[test]
fn the_inbox_is_heard_the_urgent_first_and_each_is_repeated_answered_or_deleted() {
    let (mut office, anna, phone) = office();
    let to = [office.guid(phone)];
    let first = send(&mut office, anna, &to, 700);
    office.speak(anna, &speech(RATE, 900));
    let urgent = Talk {
        recipients: to.to_vec(),
        wish: Wish::Record,
        priority: Priority::High,
        reply_to: None,
        source: Source::Microphone { rate: RATE },
    };
    office.command(anna, Command::Talk(urgent));
    office.run(1_000);
    office.command(anna, Command::Send);
    office.until("both are here", |office| received(office, phone).len() == 2);
    office.run(1_000);
    assert_eq!(office[phone].telephone().waiting, Some((2, 0)));
    office.dial(phone, "100");
    office.run(200);
    let words = [Clip::YouHave, Clip::Digit(2), Clip::NewMessages, Clip::From];
    assert!(said(&office, phone).starts_with(&words), "{:?}", said(&office, phone));
    office.until("it was heard", |office| said(office, phone).last() == Some(&Clip::Heard));
    let state = |office: &Office, at: usize| office[phone].engine().messages()[at].state;
    assert_eq!(state(&office, 0), MessageState::Played, "the urgent one, which came last");
    let before = office[phone].heard_ms();
    office.press(phone, '1');
    office.run(4_000);
    assert!(office[phone].heard_ms() >= before + 900);
    // An answer goes to who has spoken.
    office.press(phone, '4');
    office.run(1_100);
    office.speak(phone, &speech(LINE, 1_000));
    office.run(1_200);
    office.hang_up(phone);
    office.until("the answer is here", |office| of_anna(office, anna).len() == 1);
    let answer = &of_anna(&office, anna)[0];
    assert_eq!(answer.reply_to, Some(office[phone].engine().messages()[1].id).or(answer.reply_to));
    assert!(answer.reply_to.is_some());
    office.until("it is known as sent", |office| office[phone].telephone().waiting == Some((1, 1)));
    office.dial(phone, "100");
    office.until("it was heard", |office| said(office, phone).last() == Some(&Clip::Heard));
    office.press(phone, '3');
    until_over(&mut office, phone);
    assert_eq!(said(&office, phone).last(), Some(&Clip::NoMore));
    assert!(office[phone].engine().message(first).is_none(), "deleted");
    office.run(1_000);
    assert_eq!(office[phone].telephone().waiting, Some((0, 1)));
    // By its place on the screen; without a key the next one comes, until there is none.
    office.dial(phone, "100*1");
    until_over(&mut office, phone);
    assert_eq!(said(&office, phone).last(), Some(&Clip::NoMore));
}

#[test]
fn nobody_is_called_who_is_not_there() {
    let mut office = Office::new();
    let phone = office.telephone(201, "");
    office.dial(phone, "777");
    office.run(100);
    assert_eq!(office[phone].telephone().refused, Some(No::Nobody));
    // Its own number, and the one for messages, are the same.
    for number in ["201", "100"] {
        office.dial(phone, number);
        until_over(&mut office, phone);
        assert_eq!(said(&office, phone).last(), Some(&Clip::NoMessages));
    }
    // An invited person without a key can be dialled, and cannot be spoken to.
    office.invite("ben");
    office.run(1_000);
    office.dial(phone, "101");
    office.run(1_100);
    office.speak(phone, &speech(LINE, 1_000));
    office.run(1_200);
    office.press(phone, '#');
    office.run(2_000);
    office.press(phone, '#');
    office.run(500);
    assert!(said(&office, phone).contains(&Clip::NotSent));
    office.press(phone, '*');
    until_over(&mut office, phone);
}

// rows 65, 69, 70
#[test]
fn live_speech_goes_out_of_a_telephone_and_into_one() {
    let (mut office, anna, phone) = office();
    speak(&mut office, phone, "*101", 2_000);
    let live = of_anna(&office, anna);
    assert_eq!((live.len(), live[0].mode), (1, Mode::Live));
    assert_eq!(live[0].state, MessageState::Arriving, "while it is spoken");
    office.press(phone, '#');
    until_over(&mut office, phone);
    let to = [office.guid(phone)];
    for speaks_up in [false, true] {
        office.speaks_up(phone, speaks_up);
        let before = office[phone].heard_ms();
        office.speak(anna, &speech(RATE, 3_000));
        office.command(anna, talk_to(&to, Wish::Live));
        office.run(500);
        assert_eq!(office[phone].telephone().bell == Some(Bell::SpeakUp), speaks_up);
        if speaks_up {
            office.lift(phone);
        }
        office.run(3_000);
        office.command(anna, Command::StopTalking);
        office.run(4_000);
        let heard = office[phone].heard_ms() - before;
        assert_eq!(heard >= 2_800, speaks_up, "{heard}");
        assert!(office[phone].telephone().call.is_none());
    }
    assert_eq!(office[phone].telephone().waiting, Some((1, 1)), "what was not heard waits");
}

fn by_telephone(office: &Office, to: DeviceId, phone: DeviceId, wish: Wish) -> Command {
    Command::Talk(Talk {
        recipients: vec![office.guid(to)],
        wish,
        priority: Priority::Normal,
        reply_to: None,
        source: Source::Telephone { station: office.guid(phone) },
    })
}

fn refusals(office: &Office, device: DeviceId) -> usize {
    office[device].count(|notice| matches!(notice, Notice::Refused(_)))
}

// rows 44, 45, 46, 47, 48, 49, 50
#[test]
fn a_telephone_is_the_microphone_of_its_owner_s_client() {
    let (mut office, anna, phone) = office();
    let further = office.further_device("anna");
    let ben = office.person("ben");
    office.run(500);
    for wish in [Wish::Record, Wish::Live] {
        let before = received(&office, ben).len();
        let talk = by_telephone(&office, ben, phone, wish);
        office.command(anna, talk);
        office.run(500);
        let draft = office[anna].engine().draft().expect("a draft");
        assert_eq!((draft.state, draft.telephone), (DraftState::Ringing, Some(office.guid(phone))));
        assert_eq!(office[phone].telephone().bell, Some(Bell::Speak));
        office.lift(phone);
        office.run(800);
        office.speak(phone, &speech(LINE, 2_000));
        office.run(1_500);
        let draft = office[anna].engine().draft().expect("a draft");
        let speaking = if wish == Wish::Live { DraftState::Live } else { DraftState::Recording };
        assert!(draft.state == speaking && draft.duration_ms > 500, "{draft:?}");
        office.run(900);
        office.hang_up(phone);
        until_arrived(&mut office, ben, draft.id);
        let message = office[ben].engine().message(draft.id).expect("it is here");
        assert!((2_000..4_000).contains(&message.duration_ms), "{}", message.duration_ms);
        assert_eq!(message.sender, office.guid(anna));
        assert!(message.waveform.iter().any(|peak| *peak > 20), "it is speech");
        assert_eq!(received(&office, ben).len(), before + 1);
        office.run(2_000);
        for device in [anna, further] {
            assert!(of_anna(&office, device).is_empty(), "the way there is shown nowhere");
            let told = |notice: &Notice| matches!(notice, Notice::Arrived { .. });
            assert_eq!(office[device].count(told), 0);
        }
    }
    // A key at the client stops; then it can be heard before it is sent.
    let talk = by_telephone(&office, ben, phone, Wish::Record);
    office.command(anna, talk);
    office.run(300);
    office.lift(phone);
    office.run(800);
    office.speak(phone, &speech(LINE, 2_000));
    office.run(1_500);
    office.command(anna, Command::StopTalking);
    until_over(&mut office, phone);
    let draft = office[anna].engine().draft().expect("a draft");
    assert_eq!(draft.state, DraftState::Ready);
    assert!(draft.duration_ms > 500);
    office.command(anna, Command::Send);
    until_arrived(&mut office, ben, draft.id);
}

#[test]
fn a_telephone_that_is_away_busy_lost_or_not_lifted_leaves_no_empty_draft() {
    let (mut office, anna, phone) = office();
    let ben = office.person("ben");
    office.run(500);
    // Not lifted.
    let talk = by_telephone(&office, ben, phone, Wish::Record);
    office.command(anna, talk.clone());
    office.run(500);
    office.unanswered(phone);
    office.run(500);
    assert!(office[anna].engine().draft().is_none());
    assert_eq!(refusals(&office, anna), 1);
    // Not lifted, and live: nobody gets a message without a word.
    let live = by_telephone(&office, ben, phone, Wish::Live);
    office.command(anna, live);
    office.run(500);
    office.unanswered(phone);
    office.run(500);
    assert!(office[anna].engine().draft().is_none());
    assert_eq!(refusals(&office, anna), 2);
    assert!(received(&office, ben).is_empty(), "{:?}", received(&office, ben));
    // In a call of its own.
    office.dial(phone, "102");
    office.run(100);
    office.command(anna, talk.clone());
    office.run(500);
    assert!(office[anna].engine().draft().is_none());
    assert_eq!(refusals(&office, anna), 3);
    office.hang_up(phone);
    office.run(500);
    // Somebody else's.
    let theirs = by_telephone(&office, anna, phone, Wish::Record);
    office.command(ben, theirs);
    office.run(500);
    assert!(office[ben].engine().draft().is_none() && refusals(&office, ben) == 1);
    assert!(office[phone].telephone().call.is_none(), "it does not even ring");
    // Thrown away while it rings.
    office.command(anna, talk.clone());
    office.run(300);
    office.command(anna, Command::Discard);
    until_over(&mut office, phone);
    assert!(office[anna].engine().draft().is_none());
    // Lost in the middle: what was said is a draft.
    office.command(anna, talk.clone());
    office.run(300);
    office.lift(phone);
    office.run(800);
    office.speak(phone, &speech(LINE, 2_000));
    office.run(1_500);
    office.lose(phone);
    office.run(2_000);
    let kept = office[anna].engine().draft().expect("a draft");
    assert!(kept.state == DraftState::Ready && kept.duration_ms > 500, "{kept:?}");
    assert!(received(&office, ben).is_empty() && of_anna(&office, anna).is_empty());
    // Away.
    office.command(anna, Command::Discard);
    office.unplug(phone, true);
    office.run(60_000);
    office.command(anna, talk);
    office.run(500);
    assert!(office[anna].engine().draft().is_none());
}
