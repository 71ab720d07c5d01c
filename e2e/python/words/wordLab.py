"""Laboratory: recipes for words. Trains populations of small RoBERTas of one shape at once and measures them in whole words.

    python wordLab.py --data DATA --out OUT --seconds 480
    python wordLab.py … --dry            # every path, with few steps

Every weight has a leading dimension P, one entry a model; hyperparameters are vectors. Wiring, initial values, optimizer, rows,
masks and split are Folio's. Results: one line a model in results.jsonl, a table in summary.txt.
"""
import argparse, collections, faulthandler, functools, json, math, os, sys, time, traceback

import numpy as np
import torch
import torch.nn.functional as F

BOS, PAD, EOS, MASK, FIRST = 0, 1, 2, 3, 5
BETA1, BETA2, EPS, CLIP = 0.9, 0.98, 1e-6, 1.0
K = 5                                  # most pieces of a word
BEAM = 6

ap = argparse.ArgumentParser()
ap.add_argument('--data', default='data'); ap.add_argument('--out', default='out'); ap.add_argument('--seconds', type=float, default=480)
ap.add_argument('--dry', action='store_true')
ap.add_argument('--cpu', action='store_true')
ap.add_argument('--last', type=float, default=0)
SAFE = bool(os.environ.get('LAB_SAFE'))   # plainer operations, after a failure
T0 = float(os.environ.get('LAB_START', time.time()))


# ---------------------------------------------------------------- data

