"""The Markdown table of one or more results of attack.py: each solver's best, each group's best and union, as the gates name them.

    table.py RESULT.json [RESULT.json …]
"""

import json
import sys

SIX = 6


def share(part, all):
    return f"{100 * part / max(all, 1):.1f}"


def rates(scores):
    count = len(scores)
    exact = sum(score == SIX for score in scores)
    near = sum(score >= SIX - 1 for score in scores)
    return [share(exact, count), share(near, count), share(sum(scores), SIX * count)]


def solved(row):
    return sum(score == SIX for score in row["scores"])


def union(rows):
    return sum(any(score == SIX for score in scores) for scores in zip(*(row["scores"] for row in rows)))


def near_union(rows):
    return sum(any(score >= SIX - 1 for score in scores) for scores in zip(*(row["scores"] for row in rows)))


def groups(rows):
    plain = [row for row in rows if row["cut"] == "whole" and row["filter"] == "none"]
    return {"whole picture, no preparation (G1)": plain, "with filters or cuts (G2, G3)": [row for row in rows if row not in plain]}


def table(found):
    count, lines = found["count"], []
    for name, rows in groups(found["rows"]).items():
        if not rows:
            continue
        lines += [f"`{found['level']}`, {count} pictures, {name}: {len(rows)} attacks", ""]
        lines += ["| solver | filter | cut | exact % | within one % | letters % |", "|---|---|---|---|---|---|"]
        for solver in dict.fromkeys(row["solver"] for row in rows):
            own = [row for row in rows if row["solver"] == solver]
            best = max(own, key=lambda row: (solved(row), sum(row["scores"])))
            lines.append("| " + " | ".join([solver, best["filter"], best["cut"], *rates(best["scores"])]) + " |")
        best = max(map(solved, rows))
        lines.append(f"| **best of all** | | | **{share(best, count)}** | | |")
        lines.append(f"| **any of all** | | | **{share(union(rows), count)}** | {share(near_union(rows), count)} | |")
        lines.append("")
    return "\n".join(lines)


if __name__ == "__main__":
    for name in sys.argv[1:]:
        with open(name) as file:
            print(table(json.load(file)))
