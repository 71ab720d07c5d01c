#!/usr/bin/env python3
"""Compares what Folio says of an opened bundle, and what it exports of it, with what Python reads in the original.

    python checkForeign.py ORIGINAL EXPORTED --cases FILE

The same ids on every text, the same logits, and every tensor of the export equal, value for value.
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


def compare_tensors(original, exported):
    """float16 in the original, float32 in the export: the same values, and no tensor more or less."""
    ours, theirs = load_file(exported / "model.safetensors"), load_file(original / "model.safetensors")
    tied = {"lm_head.decoder.weight", "lm_head.decoder.bias"}
    if set(ours) - tied != set(theirs) - tied:
        return [f"tensors: {sorted(set(ours) ^ set(theirs))} are in one of the two alone"]
    kinds = {tensor.dtype for tensor in theirs.values()}
    differ = [name for name, tensor in ours.items() if not torch.equal(tensor, theirs[name].float())]
    return [
        f"tensors: {differ} differ" if differ else None,
        None if kinds == {torch.float16} else f"tensors: the original is {kinds}, which tests nothing",
    ]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("original", type=Path)
    parser.add_argument("exported", type=Path)
    parser.add_argument("--cases", type=Path, required=True)
    arguments = parser.parse_args()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    cases = json.loads(arguments.cases.read_text(encoding="utf-8"))
    outcomes = [*compare_tensors(arguments.original, arguments.exported), *check_checksums(arguments.exported)]
    for folder in (arguments.original, arguments.exported):
        model = RobertaForMaskedLM.from_pretrained(folder, dtype=torch.float32, local_files_only=True).eval()
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        outcomes += [check_encoding([tokenizer], case) for case in cases["encode"]]
        outcomes += [check_logits(model, tokenizer, case) for case in cases["logits"]]
        outcomes += [check_fill(model, tokenizer, case) for case in cases["fill"]]
    failures = [outcome for outcome in outcomes if outcome is not None]
    for failure in failures[:20]:
        print(f"FAILED {failure}", file=sys.stderr)
    print(f"{len(outcomes) - len(failures)} passed, {len(failures)} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
