"""Solvers that a package ships whole. Each reads one grey picture and says what it sees and how sure it is; `length` is how many
letters the page promises, which an attacker knows as well as the alphabet.
"""

import ast
import os
import subprocess
import tempfile

import cv2
import numpy as np

ALPHABET = "ACEHKLMPRTUX"
# What a solver without a word about the alphabet says instead of its letters: the attacker's table.
MEANT = dict(zip("0OQGD1I|!J4BFNVYWSZ83", "CCCCPLLLLLARPHUXMEXRE"))
FAR = -1e9


def among(text, exact=False):
    letters = [c if exact else MEANT.get(c, c) for c in text.upper()]
    return "".join(c for c in letters if c in ALPHABET)


def session(path):
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = int(os.environ.get("THREADS", "1"))
    options.log_severity_level = 4
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def columns(charset):
    """Where a recogniser's alphabet has each of ours, small or capital."""
    return [[n for n, c in enumerate(charset) if isinstance(c, str) and c.upper() == letter] for letter in ALPHABET]


def narrowed(scores, blank, where):
    """Log-likelihoods of blank and our twelve letters, everything else forbidden."""
    kept = [scores[:, blank]] + [np.logaddexp.reduce(scores[:, at], axis=1) for at in where]
    kept = np.stack(kept, axis=1)
    return kept - np.logaddexp.reduce(kept, axis=1, keepdims=True)


def greedy(steps):
    best = steps.argmax(axis=1)
    letters = [n for n, before in zip(best, [0, *best]) if n != before and n != 0]
    return "".join(ALPHABET[n - 1] for n in letters), float(steps.max(axis=1).sum())


def forced(steps, length):
    """The best alignment of exactly so many letters (Viterbi over: letters so far, the last of them, whether a blank follows)."""
    kinds = steps.shape[1] - 1
    blank = np.full((length + 1, kinds + 1), FAR)
    letter = np.full((length + 1, kinds + 1), FAR)
    blank[0, 0] = 0.0
    trail = []
    for row in steps:
        # A new letter: after a blank whatever came before, after a letter any other one.
        from_blank = blank[:-1].argmax(axis=1)
        start = blank[:-1].max(axis=1)[:, None] + row[None, 1:]
        order = np.argsort(letter[:-1], axis=1)
        top, next_top = order[:, -1], order[:, -2]
        other = np.where(top[:, None] == np.arange(1, kinds + 1)[None], next_top[:, None], top[:, None])
        step = np.take_along_axis(letter[:-1], other, axis=1) + row[None, 1:]
        stay = letter[1:, 1:] + row[None, 1:]
        choices = np.stack([stay, start, step])
        pick = choices.argmax(axis=0)
        new_letter = np.full_like(letter, FAR)
        new_letter[1:, 1:] = choices.max(axis=0)
        ended = np.stack([blank, letter])
        new_blank = ended.max(axis=0) + row[0]
        trail.append((pick, from_blank, other, ended.argmax(axis=0)))
        blank, letter = new_blank, new_letter
    at_blank, at_letter = int(blank[length].argmax()), int(letter[length].argmax())
    is_blank = blank[length, at_blank] > letter[length, at_letter]
    score = max(blank[length, at_blank], letter[length, at_letter])
    at, count, text = (at_blank if is_blank else at_letter), length, []
    for pick, from_blank, other, ended in reversed(trail):
        if is_blank:
            is_blank = ended[count, at] == 0
            continue
        how = pick[count - 1, at - 1]
        if how == 0:
            continue
        text.append(ALPHABET[at - 1])
        count -= 1
        at, is_blank = (int(from_blank[count]), True) if how == 1 else (int(other[count, at - 1]), False)
    return "".join(reversed(text)), float(score)


class Ctc:
    """A recogniser that scores every letter at every step; `force` makes it say exactly the promised number of letters."""

    pieces = ("whole", "rows", "lean", "line", "turned cells")

    def __init__(self, force):
        self.force = force
        self.last = (None, None)

    def read(self, image, length):
        steps = self.steps(image)
        return forced(steps, length) if self.force and len(steps) >= length else greedy(steps)


class Dddd(Ctc):
    """ddddocr's two recognisers (the package calls them default and beta; `old=True` loads the same file as default)."""

    def __init__(self, file, force):
        super().__init__(force)
        import ddddocr
        from ddddocr import charsets

        self.model = shared(os.path.join(os.path.dirname(ddddocr.__file__), file))
        self.where = columns(charsets.CHARSET_OLD if "old" in file else charsets.CHARSET_BETA)

    def steps(self, image):
        height, width = image.shape
        small = cv2.resize(image, (max(int(width * 64 / height), 16), 64), interpolation=cv2.INTER_AREA)
        return run(self.model, "input1", small.astype(np.float32)[None, None] / 255, 0, self.where)


