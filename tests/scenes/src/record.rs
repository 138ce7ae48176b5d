//! Record mode: spoken, reviewed, changed, sent, delivered, heard.

use client_engine::{Command, DraftState, MessageState, Notice, Source, Talk, Wish};
use message::Priority;
use message::people::Parameters;
use message::speech::Mode;
use sim::{Office, silence, speech};

use crate::acts::{
    RATE, arrived, play, received, record, send, state, talk_to, until_arrived, until_ready,
    until_sent, view,
};

// rows 1, 9, 11, 12, 13, 15, 16, 18, 21, 22, 26, 27, 28, 33, 64
#[test]
fn a_recorded_message_is_reviewed_sent_delivered_and_heard() {
    let mut office = Office::new();
    let (anna, ben) = (office.person("anna"), office.person("ben"));
    let to = [office.guid(ben)];
    record(&mut office, anna, &to, 2_500);
    let draft = office[anna].engine().draft().expect("it is ready");
    assert!((2_400..2_800).contains(&draft.duration_ms), "{}", draft.duration_ms);
    assert!(draft.waveform.iter().any(|peak| *peak > 20));
    assert!(office[anna].levels >= 20);
    office.command(anna, Command::Review);
    office.until("the review ends", |office| office[anna].engine().playing().is_none());
    assert!(office[anna].heard_ms() >= 2_400);
    assert!(received(&office, ben).is_empty(), "nothing is sent before it is told to");

    office.command(anna, Command::Send);
    until_arrived(&mut office, ben, draft.id);
    let here = view(&office, ben, draft.id);
    assert_eq!((here.state, here.mode), (MessageState::Unplayed, Mode::Record));
    assert_eq!(here.sender, office.guid(anna));
    assert_eq!(here.sender_display, "Anna");
    assert_eq!(here.duration_ms, draft.duration_ms);
    assert_eq!(here.waveform.len(), 64);
    assert!(here.sealed);
    play(&mut office, ben, draft.id);
    assert_eq!(state(&office, ben, draft.id), MessageState::Played);
    assert!(office[ben].heard_ms() >= 2_400);
    assert!(office[ben].loudest() > 0.05);
}

// rows 16, 27
#[test]
fn receipts_tell_the_sender_who_has_it_and_who_has_heard_it() {
    let mut office = Office::new();
    let (anna, ben) = (office.person("anna"), office.person("ben"));
    let to = office.guid(ben);
    let id = send(&mut office, anna, &[to], 800);
    until_arrived(&mut office, ben, id);
    office.run(500);
    assert_eq!(state(&office, anna, id), MessageState::Sent);
    assert!(office[anna].notices.contains(&Notice::Delivered { message: id, person: to }));
    let delivery = view(&office, anna, id).deliveries[0];
    assert!(delivery.delivered.is_some() && delivery.played.is_none());
    play(&mut office, ben, id);
    office.run(500);
    assert!(office[anna].notices.contains(&Notice::Played { message: id, person: to }));
    assert!(view(&office, anna, id).deliveries[0].played.is_some());
}

// row 14
#[test]
fn silence_stops_the_recording() {
    let mut office = Office::new();
    let (anna, ben) = (office.person("anna"), office.person("ben"));
    let to = [office.guid(ben)];
    office.speak(anna, &speech(RATE, 2_000));
    office.command(anna, talk_to(&to, Wish::Record));
    until_ready(&mut office, anna);
    assert!(office[anna].notices.contains(&Notice::StoppedBySilence));
    let duration = office[anna].engine().draft().expect("it is ready").duration_ms;
    assert!((4_700..6_500).contains(&duration), "two seconds and three of silence: {duration}");
}

// row 14
#[test]
fn a_pause_shorter_than_the_limit_does_not_stop_it() {
    let mut office = Office::new();
    let (anna, ben) = (office.person("anna"), office.person("ben"));
    let to = [office.guid(ben)];
    for _ in 0..3 {
        office.speak(anna, &speech(RATE, 1_500));
        office.speak(anna, &silence(RATE, 2_000));
    }
    office.command(anna, talk_to(&to, Wish::Record));
    office.run(9_500);
    let draft = office[anna].engine().draft().expect("it is being recorded");
    assert_eq!(draft.state, DraftState::Recording);
}

