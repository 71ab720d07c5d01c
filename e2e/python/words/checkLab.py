"""Checks of the laboratory: a population's step against transformers, and the word decoder against brute force.

    python checkLab.py DATA
"""
import math, os, sys
import torch
from transformers import RobertaConfig, RobertaForMaskedLM
sys.argv = ['wordLab.py']
DATA, STEPS = os.environ['DATA'], int(os.environ.get('STEPS', 20))
import wordLab as lab

torch.manual_seed(0); torch.set_num_threads(1)
data = lab.Data(DATA, int(os.environ.get('VOCAB', 512)), [1, 2], 'cpu', 64, 320)
pop = dict(name='check', genomes=[dict(split=1, seed=1, drop=0., wd=.3, lr=2e-3), dict(split=2, seed=2, drop=0., wd=.1, word_share=.5, uniform=.1, mask0=.2)], vocab=512, H=128, L=2, T=64, B=4, steps=STEPS)
p = lab.Population(pop, data, 'cpu')


def library(i, W):
    c = RobertaConfig(vocab_size=data.V, hidden_size=128, num_hidden_layers=2, num_attention_heads=4, intermediate_size=512, max_position_embeddings=66, type_vocab_size=1, layer_norm_eps=1e-5, hidden_dropout_prob=0., attention_probs_dropout_prob=0., pad_token_id=1, bos_token_id=0, eos_token_id=2)
    m = RobertaForMaskedLM(c); m.eval(); sd = {}; g = lambda n: W[n][i].detach()
    sd['roberta.embeddings.word_embeddings.weight'] = W.word[i].detach(); sd['roberta.embeddings.position_embeddings.weight'] = g('pos'); sd['roberta.embeddings.token_type_embeddings.weight'] = g('type')
    sd['roberta.embeddings.LayerNorm.weight'], sd['roberta.embeddings.LayerNorm.bias'] = g('ln_w')[0], g('ln_b')[0]
    for l in range(2):
        q = f'roberta.encoder.layer.{l}.'; w, b = g(f'{l}.qkv').T.split(128), g(f'{l}.qkv_b')[0].split(128)
        for n, ww, bb in zip(('query', 'key', 'value'), w, b): sd[q + f'attention.self.{n}.weight'], sd[q + f'attention.self.{n}.bias'] = ww, bb
        for n, s in (('attention.output.dense', 'out'), ('intermediate.dense', 'up'), ('output.dense', 'down')): sd[q + n + '.weight'], sd[q + n + '.bias'] = g(f'{l}.{s}').T, g(f'{l}.{s}_b')[0]
        for n, s in (('attention.output.LayerNorm', 'n1'), ('output.LayerNorm', 'n2')): sd[q + n + '.weight'], sd[q + n + '.bias'] = g(f'{l}.{s}w')[0], g(f'{l}.{s}b')[0]
    sd['lm_head.dense.weight'], sd['lm_head.dense.bias'] = g('dense').T, g('dense_b')[0]; sd['lm_head.layer_norm.weight'], sd['lm_head.layer_norm.bias'] = g('hn_w')[0], g('hn_b')[0]; sd['lm_head.bias'] = g('bias')[0]; sd['lm_head.decoder.weight'] = sd['roberta.embeddings.word_embeddings.weight']; sd['lm_head.decoder.bias'] = sd['lm_head.bias']
    missing = m.load_state_dict({k: v.clone().contiguous() for k, v in sd.items()}, strict=False); assert not missing.unexpected_keys, missing
    assert not [k for k in missing.missing_keys if 'position_ids' not in k and 'token_type_ids' not in k], missing
    return m


# three steps, both ways, on the same batches
models = [library(i, p.W) for i in range(2)]; opts = []
for i, m in enumerate(models):
    g = p.g[i]; two = [q for n, q in m.named_parameters() if q.ndim == 2]; one = [q for n, q in m.named_parameters() if q.ndim < 2]
    opts.append(torch.optim.AdamW([{'params': two, 'weight_decay': g['wd']}, {'params': one, 'weight_decay': 0}], lr=g['lr'], betas=(.9, .98), eps=1e-6))
for t in range(3):
    state = torch.get_rng_state(); lr, _, rate, _, _ = p.schedule(t); seen, at, target, weight, _ = p.batch(t, rate); torch.set_rng_state(state)
    for i, (m, o) in enumerate(zip(models, opts)):
        o.zero_grad(); z = m(seen[i], attention_mask=torch.ones_like(seen[i])).logits.reshape(-1, data.V)[at[i]]; u = p.g[i]['uniform']; lp = z.log_softmax(-1)
        vm = data.vmask[p.sp[i]]; q = (1 - u) * torch.nn.functional.one_hot(target[i], data.V) + u * vm / vm.sum()
        hard = (-lp.gather(1, target[i][:, None])[:, 0] * weight[i]).sum(); loss = (-(q * lp).sum(1) * weight[i]).sum(); loss.backward()
        torch.nn.utils.clip_grad_norm_(m.parameters(), 1.); [s.update(lr=lr[i].item()) for s in o.param_groups]; o.step()
        if i == 0: losses = []
        losses.append(hard.item())
    mine = p.step(t); print('step', t, 'loss', mine.tolist(), losses, 'masked', (weight > 0).sum(1).tolist(), 'share', (seen == 3).float().mean((1, 2)).tolist()); assert abs(mine[0] - losses[0]) < 1e-4 and abs(mine[1] - losses[1]) < 1e-4
