"""An independent judge of exported artifacts, in plain Python and NumPy (Debian's python3-numpy): shares no code with Crescent.

Usage:
  recompute.py evaluation RECORD ID_RULE OOD_RULE TARGET [HELD_OUT_RULE]       re-scores an evaluation.json; rules as faces-as-10, faces-as-11-12-13, faces-as-5-6-7
  recompute.py spectra RESULT FROM TO HEADS KV_HEADS                           recomputes a spectra.json from the two checkpoints (safetensors)
  recompute.py interventions RESULT SOURCE TARGET [ID_RULE OOD_RULE TARGET]    makes the edits of an interventions.json again from the two checkpoints; with rules, re-scores its records
  recompute.py scores RESULT FOLDER                                            accuracies, intervals and gains of a result.json from its evaluation records, FOLDER/SHA256.json

Prints what agrees and ends with 0, or prints every disagreement and ends with 1.
"""
import functools
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


VERDICTS = {"correct", "wrong-value", "wrong-numbers", "illegal"}


def judge_record(record, rules, target, of=""):
    """Everything that a record of the compact form says about itself; how many tries were judged again, and of how many multisets."""
    seen, dealt, tries = {}, set(), 0
    for number, episode in enumerate(record["episodes"]):
        where = f"{of}episode {number}"
        rule = rules[episode["variant"]]
        deal = episode["variant"], tuple(episode["cards"])
        check(deal not in dealt, f"{where}: dealt twice")
        dealt.add(deal)
        values = [card_value(rule, rank) for rank in episode["cards"]]
        cluster = "-".join(map(str, sorted(values)))
        check(episode["cluster"] == cluster, f"{where}: cluster {episode['cluster']}, {cluster} expected")
        digest = int.from_bytes(hashlib.sha256(cluster.encode()).digest()[:8], "big")
        check(episode["split"] == ("choosing" if digest % 4 == 0 else "reporting"), f"{where}: split {episode['split']}")
        check(episode["variant"] != "out-of-distribution" or max(episode["cards"]) > 10, f"{where}: no face card out of distribution")
        answers = [episode["firstAnswer"], *episode.get("laterAnswers", [])]
        check(len(answers) in (1, len(episode["verdicts"])), f"{where}: {len(answers)} answers for {len(episode['verdicts'])} verdicts")
        for answer, recorded in zip(answers, episode["verdicts"]):
            found, tries = verdict(answer, values, target), tries + 1
            seen[cluster] = seen.get(cluster, False) or found == "correct"
            check(found == recorded, f"{where}: '{answer}' is {found}, recorded as {recorded}")
        check(set(episode["verdicts"]) <= VERDICTS, f"{where}: verdicts {episode['verdicts']}")
        solved = next((i + 1 for i, tried in enumerate(episode["verdicts"]) if tried == "correct"), 0)
        check(solved == episode["solvedAt"], f"{where}: solved at {solved}, recorded as {episode['solvedAt']}")
        check(len(episode["verdicts"]) == (solved or record["tries"]), f"{where}: {len(episode['verdicts'])} tries")
    for cluster in (name for name, proved in seen.items() if not proved):
        check(solvable([float(value) for value in cluster.split("-")], target), f"{of}{cluster} has no solution")
    return tries, len(seen)


def rules_of(inside, outside, held_out=None):
    return {"in-distribution": inside, "out-of-distribution": outside, "held-out": held_out}


def evaluation(path, inside, outside, target, held_out=None):
    record = json.load(open(path))
    tries, multisets = judge_record(record, rules_of(inside, outside, held_out), target)
    made = sum(len(episode["verdicts"]) for episode in record["episodes"])
    return f"{tries} of {made} tries in {len(record['episodes'])} episodes of {multisets} multisets re-scored"


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


# --- interventions: the edits, made again