// rows 23, 24
#[test]
fn a_draft_is_spoken_again_appended_to_and_thrown_away() {
    let mut office = Office::new();
    let (anna, ben) = (office.person("anna"), office.person("ben"));
    let to = [office.guid(ben)];
    record(&mut office, anna, &to, 3_000);
    let first = office[anna].engine().draft().expect("it is ready");

    office.speak(anna, &speech(RATE, 1_000));
    office.command(anna, Command::ReRecord);
    office.run(1_000);
    office.command(anna, Command::StopTalking);
    until_ready(&mut office, anna);
    let second = office[anna].engine().draft().expect("it is ready");
    assert!(second.duration_ms < 1_400);
    assert_ne!(second.id, first.id, "two speeches never share a key");

    office.speak(anna, &speech(RATE, 1_000));
    office.command(anna, Command::Append);
    office.run(1_000);
    office.command(anna, Command::StopTalking);
    until_ready(&mut office, anna);
    let third = office[anna].engine().draft().expect("it is ready");
    assert_eq!(third.id, second.id);
    assert!(third.duration_ms > second.duration_ms + 900);

    office.command(anna, Command::Discard);
    office.run(100);
    assert!(office[anna].engine().draft().is_none());
    assert_eq!(office[anna].disk.count(b"portion/"), 0);
    assert_eq!(office[anna].disk.count(b"record/draft"), 0);
    assert!(received(&office, ben).is_empty());
}

// row 22
#[test]
fn an_appended_draft_is_heard_in_one_piece() {
    let mut office = Office::new();
    let (anna, ben) = (office.person("anna"), office.person("ben"));
    let to = [office.guid(ben)];
    record(&mut office, anna, &to, 1_000);
    office.speak(anna, &speech(RATE, 1_000));
    office.command(anna, Command::Append);
    office.run(1_000);
    office.command(anna, Command::Send);
    office.until("it arrives", |office| !received(office, ben).is_empty());
    let id = received(&office, ben)[0].id;
    until_arrived(&mut office, ben, id);
    play(&mut office, ben, id);
    assert!(office[ben].heard_ms() >= 2_000);
}

#[test]
fn a_message_of_the_longest_length_continues_as_a_second_one() {
    let parameters = Parameters { longest_ms: 10_000, warning_ms: 2_000, ..Parameters::default() };
    let mut office = Office::with(parameters);
    let (anna, ben) = (office.person("anna"), office.person("ben"));
    let to = [office.guid(ben)];
    record(&mut office, anna, &to, 12_000);
    assert_eq!(office[anna].warnings, 1);
    assert_eq!(office[anna].count(|notice| matches!(notice, Notice::Continued { .. })), 1);
    let draft = office[anna].engine().draft().expect("it is ready");
    assert!((11_900..12_500).contains(&draft.duration_ms), "{}", draft.duration_ms);
    office.command(anna, Command::Send);
    office.until("both arrive", |office| {
        office[ben].count(|notice| matches!(notice, Notice::Arrived { .. })) == 2
    });
    let lengths: Vec<u64> = received(&office, ben).iter().map(|view| view.duration_ms).collect();
    assert!(lengths.contains(&10_000) || lengths.iter().any(|length| *length > 9_900));
    assert!(lengths.iter().sum::<u64>() >= 11_900, "{lengths:?}");
}

#[test]
fn a_file_is_sent_as_it_is_to_its_end() {
    let mut office = Office::new();
    let (anna, ben) = (office.person("anna"), office.person("ben"));
    let mut sound = speech(8_000, 500);
    sound.extend(silence(8_000, 4_000));
    sound.extend(speech(8_000, 500));
    office.speak(anna, &sound);
    office.device_mut(anna).voice_ends = true;
    let talk = Talk {
        recipients: vec![office.guid(ben)],
        wish: Wish::Record,
        priority: Priority::High,
        reply_to: None,
        source: Source::File { rate: 8_000 },
    };
    office.command(anna, Command::Talk(talk));
    until_ready(&mut office, anna);
    office.command(anna, Command::Send);
    office.until("it arrives", |office| !received(office, ben).is_empty());
    let here = received(&office, ben).remove(0);
    until_arrived(&mut office, ben, here.id);
    assert!(view(&office, ben, here.id).duration_ms >= 5_000, "silence does not end a file");
    assert_eq!(here.priority, Priority::High);
}

