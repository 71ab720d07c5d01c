"""Words behind a mask and whole sentences, scored again in PyTorch from the folder."""

import math

import torch

RELATIVE = 1e-3
ABSOLUTE = 1e-4


def log_probabilities(model, ids, place):
    with torch.no_grad():
        return torch.log_softmax(model(torch.tensor([ids])).logits[0, place].double(), dim=-1)


def word_probability(model, tokenizer, text, word, lengths):
    """P(n tokens) times the chain of its tokens from left to right, n masks side by side."""
    ids = tokenizer(text)["input_ids"]
    place = ids.index(tokenizer.mask_token_id)
    before = text[: text.index("<mask>")]
    spaced = before.rstrip() != "" and before.rstrip() != before
    pieces = tokenizer.encode((" " if spaced else "") + word, add_special_tokens=False)
    if len(pieces) > len(lengths):
        return None
    total = math.log(lengths[len(pieces) - 1])
    for at, piece in enumerate(pieces):
        masks = [tokenizer.mask_token_id] * (len(pieces) - at)
        row = ids[:place] + pieces[:at] + masks + ids[place + 1 :]
        total += log_probabilities(model, row, place + at)[piece].item()
    return math.exp(total)


def check_words(model, tokenizer, case):
    text, scores = case["text"], case["scores"]
    for score in scores:
        expected = word_probability(model, tokenizer, text, score["word"], case["lengths"])
        difference = abs(score["probability"] - expected)
        if not difference <= min(ABSOLUTE, RELATIVE * expected + 1e-9):
            return f"word {score['word']!r} in {text!r}: {score['probability']}, expected {expected}"
    probabilities = [score["probability"] for score in scores[:5]]
    if probabilities != sorted(probabilities, reverse=True) or len({score["word"] for score in scores[:5]}) != len(scores[:5]):
        return f"words in {text!r} are not in order: {scores[:5]}"
    best_asked = max((score["probability"] for score in scores[5:]), default=0)
    if len(probabilities) == 5 and best_asked > probabilities[0] * (1 + RELATIVE):
        return f"a word that was asked for in {text!r} is likelier than the likeliest: {scores}"
    return None


def pseudo_log_likelihood(model, tokenizer, text):
    """Each token with itself and the later ones of its word masked (Kauf and Ivanova 2023, PLL-word-l2r)."""
    encoding = tokenizer(text)
    ids, words = encoding["input_ids"], encoding.word_ids()
    total = 0.0
    for place, word in enumerate(words):
        if word is None:
            continue
        row = [
            tokenizer.mask_token_id if words[at] == word and at >= place else token for at, token in enumerate(ids)
        ]
        total += log_probabilities(model, row, place)[ids[place]].item()
    return total


def check_pair(model, tokenizer, case):
    for text, score in zip((case["good"], case["bad"]), case["scores"]):
        expected = pseudo_log_likelihood(model, tokenizer, text)
        if not abs(score - expected) <= RELATIVE * max(1, abs(expected)):
            return f"pseudo-log-likelihood of {text!r}: {score}, expected {expected}"
    return None
