#!/usr/bin/env python3
"""Continues training this model on a text file, with Hugging Face's Trainer: on a CPU, one GPU or many.

    pip install -r requirements.txt
    python continue_training.py text.txt --steps 1000
    torchrun --nproc_per_node=4 continue_training.py text.txt --steps 1000
    accelerate launch continue_training.py text.txt --steps 1000

The text is cut, packed and masked as in Folio, targets are drawn from its neighbour counts in the same way, and the
schedule continues where the run ended. AdamW's moments continue, too, if optimizer.safetensors is in this folder, from
the weights that they belong to: those of the run's last step, even where model.safetensors holds the best ones.
Otherwise the moments start anew. The result is written to a folder of its own.
"""

import argparse
import itertools
import json
import math
import os
import random
from collections import defaultdict
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch.utils.data import Dataset
from transformers import AutoTokenizer, RobertaForMaskedLM, Trainer, TrainingArguments

HERE = Path(__file__).resolve().parent
IS_FIRST = int(os.environ.get("RANK", 0)) == 0
IGNORED = -100
# What becomes of a chosen token: below the first number <mask>, below the second a random one, else itself.
STRATEGIES = {"bert": (0.8, 0.9), "mask": (1, 1), "noUnchanged": (0.9, 1)}


def say(text):
    if IS_FIRST:
        print(text, flush=True)


def read_json(name):
    path = HERE / name
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("text", type=Path, help="UTF-8 text; documents are separated by blank lines")
    parser.add_argument("--steps", type=int, default=1000, help="further optimizer steps (1000)")
    parser.add_argument("--batch-size", type=int, help="sequences per step, over all processes (as in the run)")
    parser.add_argument("--learning-rate", type=float, help="highest learning rate (as in the run)")
    parser.add_argument("--seed", type=int, help="for order, masks and dropout (as in the run)")
    parser.add_argument("--out", type=Path, default=HERE / "continued", help="folder for the result (continued)")
    parser.add_argument("--fp16", action="store_true", help="mixed precision on a GPU")
    arguments = parser.parse_args()
    if not arguments.text.is_file():
        parser.error(f"{arguments.text} not found")
    return arguments


def read_documents(path, tokenizer, line_break):
    """Documents as lists of (token, word, place): lines joined by the line break, which is a word of its own."""
    documents, place = [], itertools.count()
    for document in path.read_text(encoding="utf-8-sig").replace("\r\n", "\n").replace("\r", "\n").split("\n\n"):
        tokens, words = [], 0
        for line in filter(str.strip, document.split("\n")):
            if tokens:
                tokens.append((line_break, words, next(place)))
                words += 1
            encoding = tokenizer(line, add_special_tokens=False, split_special_tokens=True)
            numbers = encoding.word_ids() if encoding.is_fast else range(len(encoding["input_ids"]))
            tokens += [(token, words + number, next(place)) for token, number in zip(encoding["input_ids"], numbers)]
            words = tokens[-1][1] + 1 if tokens else 0
        if tokens:
            documents.append(tokens)
    return documents


def without_held_out(documents, evaluation):
    """Leaves out the documents that the run was measured on, so that its figures stay figures of unseen text."""
    held_out = {tuple(document) for document in (evaluation or {}).get("documents", [])}
    kept = [tokens for tokens in documents if tuple(token for token, *_ in tokens) not in held_out]
    if len(kept) < len(documents):
        say(f"{len(documents) - len(kept)} documents are left out: the held-out ones of the run.")
    return kept


class Rows(Dataset):
    """Sequences of at most `length` tokens: documents joined and cut, or one line per sequence, as in the run."""

    def __init__(self, documents, tokenizer, length, packing, line_break, seed):
        order = torch.randperm(len(documents), generator=torch.Generator().manual_seed(seed)).tolist()
        bos, eos = tokenizer.bos_token_id, tokenizer.eos_token_id
        if packing == "packed":
            stream = [pair for index in order for pair in [*documents[index], (eos, -1, -1)]]
            size = min(length - 2, len(stream))
            pieces = [stream[start : start + size] for start in range(0, len(stream) - size + 1, size)]
        else:
            pieces = [piece for index in order for piece in lines_of(documents[index], line_break, length - 2)]
        self.rows = [[(bos, -1, -1), *piece, (eos, -1, -1)] for piece in pieces]

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, index):
        return self.rows[index]


