"""Checks of the figures that a run reports: its held-out loss, and the lines that it is to be read against."""

import importlib.util
import json

import torch
from heldOutWords import check_model_words, check_word_table
from referenceLines import lines

LOSS_TOLERANCE = 1e-4
# One of the 19,000 masked tokens may change places with another whose logit is as good as the same.
SHARE_TOLERANCE = 2e-4
LINE_TOLERANCE = 1e-6


def load_script(path):
    """A Python script of the bundle, with its functions."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    return script


def check_held_out(model, tokenizer, folder, figures):
    """The loss and the hits that transformers finds on the masked places of evaluation.json are ours."""
    with open(folder / "evaluation.json", encoding="utf-8") as file:
        evaluation = json.load(file)
    losses, ranks = [], []
    for batch in load_script(folder / "continue_training.py").held_out_batches(evaluation, tokenizer):
        found = score(model, *batch)
        losses += found[0]
        ranks += found[1]
    number = sum(map(len, evaluation["draws"]))
    if len(losses) != number:
        return [f"held out: {len(losses)} masked tokens found in rows, {number} in the file"]
    top1 = sum(rank < 1 for rank in ranks) / number
    top5 = sum(rank < 5 for rank in ranks) / number
    return [
        compare("held-out loss", sum(losses) / number, figures["heldOutLoss"], LOSS_TOLERANCE),
        compare("held-out top-1", top1, figures["heldOutTop1"], SHARE_TOLERANCE),
        compare("held-out top-5", top5, figures["heldOutTop5"], SHARE_TOLERANCE),
        compare("loss in evaluation.json", evaluation["loss"], figures["heldOutLoss"], 0),
    ]


def score(model, inputs, attention_mask, labels):
    with torch.no_grad():
        logits = model(input_ids=inputs, attention_mask=attention_mask).logits
    chosen = labels != -100
    found, targets = logits[chosen].double(), labels[chosen]
    own = found.gather(1, targets[:, None])
    losses = torch.logsumexp(found, 1) - own[:, 0]
    return losses.tolist(), (found > own).sum(1).tolist()


def check_reference(model, tokenizer, folder, cases):
    """The lines, computed from the definition on documents that Python cut and encoded itself, are ours; words likewise."""
    with open(folder / "evaluation.json", encoding="utf-8") as file:
        evaluation = json.load(file)
    figures = cases["figures"]
    with open(cases["corpus"], encoding="utf-8") as file:
        texts = [[line for line in text.splitlines() if line.strip()] for text in file.read().split("\n\n")]
    documents = [(tuple(encode(tokenizer, evaluation["line_break_id"], text)), text) for text in texts if text]
    held_out = [tuple(document) for document in evaluation["documents"]]
    training = [document for document in documents if document[0] not in held_out]
    found = lines({**evaluation, "training": [ids for ids, _ in training]})
    names = dict(random="randomLoss", unigram="unigramLoss", neighbours="neighbourLoss")
    names |= dict(neighbourTop1="neighbourTop1", neighbourTop5="neighbourTop5")
    counted = len(training) + len(held_out) == len(documents)
    as_lines = [[text for _, text in training], [dict(documents)[document] for document in held_out]]
    return [
        *(check_word_table(*as_lines, cases) if cases.get("heldOutWords") else []),
        *(check_model_words(model, tokenizer, evaluation, *as_lines, cases) if cases.get("heldOutWords") else []),
        None if counted else "reference: the held-out documents are not documents of the text",
        *(compare(f"reference {name}", found[name], figures[key], LINE_TOLERANCE) for name, key in names.items()),
    ]


def encode(tokenizer, line_break, lines_of_text):
    ids = []
    for line in lines_of_text:
        ids += [line_break] * bool(ids) + tokenizer(line, add_special_tokens=False)["input_ids"]
    return ids


def compare(name, theirs, ours, tolerance):
    # Written so that NaN fails.
    if abs(theirs - ours) <= tolerance:
        return None
    return f"{name}: python {theirs:.8f}, ours {ours:.8f}"
