#!/usr/bin/env python3
"""Saves small RoBERTas as others do, each in DIR/KIND/original, with lines to ask it in DIR/KIND/lines.txt.

    python makeForeign.py DIR CORPUS

The kinds from "pickle" on were changed after save_pretrained wrote them; what it wrote is in DIR/KIND/reference, for those that
transformers itself does not read.

plain     float16 weights; the special tokens are trained at other ids, so that <pad> and <mask> lie where Folio has ordinary
          tokens, and positions start far behind.
extended  as a model becomes in use: a vocabulary that is padded to a multiple of 64, a second token type, a space put before
          every text, and added tokens, special and not, that take the space beside them or stand for whole words only.
pickle    extended, as pytorch_model.bin; vocab.json and merges.txt with the line ends of Windows, no tokenizer.json.
old       pytorch_model.bin in the form before PyTorch 1.6, with gamma and beta, position ids and the tied decoder.
sharded   several safetensors files with an index; BertProcessing and other parts of the tokenizer in lists.
wrapped   a checkpoint of Lightning: names with prefixes, an optimizer beside them, bfloat16; no post-processor.
split     float64 in safetensors, the encoder's names without "roberta."; JSON in UTF-16.
normal    normalizers that strip accents and make lower case, which PreTrainedTokenizerFast applies.
"""

import json
import random
import shutil
import sys
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
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


def edit_json(path, **changes):
    path.write_text(json.dumps({**json.loads(path.read_text(encoding="utf-8")), **changes}, ensure_ascii=False), encoding="utf-8")


def mark(path, encoding):
    path.write_bytes(path.read_text(encoding="utf-8").encode(encoding))


def weights_of(folder):
    """The weights, which are no longer a file of their own then."""
    tensors = load_file(folder / "model.safetensors")
    (folder / "model.safetensors").unlink()
    return tensors


def as_pickle(folder, _model):
    torch.save(weights_of(folder), folder / "pytorch_model.bin")
    # As transformers 4 wrote its settings. Without them version 5 no longer lets <mask> take the space before it, as version 4 does.
    added = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))["added_tokens"]
    decoder = {str(token.pop("id")): token for token in added}
    decoder[str(SPECIALS.index("<mask>"))]["lstrip"] = True
    edit_json(folder / "tokenizer_config.json", added_tokens_decoder=decoder)
    (folder / "tokenizer.json").unlink()
    merges = folder / "merges.txt"
    merges.write_bytes(merges.read_bytes().replace(b"\n", b"\r\n"))


def as_old(folder, _model):
    state = {}
    for name, tensor in weights_of(folder).items():
        state[name.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta")] = tensor
    state["lm_head.decoder.weight"] = state["roberta.embeddings.word_embeddings.weight"]
    state["roberta.embeddings.position_ids"] = torch.arange(52).expand((1, -1))
    torch.save(state, folder / "pytorch_model.bin", _use_new_zipfile_serialization=False)


def as_sharded(folder, model):
    (folder / "model.safetensors").unlink()
    model.save_pretrained(folder, max_shard_size="20KB")
    assert (folder / "model.safetensors.index.json").is_file()
    tokenizer = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))
    bert = {"type": "BertProcessing", "sep": tokenizer["post_processor"]["sep"], "cls": tokenizer["post_processor"]["cls"]}
    edit_json(
        folder / "tokenizer.json",
        normalizer={"type": "Sequence", "normalizers": []},
        pre_tokenizer={"type": "Sequence", "pretokenizers": [tokenizer["pre_tokenizer"]]},
        post_processor={"type": "Sequence", "processors": [bert]},
    )


def as_wrapped(folder, _model):
    state = {f"model._orig_mod.{name}": tensor.bfloat16() for name, tensor in weights_of(folder).items()}
    optimizer = {"state": {0: {"exp_avg": torch.zeros(24, 24)}}, "param_groups": [{"lr": 1e-4}]}
    torch.save({"epoch": 1, "state_dict": state, "optimizer_states": [optimizer]}, folder / "last.ckpt")
    edit_json(folder / "tokenizer.json", post_processor=None)


def as_split(folder, _model):
    tensors = {name.removeprefix("roberta."): tensor.double() for name, tensor in weights_of(folder).items()}
    save_file(tensors, folder / "model.safetensors")
    for name in ("config.json", "tokenizer.json"):
        mark(folder / name, "utf-16")


def as_normal(folder, _model):
    parts = [{"type": "NFD"}, {"type": "StripAccents"}, {"type": "Lowercase"}]
    edit_json(folder / "tokenizer.json", normalizer={"type": "Sequence", "normalizers": parts})
    edit_json(folder / "tokenizer_config.json", tokenizer_class="PreTrainedTokenizerFast")


CHANGED = {"pickle": as_pickle, "old": as_old, "sharded": as_sharded, "wrapped": as_wrapped, "split": as_split, "normal": as_normal}


def make_kind(place, corpus, change, extended):
    folder = place / "original"
    tokenizer = make_tokenizer(folder, corpus, extended)
    model = make_model(tokenizer, extended)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    if change is not None:
        # bfloat16 keeps these numbers, too, so that every kind holds the same.
        with torch.no_grad():
            for parameter in model.parameters():
                parameter.copy_(parameter.bfloat16())
        model.save_pretrained(folder)
        shutil.copytree(folder, place / "reference")
        change(folder, model)
    tokens = [token.content for token in ADDED + EXTRA_SPECIAL] if extended else ["thou"]
    (place / "lines.txt").write_text("\n".join(lines_with(tokens, corpus)) + "\n", encoding="utf-8")


def main():
    place, corpus = Path(sys.argv[1]), sys.argv[2]
    for kind in ("plain", "extended", *CHANGED):
        make_kind(place / kind, corpus, CHANGED.get(kind), kind in ("extended", "pickle"))


if __name__ == "__main__":
    main()
