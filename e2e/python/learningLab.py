"""Laboratory: initial values, masking, schedule for small RoBERTa masked LMs.

OMP_NUM_THREADS=1 python e2e/python/learningLab.py --steps 500
Plain RobertaForMaskedLM, post-norm. Only initial values, optimizer settings, masking and schedule are options.
Prints per evaluation: step, smoothed training loss, held-out nats (8 stratified draws; EMA too), bits/byte, top-1, top-5, seconds;
at the end held-out on --final-draws draws. --diag 1: gradient norms, sharpness of heads, shape of the word table.
"""
import argparse, math, os, random, tempfile, time, collections
import torch, torch.nn as nn, torch.nn.functional as F
from tokenizers import ByteLevelBPETokenizer

p = argparse.ArgumentParser()
for name, kind, default in [
    ('text', str, 'public/data/sonnets.txt'), ('vocab', int, 1024), ('hidden', int, 128), ('layers', int, 2), ('heads', int, 4), ('ffn', int, 512),
    ('seq', int, 64), ('batch', int, 32), ('lr', float, 3e-3), ('wd', float, 0.1), ('dropout', float, 0.1), ('attn-dropout', float, -1), ('mask', float, 0.15),
    ('steps', int, 500), ('stop', int, 0), ('warmup', int, 50), ('seed', int, 0), ('split', int, 1), ('eval-every', int, 100), ('beta2', float, 0.98), ('clip', float, 1.0),
    ('schedule', str, 'cosine'), ('floor', float, 0.02), ('smooth', float, 0.0), ('bert', int, 1), ('ema', float, 0.0), ('held-out', int, 15), ('sep', str, '\n\n'),
    # initial values
    ('init', str, 'old'),                 # old: neighbour heads on shared dimensions; copy: neighbour heads that copy; plain: normal(0, .02)
    ('bias', str, 'zero'),                # lm_head.bias: zero | unigram (log frequency of what may be masked)
    ('linear', float, 0.9),               # std of linear weights x sqrt(fan in)
    ('embed', float, 0.09), ('pos-share', float, 1.0), ('factored', int, 0), ('sharpness', float, 2.0), ('neighbour-layers', int, 99),
    ('vo', str, 'normal'), ('vo-gain', float, 1.0), ('vo-gain2', float, -1), ('ffn-out', float, 0.9), ('dense', str, 'normal'), ('dense-bias', float, 0.0), ('head-gain', float, 1.0),
    ('offsets1', str, '-1,1,-2,2'), ('offsets2', str, '-1,1,-2,2'), ('word', str, 'normal'), ('pmi-k', float, 1.0),
    ('wd-embed', float, -1.), ('lr-embed', float, 1.0), ('final-draws', int, 40), ('diag', int, 0), ('ref', int, 0), ('save', str, '')]:
    p.add_argument('--' + name, type=kind, default=default)
a = p.parse_args()
torch.set_num_threads(1); torch.manual_seed(a.seed); random.seed(a.seed)
S, H, PAD, BOS, EOS, MASK = a.seq, a.hidden, 1, 0, 2, 3

docs = [d for d in open(a.text, encoding='utf-8').read().strip().split('\n\n') if d.strip()]
order = list(range(len(docs))); random.Random(a.split).shuffle(order); held = set(order[:a.held_out])
train_docs = [d for i, d in enumerate(docs) if i not in held]; held_docs = [d for i, d in enumerate(docs) if i in held]
with tempfile.NamedTemporaryFile('w', suffix='.txt', delete=False) as f: f.write('\n'.join(train_docs))
tok = ByteLevelBPETokenizer()
tok.train([f.name], vocab_size=a.vocab, min_frequency=2, special_tokens=['<s>', '<pad>', '</s>', '<mask>', '<unk>'], show_progress=False); os.unlink(f.name)
V = tok.get_vocab_size(); train_ids = [tok.encode(d).ids for d in train_docs]; held_ids = [tok.encode(d).ids for d in held_docs]
LB = tok.encode('\n').ids[0]
tokens_per_byte = sum(map(len, held_ids)) / sum(len(d.encode()) for d in held_docs)
stream_len = [len(t) for t in train_ids]

