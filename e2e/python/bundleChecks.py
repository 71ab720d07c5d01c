"""The single checks of checkBundle.py. Each returns None where it passes, else one line that says what differs."""

import functools
import hashlib

import torch
from transformers import pipeline

LOGITS_TOLERANCE = 1e-4
SCORE_TOLERANCE = 1e-4
# Two candidates whose scores are closer than this may change places between two float32 implementations.
TIE_TOLERANCE = 1e-5
# Candidates beyond ours that Python is asked for, to know the score of one that changed places with our last.
RUNNERS_UP = 5


def failing_on_errors(check):
    """A case that makes transformers raise is a failed case, not the end of all checks."""

    @functools.wraps(check)
    def guarded(*arguments):
        try:
            return check(*arguments)
        except Exception as error:  # noqa: BLE001
            return f"{check.__name__} {arguments[-1].get('text', '')[:80]!r}: {type(error).__name__}: {error}"

    return guarded


# Files of onnx/ that a bundle may hold, and how far their logits may be from float32.
ONNX_FILES = {"model.onnx": 1e-4, "model_fp16.onnx": 2e-2, "model_quantized.onnx": None}
# Where no bound is given: at least this share of the most likely tokens is the same.
SAME_TOP_1 = 0.9

BUNDLE_FILES = (
    "config.json",
    "model.safetensors",
    "tokenizer.json",
    "tokenizer_config.json",
    "vocab.json",
    "merges.txt",
    "special_tokens_map.json",
    "README.md",
    "training_args.json",
    "metrics.csv",
    "checksums.txt",
    "use.py",
    "continue_training.py",
    "requirements.txt",
    "evaluation.json",
)


def check_loading(folder, info):
    """Every file is there, and every weight was found, known and of the right shape."""
    absent = [name for name in BUNDLE_FILES if not (folder / name).is_file()]
    outcomes = [f"files: missing {absent}" if absent else None]
    for kind in ("missing_keys", "unexpected_keys", "mismatched_keys"):
        keys = sorted(str(key) for key in info[kind])
        outcomes.append(f"loading: {kind} {keys}" if keys else None)
    return outcomes


@failing_on_errors
def check_encoding(tokenizers, case):
    """AutoTokenizer, and the slow and the fast tokenizer of RoBERTa, give our ids."""
    for tokenizer in tokenizers:
        ids = tokenizer(case["text"])["input_ids"]
        if ids != case["ids"]:
            return f"encode {case['text']!r}: {type(tokenizer).__name__} {ids}, ours {case['ids']}"
    return None


@failing_on_errors
def check_logits(model, tokenizer, case):
    """Our logits at the given positions, all of the vocabulary."""
    inputs = tokenizer(case["text"], return_tensors="pt")
    with torch.no_grad():
        logits = model(**inputs).logits[0]
    positions = case["positions"]
    ours = torch.tensor(case["logits"], dtype=torch.float32)
    if not positions or ours.shape != (len(positions), logits.shape[-1]):
        return f"logits {case['text']!r}: {len(positions)} positions, shape {tuple(ours.shape)}"
    if max(positions) >= logits.shape[0]:
        return f"logits {case['text']!r}: position {max(positions)} of {logits.shape[0]}"
    difference = (logits[positions] - ours).abs().max().item()
    # Written so that NaN fails.
    if difference <= LOGITS_TOLERANCE:
        return None
    return f"logits {case['text']!r}: differ by {difference:.3g}"


