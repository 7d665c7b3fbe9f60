//! The sound: each digit said by a voice of its own at a speed and pitch of its own, over babble of the same voices played
//! backwards. White noise over one fixed voice falls to a program that lays the known recording over it; babble is made of the
//! same sounds as the digits, and people tell speech from it by its sense.

use std::f32::consts::TAU;
use std::io::Cursor;
use std::ops::Range;

use rand::{Rng, RngExt};

use crate::error::{Cause, Error};
use crate::plane::whole;
use crate::voice::{Language, RATE, Voice, voices};

/// So many talk in the background: with fewer, their gaps lay the digits bare.
const TALKERS: usize = 5;
/// Echoes of a digit, 1 to 11 ms after it.
const ECHOES: usize = 3;

/// A WAV (8 kHz, 8 bit, mono) that says five or six digits. The same generator in the same state gives the same bytes.
pub fn sound<R: Rng>(digits: &str, language: Language, rng: &mut R) -> Result<Vec<u8>, Error> {
    let digits: Option<Vec<u8>> = digits.chars().map(value).collect();
    let digits = digits.filter(|digits| (5..=6).contains(&digits.len())).ok_or(Cause::Digits)?;
    let voices = voices(language)?;
    let speech = said(&digits, &voices, rng);
    let babble = babble(speech.len(), &voices, rng);
    // The level of speech over babble in decibels.
    let over: f32 = rng.random_range(0.0..5.0);
    let share = loudness(&speech) / loudness(&babble) * 10_f32.powf(-over / 20.0);
    let mixed = speech.iter().zip(babble).map(|(speech, babble)| speech + share * babble);
    Ok(encoded(&mixed.collect::<Vec<_>>())?)
}

fn value(digit: char) -> Option<u8> {
    digit.to_digit(10).and_then(|digit| u8::try_from(digit).ok())
}

/// The digits one after the other with uneven pauses around them.
fn said<R: Rng>(digits: &[u8], voices: &[Voice], rng: &mut R) -> Vec<f32> {
    let mut speech = Vec::new();
    for &digit in digits {
        pause(&mut speech, rng.random_range(0.4..0.75));
        let speed = Speed::drawn(0.86..1.14, rng);
        let gain = rng.random_range(0.8..1.1);
        let clip = one_of(voices, rng).map_or(&[][..], |voice| voice.says(digit));
        let spoken = echoed(&played(clip.iter().copied(), speed).collect::<Vec<_>>(), rng);
        speech.extend(spoken.into_iter().map(|frame| frame * gain));
    }
    pause(&mut speech, rng.random_range(0.4..0.75));
    speech
}

/// Talkers who say random digits backwards, without a pause, through the whole length.
fn babble<R: Rng>(length: usize, voices: &[Voice], rng: &mut R) -> Vec<f32> {
    let mut babble = vec![0.0; length];
    for _ in 0..TALKERS {
        let mut talk: Vec<f32> = Vec::with_capacity(length);
        while talk.len() < length {
            let speed = Speed::drawn(0.7..1.3, rng);
            let digit = rng.random_range(0..10);
            let clip = one_of(voices, rng).map_or(&[][..], |voice| voice.says(digit));
            talk.append(&mut echoed(&played(clip.iter().rev().copied(), speed).collect::<Vec<_>>(), rng));
            pause(&mut talk, 0.02);
        }
        // Each starts in the middle of a word, not all at once.
        let start = rng.random_range(0..talk.len().max(1));
        talk.rotate_left(start);
        for (sum, frame) in babble.iter_mut().zip(talk) {
            *sum += frame;
        }
    }
    babble
}

fn one_of<'v, R: Rng>(voices: &'v [Voice], rng: &mut R) -> Option<&'v Voice> {
    voices.get(rng.random_range(0..voices.len().max(1)))
}

fn pause(speech: &mut Vec<f32>, seconds: f32) {
    let frames = usize::try_from(whole(seconds * f32::from(RATE))).unwrap_or(0);
    speech.resize(speech.len() + frames, 0.0);
}

/// How fast a recording is played: a speed of its own that wavers, slowly and quickly, while it is played. One speed for a whole
/// digit would let a program that lays the shipped recording over the sound, at a hundred speeds, find it wave for wave: it
/// read 14 of 20 sounds so.
struct Speed {
    mean: f32,
    /// Depth, angle a frame and angle at the start.
    wavers: [(f32, f32, f32); 2],
}

impl Speed {
    fn drawn<R: Rng>(means: Range<f32>, rng: &mut R) -> Self {
        let mut waver = |depth: Range<f32>, hertz: Range<f32>| {
            (rng.random_range(depth), rng.random_range(hertz) * TAU / f32::from(RATE), rng.random_range(0.0..TAU))
        };
        let wavers = [waver(0.05..0.09, 1.8..3.5), waver(0.03..0.05, 4.5..8.0)];
        Self { mean: rng.random_range(means), wavers }
    }

    /// Frames of the recording for the frame so many after the first.
    fn at(&self, frame: f32) -> f32 {
        let [slow, quick] = self.wavers.map(|(depth, angle, start)| depth * (frame * angle + start).sin());
        self.mean * (1.0 + slow + quick)
    }
}

