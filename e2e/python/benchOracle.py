"""The benchmark's Python side: PyTorch's training step, and the tokenizers library. Reads commands as lines of JSON on
standard input and answers each with a line on standard output; `e2e/perf/oracle.ts` drives it.

    {"kind": "create", "shape": {...}, "batches": [{"inputIds": [...], "labels": [...], "positions": [...]}], "training": {...}}
    {"kind": "run", "steps": 5}                              → {"msPerStep": 52.1, "loss": 7.6}
    {"kind": "tokenizer", "path": "...", "vocabSize": 8000}  → {"ms": 287.0, "vocabSize": 8000}

One thread each: set OMP_NUM_THREADS=1 and RAYON_NUM_THREADS=1. The step does what Folio's does: the head reads the masked
rows only, dropout of hidden states 0.1, gradients clipped, AdamW with decay on matrices.
"""

import json
import sys
import time


def create(command):
    import torch
    from transformers import RobertaConfig, RobertaForMaskedLM

    torch.set_num_threads(1)
    torch.manual_seed(1)
    shape, training = command["shape"], command["training"]
    model = RobertaForMaskedLM(
        RobertaConfig(
            vocab_size=shape["vocabSize"],
            hidden_size=shape["hiddenSize"],
            num_hidden_layers=shape["layers"],
            num_attention_heads=shape["heads"],
            intermediate_size=4 * shape["hiddenSize"],
            max_position_embeddings=shape["seqLength"] + 2,
            type_vocab_size=1,
            hidden_dropout_prob=0.1,
            attention_probs_dropout_prob=0.0,
            layer_norm_eps=1e-5,
        )
    ).train()
    decayed = [p for p in model.parameters() if p.dim() > 1]
    kept = [p for p in model.parameters() if p.dim() <= 1]
    optimizer = torch.optim.AdamW(
        [{"params": decayed, "weight_decay": training["weightDecay"]}, {"params": kept, "weight_decay": 0.0}],
        lr=training["learningRate"],
        betas=(training["beta1"], training["beta2"]),
        eps=training["epsilon"],
    )
    rows = (-1, shape["seqLength"])
    batches = []
    for batch in command["batches"]:
        positions = torch.tensor(batch["positions"])
        labels = torch.tensor(batch["labels"])
        batches.append((torch.tensor(batch["inputIds"]).view(rows), positions, labels[positions]))

    def step(index):
        ids, positions, labels = batches[index % len(batches)]
        hidden = model.roberta(ids, attention_mask=torch.ones_like(ids)).last_hidden_state
        logits = model.lm_head(hidden.reshape(-1, hidden.shape[-1])[positions])
        loss = torch.nn.functional.cross_entropy(logits, labels)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), training["clipNorm"])
        optimizer.step()
        return loss.item()

    return step


def train_tokenizer(command):
    from tokenizers import ByteLevelBPETokenizer

    tokenizer = ByteLevelBPETokenizer()
    started = time.perf_counter()
    tokenizer.train(
        [command["path"]],
        vocab_size=command["vocabSize"],
        min_frequency=2,
        show_progress=False,
        special_tokens=["<s>", "<pad>", "</s>", "<mask>", "<unk>"],
    )
    answer = {"ms": 1000 * (time.perf_counter() - started), "vocabSize": tokenizer.get_vocab_size()}
    if "vocabPath" in command:
        vocab = sorted(tokenizer.get_vocab().items(), key=lambda entry: entry[1])
        with open(command["vocabPath"], "w", encoding="utf-8") as file:
            json.dump([token for token, _ in vocab], file, ensure_ascii=False)
    return answer


def main():
    step = None
    done = 0
    for line in sys.stdin:
        command = json.loads(line)
        if command["kind"] == "create":
            step, done = create(command), 0
            answer = {}
        elif command["kind"] == "run":
            started = time.perf_counter()
            for _ in range(command["steps"]):
                loss = step(done)
                done += 1
            answer = {"msPerStep": 1000 * (time.perf_counter() - started) / command["steps"], "loss": loss}
        else:
            answer = train_tokenizer(command)
        print(json.dumps(answer), flush=True)


main()
