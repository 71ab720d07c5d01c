"""The notebook's recipe on Folio's split and masks: what it reaches and what a step costs, to compare with Folio's own.

    OMP_NUM_THREADS=1 python e2e/python/notebookRecipe.py BUNDLE public/data/sonnets.txt [--steps 306] [--pad 512]

BUNDLE is a folder that Folio exported from the same text: its tokenizer, and the held-out documents and masked places of its
evaluation.json (`npm run train -- --corpus public/data/sonnets.txt --preset micro --vocab-size 30522 --steps 1 --out BUNDLE`).
6 layers x 768, a line a row, padded to the longest (or to --pad), every position in the loss, masks drawn once, AdamW 1e-4.
"""

import argparse
import json
import time
from pathlib import Path

import torch
from evaluationChecks import encode
from transformers import AutoTokenizer, RobertaConfig, RobertaForMaskedLM

BOS, PAD, EOS, MASK = 0, 1, 2, 3
MASKING_RATE = 0.15


def lines_of(documents, line_break):
    """(place in the documents joined, token) of every token of every line."""
    place, found = 0, []
    for document in documents:
        line = []
        for token in document:
            if token == line_break:
                found.append(line)
                line = []
            else:
                line.append((place, token))
            place += 1
        found.append(line)
    return [line for line in found if line]


def rows_of(lines, length, masked):
    """Inputs, labels and the masked cells, one line a row: [lines, length] each."""
    labels = torch.full((len(lines), length), PAD)
    chosen = torch.zeros((len(lines), length), dtype=torch.bool)
    for row, line in enumerate(lines):
        labels[row, : len(line) + 2] = torch.tensor([BOS, *(token for _, token in line), EOS])
        for column, (place, _) in enumerate(line):
            chosen[row, column + 1] = place in masked
    inputs = labels.clone()
    inputs[chosen] = MASK
    return inputs, labels, chosen


def evaluate(model, draws):
    """Loss on the masked positions, its standard error, and top-1."""
    model.eval()
    losses, hits = [], []
    with torch.no_grad():
        for inputs, labels, chosen in draws:
            for start in range(0, len(inputs), 64):
                part = slice(start, start + 64)
                logits = model(input_ids=inputs[part], attention_mask=(inputs[part] != PAD).long()).logits[chosen[part]]
                target = labels[part][chosen[part]]
                losses.append(torch.nn.functional.cross_entropy(logits, target, reduction="none"))
                hits.append(logits.argmax(-1) == target)
    model.train()
    losses = torch.cat(losses)
    return losses.mean().item(), losses.std().item() / len(losses) ** 0.5, torch.cat(hits).float().mean().item()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("bundle", type=Path)
    parser.add_argument("text", type=Path)
    parser.add_argument("--steps", type=int, default=306)
    parser.add_argument("--pad", type=int, default=0, help="row length; 0: the longest line")
    parser.add_argument("--draws", type=int, default=4)
    parser.add_argument("--eval-every", type=int, default=51)
    options = parser.parse_args()
    torch.manual_seed(1)
    torch.set_num_threads(1)

    tokenizer = AutoTokenizer.from_pretrained(options.bundle)
    evaluation = json.loads((options.bundle / "evaluation.json").read_text(encoding="utf-8"))
    line_break = evaluation["line_break_id"]
    texts = [text.splitlines() for text in options.text.read_text(encoding="utf-8").split("\n\n")]
    documents = [encode(tokenizer, line_break, [line for line in text if line.strip()]) for text in texts]
    held_out = {tuple(document) for document in evaluation["documents"]}
    train = lines_of([document for document in documents if document and tuple(document) not in held_out], line_break)
    held = lines_of(evaluation["documents"], line_break)
    length = options.pad or max(map(len, train + held)) + 2

    generator = torch.Generator().manual_seed(1)
    places = max(place for line in train for place, _ in line) + 1
    drawn = set(torch.nonzero(torch.rand(places, generator=generator) < MASKING_RATE).flatten().tolist())
    inputs, labels, _ = rows_of(train, length, drawn)
    draws = [rows_of(held, length, set(draw)) for draw in evaluation["draws"][: options.draws]]
    config = RobertaConfig(
        vocab_size=evaluation["vocab_size"],
        hidden_size=768,
        num_hidden_layers=6,
        num_attention_heads=12,
        intermediate_size=3072,
        max_position_embeddings=514,
        type_vocab_size=1,
    )
    model = RobertaForMaskedLM(config)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4)
    parameters = sum(parameter.numel() for parameter in model.parameters())
    print(f"{evaluation['vocab_size']} entries, {parameters} parameters, {len(train)} lines padded to {length}", flush=True)

    order, spent = [], 0.0
    model.train()
    for step in range(1, options.steps + 1):
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
            print(f"{step}: loss over every position {loss.item():.3f}, {spent / step:.2f} s a step", flush=True)
        if options.eval_every and (step % options.eval_every == 0 or step == options.steps):
            print("%d: held out, masked positions: %.3f (se %.3f), top-1 %.3f" % (step, *evaluate(model, draws)), flush=True)


main()
