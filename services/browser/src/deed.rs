//! The engine's outputs as plain JavaScript objects: `deed` tells which, bytes are `Uint8Array`,
//! samples `Float32Array`, and numbers of tickets stay exact as they are far below 2^53.

use client_engine::{Change, Output, Write};
use js_sys::{Array, Float32Array, Object, Reflect, Uint8Array};
use wasm_bindgen::JsValue;

use crate::notice;

/// The deed that JavaScript has to carry out.
pub(crate) fn of(output: Output) -> JsValue {
    match output {
        Output::Connect => deed("connect", []),
        Output::Disconnect => deed("disconnect", []),
        Output::Transmit(object) => deed("transmit", [("data", bytes(&object.to_bytes()))]),
        Output::Store { ticket, writes } => {
            let writes: Array = writes.iter().map(write).collect();
            deed("store", [("ticket", number(ticket.0)), ("writes", writes.into())])
        }
        Output::Scan { ticket, prefix, after, limit } => deed(
            "scan",
            [
                ("ticket", number(ticket.0)),
                ("prefix", bytes(&prefix)),
                ("after", after.map_or(JsValue::NULL, |key| bytes(&key))),
                ("limit", number(limit as u64)),
            ],
        ),
        Output::Microphone { rate } => deed("microphone", [("rate", number(rate.into()))]),
        Output::MicrophoneOff => deed("microphone_off", []),
        Output::Play { samples, rate } => deed(
            "play",
            [
                ("samples", Float32Array::from(samples.as_slice()).into()),
                ("rate", number(rate.into())),
            ],
        ),
        Output::PlayEnd => deed("play_end", []),
        Output::PlayStop => deed("play_stop", []),
        Output::WarningTone => deed("warning_tone", []),
        Output::ReadFile { file, offset, length } => deed(
            "read_file",
            [
                ("file", number(file.0.into())),
                ("offset", number(offset)),
                ("length", number(length as u64)),
            ],
        ),
        Output::WriteSink { sink, data } => {
            deed("write_sink", [("sink", number(sink.0.into())), ("data", bytes(&data))])
        }
        Output::CloseSink { sink, result } => deed(
            "close_sink",
            [
                ("sink", number(sink.0.into())),
                ("error", result.err().map_or(JsValue::NULL, |why| why.into())),
            ],
        ),
        Output::Changed(change) => deed("changed", [("view", view_name(change).into())]),
        Output::Notice(told) => deed("notice", [("json", notice::words(&told).into())]),
    }
}

fn view_name(change: Change) -> &'static str {
    match change {
        Change::Session => "session",
        Change::People => "people",
        Change::Messages => "messages",
        Change::Draft => "draft",
        Change::Level => "level",
        Change::Playing => "playing",
    }
}

/// A put is `[key, value]`, the deletion of a prefix `[prefix]`.
fn write(write: &Write) -> JsValue {
    match write {
        Write::Put(key, value) => Array::of2(&bytes(key), &bytes(value)).into(),
        Write::DeletePrefix(prefix) => Array::of1(&bytes(prefix)).into(),
    }
}

fn deed<const N: usize>(name: &str, fields: [(&str, JsValue); N]) -> JsValue {
    let object = Object::new();
    for (field, value) in [("deed", name.into())].into_iter().chain(fields) {
        Reflect::set(&object, &field.into(), &value).expect("a fresh object takes any property");
    }
    object.into()
}

fn bytes(data: &[u8]) -> JsValue {
    Uint8Array::from(data).into()
}

#[expect(clippy::cast_precision_loss, reason = "tickets and offsets stay far below 2^53")]
fn number(value: u64) -> JsValue {
    JsValue::from_f64(value as f64)
}
