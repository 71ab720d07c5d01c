"""The notebook's recipe on Folio's split and masks: what it reaches, to compare with Folio's own.

    OMP_NUM_THREADS=1 python notebookRecipe.py TEXT.json [--steps 306] [--pad 0] [--time 0]

TEXT.json: {V, lb, train, trainStarts, held, heldStarts, masks}: ids, where documents start, and masked places a draw.
6 layers x 768, lines padded to the longest (or to --pad), every position in the loss, masks drawn once, AdamW 1e-4.
"""
import argparse
import json
import time

import torch
from transformers import RobertaConfig, RobertaForMaskedLM

p = argparse.ArgumentParser()
p.add_argument('text')
p.add_argument('--steps', type=int, default=306)
p.add_argument('--pad', type=int, default=0, help='row length; 0: the longest line')
p.add_argument('--draws', type=int, default=4)
p.add_argument('--eval-every', type=int, default=51)
a = p.parse_args()
torch.manual_seed(1)
torch.set_num_threads(1)
with open(a.text) as file:
    d = json.load(file)
BOS, PAD, EOS, MASK = 0, 1, 2, 3


def lines(ids, starts):
    """Places of each line's tokens."""
    found = []
    for start, end in zip(starts, starts[1:]):
        line = []
        for place in range(start, end):
            if ids[place] == d['lb']:
                found.append(line)
                line = []
            else:
                line.append(place)
        found.append(line)
    return [line for line in found if line]


train, held = lines(d['train'], d['trainStarts']), lines(d['held'], d['heldStarts'])
T = a.pad or max(map(len, train + held)) + 2


def rows(ids, some, masked):
    x = torch.full((len(some), T), PAD)
    chosen = torch.zeros((len(some), T), dtype=torch.bool)
    for r, line in enumerate(some):
        x[r, : len(line) + 2] = torch.tensor([BOS, *(ids[i] for i in line), EOS])
        for c, i in enumerate(line):
            chosen[r, c + 1] = i in masked
    y = x.clone()
    y[chosen] = MASK
    return y, x, chosen


generator = torch.Generator().manual_seed(1)
drawn = set(torch.nonzero(torch.rand(len(d['train']), generator=generator) < 0.15).flatten().tolist())
inputs, labels, _ = rows(d['train'], train, drawn)
evaluation = [rows(d['held'], held, set(draw)) for draw in d['masks'][: a.draws]]
config = RobertaConfig(vocab_size=d['V'], hidden_size=768, num_hidden_layers=6, num_attention_heads=12,
                       intermediate_size=3072, max_position_embeddings=514, type_vocab_size=1)
model = RobertaForMaskedLM(config)
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4)


def evaluate():
    model.eval()
    losses, hits = [], []
    with torch.no_grad():
        for y, x, chosen in evaluation:
            for start in range(0, len(y), 64):
                part = slice(start, start + 64)
                logits = model(input_ids=y[part], attention_mask=(y[part] != PAD).long()).logits[chosen[part]]
                target = x[part][chosen[part]]
                losses.append(torch.nn.functional.cross_entropy(logits, target, reduction='none'))
                hits.append(logits.argmax(-1) == target)
    model.train()
    losses = torch.cat(losses)
    return losses.mean().item(), losses.std().item() / len(losses) ** 0.5, torch.cat(hits).float().mean().item()


print('V', d['V'], 'T', T, 'lines', len(train), 'parameters', sum(q.numel() for q in model.parameters()), flush=True)
order, spent = [], 0.0
model.train()
for step in range(1, a.steps + 1):
    if len(order) < 16:
        order = torch.randperm(len(train), generator=generator).tolist()
    batch, order = order[:16], order[16:]
    began = time.time()
    logits = model(input_ids=inputs[batch], attention_mask=(inputs[batch] != PAD).long()).logits
    loss = torch.nn.functional.cross_entropy(logits.flatten(0, 1), labels[batch].flatten())
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()
    spent += time.time() - began
    if step % 10 == 0 or step <= 3:
        print(f'{step} loss over every position {loss.item():.3f}, {spent / step:.2f} s a step', flush=True)
    if step % a.eval_every == 0 or step == a.steps:
        print('%d held out, masked positions: %.3f (se %.3f), top-1 %.3f' % (step, *evaluate()), flush=True)
