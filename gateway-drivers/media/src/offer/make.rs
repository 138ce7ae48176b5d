//! Our descriptions.

use super::{EVENTS, Ours, Secrecy};
use crate::codec::{CLOCK, Codec};
use crate::rtp::PayloadType;
use crate::sdp::{Crypto, Map, Media, Profile, Session};
use crate::srtp::Suite;

/// Milliseconds of sound in a packet of ours.
const PTIME: u32 = 20;
/// The suites that we offer, the best first.
const SUITES: [Suite; 2] = [Suite::Tag80, Suite::Tag32];

/// The description of a session that we begin.
#[must_use]
pub fn offer(ours: &Ours) -> Session {
    let mut media = audio(ours, &codecs(ours), PayloadType::new(EVENTS));
    match ours.secrecy {
        Secrecy::IfOffered => {}
        Secrecy::Required => {
            media.profile = Profile::Savp;
            let suites = SUITES.iter().zip(1..);
            media.crypto =
                suites.map(|(suite, tag)| Crypto::new(tag, *suite, &ours.master)).collect();
        }
    }
    media.is_muxed = true;
    let mut session = Session::new(ours.id, ours.version, ours.address);
    session.media.push(media);
    session
}

/// The codecs that we offer, under their usual numbers.
pub(super) fn codecs(ours: &Ours) -> Vec<(PayloadType, Codec)> {
    ours.codecs.iter().map(|codec| (codec.payload_type(), *codec)).collect()
}

/// A medium of ours in the clear.
pub(super) fn audio(
    ours: &Ours,
    codecs: &[(PayloadType, Codec)],
    events: Option<PayloadType>,
) -> Media {
    let kinds = codecs.iter().map(|(kind, _)| *kind).chain(events);
    let formats = kinds.map(|kind| kind.number().to_string()).collect();
    let mut media = Media::new("audio", ours.port, Profile::Avp, formats);
    for (kind, codec) in codecs {
        let map = Map { name: codec.name().to_owned(), clock: CLOCK, channels: 1 };
        media.maps.insert(*kind, map);
    }
    if let Some(events) = events {
        let name = "telephone-event".to_owned();
        media.maps.insert(events, Map { name, clock: CLOCK, channels: 1 });
        media.parameters.insert(events, "0-16".to_owned());
    }
    media.ptime = Some(PTIME);
    media.direction = Some(ours.direction);
    media
}
