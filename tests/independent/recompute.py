"""An independent judge of exported artifacts, in plain Python and NumPy (Debian's python3-numpy): shares no code with Crescent.

Usage:
  recompute.py evaluation RECORD ID_RULE OOD_RULE TARGET    re-scores an evaluation.json; rules as faces-as-10, faces-as-11-12-13, faces-as-5-6-7
  recompute.py spectra RESULT FROM TO HEADS KV_HEADS        recomputes a spectra.json from the two checkpoints (safetensors)
  recompute.py scores RESULT FOLDER                         accuracies and gains of a result.json from its evaluation records, FOLDER/SHA256.json

Prints what agrees and ends with 0, or prints every disagreement and ends with 1.
"""
import hashlib
import json
import math
import re
import struct
import sys
from fractions import Fraction

import numpy as np

problems = []


def check(holds, message):
    if not holds:
        problems.append(message)


def near(a, b, tolerance, message):
    check(abs(a - b) <= tolerance, f"{message}: {a!r} against {b!r}")


# --- evaluations: exact arithmetic over what the model wrote

def card_value(rule, rank):
    if rank <= 10:
        return rank
    return {"faces-as-10": 10, "faces-as-11-12-13": rank, "faces-as-5-6-7": rank - 6}[rule]


class Illegal(Exception):
    pass


def evaluate(formula):
    """Value (None: division by zero) and numbers of a formula over + - * / and parentheses; Illegal where it is none."""
    tokens = re.findall(r"\d+|[-+*/()]", formula)
    if "".join(tokens) != formula or not tokens:
        raise Illegal
    position, numbers = 0, []

    def peek():
        return tokens[position] if position < len(tokens) else None

    def take():
        nonlocal position
        position += 1
        return tokens[position - 1]

    def atom():
        if peek() == "(":
            take()
            inside = total()
            if peek() != ")":
                raise Illegal
            take()
            return inside
        if peek() is None or not peek().isdigit():
            raise Illegal
        number = int(take())
        numbers.append(number)
        return Fraction(number)

    def product():
        value = atom()
        while peek() in ("*", "/"):
            operator, right = take(), atom()
            if value is None or right is None or (operator == "/" and right == 0):
                value = None
            else:
                value = value * right if operator == "*" else value / right
        return value

    def total():
        value = product()
        while peek() in ("+", "-"):
            operator, right = take(), product()
            value = None if value is None or right is None else value + right if operator == "+" else value - right
        return value

    value = total()
    if position != len(tokens):
        raise Illegal
    return value, numbers


def verdict(answer, values, target):
    """Verdict of a compact answer, 'n n n n sep formula=target eos': only what stands between the first separator and '=' decides."""
    parts = re.split(r"\bsep\b", re.split(r"\beos\b", answer)[0], maxsplit=1)
    if len(parts) < 2:
        return "illegal"
    formula = parts[1].split("=", 1)[0].strip()
    try:
        value, numbers = evaluate(formula)
    except (Illegal, RecursionError):
        return "illegal"
    if value is None:
        return "illegal"
    if sorted(numbers) != sorted(values):
        return "wrong-numbers"
    return "correct" if value == target else "wrong-value"


def solvable(numbers, target):
    """Search in floating point; only for hands that no formula of the record has proved solvable."""
    if len(numbers) == 1:
        return abs(numbers[0] - target) < 1e-9
    for i in range(len(numbers)):
        for j in range(i):
            a, b, rest = numbers[i], numbers[j], [numbers[k] for k in range(len(numbers)) if k not in (i, j)]
            results = [a + b, a - b, b - a, a * b] + ([a / b] if b else []) + ([b / a] if a else [])
            if any(solvable(rest + [c], target) for c in results):
                return True
    return False


