//! Message objects as a peer might send them: header and every body.
//!
//! The checksum would keep a fuzzer out, so that it is put right where the rest of a header is
//! long enough.

#![no_main]

#[path = "../../../appliance/message/tests/property/every_body.rs"]
mod every_body;

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use message::{HEADER_LEN, Header, Malformed, Object};

fuzz_target!(|input: &[u8]| {
    let mut bytes = input.to_vec();
    if let Err(Malformed::Checksum { expected, .. }) = Header::parse(&bytes) {
        bytes[HEADER_LEN - 4..HEADER_LEN].copy_from_slice(&expected.to_be_bytes());
    }
    let Ok(header) = Header::parse(&bytes) else { return };
    let body = Bytes::from(bytes).slice(HEADER_LEN..);
    every_body::read(header.kind, &body);
    let object = Object { header: Header { length: body.len() as u32, ..header }, body };
    assert_eq!(Object::parse(&Bytes::from(object.to_bytes())), Ok(object));
});
