#!/usr/bin/env python3
"""Saves a small RoBERTa as others do: save_pretrained, float16 weights, special tokens with ids of their own.

    python makeForeign.py DIR CORPUS

The byte-level BPE is trained with the special tokens at the end of the vocabulary, so that <pad> and <mask> lie where Folio
has ordinary tokens, and positions start far behind.
"""

import sys
from pathlib import Path

import torch
from tokenizers import ByteLevelBPETokenizer
from transformers import RobertaConfig, RobertaForMaskedLM, RobertaTokenizerFast

SPECIALS = ["<mask>", "<unk>", "</s>", "<pad>", "<s>"]


def main():
    folder, corpus = Path(sys.argv[1]), sys.argv[2]
    bpe = ByteLevelBPETokenizer()
    bpe.train([corpus], vocab_size=380, min_frequency=2, special_tokens=SPECIALS)
    folder.mkdir(parents=True)
    bpe.save_model(str(folder))
    tokenizer = RobertaTokenizerFast(
        vocab=str(folder / "vocab.json"), merges=str(folder / "merges.txt"), model_max_length=48
    )
    ids = {token: tokenizer.convert_tokens_to_ids(token) for token in SPECIALS}
    assert [ids[token] for token in SPECIALS] == [0, 1, 2, 3, 4], ids
    torch.manual_seed(3)
    model = RobertaForMaskedLM(
        RobertaConfig(
            vocab_size=len(tokenizer),
            hidden_size=24,
            num_hidden_layers=2,
            num_attention_heads=3,
            intermediate_size=40,
            max_position_embeddings=52,
            type_vocab_size=1,
            layer_norm_eps=1e-6,
            initializer_range=0.4,
            pad_token_id=ids["<pad>"],
            bos_token_id=ids["<s>"],
            eos_token_id=ids["</s>"],
        )
    )
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.dim() == 1:
                parameter.add_(0.1 * torch.randn_like(parameter))
    model.half().save_pretrained(folder)
    tokenizer.save_pretrained(folder)


if __name__ == "__main__":
    main()