/// A recording at another speed, and with it another pitch.
fn played(clip: impl Iterator<Item = f32>, speed: Speed) -> impl Iterator<Item = f32> {
    let mut frames = clip.fuse();
    let mut pair = (0.0, frames.next().unwrap_or(0.0));
    // How far the needle is between the two frames of the pair.
    let mut part = 0.0_f32;
    let mut count = 0.0_f32;
    std::iter::from_fn(move || {
        while part >= 1.0 {
            pair = (pair.1, frames.next()?);
            part -= 1.0;
        }
        let frame = pair.0 + (pair.1 - pair.0) * part;
        part += speed.at(count);
        count += 1.0;
        Some(frame)
    })
}

/// The same as from the walls of a small room, another room for each digit: another wave, which sounds nearly the same.
fn echoed<R: Rng>(frames: &[f32], rng: &mut R) -> Vec<f32> {
    let mut heard = frames.to_vec();
    for _ in 0..ECHOES {
        let late = rng.random_range(8..90);
        let share = if rng.random() { 1.0 } else { -1.0 } * rng.random_range(0.3..0.6);
        for (sum, frame) in heard.iter_mut().skip(late).zip(frames) {
            *sum += share * frame;
        }
    }
    heard
}

/// The root mean square of what is not silence.
fn loudness(frames: &[f32]) -> f32 {
    let heard = frames.iter().filter(|frame| **frame != 0.0);
    let (squares, count) = heard.fold((0.0, 0.0), |(sum, n), frame| (sum + frame * frame, n + 1.0_f32));
    (squares / count.max(1.0)).sqrt().max(f32::MIN_POSITIVE)
}

fn encoded(frames: &[f32]) -> Result<Vec<u8>, Cause> {
    let peak = frames.iter().fold(f32::MIN_POSITIVE, |peak, frame| peak.max(frame.abs()));
    let mut bytes = Cursor::new(Vec::new());
    let spec =
        hound::WavSpec { channels: 1, sample_rate: RATE.into(), bits_per_sample: 8, sample_format: hound::SampleFormat::Int };
    let mut writer = hound::WavWriter::new(&mut bytes, spec)?;
    for frame in frames {
        let level = whole((frame / peak * 126.0).round());
        writer.write_sample(i8::try_from(level).unwrap_or(0))?;
    }
    writer.finalize()?;
    Ok(bytes.into_inner())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    use super::*;
    use crate::digits;

    const LANGUAGES: [Language; 3] = [Language::Spanish, Language::English, Language::Kreyol];

    fn seeded(seed: u64) -> StdRng {
        StdRng::seed_from_u64(seed)
    }

    #[test]
    fn the_same_seed_gives_the_same_bytes() {
        let once = sound("40917", Language::Spanish, &mut seeded(7)).unwrap();
        assert_eq!(once, sound("40917", Language::Spanish, &mut seeded(7)).unwrap());
        assert_ne!(once, sound("40918", Language::Spanish, &mut seeded(7)).unwrap());
        assert_ne!(once, sound("40917", Language::Kreyol, &mut seeded(7)).unwrap());
        assert_ne!(once, sound("40917", Language::Spanish, &mut seeded(8)).unwrap());
    }

    #[test]
    fn every_sound_is_a_wav_of_some_seconds_and_at_most_120_kilobytes() {
        let mut rng = seeded(1);
        for language in LANGUAGES {
            for _ in 0..10 {
                let bytes = sound(&digits(&mut rng), language, &mut rng).unwrap();
                assert!(bytes.len() <= 120_000, "{} bytes", bytes.len());
                let mut reader = hound::WavReader::new(Cursor::new(bytes)).unwrap();
                let seconds = reader.duration() / u32::from(RATE);
                assert!((3..=14).contains(&seconds), "{seconds} s");
                assert!(reader.samples::<i8>().all(|frame| frame.is_ok()));
            }
        }
    }

    #[test]
    fn every_voice_says_every_digit() {
        for voice in LANGUAGES.into_iter().flat_map(|language| voices(language).unwrap()) {
            for digit in 0..10 {
                let frames = voice.says(digit).len();
                assert!((usize::from(RATE) / 5..usize::from(RATE)).contains(&frames), "{digit}: {frames}");
                assert!(loudness(voice.says(digit)) > 0.05);
            }
        }
    }

    #[test]
    fn the_babble_leaves_no_pause_between_digits_silent() {
        let voices = voices(Language::Spanish).unwrap();
        let babble = babble(4 * usize::from(RATE), &voices, &mut seeded(2));
        let quietest = babble.chunks(1600).map(loudness).fold(f32::MAX, f32::min);
        assert!(quietest > loudness(&babble) / 3.0, "{quietest}");
    }

    #[test]
    fn only_five_or_six_digits_make_a_sound() {
        for wrong in ["", "1234", "1234567", "1234a", "١٢٣٤٥", "-1234"] {
            assert!(sound(wrong, Language::Spanish, &mut seeded(1)).is_err(), "{wrong}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn no_text_makes_it_panic(text in ".*", seed: u64) {
            let _ = sound(&text, Language::English, &mut seeded(seed));
        }

        #[test]
        fn no_digits_make_it_fail(text in "[0-9]{5,6}", seed: u64) {
            prop_assert!(sound(&text, Language::English, &mut seeded(seed)).is_ok());
        }
    }
}