class PaddleLine(Ctc):
    """The recogniser of PP-OCR v6, as rapidocr ships it, without its detector."""

    pieces = ("rows", "lean", "line", "turned cells")

    def __init__(self, force):
        super().__init__(force)
        import rapidocr

        folder = os.path.join(os.path.dirname(rapidocr.__file__), "models")
        self.model = shared(os.path.join(folder, "PP-OCRv6_rec_small.onnx"))
        names = self.model.get_modelmeta().custom_metadata_map["character"].splitlines()
        self.where = columns(["", *names])

    def steps(self, image):
        height, width = image.shape
        small = cv2.resize(image, (max(int(width * 48 / height), 48), 48), interpolation=cv2.INTER_AREA)
        values = np.repeat((small.astype(np.float32)[None, None] / 255 - 0.5) / 0.5, 3, axis=1)
        return run(self.model, "x", values, 0, self.where)


SESSIONS = {}
# Two solvers share a network (greedy and forced): the last answer is kept by the input's own bytes.
ANSWERS = {}


def shared(path):
    return SESSIONS.setdefault(path, None) or SESSIONS.update({path: session(path)}) or SESSIONS[path]


def run(model, name, values, blank, where):
    key = (id(model), hash(values.tobytes()))
    if key not in ANSWERS:
        if len(ANSWERS) > 4000:
            ANSWERS.clear()
        scores = model.run(None, {name: values})[0]
        scores = scores.reshape(-1, scores.shape[-1]).astype(np.float64)
        if scores.min() >= 0 and scores.max() <= 1.0001:
            scores = np.log(np.maximum(scores, 1e-12))
        ANSWERS[key] = narrowed(scores, blank, where)
    return ANSWERS[key]


class Paddle:
    """rapidocr as it comes: PP-OCR v6 finds lines, then reads them; from top to bottom, from left to right."""

    pieces = ("whole", "rows", "line")

    def __init__(self):
        import logging

        from rapidocr import RapidOCR

        logging.disable(logging.WARNING)
        threads = int(os.environ.get("THREADS", "1"))
        self.engine = RapidOCR(params={
            "EngineConfig.onnxruntime.intra_op_num_threads": threads,
            "EngineConfig.onnxruntime.inter_op_num_threads": threads,
            "Global.text_score": 0.0,
        })

    def read(self, image, length):
        found = self.engine(cv2.cvtColor(image, cv2.COLOR_GRAY2BGR))
        if found is None or found.boxes is None or found.txts is None:
            return "", FAR
        middles = [(float(box[:, 1].mean()), float(box[:, 0].mean()), text) for box, text in zip(found.boxes, found.txts)]
        middles.sort(key=lambda one: (round(one[0] / 60), one[1]))
        return among("".join(text for *_, text in middles)), float(np.mean(found.scores))


class Program:
    """A program of the system that reads a file and prints what it saw."""

    def read(self, image, length):
        with tempfile.NamedTemporaryFile(suffix=self.suffix) as file:
            cv2.imwrite(file.name, image)
            environment = dict(os.environ, OMP_THREAD_LIMIT="1")
            done = subprocess.run(self.command(file.name), capture_output=True, text=True, env=environment)
        return among(done.stdout), 0.0


class Tesseract(Program):
    suffix = ".png"

    def __init__(self, mode):
        self.mode = mode
        self.pieces = {6: ("whole", "rows"), 7: ("rows", "line"), 8: ("rows",), 11: ("whole", "rows"), 10: ("cells",)}[mode]

    def command(self, name):
        return ["tesseract", name, "-", "--psm", str(self.mode), "-c", f"tessedit_char_whitelist={ALPHABET}"]


class Gocr(Program):
    suffix = ".pgm"
    pieces = ("whole", "rows")

    def command(self, name):
        return ["gocr", "-C", ALPHABET, name]


class Ocrad(Program):
    suffix = ".pgm"
    pieces = ("whole", "rows")

    def command(self, name):
        return ["ocrad", "--filter=upper", name]


SOLVERS = {
    "ddddocr": lambda: Dddd("common_old.onnx", False),
    "ddddocr, length forced": lambda: Dddd("common_old.onnx", True),
    "ddddocr beta": lambda: Dddd("common.onnx", False),
    "ddddocr beta, length forced": lambda: Dddd("common.onnx", True),
    "PP-OCR v6 lines": lambda: PaddleLine(False),
    "PP-OCR v6 lines, length forced": lambda: PaddleLine(True),
    "PP-OCR v6 (rapidocr)": Paddle,
    "tesseract psm 6": lambda: Tesseract(6),
    "tesseract psm 7": lambda: Tesseract(7),
    "tesseract psm 8": lambda: Tesseract(8),
    "tesseract psm 11": lambda: Tesseract(11),
    "gocr": Gocr,
    "ocrad": Ocrad,
}
