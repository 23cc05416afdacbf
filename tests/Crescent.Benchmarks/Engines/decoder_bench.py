"""PyTorch's side of the engine benchmarks: the same decoder, asked for one timed piece of work per line of standard input.

Usage: decoder_bench.py WEIGHTS THREADS. WEIGHTS holds float32 in canonical order. Commands:
  losses N            N training steps; prints their losses
  step                one training step; prints seconds
  tokens              greedy continuation with a preallocated key-value cache; prints the tokens, row by row
  generate            the same; prints seconds
"""
import math
import sys
import time

import numpy
import torch
import torch.nn.functional as F

V, D, L, H, FF, T, B, PROMPT = 64, 128, 4, 4, 344, 64, 64, 16
HD = D // H


def rms(x, g):
    return x * (x.pow(2).mean(-1, keepdim=True) + 1e-6).rsqrt() * g


def rotate(x, cos, sin):
    half = HD // 2
    return x * cos + torch.cat([-x[..., half:], x[..., :half]], -1) * sin


class Decoder:
    def __init__(self, path):
        flat, at = torch.from_numpy(numpy.fromfile(path, dtype=numpy.float32)), 0

        def take(*shape):
            nonlocal at
            size = math.prod(shape)
            at += size
            return flat[at - size:at].view(*shape).clone().requires_grad_()

        self.embedding = take(V, D)
        self.blocks = [dict(n1=take(D), q=take(D, D), k=take(D, D), v=take(D, D), o=take(D, D), n2=take(D), g=take(FF, D), u=take(FF, D), d=take(D, FF)) for _ in range(L)]
        self.norm, self.head = take(D), take(V, D)
        inverse = 1.0 / (10000.0 ** (torch.arange(0, HD, 2).float() / HD))
        angles = torch.outer(torch.arange(T).float(), inverse)
        angles = torch.cat([angles, angles], 1)
        self.cos, self.sin = angles.cos(), angles.sin()
        self.mask = torch.full((T, T), -math.inf).triu(1)

    def parameters(self):
        return [self.embedding, *(p for b in self.blocks for p in b.values()), self.norm, self.head]

    def forward(self, ids, cache=None, start=0):
        rows, length = ids.shape
        x = self.embedding.index_select(0, ids.reshape(-1)).view(rows, length, D)
        cos, sin = self.cos[start:start + length], self.sin[start:start + length]
        split = lambda t: t.view(rows, length, H, HD).transpose(1, 2)
        for i, b in enumerate(self.blocks):
            h = rms(x, b["n1"])
            q, k, v = rotate(split(F.linear(h, b["q"])), cos, sin), rotate(split(F.linear(h, b["k"])), cos, sin), split(F.linear(h, b["v"]))
            if cache is not None:
                keys, values = cache[i]
                keys[:, :, start:start + length].copy_(k)
                values[:, :, start:start + length].copy_(v)
                k, v = keys[:, :, :start + length], values[:, :, :start + length]
            scores = torch.matmul(q, k.transpose(2, 3)) * (1 / math.sqrt(HD))
            if length > 1:
                scores = scores + self.mask[:length, :length]
            o = torch.matmul(F.softmax(scores, -1), v)
            x = x + F.linear(o.transpose(1, 2).reshape(rows, length, D), b["o"])
            h = rms(x, b["n2"])
            x = x + F.linear(F.silu(F.linear(h, b["g"])) * F.linear(h, b["u"]), b["d"])
        if cache is not None:
            x = x[:, -1:]
        return F.linear(rms(x, self.norm), self.head)


def main():
    path, threads = sys.argv[1], int(sys.argv[2])
    torch.set_num_threads(threads)
    model = Decoder(path)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, betas=(0.9, 0.98), weight_decay=0.0, foreach=True)
    ids = torch.tensor([[(7 * r + 3 * t + r * t * t) % V for t in range(T)] for r in range(B)])
    cache = [(torch.zeros(B, H, T, HD), torch.zeros(B, H, T, HD)) for _ in range(L)]

    def step():
        optimizer.zero_grad(set_to_none=False)
        loss = F.cross_entropy(model.forward(ids)[:, :-1].reshape(-1, V), ids[:, 1:].reshape(-1))
        loss.backward()
        optimizer.step()
        return loss.item()

    def generate():
        with torch.no_grad():
            out = torch.empty(B, T, dtype=torch.long)
            out[:, :PROMPT] = ids[:, :PROMPT]
            at = 0
            for t in range(PROMPT, T):
                out[:, t] = model.forward(out[:, at:t], cache, at)[:, -1].argmax(-1)
                at = t
            return out[:, PROMPT:]

    for line in sys.stdin:
        command = line.split()
        start = time.perf_counter()
        if command[0] == "losses":
            print(*("%.8f" % step() for _ in range(int(command[1]))), flush=True)
        elif command[0] == "tokens":
            print(*generate().reshape(-1).tolist(), flush=True)
        else:
            (step if command[0] == "step" else generate)()
            print(time.perf_counter() - start, flush=True)


main()