// rows 51, 81
#[test]
fn what_is_made_off_line_is_sent_when_the_link_is_back() {
    let mut office = Office::new();
    let (anna, ben) = (office.person("anna"), office.person("ben"));
    let to = [office.guid(ben)];
    office.unplug(anna, true);
    office.unplug(ben, true);
    let id = send(&mut office, anna, &to, 1_500);
    office.run(5_000);
    assert_eq!(state(&office, anna, id), MessageState::Sending);
    office.unplug(anna, false);
    until_sent(&mut office, anna, id);
    assert_eq!(arrived(&office, ben, id), 0);
    office.unplug(ben, false);
    until_arrived(&mut office, ben, id);
    assert_eq!(received(&office, ben).len(), 1);
}

// row 28
#[test]
fn playing_begins_where_the_person_wants() {
    let mut office = Office::new();
    let (anna, ben) = (office.person("anna"), office.person("ben"));
    let to = [office.guid(ben)];
    let id = send(&mut office, anna, &to, 6_000);
    until_arrived(&mut office, ben, id);
    office.command(ben, Command::Play { message: id, from_ms: 4_000 });
    office.run(700);
    let (playing, at) = office[ben].engine().playing().expect("it plays");
    assert_eq!(playing, id);
    assert!((4_300..5_000).contains(&at), "{at}");
    office.command(ben, Command::StopPlaying);
    office.run(100);
    assert!(office[ben].engine().playing().is_none());
    assert_eq!(state(&office, ben, id), MessageState::Unplayed, "not heard to its end");
    office.command(ben, Command::Play { message: id, from_ms: 5_500 });
    office.run(2_000);
    assert_eq!(state(&office, ben, id), MessageState::Played);
}

// row 28
#[test]
fn speech_is_exported_as_wav_and_ogg() {
    use client_engine::SinkId;

    let mut office = Office::new();
    let (anna, ben) = (office.person("anna"), office.person("ben"));
    let to = [office.guid(ben)];
    let id = send(&mut office, anna, &to, 3_000);
    until_arrived(&mut office, ben, id);
    for (sink, ogg) in [(SinkId(1), false), (SinkId(2), true)] {
        office.command(ben, Command::Export { message: id, sink, ogg });
    }
    office.run(500);
    for sink in [SinkId(1), SinkId(2)] {
        let sink = &office[ben].sinks[&sink];
        assert_eq!(sink.end, Some(Ok(())));
        let recording = voice::file::parse(&sink.bytes, 60).expect("it is a sound file");
        let seconds = recording.samples.len() as f32 / recording.rate as f32;
        assert!((2.9..3.5).contains(&seconds), "{seconds}");
    }
    let wav = &office[ben].sinks[&SinkId(1)].bytes;
    let promised = u32::from_le_bytes([wav[40], wav[41], wav[42], wav[43]]);
    assert_eq!(wav.len(), 44 + promised as usize);
}

// row 10
#[test]
fn who_a_message_is_for_can_change_before_it_is_sent() {
    let mut office = Office::new();
    let (anna, ben, cleo) = (office.person("anna"), office.person("ben"), office.person("cleo"));
    office.run(1_000);
    let (to_ben, to_cleo) = (office.guid(ben), office.guid(cleo));
    record(&mut office, anna, &[to_ben], 800);
    let recipients = vec![to_cleo];
    office.command(anna, Command::Readdress { recipients, priority: Priority::High });
    office.command(anna, Command::Send);
    office.until("it arrives", |office| !received(office, cleo).is_empty());
    office.run(1_000);
    assert_eq!(received(&office, cleo)[0].priority, Priority::High);
    assert!(received(&office, ben).is_empty());
}