for i, m in enumerate(models):
    other = library(i, p.W); worst = max((a - b).abs().max().item() for (n, a), (_, b) in zip(m.state_dict().items(), other.state_dict().items()) if a.is_floating_point()); print('model', i, 'largest difference of a weight after three steps', worst); assert worst < 2e-5
# padding: logits of a padded row
row = data.wRows[0, :, :1].reshape(2, 1, -1).clone(); row[:, 0, 30:] = 1
mine = lab.head(p.W, lab.forward(p.W, row, attended=(row != 1).long()), torch.full((2, 1), 5))
for i, m in enumerate(models):
    z = library(i, p.W)(row[i], attention_mask=(row[i] != 1).long()).logits[0, 5]; d = (z - mine[i, 0]).abs().max().item(); print('padded row', d); assert d < 1e-4

# held-out nats against a plain loop
n, h1, h5 = p.nats(p.W, 1)
for i in range(2):
    s = int(p.sp[i]); m = library(i, p.W); R = data.draws[s][0][0]; rows = data.nRows[s, :R]; z = m(rows, attention_mask=(rows != 1).long()).logits.reshape(-1, data.V); c = data.draws[s][0][1]
    lp = z.log_softmax(-1)[data.nAt[s, :c]].gather(1, data.nTrue[s, :c, None]); assert (data.nRows[s].reshape(-1)[data.nAt[s, :c]] == 3).all(); print('nats', n[i], -lp.mean().item(), c); assert abs(n[i] + lp.mean().item()) < 1e-4

# the decoder: every chain for a few places, by beams of six written plainly (no pruning, no batches)
def plain(i, n, m, raw=False, beam=6):
    s = int(p.sp[i]); line = int(data.wLine[s, n]); truth = data.wTrue[s, n, :data.wPieces[s, n]].tolist(); cands = []
    for k in range(1, 6):
        beams = [(data.prior[s, k - 1].item(), [])]
        for j in range(k):
            new = []
            for score, got in beams:
                row = data.wRows[k - 1, s, n].clone(); a = int(data.wAt[k - 1, s, n])
                assert (row[a:a + k] == 3).all() and row[a - 1] != 3 and row[a + k] != 3
                for q, w in enumerate(got): row[a + q] = w
                z = m(row[None], attention_mask=(row != 1).long()[None]).logits[0, a + j]
                ok = (data.only if k == 1 else data.first)[s, line] if j == 0 else (data.final if j == k - 1 else data.middle)[s]
                lp = z.log_softmax(-1) if raw else z
                lp = lp.masked_fill(~ok, float('-inf')); lp = lp if raw else lp.log_softmax(-1)
                top = lp.topk(min(60, int(ok.sum()))) if j == k - 1 else lp.topk(beam)
                new += [(score + v, got + [w]) for v, w in zip(top.values.tolist(), top.indices.tolist())]
            beams = sorted(new, reverse=True)[:beam if j < k - 1 else 400]
        cands += beams
    cands.sort(reverse=True, key=lambda c: c[0]); found = [r for r, (_, got) in enumerate(cands) if got == truth]
    return found[0] if found else 99
# a little training so that answers are not alike
for t in range(3, STEPS): p.step(t)
for raw in (False, True):
    rank = p.words(p.W, raw=raw); agree = total = 0
    for i in range(2):
        m = library(i, p.W)
        with torch.no_grad():
            for n in range(0, data.N, 16):
                a, b = int(rank[i, n]), plain(i, n, m, raw); total += 1; same = min(a, 5) == min(b, 5); agree += same
                if not same: print('place', i, n, 'lab', a, 'plain', b, 'pieces', int(data.wPieces[int(p.sp[i]), n]))
    print('raw' if raw else 'renormalised', 'decoder agrees', agree, 'of', total, 'hits', float((rank < 1).float().mean()), float((rank < 5).float().mean()))
    assert agree >= total - 1
# soft targets from the table: one row by hand
q = dict(name='c2', genomes=[dict(split=1, seed=1, drop=0., table=.5)], vocab=512, H=128, L=2, T=64, B=4, steps=20); p2 = lab.Population(q, data, 'cpu'); lr, _, rate, alpha, _ = p2.schedule(0); seen, at, target, weight, places = p2.batch(0, rate)
g = torch.zeros(1, at.shape[1], data.V); p2.soft(alpha, target, places, seen, at, None)(g, g); ids = data.z[0]['ids'].astype(int); starts = set(data.z[0]['starts'].tolist()); j = 3; place = int(places[0, j]); w = int(target[0, j]); assert ids[place] == w
L = 2 if place in starts else ids[place - 1]; R = 2 if place + 1 in starts else ids[place + 1]; l = torch.zeros(data.V); r = torch.zeros(data.V)
for x in range(len(ids)):
    if x == place or ids[x] < 5 or ids[x] == data.lb: continue
    if (2 if x in starts else ids[x - 1]) == L: l[ids[x]] += 1
    if (2 if x + 1 in starts else ids[x + 1]) == R: r[ids[x]] += 1
t = .5 * (.5 * (l + 64 * data.uni[0]) / (l.sum() + 64) + .5 * (r + 32 * data.uni[0]) / (r.sum() + 32)); print('table target', (t + g[0, j]).abs().max().item(), g[0, j].sum().item()); assert (t + g[0, j]).abs().max() < 1e-5
print('all checks passed')
