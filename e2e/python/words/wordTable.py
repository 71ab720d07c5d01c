"""The table of neighbouring words: how often held-out words are right by counting, as good as it gets.

Words are runs of letters with apostrophes within; other runs are punctuation: contexts, as line breaks and edges are.
Two families, each shrunk as in `shrinkage.ts`, tuned on the training text with each document left out in turn:

    mixture   q = (both + kb m) / (n + kb),  m = a l + (1 - a) r,  l = (left + kl u) / (n + kl)
    product   the same with m ~ l^a r^b u^(1 - a - b)
"""
import collections
import itertools
import re

import numpy as np
import torch

WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
UNIT = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*|\n|[^\w\s]+|[\d_]+")
EDGE = '</s>'


def units(document):
    """(unit, start, end) with edges around."""
    return [(EDGE, -1, -1), *((m.group(), m.start(), m.end()) for m in UNIT.finditer(document)), (EDGE, -1, -1)]


def isword(unit):
    return WORD.fullmatch(unit) is not None


class Table:
    def __init__(self, documents, fold=False):
        self.fold = (lambda s: s.lower()) if fold else (lambda s: s)
        self.triples = [[(b[0], self.fold(a[0]), self.fold(c[0])) for a, b, c in zip(u, u[1:], u[2:]) if isword(b[0])]
                        for u in map(units, documents)]
        types = collections.Counter(w for d in self.triples for w, _, _ in d)
        self.words = sorted(types); self.id = {w: i for i, w in enumerate(self.words)}
        self.W = len(self.words)
        self.uni = torch.tensor([types[w] for w in self.words], dtype=torch.float32)
        sides = [sorted({t[s] for d in self.triples for t in d}) for s in (1, 2)]
        self.ctx = [{c: i for i, c in enumerate(side)} for side in sides]
        self.cnt = [torch.zeros(len(side) + 1, self.W) for side in sides]
        self.both = collections.defaultdict(collections.Counter)
        for d in self.triples:
            for w, l, r in d:
                self.cnt[0][self.ctx[0][l], self.id[w]] += 1; self.cnt[1][self.ctx[1][r], self.id[w]] += 1
                self.both[l, r][self.id[w]] += 1

    def rows(self, places, own=None):
        """Counts for places (word, left, right); `own`: counts to take away."""
        L = self.cnt[0][[self.ctx[0].get(self.fold(l), -1) for _, l, _ in places]].clone()
        R = self.cnt[1][[self.ctx[1].get(self.fold(r), -1) for _, _, r in places]].clone()
        u = self.uni.clone(); both = []
        if own:
            ol, orr, ob = (collections.defaultdict(collections.Counter) for _ in range(3))
            for w, l, r in own:
                i = self.id[w]; u[i] -= 1; ol[l][i] += 1; orr[r][i] += 1; ob[l, r][i] += 1
        for n, (_, l, r) in enumerate(places):
            l, r = self.fold(l), self.fold(r)
            b = collections.Counter(self.both.get((l, r), {}))
            if own:
                for i, c in ol[l].items(): L[n, i] -= c
                for i, c in orr[r].items(): R[n, i] -= c
                b.subtract(ob[l, r])
            both.append({i: c for i, c in b.items() if c > 0})
        return L, R, u, both

    def predict(self, rows, kind, kl, kr, a, b, kb):
        L, R, u, both = rows
        u = (u + .5) / (u + .5).sum()
        l = (L + kl * u) / (L.sum(1, keepdim=True) + kl); r = (R + kr * u) / (R.sum(1, keepdim=True) + kr)
        if kind == 'mixture': m = a * l + (1 - a) * r
        else: m = torch.softmax(a * l.log() + b * r.log() + (1 - a - b) * u.log(), 1)
        q = m.clone()
        for n, c in enumerate(both):
            if c:
                q[n] *= kb; q[n, list(c)] += torch.tensor([float(x) for x in c.values()]); q[n] /= sum(c.values()) + kb
        return q

    def ranks(self, q, places):
        t = torch.tensor([self.id.get(w, -1) for w, _, _ in places])
        known = t >= 0; p = q[torch.arange(len(t)), t.clamp(min=0)]
        # ties go against the table's favour only for the half that sort before it; here: strictly higher only
        rank = (q > p[:, None]).sum(1); rank[~known] = 10 ** 6
        return rank.numpy(), torch.where(known, p, torch.full_like(p, 1e-9))


def score(rank): return (rank < 1).mean() + (rank < 5).mean()


def tune(table, kind, every=5):
    """Weights by hits (top-1 and top-5) on training documents, each left out."""
    docs = table.triples[::every]
    places = [t for d in docs for t in d]
    parts = [table.rows(d, own=d) for d in docs]
    us = [p[2] for p in parts]
    best = None
    def value(w):
        hits = n = 0
        for d, p in zip(docs, parts):
            rank, _ = table.ranks(table.predict(p, kind, *w), d)
            hits += (rank < 1).sum() + (rank < 5).sum(); n += len(d)
        return hits / n
    w = dict(kl=32., kr=16., a=.5 if kind == 'mixture' else .8, b=.8, kb=8.)
    top = value(tuple(w.values()))
    grid = dict(kl=[8., 16, 32, 64, 128], kr=[8., 16, 32, 64, 128], a=[.3, .4, .5, .6, .7] if kind == 'mixture' else [.4, .6, .8, 1.], b=[.4, .6, .8, 1.], kb=[2., 4, 8, 16, 32])
    for _ in range(2):
        for k in grid:
            if kind == 'mixture' and k == 'b': continue
            for x in grid[k]:
                if x == w[k]: continue
                v = value(tuple({**w, k: x}.values()))
                if v > top: top, w = v, {**w, k: x}
    return w, top