def lines_of(document, line_break, size):
    line = []
    for pair in [*document, (line_break, -1, -1)]:
        if pair[0] == line_break or len(line) == size:
            if line:
                yield line
            line = []
        if pair[0] != line_break:
            line.append(pair)


class NeighbourTargets:
    """Draws a share of the targets from the text's neighbour counts: what stood between the same neighbours elsewhere, beside
    one of them, or anywhere, the less often those were seen. Source: Folio, text/batches/neighbourTargets.ts."""

    ENOUGH = 4  # places that weigh as much as what is known without them

    def __init__(self, documents, never, edge, share, seed):
        self.share, self.random = share, random.Random(seed)
        self.all, self.tokens, self.contexts = [], {}, {}
        left, right, both = defaultdict(list), defaultdict(list), defaultdict(list)
        for document in documents if share > 0 else []:
            tokens = [edge, *(token for token, *_ in document), edge]
            for before, (token, _, place), behind in zip(tokens, document, tokens[2:]):
                if token not in never:
                    self.tokens[place] = token
                    self.contexts[place] = left[before], right[behind], both[before, behind]
                    for group in (self.all, *self.contexts[place]):
                        group.append(place)

    def draw(self, place, own):
        if self.random.random() >= self.share:
            return own
        left, right, both = self.contexts[place]
        group = next(filter(self.seen, (both, self.random.choice((left, right)))), self.all)
        # The place itself is left out.
        other = place
        while other == place and len(group) > 1:
            other = self.random.choice(group)
        return self.tokens[other]

    def seen(self, group):
        others = len(group) - 1
        return self.random.random() * (others + self.ENOUGH) < others


class Masking:
    """Chooses tokens or whole words and masks them; special tokens and line breaks are structure and never chosen."""

    def __init__(self, tokenizer, pipeline, documents, line_break, seed):
        self.pad, self.mask, self.vocab_size = tokenizer.pad_token_id, tokenizer.mask_token_id, len(tokenizer)
        self.never = {*tokenizer.all_special_ids, line_break}
        self.ordinary = torch.tensor([token for token in range(self.vocab_size) if token not in self.never])
        self.rate, self.every = pipeline["masking_rate"], pipeline["loss_positions"] == "all"
        self.strategy = STRATEGIES[pipeline["masking_strategy"]]
        self.unit = pipeline.get("masking_unit", "token")
        if self.unit == "span":
            say("The run masked spans of words; this script masks whole words.")
        seed = seed * 1000 + int(os.environ.get("RANK", 0))
        self.generator = torch.Generator().manual_seed(seed)
        share = pipeline.get("neighbour_targets", 0.0)
        self.targets = NeighbourTargets(documents, self.never, tokenizer.eos_token_id, share, seed)

    def __call__(self, rows):
        length = max(map(len, rows))
        ids = torch.full((len(rows), length), self.pad)
        chosen = torch.zeros(len(rows), length, dtype=torch.bool)
        for number, row in enumerate(rows):
            ids[number, : len(row)] = torch.tensor([token for token, *_ in row])
            draws = self.draws(row)
            chosen[number, : len(row)] = torch.tensor(
                [token not in self.never and draw < self.rate for (token, *_), draw in zip(row, draws)]
            )
        targets = ids.clone()
        for number, at in chosen.nonzero().tolist():
            token, _, place = rows[number][at]
            targets[number, at] = self.targets.draw(place, token)
        action = torch.rand(ids.shape, generator=self.generator)
        random = self.ordinary[torch.randint(len(self.ordinary), ids.shape, generator=self.generator)]
        seen = torch.where(chosen & (action < self.strategy[0]), self.mask, ids)
        is_random = chosen & (action >= self.strategy[0]) & (action < self.strategy[1])
        seen = torch.where(is_random, random, seen)
        labels = targets if self.every else torch.where(chosen, targets, IGNORED)
        return {"input_ids": seen, "attention_mask": (ids != self.pad).long(), "labels": labels}

    def draws(self, row):
        """A uniform number for each token; the same for all tokens of a word where whole words are masked."""
        draws = torch.rand(len(row), generator=self.generator).tolist()
        if self.unit == "token":
            return draws
        of_word = {}
        return [of_word.setdefault(word, draw) if word >= 0 else draw for (_, word, _), draw in zip(row, draws)]