def evaluation(path, inside, outside, target):
    record, seen = json.load(open(path)), {}
    for number, episode in enumerate(record["episodes"]):
        where = f"episode {number}"
        rule = inside if episode["variant"] == "in-distribution" else outside
        values = [card_value(rule, rank) for rank in episode["cards"]]
        cluster = "-".join(map(str, sorted(values)))
        check(episode["cluster"] == cluster, f"{where}: cluster {episode['cluster']}, {cluster} expected")
        digest = int.from_bytes(hashlib.sha256(cluster.encode()).digest()[:8], "big")
        check(episode["split"] == ("choosing" if digest % 4 == 0 else "reporting"), f"{where}: split {episode['split']}")
        check(episode["variant"] != "out-of-distribution" or max(episode["cards"]) > 10, f"{where}: no face card out of distribution")
        found = verdict(episode["firstAnswer"], values, target)
        seen[cluster] = seen.get(cluster, False) or found == "correct"
        check(found == episode["verdicts"][0], f"{where}: '{episode['firstAnswer']}' is {found}, recorded as {episode['verdicts'][0]}")
        solved = next((i + 1 for i, tried in enumerate(episode["verdicts"]) if tried == "correct"), 0)
        check(solved == episode["solvedAt"], f"{where}: solved at {solved}, recorded as {episode['solvedAt']}")
        check(len(episode["verdicts"]) == (solved or record["tries"]), f"{where}: {len(episode['verdicts'])} tries")
    for cluster in (name for name, proved in seen.items() if not proved):
        check(solvable([float(value) for value in cluster.split("-")], target), f"{cluster} has no solution")
    return f"{len(record['episodes'])} episodes of {len(seen)} multisets re-scored"


# --- spectra: LAPACK through NumPy, in double precision

def checkpoint(path):
    data = open(path, "rb").read()
    (length,) = struct.unpack("<Q", data[:8])
    header, tensors = json.loads(data[8:8 + length]), {}
    for name, entry in header.items():
        if name != "__metadata__":
            start, end = entry["data_offsets"]
            tensors[name] = np.frombuffer(data[8 + length + start:8 + length + end], dtype="<f4").astype(np.float64).reshape(entry["shape"])
    return tensors


def angles(u, v):
    """Principal angles between the column spaces, rising: sines of the residual, cosines of the overlap above 45 degrees."""
    overlap = u.T @ v
    residual = v - u @ overlap
    residual -= u @ (u.T @ residual)
    sines = np.linalg.svd(residual, compute_uv=False)[::-1]
    cosines = np.linalg.svd(overlap, compute_uv=False)
    return np.where(sines > math.sqrt(0.5), np.arccos(np.clip(cosines, -1, 1)), np.arcsin(np.clip(sines, 0, 1)))


def effective_rank(values):
    shares = values[values > 0] / values.sum()
    return math.exp(-(shares * np.log(shares)).sum())


def product(tensors, layer, head, part, heads, kv_heads):
    block = f"model.layers.{layer}.self_attn."
    q, k, v, o = (tensors[f"{block}{name}_proj.weight"] for name in "qkvo")
    size, group = q.shape[0] // heads, head // (heads // kv_heads)
    rows, shared = slice(head * size, (head + 1) * size), slice(group * size, (group + 1) * size)
    return q[rows].T @ k[shared] if part == "q-k" else o[:, rows] @ v[shared]


def compare(entry, before, after):
    name, rank = entry["name"], len(entry["fromValues"])
    (u, s, vt), (w, t, zt) = np.linalg.svd(before, full_matrices=False), np.linalg.svd(after, full_matrices=False)
    for values, recorded in ((s, entry["fromValues"]), (t, entry["toValues"])):
        check(np.abs(values[:rank] - recorded).max() <= 1e-12 * values[0], f"{name}: singular values differ by {np.abs(values[:rank] - recorded).max() / values[0]:.1e} of the largest")
    change = after - before
    total, basis = (change ** 2).sum(), u.T @ change @ vt.T
    spectrum = np.linalg.svd(change, compute_uv=False)
    near(math.sqrt(total) / np.linalg.norm(before), entry["relativeChange"], 1e-12, f"{name}: relative change")
    near(float(np.median(np.abs(t[:rank] - s[:rank]) / s[:rank])), entry["medianValueChange"], 1e-9, f"{name}: median change of values")
    near(total / spectrum[0] ** 2, entry["stableRank"], 1e-9, f"{name}: stable rank")
    near(effective_rank(spectrum), entry["effectiveRank"], 1e-6, f"{name}: effective rank")
    near(effective_rank(s), entry["fromRank"]["effective"], 1e-6, f"{name}: effective rank before")
    if rank == len(s):
        near((np.diag(basis) ** 2).sum() / total, entry["diagonalShare"], 1e-9, f"{name}: diagonal share")
        near(((basis ** 2).sum() - (np.diag(basis) ** 2).sum()) / total, entry["offDiagonalShare"], 1e-9, f"{name}: off-diagonal share")
    for rotation in entry["rotations"]:
        k = rotation["k"]
        for side, one, other in (("left", u[:, :k], w[:, :k]), ("right", vt[:k].T, zt[:k].T)):
            found, recorded = angles(one, other), np.array(rotation[side + "Angles"])
            check(np.abs(found - recorded).max() <= 1e-9, f"{name}: {side} angles at k = {k} differ by {np.abs(found - recorded).max():.1e}")
            distance = np.linalg.norm(one @ one.T - other @ other.T)
            near(distance, rotation[side + "ProjectorDistance"], 1e-8, f"{name}: {side} projector distance at k = {k}")
        near((basis[:k, :k] ** 2).sum() / total, rotation["changeShare"], 1e-9, f"{name}: share of the change at k = {k}")
    for direction in entry["directions"]:
        at = slice(direction["first"], direction["first"] + direction["count"])
        near(float(angles(u[:, at], w[:, at]).max()), direction["leftAngle"], 1e-8, f"{name}: direction {direction['first']}, left")
        near(float(angles(vt[at].T, zt[at].T).max()), direction["rightAngle"], 1e-8, f"{name}: direction {direction['first']}, right")