PARTS = {"attention": ["self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "self_attn.o_proj"], "feed-forward": ["mlp.gate_proj", "mlp.up_proj", "mlp.down_proj"]}
PARTS["all"] = PARTS["attention"] + PARTS["feed-forward"]


def edited(edit, tensors):
    """Names of the matrices that an edit touches."""
    wanted = PARTS.get(edit["matrices"]) or [part for part in PARTS["all"] if part.endswith(f".{edit['matrices']}_proj")]
    for name in tensors:
        found = re.fullmatch(r"model\.layers\.(\d+)\.(.*)\.weight", name)
        if found and found[2] in wanted and edit["firstLayer"] <= int(found[1]) and (edit["lastLayer"] is None or int(found[1]) <= edit["lastLayer"]):
            yield name


def ranks(edit, short):
    count = short if edit["kind"] == "restore-values" and edit["rankShare"] == 1 else max(1, math.floor(edit["rankShare"] * short + 0.5))
    first = {"head": 0, "tail": short - count}.get(edit["range"], (short - count) // 2)
    return slice(first, first + count)


def change(edit, source, target):
    """What an edit adds to one matrix."""
    at = ranks(edit, min(target.shape))
    (u, s, vt), (w, t, zt) = np.linalg.svd(source, full_matrices=False), np.linalg.svd(target, full_matrices=False)
    if edit["kind"] == "restore-values":
        values = t.copy()
        values[at] = s[at]
        return w * values @ zt - target
    if edit["kind"] == "restore-directions":
        left, right = u[:, at] @ u[:, at].T, vt[at].T @ vt[at]
        x, _, yt = np.linalg.svd(target + left @ (source - target) @ right, full_matrices=False)
        return x * t @ yt - target
    return u[:, at] * t[at] @ vt[at] - w[:, at] * t[at] @ zt[at]


def interventions(path, source_path, target_path, rules, number):
    result, source, target = json.load(open(path)), checkpoint(source_path), checkpoint(target_path)
    for name, file in (("source", source_path), ("target", target_path)):
        digest = hashlib.sha256(open(file, "rb").read()).hexdigest()
        check(digest == result[name], f"{name} is {digest}, recorded as {result[name]}")
    records = {"source": result["sourceRecord"], "target": result["targetRecord"]}
    for index, outcome in enumerate(result["outcomes"]):
        edit = outcome["edit"]
        onto, towards = (source, target) if edit["reverse"] else (target, source)
        names = list(edited(edit, onto))
        moved = math.sqrt(sum((change(edit, towards[name], onto[name]) ** 2).sum() for name in names))
        full = math.sqrt(sum(((towards[name] - onto[name]) ** 2).sum() for name in names))
        where = f"edit {index}"
        near(moved, outcome["changeNorm"], 1e-9 * full, f"{where}: norm of the change")
        near(full, outcome["fullNorm"], 1e-12 * full, f"{where}: norm of a full copy")
        check(outcome["saturated"] == (outcome["changeNorm"] >= outcome["fullNorm"]), f"{where}: saturated")
        near(1 if outcome["saturated"] else moved / full, outcome["rollbackScale"], 1e-9, f"{where}: scale of the rollback")
        records[where], records[f"{where}, rollback"] = outcome["record"], outcome["rollback"]
        for control in ("randomDirections", "gaussianChanges", "randomSubspaces"):
            records.update({f"{where}, {control} {draw}": record for draw, record in enumerate(outcome[control])})
    tries = sum(judge_record(record, rules, number, f"{name}, ")[0] for name, record in records.items()) if rules else 0
    return f"{len(result['outcomes'])} edits made again and {tries} tries of {len(records)} records re-scored"


# --- result.json: accuracies, intervals and paired gains from the records

@functools.cache
def two_sided_t(freedom, confidence=0.95):
    """Quantile of Student's t: integral of cos^(freedom - 1) over x = sqrt(freedom) tan angle, by Gauss and Legendre, halved until found."""
    nodes, weights = np.polynomial.legendre.leggauss(200)
    constant = 2 * math.exp(math.lgamma((freedom + 1) / 2) - math.lgamma(freedom / 2)) / math.sqrt(math.pi)

    def inside(angle):
        return constant * angle / 2 * float((weights * np.cos(angle / 2 * (nodes + 1)) ** (freedom - 1)).sum())

    low, high = 0.0, math.pi / 2
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if inside(middle) < confidence else (low, middle)
    return math.sqrt(freedom) * math.tan((low + high) / 2)


def covariance(a, b, clusters):
    """Cluster-robust, of the means: G / (G - 1) sum over clusters of the products of their residual sums, over N^2."""
    names = sorted(set(clusters))
    residuals = {name: [0.0, 0.0] for name in names}
    mean_a, mean_b = sum(a) / len(a), sum(b) / len(b)
    for x, y, cluster in zip(a, b, clusters):
        residuals[cluster][0] += x - mean_a
        residuals[cluster][1] += y - mean_b
    return sum(x * y for x, y in residuals.values()) * len(names) / (len(names) - 1) / len(a) ** 2


def wilson(values, clusters):
    n, p, groups = len(values), sum(values) / len(values), len(set(clusters))
    binomial = p * (1 - p) / n
    effective = n / (max(1.0, covariance(values, values, clusters) / binomial) if binomial > 0 else n / groups)
    z = two_sided_t(groups - 1)
    centre, scale = p + z * z / (2 * effective), 1 + z * z / effective
    half = z * math.sqrt(p * (1 - p) / effective + z * z / (4 * effective * effective))
    return p, min(max((centre - half) / scale, 0), p), max(min((centre + half) / scale, 1), p)


def mean_interval(values, clusters):
    mean, half = sum(values) / len(values), two_sided_t(len(set(clusters)) - 1) * math.sqrt(covariance(values, values, clusters))
    return mean, max(-1, mean - half), min(1, mean + half)


def fieller(a, b, clusters):
    """Ratio of the means of a and b; None where b does not differ from 0."""
    mean_a, mean_b = sum(a) / len(a), sum(b) / len(b)
    va, vb, cab = covariance(a, a, clusters), covariance(b, b, clusters), covariance(a, b, clusters)
    t = two_sided_t(len(set(clusters)) - 1)
    g = t * t * vb / (mean_b * mean_b)
    if not g < 1:
        return None
    ratio, slope = mean_a / mean_b, cab / vb if vb > 0 else 0
    half = t / abs(mean_b) * math.sqrt(max(0, va - 2 * ratio * cab + ratio * ratio * vb - g * (va - slope * cab)))
    return ratio, (ratio - g * slope - half) / (1 - g), (ratio - g * slope + half) / (1 - g)


VARIANTS = (("in-distribution", "inDistribution"), ("out-of-distribution", "outOfDistribution"))


def scores(path, folder):
    result, records, count, gains = json.load(open(path)), {}, 0, 0

    def episodes(digest, variant):
        if digest not in records:
            text = open(f"{folder}/{digest}.json", "rb").read()
            check(hashlib.sha256(text).hexdigest() == digest, f"{digest}: the bytes do not have that hash")
            records[digest] = json.loads(text)["episodes"]
        return {tuple(e["cards"]): e for e in records[digest] if e["variant"] == variant and e["split"] == "reporting"}

    def solved(episode, tries):
        return 0 < episode["solvedAt"] <= tries

    def compare_interval(shown, found, names, where):
        for name, value in zip(names, found):
            near(value, shown[name], 1e-9, f"{where}: {name}")

    def compare_accuracy(shown, digest, variant, tries, where):
        nonlocal count
        found = list(episodes(digest, variant).values())
        clusters = [e["cluster"] for e in found]
        compare_interval(shown, wilson([float(solved(e, tries)) for e in found], clusters), ("accuracy", "low", "high"), where)
        check((len(found), len(set(clusters))) == (shown["episodes"], shown["clusters"]), f"{where}: episodes and clusters")
        count += 1

    def contrast(variant, tries, *weighted):
        """The deals that the records share, in one order: sum of weight x solved for each, and their clusters."""
        keyed = [episodes(digest, variant) for digest, _ in weighted]
        common = sorted(set.intersection(*(set(one) for one in keyed)))
        values = [float(sum(weight * solved(one[deal], tries) for one, (_, weight) in zip(keyed, weighted))) for deal in common]
        return values, [keyed[0][deal]["cluster"] for deal in common]

    def compare_arm(arm, start, where):
        nonlocal gains
        for variant, key in VARIANTS:
            for tries, field in ((1, "firstTry"), (result["tries"], "withinTries")):
                at = f"{where}, {variant}, {field}"
                compare_accuracy(arm[key][field], arm["record"], variant, tries, at)
                values, clusters = contrast(variant, tries, (arm["record"], 1), (start, -1))
                shown = arm["gain"][key][field]
                compare_interval(shown, mean_interval(values, clusters), ("difference", "low", "high"), at + ", gain")
                check((len(values), len(set(clusters))) == (shown["episodes"], shown["clusters"]), f"{at}, gain: episodes and clusters")
                gains += 1

    curve = {c["step"]: c["record"] for c in result["checkpoints"]}
    for c in result["checkpoints"]:
        where = f"step {c['step']}"
        for variant, key in VARIANTS:
            for tries, field in ((1, "firstTry"), (result["tries"], "withinTries")):
                compare_accuracy(c[key][field], c["record"], variant, tries, f"{where}, {variant}, {field}")
        if c["recovery"]:
            compare_arm(c["recovery"], c["record"], where + ", after RL")
        if c["recovery"] and c["recovery"]["share"]:
            trio = (c["recovery"]["record"], c["record"], curve[result["bestStep"]])
            gained, clusters = contrast("out-of-distribution", result["tries"], *zip(trio, (1, -1, 0)))
            lost, _ = contrast("out-of-distribution", result["tries"], *zip(trio, (0, -1, 1)))
            share = fieller(gained, lost, clusters)
            check(share is not None, f"{where}: share without a denominator")
            compare_interval(c["recovery"]["share"], share or (), ("estimate", "low", "high"), f"{where}, share")
    for control in result["controls"]:
        compare_arm(control, curve[control["step"]], f"{control['role']} from {control['step']}")
    for entry in result["accuracyByTries"]:
        for variant, key in VARIANTS:
            compare_accuracy(entry[key], entry["record"], variant, entry["tries"], f"{entry['role']} at {entry['step']}, {variant}, {entry['tries']} tries")
    return f"{count} accuracies and {gains} gains recomputed, with their intervals"


def main():
    command, *rest = sys.argv[1:]
    if command == "evaluation":
        done = evaluation(rest[0], rest[1], rest[2], int(rest[3]), *rest[4:5])
    elif command == "spectra":
        done = spectra(rest[0], rest[1], rest[2], int(rest[3]), int(rest[4]))
    elif command == "interventions":
        done = interventions(*rest[:3], rules_of(*rest[3:5]) if len(rest) > 5 else None, int(rest[5]) if len(rest) > 5 else None)
    else:
        done = scores(rest[0], rest[1])
    for problem in problems[:20]:
        print(problem)
    print(f"{done}, {len(problems)} disagreements")
    sys.exit(1 if problems else 0)


main()
