"""Writes test/golden/parity: what PyTorch computes for two small training runs, for src/compute/parity.gpu.test.ts.

    OMP_NUM_THREADS=1 python e2e/python/makeParityGolden.py

The model is transformers' own RobertaForMaskedLM (float32, eager attention, dropout 0), the optimizer torch.optim.AdamW.
The committed files were made with Python 3.11, torch 2.13.0 (CPU), transformers 5.18.0 and safetensors 0.8.0; with these,
running the script again on the same kind of processor gives the same bytes. It prints how far a float64 twin of each run
is from the float32 one, so that the tolerances of the test can be judged.

Each case is two files:
- <case>.json         sizes and settings under Folio's names, and the loss, learning rate and gradient norm of each step
- <case>.safetensors  initial/<name>, gradient/<name> (step 0, before clipping), final/<name>, logits (batch 0) and
                      batches/{inputIds,attentionMask,labels,maskedPositions,maskedWeights}, one row per batch
"""

import copy
import json
import math
from pathlib import Path

import torch
from safetensors.torch import save
from transformers import RobertaConfig, RobertaForMaskedLM

GOLDEN = Path(__file__).resolve().parents[2] / "test" / "golden" / "parity"
PAD, BOS, EOS, MASK, FIRST_ORDINARY = 1, 0, 2, 3, 5
IGNORED = -100  # what PyTorch's cross-entropy leaves out
STEPS = 30

CASES = {
    "linear": {
        "seed": 20240101,
        "vocabSize": 300,
        "model": {
            "hiddenSize": 32,
            "numHiddenLayers": 2,
            "numAttentionHeads": 2,
            "intermediateSize": 128,
            "maxPositionEmbeddings": 18,
        },
        "columns": 16,
        "readsPadding": False,
        "maskedRows": 12,
        "training": {
            "steps": STEPS,
            "batchSize": 4,
            "gradientAccumulation": 1,
            "learningRate": 4e-3,
            "warmupSteps": 5,
            "schedule": "linear",
            "weightDecay": 0.1,
            # Clips in about half of the steps; in the other case in all of them.
            "clipNorm": 3.0,
            "labelSmoothing": 0.0,
        },
    },
    "cosine": {
        "seed": 20240202,
        "vocabSize": 280,
        "model": {
            "hiddenSize": 48,
            "numHiddenLayers": 1,
            "numAttentionHeads": 4,
            "intermediateSize": 80,
            "maxPositionEmbeddings": 30,
        },
        "columns": 24,
        # As where the loss reads every position: shows that the pad rows get no gradient through the look-up.
        "readsPadding": True,
        "maskedRows": 9,
        "training": {
            "steps": STEPS,
            "batchSize": 2,
            "gradientAccumulation": 2,
            "learningRate": 3e-3,
            "warmupSteps": 4,
            "schedule": "cosine",
            "weightDecay": 0.01,
            "clipNorm": 1.0,
            "labelSmoothing": 0.1,
        },
    },
}
COMMON_MODEL = {
    "hiddenDropoutProb": 0,
    "attentionProbsDropoutProb": 0,
    "layerNormEps": 1e-5,
    "initialization": "normal",
    "initializerRange": 0.02,
}
COMMON_TRAINING = {"beta1": 0.9, "beta2": 0.98, "epsilon": 1e-6}


def build_model(case):
    sizes = case["model"]
    config = RobertaConfig(
        vocab_size=case["vocabSize"],
        hidden_size=sizes["hiddenSize"],
        num_hidden_layers=sizes["numHiddenLayers"],
        num_attention_heads=sizes["numAttentionHeads"],
        intermediate_size=sizes["intermediateSize"],
        max_position_embeddings=sizes["maxPositionEmbeddings"],
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
        layer_norm_eps=COMMON_MODEL["layerNormEps"],
        type_vocab_size=1,
        pad_token_id=PAD,
        bos_token_id=BOS,
        eos_token_id=EOS,
        tie_word_embeddings=True,
        attn_implementation="eager",
    )
    model = RobertaForMaskedLM(config).train()
    draw_weights(model, case["seed"])
    return model


