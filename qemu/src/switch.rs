//! A network between machines: a learning switch, to which QEMU connects by `-netdev stream` and
//! a test as one more station.
//!
//! Here is the core: which frames go where, and how frames stand in a stream (four bytes of length
//! in front of each, the high one first). [`shell`] has the sockets.

pub mod shell;

use std::collections::BTreeMap;

/// The largest frame: 64 KiB, as QEMU's cards make them with offloading, and their head.
pub const LARGEST: usize = 65_536 + 64;
/// The smallest: two addresses and a type.
const SMALLEST: usize = 14;
/// Addresses that are remembered.
const ADDRESSES: usize = 4096;

/// The address of a card.
pub type Address = [u8; 6];

/// A port of the switch.
pub type Port = u32;

/// A switch that learns behind which port an address is.
#[derive(Clone, Debug, Default)]
pub struct Switch {
    ports: Vec<Port>,
    stations: BTreeMap<Address, Port>,
}

impl Switch {
    /// A cable is put in.
    pub fn connect(&mut self, port: Port) {
        if !self.ports.contains(&port) {
            self.ports.push(port);
        }
    }

    /// A cable is pulled out, and what was behind it is forgotten.
    pub fn disconnect(&mut self, port: Port) {
        self.ports.retain(|other| *other != port);
        self.stations.retain(|_, behind| *behind != port);
    }

    /// The ports that a frame goes to.
    #[must_use]
    pub fn forward(&mut self, from: Port, frame: &[u8]) -> Vec<Port> {
        if frame.len() < SMALLEST {
            return Vec::new();
        }
        let (to, sender) = (address(&frame[..6]), address(&frame[6..12]));
        // Only a group address has the lowest bit; a sender has none of those.
        if sender[0] & 1 == 0
            && (self.stations.len() < ADDRESSES || self.stations.contains_key(&sender))
        {
            self.stations.insert(sender, from);
        }
        match self.stations.get(&to).filter(|_| to[0] & 1 == 0) {
            Some(port) if *port == from => Vec::new(),
            Some(port) => vec![*port],
            None => self.ports.iter().copied().filter(|port| *port != from).collect(),
        }
    }
}

fn address(bytes: &[u8]) -> Address {
    bytes.try_into().expect("a slice of six bytes")
}

/// A length that no frame has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a frame of {0} bytes is too large")]
pub struct TooLarge(u32);

/// Bytes of a stream, cut into frames.
#[derive(Clone, Debug, Default)]
pub struct Frames {
    buffer: Vec<u8>,
}

impl Frames {
    /// Takes bytes in.
    pub fn push(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// The next whole frame.
    ///
    /// # Errors
    /// What came is no frame; nothing more can be read.
    pub fn take(&mut self) -> Result<Option<Vec<u8>>, TooLarge> {
        let Some((head, rest)) = self.buffer.split_first_chunk::<4>() else { return Ok(None) };
        let told = u32::from_be_bytes(*head);
        let length = told as usize;
        if length > LARGEST {
            return Err(TooLarge(told));
        }
        let Some(frame) = rest.get(..length).map(<[u8]>::to_vec) else { return Ok(None) };
        self.buffer.drain(..4 + length);
        Ok(Some(frame))
    }
}

/// A frame as it stands in a stream; none if it is too large.
#[must_use]
pub fn framed(frame: &[u8]) -> Option<Vec<u8>> {
    let length = u32::try_from(frame.len()).ok().filter(|_| frame.len() <= LARGEST)?;
    Some([&length.to_be_bytes()[..], frame].concat())
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::{any, proptest};

    use super::{Frames, LARGEST, Port, Switch, TooLarge, framed};

    fn frame(to: u8, from: u8) -> Vec<u8> {
        let mut frame = vec![to; 6];
        frame.extend([from; 6]);
        frame.extend([8, 0, 1, 2, 3]);
        frame
    }

    fn switch(ports: Port) -> Switch {
        let mut switch = Switch::default();
        (0..ports).for_each(|port| switch.connect(port));
        switch
    }

    #[test]
    fn a_frame_for_an_unknown_station_goes_everywhere_else() {
        let mut switch = switch(3);
        assert_eq!(switch.forward(0, &frame(0xff, 2)), [1, 2]);
        assert_eq!(switch.forward(2, &frame(8, 4)), [0, 1]);
    }

    #[test]
    fn who_has_spoken_is_found_and_found_again_elsewhere() {
        let mut switch = switch(3);
        let _learnt = switch.forward(1, &frame(0xff, 2));
        assert_eq!(switch.forward(0, &frame(2, 4)), [1]);
        assert!(switch.forward(1, &frame(2, 6)).is_empty());
        let _moved = switch.forward(2, &frame(0xff, 2));
        assert_eq!(switch.forward(0, &frame(2, 4)), [2]);
        switch.disconnect(2);
        assert_eq!(switch.forward(0, &frame(2, 4)), [1]);
    }

    #[test]
    fn a_frame_that_is_too_short_goes_nowhere() {
        assert!(switch(3).forward(0, &[0xff; 13]).is_empty());
    }

    #[test]
    fn a_stream_of_nonsense_ends() {
        let mut frames = Frames::default();
        frames.push(&[0xff; 8]);
        assert_eq!(frames.take(), Err(TooLarge(u32::MAX)));
        assert_eq!(framed(&vec![0; LARGEST + 1]), None);
    }

    proptest! {
        #[test]
        fn frames_are_the_same_however_they_are_cut(
            list in vec(vec(any::<u8>(), 0..100), 0..8), cut in 1usize..50,
        ) {
            let bytes: Vec<u8> = list.iter().filter_map(|frame| framed(frame)).flatten().collect();
            let mut frames = Frames::default();
            let mut seen = Vec::new();
            for part in bytes.chunks(cut) {
                frames.push(part);
                while let Some(frame) = frames.take().expect("well formed") {
                    seen.push(frame);
                }
            }
            assert_eq!(seen, list);
        }

        #[test]
        fn no_frame_comes_back_or_makes_it_panic(frames in vec((0u32..4, vec(any::<u8>(), 0..40)), 0..50)) {
            let mut switch = switch(4);
            for (from, frame) in frames {
                assert!(!switch.forward(from, &frame).contains(&from));
            }
        }
    }
}
