#!/usr/bin/env python3
"""Checks a bundle against transformers: does Python read out of it what Folio's own engine computed?

    python checkBundle.py DIR --cases FILE

DIR is the bundle. FILE is JSON that Folio's engine wrote:

    { "encode": [{"text", "ids"}],                                   ids with <s> and </s>
      "fill":   [{"text", "masks": [[{"token", "score", "tokenStr", "sequence"}]]}],   one list for each mask
      "logits": [{"text", "positions": [...], "logits": [[...]]}],   one row of V logits for each position
      "words":  [{"text", "lengths", "scores": [{"word", "probability"}]}],     the five likeliest words, then words asked for
      "pairs":  [{"good", "bad", "scores": [number, number]}],       pseudo-log-likelihoods
      "heldOutWords": [{"word", "document", "line", "start", "rank", "table": {"probability"}}],  every held-out word asked for
      "figures": {"heldOutLoss", "heldOutTop1", "neighbourLoss", ...},    the run's closing line
      "corpus": PATH }                                               the text that it was trained on

With figures, the held-out loss is computed again from evaluation.json, and with the text the reference lines, too; with
held-out words, how many of them a table of neighbouring words finds, and the model.

A key may be missing, but not all of them. Prints one line for each failure, then `N passed, N failed`; the exit code is 1
if anything failed and 2 if the arguments are unusable.
"""

import argparse
import importlib
import json
import sys
from pathlib import Path


def read_cases(path):
    """The cases file, checked as far as a mistake in it could pass for a success."""
    with open(path, encoding="utf-8") as file:
        cases = json.load(file)
    unknown = set(cases) - {"encode", "fill", "logits", "words", "pairs", "heldOutWords", "figures", "corpus"}
    if unknown:
        raise ValueError(f"unknown kinds of cases: {sorted(unknown)}")
    if not any(cases.get(kind) for kind in ("encode", "fill", "logits")):
        raise ValueError("no cases")
    return cases


def can_check(part, modules):
    """Whether a part's modules can be imported; says by name which cannot. Importing finds broken installations, too."""
    absent = []
    for module in modules:
        try:
            importlib.import_module(module)
        except Exception as error:  # noqa: BLE001
            absent.append(f"{module.split('.')[0]} not importable ({error})")
    if absent:
        print(f"skipped {part}: {', '.join(absent)}")
    return not absent


def check_event_files(folder):
    """The event files as TensorBoard reads them."""
    if not can_check("the event files", ["tensorboard.backend.event_processing.event_accumulator"]):
        return []
    # Only here: it imports tensorboard.
    from eventChecks import check_events

    return check_events(folder)


def parse_arguments():
    parser = argparse.ArgumentParser(description="Checks a bundle against transformers.")
    parser.add_argument("dir", type=Path, metavar="DIR")
    parser.add_argument("--cases", type=Path, required=True, metavar="FILE")
    arguments = parser.parse_args()
    if not arguments.dir.is_dir():
        parser.error(f"{arguments.dir} is not a folder")
    try:
        return arguments.dir, read_cases(arguments.cases)
    except (OSError, ValueError) as error:
        parser.error(f"{arguments.cases}: {error}")


def main():
    folder, cases = parse_arguments()
    # After the arguments: loading torch takes seconds, and a wrong argument is to be answered at once.
    import torch
    from bundleChecks import check_checksums, check_encoding, check_fill, check_loading, check_logits, check_onnx
    from evaluationChecks import check_held_out, check_reference
    from wordChecks import check_pair, check_words
    from transformers import AutoTokenizer, RobertaForMaskedLM, RobertaTokenizer, RobertaTokenizerFast
    from transformers.utils import logging

    logging.set_verbosity_error()
    logging.disable_progress_bar()
    torch.set_num_threads(1)
    model, info = RobertaForMaskedLM.from_pretrained(folder, output_loading_info=True, local_files_only=True)
    model.eval()
    kinds = (AutoTokenizer, RobertaTokenizer, RobertaTokenizerFast)
    tokenizers = [kind.from_pretrained(folder, local_files_only=True) for kind in kinds]
    tokenizer = tokenizers[0]
    texts = [case["text"] for case in cases.get("logits", [])]
    outcomes = [
        *check_loading(folder, info),
        *check_checksums(folder),
        *(check_onnx(folder, model, tokenizer, texts) if can_check("the ONNX files", ["onnx", "onnxruntime"]) and texts else []),
        *check_event_files(folder),
        *(check_encoding(tokenizers, case) for case in cases.get("encode", [])),
        *(check_logits(model, tokenizer, case) for case in cases.get("logits", [])),
        *(check_fill(model, tokenizer, case) for case in cases.get("fill", [])),
        *(check_words(model, tokenizer, case) for case in cases.get("words", [])),
        *(check_pair(model, tokenizer, case) for case in cases.get("pairs", [])),
        *(check_held_out(model, tokenizer, folder, cases["figures"]) if "figures" in cases else []),
        *(check_reference(model, tokenizer, folder, cases) if {"figures", "corpus"} <= set(cases) else []),
    ]
    failures = [outcome for outcome in outcomes if outcome is not None]
    for failure in failures:
        print(f"FAILED {failure}", file=sys.stderr)
    print(f"{len(outcomes) - len(failures)} passed, {len(failures)} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
