//! The voice pipeline on real speech: microphone to sealed portions, and back, natively and as
//! WebAssembly under Node.js.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use bench_speech::{CAPTURE, Made};
use voice::chain::resample;
use voice::file::wav;

use crate::timing::Stopwatch;

/// What one build of the pipeline did.
pub(crate) struct Figures {
    /// Noise removal, gain, codec, compression, sealing.
    pub(crate) making: Duration,
    /// Opening, decompression, codec.
    pub(crate) playing: Duration,
    /// Sealed bytes.
    pub(crate) bytes: usize,
}

/// Both builds on the same speech.
pub(crate) struct Both {
    /// Length of the speech.
    pub(crate) speech: Duration,
    /// This program's.
    pub(crate) native: Figures,
    /// The same code as WebAssembly.
    pub(crate) wasm: Figures,
}

/// Takes a recording through both.
pub(crate) fn run(recording: &Path, package: &Path, folder: &Path) -> Result<Both> {
    let file = std::fs::read(recording).with_context(|| format!("read {}", recording.display()))?;
    let recording = wav::parse(&file, 600)?;
    let samples = resample::resample(&recording.samples, recording.rate, CAPTURE)?;
    Ok(Both {
        speech: Duration::from_secs_f64(samples.len() as f64 / f64::from(CAPTURE)),
        native: native(&samples)?,
        wasm: wasm(&samples, package, folder)?,
    })
}

fn native(samples: &[f32]) -> Result<Figures> {
    let stopwatch = Stopwatch::start();
    let made = Made::of(samples)?;
    let making = stopwatch.elapsed();
    let stopwatch = Stopwatch::start();
    made.heard()?;
    Ok(Figures { making, playing: stopwatch.elapsed(), bytes: made.bytes() })
}

fn wasm(samples: &[f32], package: &Path, folder: &Path) -> Result<Figures> {
    let file = folder.join("samples");
    let bytes: Vec<u8> = samples.iter().flat_map(|sample| sample.to_le_bytes()).collect();
    std::fs::write(&file, bytes)?;
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("speech/run.mjs");
    let run = Command::new("node").arg(script).arg(package).arg(&file).output();
    let output = run.context("run node")?;
    ensure!(output.status.success(), "node: {}", String::from_utf8_lossy(&output.stderr));
    let line: serde_json::Value = serde_json::from_slice(&output.stdout)?;
    let time = |field: &str| {
        let millis = line[field].as_f64().with_context(|| format!("no {field}"))?;
        anyhow::Ok(Duration::from_secs_f64(millis / 1000.0))
    };
    let bytes = line["bytes"].as_u64().context("no bytes")?;
    Ok(Figures {
        making: time("making")?,
        playing: time("playing")?,
        bytes: usize::try_from(bytes)?,
    })
}
