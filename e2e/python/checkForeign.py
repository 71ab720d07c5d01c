#!/usr/bin/env python3
"""Compares what Folio says of opened bundles, and what it exports of them, with what Python reads in the originals.

    python checkForeign.py DIR

Each folder of DIR holds `original`, `exported` and `cases.json`, and `reference` where somebody changed what save_pretrained
wrote: see makeForeign.py and tools/reexport.ts. The same ids on
every text, the same logits, the same sizes, and every tensor of the export equal, value for value.
"""

import argparse
import json
import sys
from pathlib import Path

import torch
from bundleChecks import check_checksums, check_encoding, check_fill, check_logits
from safetensors.torch import load_file
from transformers import AutoTokenizer, RobertaForMaskedLM
from transformers.utils import logging


# Kinds that transformers does not read as they are: it asks for the names and the files that it writes itself.
UNREAD = ("split", "wrapped")


def compare_tensors(place):
    """float32 in the export: the values of what save_pretrained wrote, and no tensor more or less."""
    changed = (place / "reference").is_dir()
    ours = load_file(place / "exported" / "model.safetensors")
    theirs = load_file(place / ("reference" if changed else "original") / "model.safetensors")
    tied = {"lm_head.decoder.weight", "lm_head.decoder.bias"}
    if set(ours) - tied != set(theirs) - tied:
        return [f"tensors: {sorted(set(ours) ^ set(theirs))} are in one of the two alone"]
    kinds = {tensor.dtype for tensor in theirs.values()}
    differ = [name for name, tensor in ours.items() if not torch.equal(tensor, theirs[name].float())]
    return [
        f"tensors: {differ} differ" if differ else None,
        None if kinds == {torch.float16} else f"tensors: the original is {kinds}, which tests nothing",
    ]


# Fields that the outputs depend on.
FIELDS = ["vocab_size", "type_vocab_size", "max_position_embeddings", "pad_token_id", "layer_norm_eps", "hidden_act"]


def compare_configs(original, exported):
    theirs, ours = (json.loads((folder / "config.json").read_text(encoding="utf-8")) for folder in (original, exported))
    differ = [name for name in FIELDS if theirs[name] != ours[name]]
    return [f"config.json: {differ} differ" if differ else None]


def check_kind(place):
    """Everything about one model."""
    original, exported = place / ("reference" if place.name in UNREAD else "original"), place / "exported"
    cases = json.loads((place / "cases.json").read_text(encoding="utf-8"))
    outcomes = [*compare_tensors(place), *compare_configs(original, exported), *check_checksums(exported)]
    for folder in (original, exported):
        model = RobertaForMaskedLM.from_pretrained(folder, dtype=torch.float32, local_files_only=True).eval()
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        outcomes += [check_encoding([tokenizer], case) for case in cases["encode"]]
        outcomes += [check_logits(model, tokenizer, case) for case in cases["logits"]]
        outcomes += [check_fill(model, tokenizer, case) for case in cases["fill"]]
    return [outcome and f"{place.name}: {outcome}" for outcome in outcomes]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("dir", type=Path)
    arguments = parser.parse_args()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    outcomes = [outcome for place in sorted(arguments.dir.iterdir()) for outcome in check_kind(place)]
    failures = [outcome for outcome in outcomes if outcome is not None]
    for failure in failures[:20]:
        print(f"FAILED {failure}", file=sys.stderr)
    print(f"{len(outcomes) - len(failures)} passed, {len(failures)} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