def draw_weights(model, seed):
    """Larger than a real start, and no bias 0 nor LayerNorm weight 1, so that no error hides behind a zero."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, parameter in sorted(model.named_parameters()):
            noise = torch.randn(parameter.shape, generator=generator)
            if parameter.dim() == 2:
                parameter.copy_(0.12 * noise)
            elif name.endswith("bias"):
                parameter.copy_(0.1 * noise)
            else:
                parameter.copy_(1 + 0.1 * noise)
        model.roberta.embeddings.word_embeddings.weight[PAD] = 0
        model.roberta.embeddings.position_embeddings.weight[PAD] = 0


def draw_batches(case):
    """
    Batches as src/text/batches/batches.ts makes them: `labels` are the ids with no masking, M is constant and its unused
    entries have weight 0. Rows of different lengths, frequent and rare tokens.
    """
    generator = torch.Generator().manual_seed(case["seed"] + 1)
    rows, columns, masked_rows = case["training"]["batchSize"], case["columns"], case["maskedRows"]
    count = STEPS * case["training"]["gradientAccumulation"]
    ordinary = case["vocabSize"] - FIRST_ORDINARY

    def integer(low, high):
        return int(torch.randint(low, high, (1,), generator=generator))

    def token():
        return FIRST_ORDINARY + int(ordinary * float(torch.rand(1, generator=generator)) ** 3)

    batches = {
        "inputIds": torch.full((count, rows * columns), PAD, dtype=torch.int32),
        "attentionMask": torch.zeros((count, rows * columns), dtype=torch.int32),
        "labels": torch.full((count, rows * columns), PAD, dtype=torch.int32),
        "maskedPositions": torch.zeros((count, masked_rows), dtype=torch.int32),
        "maskedWeights": torch.zeros((count, masked_rows), dtype=torch.float32),
    }
    for index in range(count):
        ordinary_positions = []
        padding = []
        for row in range(rows):
            length = columns if row == 0 else integer(columns // 3, columns + 1)
            start = row * columns
            ids = [BOS, *(token() for _ in range(length - 2)), EOS]
            batches["inputIds"][index, start : start + length] = torch.tensor(ids, dtype=torch.int32)
            batches["labels"][index, start : start + length] = torch.tensor(ids, dtype=torch.int32)
            batches["attentionMask"][index, start : start + length] = 1
            ordinary_positions += range(start + 1, start + length - 1)
            padding += range(start + length, start + columns)
        read = padding[:1] if case["readsPadding"] else []
        room = masked_rows - len(read)
        chosen = torch.randperm(len(ordinary_positions), generator=generator)[: integer(masked_rows // 2, room + 1)]
        read += [ordinary_positions[i] for i in chosen.tolist()]
        for place, position in enumerate(sorted(read)):
            batches["maskedPositions"][index, place] = position
            batches["maskedWeights"][index, place] = 1
            if position in padding:
                continue
            kind = integer(0, 10)
            if kind < 8:
                batches["inputIds"][index, position] = MASK
            elif kind == 8:
                batches["inputIds"][index, position] = integer(FIRST_ORDINARY, case["vocabSize"])
    return batches


def learning_rate_at(training, step):
    """The same rule as src/core/learningRate.ts."""
    if step < training["warmupSteps"]:
        return training["learningRate"] * (step + 1) / training["warmupSteps"]
    progress = min(1, (step - training["warmupSteps"]) / max(1, training["steps"] - training["warmupSteps"]))
    if training["schedule"] == "linear":
        return training["learningRate"] * (1 - progress)
    return training["learningRate"] * 0.5 * (1 + math.cos(math.pi * progress))


def make_optimizer(model, training):
    """Decay on matrices and tables, not on biases nor LayerNorm."""
    decay = [p for _, p in model.named_parameters() if p.dim() == 2]
    no_decay = [p for _, p in model.named_parameters() if p.dim() < 2]
    return torch.optim.AdamW(
        [{"params": decay, "weight_decay": training["weightDecay"]}, {"params": no_decay, "weight_decay": 0.0}],
        lr=0.0,
        betas=(training["beta1"], training["beta2"]),
        eps=training["epsilon"],
    )


def forward(model, case, batches, index):
    shape = (case["training"]["batchSize"], case["columns"])
    read = batches["maskedPositions"][index][batches["maskedWeights"][index] > 0].long()
    labels = torch.full((shape[0] * shape[1],), IGNORED)
    labels[read] = batches["labels"][index].long()[read]
    output = model(
        input_ids=batches["inputIds"][index].long().view(shape),
        attention_mask=batches["attentionMask"][index].long().view(shape),
        labels=labels.view(shape),
    )
    return output, labels.view(shape)


def parameters_under_file_names(model):
    """named_parameters() names a tied tensor once; `lm_head.decoder.bias` is written as `lm_head.bias`."""
    return {name.replace("lm_head.decoder.bias", "lm_head.bias"): p for name, p in model.named_parameters()}


def snapshot(model, prefix, read):
    return {f"{prefix}/{name}": read(p).detach().clone().contiguous() for name, p in parameters_under_file_names(model).items()}


def train(model, case, batches):
    """Runs the 30 steps. Of accumulated batches every masked token counts the same, whichever batch it is in."""
    accumulation = case["training"]["gradientAccumulation"]
    optimizer = make_optimizer(model, case["training"])
    steps, tensors = [], snapshot(model, "initial", lambda p: p)
    for step in range(STEPS):
        loss = 0.0
        indices = range(step * accumulation, (step + 1) * accumulation)
        counts = [float(batches["maskedWeights"][index].sum()) for index in indices]
        for index, count in zip(indices, counts):
            output, labels = forward(model, case, batches, index)
            smoothed = torch.nn.functional.cross_entropy(
                output.logits.flatten(0, 1), labels.flatten(), label_smoothing=case["training"]["labelSmoothing"]
            )
            (smoothed * (count / sum(counts))).backward()
            # Folio reports the loss without smoothing, so that runs compare.
            loss += output.loss.item() * (count / sum(counts))
            if index == 0:
                tensors["logits"] = output.logits.detach().clone()
        if step == 0:
            tensors |= snapshot(model, "gradient", lambda p: p.grad)
        norm = float(torch.nn.utils.clip_grad_norm_(model.parameters(), case["training"]["clipNorm"]))
        rate = learning_rate_at(case["training"], step)
        for group in optimizer.param_groups:
            group["lr"] = rate
        optimizer.step()
        optimizer.zero_grad()
        steps.append({"loss": loss, "learningRate": rate, "gradientNorm": norm})
    return steps, tensors | snapshot(model, "final", lambda p: p)


def deviations(single, double):
    """How far float32 is from float64, in the measures of the test."""
    (steps, tensors), (steps64, tensors64) = single, double
    norm = steps64[0]["gradientNorm"]
    gradients = max(
        float((value - tensors64[name]).norm()) / max(1e-4 * float(tensors64[name].norm()), 1e-6 * norm)
        for name, value in tensors.items()
        if name.startswith("gradient/")
    )
    finals = {
        name: float((value - tensors64[name]).abs().max())
        for name, value in tensors.items()
        if name.startswith("final/") and not name.endswith("key.bias")
    }
    return {
        "first loss, relative": abs(steps[0]["loss"] / steps64[0]["loss"] - 1),
        "worst gradient, of its tolerance": gradients,
        "loss curve": max(abs(a["loss"] - b["loss"]) for a, b in zip(steps, steps64)),
        "worst final weight": max(finals.values()),
    }


def write_case(name, case):
    case["model"] |= COMMON_MODEL
    case["training"] |= COMMON_TRAINING
    batches = draw_batches(case)
    model = build_model(case)
    twin = copy.deepcopy(model).double()
    steps, tensors = single = train(model, case, batches)
    print(name, deviations(single, train(twin, case, batches)))
    print("  losses", [round(s["loss"], 3) for s in steps])
    print("  norms ", [round(s["gradientNorm"], 2) for s in steps])
    tensors |= {f"batches/{key}": value for key, value in batches.items()}
    GOLDEN.mkdir(parents=True, exist_ok=True)
    (GOLDEN / f"{name}.safetensors").write_bytes(save(tensors, metadata={"format": "pt"}))
    index = {key: case[key] for key in ("vocabSize", "columns", "maskedRows", "model", "training")} | {"steps": steps}
    (GOLDEN / f"{name}.json").write_text(json.dumps(index, indent=1) + "\n")


def main():
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    for name, case in CASES.items():
        write_case(name, case)


if __name__ == "__main__":
    main()
