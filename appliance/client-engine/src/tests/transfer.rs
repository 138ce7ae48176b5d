//! Portions in both directions, as the server sees them.

use bytes::Bytes;
use message::speech::{
    Cancel, Fate, Mode, Portion, Progress, Reached, RecipientFate, Send, Sending,
};
use message::{ErrorCode, Kind, MessageId, Object, Refusal};

use super::bench::{BEN, Bench, Letter};
use crate::{Command, FileId, Input, MessageState, Notice, Source, Talk, Wish};

fn talk(wish: Wish) -> Input {
    Input::Command(Command::Talk(Talk {
        recipients: vec![BEN],
        wish,
        priority: Default::default(),
        reply_to: None,
        source: Source::Microphone { rate: 16_000 },
    }))
}

fn tone(milliseconds: usize) -> Input {
    Input::Samples((0..16 * milliseconds).map(|at| 0.3 * (at as f32 * 0.2).sin()).collect())
}

/// A draft with a file of so many bytes, sent.
fn send_file(bench: &mut Bench, bytes: usize) -> MessageId {
    bench.tell(talk(Wish::Record));
    bench.tell(tone(500));
    bench.tell(Input::Command(Command::StopTalking));
    let name = "noise".to_owned();
    let (file, media_type, size) = (FileId(1), String::new(), bytes as u64);
    bench.tell(Input::Command(Command::Attach { file, name, media_type, size }));
    let mut word = 1u32;
    let data: Vec<u8> = std::iter::repeat_with(|| {
        word = word.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (word >> 24) as u8
    })
    .take(bytes)
    .collect();
    let mut offset = 0;
    while offset <= bytes {
        let piece = data[offset..bytes.min(offset + (256 << 10))].to_vec();
        let data = Ok(Bytes::from(piece));
        bench.tell(Input::FileRead { file, offset: offset as u64, data });
        offset += 256 << 10;
    }
    let id = bench.engine.draft().expect("it is ready").id;
    bench.tell(Input::Command(Command::Send));
    id
}

fn answer_send(bench: &mut Bench, fate: Fate) -> Send {
    let object = bench.take(Kind::Send);
    let send: Send = object.read().expect("a send");
    let fates = vec![RecipientFate { person: BEN, fate }];
    let sending = Sending { message: send.message, fates };
    bench.tell(Input::Object(Object::answer(&object.header, &sending)));
    send
}

fn portions(bench: &mut Bench) -> Vec<(u16, u32, bool, usize)> {
    let mut taken = Vec::new();
    while bench.count(Kind::Portion) > 0 {
        let object = bench.take(Kind::Portion);
        let portion: Portion<'_> = object.read().expect("a portion");
        taken.push((portion.stream, portion.sequence, portion.last, portion.data.len()));
    }
    taken
}

fn progress(bench: &mut Bench, message: MessageId, streams: &[(u16, u32)], stored: bool) {
    let streams = streams.iter().map(|(stream, next)| Reached {
        stream: *stream,
        next: *next,
        complete: stored,
    });
    let streams = streams.collect();
    bench.event(&Progress { message, known: true, streams, stored });
}

// rows 95, 100
#[test]
fn no_more_is_sent_ahead_than_the_window_allows() {
    let mut bench = Bench::online();
    let id = send_file(&mut bench, 6_000_000);
    let early = portions(&mut bench);
    let bytes: usize = early.iter().map(|portion| portion.3).sum();
    assert!(bytes <= 768 << 10, "{bytes} before the server has said anything");
    let send = answer_send(&mut bench, Fate::Stored);
    assert_eq!((send.message, send.attachments.len()), (id, 1));
    let mut all = early;
    for _ in 0..40 {
        all.extend(portions(&mut bench));
        let ahead: usize = all.iter().map(|portion| portion.3).sum();
        let stored = all.iter().filter(|portion| portion.2).count() == 2;
        let speech = all.iter().filter(|portion| portion.0 == 0).count() as u32;
        let file = all.len() as u32 - speech;
        progress(&mut bench, id, &[(0, speech), (1, file)], stored);
        let next = portions(&mut bench);
        let more: usize = next.iter().map(|portion| portion.3).sum();
        assert!(more <= (1 << 20) + (300 << 10), "{more} at once, {ahead} before");
        all.extend(next);
    }
    let last: Vec<_> = all.iter().filter(|portion| portion.2).map(|portion| portion.0).collect();
    assert_eq!(last, [0, 1]);
    assert!(bench.notices.contains(&Notice::Sent(id)));
}

// row 95
#[test]
fn sending_goes_on_at_the_first_missing_portion() {
    let mut bench = Bench::online();
    let id = send_file(&mut bench, 1_500_000);
    let send = answer_send(&mut bench, Fate::Stored);
    portions(&mut bench);
    bench.tell(Input::LinkDown("lost".to_owned()));
    bench.run(3_000);
    bench.sent.clear();
    bench.tell(Input::LinkUp(crate::Binding::None));
    let hello = bench.take(Kind::TokenHello);
    let welcome = super::bench::welcome(super::bench::ANNA);
    bench.tell(Input::Object(Object::answer(&hello.header, &welcome)));
    progress(&mut bench, id, &[(0, 2), (1, 4)], false);
    bench.accept(Kind::CheckIn);
    let rest = portions(&mut bench);
    assert_eq!(bench.count(Kind::Send), 0, "the server knows it");
    assert_eq!(rest.first().map(|portion| (portion.0, portion.1)), Some((1, 4)));
    assert_eq!(send.mode, Mode::Record);
}