def learning_rate_at(step, steps, warmup, schedule):
    """Share of the highest learning rate at a step. Source: Folio, core/learningRate.ts."""
    if schedule == "oneCycle":
        peak = max(0, warmup - 1)
        half = lambda a, b, progress: b + (a - b) * (1 + math.cos(math.pi * progress)) / 2
        if step < peak:
            return half(1 / 25, 1, step / peak)
        return half(1, 1 / 25 / 10_000, min(1, (step - peak) / max(1, steps - 1 - peak)))
    if step < warmup:
        return (step + 1) / warmup
    progress = min(1, (step - warmup) / max(1, steps - warmup))
    return {"constant": 1, "linear": 1 - progress, "cosine": 0.5 * (1 + math.cos(math.pi * progress))}[schedule]


def make_optimizer(model, training, learning_rate):
    """AdamW as in the run: no decay on biases or LayerNorm."""
    decayed = [p for name, p in model.named_parameters() if not name.endswith("bias") and "norm" not in name.lower()]
    plain = [p for name, p in model.named_parameters() if name.endswith("bias") or "norm" in name.lower()]
    groups = [{"params": decayed, "weight_decay": training["weight_decay"]}, {"params": plain, "weight_decay": 0.0}]
    betas = (training["beta1"], training["beta2"])
    optimizer = torch.optim.AdamW(groups, lr=learning_rate, betas=betas, eps=training["epsilon"])
    path = HERE / "optimizer.safetensors"
    if not path.is_file():
        say("AdamW's moments start anew: optimizer.safetensors is not in this folder.")
        return optimizer
    stored = load_file(path)
    step = stored.pop("step").float().reshape(())
    for name, parameter in model.named_parameters():
        optimizer.state[parameter] = {
            "step": step.clone(),
            "exp_avg": stored[f"exp_avg.{name}"].clone(),
            "exp_avg_sq": stored[f"exp_avg_sq.{name}"].clone(),
        }
        if f"weights.{name}" in stored:
            parameter.data.copy_(stored[f"weights.{name}"])
    if any(name.startswith("weights.") for name in stored):
        say(f"From now on the weights are those of step {int(step)}, which the moments belong to: optimizer.safetensors")
        say("has both. Those in model.safetensors are the ones that the run ended with, such as the best.")
    say(f"AdamW's moments continue from step {int(step)}.")
    return optimizer


def held_out_batches(evaluation, tokenizer):
    """What the model sees, and the true token where it is masked (else -100), as `how` in evaluation.json says."""
    bos, pad, eos, mask = (getattr(tokenizer, f"{name}_token_id") for name in ("bos", "pad", "eos", "mask"))
    size = evaluation["seq_length"]
    for draw in evaluation["draws"]:
        masked, stream, place = set(draw), [], 0
        for document in evaluation["documents"]:
            for token in document:
                stream.append((mask, token) if place in masked else (token, IGNORED))
                place += 1
            stream.append((eos, IGNORED))
        rows = [stream[start : start + size - 2] for start in range(0, len(stream), size - 2)]
        for start in range(0, len(rows), 64):
            batch = [[bos, *(seen for seen, _ in row), eos] for row in rows[start : start + 64]]
            truth = [[IGNORED, *(label for _, label in row), IGNORED] for row in rows[start : start + 64]]
            ids = torch.tensor([row + [pad] * (size - len(row)) for row in batch])
            labels = torch.tensor([row + [IGNORED] * (size - len(row)) for row in truth])
            yield ids, (ids != pad).long(), labels


