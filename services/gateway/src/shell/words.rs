//! Recordings of what telephones say: those that came with the program, and the office's own in
//! their place.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use log::{info, warn};
use settings::Language;
use voice::chain::resample::Resampler;
use voice::file::wav;

use crate::handset::Clip;
use crate::speaker::{RATE, Words};

/// The longest recording, in seconds.
const LONGEST_S: u32 = 60;
/// The largest file of a recording.
const LARGEST: u64 = 16 << 20;
/// The office's own recordings: a folder for each language beside the database.
const OWN: &str = "words";

/// The recordings that came with the program: WAV files by paths such as `en/speak.wav`.
#[derive(Clone, Copy)]
pub struct Recordings {
    /// The file of this path, if there is one.
    pub get: fn(&str) -> Option<Cow<'static, [u8]>>,
}

impl Recordings {
    /// None: telephones only beep.
    pub const NONE: Self = Self { get: |_| None };
}

impl fmt::Debug for Recordings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Recordings(..)")
    }
}

/// The words of every language.
pub(super) struct Library(BTreeMap<&'static str, Arc<Words>>);

impl Library {
    pub(super) fn load(recordings: &Recordings, state: &Path) -> Self {
        let languages = [Language::English, Language::Deutsch].map(folder);
        let words = languages.map(|language| {
            let own = state.join(OWN).join(language);
            let clips = Clip::ALL.into_iter().filter_map(|clip| {
                let samples = find(recordings, &own, language, &clip.name())?;
                Some((clip, samples))
            });
            let words = Words::new(clips);
            info!(language, recordings = words.count(); "what telephones say");
            (language, Arc::new(words))
        });
        Self(words.into_iter().collect())
    }

    /// The words of a language.
    pub(super) fn words(&self, language: Language) -> Arc<Words> {
        self.0.get(folder(language)).cloned().unwrap_or_default()
    }
}

const fn folder(language: Language) -> &'static str {
    match language {
        Language::English => "en",
        Language::Deutsch => "de",
    }
}

/// The office's own recording, or the one that came with the program.
fn find(recordings: &Recordings, own: &Path, language: &str, name: &str) -> Option<Arc<[i16]>> {
    let path = own.join(format!("{name}.wav"));
    match read(&path).map(|bytes| samples(&bytes)) {
        Some(Ok(samples)) => return Some(samples),
        Some(Err(words)) => {
            warn!(file:% = path.display(), reason = words.as_str(); "a recording cannot be used");
        }
        None => {}
    }
    let bytes = (recordings.get)(&format!("{language}/{name}.wav"))?;
    samples(&bytes).ok()
}

fn read(path: &PathBuf) -> Option<Vec<u8>> {
    let about = std::fs::metadata(path).ok()?;
    (about.len() <= LARGEST).then(|| std::fs::read(path).ok())?
}

fn samples(file: &[u8]) -> Result<Arc<[i16]>, String> {
    let recording = wav::parse(file, LONGEST_S).map_err(|error| error.to_string())?;
    let resampler = Resampler::between(recording.rate, RATE.hertz());
    let samples = match resampler.map_err(|error| error.to_string())? {
        Some(mut resampler) => {
            let mut samples = resampler.push(&recording.samples);
            samples.extend(resampler.flush());
            samples
        }
        None => recording.samples,
    };
    // The cast saturates.
    Ok(samples.iter().map(|sample| (sample * 32_767.0).round() as i16).collect())
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use settings::Language;
    use voice::file::wav;

    use super::{Library, Recordings};

    #[test]
    fn the_office_s_own_recordings_go_before_those_of_the_program() {
        let folder = tempfile::tempdir().expect("a folder");
        let get = |path: &str| {
            let is_there = matches!(path, "en/sent.wav" | "en/speak.wav" | "de/sent.wav");
            is_there.then(|| Cow::Owned(wav::write(8_000, &[0.5; 800])))
        };
        let own = folder.path().join("words/en");
        std::fs::create_dir_all(&own).expect("made");
        std::fs::write(own.join("sent.wav"), wav::write(48_000, &[0.5; 48_000])).expect("written");
        std::fs::write(own.join("review.wav"), wav::write(16_000, &[0.5; 160])).expect("written");
        std::fs::write(own.join("from.wav"), b"no sound").expect("written");
        let library = Library::load(&Recordings { get }, folder.path());
        assert_eq!(library.words(Language::English).count(), 3);
        assert_eq!(library.words(Language::Deutsch).count(), 1);
        let none = Library::load(&Recordings::NONE, folder.path());
        assert_eq!(none.words(Language::Deutsch).count(), 0);
    }
}
