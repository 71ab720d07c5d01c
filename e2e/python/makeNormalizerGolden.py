#!/usr/bin/env python3
"""Writes test/golden/tokenizer/normalizers.json: what Hugging Face's library makes of odd texts with each normalizer, and the ids,
with the vocabulary of test/golden/tiny-roberta and a token "Thé" that is looked for once the text is normalized.

Needs: tokenizers. Run from the project's folder: python e2e/python/makeNormalizerGolden.py
"""

import json
import random

from tokenizers import AddedToken, Tokenizer

PIECES = [
    "<mask>", " <mask>", "</s>", " ", "  ", "\n", "\u00a0", "\u3000", "\u200b", "THE", " Thee", "Thé", "The\u0301", "'S", "12", "Ünï", "U\u0308n",
    "e\u0301\u0323", "\u0301", "ﬁ", "①", "ｶﾞ", "か\u3099", "한", "\u1112\u1161\u11ab", "ΑΣ ΟΔΟΣ", "İ", "ẞ", "ǅ", "क़", "क\u093c", "שָׁלוֹם", "日本語", "😀", "A\u030a", "Å", "½",
]  # fmt: skip

NORMALIZERS = {
    **{kind: {"type": kind} for kind in ("NFC", "NFD", "NFKC", "NFKD", "Lowercase", "StripAccents")},
    "accents": {"type": "Sequence", "normalizers": [{"type": "NFD"}, {"type": "StripAccents"}, {"type": "Lowercase"}]},
    "composed": {"type": "Sequence", "normalizers": [{"type": "NFKC"}, {"type": "Sequence", "normalizers": [{"type": "Lowercase"}]}]},
    "Strip": {"type": "Strip", "strip_left": True, "strip_right": True},
    "left": {"type": "Strip", "strip_left": True, "strip_right": False},
    "Replace": {"type": "Replace", "pattern": {"String": "The"}, "content": "that."},
    "Prepend": {"type": "Prepend", "prepend": "to "},
    "all": {"type": "Sequence", "normalizers": [{"type": "Strip", "strip_left": True, "strip_right": True}, {"type": "NFKD"}, {"type": "StripAccents"}, {"type": "Replace", "pattern": {"String": " "}, "content": "  "}, {"type": "Lowercase"}, {"type": "Prepend", "prepend": "x"}]},
}

base = Tokenizer.from_file("test/golden/tiny-roberta/tokenizer.json")
base.add_tokens([AddedToken("Thé", normalized=True)])
draw = random.Random(6)
texts = PIECES + ["".join(draw.choice(PIECES) for _ in range(draw.randint(2, 9))) for _ in range(120)]
kinds = []
for name, normalizer in NORMALIZERS.items():
    tokenizer = Tokenizer.from_str(json.dumps({**json.loads(base.to_str()), "normalizer": normalizer}))
    rows = [{"text": text, "read": tokenizer.normalizer.normalize_str(text), "ids": tokenizer.encode(text).ids} for text in texts]
    kinds.append({"name": name, "normalizer": normalizer, "rows": rows})
with open("test/golden/tokenizer/normalizers.json", "w", encoding="utf-8") as file:
    file.write("[\n" + ",\n".join(json.dumps(kind) for kind in kinds) + "\n]\n")