def spectra(path, from_path, to_path, heads, kv_heads):
    result, before, after = json.load(open(path)), checkpoint(from_path), checkpoint(to_path)
    for hash_name, file in (("from", from_path), ("to", to_path)):
        digest = hashlib.sha256(open(file, "rb").read()).hexdigest()
        check(digest == result[hash_name], f"{hash_name} is {digest}, recorded as {result[hash_name]}")
    for entry in result["matrices"]:
        compare(entry, before[entry["name"]], after[entry["name"]])
    for entry in result["heads"]:
        args = entry["layer"], entry["head"], entry["part"], heads, kv_heads
        compare(entry, product(before, *args), product(after, *args))
    return f"{len(result['matrices'])} matrices and {len(result['heads'])} products of heads recomputed"


# --- result.json: accuracies and paired gains from the records

def scores(path, folder):
    result, records, count = json.load(open(path)), {}, 0

    def episodes(digest, variant):
        if digest not in records:
            text = open(f"{folder}/{digest}.json", "rb").read()
            check(hashlib.sha256(text).hexdigest() == digest, f"{digest}: the bytes do not have that hash")
            records[digest] = json.loads(text)["episodes"]
        return {tuple(e["cards"]): e for e in records[digest] if e["variant"] == variant and e["split"] == "reporting"}

    def solved(episode, tries):
        return 0 < episode["solvedAt"] <= tries

    def compare_accuracy(shown, digest, variant, tries, where):
        nonlocal count
        found = episodes(digest, variant).values()
        near(sum(solved(e, tries) for e in found) / len(found), shown["accuracy"], 1e-12, where)
        check(len({e["cluster"] for e in found}) == shown["clusters"], f"{where}: clusters")
        count += 1

    for c in result["checkpoints"]:
        for variant, key in (("in-distribution", "inDistribution"), ("out-of-distribution", "outOfDistribution")):
            for tries, field in ((1, "firstTry"), (result["tries"], "withinTries")):
                where = f"step {c['step']}, {variant}, {field}"
                compare_accuracy(c[key][field], c["record"], variant, tries, where)
                if c["recovery"]:
                    compare_accuracy(c["recovery"][key][field], c["recovery"]["record"], variant, tries, where + ", after RL")
                    start, end = episodes(c["record"], variant), episodes(c["recovery"]["record"], variant)
                    common = sorted(start.keys() & end.keys())
                    gain = sum(solved(end[k], tries) - solved(start[k], tries) for k in common) / len(common)
                    near(gain, c["recovery"]["gain"][key][field]["difference"], 1e-12, where + ", gain")
    return f"{count} accuracies recomputed"


def main():
    command, *rest = sys.argv[1:]
    if command == "evaluation":
        done = evaluation(rest[0], rest[1], rest[2], int(rest[3]))
    elif command == "spectra":
        done = spectra(rest[0], rest[1], rest[2], int(rest[3]), int(rest[4]))
    else:
        done = scores(rest[0], rest[1])
    for problem in problems[:20]:
        print(problem)
    print(f"{done}, {len(problems)} disagreements")
    sys.exit(1 if problems else 0)


main()
