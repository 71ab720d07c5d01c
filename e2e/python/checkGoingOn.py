#!/usr/bin/env python3
"""Runs a bundle's continue_training.py for 20 steps and reads what it says: as one process, and as two under torchrun and under
accelerate launch.

    python checkGoingOn.py DIR TEXT

It has to start at the held-out loss that Folio reported, within 0.01 nats, with AdamW's moments where they are in the folder,
and to end with a folder that loads. Targets that are drawn from neighbour counts have to be drawn as often as these say.
"""

import collections
import random
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from evaluationChecks import load_script
from safetensors.torch import load_file
from transformers import AutoTokenizer, RobertaForMaskedLM

TOLERANCE = 0.01
STEPS = "20"


def run(folder, text, name, launcher, processes):
    """None, or one line that says what is wrong."""
    name = f"going on, {name}"
    with tempfile.TemporaryDirectory() as out:
        command = [sys.executable, *launcher, str(folder / "continue_training.py"), text, "--steps", STEPS, "--out", out]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            return f"{name}: exit code {done.returncode}: {done.stderr[-600:]}"
        found = re.search(r"at the start: ([\d.]+) \(Folio reported ([\d.]+)\)", done.stdout)
        ended = re.search(r"at the end: (\d+\.\d+)", done.stdout)
        if found is None or ended is None:
            return f"{name}: it says {done.stdout[-600:]!r}"
        start, reported, end = float(found[1]), float(found[2]), float(ended[1])
        print(f"{name}: held-out loss {start} at the start ({reported} in Folio), {end} after {STEPS} steps")
        if abs(start - reported) > TOLERANCE:
            return f"{name}: starts at {start}, Folio reported {reported}"
        if end > start + 0.1:
            return f"{name}: ends at {end}, worse than {start}"
        moments = "moments continue" if (folder / "optimizer.safetensors").is_file() else "moments start anew"
        if moments not in done.stdout:
            return f"{name}: does not say that the {moments}"
        if other_weights(folder) != ("which the moments belong to" in done.stdout):
            return f"{name}: says of the weights {done.stdout[-600:]!r}"
        if f"{processes} process" not in done.stdout:
            return f"{name}: does not say that there are {processes} processes"
        RobertaForMaskedLM.from_pretrained(out, local_files_only=True)
    return None


def other_weights(folder):
    """Whether the moments belong to other weights than those in model.safetensors."""
    path = folder / "optimizer.safetensors"
    return path.is_file() and any(name.startswith("weights.") for name in load_file(path))


PLACES, DRAWS, SHARE = 25, 20_000, 0.4


def check_targets(folder, text):
    """How often each target is drawn at a place, against all that stands elsewhere, looked through place by place."""
    script, tokenizer = load_script(folder / "continue_training.py"), AutoTokenizer.from_pretrained(folder)
    line_break = tokenizer.convert_tokens_to_ids("Ċ")
    documents = script.read_documents(Path(text), tokenizer, line_break)
    never = {*tokenizer.all_special_ids, line_break}
    places = []
    for document in documents:
        tokens = [tokenizer.eos_token_id, *(token for token, *_ in document), tokenizer.eos_token_id]
        places += zip(tokens, tokens[1:], tokens[2:], (place for *_, place in document))
    places = [place for place in places if place[1] not in never]
    drawer = script.NeighbourTargets(documents, never, tokenizer.eos_token_id, SHARE, 1)
    for left, own, right, at in random.Random(2).sample(places, PLACES):
        others = [place for place in places if place[3] != at]
        expected = collections.Counter({own: 1 - SHARE})

        def spread(share, group):
            kept = share * len(group) / (len(group) + 4)
            for place in group:
                expected[place[1]] += kept / len(group)
            return share - kept

        left_over = spread(SHARE, [place for place in others if (place[0], place[2]) == (left, right)])
        left_over = spread(left_over / 2, [place for place in others if place[0] == left]) + spread(
            left_over / 2, [place for place in others if place[2] == right]
        )
        for token, count in collections.Counter(place[1] for place in others).items():
            expected[token] += left_over * count / len(others)
        # Rare ones as one: each of them is drawn a few times at most.
        kind = lambda token: token if expected[token] >= 0.005 else "rare"
        drawn = collections.Counter(kind(drawer.draw(at, own)) for _ in range(DRAWS))
        shares = collections.Counter()
        for token, share in expected.items():
            shares[kind(token)] += share
        for token, share in shares.items():
            if not abs(drawn[token] / DRAWS - share) <= 5 * (share * (1 - share) / DRAWS) ** 0.5:
                return f"target {token} at place {at}: drawn {drawn[token] / DRAWS}, expected {share}"
    return None


TORCHRUN = ["-m", "torch.distributed.run", "--nproc_per_node=2", "--master_port=29655"]
# What `accelerate launch` runs. With --cpu it leaves the starting of processes to MPI; with --multi_gpu it starts them itself,
# and where there is no GPU the script computes on the processor.
ACCELERATE = ["-m", "accelerate.commands.launch", "--multi_gpu", "--num_processes=2", "--num_machines=1"]
ACCELERATE += ["--mixed_precision=no", "--dynamo_backend=no", "--main_process_port=29656"]


def main():
    folder, text = Path(sys.argv[1]), sys.argv[2]
    use = subprocess.run([sys.executable, str(folder / "use.py")], capture_output=True, text=True)
    outcomes = [
        None if use.returncode == 0 and len(use.stdout.splitlines()) == 5 else f"use.py: {use.stderr[-600:]}",
        check_targets(folder, text),
        run(folder, text, "python", [], 1),
        run(folder, text, "torchrun", TORCHRUN, 2),
        run(folder, text, "accelerate launch", ACCELERATE, 2),
    ]
    failures = [outcome for outcome in outcomes if outcome is not None]
    for failure in failures:
        print(f"FAILED {failure}", file=sys.stderr)
    print(f"{len(outcomes) - len(failures)} passed, {len(failures)} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
