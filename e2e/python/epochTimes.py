"""What an epoch of a text costs in PyTorch: one line a row, padded to 512 as the first notebooks do, and packed as Folio does.

    OMP_NUM_THREADS=1 python e2e/python/epochTimes.py BUNDLE public/data/sonnets.txt [--rows 2] [--steps 2]

BUNDLE is a folder that Folio exported: its tokenizer and its config.json (the model's sizes) are used, with fresh weights.
A few steps with `--rows` rows of 512 are timed and multiplied by the rows of an epoch; both kinds of rows cost the same, there
are only many more of the padded ones. Loss on masked rows only, AdamW, clipping; dropout 0.1.
"""

import argparse
import time
from pathlib import Path

import torch
from transformers import AutoTokenizer, RobertaConfig, RobertaForMaskedLM

LENGTH = 512


def rows_of(tokenizer, text):
    """Rows of one epoch: (a line a row, packed: documents joined by one </s>, between <s> and </s>)."""
    lines = [line for line in text.split("\n") if line.strip()]
    documents = [document.strip("\n") for document in text.split("\n\n") if document.strip()]
    encode = lambda part: tokenizer(part, add_special_tokens=False)["input_ids"]
    line_break = encode("\n")
    tokens = 0
    for document in documents:
        parts = document.split("\n")
        tokens += sum(len(encode(part)) for part in parts) + len(line_break) * (len(parts) - 1) + 1
    return len(lines), tokens / (LENGTH - 2)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("bundle")
    parser.add_argument("text")
    parser.add_argument("--rows", type=int, default=2)
    parser.add_argument("--steps", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(1)
    tokenizer = AutoTokenizer.from_pretrained(options.bundle)
    padded, packed = rows_of(tokenizer, Path(options.text).read_text(encoding="utf-8"))
    config = RobertaConfig.from_pretrained(options.bundle)
    model = RobertaForMaskedLM(config).train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4)
    count = options.rows * LENGTH
    times = []
    for step in range(options.steps + 1):
        ids = torch.randint(5, config.vocab_size, (options.rows, LENGTH))
        positions = torch.randperm(count)[: round(0.15 * count)]
        labels = ids.flatten()[positions].clone()
        ids.view(-1)[positions] = 3
        started = time.perf_counter()
        hidden = model.roberta(ids, attention_mask=torch.ones_like(ids)).last_hidden_state
        logits = model.lm_head(hidden.reshape(count, -1)[positions])
        loss = torch.nn.functional.cross_entropy(logits, labels)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        times.append((time.perf_counter() - started) / options.rows)
    seconds = min(times[1:])
    print(f"{seconds:.2f} s a row of {LENGTH} ({LENGTH / seconds:.0f} tokens/s)")
    print(f"padded: {padded} rows an epoch, {padded * seconds:.0f} s")
    print(f"packed: {packed:.1f} rows an epoch, {packed * seconds:.0f} s")


main()
