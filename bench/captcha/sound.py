"""What an attacker who has our repository hears: template matching with the very samples the sounds are made of.

    sound.py DIR --language es [--count 60]      over DIGITS_n.wav, as `generate --sound` writes them

«spectral»: log-mel spectrograms of every voice's every digit at a grid of speeds, slid over the sound, normalised correlation at
each place. «coherent»: the same with the wave itself, at a finer grid of speeds, best of 30 ms steps. Then the best five or six
places (as many as the length of the sound suggests) that do not overlap, in their order. «pieces»: wave for wave too, each 90 ms
by itself, against a speed that changes within a digit.
"""

import argparse
import os

import numpy as np
from scipy.io import wavfile
from scipy.ndimage import maximum_filter1d
from scipy.signal import fftconvolve

RATE, HOP, FRAME, BANDS = 8000, 80, 256, 24
VOICES = {"es": ("es-mx", "es-es", "es-es-low"), "en": ("en-us", "en-gb"), "ht": ("fr-ca", "fr-fr", "fr-fr-low")}
SAMPLES = os.path.join(os.path.dirname(__file__), "../../crates/captcha/samples")


def wave(path):
    frames = wavfile.read(path)[1].astype(np.float64)
    return (frames - 128) / 128


def filters():
    mel = lambda hertz: 2595 * np.log10(1 + hertz / 700)
    edges = 700 * (10 ** (np.linspace(mel(120), mel(3900), BANDS + 2) / 2595) - 1)
    bins = np.fft.rfftfreq(FRAME, 1 / RATE)
    low, middle, high = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    return np.clip(np.minimum((bins - low) / (middle - low), (high - bins) / (high - middle)), 0, None)


FILTERS = filters()


