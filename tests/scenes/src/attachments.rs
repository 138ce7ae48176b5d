//! Files: attached, taken off, sealed, sent, saved.

use bytes::Bytes;
use client_engine::{Command, FileId, MessageState, SinkId};
use sim::{DeviceId, Office, speech};

use crate::acts::{RATE, arrived, record, state, until_arrived, until_ready, until_sent, view};

/// Bytes that do not shrink.
fn file(length: usize, seed: u32) -> Bytes {
    let mut word = seed;
    let mut next = || {
        word = word.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (word >> 24) as u8
    };
    (0..length).map(|_| next()).collect::<Vec<u8>>().into()
}

fn attach(office: &mut Office, device: DeviceId, number: u32, name: &str, data: &Bytes) {
    let file = FileId(number);
    office.device_mut(device).files.insert(file, data.clone());
    let (size, media_type) = (data.len() as u64, "application/pdf".to_owned());
    office.command(device, Command::Attach { file, name: name.to_owned(), media_type, size });
}

fn saved(office: &mut Office, device: DeviceId, message: message::MessageId, at: usize) -> Vec<u8> {
    let sink = SinkId(100 + at as u32);
    office.command(device, Command::Save { message, attachment: at, sink });
    office.run(2_000);
    let sink = &office[device].sinks[&sink];
    assert_eq!(sink.end, Some(Ok(())));
    sink.bytes.clone()
}

// rows 25, 29, 30, 31, 32
#[test]
fn attached_files_arrive_byte_for_byte() {
    let mut office = Office::new();
    let (anna, ben) = (office.person("anna"), office.person("ben"));
    let to = [office.guid(ben)];
    record(&mut office, anna, &to, 1_000);
    let files = [file(1_000_000, 1), file(0, 2), file(256 << 10, 3), file(5, 4)];
    for (number, data) in (0..).zip(&files) {
        attach(&mut office, anna, number, &format!("../plan {number}.pdf"), data);
    }
    office.command(anna, Command::Send);
    office.until("it is sent", |office| office[anna].engine().draft().is_none());
    let id = office[anna].engine().messages()[0].id;
    until_arrived(&mut office, ben, id);
    let here = view(&office, ben, id);
    let names: Vec<&str> = here.attachments.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(names, ["plan 0.pdf", "plan 1.pdf", "plan 2.pdf", "plan 3.pdf"]);
    assert!(here.attachments.iter().all(|file| file.done == file.size));
    for (at, data) in files.iter().enumerate() {
        assert!(saved(&mut office, ben, id, at) == *data, "file {at} is the same");
    }
    assert!(saved(&mut office, anna, id, 0) == files[0], "the sender keeps a copy");
}

// row 25
#[test]
fn files_that_are_left_after_one_was_taken_off_arrive() {
    let mut office = Office::new();
    let (anna, ben) = (office.person("anna"), office.person("ben"));
    let to = [office.guid(ben)];
    record(&mut office, anna, &to, 500);
    let files = [file(300_000, 1), file(400_000, 2), file(500_000, 3)];
    for (number, data) in (0..).zip(&files) {
        attach(&mut office, anna, number, &format!("{number}"), data);
    }
    office.run(1_000);
    office.command(anna, Command::Detach(1));
    office.command(anna, Command::Detach(0));
    attach(&mut office, anna, 9, "late", &files[0]);
    office.speak(anna, &speech(RATE, 500));
    office.run(1_000);
    office.command(anna, Command::ReRecord);
    office.run(500);
    office.command(anna, Command::StopTalking);
    until_ready(&mut office, anna);
    office.command(anna, Command::Send);
    office.until("it is sent", |office| office[anna].engine().draft().is_none());
    let id = office[anna].engine().messages()[0].id;
    until_arrived(&mut office, ben, id);
    assert_eq!(view(&office, ben, id).attachments.len(), 2);
    assert!(saved(&mut office, ben, id, 0) == files[2]);
    assert!(saved(&mut office, ben, id, 1) == files[0]);
}

// rows 25, 51
#[test]
fn a_large_message_goes_on_where_the_link_broke() {
    let mut office = Office::new();
    let (anna, ben) = (office.person("anna"), office.person("ben"));
    let to = [office.guid(ben)];
    record(&mut office, anna, &to, 500);
    let data = file(12_000_000, 5);
    attach(&mut office, anna, 1, "large", &data);
    office.run(2_000);
    office.command(anna, Command::Send);
    office.until("it is on its way", |office| office[anna].engine().draft().is_none());
    let id = office[anna].engine().messages()[0].id;
    for _ in 0..4 {
        office.run(700);
        office.sever(anna);
        office.run(2_500);
    }
    until_sent(&mut office, anna, id);
    for _ in 0..4 {
        office.run(30);
        office.sever(ben);
        office.run(2_500);
    }
    until_arrived(&mut office, ben, id);
    assert_eq!(arrived(&office, ben, id), 1);
    assert_eq!(state(&office, ben, id), MessageState::Unplayed);
    assert!(saved(&mut office, ben, id, 0) == data);
}

// row 25
#[test]
fn a_draft_can_begin_with_a_file() {
    let mut office = Office::new();
    let (anna, ben) = (office.person("anna"), office.person("ben"));
    let to = vec![office.guid(ben)];
    let data = file(10_000, 6);
    attach(&mut office, anna, 1, "only", &data);
    office.run(100);
    office.command(anna, Command::Readdress { recipients: to, priority: Default::default() });
    office.command(anna, Command::Send);
    office.until("it is sent", |office| office[anna].engine().draft().is_none());
    let id = office[anna].engine().messages()[0].id;
    until_arrived(&mut office, ben, id);
    assert_eq!(view(&office, ben, id).duration_ms, 0);
    assert!(saved(&mut office, ben, id, 0) == data);
}
