"""Writes test/golden/inside.json: what test/golden/tiny-roberta holds inside, as transformers and PyTorch say.

    OMP_NUM_THREADS=1 python e2e/python/makeInsideGolden.py

Made with transformers 5.18.0 and torch 2.13.0 (CPU). Attention and hidden states come from `output_attentions` and
`output_hidden_states`; rollout after Abnar & Zuidema (2020); the logit lens is the trained head on each hidden state;
surprise hides each token in turn (Salazar et al., 2020); components are those of `torch.linalg.svd`.
"""

import json
import math
from pathlib import Path

import torch
from transformers import AutoTokenizer, RobertaForMaskedLM

GOLDEN = Path(__file__).resolve().parents[2] / "test" / "golden"
TOP_K = 3
TEXTS = ["When I do count the clock that tells the time,", "Shall I <mask> thee to a <mask>'s day?\nThou art"]
PASSAGE = "From fairest creatures we desire increase,\nThat thereby beauty's rose might never die"
# A short context, so that rows are cut out of the middle of the passage.
CONTEXT = 14
NEIGHBOURS = 8
PLACES = 7


def rounded(tensor):
    return [round(value, PLACES) for value in tensor.flatten().tolist()]


def look(model, ids):
    out = model(torch.tensor([ids]), output_attentions=True, output_hidden_states=True)
    attention = torch.stack(out.attentions)[:, 0]  # [L, A, T, T]
    rolled = torch.eye(len(ids), dtype=torch.float64)
    for layer in attention.double().mean(1):
        rolled = (0.5 * layer + 0.5 * torch.eye(len(ids), dtype=torch.float64)) @ rolled
    lens = []
    for hidden in out.hidden_states:
        probabilities = model.lm_head(hidden)[0].double().softmax(-1)  # [T, V]
        best = probabilities.topk(TOP_K, -1)
        own = probabilities[torch.arange(len(ids)), torch.tensor(ids)]
        lens.append({"tokens": best.indices.tolist(), "scores": rounded(best.values), "own": rounded(own)})
    return {"ids": ids, "attention": rounded(attention), "rollout": rounded(rolled), "lens": lens}


def surprise(model, tokenizer, text, context):
    ids = tokenizer(text, add_special_tokens=False)["input_ids"]
    line_break = tokenizer.convert_tokens_to_ids("Ċ")
    width = min(context, len(ids))
    items = []
    for index, token in enumerate(ids):
        if token == line_break:
            continue
        start = max(0, min(index - context // 2, len(ids) - width))
        row = [tokenizer.bos_token_id, *ids[start : start + width], tokenizer.eos_token_id]
        row[1 + index - start] = tokenizer.mask_token_id
        logits = model(torch.tensor([row])).logits[0, 1 + index - start].double()
        logs = logits.log_softmax(-1)
        likelier = int((logits > logits[token]).sum())
        items.append(
            {"index": index, "nats": round(-logs[token].item(), 6), "likelier": likelier, "guess": int(logs.argmax())}
        )
    nats = sum(item["nats"] for item in items)
    return {"context": context, "ids": ids, "items": items, "pseudoPerplexity": math.exp(nats / len(items))}


def components(table):
    centred = table.double() - table.double().mean(0)
    _, values, axes = torch.linalg.svd(centred, full_matrices=False)
    points = centred @ axes[:2].T
    for axis in range(2):
        if points[points[:, axis].abs().argmax(), axis] < 0:
            points[:, axis] *= -1
    shares = values[:2] ** 2 / (values**2).sum()
    return {"points": rounded(points), "shares": rounded(shares)}


def neighbours(table, token):
    cosines = torch.nn.functional.cosine_similarity(table.double(), table[token].double()[None])
    cosines[token] = -2
    best = cosines.topk(NEIGHBOURS)
    return {"id": token, "ids": best.indices.tolist(), "cosines": rounded(best.values)}


def main():
    torch.set_num_threads(1)
    # Only this implementation hands out its attention.
    model = RobertaForMaskedLM.from_pretrained(GOLDEN / "tiny-roberta", attn_implementation="eager").eval()
    tokenizer = AutoTokenizer.from_pretrained(GOLDEN / "tiny-roberta")
    table = model.roberta.embeddings.word_embeddings.weight.detach()
    with torch.no_grad():
        golden = {
            "topK": TOP_K,
            "looks": [{"text": text, **look(model, tokenizer(text)["input_ids"])} for text in TEXTS],
            "passage": PASSAGE,
            "surprise": [surprise(model, tokenizer, PASSAGE, context) for context in (CONTEXT, 62)],
            "components": components(table),
            "neighbours": [neighbours(table, token) for token in (5, 100, 319)],
        }
    path = GOLDEN / "inside.json"
    path.write_text(json.dumps(golden, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
