"""Checks of the figures that a run reports: its held-out loss, and the lines that it is to be read against."""

import json

import torch
from referenceLines import lines

LOSS_TOLERANCE = 1e-4
# One of the 19,000 masked tokens may change places with another whose logit is as good as the same.
SHARE_TOLERANCE = 2e-4
LINE_TOLERANCE = 1e-6
BOS, PAD, EOS, MASK = 0, 1, 2, 3


def check_held_out(model, folder, figures):
    """The loss and the hits that transformers finds on the masked places of evaluation.json are ours."""
    with open(folder / "evaluation.json", encoding="utf-8") as file:
        evaluation = json.load(file)
    losses, ranks = [], []
    for draw in evaluation["draws"]:
        inputs, labels = rows_of(evaluation, set(draw))
        for start in range(0, len(inputs), 64):
            found = score(model, inputs[start : start + 64], labels[start : start + 64])
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


def rows_of(evaluation, masked):
    """The documents as rows, as `how` in the file says: what the model sees, and the true token where it is masked, else -100."""
    stream, place = [], 0
    for document in evaluation["documents"]:
        for token in document:
            stream.append((MASK, token) if place in masked else (token, -100))
            place += 1
        stream.append((EOS, -100))
    size = evaluation["seq_length"]
    inputs, labels = [], []
    for start in range(0, len(stream), size - 2):
        row = [(BOS, -100), *stream[start : start + size - 2], (EOS, -100)]
        row += [(PAD, -100)] * (size - len(row))
        inputs.append([seen for seen, _ in row])
        labels.append([label for _, label in row])
    return torch.tensor(inputs), torch.tensor(labels)


def score(model, inputs, labels):
    with torch.no_grad():
        logits = model(input_ids=inputs, attention_mask=(inputs != PAD).long()).logits
    chosen = labels != -100
    found, targets = logits[chosen].double(), labels[chosen]
    own = found.gather(1, targets[:, None])
    losses = torch.logsumexp(found, 1) - own[:, 0]
    return losses.tolist(), (found > own).sum(1).tolist()


def check_reference(tokenizer, folder, cases):
    """The lines, computed from the definition on documents that Python cut and encoded itself, are ours."""
    with open(folder / "evaluation.json", encoding="utf-8") as file:
        evaluation = json.load(file)
    figures = cases["figures"]
    with open(cases["corpus"], encoding="utf-8") as file:
        texts = [text.splitlines() for text in file.read().split("\n\n")]
    documents = [encode(tokenizer, evaluation["line_break_id"], [line for line in text if line.strip()]) for text in texts]
    held_out = [tuple(document) for document in evaluation["documents"]]
    training = [document for document in documents if document and tuple(document) not in held_out]
    found = lines({**evaluation, "training": training})
    names = dict(random="randomLoss", unigram="unigramLoss", neighbours="neighbourLoss")
    names |= dict(neighbourTop1="neighbourTop1", neighbourTop5="neighbourTop5")
    counted = len(training) + len(held_out) == sum(map(bool, documents))
    return [
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