def spectrum(frames):
    frames = np.pad(frames, FRAME // 2)
    windows = np.lib.stride_tricks.sliding_window_view(frames, FRAME)[::HOP] * np.hanning(FRAME)
    return np.log(np.abs(np.fft.rfft(windows)) ** 2 @ FILTERS.T + 1e-3)


def played(clip, speed):
    return np.interp(np.arange(0, len(clip) - 1, speed), np.arange(len(clip)), clip)


def clips(language):
    for voice in VOICES[language]:
        frames = wave(os.path.join(SAMPLES, voice + ".wav"))
        slot = len(frames) // 10
        for digit in range(10):
            clip = frames[digit * slot : (digit + 1) * slot]
            yield digit, clip[: np.nonzero(clip)[0].max() + 1]


def unit(values):
    values = values - values.mean()
    return values / max(np.linalg.norm(values), 1e-9)


def spectral(templates, sound):
    """The best score of each digit at each frame, and how long the template was."""
    seen = spectrum(sound)
    scores, lengths = np.full((10, len(seen)), -1.0), np.zeros((10, len(seen)), int)
    by_length = {}
    for digit, template in templates:
        by_length.setdefault(len(template), []).append((digit, unit(template).ravel()))
    for length, group in by_length.items():
        if length >= len(seen):
            continue
        windows = np.lib.stride_tricks.sliding_window_view(seen, (length, BANDS))[:, 0].reshape(-1, length * BANDS)
        windows = windows - windows.mean(axis=1, keepdims=True)
        windows /= np.maximum(np.linalg.norm(windows, axis=1, keepdims=True), 1e-9)
        found = windows @ np.stack([template for _, template in group]).T
        for n, (digit, _) in enumerate(group):
            better = found[:, n] > scores[digit, : len(found)]
            scores[digit, : len(found)][better] = found[better, n]
            lengths[digit, : len(found)][better] = length
    return scores, lengths


def coherent(templates, sound):
    frames = len(sound) // HOP + 1
    scores, lengths = np.full((10, frames), -1.0), np.zeros((10, frames), int)
    power = np.cumsum(np.concatenate([[0], sound**2]))
    for digit, template in templates:
        if len(template) >= len(sound):
            continue
        energy = np.sqrt(np.maximum(power[len(template) :] - power[: -len(template)], 1e-9))
        found = np.abs(fftconvolve(sound, template[::-1], "valid")) / energy / np.linalg.norm(template)
        found = np.pad(found, (0, -len(found) % HOP)).reshape(-1, HOP).max(axis=1)
        better = found > scores[digit, : len(found)]
        scores[digit, : len(found)][better] = found[better]
        lengths[digit, : len(found)][better] = len(template) // HOP
    return scores, lengths


def pieces(templates, sound):
    """Each piece of 90 ms of a recording on its own, where it fits best within 25 ms of its place; the mean of a digit's pieces."""
    frames, size, slack = len(sound) // HOP + 1, 720, 2
    power = np.cumsum(np.concatenate([[0], sound**2]))
    energy = np.sqrt(np.maximum(power[size:] - power[:-size], 1e-9))
    width = 1 << int(np.ceil(np.log2(len(sound) + size)))
    seen = np.fft.rfft(sound, width)
    best = {}
    for digit, voice, place, piece in templates:
        found = np.abs(np.fft.irfft(seen * np.conj(np.fft.rfft(piece, width)), width)[: len(energy)]) / energy / np.linalg.norm(piece)
        found = np.pad(found, (0, -len(found) % HOP)).reshape(-1, HOP).max(axis=1)
        found = np.pad(found, (0, frames - len(found)))
        key = (digit, voice, place)
        best[key] = np.maximum(best[key], found) if key in best else found
    scores, lengths = np.full((10, frames), -1.0), np.zeros((10, frames), int)
    for digit, voice in {key[:2] for key in best}:
        places = sorted(key[2] for key in best if key[:2] == (digit, voice))
        total = np.zeros(frames)
        for place in places:
            row = maximum_filter1d(best[digit, voice, place], 2 * slack + 1)
            total += np.pad(row[place // HOP :], (0, min(place // HOP, frames)))[:frames]
        total /= len(places)
        better = total > scores[digit]
        scores[digit][better] = total[better]
        lengths[digit][better] = places[-1] // HOP + size // HOP
    return scores, lengths


def cut(clip, speeds):
    for place in range(0, len(clip) - 720, 720):
        for speed in speeds:
            piece = played(clip[place : place + 900], speed)[:720]
            if np.linalg.norm(piece) > 0.5:
                yield place, piece


def answer(scores, lengths, seconds):
    """So many digits as the length suggests, the best places first, each at least 0.35 s from the end of the one before."""
    count = 6 if seconds > 6.55 else 5
    scores, places = scores.copy(), []
    while len(places) < count and scores.max() > -1:
        digit, at = np.unravel_index(scores.argmax(), scores.shape)
        length = lengths[digit, at]
        places.append((at, digit))
        scores[:, max(at - 60, 0) : at + length + 25] = -1
    return "".join(str(digit) for _, digit in sorted(places))


def distance(a, b):
    row = list(range(len(b) + 1))
    for n, x in enumerate(a, 1):
        before, row[0] = row[0], n
        for m, y in enumerate(b, 1):
            before, row[m] = row[m], min(row[m] + 1, row[m - 1] + 1, before + (x != y))
    return row[-1]


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("folder")
    arguments.add_argument("--language", default="es")
    arguments.add_argument("--count", type=int, default=60)
    arguments.add_argument("--attacks", default="spectral,coherent,pieces")
    asked = arguments.parse_args()
    recorded = list(clips(asked.language))
    grids = {"spectral": np.arange(0.8, 1.21, 0.04), "coherent": np.arange(0.86, 1.1401, 0.01), "pieces": np.arange(0.84, 1.17, 0.03)}
    made = {
        "spectral": lambda: [(digit, spectrum(played(clip, speed))) for digit, clip in recorded for speed in grids["spectral"]],
        "coherent": lambda: [(digit, played(clip, speed)) for digit, clip in recorded for speed in grids["coherent"]],
        "pieces": lambda: [
            (digit, n // 10, place, np.pad(piece, (0, 720 - len(piece))))
            for n, (digit, clip) in enumerate(recorded)
            for place, piece in cut(clip, grids["pieces"])
        ],
    }
    names = sorted((name for name in os.listdir(asked.folder) if name.endswith(".wav")), key=lambda n: int(n.split("_")[1][:-4]))
    print("| language | attack | sounds | whole % | one digit wrong at most % | digits % |\n|---|---|---|---|---|---|")
    for attack in asked.attacks.split(","):
        templates, hear, far, said = made[attack](), globals()[attack], [], 0
        for name in names[: asked.count]:
            label, frames = name.split("_")[0], wave(os.path.join(asked.folder, name))
            far.append(distance(label, answer(*hear(templates, frames), len(frames) / RATE)))
            said += len(label)
        far = np.array(far)
        rates = [np.mean(far == 0), np.mean(far <= 1), max(1 - far.sum() / said, 0)]
        print(f"| {asked.language} | {attack} | {len(far)} | " + " | ".join(f"{100 * rate:.1f}" for rate in rates) + " |", flush=True)


if __name__ == "__main__":
    main()
