//! The chain and the codecs over real recordings, where a machine has some: a folder of WAV files
//! of one talker, by default Debian's `asterisk-core-sounds-en-wav`, or `IVM_SPEECH_FOLDER`.

use std::path::Path;

use voice::chain::level::Level;
use voice::chain::resample::resample;
use voice::chain::{Chain, Mode};
use voice::codec::Quality;
use voice::file::parse;
use voice::format::{Codec, Format};
use voice::ids::{AccountId, MessageId};
use voice::pipeline::PortionMaker;
use voice::seal::ContentKey;

const RATE: u32 = 16_000;

/// Up to 40 sentences of 2 to 12 seconds, at 16 kHz.
fn sentences() -> Vec<Vec<f32>> {
    let folder = std::env::var("IVM_SPEECH_FOLDER")
        .unwrap_or_else(|_| "/usr/share/asterisk/sounds/en".to_owned());
    let mut files: Vec<_> = Path::new(&folder)
        .read_dir()
        .expect("a folder of recordings")
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|end| end == "wav"))
        .collect();
    files.sort();
    let sentences: Vec<_> = files
        .iter()
        .filter_map(|file| parse(&std::fs::read(file).ok()?, 60).ok())
        .filter_map(|read| resample(&read.samples, read.rate, RATE).ok())
        .filter(|samples| (2 * RATE as usize..12 * RATE as usize).contains(&samples.len()))
        .take(40)
        .collect();
    assert!(!sentences.is_empty(), "no sentences in {folder}");
    sentences
}

fn with_noise(samples: &[f32], level: f32) -> Vec<f32> {
    let mut state = 1u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state as f32 / 2_147_483_648.0 - 1.0
    };
    samples.iter().map(|sample| sample + level * next()).collect()
}

// row 14
#[test]
#[ignore = "needs recordings of speech on this machine"]
fn the_end_of_a_sentence_is_found_within_a_quarter_of_a_second() {
    for noise in [0.0, 0.001, 0.01] {
        for sentence in sentences() {
            let loud = |chunk: &[f32]| Level::of(chunk).rms_dbfs > -40.0;
            let end = sentence.chunks(320).rposition(loud).expect("speech") as f32 * 0.02;
            let mut sound = sentence.clone();
            sound.resize(sentence.len() + 4 * RATE as usize, 0.0);
            let mut chain = Chain::new(RATE, RATE, Mode::Clean).expect("possible rates");
            let mut frames = Vec::new();
            let stopped =
                with_noise(&sound, noise).chunks(320).enumerate().position(|(at, piece)| {
                    chain.push(piece, &mut frames);
                    at as f32 * 0.02 > end && chain.silent_ms() >= 2_000
                });
            let off = stopped.expect("an end") as f32 * 0.02 - 2.0 - end;
            assert!(off.abs() < 0.25, "{off} s off with noise {noise}");
        }
    }
}

// rows 58, 59, 60
#[test]
#[ignore = "needs recordings of speech on this machine"]
fn sealed_speech_is_a_fraction_of_its_samples() {
    for (codec, portion_ms, least) in
        [(Codec::Opus, 60, 8.0), (Codec::G722, 1_000, 4.0), (Codec::Pcm, 1_000, 1.5)]
    {
        let format = Format::new(codec, RATE).expect("possible");
        let (mut raw, mut sealed) = (0, 0);
        for sentence in sentences() {
            let key = ContentKey::from_bytes([1; 32]);
            let (message, sender) = (MessageId([2; 16]), AccountId([3; 16]));
            let mut maker =
                PortionMaker::new(format, Quality::SPEECH, &key, message, sender, portion_ms)
                    .expect("possible");
            let mut portions = maker.push(&sentence).expect("sound");
            portions.extend(maker.finish().expect("sound"));
            raw += sentence.len() * 2;
            sealed += portions.iter().map(|portion| portion.bytes.len()).sum::<usize>();
        }
        let ratio = raw as f32 / sealed as f32;
        println!("{codec:?}: {ratio:.2} to 1");
        assert!(ratio > least, "{codec:?}: {ratio}");
    }
}
