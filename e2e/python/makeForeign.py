#!/usr/bin/env python3
"""Saves small RoBERTas as others do, with save_pretrained, each in DIR/KIND/original, with lines to ask it in DIR/KIND/lines.txt.

    python makeForeign.py DIR CORPUS

plain     float16 weights; the special tokens are trained at other ids, so that <pad> and <mask> lie where Folio has ordinary
          tokens, and positions start far behind.
extended  as a model becomes in use: a vocabulary that is padded to a multiple of 64, a second token type, a space put before
          every text, and added tokens, special and not, that take the space beside them or stand for whole words only.
"""

import random
import sys
from pathlib import Path

import torch
from tokenizers import AddedToken, ByteLevelBPETokenizer
from transformers import RobertaConfig, RobertaForMaskedLM, RobertaTokenizerFast

SPECIALS = ["<mask>", "<unk>", "</s>", "<pad>", "<s>"]
ADDED = [
    AddedToken("[USER]", rstrip=True, normalized=False),
    AddedToken("eye", single_word=True, normalized=True),
    AddedToken("eyes", normalized=True),
    AddedToken("thé €", lstrip=True, rstrip=True, normalized=False),
]
EXTRA_SPECIAL = [AddedToken("<turn>", lstrip=True, normalized=False), AddedToken("<turn>>", normalized=False)]


def make_tokenizer(folder, corpus, extended):
    bpe = ByteLevelBPETokenizer()
    bpe.train([corpus], vocab_size=380, min_frequency=2, special_tokens=SPECIALS)
    folder.mkdir(parents=True)
    bpe.save_model(str(folder))
    names = dict(vocab=str(folder / "vocab.json"), merges=str(folder / "merges.txt"))
    tokenizer = RobertaTokenizerFast(**names, model_max_length=48, add_prefix_space=extended)
    ids = [tokenizer.convert_tokens_to_ids(token) for token in SPECIALS]
    assert ids == [0, 1, 2, 3, 4], ids
    if extended:
        tokenizer.add_tokens(ADDED)
        tokenizer.add_tokens(EXTRA_SPECIAL, special_tokens=True)
        assert len(tokenizer) == 380 + len(ADDED) + len(EXTRA_SPECIAL), len(tokenizer)
    return tokenizer


def make_model(tokenizer, extended):
    torch.manual_seed(3)
    rows = 64 * -(-len(tokenizer) // 64) if extended else len(tokenizer)
    model = RobertaForMaskedLM(
        RobertaConfig(
            vocab_size=rows,
            hidden_size=24,
            num_hidden_layers=2,
            num_attention_heads=3,
            intermediate_size=40,
            max_position_embeddings=52,
            type_vocab_size=2 if extended else 1,
            layer_norm_eps=1e-6,
            initializer_range=0.4,
            pad_token_id=tokenizer.pad_token_id,
            bos_token_id=tokenizer.bos_token_id,
            eos_token_id=tokenizer.eos_token_id,
        )
    )
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.dim() == 1:
                parameter.add_(0.1 * torch.randn_like(parameter))
    return model.half()


def lines_with(tokens, corpus):
    """Lines of the text with tokens put between the words and into them, white space around or not."""
    drawn = random.Random(4)
    lines = [line for line in Path(corpus).read_text(encoding="utf-8").splitlines() if line.strip()]
    found = []
    for line in lines[:260]:
        words = line.split()[:6]
        for _ in range(drawn.randint(1, 2)):
            token = drawn.choice(tokens)
            words.insert(drawn.randrange(len(words)), drawn.choice(["{}", "{} ", "  {}", "a{}", "{}s", "{}{}"]).format(token, token))
        found.append(drawn.choice([" ", ""]) + " ".join(words))
    return found


def main():
    place, corpus = Path(sys.argv[1]), sys.argv[2]
    for kind in ("plain", "extended"):
        folder = place / kind / "original"
        tokenizer = make_tokenizer(folder, corpus, kind == "extended")
        make_model(tokenizer, kind == "extended").save_pretrained(folder)
        tokenizer.save_pretrained(folder)
        tokens = [token.content for token in ADDED + EXTRA_SPECIAL] if kind == "extended" else ["thou"]
        (place / kind / "lines.txt").write_text("\n".join(lines_with(tokens, corpus)) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
