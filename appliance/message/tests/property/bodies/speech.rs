//! Bodies about messages.

use message::speech::{
    Cancel, CheckIn, Discard, Envelope, Fate, Happened, Mode, Partial, Portion, Progress, Reached,
    Receipt, Recipient, RecipientFate, Sealed, Send, Sending,
};
use message::{Object, ObjectId};
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::{BoxedStrategy, Strategy, any};
use proptest::sample::select;

use super::{bytes, guid, key, message_id, objects, text};

pub(super) fn all() -> Vec<BoxedStrategy<Object>> {
    vec![
        objects(receipt()),
        objects(envelope()),
        objects(progress()),
        objects(message_id().prop_map(|message| Cancel { message })),
        objects(message_id().prop_map(|message| Discard { message })),
        portion(),
        objects(check_in()),
        objects(send()),
        objects(sending()),
    ]
}

fn mode() -> impl Strategy<Value = Mode> {
    select(vec![Mode::Live, Mode::Record])
}

fn sealed() -> impl Strategy<Value = Vec<Sealed>> {
    vec(bytes().prop_map(Sealed), 0..4)
}

fn reached() -> impl Strategy<Value = Vec<Reached>> {
    let one = any::<(u16, u32, bool)>().prop_map(|(stream, next, complete)| Reached {
        stream,
        next,
        complete,
    });
    vec(one, 0..5)
}

fn receipt() -> impl Strategy<Value = Receipt> {
    let happened = select(vec![Happened::Delivered, Happened::Played]);
    (message_id(), happened, guid(), any::<u64>())
        .prop_map(|(message, happened, person, time)| Receipt { message, happened, person, time })
}

fn envelope() -> impl Strategy<Value = Envelope> {
    let who = (message_id(), guid(), text(), key(), vec(guid(), 0..5));
    let how = (mode(), bytes(), bytes(), sealed());
    let when = (any::<u64>(), any::<u64>(), of(message_id()), any::<bool>(), any::<u8>());
    (who, how, when).prop_map(
        |(
            (message, sender, sender_display, sender_key, recipients),
            (mode, format, wrapped, attachments),
            (created, taken, reply_to, own, priority),
        )| Envelope {
            message,
            sender,
            sender_display,
            sender_key,
            mode,
            format,
            wrapped,
            recipients,
            attachments,
            created,
            taken,
            reply_to,
            own,
            priority,
        },
    )
}

fn progress() -> impl Strategy<Value = Progress> {
    (message_id(), any::<bool>(), reached(), any::<bool>())
        .prop_map(|(message, known, streams, stored)| Progress { message, known, streams, stored })
}

/// A portion borrows its data from the object, and is checked here for that.
fn portion() -> BoxedStrategy<Object> {
    let any = (message_id(), any::<(u16, u32, bool)>(), bytes());
    any.prop_map(|(message, (stream, sequence, last), data)| {
        let portion = Portion { message, stream, sequence, last, data: &data };
        let object = Object::of(ObjectId::BLANK, &portion);
        assert_eq!(object.read(), Ok(portion));
        object
    })
    .boxed()
}

fn check_in() -> impl Strategy<Value = CheckIn> {
    let partial =
        (message_id(), reached()).prop_map(|(message, streams)| Partial { message, streams });
    (vec(message_id(), 0..4), vec(partial, 0..4), vec(message_id(), 0..4))
        .prop_map(|(sending, receiving, watching)| CheckIn { sending, receiving, watching })
}

fn send() -> impl Strategy<Value = Send> {
    let recipient = (guid(), bytes()).prop_map(|(person, wrapped)| Recipient { person, wrapped });
    let seals = (bytes(), vec(recipient, 0..5), bytes(), sealed());
    (message_id(), mode(), seals, any::<u64>(), of(message_id())).prop_map(
        |(message, mode, (format, recipients, own, attachments), created, reply_to)| Send {
            message,
            mode,
            format,
            recipients,
            own,
            attachments,
            created,
            reply_to,
        },
    )
}

fn sending() -> impl Strategy<Value = Sending> {
    let fates = select(vec![Fate::Live, Fate::Stored, Fate::Unknown, Fate::Full]);
    let one = (guid(), fates).prop_map(|(person, fate)| RecipientFate { person, fate });
    (message_id(), vec(one, 0..5)).prop_map(|(message, fates)| Sending { message, fates })
}
