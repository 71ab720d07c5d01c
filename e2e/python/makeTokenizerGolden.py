"""Writes test/golden/tokenizer/odd.json: ids and decodings of odd texts by Hugging Face's own tokenizer, with the vocabulary
of test/golden/tiny-roberta. It holds what the JavaScript port of the library reads otherwise (U+0085 is no white space to it,
U+FEFF is), so that the live comparison of tokenizer.test.ts can leave that out. Beside it, saved.json: that tokenizer as the library saves
it, with the vocabulary in the order of the ids.

Needs: tokenizers. Run from the project's folder: python e2e/python/makeTokenizerGolden.py
"""

import json
import random

from tokenizers import Tokenizer

PIECES = [
    "\u0085", "\ufeff", "\u0085", "\ufeff", "<mask>", "<mask>", "<s>", "</s>", "<pad>", "<unk>", " ", "  ", "\n", "\u00a0", "\u3000",
    "\u200b", "the", " thee", "'s", "'ll", "12", "!", "e\u0301", "日本語", "😀", "\ufffd", "\x00",
]

tokenizer = Tokenizer.from_file("test/golden/tiny-roberta/tokenizer.json")
tokenizer.save("test/golden/tokenizer/saved.json", pretty=True)
draw = random.Random(1)
rows = []
for _ in range(300):
    text = "".join(draw.choice(PIECES) for _ in range(draw.randint(1, 9)))
    ids = tokenizer.encode(text).ids
    dec, decs = (tokenizer.decode(ids, skip_special_tokens=skip) for skip in (True, False))
    rows.append({"text": text, "ids": ids, "dec": dec, "decs": decs})
# Ids cut at random, so that characters break: the replacement characters are the library's.
for _ in range(100):
    ids = [draw.randrange(5, tokenizer.get_vocab_size()) for _ in range(draw.randint(1, 12))]
    dec, decs = (tokenizer.decode(ids, skip_special_tokens=skip) for skip in (True, False))
    rows.append({"text": None, "ids": ids, "dec": dec, "decs": decs})
with open("test/golden/tokenizer/odd.json", "w", encoding="utf-8") as file:
    file.write("[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n")
