//! What people do in the scenes.

use client_engine::{
    Command, Direction, DraftState, MessageState, MessageView, Notice, Source, Talk, Wish,
};
use message::{Guid, MessageId, Priority};
use sim::{DeviceId, Office, speech};

/// The rate of every microphone here.
pub(crate) const RATE: u32 = 16_000;

/// To speak to some people.
pub(crate) fn talk_to(recipients: &[Guid], wish: Wish) -> Command {
    Command::Talk(Talk {
        recipients: recipients.to_vec(),
        wish,
        priority: Priority::Normal,
        reply_to: None,
        source: Source::Microphone { rate: RATE },
    })
}

/// Speaks for so long in record mode, and waits until the draft is ready.
pub(crate) fn record(office: &mut Office, device: DeviceId, to: &[Guid], milliseconds: u64) {
    office.speak(device, &speech(RATE, milliseconds));
    office.command(device, talk_to(to, Wish::Record));
    office.run(milliseconds);
    office.command(device, Command::StopTalking);
    until_ready(office, device);
}

/// Waits until the draft is ready.
pub(crate) fn until_ready(office: &mut Office, device: DeviceId) {
    office.until("the draft is ready", |office| {
        let draft = office[device].engine().draft();
        draft.is_some_and(|draft| draft.state == DraftState::Ready)
    });
}

/// Records and sends; the id of the message.
pub(crate) fn send(
    office: &mut Office,
    device: DeviceId,
    to: &[Guid],
    milliseconds: u64,
) -> MessageId {
    record(office, device, to, milliseconds);
    let id = office[device].engine().draft().expect("it is ready").id;
    office.command(device, Command::Send);
    id
}

/// Waits until the server has a message.
pub(crate) fn until_sent(office: &mut Office, device: DeviceId, id: MessageId) {
    office.until("the message is sent", |office| sent(office, device, id) > 0);
}

/// How often a device was told that the server has a message.
pub(crate) fn sent(office: &Office, device: DeviceId, id: MessageId) -> usize {
    office[device].count(|notice| *notice == Notice::Sent(id))
}

/// Waits until a device has a message.
pub(crate) fn until_arrived(office: &mut Office, device: DeviceId, id: MessageId) {
    office.until("the message has arrived", |office| arrived(office, device, id) > 0);
}

/// How often a device told that a message is there.
pub(crate) fn arrived(office: &Office, device: DeviceId, id: MessageId) -> usize {
    office[device]
        .count(|notice| matches!(notice, Notice::Arrived { message, .. } if *message == id))
}

/// A message on a device.
pub(crate) fn view(office: &Office, device: DeviceId, id: MessageId) -> MessageView {
    office[device].engine().message(id).expect("the message is in the list")
}

/// Messages that a device has received.
pub(crate) fn received(office: &Office, device: DeviceId) -> Vec<MessageView> {
    let mut messages = office[device].engine().messages();
    messages.retain(|message| message.direction == Direction::Received);
    messages
}

/// The state of a message on a device.
pub(crate) fn state(office: &Office, device: DeviceId, id: MessageId) -> MessageState {
    view(office, device, id).state
}

/// Plays a message to its end.
pub(crate) fn play(office: &mut Office, device: DeviceId, message: MessageId) {
    office.command(device, Command::Play { message, from_ms: 0 });
    office.until("it is played", |office| office[device].engine().playing().is_none());
}
