//! What is written is read back as it was, whatever the values; and no bytes from a peer do harm.

mod bodies;
mod every_body;

use bytes::Bytes;
use message::{Action, Flags, Guid, Header, Kind, Object, ObjectId, Priority};
use proptest::collection::vec;
use proptest::prelude::{Strategy, any, prop_assert, prop_assert_eq, proptest};
use proptest::sample::{Index, select};

fn headers() -> impl Strategy<Value = Header> {
    let marks = (select(Action::ALL.to_vec()), 0..4u8, 0..4u8, any::<u16>());
    let ids = (any::<[u8; 16]>(), any::<[u8; 16]>(), any::<[u8; 16]>(), 0..=1u32 << 20);
    (marks, ids).prop_map(|((action, priority, flags, kind), (id, source, destination, length))| {
        Header {
            action,
            priority: Priority::from_number(priority).expect("below 4"),
            flags: Flags::from_byte(flags),
            kind: Kind::from_number(kind),
            id: ObjectId::from_bytes(id),
            source: Guid::from_bytes(source),
            destination: Guid::from_bytes(destination),
            length,
        }
    })
}

proptest! {
    // rows 84, 96, 100
    #[test]
    fn a_header_is_read_back_as_it_was_written(header in headers()) {
        prop_assert_eq!(Header::parse(&header.to_bytes()), Ok(header));
    }

    #[test]
    fn a_header_with_one_bit_turned_is_refused(header in headers(), at in 0..512usize) {
        let mut bytes = header.to_bytes();
        bytes[at / 8] ^= 1 << (at % 8);
        prop_assert!(Header::parse(&bytes).is_err());
    }

    // row 97
    #[test]
    fn an_object_is_read_back_as_it_was_written(
        header in headers(), body in vec(any::<u8>(), 0..2000),
    ) {
        let length = body.len() as u32;
        let object = Object { header: Header { length, ..header }, body: Bytes::from(body) };
        prop_assert_eq!(Object::parse(&Bytes::from(object.to_bytes())), Ok(object));
    }

    #[test]
    fn any_bytes_are_an_object_or_are_refused(bytes in vec(any::<u8>(), 0..300)) {
        let _ = Object::parse(&Bytes::from(bytes));
    }

    #[test]
    fn any_body_is_read_or_refused(
        kind in select(Kind::ALL.to_vec()), body in vec(any::<u8>(), 0..300),
    ) {
        every_body::read(kind, &Bytes::from(body));
    }

    // rows 84, 95, 97
    #[test]
    fn a_body_is_read_back_as_it_was_written(object in bodies::any_object()) {
        prop_assert!(every_body::read(object.header.kind, &object.body));
        prop_assert_eq!(Object::parse(&Bytes::from(object.to_bytes())), Ok(object));
    }

    #[test]
    fn a_body_that_was_cut_or_changed_is_read_or_refused(
        object in bodies::any_object(), place in any::<Index>(), byte in any::<u8>(),
    ) {
        let mut bytes = object.body.to_vec();
        let at = place.index(bytes.len());
        every_body::read(object.header.kind, &object.body.slice(..at));
        if let Some(changed) = bytes.get_mut(at) {
            *changed = byte;
        }
        every_body::read(object.header.kind, &Bytes::from(bytes));
    }
}