@failing_on_errors
def check_fill(model, tokenizer, case):
    """Our candidates for every mask are those of pipeline('fill-mask'), in its order."""
    if not case["masks"] or not all(case["masks"]):
        return f"fill {case['text']!r}: no candidates in the case"
    top_k = max(len(candidates) for candidates in case["masks"])
    fill = pipeline("fill-mask", model=model, tokenizer=tokenizer, device="cpu", top_k=top_k + RUNNERS_UP)
    answer = fill(case["text"])
    # One mask: a flat list. Several: a list for each, whose sequences keep <s>, </s> and the other masks.
    masks = answer if isinstance(answer[0], list) else [answer]
    if len(masks) != len(case["masks"]):
        return f"fill {case['text']!r}: python sees {len(masks)} masks, ours {len(case['masks'])}"
    for index, (theirs, ours) in enumerate(zip(masks, case["masks"])):
        problem = compare_candidates(theirs, ours)
        if problem:
            return f"fill {case['text']!r}, mask {index}: {problem}"
    return None


def compare_candidates(theirs, ours):
    """Same tokens in the same order, scores and texts; only candidates that tie may change places."""
    if len({our["token"] for our in ours}) != len(ours):
        return "a token comes twice in ours"
    by_token = {their["token"]: their for their in theirs}
    for rank, (expected, our) in enumerate(zip(theirs, ours)):
        same = by_token.get(our["token"])
        if same is None or not abs(same["score"] - expected["score"]) <= TIE_TOLERANCE:
            return f"rank {rank}: python {expected['token']} {expected['token_str']!r}, ours {our['token']} {our['tokenStr']!r}"
        if not abs(same["score"] - our["score"]) <= SCORE_TOLERANCE:
            return f"rank {rank}: score python {same['score']:.6f}, ours {our['score']:.6f}"
        for our_key, their_key in (("tokenStr", "token_str"), ("sequence", "sequence")):
            if our[our_key] != same[their_key]:
                return f"rank {rank}: {their_key} python {same[their_key]!r}, ours {our[our_key]!r}"
    return None


def check_checksums(folder):
    """checksums.txt names every other file of the folder, with its SHA-256."""
    lines = (folder / "checksums.txt").read_text().splitlines()
    listed = {line[66:]: line[:64] for line in lines}
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} - {"checksums.txt"}
    if set(listed) != there:
        return [f"checksums: lists {sorted(set(listed) ^ there)} wrongly"]
    wrong = [name for name in listed if hashlib.sha256((folder / name).read_bytes()).hexdigest() != listed[name]]
    return [f"checksums: {wrong} differ" if wrong else None]


def check_onnx(folder, model, tokenizer, texts):
    """Every ONNX file passes the full check of onnx, and onnxruntime computes PyTorch's logits from it."""
    import onnx
    import onnxruntime

    outcomes = []
    for name, tolerance in ONNX_FILES.items():
        path = folder / "onnx" / name
        if not path.is_file():
            continue
        try:
            onnx.checker.check_model(str(path), full_check=True)
            outcomes.append(None)
        except onnx.checker.ValidationError as error:
            outcomes.append(f"onnx {name}: {error}")
        session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
        outcomes.append(compare_onnx(session, name, tolerance, model, tokenizer, texts))
    return outcomes


def compare_onnx(session, name, tolerance, model, tokenizer, texts):
    """Logits at every mask of the texts, padded into one batch; None or one line that says what differs."""
    inputs = tokenizer(texts, return_tensors="pt", padding=True)
    with torch.no_grad():
        expected = model(**inputs).logits
    feeds = {key: inputs[key].numpy() for key in ("input_ids", "attention_mask")}
    logits = torch.from_numpy(session.run(["logits"], feeds)[0])
    masked = inputs["input_ids"] == tokenizer.mask_token_id
    difference = (logits[masked] - expected[masked]).abs().max().item()
    same = (logits[masked].argmax(-1) == expected[masked].argmax(-1)).float().mean().item()
    print(f"onnx {name}: {int(masked.sum())} masks, largest difference {difference:.3g}, same first guess {same:.1%}")
    # Written so that NaN fails.
    if tolerance is None:
        return None if same >= SAME_TOP_1 else f"onnx {name}: only {same:.1%} of the first guesses are the same"
    return None if difference <= tolerance else f"onnx {name}: logits differ by {difference:.3g}"
