//! [`Client`]: the engine as JavaScript calls it. Times are milliseconds of one monotonic clock.

use bytes::Bytes;
use client_engine::{Binding, Command, Engine, FileId, Input, Setup, SinkId, Ticket};
use js_sys::{Array, Uint8Array};
use machine::{Machine, Moment};
use message::{MessageId, Object};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::changes::Shown;
use crate::{command, deed, view};

/// The client's engine.
#[wasm_bindgen]
pub struct Client {
    engine: Engine,
    origin: String,
    now: Moment,
    shown: Shown,
}

#[wasm_bindgen]
impl Client {
    /// An engine that begins by reading its storage: the wall clock in unix milliseconds, the
    /// monotonic clock, 32 fresh random bytes, and the page's origin.
    ///
    /// # Errors
    /// If the seed has not 32 bytes.
    #[wasm_bindgen(constructor)]
    pub fn new(unix_millis: f64, now: f64, seed: &[u8], origin: String) -> Result<Self, String> {
        let seed = seed.try_into().map_err(|_| "the seed has 32 bytes".to_owned())?;
        let now = Moment::from_millis(whole(now));
        let software = concat!("browser ", env!("CARGO_PKG_VERSION")).to_owned();
        let unix_millis = whole(unix_millis);
        let engine = Engine::new(Setup { software, unix_millis, now, seed, receive: true });
        Ok(Self { engine, origin, now, shown: Shown::default() })
    }

    /// Tells the time, before anything else is told or asked.
    pub fn at(&mut self, now: f64) {
        self.now = Moment::from_millis(whole(now)).max(self.now);
    }

    /// Acts on passed deadlines.
    pub fn expire(&mut self) {
        self.engine.expire(self.now);
    }

    /// When `expire` is due, if ever.
    #[must_use]
    pub fn deadline(&self) -> Option<f64> {
        self.engine.deadline().map(|moment| fraction(moment.millis()))
    }

    /// The next deed, or undefined.
    pub fn poll(&mut self) -> JsValue {
        self.engine.poll().map_or(JsValue::UNDEFINED, deed::of)
    }

    /// The person wants something: JSON, see `web/page/engine.js`.
    ///
    /// # Errors
    /// If it is not a command.
    pub fn command(&mut self, json: &str) -> Result<(), String> {
        let command = command::read(json).map_err(|error| error.to_string())?;
        self.take(Input::Command(command));
        Ok(())
    }

    /// Attach a file to the draft, or begin a draft with it.
    pub fn attach(&mut self, file: u32, name: String, media_type: String, size: f64) {
        let size = whole(size);
        self.take(Input::Command(Command::Attach { file: FileId(file), name, media_type, size }));
    }

    /// Write an attachment of a message to a sink.
    ///
    /// # Errors
    /// If the message's id is none.
    pub fn save(&mut self, message: &str, attachment: usize, sink: u32) -> Result<(), String> {
        let message = message_id(message)?;
        self.take(Input::Command(Command::Save { message, attachment, sink: SinkId(sink) }));
        Ok(())
    }

    /// Write the speech of a message to a sink, as WAV or Ogg Opus.
    ///
    /// # Errors
    /// If the message's id is none.
    pub fn export(&mut self, message: &str, ogg: bool, sink: u32) -> Result<(), String> {
        let message = message_id(message)?;
        self.take(Input::Command(Command::Export { message, sink: SinkId(sink), ogg }));
        Ok(())
    }

    /// The link is up.
    pub fn link_up(&mut self) {
        let binding = Binding::Origin(self.origin.clone());
        self.take(Input::LinkUp(binding));
    }

    /// The link is down, and why.
    pub fn link_down(&mut self, why: String) {
        self.take(Input::LinkDown(why));
    }

    /// A frame came from the server.
    ///
    /// # Errors
    /// If it is not a message object; the connection is to be closed.
    pub fn object(&mut self, frame: Vec<u8>) -> Result<(), String> {
        let object = Object::parse(&Bytes::from(frame)).map_err(|error| error.to_string())?;
        self.take(Input::Object(object));
        Ok(())
    }

    /// Samples from the microphone.
    pub fn samples(&mut self, samples: Vec<f32>) {
        self.take(Input::Samples(samples));
    }

    /// The microphone ended by itself.
    pub fn samples_end(&mut self) {
        self.take(Input::SamplesEnd);
    }

