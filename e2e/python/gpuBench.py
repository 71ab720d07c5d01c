"""The same training step as Folio's in PyTorch, on the card where there is one: transformers' own RoBERTa, the head on the masked
rows only, clipping, AdamW. Reads shapes with their batches as JSON on standard input; one line of JSON for each shape and mode.

    python gpuBench.py SECONDS < shapes.json
"""

import json
import sys
import time

import torch
from transformers import RobertaConfig, RobertaForMaskedLM

CUDA = torch.cuda.is_available()
DEVICE = "cuda" if CUDA else "cpu"
NAME = torch.cuda.get_device_name(0) if CUDA else "cpu"
# Name, TF32, bfloat16, compiled.
MODES = [("float32", False, False, False)]
if CUDA:
    MODES += [("float32, compiled", False, False, True), ("TF32", True, False, False), ("bfloat16", True, True, False)]


def make_step(shape, bfloat16, compiled):
    torch.manual_seed(1)
    config = RobertaConfig(
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
        pad_token_id=1,
    )
    model = RobertaForMaskedLM(config).to(DEVICE).train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=0.1, fused=CUDA)
    batches = []
    for batch in shape["batches"]:
        positions = torch.tensor(batch["positions"], device=DEVICE)
        ids = torch.tensor(batch["inputIds"], device=DEVICE).view(-1, shape["seqLength"])
        batches.append((ids, positions, torch.tensor(batch["labels"], device=DEVICE)[positions]))

    def loss_of(ids, positions, labels):
        hidden = model.roberta(ids).last_hidden_state.reshape(-1, shape["hiddenSize"])[positions]
        return torch.nn.functional.cross_entropy(model.lm_head(hidden), labels)

    loss_of = torch.compile(loss_of) if compiled else loss_of

    def step(index):
        with torch.autocast(DEVICE, torch.bfloat16, enabled=bfloat16):
            loss = loss_of(*batches[index % len(batches)])
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)

    return step


def wait():
    if CUDA:
        torch.cuda.synchronize()


def measure(shape, mode, seconds):
    name, tf32, bfloat16, compiled = mode
    torch.backends.cuda.matmul.allow_tf32 = tf32
    step = make_step(shape, bfloat16, compiled)
    for index in range(5 if CUDA else 1):
        step(index)
    wait()
    started, done = time.perf_counter(), 0
    while time.perf_counter() - started < seconds:
        for _ in range(10 if CUDA else 1):
            step(done)
            done += 1
        wait()
    ms = 1000 * (time.perf_counter() - started) / done
    return {"engine": f"pytorch {name}", "shape": shape["name"], "adapter": NAME, "msPerStep": ms}


for shape in json.load(sys.stdin):
    for mode in MODES:
        try:
            print(json.dumps(measure(shape, mode, float(sys.argv[1]))), flush=True)
        except RuntimeError as failed:
            print(f"{shape['name']}, {mode[0]}: {failed}", file=sys.stderr)
