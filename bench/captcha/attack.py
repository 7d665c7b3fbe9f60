"""Runs solvers over a folder of labelled pictures (LABEL_n.png) and prints, for each solver, filter and way of cutting, how often
all six letters, at least five, and a single letter were right; then the best and the union of each group that a gate names.

    attack.py DIR --level normal [--count N] [--solvers REGEX] [--filters REGEX] [--cuts REGEX] [--out FILE.json]
"""

import argparse
import json
import os
import re
import sys
import time

import cv2

from prepare import FILTERS, LEANS, TURNS, cells, halves, leaning, line, turned
from solvers import SOLVERS


def pictures(folder, count):
    names = sorted(name for name in os.listdir(folder) if name.endswith(".png"))
    names.sort(key=lambda name: int(name.split("_")[1][:-4]))
    for name in names[:count]:
        yield name.split("_")[0], cv2.imread(os.path.join(folder, name), cv2.IMREAD_GRAYSCALE)


def each(solver, parts, length):
    read = [solver.read(part, length) for part in parts]
    return "".join(text for text, _ in read), sum(sure for _, sure in read)


def leaned(solver, image):
    """Each row at each lean; the one that the solver is surest of. What a row's letters are cut to is sure only if it is three."""
    best = [("", -1e18)] * 2
    for lean in LEANS:
        for n, row in enumerate(leaning(image, lean)):
            text, sure = solver.read(row, 3)
            if len(text) != 3:
                sure -= 1e6
            if sure > best[n][1]:
                best[n] = (text, sure)
    return best[0][0] + best[1][0]


def turned_cells(solver, image):
    """Each letter in a cell of its own at each turn, the one that the solver is surest of."""
    text = ""
    for row in halves(image):
        for cell in cells(row):
            read = [solver.read(turned(cell, turn), 1) for turn in TURNS]
            text += max(read, key=lambda one: one[1] - (0 if len(one[0]) == 1 else 1e6))[0]
    return text


CUTS = {
    "whole": lambda solver, image: solver.read(image, 6)[0],
    "rows": lambda solver, image: each(solver, halves(image), 3)[0],
    "lean": leaned,
    "line": lambda solver, image: solver.read(line(halves(image)), 6)[0],
    "turned cells": turned_cells,
    "cells": lambda solver, image: each(solver, [cell for row in halves(image) for cell in cells(row)], 1)[0],
}
# Turning each row five ways costs five times as much: only where it can matter.
LEAN_FILTERS = ("none", "median 5", "despeckle", "Gauss", "|x − mean|")


def right(label, text):
    """Letters right in their place."""
    return sum(a == b for a, b in zip(label, text)) if len(text) == len(label) else aligned(label, text)


def aligned(label, text):
    """Letters right where a letter lacks or is too many: the longest common subsequence, never all six."""
    before = [0] * (len(text) + 1)
    for a in label:
        row = [0]
        for n, b in enumerate(text):
            row.append(before[n] + 1 if a == b else max(row[n], before[n + 1]))
        before = row
    return min(before[-1], len(label) - 1)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("folder")
    arguments.add_argument("--level", default="normal")
    arguments.add_argument("--count", type=int, default=300)
    arguments.add_argument("--solvers", default=".")
    arguments.add_argument("--filters", default=".")
    arguments.add_argument("--cuts", default=".")
    arguments.add_argument("--out")
    asked = arguments.parse_args()
    images = list(pictures(asked.folder, asked.count))
    rows = []
    for name, made in SOLVERS.items():
        if not re.search(asked.solvers, name):
            continue
        solver, start = made(), time.time()
        for filtered, change in FILTERS.items():
            if not re.search(asked.filters, filtered):
                continue
            for cut in solver.pieces:
                if not re.search(asked.cuts, cut) or (cut in ("lean", "turned cells") and filtered not in LEAN_FILTERS):
                    continue
                scores = [right(label, CUTS[cut](solver, change(image))) for label, image in images]
                rows.append({"solver": name, "filter": filtered, "cut": cut, "scores": scores})
        print(f"{name}: {time.time() - start:.0f} s", file=sys.stderr, flush=True)
    found = {"level": asked.level, "count": len(images), "rows": rows}
    if asked.out:
        with open(asked.out, "w") as file:
            json.dump(found, file)
    from table import table

    print(table(found))


if __name__ == "__main__":
    main()
