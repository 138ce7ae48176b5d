//! Bodies about messages.

use message::speech::{
    Cancel, CheckIn, Discard, Envelope, Fate, Happened, Mode, Partial, Portion, Progress, Reached,
    Receipt, Recipient, RecipientFate, Sealed, Send, Sending,
};

use crate::file::File;
use crate::same::{guid, message, same};

/// Opus at 16 kHz, DEFLATE, AES-256-GCM.
const FORMAT: [u8; 10] = [1, 1, 0, 0, 0x3e, 0x80, 1, 20, 1, 1];
const BEGUN: Reached = Reached { stream: 0, next: 7, complete: false };
const DONE: Reached = Reached { stream: 1, next: 70_000, complete: true };

pub(crate) fn check(file: &File) {
    sending(file);
    portions(file);
    receiving(file);
    let check_in = CheckIn {
        sending: vec![message(0x51)],
        receiving: vec![Partial { message: message(0x52), streams: vec![BEGUN, DONE] }],
        watching: vec![message(0x53), message(0x54)],
    };
    same!(file, "check-in", check_in);
    same!(file, "check-in-empty", CheckIn::default());
    same!(file, "cancel", Cancel { message: message(0x51) });
    same!(file, "discard", Discard { message: message(0x51) });
}

fn sending(file: &File) {
    let live = Send {
        message: message(0x51),
        mode: Mode::Live,
        format: FORMAT.to_vec(),
        recipients: vec![Recipient { person: guid(1), wrapped: vec![0xaa; 80] }],
        own: vec![0xbb; 80],
        attachments: Vec::new(),
        created: 1_700_000_000_000,
        reply_to: None,
    };
    same!(file, "send-live", live.clone());
    let recorded = Send {
        mode: Mode::Record,
        attachments: vec![Sealed(vec![0xcc; 30]), Sealed(vec![0xdd; 31])],
        reply_to: Some(message(0x50)),
        ..live
    };
    same!(file, "send-recorded", recorded);
    let fates = vec![
        RecipientFate { person: guid(1), fate: Fate::Live },
        RecipientFate { person: guid(2), fate: Fate::Stored },
        RecipientFate { person: guid(3), fate: Fate::Unknown },
        RecipientFate { person: guid(4), fate: Fate::Full },
    ];
    same!(file, "sending", Sending { message: message(0x51), fates });
    let streams = vec![BEGUN, DONE];
    let progress = Progress { message: message(0x51), known: true, streams, stored: false };
    same!(file, "progress", progress);
    let lost =
        Progress { message: message(0x51), known: false, streams: Vec::new(), stored: false };
    same!(file, "progress-unknown", lost);
}

fn portions(file: &File) {
    let first =
        Portion { message: message(0x51), stream: 0, sequence: 0, last: false, data: &[0xee; 40] };
    for (name, portion) in [
        ("portion", first),
        ("portion-last", Portion { stream: 2, sequence: 70_000, last: true, data: &[], ..first }),
    ] {
        let vector = file.take(name);
        let written = message::Object::of(message::ObjectId::BLANK, &portion);
        assert_eq!(written.body, vector.bytes(), "{name}");
        assert_eq!(written.header.kind.number(), vector.kind(), "{name}");
        assert_eq!(vector.object().read(), Ok(portion), "{name}");
    }
}

fn receiving(file: &File) {
    let envelope = Envelope {
        message: message(0x51),
        sender: guid(0x99),
        sender_display: "Alice Ävall".into(),
        sender_key: [0xaa; 32],
        mode: Mode::Live,
        format: FORMAT.to_vec(),
        wrapped: vec![0xbb; 80],
        recipients: vec![guid(1), guid(2)],
        attachments: vec![Sealed(vec![0xcc; 30])],
        created: 1_700_000_000_000,
        taken: 1_700_000_000_050,
        reply_to: Some(message(0x50)),
        own: false,
        priority: 3,
    };
    same!(file, "envelope", envelope);
    let delivered = Receipt {
        message: message(0x51),
        happened: Happened::Delivered,
        person: message::Guid::BLANK,
        time: 0,
    };
    same!(file, "receipt-delivered", delivered);
    let played = Receipt {
        happened: Happened::Played,
        person: guid(1),
        time: 1_700_000_000_000,
        ..delivered
    };
    same!(file, "receipt-played", played);
}