def draw_blocks(n):
    x = torch.full((n, S), PAD)
    for i in range(n):
        j = random.randrange(len(train_ids)); s = train_ids[j][random.randrange(len(train_ids[j])):]
        while len(s) < S - 2: s = s + [EOS] + train_ids[random.randrange(len(train_ids))]
        x[i] = torch.tensor([BOS] + s[:S - 2] + [EOS])
    return x

def mask(x, rate, generator=None, bert=True):
    chosen = (torch.rand(x.shape, generator=generator) < rate) & (x > 4) & (x != LB); y = x.clone()
    if not bert: y[chosen] = MASK; return y, chosen
    r = torch.rand(x.shape, generator=generator); y[chosen & (r < 0.8)] = MASK; swap = chosen & (r >= 0.8) & (r < 0.9)
    y[swap] = torch.randint(5, V, (int(swap.sum()),), generator=generator)
    return y, chosen

eval_blocks = [[BOS] + d[o:o + S - 2] + [EOS] for d in held_ids for o in range(0, len(d), S - 2)]
EVAL = torch.tensor([b + [PAD] * (S - len(b)) for b in eval_blocks]); g = torch.Generator().manual_seed(7)
DRAWS = [mask(EVAL, 0.15, g, bert=False) for _ in range(a.final_draws)]

# ---- reference lines on the same masks: neighbours hidden by mask or by the edge of a row
C = torch.zeros(V)
for t in train_ids: C += torch.bincount(torch.tensor(t), minlength=V)
C[:5] = 0; C[LB] = 0; P1 = (C + .5); P1[:5] = 0; P1[LB] = 0; P1 = P1 / P1.sum()
def reference(draws, k1=10., k2=3.):
    left, right, both = (collections.defaultdict(collections.Counter) for _ in range(3))
    for t in train_ids:
        for i, w in enumerate(t):
            if w <= 4 or w == LB: continue
            l, r = t[i - 1] if i else -1, t[i + 1] if i + 1 < len(t) else -1
            left[l][w] += 1; right[r][w] += 1; both[l, r][w] += 1
    def dist(c, base, k):
        if c is None or not c: return base
        q = base * k; idx = torch.tensor(list(c)); q[idx] += torch.tensor([float(v) for v in c.values()]); return q / (sum(c.values()) + k)
    uni = nei = n = t1 = t5 = u1 = 0; losses = []
    for y, chosen in draws:
        for b, i in chosen.nonzero().tolist():
            w = EVAL[b, i].item(); l, r = y[b, i - 1].item(), (y[b, i + 1].item() if i + 1 < S else PAD)
            L = l if l > 4 else None; R = r if r > 4 else None
            pl = dist(left[L], P1, k1) if L else P1; pr = dist(right[R], P1, k1) if R else P1
            q = (pl + pr) / 2 if (L and R) else pl if L else pr
            if L and R: q = dist(both[L, R], q, k2)
            pp = pl * pr / P1.clamp(min=1e-12); uni -= math.log(P1[w]); nei -= math.log(q[w]); n += 1; losses.append(-math.log(q[w]))
            best = pp.topk(5).indices.tolist(); t1 += best[0] == w; t5 += w in best; u1 += P1.argmax().item() == w
    return uni / n, u1 / n, nei / n, t1 / n, t5 / n, n

