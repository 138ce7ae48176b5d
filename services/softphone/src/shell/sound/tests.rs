//! The sound threads on ALSA's `null` plugin, which needs no card.

use super::{Heard, Sound};
use crate::wav::Wav;

fn file(samples: usize) -> Vec<u8> {
    let mut file = Vec::from(*b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0");
    file.extend(8000u32.to_le_bytes());
    file.extend([0, 0, 0, 0, 2, 0, 16, 0]);
    file.extend(*b"data\0\0\0\0");
    file.extend((0..samples).flat_map(|_| 16_384i16.to_le_bytes()));
    file
}

// row 9
#[tokio::test]
async fn a_file_speaks_in_the_microphones_place_to_its_end() {
    let mut sound = Sound::new("null".to_owned());
    let wav = Wav::open(std::io::Cursor::new(file(20_000))).expect("a WAV file");
    sound.speak_from(Box::new(wav));
    sound.microphone(8000);
    let mut count = 0;
    loop {
        match sound.next().await {
            Heard::Samples(samples) => count += samples.len(),
            Heard::Ended(result) => break assert_eq!(result, Ok(())),
            Heard::Position(_) | Heard::Silent(_) => unreachable!("nothing is played"),
        }
    }
    assert_eq!(count, 20_000);
}

#[tokio::test]
async fn a_null_microphone_gives_silence_until_it_is_closed() {
    let mut sound = Sound::new("null".to_owned());
    sound.microphone(48_000);
    let Heard::Samples(samples) = sound.next().await else { unreachable!("it is open") };
    assert!(!samples.is_empty() && samples.iter().all(|sample| *sample == 0.0));
    sound.microphone_off();
}

// row 14
#[tokio::test]
async fn the_loudspeaker_says_how_far_it_is_and_when_it_is_done() {
    let mut sound = Sound::new("null".to_owned());
    for _ in 0..30 {
        sound.play(vec![0.1; 4800], 48_000);
    }
    sound.play_end();
    let mut reached = 0;
    loop {
        match sound.next().await {
            Heard::Position(position) => {
                assert!(position >= reached);
                reached = position;
            }
            Heard::Silent(result) => break assert_eq!(result, Ok(())),
            Heard::Samples(_) | Heard::Ended(_) => unreachable!("nothing is recorded"),
        }
    }
    assert_eq!(reached, 3000);
    assert!(!sound.playing());
}

#[tokio::test]
async fn without_a_sound_card_both_say_so() {
    let mut sound = Sound::new("no_such_device".to_owned());
    sound.microphone(48_000);
    let Heard::Ended(Err(said)) = sound.next().await else { unreachable!("it cannot open") };
    assert!(said.contains("no_such_device"), "{said}");
    sound.play(vec![0.0; 10], 48_000);
    let Heard::Silent(Err(said)) = sound.next().await else { unreachable!("it cannot open") };
    assert!(said.contains("play on"), "{said}");
}
