//! Strategies for every body, each written once and read back on the way.

mod admin;
mod lease;
mod login;
mod people;
mod speech;
mod station;
mod system;

use std::fmt::Debug;

use message::{Body, Guid, MessageId, Object, ObjectId};
use proptest::collection::vec;
use proptest::prelude::{BoxedStrategy, Strategy, any};
use proptest::strategy::Union;

/// An object with any body; that it is read back as it was written has been checked.
pub(crate) fn any_object() -> impl Strategy<Value = Object> {
    let all = [
        login::all(),
        people::all(),
        speech::all(),
        admin::all(),
        system::all(),
        station::all(),
        lease::all(),
    ];
    Union::new(all.into_iter().flatten())
}

/// Objects with these bodies.
fn objects<B>(bodies: impl Strategy<Value = B> + 'static) -> BoxedStrategy<Object>
where
    B: for<'b> Body<'b> + PartialEq + Debug,
{
    let written = |body: B| {
        let object = Object::of(ObjectId::BLANK, &body);
        assert_eq!(object.read::<B>().as_ref(), Ok(&body));
        object
    };
    bodies.prop_map(written).boxed()
}

fn guid() -> impl Strategy<Value = Guid> {
    any::<[u8; 16]>().prop_map(Guid::from_bytes)
}

fn message_id() -> impl Strategy<Value = MessageId> {
    any::<[u8; 16]>().prop_map(MessageId::from_bytes)
}

fn key() -> impl Strategy<Value = [u8; 32]> {
    any::<[u8; 32]>()
}

fn text() -> impl Strategy<Value = String> {
    vec(any::<char>(), 0..20).prop_map(String::from_iter)
}

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    vec(any::<u8>(), 0..100)
}
