"""From the exported tokens: places of held-out words, the word table's answers on them, and arrays for the laboratory.

    python prepare.py RAW DATA
"""
import json
import os
import re
import sys

import numpy as np
import torch
from wordTable import Table, isword, tune, units

torch.set_num_threads(1)
PLACES, MOST_PIECES = 1600, 5
raw, out = sys.argv[1:3]
os.makedirs(out, exist_ok=True)

def alphabet():
    keep = [*range(33, 127), *range(161, 173), *range(174, 256)]
    table, n = {chr(b): b for b in keep}, 0
    for b in range(256):
        if b not in keep: table[chr(256 + n)] = b; n += 1
    return table
BYTE = alphabet()

def text_of(token, id): return '' if id < 5 else bytes(BYTE[c] for c in token).decode('latin-1')  # a character a byte

def documents(part):
    s = part['documentStarts']; return [(a, part['ids'][a:b]) for a, b in zip(s, s[1:])]

report = {}
names = sorted(f[:-5] for f in os.listdir(raw) if f.endswith('.json') and '-' in f)
for split in sorted({int(n.split('-')[0]) for n in names}):
    chosen = None
    for wanted in sorted(int(n.split('-')[1]) for n in names if n.startswith(f'{split}-')):
        d = json.load(open(f'{raw}/{split}-{wanted}.json'))
        tokens = [text_of(t, i) for i, t in enumerate(d['tokens'])]
        join = lambda ids: ''.join(tokens[i] for i in ids)
        held = documents(d['heldOut'])
        if chosen is None:
            train_text = [join(ids) for _, ids in documents(d['training'])]; held_text = [join(ids) for _, ids in held]
            rows = []
            for n, t in enumerate(held_text):
                u = units(t)
                for (l, _, _), (w, a, b), (r, _, _) in zip(u, u[1:], u[2:]):
                    if isword(w) and (a == 0 or t[a - 1] in ' \n'): rows.append((n, a, b, w, l, r))
            order = np.random.default_rng(1000 + split).permutation(len(rows))[:PLACES]
            chosen = [rows[i] for i in sorted(order)]
            places = [(w, l, r) for _, _, _, w, l, r in chosen]
            answers = {}
            for kind in ('mixture', 'product'):
                for fold in (False, True):
                    table = Table(train_text, fold)
                    weights, inside = tune(table, kind)
                    rank, p = table.ranks(table.predict(table.rows(places), kind, *weights.values()), places)
                    answers[kind, fold] = (rank, inside, weights, (rank < 1).mean(), (rank < 5).mean())
                    print(split, kind, fold, weights, f'left out {inside:.4f}', f'held out {(rank < 1).mean():.4f} {(rank < 5).mean():.4f}', 'places', len(places), 'of', len(rows), flush=True)
            best = max(answers, key=lambda k: answers[k][1])
            rank = answers[best][0]
            unknown = np.mean([w not in table.id for w, _, _ in places])
            report[split] = dict(places=len(places), best=f'{best}', top1=(rank < 1).mean(), top5=(rank < 5).mean(), unknown=unknown,
                                 all={f'{k}': dict(top1=v[3], top5=v[4], leftOut=v[1], weights=v[2]) for k, v in answers.items()})
        # places in tokens
        starts = []
        for base, ids in held:
            offsets = np.cumsum([0] + [len(tokens[i]) for i in ids]); starts.append((base, offsets))
        spans = []
        for n, a, b, w, _, _ in chosen:
            base, offsets = starts[n]; t = held_text[n]
            first = a - 1 if a > 0 and t[a - 1] == ' ' else a
            i, j = np.searchsorted(offsets, first), np.searchsorted(offsets, b)
            assert offsets[i] == first and offsets[j] == b, (split, wanted, w, t[max(0, a - 20):b + 20])
            spans.append((n, i, j, int(first == a)))
        # kinds of tokens: 1 a space and letters; 2 letters; 3 letters with an apostrophe before or within, or an apostrophe; 0 others
        kind = np.zeros(len(tokens), np.int8)
        for i, t in enumerate(tokens):
            if re.fullmatch(r" [^\W\d_]+", t): kind[i] = 1
            elif re.fullmatch(r"[^\W\d_]+", t): kind[i] = 2
            elif re.fullmatch(r"'[^\W\d_]+", t): kind[i] = 3
            elif t == "'": kind[i] = 4
            elif t == ' ': kind[i] = 5
        # how many pieces a word of the training text has
        pieces = np.zeros(MOST_PIECES + 2)
        for n, (base, ids) in enumerate(documents(d['training'])):
            t = train_text[n]; offsets = np.cumsum([0] + [len(tokens[i]) for i in ids])
            for w, a, b in units(t):
                if not isword(w) or not (a == 0 or t[a - 1] in ' \n'): continue
                first = a - 1 if a > 0 and t[a - 1] == ' ' else a
                pieces[min(MOST_PIECES + 1, np.searchsorted(offsets, b) - np.searchsorted(offsets, first))] += 1
        np.savez_compressed(f'{out}/{split}-{wanted}.npz', ids=np.array(d['training']['ids'], np.int16), starts=np.array(d['training']['documentStarts'], np.int32),
            words=np.array(d['training']['wordStarts'], np.int8), held=np.array(d['heldOut']['ids'], np.int16), heldStarts=np.array(d['heldOut']['documentStarts'], np.int32),
            heldWords=np.array(d['heldOut']['wordStarts'], np.int8), masks=np.concatenate([np.array(m, np.int16) for m in d['masks']]), maskStarts=np.cumsum([0] + [len(m) for m in d['masks']]),
            spans=np.array(spans, np.int32), kind=kind, pieces=pieces, tableRank=np.minimum(rank, 10 ** 6).astype(np.int32), mixtureRank=np.minimum(answers['mixture', False][0], 10 ** 6).astype(np.int32), lineBreak=d['lineBreakId'],
            reference=np.array([d['reference'][k] for k in ('unigram', 'neighbours', 'neighbourTop1', 'neighbourTop5')]))
        print(split, wanted, len(tokens), 'share of words by pieces', np.round(pieces / pieces.sum(), 3), flush=True)
    print(split, report[split]['best'], report[split]['top1'], report[split]['top5'], 'unknown', report[split]['unknown'], flush=True)
json.dump(report, open(f'{out}/tables.json', 'w'), indent=1, default=float)
