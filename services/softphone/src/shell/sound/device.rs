//! ALSA devices, opened for mono speech.

use alsa::pcm::{Access, Format, HwParams, PCM};
use alsa::{Direction, ValueOr};

/// Half a second between the program and the card: long enough for a busy machine, short enough
/// for a conversation.
const BUFFER_US: u32 = 500_000;
/// The card asks for more, or has more, so often.
const PERIOD_US: u32 = 50_000;

/// Opens a device for 16-bit mono at this rate.
///
/// # Errors
/// One sentence for the person: no sound card, busy, not this rate.
pub(super) fn open(name: &str, direction: Direction, rate: u32) -> Result<PCM, String> {
    // What ALSA has to say goes into our sentence, not onto the screen.
    let said = alsa::Output::local_error_handler().map_err(|error| error.to_string())?;
    let purpose = match direction {
        Direction::Capture => "record from",
        Direction::Playback => "play on",
    };
    let pcm = PCM::new(name, direction, false).map_err(|error| {
        let reason = match error.errno() {
            // ENOENT: no such card or name; ENODEV, ENXIO: gone.
            2 | 6 | 19 => "there is no such sound card".to_owned(),
            // EBUSY.
            16 => "it is in use by another program".to_owned(),
            _ => format!("{error} ({})", first_line(&said.borrow().to_string())),
        };
        format!("cannot {purpose} the ALSA device \"{name}\": {reason}")
    })?;
    configure(&pcm, rate).map_err(|error| {
        format!("the ALSA device \"{name}\" cannot do 16-bit mono at {rate} Hz: {error}")
    })?;
    Ok(pcm)
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().trim().to_owned()
}

fn configure(pcm: &PCM, rate: u32) -> alsa::Result<()> {
    let params = HwParams::any(pcm)?;
    params.set_rate_resample(true)?;
    params.set_access(Access::RWInterleaved)?;
    params.set_format(Format::s16())?;
    params.set_channels(1)?;
    params.set_rate(rate, ValueOr::Nearest)?;
    // Devices that cannot have these keep what they have.
    let _buffer = params.set_buffer_time_near(BUFFER_US, ValueOr::Nearest);
    let _period = params.set_period_time_near(PERIOD_US, ValueOr::Nearest);
    pcm.hw_params(&params)?;
    let software = pcm.sw_params_current()?;
    let buffer = params.get_buffer_size()?;
    // A message shorter than the buffer begins to sound when it is drained.
    software.set_start_threshold(buffer / 2)?;
    pcm.sw_params(&software)?;
    pcm.prepare()
}