    /// The storage has it on disk.
    pub fn stored(&mut self, ticket: f64) {
        self.take(Input::Stored(Ticket(whole(ticket))));
    }

    /// The storage could not.
    pub fn store_failed(&mut self, ticket: f64, why: String) {
        self.take(Input::StoreFailed(Ticket(whole(ticket)), why));
    }

    /// What the storage found: keys and values in the same order.
    pub fn scanned(&mut self, ticket: f64, keys: &Array, values: &Array, more: bool) {
        let records = keys.iter().zip(values.iter()).map(|(key, value)| {
            (Uint8Array::new(&key).to_vec(), Bytes::from(Uint8Array::new(&value).to_vec()))
        });
        let records = records.collect();
        self.take(Input::Scanned { ticket: Ticket(whole(ticket)), records, more });
    }

    /// A piece of a file that is being attached.
    pub fn file_read(&mut self, file: u32, offset: f64, data: Vec<u8>) {
        let data = Ok(Bytes::from(data));
        self.take(Input::FileRead { file: FileId(file), offset: whole(offset), data });
    }

    /// The file could not be read.
    pub fn file_failed(&mut self, file: u32, offset: f64, why: String) {
        let data = Err(why);
        self.take(Input::FileRead { file: FileId(file), offset: whole(offset), data });
    }

    /// The player is at this place of the message.
    pub fn played(&mut self, position_ms: f64) {
        self.take(Input::Played { position_ms: whole(position_ms) });
    }

    /// The link, who is logged in, and the parameters, as JSON.
    #[must_use]
    pub fn session(&self) -> String {
        view::session(&self.engine)
    }

    /// Everybody else, as JSON.
    #[must_use]
    pub fn people(&self) -> String {
        view::people(&self.engine.people())
    }

    /// The order of the messages and those that changed since this was asked last, as JSON.
    pub fn messages(&mut self) -> String {
        self.shown.update(self.engine.messages())
    }

    /// The draft, as JSON.
    #[must_use]
    pub fn draft(&self) -> String {
        view::draft(self.engine.draft().as_ref())
    }

    /// The level of the microphone in dBFS.
    #[must_use]
    pub fn level(&self) -> f32 {
        self.engine.draft().map_or(-90.0, |draft| draft.level_dbfs)
    }

    /// Which message is playing.
    #[must_use]
    pub fn playing(&self) -> Option<String> {
        self.engine.playing().map(|(message, _)| message.to_string())
    }

    /// Where it is, in milliseconds.
    #[must_use]
    pub fn playing_at(&self) -> f64 {
        self.engine.playing().map_or(0.0, |(_, position)| fraction(position))
    }

    /// The safety number with a person.
    #[must_use]
    pub fn safety_number(&self, person: &str) -> Option<String> {
        self.engine.safety_number(person.parse().ok()?)
    }
}

impl Client {
    fn take(&mut self, input: Input) {
        self.engine.handle(input, self.now);
    }
}

fn message_id(text: &str) -> Result<MessageId, String> {
    text.parse::<MessageId>().map_err(|error| error.to_string())
}

/// A number of JavaScript as a whole one; what is none of these counts as 0.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the cast saturates, which is what is wanted"
)]
fn whole(number: f64) -> u64 {
    number as u64
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds stay far below 2^53")]
fn fraction(number: u64) -> f64 {
    number as f64
}

#[cfg(test)]
mod tests {
    use super::Client;

    #[test]
    fn a_seed_of_the_wrong_length_is_refused() {
        assert!(Client::new(0.0, 0.0, &[0; 31], String::new()).is_err());
    }

    #[test]
    fn time_never_goes_backwards() {
        let Ok(mut client) = Client::new(1.0, 10.0, &[0; 32], "https://ivm".into()) else {
            unreachable!("the seed is good")
        };
        client.at(5.0);
        assert_eq!(client.now.millis(), 10);
        client.at(25.5);
        assert_eq!(client.now.millis(), 25);
    }

    #[test]
    fn what_is_no_object_or_no_id_is_an_error() {
        let Ok(mut client) = Client::new(1.0, 0.0, &[0; 32], "https://ivm".into()) else {
            unreachable!("the seed is good")
        };
        assert!(client.object(vec![1, 2, 3]).is_err());
        assert!(client.save("7", 0, 1).is_err());
        assert!(client.command("{}").is_err());
        assert_eq!(client.safety_number("nobody"), None);
    }
}
