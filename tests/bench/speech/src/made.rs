//! A message made of samples, and heard again.

use thiserror::Error;
use voice::chain::{Chain, ChainError, Mode};
use voice::codec::Quality;
use voice::format::Format;
use voice::ids::{AccountId, MessageId};
use voice::pipeline::{MakeError, PlayError, PortionMaker, PortionPlayer, SealedPortion};
use voice::seal::ContentKey;
use wasm_bindgen::JsError;
use wasm_bindgen::prelude::wasm_bindgen;

/// Samples per second of the microphone.
pub const CAPTURE: u32 = 48_000;
const PORTION_MS: u32 = 60;
const MESSAGE: MessageId = MessageId([1; 16]);
const SENDER: AccountId = AccountId([2; 16]);

/// Why a run failed.
#[derive(Debug, Error)]
pub enum RunError {
    /// The signal chain could not be built.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// A portion could not be made.
    #[error(transparent)]
    Make(#[from] MakeError),
    /// A portion could not be played.
    #[error(transparent)]
    Play(#[from] PlayError),
}

/// A message made of speech.
#[wasm_bindgen]
pub struct Made {
    portions: Vec<SealedPortion>,
}

impl Made {
    /// Makes a message of samples at [`CAPTURE`].
    ///
    /// # Errors
    /// Whatever the pipeline refuses.
    pub fn of(samples: &[f32]) -> Result<Self, RunError> {
        let format = Format::SPEECH;
        let mut chain = Chain::new(CAPTURE, format.rate(), Mode::Clean)?;
        let quality = Quality::SPEECH;
        let mut maker = PortionMaker::new(format, quality, &key(), MESSAGE, SENDER, PORTION_MS)?;
        let mut portions = Vec::new();
        let mut frames = Vec::new();
        for chunk in samples.chunks(960) {
            chain.push(chunk, &mut frames);
            for frame in frames.drain(..) {
                portions.extend(maker.push(&frame.samples)?);
            }
        }
        chain.flush(&mut frames);
        for frame in frames {
            portions.extend(maker.push(&frame.samples)?);
        }
        portions.extend(maker.finish()?);
        Ok(Self { portions })
    }

    /// Opens and decodes it, and answers how many samples came out.
    ///
    /// # Errors
    /// Whatever the pipeline refuses.
    pub fn heard(&self) -> Result<usize, RunError> {
        let mut player = PortionPlayer::new(Format::SPEECH, &key(), MESSAGE, SENDER)?;
        let mut samples = 0;
        for portion in &self.portions {
            samples += player.push(portion.seq, portion.last, &portion.bytes)?.len();
        }
        Ok(samples)
    }
}

#[wasm_bindgen]
impl Made {
    /// [`Made::of`] for JavaScript.
    ///
    /// # Errors
    /// As there.
    #[wasm_bindgen(constructor)]
    pub fn make(samples: &[f32]) -> Result<Made, JsError> {
        Ok(Self::of(samples)?)
    }

    /// [`Made::heard`] for JavaScript.
    ///
    /// # Errors
    /// As there.
    pub fn play(&self) -> Result<usize, JsError> {
        Ok(self.heard()?)
    }

    /// Sealed bytes of all portions.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.portions.iter().map(|portion| portion.bytes.len()).sum()
    }
}

fn key() -> ContentKey {
    ContentKey::from_bytes([7; 32])
}
