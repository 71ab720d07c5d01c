#!/usr/bin/env python3
"""Runs a bundle's continue_training.py for 20 steps, on one process and on two, and reads what it says.

    python checkGoingOn.py DIR TEXT

It has to start at the held-out loss that Folio reported, within 0.01 nats, with AdamW's moments where they are in the folder,
and to end with a folder that loads.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from transformers import RobertaForMaskedLM

TOLERANCE = 0.01
STEPS = "20"


def run(folder, text, launcher, processes):
    """None, or one line that says what is wrong."""
    with tempfile.TemporaryDirectory() as out:
        command = [sys.executable, *launcher, str(folder / "continue_training.py"), text, "--steps", STEPS, "--out", out]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            return f"going on, {processes}: exit code {done.returncode}: {done.stderr[-600:]}"
        found = re.search(r"at the start: ([\d.]+) \(Folio reported ([\d.]+)\)", done.stdout)
        ended = re.search(r"at the end: (\d+\.\d+)", done.stdout)
        if found is None or ended is None:
            return f"going on, {processes}: it says {done.stdout[-600:]!r}"
        start, reported, end = float(found[1]), float(found[2]), float(ended[1])
        print(f"going on, {processes}: held-out loss {start} at the start ({reported} in Folio), {end} after {STEPS} steps")
        if abs(start - reported) > TOLERANCE:
            return f"going on, {processes}: starts at {start}, Folio reported {reported}"
        if end > start + 0.1:
            return f"going on, {processes}: ends at {end}, worse than {start}"
        moments = "moments go on" if (folder / "optimizer.safetensors").is_file() else "moments start anew"
        if moments not in done.stdout:
            return f"going on, {processes}: does not say that the {moments}"
        if f"{processes} process" not in done.stdout:
            return f"going on, {processes}: does not say that there are so many processes"
        RobertaForMaskedLM.from_pretrained(out, local_files_only=True)
    return None


def main():
    folder, text = Path(sys.argv[1]), sys.argv[2]
    torchrun = ["-m", "torch.distributed.run", "--nproc_per_node=2", "--master_port=29655"]
    use = subprocess.run([sys.executable, str(folder / "use.py")], capture_output=True, text=True)
    outcomes = [
        None if use.returncode == 0 and len(use.stdout.splitlines()) == 5 else f"use.py: {use.stderr[-600:]}",
        run(folder, text, [], 1),
        run(folder, text, torchrun, 2),
    ]
    failures = [outcome for outcome in outcomes if outcome is not None]
    for failure in failures:
        print(f"FAILED {failure}", file=sys.stderr)
    print(f"{len(outcomes) - len(failures)} passed, {len(failures)} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
