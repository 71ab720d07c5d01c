"""Writes test/golden/fillMask.json: what pipeline('fill-mask') says with test/golden/tiny-roberta.

    OMP_NUM_THREADS=1 python e2e/python/makeFillMaskGolden.py

Made with transformers 5.18.0, torch 2.13.0 (CPU) and tokenizers 0.23.2. Always a list of lists, one for each mask, also
where the pipeline gives the bare list for a single one.
"""

import json
from pathlib import Path

import torch
from transformers import pipeline

GOLDEN = Path(__file__).resolve().parents[2] / "test" / "golden"
TOP_K = 5
TEXTS = [
    "<mask>",
    "The braun <mask> stell.",
    "When I do count the <mask> that tells the time,",
    "  leading and trailing spaces   <mask>  ",
    "no space before<mask>and none after",
    "hello <mask> world, this is a longer one <mask>",
    "<mask><mask>",
    "Shall I <mask> thee to a <mask>'s day? <mask>!",
    "first line\nsecond <mask> line\n\n<mask>",
    "日本<mask>語, naïve 🦊 <mask> e\u0301",
    "a closing </s> inside <mask> the text",
    "a <pad> that is part of the <mask>",
    "<pad> beside <mask> and <mask>",
    "an <unk> and <s> beside <mask> and <mask>",
]


def main():
    torch.set_num_threads(1)
    fill = pipeline("fill-mask", model=str(GOLDEN / "tiny-roberta"), device="cpu")
    cases = []
    for text in TEXTS:
        masks = fill(text, top_k=TOP_K)
        if isinstance(masks[0], dict):
            masks = [masks]
        cases.append({"text": text, "ids": fill.tokenizer(text)["input_ids"], "masks": masks})
    path = GOLDEN / "fillMask.json"
    path.write_text(json.dumps({"topK": TOP_K, "cases": cases}, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
