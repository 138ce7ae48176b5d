//! Whole objects: the header of 64 bytes and, behind it, the body.

use message::people::{Subscription, Topic};
use message::{
    Action, ErrorCode, Flags, Guid, HEADER_LEN, Header, Kind, Object, ObjectId, Priority, Refusal,
};

use crate::file::{File, hex};
use crate::same::guid;

pub(crate) fn check(file: &File) {
    let id = ObjectId::from_bytes([
        0x01, 0x8b, 0xcf, 0xe5, 0x68, 0x00, 0x70, 0x01, 0x80, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07,
        0x08,
    ]);
    let subscribe = Object::of(id, &Subscription { topics: vec![Topic::People, Topic::Messages] });
    let asked = subscribe.header;
    let refusal = Refusal::new(ErrorCode::NotLoggedIn, "log in first");
    same_object(file, "ping", &Object::bare(Action::Ping, id));
    same_object(file, "ping-low", &Object::bare(Action::Ping, id).with_priority(Priority::Low));
    same_object(file, "disconnect", &Object::bare(Action::Disconnect, id));
    same_object(file, "subscribe", &subscribe.clone().addressed(guid(0x99), guid(0x55)));
    same_object(file, "yes", &Object::accepted(&asked).with_priority(Priority::High));
    same_object(file, "no", &Object::refused(&asked, &refusal));
    same_object(file, "drop", &Object::dropped(id, &refusal));
    numbers(file);
}

fn same_object(file: &File, name: &str, object: &Object) {
    let vector = file.take(name);
    assert_eq!(hex(&object.to_bytes()), hex(&vector.bytes()), "{name}");
    assert_eq!(Object::parse(&vector.bytes()).as_ref(), Ok(object), "{name}");
}

/// Every field of a header at an unusual value, a kind of a later version among them.
fn numbers(file: &File) {
    let header = Header {
        action: Action::GoingDown,
        priority: Priority::Unknown,
        flags: Flags { answer: false, refused: true },
        kind: Kind::Other(0xfedc),
        id: ObjectId::from_bytes([0xff; 16]),
        source: Guid::from_bytes([0x01; 16]),
        destination: Guid::BLANK,
        length: 1 << 20,
    };
    let vector = file.take("header-alone");
    assert_eq!(hex(&header.to_bytes()), hex(&vector.bytes()));
    assert_eq!(vector.bytes().len(), HEADER_LEN);
    assert_eq!(Header::parse(&vector.bytes()), Ok(header));
}