class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.qkv, self.out = nn.Linear(H, 3 * H), nn.Linear(H, H); self.up, self.down = nn.Linear(H, a.ffn), nn.Linear(a.ffn, H)
        self.norm1, self.norm2 = nn.LayerNorm(H, eps=1e-5), nn.LayerNorm(H, eps=1e-5)
    def forward(self, x, m, rows=None, keep=None):
        B, T, _ = x.shape; q, k, v = self.qkv(x).view(B, T, 3, a.heads, H // a.heads).permute(2, 0, 3, 1, 4)
        if keep is not None: keep.append((x, q, k, v))
        ad = a.dropout if a.attn_dropout < 0 else a.attn_dropout
        y = F.scaled_dot_product_attention(q, k, v, attn_mask=m, dropout_p=ad if self.training else 0).transpose(1, 2).reshape(B, T, H)
        if rows is not None: x, y = x[rows], y[rows]                      # last layer: only the rows that are counted (same mathematics)
        x = self.norm1(x + F.dropout(self.out(y), a.dropout, self.training))
        return self.norm2(x + F.dropout(self.down(F.gelu(self.up(x))), a.dropout, self.training))

def orth(rows, cols):                                                     # rows or columns orthonormal, Gaussian + QR
    q, _ = torch.linalg.qr(torch.randn(max(rows, cols), min(rows, cols))); return q if rows >= cols else q.T

class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.word, self.pos = nn.Embedding(V, H), nn.Embedding(S + 2, H); self.norm = nn.LayerNorm(H, eps=1e-5); self.blocks = nn.ModuleList(Block() for _ in range(a.layers))
        self.dense, self.head_norm, self.bias = nn.Linear(H, H), nn.LayerNorm(H, eps=1e-5), nn.Parameter(torch.zeros(V))
        self.heads_offsets = []
        with torch.no_grad(): self.initialise()
    def initialise(self):
        D = H // a.heads
        for n, q in self.named_parameters():
            if q.ndim == 2: nn.init.normal_(q, 0, 0.02 if a.init == 'plain' else a.linear / math.sqrt(q.shape[1]))
            elif n.endswith('bias'): nn.init.zeros_(q)
        nn.init.normal_(self.word.weight, 0, a.embed); nn.init.normal_(self.pos.weight, 0, a.embed)
        if a.bias == 'unigram': self.bias.data = torch.log((C + .5) / (C + .5).sum())
        if a.init == 'plain': return
        P = 2 * (D // 2) if a.factored else H                               # dimensions that hold the position: the first P
        omega = torch.linspace(0.05, 0.95 * math.pi, P // 2)
        t = torch.arange(S + 2)[:, None].float(); table = torch.zeros(S + 2, H)
        table[:, 0:P:2], table[:, 1:P:2] = torch.sin(t * omega), torch.cos(t * omega)
        self.pos.weight.data = table * a.embed * math.sqrt(2) * math.sqrt(a.pos_share)
        if a.word in ('pmi', 'pmi+'): self.word.weight.data[:, H - (H - (P if a.factored else 0)):] = pmi_table(H - (P if a.factored else 0))
        if a.factored: self.word.weight.data[:, :P] = 0
        self.P = P
        for li, b in enumerate(self.blocks):
            offs = [int(o) for o in (a.offsets1 if li == 0 else a.offsets2).split(',')]
            nn.init.normal_(b.down.weight, 0, a.ffn_out / math.sqrt(a.ffn))
            if a.vo == 'orth':
                gain = a.vo_gain if li == 0 or a.vo_gain2 < 0 else a.vo_gain2; lo = P if a.factored else 0
                W = torch.zeros(H, H); O = torch.zeros(H, H)
                for o in set(offs[h % len(offs)] for h in range(a.heads)):   # heads of one offset share one partial isometry
                    hs = [h for h in range(a.heads) if offs[h % len(offs)] == o]; r = min(len(hs) * D, H - lo)
                    R, Q = torch.zeros(len(hs) * D, H), torch.zeros(H, len(hs) * D)
                    R[:r, lo:] = orth(r, H - lo); Q[lo:, :r] = orth(H - lo, r)
                    for j, h in enumerate(hs): W[h * D:(h + 1) * D] = R[j * D:(j + 1) * D]; O[:, h * D:(h + 1) * D] = Q[:, j * D:(j + 1) * D]
                b.qkv.weight.data[2 * H:] = W * math.sqrt(gain); b.out.weight.data = O * math.sqrt(gain)
            if li >= a.neighbour_layers: self.heads_offsets.append([None] * a.heads); continue
            W = b.qkv.weight.data; here = []
            for h in range(a.heads):
                offset = offs[h % len(offs)]; here.append(offset)
                if a.factored: W[h * D:(h + 1) * D] *= a.noise if hasattr(a, 'noise') else 0.1; W[H + h * D:H + (h + 1) * D] *= 0.1
                for j in range(D // 2):
                    pair = j % (P // 2) if a.factored else (j * a.heads + h) % (H // 2)
                    r = h * D + 2 * j; c, s = math.cos(omega[pair] * offset), math.sin(omega[pair] * offset); gq = a.sharpness
                    W[r, 2 * pair] += gq; W[r + 1, 2 * pair + 1] += gq
                    W[H + r, 2 * pair] += gq * c; W[H + r, 2 * pair + 1] -= gq * s
                    W[H + r + 1, 2 * pair] += gq * s; W[H + r + 1, 2 * pair + 1] += gq * c
            self.heads_offsets.append(here)
        if a.dense == 'identity': self.dense.weight.data = torch.eye(H)
        if a.dense == 'orth': self.dense.weight.data = orth(H, H)
        self.dense.bias.data.fill_(a.dense_bias); self.head_norm.weight.data.fill_(a.head_gain)
    def forward(self, ids, chosen, keep=None):
        m = ids != PAD; pos = (torch.cumsum(m, 1) * m + 1).clamp(max=S + 1); x = F.dropout(self.norm(self.word(ids) + self.pos(pos)), a.dropout, self.training)
        bias = torch.zeros(ids.shape).masked_fill(~m, -1e9)[:, None, None, :]
        for i, b in enumerate(self.blocks): x = b(x, bias, chosen if i == a.layers - 1 else None, keep)
        x = self.head_norm(F.gelu(self.dense(x))); return x @ self.word.weight.T + self.bias

def pmi_table(dim):                                                        # truncated SVD of shifted positive PMI, left|right neighbours
    L = torch.zeros(V, V)
    for t in train_ids:
        for x, y in zip(t, t[1:]): L[y, x] += 1
    out = []
    for M in (L, L.T):
        e = M.sum(1, keepdim=True) * M.sum(0, keepdim=True).pow(.75) / M.sum(0).pow(.75).sum(); out.append(torch.relu(torch.log((M + 1e-9) / (e + 1e-9)) ) * (M > 0))
    U, s, _ = torch.linalg.svd(torch.cat(out, 1), full_matrices=False); X = U[:, :dim] * s[:dim].sqrt()
    X = X @ orth(dim, dim); return X / X.pow(2).mean().sqrt() * a.embed if a.word == 'pmi' else (X / X.pow(2).mean().sqrt() + torch.randn(V, dim)) * a.embed / math.sqrt(2)

model = Model(); emb = [model.word.weight, model.pos.weight]; ids_emb = {id(q) for q in emb}
matrices = [q for q in model.parameters() if q.ndim > 1 and id(q) not in ids_emb]; vectors = [q for q in model.parameters() if q.ndim < 2]
opt = torch.optim.AdamW([{'params': matrices, 'weight_decay': a.wd}, {'params': emb, 'weight_decay': a.wd if a.wd_embed < 0 else a.wd_embed, 'lr': a.lr * a.lr_embed}, {'params': vectors, 'weight_decay': 0}], lr=a.lr, betas=(0.9, a.beta2))
def shape(s):
    f = min(1, s / a.steps); w = min(1, (s + 1) / a.warmup)
    if a.schedule == 'cosine': return w * max(a.floor, 0.5 * (1 + math.cos(math.pi * f)))
    if a.schedule == 'linear': return w * max(a.floor, 1 - f)
    return w
schedule = torch.optim.lr_scheduler.LambdaLR(opt, shape)
ema = {n: q.detach().clone() for n, q in model.named_parameters()} if a.ema else None

def evaluate(draws, detail=False):
    model.eval(); loss = n = top1 = top5 = 0; sq = 0
    with torch.no_grad():
        for y, chosen in draws:
            logits, target = model(y, chosen), EVAL[chosen]; l = F.cross_entropy(logits, target, reduction='none'); loss += l.sum().item(); sq += l.pow(2).sum().item(); n += len(target)
            best = logits.topk(5).indices; top1 += (best[:, 0] == target).sum().item(); top5 += (best == target[:, None]).any(1).sum().item()
    model.train(); mean = loss / n; return mean, top1 / n, top5 / n, math.sqrt(max(0, sq / n - mean * mean) / n)

def swapped(fn):
    save = {n: q.detach().clone() for n, q in model.named_parameters()}
    for n, q in model.named_parameters(): q.data.copy_(ema[n])
    r = fn()
    for n, q in model.named_parameters(): q.data.copy_(save[n])
    return r

def diag():
    model.eval(); keep = []
    with torch.no_grad():
        y, chosen = DRAWS[0]; model(y, chosen, keep); line = []
        for (x, q, k, v), offs in zip(keep, model.heads_offsets or [[None] * a.heads] * a.layers):
            A = (q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1])).masked_fill((y == PAD)[:, None, None, :], -1e9).softmax(-1); row = []
            for h in range(a.heads):
                best = max(((A[:, h].diagonal(o, 1, 2).sum() / A.shape[0] / (S - abs(o))).item(), o) for o in range(-4, 5)); row.append(f'{best[1]:+d}:{best[0]:.2f}')
            line.append('[' + ' '.join(row) + ']')
        E = model.word.weight[5:]; mu = E.mean(0); U = E / E.norm(dim=1, keepdim=True)
        e = f'word rms {E.pow(2).mean().sqrt():.3f} mean-share {(mu.pow(2).sum() / E.pow(2).sum(1).mean()):.2f} cos {(U.mean(0).pow(2).sum()):.3f}'
    model.train(); return ' '.join(line) + ' | ' + e

print({k: v for k, v in vars(a).items() if v != p.get_default(k) or k in ('lr', 'layers', 'hidden', 'steps', 'mask', 'dropout')}, 'V', V, 'params', sum(q.numel() for q in model.parameters()), 'training tokens', sum(map(len, train_ids)), flush=True)
if a.ref: print('reference unigram %.3f (top1 %.3f) neighbours %.3f top1 %.3f top5 %.3f  n %d' % reference(DRAWS[:a.ref]), 'bytes/token %.3f' % (1 / tokens_per_byte), flush=True)
if a.diag: print('0', diag(), flush=True)
m0 = evaluate(DRAWS[:8]); print(f'0 held {m0[0]:.3f}', flush=True)
start, smooth, lowest = time.time(), None, (99., 0); stop = a.stop or a.steps
for step in range(1, stop + 1):
    x = draw_blocks(a.batch); y, chosen = mask(x, a.mask, bert=bool(a.bert)); loss = F.cross_entropy(model(y, chosen), x[chosen], label_smoothing=a.smooth); loss.backward()
    if a.diag and step in (1, 20, 50, 100, 200, 400): print('  grads', step, ' '.join(f'{n.replace(".weight", "")}:{q.grad.norm():.3f}' for n, q in model.named_parameters() if q.ndim > 1 or n == 'bias'), flush=True)
    nn.utils.clip_grad_norm_(model.parameters(), a.clip); opt.step(); opt.zero_grad(set_to_none=True); schedule.step()
    if ema:
        d = min(a.ema, (1 + step) / (10 + step))
        with torch.no_grad():
            for n, q in model.named_parameters(): ema[n].mul_(d).add_(q, alpha=1 - d)
    smooth = loss.item() if smooth is None else .97 * smooth + .03 * loss.item()
    if step % a.eval_every == 0:
        h = evaluate(DRAWS[:8]); e = swapped(lambda: evaluate(DRAWS[:8])) if ema else None
        lowest = min(lowest, (e[0] if e else h[0], step), (h[0], step))
        print(f'{step} train {smooth:.3f} held {h[0]:.3f} bpb {h[0] / math.log(2) * tokens_per_byte:.3f} top1 {h[1]:.3f} top5 {h[2]:.3f}' + (f' ema {e[0]:.3f} {e[1]:.3f} {e[2]:.3f}' if e else '') + f' {time.time() - start:.0f}s' + (' ' + diag() if a.diag else ''), flush=True)
h = evaluate(DRAWS); e = swapped(lambda: evaluate(DRAWS)) if ema else None
print(f'FINAL held {h[0]:.3f} se {h[3]:.3f} top1 {h[1]:.3f} top5 {h[2]:.3f}' + (f' ema {e[0]:.3f} top1 {e[1]:.3f} top5 {e[2]:.3f}' if e else '') + f' lowest {lowest[0]:.3f} at {lowest[1]}', flush=True)