#[test]
fn an_opening_that_comes_again_is_the_same_to_the_byte() {
    let mut bench = Bench::online();
    let id = send_file(&mut bench, 10);
    let first = bench.take(Kind::Send);
    let mut bench = Bench::over(bench.disk.clone());
    bench.come_online();
    assert_eq!(bench.take(Kind::Send).body, first.body);
    assert_eq!(bench.engine.message(id).expect("it is there").state, MessageState::Sending);
}

#[test]
fn what_is_refused_for_now_is_tried_again_and_what_is_refused_is_told() {
    let mut bench = Bench::online();
    let id = send_file(&mut bench, 10);
    let refuse = |bench: &mut Bench, code| {
        let asked = bench.take(Kind::Send);
        let refusal = Refusal::new(code, "no");
        bench.tell(Input::Object(Object::refused(&asked.header, &refusal)));
    };
    refuse(&mut bench, ErrorCode::DiskFull);
    assert_eq!(bench.engine.message(id).expect("it is there").state, MessageState::Sending);
    bench.tell(Input::Object(Object::bare(message::Action::Ping, Default::default())));
    bench.run(15_000);
    assert_eq!(bench.count(Kind::Send), 0);
    bench.run(16_000);
    refuse(&mut bench, ErrorCode::Quota);
    assert_eq!(bench.engine.message(id).expect("it is there").state, MessageState::Failed);
    assert!(bench.notices.iter().any(|notice| matches!(notice, Notice::SendFailed { .. })));
}

#[test]
fn a_message_that_nobody_can_get_has_failed() {
    let mut bench = Bench::online();
    let id = send_file(&mut bench, 10);
    answer_send(&mut bench, Fate::Full);
    assert_eq!(bench.engine.message(id).expect("it is there").state, MessageState::Failed);
}

// rows 65, 66, 68
#[test]
fn live_portions_go_out_as_they_are_full() {
    let mut bench = Bench::online();
    bench.tell(talk(Wish::Live));
    answer_send(&mut bench, Fate::Live);
    for piece in 1..=10 {
        bench.tell(tone(60));
        bench.run(60);
        let made = portions(&mut bench).len();
        assert!(made == 1 || piece == 1, "each buffer goes out when it is full: {made}");
    }
    bench.tell(Input::Command(Command::StopTalking));
    assert_eq!(portions(&mut bench).last().map(|portion| portion.2), Some(true));
}

// row 69
#[test]
fn a_live_message_is_played_behind_a_small_buffer() {
    let mut bench = Bench::online();
    let letter = Letter::new(40, Mode::Live, 600);
    bench.event(&letter.envelope);
    bench.event(&letter.portion(0));
    assert_eq!(bench.played_ms, 0);
    bench.event(&letter.portion(1));
    assert_eq!(bench.played_ms, 120);
    bench.event(&letter.portion(2));
    assert_eq!(bench.played_ms, 180);
    assert_eq!(bench.engine.playing().map(|(id, _)| id), Some(letter.id()));
}

#[test]
fn a_live_message_that_is_old_waits_to_be_played() {
    let mut bench = Bench::online();
    let mut letter = Letter::new(41, Mode::Live, 300);
    letter.envelope.taken -= 60_000;
    letter.bring(&mut bench);
    assert_eq!(bench.played_ms, 0);
    let told = Notice::Arriving { message: letter.id(), sender: BEN, live: false };
    assert!(bench.notices.contains(&told));
}

#[test]
fn what_came_of_a_message_that_was_cut_can_be_played() {
    let mut bench = Bench::online();
    let letter = Letter::new(42, Mode::Record, 600);
    bench.event(&letter.envelope);
    for at in 0..5 {
        bench.event(&letter.portion(at));
    }
    bench.event(&Cancel { message: letter.id() });
    assert_eq!(bench.engine.message(letter.id()).expect("kept").state, MessageState::Cut);
    bench.tell(Input::Command(Command::Play { message: letter.id(), from_ms: 0 }));
    assert_eq!(bench.played_ms, 300);
    let empty = Letter::new(43, Mode::Record, 600);
    bench.event(&empty.envelope);
    bench.event(&Cancel { message: empty.id() });
    assert!(bench.engine.message(empty.id()).is_none(), "of this there is nothing");
}

// row 28
#[test]
fn a_long_message_is_given_to_the_player_bit_by_bit() {
    let mut bench = Bench::online();
    let letter = Letter::new(44, Mode::Record, 60_000);
    letter.bring(&mut bench);
    bench.tell(Input::Command(Command::Play { message: letter.id(), from_ms: 0 }));
    let first = bench.played_ms;
    assert!(first < 20_000, "{first} ms at once");
    bench.tell(Input::Played { position_ms: first });
    assert!(bench.played_ms > first);
    while bench.deeds.iter().all(|deed| deed != "PlayEnd") {
        bench.tell(Input::Played { position_ms: bench.played_ms });
    }
    bench.tell(Input::Played { position_ms: bench.played_ms });
    assert_eq!(bench.engine.message(letter.id()).expect("here").state, MessageState::Played);
}