class Data:
    """Splits of one vocabulary on the device, stacked."""

    def __init__(self, directory, wanted, splits, dev, T=64, limit=None):
        self.splits, self.dev, self.T, self.wanted, self.limit = splits, dev, T, wanted, limit
        z = [np.load(f'{directory}/{s}-{wanted}.npz') for s in splits]
        self.z = z
        self.sizes = [len(d['kind']) for d in z]
        self.V = 16 * math.ceil(max(self.sizes) / 16)
        self.lb = int(z[0]['lineBreak']); assert all(int(d['lineBreak']) == self.lb for d in z)
        n = max(len(d['ids']) for d in z)
        pad = lambda x, n, v=0: np.pad(np.asarray(x, np.int64), (0, n - len(x)), constant_values=v)
        t = lambda x: torch.as_tensor(np.stack(x), device=dev)
        self.ids = t([pad(d['ids'], n) for d in z]); self.words = t([pad(d['words'], n) for d in z])
        left, right = [], []
        for d in z:
            ids = d['ids'].astype(np.int64); l = np.concatenate([[EOS], ids[:-1]]); r = np.concatenate([ids[1:], [EOS]])
            s = d['starts']; l[s[:-1]] = EOS; r[s[1:] - 1] = EOS
            left.append(pad(l, n)); right.append(pad(r, n))
        self.left, self.right = t(left), t(right)
        S, V = len(splits), self.V
        self.vmask = torch.zeros(S, V, device=dev)
        for i, v in enumerate(self.sizes): self.vmask[i, FIRST:v] = 1
        self.vmask[:, self.lb] = 0
        self.valid = torch.zeros(S, V, device=dev)
        for i, v in enumerate(self.sizes): self.valid[i, :v] = 1
        counts = np.stack([np.bincount(d['ids'].astype(np.int64), minlength=V) for d in z]).astype(np.float32)
        counts[:, :FIRST] = 0; counts[:, self.lb] = 0
        share = (torch.as_tensor(counts, device=dev) + .5) * self.valid
        self.bias = torch.log(share.clamp(min=1e-30) / share.sum(1, keepdim=True)); self.bias[self.valid == 0] = -30.
        u = (torch.as_tensor(counts, device=dev) + .5) * self.vmask; self.uni = u / u.sum(1, keepdim=True)
        self.counts = counts
        self._pairs = self._pmi = self._ngram = None
        self.tokens = [bytes(np.load(f'{directory}/tok-{s}-{wanted}.npz')['text']).decode('latin-1').split('\0') for s in splits]
        assert [len(t) for t in self.tokens] == self.sizes
        # noise: 65,536 draws of each kind; and how diverse the neighbours of a token are
        rng = np.random.default_rng(5); lut = {'uniform': [], 'unigram': [], 'kn': []}; gam = []
        for i, d in enumerate(z):
            ok = self.vmask[i].cpu().numpy(); ids = d['ids'].astype(np.int64)
            pairs = np.unique(np.stack([ids[:-1], ids[1:]], 1), axis=0)
            cont = np.bincount(pairs[:, 1], minlength=V) * ok; after = np.bincount(pairs[:, 0], minlength=V)
            for name, p in (('uniform', ok), ('unigram', counts[i] * ok), ('kn', cont)):
                lut[name].append(rng.choice(V, 65536, p=p / p.sum()))
            gam.append(after / np.maximum(1, np.bincount(ids, minlength=V)))
        self.lut = {k: t(v) for k, v in lut.items()}
        self.gam = torch.as_tensor(np.stack(gam), dtype=torch.float32, device=dev)
        self.streams = {}
        self._held()

    def pairs(self):
        """Counts of a token (last) by the one before it, and by the one behind it: [S, V, V] each."""
        if self._pairs is None:
            out = []
            for side in (self.left, self.right):
                m = torch.zeros(len(self.splits), self.V * self.V, device=self.dev)
                for i, d in enumerate(self.z):
                    n = len(d['ids']); w = self.ids[i, :n]; ok = (self.vmask[i][w] > 0).float()
                    m[i].index_add_(0, side[i, :n] * self.V + w, ok)
                out.append(m.view(len(self.splits), self.V, self.V))
            self._pairs = (*out, out[0].sum(2), out[1].sum(2))
        return self._pairs

    def pmi(self, dim=96):
        """Words from what stands beside them: [S, V, dim], root mean square 1."""
        if self._pmi is None or self._pmi.shape[2] != dim:
            res = []
            for i, d in enumerate(self.z):
                ids = torch.as_tensor(d['ids'].astype(np.int64), device=self.dev)
                L = torch.zeros(self.V * self.V, device=self.dev)
                L.index_add_(0, ids[1:] * self.V + ids[:-1], torch.ones(len(ids) - 1, device=self.dev)); L = L.view(self.V, self.V)
                parts = []
                for M in (L, L.T):
                    e = M.sum(1, keepdim=True) * M.sum(0, keepdim=True).pow(.75) / M.sum(0).pow(.75).sum()
                    parts.append(torch.relu(torch.log((M + 1e-9) / (e + 1e-9))) * (M > 0))
                torch.manual_seed(1)
                U, s, _ = torch.svd_lowrank(torch.cat(parts, 1), q=min(dim + 16, self.V), niter=3)
                X = U[:, :dim] * s[:dim].sqrt()
                res.append(X / X.pow(2).mean().sqrt().clamp(min=1e-12))
            self._pmi = torch.stack(res)
        return self._pmi

    def ngram(self, dim=96):
        """Words from their spelling: random directions of character n-grams and endings, summed; [S, V, dim], root mean square 1."""
        if self._ngram is None or self._ngram.shape[2] != dim:
            res = []
            for i, tokens in enumerate(self.tokens):
                seen = {}; rows, cols, vals = [], [], []
                for t, text in enumerate(tokens):
                    w = text.strip().lower(); f = collections.Counter({('w', w): 1.5})
                    x = f'<{w}>'
                    for n in (2, 3, 4, 5):
                        for a in range(len(x) - n + 1): f[x[a:a + n]] += 1. if n > 2 else .5
                    for n in (1, 2, 3): f['end', w[-n:], n] += 1.5
                    if text[:1] != ' ': f['bare'] += .5
                    for k, v in f.items(): rows.append(t); cols.append(seen.setdefault(k, len(seen))); vals.append(v)
                df = np.bincount(cols, minlength=len(seen)); R = np.random.default_rng(3).standard_normal((len(seen), dim)).astype(np.float32); X = np.zeros((self.V, dim), np.float32)
                np.add.at(X, np.array(rows), (np.array(vals) * np.log(1 + len(tokens) / df[cols])).astype(np.float32)[:, None] * R[cols])
                X -= X[FIRST:len(tokens)].mean(0); res.append(torch.as_tensor(X / np.maximum(1e-6, np.sqrt((X ** 2).mean(1, keepdims=True))), device=self.dev))
            self._ngram = torch.stack(res)
        return self._ngram

    def small(self, i):
        """For each token the one with a space and small letters, if there is another such: pairs [2, n]."""
        ids = {t: n for n, t in enumerate(self.tokens[i]) if n >= FIRST}
        return torch.tensor([(n, ids[b]) for n, t in enumerate(self.tokens[i]) if n >= FIRST and (b := ' ' + t.strip().lower()) != t and len(b) > 1 and b in ids and t.strip().isalpha()]).T

    def stream(self, split, seed, rows, T):
        """Places of an epoch after the other's rows, as `packedRows.ts`: documents shuffled, rotated, cut, rows shuffled."""
        key = (split, seed, T); have = self.streams.get(key)
        if have is None or len(have) < rows:
            d = self.z[self.splits.index(split)]; s = d['starts']; rng = np.random.default_rng([split, seed, T])
            docs = [np.concatenate([np.arange(a, b), [-1]]) for a, b in zip(s, s[1:])]; out = []; total = 0; C = T - 2
            while total < rows:
                x = np.concatenate([docs[i] for i in rng.permutation(len(docs))]); x = np.roll(x, -int(rng.integers(len(x))))
                n = max(1, len(x) // C); x = x[:n * C].reshape(n, C)[rng.permutation(n)]; out.append(x.astype(np.int32)); total += n
            self.streams[key] = have = np.concatenate(out)
        return have[:rows]

    def _held(self):
        T, S = self.T, len(self.splits); C = T - 2
        rows = [[] for _ in range(S)]; masked = [[] for _ in range(S)]; self.draws = []
        for i, d in enumerate(self.z):
            ids, s = d['held'].astype(np.int64), d['heldStarts']; place = np.empty(len(ids), np.int64); stream = []
            for a, b in zip(s, s[1:]): place[a:b] = np.arange(len(stream), len(stream) + b - a); stream += [*ids[a:b], EOS]
            stream = np.array(stream); n = math.ceil(len(stream) / C); ends = []
            for a, b in zip(d['maskStarts'], d['maskStarts'][1:]):
                m = place[d['masks'][a:b].astype(np.int64)]; seen = stream.copy(); seen[m] = MASK; base = len(rows[i])
                for r in range(n):
                    x = seen[r * C:(r + 1) * C]; rows[i].append([BOS, *x, EOS] + [PAD] * (C - len(x)))
                masked[i] += [((base + p // C) * T + 1 + p % C, stream[p]) for p in m]; ends.append((len(rows[i]), len(masked[i])))
            self.draws.append(ends)
        R = max(map(len, rows)); M = max(map(len, masked))
        self.nRows = torch.as_tensor(np.stack([np.array(r + [[BOS, EOS] + [PAD] * (T - 2)] * (R - len(r))) for r in rows]), device=self.dev)
        self.nAt = torch.as_tensor(np.stack([np.array([p for p, _ in m] + [0] * (M - len(m))) for m in masked]), device=self.dev)
        self.nTrue = torch.as_tensor(np.stack([np.array([w for _, w in m] + [0] * (M - len(m))) for m in masked]), device=self.dev)
        self.nCount = [len(m) for m in masked]
        self.reference = np.stack([d['reference'] for d in self.z])
        # places of words: rows with k masks, for k = 1 … 5
        N = min(len(d['spans']) for d in self.z); N = self.N = min(N, self.limit or N)
        wr = np.full((K, S, N, T), PAD, np.int64); at = np.zeros((K, S, N), np.int64); true = np.zeros((S, N, K), np.int64); pieces = np.zeros((S, N), np.int64); line = np.zeros((S, N), bool)
        for i, d in enumerate(self.z):
            ids, s = d['held'].astype(np.int64), d['heldStarts']
            for n, (doc, a, b, bare) in enumerate(d['spans'][:N]):
                x = ids[s[doc]:s[doc + 1]]; pieces[i, n] = b - a; line[i, n] = bool(bare); true[i, n, :min(K, b - a)] = x[a:b][:K]
                for k in range(1, K + 1):
                    room = C - k; l = min(a, max(room // 2, room - (len(x) - b))); r = min(len(x) - b, room - l)
                    row = [BOS, *x[a - l:a], *[MASK] * k, *x[b:b + r], EOS]; wr[k - 1, i, n, :len(row)] = row; at[k - 1, i, n] = 1 + l
        g = lambda x: torch.as_tensor(x, device=self.dev)
        self.wRows, self.wAt, self.wTrue, self.wPieces, self.wLine = g(wr), g(at), g(true), g(pieces), g(line)
        kind = np.stack([np.pad(d['kind'].astype(np.int64), (0, self.V - len(d['kind']))) for d in self.z])
        has = lambda *ks: g(np.isin(kind, ks))
        # allowed[first / middle / last, after a space / at the line's start][S, V]
        self.only = torch.stack([has(1), has(2)], 1)            # a word of one piece: [S, 2, V]
        self.first = torch.stack([has(1, 5), has(2)], 1)        # begins a word of several
        self.middle, self.final = has(2, 3, 4), has(2, 3)
        prior = np.stack([d['pieces'][1:K + 1] + .5 for d in self.z]); self.prior = g(np.log(prior / prior.sum(1, keepdims=True))).float()
        self.table = np.stack([d['tableRank'][:N] for d in self.z]); self.mixture = np.stack([d['mixtureRank' if 'mixtureRank' in d else 'tableRank'][:N] for d in self.z])


# ---------------------------------------------------------------- model

class Shape:
    def __init__(self, V, H=128, L=2, A=4, T=64, Fw=None): self.V, self.H, self.L, self.A, self.T, self.F = V, H, L, A, T, Fw or 4 * H

    def specs(self):
        H, Fw = self.H, self.F
        s = [('pos', (self.T + 2, H), 1), ('type', (1, H), 1), ('ln_w', (1, H), 0), ('ln_b', (1, H), 0)]
        for l in range(self.L):
            s += [(f'{l}.qkv', (H, 3 * H), 1), (f'{l}.qkv_b', (1, 3 * H), 0), (f'{l}.out', (H, H), 1), (f'{l}.out_b', (1, H), 0), (f'{l}.n1w', (1, H), 0), (f'{l}.n1b', (1, H), 0),
                  (f'{l}.up', (H, Fw), 1), (f'{l}.up_b', (1, Fw), 0), (f'{l}.down', (Fw, H), 1), (f'{l}.down_b', (1, H), 0), (f'{l}.n2w', (1, H), 0), (f'{l}.n2b', (1, H), 0)]
        return s + [('dense', (H, H), 1), ('dense_b', (1, H), 0), ('hn_w', (1, H), 0), ('hn_b', (1, H), 0), ('bias', (1, self.V), 0)]

    def flops(self, B, M):
        """Of a step: forward and backward, as three times the products forward."""
        N = B * self.T; H = self.H
        return 3 * (2 * N * self.L * (4 * H * H + 2 * H * self.F) + 4 * N * self.T * H * self.L + 2 * M * (H * H + H * self.V))


def orthonormal(count, length, g):
    q, r = torch.linalg.qr(torch.randn(length, count, generator=g)); return (q * torch.sign(torch.diagonal(r))).T


@functools.lru_cache(None)
def aim(H, A, offs):
    """What looks at neighbours in query and key, rows are outputs."""
    D = H // A; n = D // 2; q, k = torch.zeros(H, H), torch.zeros(H, H)
    for h, o in enumerate(offs):
        for j in range(n):
            s = 0.05 + (0.95 * math.pi - 0.05) * j / max(1, n - 1); p = j; r = h * D + 2 * j; c, sn = math.cos(s * o), math.sin(s * o)
            q[r, 2 * p] += 2; q[r + 1, 2 * p + 1] += 2
            k[r, 2 * p] += 2 * c; k[r, 2 * p + 1] -= 2 * sn; k[r + 1, 2 * p] += 2 * sn; k[r + 1, 2 * p + 1] += 2 * c
    return q, k


def initial(sh, genome, bias, pmi, ngram=None, small=None):
    """`neighbourHeads.ts`. Matrices are [in, out] here."""
    g = torch.Generator().manual_seed(1_000_003 * genome['seed'] + 17); H, A, L, Fw = sh.H, sh.A, sh.L, sh.F; D = H // A; P = D
    e = genome['word_scale']; w = {}
    n = lambda shape, dev: torch.randn(*shape, generator=g) * dev
    word = n((sh.V, H), genome['word_scale']); word[:, :P] = 0; word[PAD] = 0
    if genome['word_init'] != 'normal':
        X = {'pmi': lambda: pmi, 'ngram': lambda: ngram, 'both': lambda: (pmi + ngram) / math.sqrt(2)}[genome['word_init']]().cpu(); X = X @ orthonormal(X.shape[1], X.shape[1], g)
        X = (X + 0.3 * torch.randn(X.shape, generator=g)) / math.sqrt(1 + .09)
        word[:, P:] = X[:, :H - P] * genome['word_scale']; word[PAD] = 0
    if genome['case']: word[small[0]] = .8 * word[small[1]] + .6 * word[small[0]]
    word[FIRST:][bias[FIRST:] <= -29.9] = 0
    sp = torch.tensor([0.05 + (0.95 * math.pi - 0.05) * i / max(1, P // 2 - 1) for i in range(P // 2)])
    pos = torch.zeros(sh.T + 2, H); t = torch.arange(2, sh.T + 2).float()[:, None]
    pos[2:, 0:P:2] = e * math.sqrt(2) * torch.sin(t * sp); pos[2:, 1:P:2] = e * math.sqrt(2) * torch.cos(t * sp)
    w['pos'], w['type'] = pos, torch.zeros(1, H)
    for name, shape, _ in sh.specs():
        if name not in w: w[name] = torch.zeros(shape)
        if name.endswith(('ln_w', 'n1w', 'n2w')): w[name].fill_(1)
    for l in range(L):
        q, k = n((H, H), .09 / math.sqrt(H)), n((H, H), .09 / math.sqrt(H))       # rows are outputs, as in the file
        w[f'{l}.up'] = n((Fw, H), .9 / math.sqrt(H)).T.clone(); w[f'{l}.down'] = n((H, Fw), .2 / math.sqrt(Fw)).T.clone()
        offs = [(-1 if h < A / 2 else 1) if l == 0 else [-1, 1, -2, 2][h % 4] for h in range(A)]
        aq, ak = aim(H, A, tuple(offs)); q += aq; k += ak
        v, out = torch.zeros(H, H), torch.zeros(H, H); gain = math.sqrt(1 if l == 0 else .3)
        for o in sorted(set(offs)):
            rows = [h * D + d for h in range(A) if offs[h] == o for d in range(D)]; rank = min(len(rows), H - P)
            read, write = orthonormal(rank, H - P, g), orthonormal(rank, H - P, g)
            v[rows[:rank], P:] = gain * read; out[P:, rows[:rank]] = gain * write.T
        w[f'{l}.qkv'] = torch.cat([q, k, v], 0).T.clone(); w[f'{l}.out'] = out.T.clone()
    w['dense'] = torch.eye(H); w['hn_w'].fill_(genome['head_gain']); w['bias'] = bias[None].cpu().clone()
    return word, w


class Weights:
    """All weights of a population: `word` [P, V, H] and the others in one row a model; `self[name]` are leaves over the same memory."""

    def __init__(self, sh, P, dev, grad=True):
        self.sh, self.P = sh, P; self.specs = sh.specs(); self.n = sum(a * b for _, (a, b), _ in self.specs)
        self.word = torch.zeros(P, sh.V, sh.H, device=dev); self.flat = torch.zeros(P, self.n, device=dev); self.leaves = {}; self.decay = torch.zeros(self.n, device=dev)
        at = 0
        for name, (a, b), d in self.specs:
            self.leaves[name] = self.flat[:, at:at + a * b].view(P, a, b).detach().requires_grad_(grad); self.decay[at:at + a * b] = d; at += a * b
        self.word.requires_grad_(grad)

    def __getitem__(self, name): return self.leaves[name]


def drop(x, rate):
    if rate is None: return x
    return x * (torch.rand(x.shape, device=x.device, dtype=torch.bfloat16 if x.is_cuda and not SAFE else torch.float32) >= rate)


def norm(x, w, b): return torch.addcmul(b, F.layer_norm(x, (x.shape[-1],), eps=1e-5), w)


def forward(W, ids, rate=None, scale=None, bias=None, attended=None):
    """[P, B, T] -> [P, B·T, H]. `rate`, `scale` [P, 1, 1]: dropout; what is dropped is scaled through the weights before it."""
    sh = W.sh; P, B, T = ids.shape; H, A = sh.H, sh.A; D = H // A; one = 1 if scale is None else scale
    base = torch.arange(P, device=ids.device)[:, None] * sh.V
    x = W.word.reshape(P * sh.V, H).index_select(0, (ids.reshape(P, -1) + base).reshape(-1)).view(P, B, T, H)
    if attended is None: x = x + W['pos'][:, None, 2:T + 2] + W['type'][:, None]
    else:
        places = torch.cumsum(attended, -1) * attended + PAD
        pb = torch.arange(P, device=ids.device)[:, None] * (sh.T + 2)
        x = x + W['pos'].reshape(P * (sh.T + 2), H).index_select(0, (places.reshape(P, -1) + pb).reshape(-1)).view(P, B, T, H) + W['type'][:, None]
    x = drop(norm(x.reshape(P, B * T, H), W['ln_w'] * one, W['ln_b'] * one), rate)
    for l in range(sh.L):
        qkv = torch.baddbmm(W[f'{l}.qkv_b'], x, W[f'{l}.qkv']).view(P * B, T, 3, A, D).permute(2, 0, 3, 1, 4).unbind(0)
        if bias is None and attended is None and not SAFE: y = F.scaled_dot_product_attention(qkv[0], qkv[1], qkv[2])
        else:
            s = qkv[0] @ qkv[1].transpose(-1, -2) / math.sqrt(D)
            if bias is not None: s = (s.view(P, B * A, T, T) + bias).view(P * B, A, T, T)
            if attended is not None: s = s.masked_fill((attended == 0).view(P * B, 1, 1, T), -1e9)
            y = s.softmax(-1) @ qkv[2]
        y = y.transpose(1, 2).reshape(P, B * T, H)
        x = norm(x + drop(torch.baddbmm(W[f'{l}.out_b'] * one, y, W[f'{l}.out'] * one), rate), W[f'{l}.n1w'], W[f'{l}.n1b'])
        y = F.gelu(torch.baddbmm(W[f'{l}.up_b'], x, W[f'{l}.up']))
        x = norm(x + drop(torch.baddbmm(W[f'{l}.down_b'] * one, y, W[f'{l}.down'] * one), rate), W[f'{l}.n2w'], W[f'{l}.n2b'])
    return x


def head(W, x, at):
    """Logits at places: [P, M] of [P, N] -> [P, M, V]."""
    P, N, H = x.shape
    h = x.reshape(P * N, H).index_select(0, (at + torch.arange(P, device=x.device)[:, None] * N).reshape(-1)).view(P, -1, H)
    h = norm(F.gelu(torch.baddbmm(W['dense_b'], h, W['dense'])), W['hn_w'], W['hn_b'])
    return torch.baddbmm(W['bias'], h, W.word.transpose(1, 2))


class SoftLoss(torch.autograd.Function):
    """Cross-entropy against (1 - a) one-hot + soft targets; soft(p) writes the gradient of the soft part into place."""

    @staticmethod
    def forward(ctx, logits, target, weight, hard, soft):
        p = torch.softmax(logits, -1); own = p.gather(-1, target[..., None])
        ctx.save_for_backward(p, target, weight, hard); ctx.soft = soft
        return -torch.log(own[..., 0].clamp(min=1e-30))

    @staticmethod
    def backward(ctx, _):
        p, target, weight, hard = ctx.saved_tensors
        g = p.clone() if ctx.soft else p
        if ctx.soft: ctx.soft(g, p)
        g.scatter_add_(-1, target[..., None], -hard[:, None, None].expand(*target.shape, 1))
        return g.mul_(weight[..., None]), None, None, None, None


# ---------------------------------------------------------------- a population

DEFAULTS = dict(lr=1.5e-3, wd=.1, drop=.1, drop1=None, mask0=.3, mask1=None, bert=1, word_share=0., noise=0., lut='uniform', adaptive=0, blank=0., uniform=0., unigram=0., table=0., table1=None,
                teacher=0., twin=0., mutual=0., word_init='normal', case=0, word_scale=.01, head_gain=4., ema=.995, window=0, window_until=.5, lr_word=1., wd_word=1., seed=1, split=1, order=1, raw=0)
IDENTITY = ('split', 'seed', 'order')


def plain(g):
    """What is not a default; ends of a slope that are its start are left out."""
    g = {k: v for k, v in g.items() if k not in IDENTITY}
    for end, start in (('drop1', 'drop'), ('mask1', 'mask0'), ('table1', 'table')):
        if g.get(end) == g.get(start, DEFAULTS[start]): g.pop(end, None)
    return {k: v for k, v in g.items() if v is not None and v != DEFAULTS.get(k)}


def key_of(g, pop): return json.dumps({**dict(sorted(plain(g).items())), **{k: pop[k] for k in ('vocab', 'H', 'L', 'T', 'B', 'steps')}}, sort_keys=True)


class Population:
    def __init__(self, pop, data, dev):
        self.pop, self.data, self.dev = pop, data, dev; self.g = [{**DEFAULTS, **g} for g in pop['genomes']]
        for g in self.g:
            if g['drop1'] is None: g['drop1'] = g['drop']
            if g['mask1'] is None: g['mask1'] = g['mask0']
            if g['table1'] is None: g['table1'] = g['table']
        P = self.P = len(self.g); sh = self.sh = Shape(data.V, pop['H'], pop['L'], pop['H'] // 32, pop['T']); self.B = pop['B']; self.steps = pop['steps']
        self.sp = torch.tensor([data.splits.index(g['split']) for g in self.g], device=dev)
        self.W = Weights(sh, P, dev); pmi = data.pmi(sh.H - sh.H // sh.A) if any(g['word_init'] in ('pmi', 'both') for g in self.g) else None; ngram = data.ngram(sh.H - sh.H // sh.A) if any(g['word_init'] in ('ngram', 'both') for g in self.g) else None
        words, flats = [], []
        for i, g in enumerate(self.g):
            s = int(self.sp[i]); word, w = initial(sh, g, data.bias[s].cpu(), pmi[s] if pmi is not None else None, ngram[s] if ngram is not None else None, data.small(s) if g['case'] else None)
            words.append(word); flats.append(torch.cat([w[n].reshape(-1) for n, _, _ in self.W.specs]))
        with torch.no_grad(): self.W.word.copy_(torch.stack(words)); self.W.flat.copy_(torch.stack(flats))
        self.E = Weights(sh, P, dev, grad=False)
        with torch.no_grad(): self.E.word.copy_(self.W.word); self.E.flat.copy_(self.W.flat)
        z = torch.zeros_like
        with torch.no_grad(): self.state = [(self.W.word, z(self.W.word), z(self.W.word)), (self.W.flat, z(self.W.flat), z(self.W.flat))]
        vec = lambda name: torch.tensor([float(g[name]) for g in self.g], device=dev)
        self.v = {k: vec(k) for k in DEFAULTS if k not in ('lut', 'word_init')}
        self.any = {k: any(g[k] for g in self.g) for k in ('noise', 'blank', 'uniform', 'unigram', 'table', 'table1', 'teacher', 'twin', 'mutual', 'window', 'word_share')}
        self.lut = torch.stack([data.lut[g['lut']][int(s)] for g, s in zip(self.g, self.sp)])
        # streams of rows: half of them where each row has a twin
        self.rows = self.B // 2 if self.any['twin'] else self.B
        names = sorted({(g['split'], g['order']) for g in self.g})
        self.streams = torch.as_tensor(np.stack([data.stream(s, o, self.steps * self.rows, sh.T) for s, o in names]), device=dev)
        self.which = torch.tensor([names.index((g['split'], g['order'])) for g in self.g], device=dev)
        cap = max(max(g['mask0'], g['mask1']) for g in self.g); n = self.rows * (sh.T - 2); together = 2.5 if self.any['word_share'] else 1
        self.M = min(n, 8 * math.ceil((n * cap + 5 * math.sqrt(n * cap * together)) / 8))
        self.flops = sh.flops(self.B, 1.05 * cap * self.B * sh.T * .93) * (1.33 if self.any['teacher'] else 1)
        if self.any['mutual']:
            groups = self.sp[:, None] == self.sp[None, :]; groups = groups.float() * (1 - torch.eye(P, device=dev))
            self.group = groups / groups.sum(1, keepdim=True).clamp(min=1)
        self.curve = []

    def schedule(self, t):
        w = min(50, round(self.steps / 10)); f = 1. if self.steps <= w else min(1., max(0, t - w) / (self.steps - w))
        mult = (t + 1) / w if t < w else .5 * (1 + math.cos(math.pi * f)); v = self.v; u = t / self.steps
        mix = lambda a, b: v[a] + (v[b] - v[a]) * u
        return v['lr'] * mult, mix('drop', 'drop1'), mix('mask0', 'mask1'), mix('table', 'table1'), u

    def batch(self, t, rate):
        d, T, P, dev = self.data, self.sh.T, self.P, self.dev; B = self.rows; v = self.v
        src = self.streams[:, t * B:(t + 1) * B].long()[self.which]                     # [P, B, T - 2]
        row = self.sp[:, None, None] * d.ids.shape[1]; place = src.clamp(min=0) + row
        ids = torch.where(src >= 0, d.ids.view(-1)[place], EOS)
        can = (src >= 0) & (ids != d.lb)
        def rand(*s):
            if not self.any['mutual']: return torch.rand(*s, device=dev)
            return torch.rand(self.streams.shape[0], *s[1:], device=dev)[self.which]    # the same masks for all of a split
        u = rand(P, B, T - 2)
        if self.any['word_share']:
            col = torch.arange(T - 2, device=dev).expand(P, B, T - 2)
            start = torch.where(((d.words.view(-1)[place] > 0) | (col == 0) | (src < 0)), col, 0).cummax(-1).values
            whole = rand(P, B, 1) < v['word_share'][:, None, None]
            u = torch.where(whole, u.gather(-1, start), u)
        chosen = (u < rate[:, None, None]) & can
        other = self.lut.gather(1, torch.randint(0, 65536, (P, B * (T - 2)), device=dev)).view(P, B, T - 2)
        act = rand(P, B, T - 2); b = v['bert'][:, None, None]
        seen = torch.where(chosen, torch.where(act < 1 - .2 * b, MASK, torch.where(act < 1 - .1 * b, other, ids)), ids)
        if self.any['noise'] or self.any['blank']:
            r = torch.rand(P, B, T - 2, device=dev); free = can & ~chosen
            gam = v['noise'][:, None, None] * torch.where(v['adaptive'][:, None, None] > 0, d.gam.view(-1)[ids + self.sp[:, None, None] * d.V], 1.)
            seen = torch.where(free & (r < gam), other, seen); seen = torch.where(free & (r > 1 - v['blank'][:, None, None]), MASK, seen)
        edge = lambda x: F.pad(F.pad(x, (1, 0), value=BOS), (0, 1), value=EOS)
        seen = edge(seen)
        c = F.pad(chosen, (1, 1)).view(P, -1); rank = torch.cumsum(c, 1) - 1; M = self.M
        at = torch.zeros(P, M + 1, dtype=torch.long, device=dev)
        at.scatter_(1, torch.where(c & (rank < M), rank, M), torch.arange(c.shape[1], device=dev).expand(P, -1)); at = at[:, :M]
        count = c.sum(1).clamp(max=M); weight = (torch.arange(M, device=dev)[None] < count[:, None]).float() / count.clamp(min=1)[:, None]
        target = edge(ids).view(P, -1).gather(1, at); target = torch.where(weight > 0, target, MASK)
        places = None
        if self.any['table'] or self.any['table1']: places = F.pad(place, (1, 1)).view(P, -1).gather(1, at)
        if self.any['twin']:
            seen = torch.cat([seen, seen], 1); at = torch.cat([at, at + B * T], 1); target = torch.cat([target, target], 1); weight = torch.cat([weight, weight], 1) / 2
            if places is not None: places = torch.cat([places, places], 1)
        return seen, at, target, weight, places

    def soft(self, alpha, target, places, seen, at, teacher):
        """Takes the soft targets off the gradient. Shares of each kind are vectors [P]."""
        d, v, P = self.data, self.v, self.P; s = self.sp; col = lambda a: a[:, None, None]
        def write(g, p):
            if self.any['uniform']: g -= (v['uniform'][:, None] * d.vmask[s] / d.vmask[s].sum(1, keepdim=True))[:, None]
            if self.any['unigram']: g -= (v['unigram'][:, None] * d.uni[s])[:, None]
            if teacher is not None: g -= col(v['teacher']) * teacher
            if self.any['twin']: h = g.shape[1] // 2; g -= col(v['twin']) * torch.cat([p[:, h:], p[:, :h]], 1)
            if self.any['mutual']: g -= col(v['mutual']) * (self.group @ p.view(P, -1)).view_as(p)
            if places is not None:
                cL, cR, tL, tR = d.pairs(); V = d.V; kl, kr, lam = 64., 32., .5
                for side, c, tot, k, share in ((d.left, cL, tL, kl, lam), (d.right, cR, tR, kr, 1 - lam)):
                    ctx = side.view(-1)[places] + s[:, None] * V                          # rows of the table
                    n = (tot.view(-1)[ctx] - 1).clamp(min=0) + k; f = alpha[:, None] * share / n
                    g.view(-1, V).sub_((c.view(-1, V).index_select(0, ctx.reshape(-1)).view(P, -1, V) * f[..., None]).view(-1, V))
                    g.scatter_add_(-1, target[..., None], f[..., None])                   # itself left out
                    g -= (f * k)[..., None] * d.uni[s][:, None]
        return write

    def step(self, t):
        lr, rate_d, rate_m, alpha, u = self.schedule(t); W, v, P = self.W, self.v, self.P
        seen, at, target, weight, places = self.batch(t, rate_m)
        q = (rate_d * 256).round() / 256; rate = q[:, None, None]; scale = 1 / (1 - rate)
        if W.word.is_cuda: rate = rate.bfloat16()
        bias = None
        if self.any['window']:
            on = (v['window'] > 0) & (u < v['window_until']); T = self.sh.T; dist = (torch.arange(T, device=self.dev)[:, None] - torch.arange(T, device=self.dev)[None]).abs()
            bias = torch.where(on[:, None, None] & (dist[None] > v['window'][:, None, None]), -1e9, 0.)[:, None]
        teacher = None
        if self.any['teacher']:
            with torch.no_grad(): teacher = torch.softmax(head(self.E, forward(self.E, seen), at), -1)
        soft = self.soft(alpha, target, places, seen, at, teacher) if any(self.any[k] for k in ('uniform', 'unigram', 'table', 'table1', 'teacher', 'twin', 'mutual')) else None
        hard = 1 - v['uniform'] - v['unigram'] - v['teacher'] - v['twin'] - v['mutual'] - alpha
        logits = head(W, forward(W, seen, rate, scale, bias), at)
        loss = (SoftLoss.apply(logits, target, weight, hard, soft) * weight).sum(1)
        leaves = [W.word, *W.leaves.values()]
        grads = torch.autograd.grad(loss.sum(), leaves)
        self.update(t, lr, grads)
        return loss.detach()

    @torch.no_grad()
    def update(self, t, lr, grads):
        P = self.P; gw = grads[0]; gf = torch.cat([g.reshape(P, -1) for g in grads[1:]], 1)
        length = torch.sqrt(gw.pow(2).sum((1, 2)) + gf.pow(2).sum(1)); clip = (CLIP / (length + 1e-6)).clamp(max=1.); clip = torch.where(torch.isfinite(clip), clip, 0.)
        c2 = 1 / math.sqrt(1 - BETA2 ** (t + 1)); c1 = 1 / (1 - BETA1 ** (t + 1)); v = self.v
        for (p, m, s), g, lm, wm in zip(self.state, (gw, gf), (v['lr_word'], torch.ones_like(lr)), (v['wd_word'], torch.ones_like(lr))):
            ex = lambda a: a.view(P, *[1] * (p.ndim - 1))
            g = torch.nan_to_num(g * ex(clip)) ; m.lerp_(g, 1 - BETA1); s.mul_(BETA2).addcmul_(g, g, value=1 - BETA2)
            keep = 1 - ex(lr * lm * v['wd'] * wm) * (1. if p.ndim == 3 else self.W.decay[None])
            p.mul_(keep); p.sub_((m / (s.sqrt().mul_(c2).add_(EPS))).mul_(ex(lr * lm * c1)))
        if t % 5 == 4:
            n = t + 1; d = torch.minimum(v['ema'], torch.full_like(v['ema'], (1 + n) / (10 + n))) ** 5
            self.E.word.lerp_(self.W.word, (1 - d)[:, None, None]); self.E.flat.lerp_(self.W.flat, (1 - d)[:, None])

    # ------------------------------------------------------------ measures

    @torch.no_grad()
    def logits_at(self, W, rows, at, handle, tokens=262144):
        """Rows [P, R, T], one place each [P, R]: handle(slice, logits)."""
        P, R, T = rows.shape; size = max(1, tokens // (P * T), )
        size = min(size, max(1, 400_000_000 // (P * self.data.V * 4)))
        for a in range(0, R, size):
            x = rows[:, a:a + size]; n = x.shape[1]
            h = forward(W, x, attended=(x != PAD).long()); handle(slice(a, a + n), head(W, h, at[:, a:a + n] + torch.arange(n, device=x.device)[None] * T))

    @torch.no_grad()
    def nats(self, W, draws):
        """Loss, top-1, top-5 of masked pieces, on the first draws: [P] each."""
        d = self.data; T = d.T; P = self.P; s = self.sp; loss = torch.zeros(P, device=self.dev, dtype=torch.float64); hit1, hit5, n = loss.clone(), loss.clone(), loss.clone()
        rows_end = max(e[draws - 1][0] for e in d.draws); at_all = d.nAt[s]; true = d.nTrue[s]; count = torch.tensor([e[draws - 1][1] for e in d.draws], device=self.dev)[s]
        live = torch.arange(at_all.shape[1], device=self.dev)[None] < count[:, None]; size = max(1, 262144 // (P * T))
        for a in range(0, rows_end, size):
            rows = d.nRows[s][:, a:min(a + size, rows_end)]; h = forward(W, rows, attended=(rows != PAD).long()); lo, hi = a * T, (a + rows.shape[1]) * T
            use = live & (at_all >= lo) & (at_all < hi); m = int(use.sum(1).max())
            if m == 0: continue
            idx = torch.topk(use.float(), m, dim=1).indices; ok = use.gather(1, idx); at = torch.where(ok, at_all.gather(1, idx) - lo, 0); w = true.gather(1, idx)
            z = head(W, h, at); p = torch.log_softmax(z, -1).gather(-1, w[..., None])[..., 0]; rank = (z > z.gather(-1, w[..., None])).sum(-1)
            loss -= (p * ok).sum(1).double(); hit1 += ((rank < 1) & ok).sum(1); hit5 += ((rank < 5) & ok).sum(1); n += ok.sum(1)
        return (loss / n).cpu().numpy(), (hit1 / n).cpu().numpy(), (hit5 / n).cpu().numpy()

    @torch.no_grad()
    def words(self, W, raw=False, stride=1, prior_power=1.):
        """Rank of the right word at each place, its number of pieces not told: [P, N]; 99 where it has more than five pieces.
        Words of 1 … 5 pieces compete; left to right, beams of six; with P(k) of the training text. Candidates that can't pass the
        right one are left out, which changes no rank."""
        d = self.data; dev = self.dev; P, s = self.P, self.sp; N = len(range(0, d.N, stride)); T = d.T
        rows = d.wRows[:, s][:, :, ::stride]; at = d.wAt[:, s][:, :, ::stride]; true = d.wTrue[s][:, ::stride]; kt = d.wPieces[s][:, ::stride]; line = d.wLine[s][:, ::stride].long()
        prior = d.prior[s] * prior_power; ninf = float('-inf')
        def allowed(idx, j, k):                                                           # places [P, R] -> [P, R, V]
            if j == 0: return (d.only if k == 1 else d.first)[s[:, None], line.gather(1, idx)]
            return (d.final if j == k - 1 else d.middle)[s][:, None].expand(-1, idx.shape[1], -1)
        def steps(sel, row, pos, j, k, use):
            """sel [P, R]: places. use(slice, log-probabilities of the allowed)"""
            def handle(sl, z):
                ok = allowed(sel[:, sl], j, k); lp = z if not raw else torch.log_softmax(z, -1); lp = lp.masked_fill(~ok, ninf)
                use(sl, lp if raw else torch.log_softmax(lp, -1))
            self.logits_at(W, row, pos, handle)
        def compact(active):                                                              # [P, X] -> indices [P, R], live [P, R]
            R = int(active.sum(1).max()); order = torch.topk(active.float(), R, dim=1).indices if R else None
            return order, (active.gather(1, order) if R else None)
        # the right word's own score, and whether its pieces stay among the beams
        own = torch.full((P, N), ninf, device=dev); own_ok = kt <= K
        for k in range(1, K + 1):
            sel, live = compact(kt == k)
            if sel is None: continue
            row = rows[k - 1].gather(1, sel[..., None].expand(-1, -1, T)).clone(); pos = at[k - 1].gather(1, sel); total = prior[:, k - 1:k].expand(-1, sel.shape[1]).clone(); t = true.gather(1, sel[..., None].expand(-1, -1, K))
            for j in range(k):
                got = torch.empty(P, sel.shape[1], device=dev)
                steps(sel, row, pos + j, j, k, lambda sl, lp: got.__setitem__((slice(None), sl), lp.gather(-1, t[:, sl, j:j + 1])[..., 0]))
                total = total + got; row.scatter_(2, (pos + j)[..., None], t[..., j:j + 1])
            own.view(-1).index_put_(((sel + torch.arange(P, device=dev)[:, None] * N)[live],), total[live])
        own = torch.where(torch.isfinite(own), own, ninf); better = torch.zeros(P, N, dtype=torch.long, device=dev); in_beam = torch.zeros(P, N, dtype=torch.bool, device=dev)
        bar = own
        for k in range(1, K + 1):
            act0 = (prior[:, k - 1:k] > bar) & (better < 5) & torch.isfinite(own)
            if k > 1: act0 |= (kt == k) & torch.isfinite(own)
            logp = torch.full((P, N, BEAM), ninf, device=dev); logp[..., 0] = torch.where(act0, prior[:, k - 1:k].expand(P, N), torch.tensor(ninf, device=dev)); fill = torch.zeros(P, N, BEAM, K, dtype=torch.long, device=dev)
            for j in range(k):
                # entries that may still pass the right word, or lead to it
                keep = torch.isfinite(logp) & ((logp > bar[..., None]) & (better < 5)[..., None])
                lead = torch.zeros_like(keep)
                if k > 1:
                    lead = torch.isfinite(logp) & (kt == k)[..., None]
                    if j: lead &= (fill[..., :j] == true[:, :, None, :j]).all(-1)
                sel, live = compact((keep | lead).view(P, -1))
                if sel is None: break
                n = sel // BEAM; row = rows[k - 1].gather(1, n[..., None].expand(-1, -1, T)).clone(); pos = at[k - 1].gather(1, n); f = fill.view(P, -1, K).gather(1, sel[..., None].expand(-1, -1, K)); lead_s = lead.view(P, -1).gather(1, sel)
                for i in range(j): row.scatter_(2, (pos + i)[..., None], f[..., i:i + 1])
                lp0 = logp.view(P, -1).gather(1, sel); lp0 = torch.where(live, lp0, torch.tensor(ninf, device=dev)); barn = bar.gather(1, n)
                last = j == k - 1; R = sel.shape[1]; path = kt.gather(1, n) == k
                if j: path = path & (f[..., :j] == true.gather(1, n[..., None].expand(-1, -1, K))[..., :j]).all(-1)
                if last:
                    def use(sl, lp):
                        over = lp + lp0[:, sl, None] > barn[:, sl, None]; own_word = true.gather(1, n[:, sl][..., None].expand(-1, -1, K))[..., j:j + 1]
                        over = over.sum(-1) - (over.gather(-1, own_word)[..., 0] & path[:, sl]).long()    # the right word doesn't pass itself
                        better.scatter_add_(1, n[:, sl], over * live[:, sl]); m = lead_s[:, sl] & live[:, sl]
                        in_beam.view(-1).index_put_(((n[:, sl] + torch.arange(P, device=dev)[:, None] * N)[m],), torch.tensor(True, device=dev))
                    steps(n, row, pos + j, j, k, use)
                else:
                    tv = torch.full((P, N * BEAM, BEAM), ninf, device=dev); ti = torch.zeros(P, N * BEAM, BEAM, dtype=torch.long, device=dev)
                    def use(sl, lp):
                        top = torch.topk(lp, BEAM, dim=-1); m = live[:, sl]; flat = (sel[:, sl] + torch.arange(P, device=dev)[:, None] * N * BEAM)[m]
                        tv.view(-1, BEAM)[flat] = (top.values + lp0[:, sl, None])[m]; ti.view(-1, BEAM)[flat] = top.indices[m]
                    steps(n, row, pos + j, j, k, use)
                    best = torch.topk(tv.view(P, N, -1), BEAM, dim=-1); logp = best.values; parent = best.indices // BEAM
                    fill = fill.gather(2, parent[..., None].expand(-1, -1, -1, K)).clone(); fill[..., j] = ti.view(P, N, -1).gather(2, best.indices)
        rank = better.clone(); missing = ~own_ok | ~torch.isfinite(own) | ((kt > 1) & ~in_beam); rank[missing] = 99
        return rank

    @torch.no_grad()
    def ensembles(self, W):
        """Words of one piece, one mask: single models against the mean probability of all models of a split."""
        d, s, P = self.data, self.sp, self.P; out = {}
        used = sorted(set(s.tolist())); sel = torch.arange(d.N, device=self.dev).expand(P, -1); line = d.wLine[s].long(); t = d.wTrue[s][..., 0]; one = d.wPieces[s] == 1; hits = torch.zeros(P, 2, device=self.dev); ens = {i: [0, 0] for i in used}
        def handle(sl, z):
            p = torch.softmax(z.masked_fill(~d.only[s[:, None], line[:, sl]], float('-inf')), -1); o = one[:, sl]
            r = (p > p.gather(-1, t[:, sl, None])).sum(-1); hits[:, 0] += ((r < 1) & o).sum(1); hits[:, 1] += ((r < 5) & o).sum(1)
            for i in used:
                m = (s == i).nonzero()[:, 0]; q = p[m].mean(0); r = (q > q.gather(-1, t[m[0], sl, None])).sum(-1); ens[i][0] += int(((r < 1) & o[m[0]]).sum()); ens[i][1] += int(((r < 5) & o[m[0]]).sum())
        self.logits_at(W, d.wRows[0][s], d.wAt[0][s], handle)
        h = hits.cpu().numpy() / d.N
        for i in used:
            m = (s == i).cpu().numpy(); out[d.splits[i]] = dict(models=int(m.sum()), single1=float(h[m, 0].mean()), single5=float(h[m, 1].mean()), best1=float(h[m, 0].max()), all1=ens[i][0] / d.N, all5=ens[i][1] / d.N)
        return out


# ---------------------------------------------------------------- running

class Lab:
    def __init__(self, a):
        self.a = a; self.dev = 'cpu' if a.cpu or not torch.cuda.is_available() else 'cuda'; self.out = a.out; os.makedirs(a.out, exist_ok=True)
        self.end = T0 + a.seconds; self.data = {}; self.results = []; self.speed = 22e12 if self.dev == 'cuda' else 2e10; self.overhead = 3.
        self.explore, self.confirm = ([1, 2], [6]) if a.dry else ([1, 2, 3, 4], [6, 7, 8, 9])
        path = f'{a.out}/results.jsonl'
        if os.path.exists(path): self.results = [json.loads(l) for l in open(path)]
        self.done = {r['pop'] for r in self.results}; self.file = open(path, 'a')
        tried = f'{a.out}/tried.txt'
        self.tried = set(open(tried).read().split('\n')) if os.path.exists(tried) else set(); self.tried_file = open(tried, 'a')
        torch.backends.cuda.matmul.allow_tf32 = True; torch.backends.cudnn.allow_tf32 = True; torch.set_float32_matmul_precision('high')

    def log(self, *x):
        line = f'{time.time() - T0:7.1f} ' + ' '.join(map(str, x)); print(line, flush=True)
        with open(f'{self.out}/log.txt', 'a') as f: f.write(line + '\n')

    def left(self): return self.end - time.time()
    def sync(self):
        if self.dev == 'cuda': torch.cuda.synchronize()

    def get(self, vocab, splits, T):
        key = (vocab, tuple(splits), T)
        if key not in self.data:
            t = time.time(); self.data[key] = Data(self.a.data, vocab, splits, self.dev, T, 8 if self.a.dry else None); self.log(f'data {key} in {time.time() - t:.1f}s')
        return self.data[key]

    def run(self, name, genomes, splits, budget, vocab=6000, H=128, L=2, T=64, B=32, steps=900, seeds=(1,), stride=1, among=None, least=4):
        """Genomes x splits x seeds, as many of the first genomes as the budget has time for."""
        if name in self.done or name in self.tried: return None
        if self.a.dry: steps, genomes, stride, least, H, B, vocab = 3, genomes[:2] if name != 'core' else [dict(window=4, drop=.3), dict(noise=.2, lut='kn', adaptive=1, blank=.1, bert=0), dict(word_init='pmi', mask0=.4, mask1=.15, drop=.5, drop1=.2), dict(word_share=.5, uniform=.1, unigram=.1, word_init='both', case=1, word_scale=.04)], 1, 1, max(64, H // 2), B // 8 if B >= 16 else B, 1024
        n = len(genomes)
        budget = min(budget, self.left() - 2) if not self.a.dry else 1e9
        try:
            data = self.get(vocab, among or splits, T); sh = Shape(data.V, H, L, H // 32, T); per = len(splits) * len(seeds)
            cost = lambda n: n * per * sh.flops(B, .33 * B * T) * (steps + 120) * (1.33 if any(g.get('teacher') for g in genomes[:n]) else 1) / self.speed + self.overhead
            floor = steps * 8e-3 + self.overhead
            n = len(genomes)
            while n > least and (cost(n) > budget or n * per > 96): n -= 1
            if self.a.dry: n = min(n, 2 if 'core' not in name else 4)
            if max(floor, cost(n)) > budget * 1.5 and not self.a.dry: self.log(f'{name}: no room, {cost(n):.0f}s of {budget:.0f}s'); return None
            models = [{**g, 'split': s, 'seed': sd, 'order': sd} for s in splits for g in genomes[:n] for sd in seeds]
            pop = dict(name=name, genomes=models, vocab=vocab, H=H, L=L, T=T, B=B, steps=steps)
            self.tried_file.write(name + '\n'); self.tried_file.flush(); self.log(f'{name}: {len(models)} models, {n} of {len(genomes)} recipes, {steps} steps, expected {max(floor, cost(n)):.0f}s of {budget:.0f}s')
            if os.environ.get('LAB_BREAK') == name: raise RuntimeError('broken on purpose')
            return self.train(pop, data, stride)
        except Exception as error:
            self.log(f'{name} FAILED {type(error).__name__} {str(error)[:300]}'); traceback.print_exc()
            with open(f'{self.out}/errors.txt', 'a') as f: f.write(name + '\n' + traceback.format_exc() + '\n')
            if self.dev == 'cuda':
                try:
                    torch.cuda.synchronize(); torch.cuda.empty_cache()
                except Exception: os._exit(3)                                              # the device is lost to this process; run.sh starts another
            if name.endswith('-again') or (self.a.dry and not SAFE and not os.environ.get('LAB_BREAK')): return None
            globals()['SAFE'] = True; self.log('once more, fewer and plainer')
            return self.run(name + '-again', genomes[:max(least, n // 2)], splits, budget, vocab, H, L, T, B, steps, seeds, stride, among, least)

    def train(self, pop, data, stride):
        began = time.time(); p = Population(pop, data, self.dev); self.sync(); setup = time.time() - began; losses = torch.zeros(p.P, device=self.dev); tail = []
        looks = sorted({max(1, round(p.steps * f)) for f in (.1, .25, .5, .75)}); t0 = time.time(); looking = 0.
        for t in range(p.steps):
            losses = losses.lerp(p.step(t), 0.02 if t > 50 else .2)
            if t + 1 in looks:
                self.sync(); x = time.time(); n1, _, _ = p.nats(p.W, 2 if not self.a.dry else 1); p.curve.append((t + 1, n1.tolist(), losses.tolist())); self.sync(); looking += time.time() - x
            if t % 50 == 49:
                self.sync(); spent = time.time() - t0; need = spent / (t + 1) * (p.steps - t - 1)
                if t % 200 == 199 or t == 49: self.log(f"  {pop['name']} step {t + 1}: {1e3 * (spent - looking) / (t + 1):.1f} ms/step, loss {losses.mean().item():.3f} ({losses.min().item():.3f} … {losses.max().item():.3f})")
                if need > self.left() + 1 and not self.a.dry: self.log(f"  {pop['name']} stopped at {t + 1}: no time to finish"); break
        self.sync(); trained = time.time() - t0; t1 = time.time(); res = {}
        for kind, W in (('last', p.W), ('ema', p.E)):
            n, h1, h5 = p.nats(W, 10 if not self.a.dry else 1)
            rank = p.words(W, stride=stride).cpu().numpy(); res[kind] = (n, h1, h5, rank)
        extra = {}
        if pop['name'] == 'v512' or pop['name'].startswith('confirm-6') or pop['name'].startswith('confirm-2'):
            extra = {f'{k}': p.words(p.W, stride=stride, **o).cpu().numpy() for k, o in (('raw', dict(raw=True)), ('prior2', dict(prior_power=2.)), ('prior0.5', dict(prior_power=.5)))}
        ens = p.ensembles(p.E) if pop.get('ensemble', True) else {}
        self.sync(); measured = time.time() - t1
        default = Shape(512).flops(32, .3 * 32 * 64) * 1500
        out = []; pieces = data.wPieces.cpu().numpy()
        for i, g in enumerate(p.g):
            s = int(p.sp[i]); tab, mix = data.table[s][::stride], data.mixture[s][::stride]
            r = dict(pop=pop['name'], key=key_of(g, pop), genome=plain(g), split=g['split'], seed=g['seed'], steps=pop['steps'], done=t + 1, vocab=pop['vocab'], V=data.sizes[s], H=pop['H'], L=pop['L'], T=pop['T'], B=pop['B'],
                     cost=round(p.sh.flops(p.B, max(g['mask0'], g['mask1']) * p.B * p.sh.T * .93) * (1.33 if g['teacher'] else 1) * pop['steps'] / default, 3),
                     table1=100 * (tab < 1).mean(), table5=100 * (tab < 5).mean(), mixture1=100 * (mix < 1).mean(), mixture5=100 * (mix < 5).mean(), piece=float(data.reference[s][1]), piece1=float(data.reference[s][2]), piece5=float(data.reference[s][3]), loss=float(losses[i]),
                     curve=[(st, round(n[i], 3), round(l[i], 3)) for st, n, l in p.curve])
            for kind in ('last', 'ema'):
                n, h1, h5, rank = res[kind]; k1 = rank[i] < 1; k5 = rank[i] < 5
                r[kind] = dict(nats=round(float(n[i]), 4), p1=round(float(h1[i]), 4), p5=round(float(h5[i]), 4), top1=round(100 * k1.mean(), 3), top5=round(100 * k5.mean(), 3), d1=round(100 * (k1.mean() - (tab < 1).mean()), 3), d5=round(100 * (k5.mean() - (tab < 5).mean()), 3), m1=round(100 * (k1.mean() - (mix < 1).mean()), 3), m5=round(100 * (k5.mean() - (mix < 5).mean()), 3),
                               se1=round(100 * float((k1.astype(float) - (tab < 1)).std()) / math.sqrt(len(tab)), 2), se5=round(100 * float((k5.astype(float) - (tab < 5)).std()) / math.sqrt(len(tab)), 2), gap=round(float(n[i]) - float(data.reference[s][1]), 4),
                               byPieces=[round(float(100 * k1[pieces[s][::stride] == q].mean()), 1) if (pieces[s][::stride] == q).any() else None for q in (1, 2, 3)])
            for k, rank in extra.items(): r[k] = dict(top1=round(100 * float((rank[i] < 1).mean()), 3), top5=round(100 * float((rank[i] < 5).mean()), 3))
            out.append(r); self.file.write(json.dumps(r, default=float) + '\n')
        if pop['name'].startswith('confirm'): np.savez_compressed(f"{self.out}/ranks-{pop['name']}.npz", last=np.minimum(res['last'][3], 99).astype(np.uint8), ema=np.minimum(res['ema'][3], 99).astype(np.uint8))
        self.file.flush(); self.results += out; self.done.add(pop['name'])
        with open(f'{self.out}/ensembles.jsonl', 'a') as f: f.write(json.dumps(dict(pop=pop['name'], splits=ens), default=float) + '\n')
        # what was learned of the speed, for later estimates
        if t + 1 == p.steps and trained > 1:
            self.speed = .3 * self.speed + .7 * p.flops * p.P * (p.steps + 120) / (trained + measured); self.overhead = .5 * self.overhead + .5 * setup
        best = max(out, key=lambda r: score_of(r, r['ema']))
        self.log(f"{pop['name']}: setup {setup:.1f}s, trained {trained:.1f}s ({1e3 * trained / (t + 1) / p.P:.3f} ms a model and step, {p.flops * p.P * (t + 1) / trained / 1e12:.1f} TFLOP/s), measured {measured:.1f}s; best {best['genome']} split {best['split']} {best['ema']['top1']} {best['ema']['top5']} table {best['table1']:.1f} {best['table5']:.1f} gap {best['ema']['gap']}; all {ens}")
        del p
        if self.dev == 'cuda': torch.cuda.empty_cache()
        self.summary(); return out

    # ------------------------------------------------------------ choosing

    def ranking(self, pops=None, splits=None):
        """Recipes by score, the mean over models; `shrunk` by how many models stand behind it."""
        groups = collections.defaultdict(list)
        for r in self.results:
            if r['done'] < r['steps'] or (splits and r['split'] not in splits) or (pops and not pops(r['pop'])): continue
            groups[r['key']].append(r)
        offset, own = collections.defaultdict(float), {}
        for _ in range(12):                                                                # score = recipe + split
            own = {key: np.mean([score_of(r, r['ema']) - offset[r['split']] for r in rs]) for key, rs in groups.items()}
            per = collections.defaultdict(list)
            for key, rs in groups.items():
                for r in rs: per[r['split']].append(score_of(r, r['ema']) - own[key])
            offset = collections.defaultdict(float, {s: float(np.clip(np.mean(v), -8, 8)) for s, v in per.items()})
            mean = float(np.mean(list(offset.values()))) if offset else 0.
            for s in offset: offset[s] -= mean
        rows = []
        for key, rs in groups.items():
            for kind in ('last', 'ema'):
                m = lambda f: float(np.mean([f(r) for r in rs])); q = [score_of(r, r[kind]) - offset[r['split']] for r in rs]
                rows.append(dict(key=key, kind=kind, n=len(rs), score=float(np.mean(q)), shrunk=float(np.mean(q)) * 1. - 1.2 / math.sqrt(len(rs)), d1=m(lambda r: r[kind]['d1']), d5=m(lambda r: r[kind]['d5']), m1=m(lambda r: r[kind]['m1']), m5=m(lambda r: r[kind]['m5']), top1=m(lambda r: r[kind]['top1']), top5=m(lambda r: r[kind]['top5']), gap=m(lambda r: r[kind]['gap']), nats=m(lambda r: r[kind]['nats']), loss=m(lambda r: r['loss']), cost=rs[0]['cost'],
                                 one=rs[0], pops=sorted({r['pop'] for r in rs}), splits=sorted({r['split'] for r in rs})))
        best = {}
        for r in rows:
            if r['key'] not in best or r['score'] > best[r['key']]['score']: best[r['key']] = r
        return sorted(best.values(), key=lambda r: -r['shrunk'])

    def summary(self):
        with open(f'{self.out}/summary.txt.new', 'w') as f:
            for title, splits in (('CONFIRMATION splits', self.confirm), ('EXPLORATION splits', self.explore)):
                f.write(f'{title}\nscore  d1     d5     | top1  top5  | m1    m5    | gap    nats  loss  | cost n kind | recipe | populations\n')
                for r in self.ranking(splits=splits)[:400]:
                    f.write(f"{r['score']:6.2f} {r['d1']:6.2f} {r['d5']:6.2f} | {r['top1']:5.2f} {r['top5']:5.2f} | {r['m1']:5.2f} {r['m5']:5.2f} | {r['gap']:6.3f} {r['nats']:.3f} {r['loss']:.3f} | {r['cost']:.2f} {r['n']} {r['kind']} | {r['key']} | {','.join(r['pops'])} {r['splits']}\n")
                f.write('\n')
        os.replace(f'{self.out}/summary.txt.new', f'{self.out}/summary.txt')


def score_of(r, m):
    """Points above the word table, top-1 counted five fourths (4 and 5 points are wanted); less where pieces fall behind their table."""
    return 1.25 * m['d1'] + m['d5'] - 10 * max(0., m['gap'] + .02)


GENES = dict(lr=[7e-4, 1e-3, 1.5e-3, 2e-3, 3e-3], wd=[.1, .3, .6, 1.], drop=[.2, .3, .4, .5], mask0=[.2, .3, .4], mask1=[None, .15, .2, .3], bert=[0, 1], word_share=[0, .5, 1.], noise=[0, .05, .1, .2], lut=['uniform', 'unigram', 'kn'], adaptive=[0, 1],
             blank=[0, .1], uniform=[0, .05, .1], unigram=[0, .1], table=[0, .1, .2, .4, .6], table1=[None, 0], teacher=[0, .3, .5], word_init=['normal', 'pmi', 'ngram', 'both'], case=[0, 1], word_scale=[.01, .02, .04], head_gain=[1., 2., 4.], ema=[.99, .995, .998], drop1=[None, .1, .2], lr_word=[.5, 1., 2.], wd_word=[1., 3.])


def child(parents, rng, rate=.12, fixed=()):
    a, b = parents; g = {}
    for k, options in GENES.items():
        g[k] = a.get(k, DEFAULTS[k]) if rng.random() < .6 else b.get(k, DEFAULTS[k])
        if k not in fixed and rng.random() < rate: g[k] = options[int(rng.integers(len(options)))]
    if g['uniform'] + g['unigram'] + g['teacher'] + max(g['table'] or 0, g['table1'] or 0) > .85: g['teacher'] = 0.; g['uniform'] = 0.
    return {k: v for k, v in g.items() if v != DEFAULTS[k]}


clean = plain


def main():
    a = ap.parse_args(); lab = Lab(a)
    if a.dry: faulthandler.dump_traceback_later(15, repeat=True)
    S = a.seconds; E = lab.explore; two = E[:2]
    base = dict(drop=.4, wd=.3); w = lambda **k: {**base, **k}
    lab.log(f'{lab.dev} torch {torch.__version__}', torch.cuda.get_device_name() if lab.dev == 'cuda' else '', f'{S:.0f}s')
    # 1. one change at a time, every word that occurs twice an entry
    core = [w(), w(word_share=.5), w(drop=.5), w(drop=.3), w(word_init='pmi'), w(noise=.1, lut='kn'), w(word_share=1.), w(uniform=.1), w(lr=8e-4), w(lr=3e-3), w(wd=1.), w(wd=.1), w(drop=.2), w(mask0=.15), w(mask0=.4), w(mask0=.4, mask1=.15), w(word_init='pmi', word_scale=.02), w(noise=.1, lut='unigram'), w(noise=.2, lut='unigram'),
            w(noise=.2, lut='kn', adaptive=1), w(blank=.1), w(bert=0), w(drop=.5, drop1=.2), w(word_scale=.02), w(head_gain=2.), w(lr_word=2.), w(lr_word=.5), w(wd_word=3.), w(window=4, window_until=.6), w(window=8, window_until=.6), w(drop=.5, wd=.3, word_init='pmi', noise=.1, lut='kn'), w(lut='unigram'), w(drop=.6), w(drop=.5, lr=3e-3, wd=.6)]
    table = [w(table=.2), w(table=.4), w(table=.6), w(table=.8), w(table=.8, table1=0.), w(table=.5, table1=.1), w(table=.4, drop=.2), w(table=.4, drop=.3), w(table=.4, word_init='pmi'), w(unigram=.1), w(unigram=.2), w(uniform=.2), w(table=.4, mask0=.15), w(table=.3, word_share=.5), w(table=.6, drop=.5), w(table=.4, lr=3e-3)]
    start = [w(word_init='pmi', word_scale=.04, head_gain=1.), w(word_init='ngram'), w(word_init='ngram', word_scale=.04, head_gain=1.), w(word_init='both', word_scale=.04, head_gain=1.), w(case=1), w(word_scale=.04, head_gain=1.), w(case=1, word_init='both', word_scale=.02, head_gain=2.), w(word_init='ngram', word_scale=.09, head_gain=1., lr=3e-3), w(word_init='pmi', word_scale=.09, head_gain=1., lr=3e-3), w(word_init='both', word_scale=.04, head_gain=1., drop=.5)]
    teach = [w(teacher=.3), w(teacher=.5), w(teacher=.7), w(teacher=.5, ema=.998), w(teacher=.5, drop=.5), w(teacher=.5, word_init='pmi'), w(teacher=.3, table=.3), w(teacher=.5, drop=.3), w(teacher=.5, ema=.99), w(teacher=.5, noise=.1, lut='kn')]
    some = [w(), w(word_share=.5), w(word_share=1.), w(drop=.3), w(drop=.5), w(table=.4), w(uniform=.1), w(noise=.1, lut='kn'), w(word_init='pmi'), w(word_share=.5, table=.4), w(word_share=1., mask0=.2), w(drop=.3, word_share=.5, uniform=.1), w(lr=1e-3), w(lr=3e-3), w(drop=.2)]
    quick = dict(among=E)
    lab.run('core', core, two, .14 * S, **quick)
    lab.run('table', table, two, .08 * S, **quick)
    lab.run('start', start, two, .06 * S, **quick)
    lab.run('teacher', teach, two, .08 * S, **quick)
    lab.run('v2048', some, two, .07 * S, vocab=2048, **quick)
    lab.run('v1024', some[:10], two, .07 * S, vocab=1024, **quick)
    lab.run('mutual', [w(mutual=.5), w(mutual=.5, drop=.3), w(mutual=.7), w(mutual=.5, drop=.5), w(mutual=.5, lr=3e-3), w(mutual=.5, word_init='pmi'), w(mutual=.8), w(mutual=.3)], two, .05 * S, **quick)
    lab.run('wide192', [w(), w(drop=.5), w(table=.4), w(word_init='pmi'), w(drop=.5, wd=1.), w(word_share=.5), w(lr=8e-4), w(drop=.5, table=.4)], two, .06 * S, H=192, steps=700, **quick)
    lab.run('one', [w(), w(drop=.3), w(table=.4), w(word_init='pmi'), w(lr=3e-3), w(drop=.5), w(word_share=.5)], two, .04 * S, L=1, **quick)
    lab.run('three', [w(), w(drop=.3), w(table=.4), w(word_init='pmi'), w(lr=1e-3)], two, .05 * S, L=3, **quick)
    lab.run('short', [w(), w(table=.4), w(drop=.3), w(word_init='pmi'), w(drop=.5)], two, .04 * S, T=32, B=64, **quick)
    lab.run('small16', [w(), w(lr=1e-3), w(drop=.3), w(table=.4)], two, .03 * S, B=16, steps=1800, **quick)
    lab.run('twin', [w(twin=.3), w(twin=.5), w(twin=.5, drop=.5), w(twin=.5, table=.2), w(twin=.7)], two, .04 * S, **quick)
    lab.run('v512', [{}, w(), w(word_share=.5), w(drop=.2, word_share=.5)], two, .05 * S, vocab=512, steps=900, stride=2, **quick)
    # 2. the best, crossed, on four splits; the shape with the best recipes
    reserve = .21 * S; n = 0; rng = np.random.default_rng(7 + len(lab.tried))
    while (lab.left() > reserve + .035 * S and not a.dry and n < 40) or (a.dry and n < 2):
        ranked = [r for r in lab.ranking(splits=E) if r['one']['genome'].get('mutual', 0) == 0 and r['one']['genome'].get('twin', 0) == 0]
        if not ranked: break
        shapes = collections.defaultdict(list)
        for r in ranked: shapes[tuple(r['one'][k] for k in ('vocab', 'H', 'L', 'T', 'B'))].append(r)
        order = sorted(shapes, key=lambda s: -np.mean([r['shrunk'] for r in shapes[s][:3]])); shape = order[0] if n % 3 != 2 or len(order) < 2 else order[1]
        pool = (shapes[shape] if len(shapes[shape]) >= 3 else ranked)[:10]; every = ranked[:14]
        known = {json.dumps(clean(r['one']['genome']), sort_keys=True) for r in ranked if r['one']['steps'] >= 1400 and len(r['splits']) == len(E)}
        todo = []; fresh = []
        for r in pool[:6]:                                                                 # the best of short runs, as they are
            g = clean(r['one']['genome']); k = json.dumps(g, sort_keys=True)
            if k not in known and k not in todo: todo.append(k); fresh.append(g)
        while len(fresh) < 20 and len(todo) < 400:
            i, j = int(len(pool) * rng.random() ** 1.7), int(len(every) * rng.random() ** 1.7); g = child((clean(pool[i]['one']['genome']), clean(every[j]['one']['genome'])), rng, rate=.12 if n % 2 else .06); k = json.dumps(clean(g), sort_keys=True)
            if k not in known and k not in todo: todo.append(k); fresh.append(g)
            else: todo.append(k + str(len(todo)))
        vocab, H, L, T, B = shape; n += 1; name = f'cross{n}'
        while name in lab.tried: n += 1; name = f'cross{n}'
        lab.run(name, fresh, E, min(.09 * S, lab.left() - reserve), vocab=vocab, H=H, L=L, T=T, B=B, steps=1500 if B == 32 or T != 64 else 1500 * 32 // B, among=E, least=3)
        lab.tried.add(name)
    # 3. the best three on splits that nothing was chosen on
    full = [r for r in lab.ranking(splits=E) if r['n'] >= (4 if not a.dry else 1) and not r['one']['genome'].get('mutual') and not r['one']['genome'].get('twin')] or lab.ranking(splits=E)
    with open(f'{a.out}/chosen.json', 'w') as f: json.dump([{k: r[k] for k in ('key', 'kind', 'score', 'd1', 'd5', 'gap', 'cost', 'n')} for r in full[:12]], f, indent=1)
    top = full[:4]
    by = collections.defaultdict(list)
    for r in top: by[tuple(r['one'][k] for k in ('vocab', 'H', 'L', 'T', 'B', 'steps'))].append(clean(r['one']['genome']))
    first = True
    for (vocab, H, L, T, B, steps), genomes in by.items():
        lab.run(f'confirm-{vocab}-{H}-{L}-{T}-{B}-{steps}', genomes, lab.confirm, lab.left() - 4, vocab=vocab, H=H, L=L, T=T, B=B, steps=steps, seeds=(1, 2), among=lab.confirm, least=1)
    # longer runs of the best two, the recipe and today's default
    if full:
        one = top[0]['one']
        lab.run('confirm-longer', [clean(r['one']['genome']) for r in top[:2]], lab.confirm, lab.left() - 3, vocab=one['vocab'], H=one['H'], L=one['L'], T=one['T'], B=one['B'], steps=2500, seeds=(1, 2), among=lab.confirm, least=1)
    lab.run('confirm-issue', [w(), w(word_share=.5)], lab.confirm, lab.left() - 3, steps=1500, seeds=(1, 2), among=lab.confirm, least=1)
    lab.run('confirm-default', [{}], lab.confirm, lab.left() - 3, vocab=512, steps=1500, seeds=(1,), among=lab.confirm, least=1)
    lab.summary(); lab.log('done')


if __name__ == '__main__': main()
