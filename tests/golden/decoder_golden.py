"""Ten training steps of a small Llama-style decoder in PyTorch: what the CPU engine's losses and gradient norms are compared with.

Run with Debian's python3-torch (1.13): /usr/bin/python3 tests/golden/decoder_golden.py > tests/golden/decoder_golden.json
Weights and tokens come from a linear congruential generator that the test repeats.
"""
import json
import math

import torch
import torch.nn.functional as F

SPEC = dict(vocabularySize=37, hiddenSize=48, layers=3, heads=6, keyValueHeads=2, feedForwardSize=100, maxPositions=32)
V, D, L, H, KV, FF = (SPEC[k] for k in ("vocabularySize", "hiddenSize", "layers", "heads", "keyValueHeads", "feedForwardSize"))
HD = D // H
LENGTHS = [5, 32, 17, 9, 24, 2, 31, 12]
STEPS, RATE, BETAS, DECAY, EPS, CLIP = 10, 3e-3, (0.9, 0.98), 0.1, 1e-8, 1.0

state = 12345


def draw():
    """Uniform in [-0.5, 0.5)."""
    global state
    state = (state * 1664525 + 1013904223) % (1 << 32)
    return state / (1 << 32) - 0.5


def tensor(rows, columns=None):
    if columns is None:
        return torch.tensor([1 + 0.5 * draw() for _ in range(rows)], dtype=torch.float32, requires_grad=True)
    scale = 2 / math.sqrt(columns)
    return torch.tensor([[scale * draw() for _ in range(columns)] for _ in range(rows)], dtype=torch.float32, requires_grad=True)


def layout():
    yield "embedding", tensor(V, D)
    for n in range(L):
        for name, shape in (("n1", (D,)), ("q", (D, D)), ("k", (KV * HD, D)), ("v", (KV * HD, D)), ("o", (D, D)), ("n2", (D,)), ("g", (FF, D)), ("u", (FF, D)), ("d", (D, FF))):
            yield f"{n}.{name}", tensor(*shape)
    yield "norm", tensor(D)
    yield "head", tensor(V, D)


def rms(x, g):
    return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-6) * g


def rotate(x):
    half = HD // 2
    inverse = 1.0 / (10000.0 ** (torch.arange(0, HD, 2).float() / HD))
    angles = torch.outer(torch.arange(x.shape[1]).float(), inverse)
    angles = torch.cat([angles, angles], -1)
    return x * angles.cos() + torch.cat([-x[..., half:], x[..., :half]], -1) * angles.sin()


def logits(w, row):
    t = len(row)
    x = w["embedding"][row]
    mask = torch.full((t, t), -math.inf).triu(1)
    for n in range(L):
        p = lambda name: w[f"{n}.{name}"]
        h = rms(x, p("n1"))
        q = rotate(F.linear(h, p("q")).view(t, H, HD).transpose(0, 1))
        k = rotate(F.linear(h, p("k")).view(t, KV, HD).transpose(0, 1)).repeat_interleave(H // KV, 0)
        v = F.linear(h, p("v")).view(t, KV, HD).transpose(0, 1).repeat_interleave(H // KV, 0)
        a = F.softmax(q @ k.transpose(1, 2) / math.sqrt(HD) + mask, -1) @ v
        x = x + F.linear(a.transpose(0, 1).reshape(t, D), p("o"))
        h = rms(x, p("n2"))
        x = x + F.linear(F.silu(F.linear(h, p("g"))) * F.linear(h, p("u")), p("d"))
    return F.linear(rms(x, w["norm"]), w["head"])


def main():
    torch.set_num_threads(1)
    w = dict(layout())
    rows = [[int((draw() + 0.5) * V) for _ in range(n)] for n in LENGTHS]
    matrices = [p for p in w.values() if p.dim() == 2]
    gains = [p for p in w.values() if p.dim() == 1]
    optimizer = torch.optim.AdamW([dict(params=matrices, weight_decay=DECAY), dict(params=gains, weight_decay=0.0)], lr=RATE, betas=BETAS, eps=EPS)
    losses, norms = [], []
    for _ in range(STEPS):
        optimizer.zero_grad()
        count = sum(len(row) - 1 for row in rows)
        loss = sum(F.cross_entropy(logits(w, row)[:-1], torch.tensor(row[1:]), reduction="sum") for row in rows) / count
        loss.backward()
        norms.append(torch.nn.utils.clip_grad_norm_(list(w.values()), CLIP).item())
        losses.append(loss.item())
        optimizer.step()
    print(json.dumps(dict(model=SPEC, lengths=LENGTHS, losses=losses, norms=norms), indent=2))


main()