@torch.no_grad()
def held_out_loss(model, tokenizer, evaluation):
    """The mean loss on the masked places of evaluation.json."""
    model.eval()
    device = next(model.parameters()).device
    total, count = 0.0, 0
    for ids, attention_mask, labels in held_out_batches(evaluation, tokenizer):
        logits = model(input_ids=ids.to(device), attention_mask=attention_mask.to(device)).logits
        labels = labels.flatten().to(device)
        total += torch.nn.functional.cross_entropy(logits.flatten(0, 1).float(), labels, reduction="sum").item()
        count += int((labels != IGNORED).sum())
    return total / max(1, count)


def main():
    arguments = parse_arguments()
    settings, evaluation = read_json("training_args.json"), read_json("evaluation.json")
    if settings is None or "pipeline" not in settings:
        raise SystemExit("training_args.json is missing: this is not a folder that Folio exported.")
    pipeline, training, done = settings["pipeline"], settings["training"], settings["reached"]["steps"]
    seed = training["seed"] if arguments.seed is None else arguments.seed
    torch.manual_seed(seed)
    tokenizer = AutoTokenizer.from_pretrained(HERE)
    model = RobertaForMaskedLM.from_pretrained(HERE, dtype=torch.float32)
    line_break = tokenizer.convert_tokens_to_ids("Ċ")

    documents = without_held_out(read_documents(arguments.text, tokenizer, line_break), evaluation)
    rows = Rows(documents, tokenizer, pipeline["seq_length"], pipeline["packing"], line_break, seed)
    if len(rows) == 0:
        raise SystemExit(f"{arguments.text} contains nothing to train on.")
    say(f"{len(documents)} documents, {len(rows)} sequences of {pipeline['seq_length']} tokens.")
    if evaluation is not None and IS_FIRST:
        loss = held_out_loss(model, tokenizer, evaluation)
        say(f"Held-out loss at the start: {loss:.4f} (Folio reported {evaluation['loss']:.4f}).")

    processes = int(os.environ.get("WORLD_SIZE", 1))
    accumulated = training["gradient_accumulation"]
    batch_size = arguments.batch_size or training["batch_size"]
    learning_rate = arguments.learning_rate or training["learning_rate"]
    steps = max(training["steps"], done + arguments.steps)
    say(f"Continues at step {done} of {steps}, {processes} {'process' if processes == 1 else 'processes'}.")
    optimizer = make_optimizer(model, training, learning_rate)
    share = lambda step: learning_rate_at(done + step, steps, training["warmup_steps"], training["schedule"])
    trainer = Trainer(
        model=model,
        args=TrainingArguments(
            output_dir=str(arguments.out),
            max_steps=arguments.steps,
            per_device_train_batch_size=max(1, math.ceil(batch_size / processes)),
            gradient_accumulation_steps=accumulated,
            max_grad_norm=training["clip_norm"],
            label_smoothing_factor=training.get("label_smoothing", 0.0),
            logging_steps=training["log_every"],
            save_strategy="no",
            report_to="none",
            remove_unused_columns=False,
            use_cpu=not torch.cuda.is_available(),
            fp16=arguments.fp16,
            seed=seed,
        ),
        train_dataset=rows,
        data_collator=Masking(tokenizer, pipeline, documents, line_break, seed),
        optimizers=(optimizer, torch.optim.lr_scheduler.LambdaLR(optimizer, share)),
    )
    trainer.train()
    if evaluation is not None and trainer.is_world_process_zero():
        say(f"Held-out loss at the end: {held_out_loss(model, tokenizer, evaluation):.4f}.")
    trainer.save_model(str(arguments.out))
    if trainer.is_world_process_zero():
        tokenizer.save_pretrained(arguments.out)
        say(f"Written to {arguments.out}.")


if __name__ == "__main__":
    main()
