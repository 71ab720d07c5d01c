"""The event files of a bundle, read by TensorBoard itself and compared with metrics.csv."""

import csv
import json
import math

import numpy
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

# Tags, and the columns that hold the same figures; the event file has float32, the table every digit.
COLUMNS = {
    "train/loss": "loss",
    "train/masked_accuracy": "masked_accuracy",
    "train/learning_rate": "learning_rate",
    "train/gradient_norm": "gradient_norm",
    "held_out/loss": "held_out_loss",
    "held_out/top1": "held_out_top1",
    "held_out/top5": "held_out_top5",
}
# Columns that the table rounds: to whole tokens, to milliseconds.
ROUNDED = {"train/tokens_per_second": ("tokens_per_second", 0.501), "train/elapsed_seconds": ("elapsed_seconds", 6e-4)}


def same(value, figure, tolerance):
    """Whether a scalar is the figure of the table; where the table rounds, within half a unit and float32's own error."""
    if tolerance == 0:
        return numpy.float32(figure) == numpy.float32(value)
    return math.isclose(value, figure, abs_tol=tolerance, rel_tol=1e-6)


def check_tag(events, rows, tag, column, tolerance):
    """None, or what differs between a tag and its column."""
    table = {int(row["step"]): float(row[column]) for row in rows if row[column] != ""}
    # The last look of a run may be at the step of the one before it: the table has the last one.
    values = {scalar.step: scalar.value for scalar in events.Scalars(tag)}
    if list(values) != list(table):
        return f"events: {tag} has other steps than metrics.csv"
    wrong = [step for step, figure in table.items() if not same(values[step], figure, tolerance)]
    return f"events: {tag} differs from metrics.csv at steps {wrong[:5]}" if wrong else None


def check_times(events, seconds):
    """None, or what is wrong with the wall times: they grow with the steps, over the time that the run took."""
    times = [scalar.wall_time for scalar in events.Scalars("train/loss")]
    elapsed = [scalar.value for scalar in events.Scalars("train/elapsed_seconds")]
    apart = [time - times[0] - (passed - elapsed[0]) for time, passed in zip(times, elapsed)]
    if times != sorted(times) or max(map(abs, apart)) > 1e-3 or times[-1] - times[0] > seconds + 1e-3:
        return "events: wall times are not the start and the time trained since"
    return None


def check_events(folder):
    """One run, every tag of it with the steps and the values of metrics.csv, and the last look's other figures."""
    [file] = folder.glob("runs/*/events.out.tfevents.*")
    events = EventAccumulator(str(file.parent), size_guidance={"scalars": 0}).Reload()
    with open(folder / "metrics.csv", encoding="utf-8") as table:
        rows = list(csv.DictReader(table))
    reached = json.loads((folder / "training_args.json").read_text(encoding="utf-8"))["reached"]
    expected = {f"held_out/{name}": value for name, value in reached["held_out"].items() if name not in ("step", "words", "tokens", "draws")}
    known = {*COLUMNS, *ROUNDED, *expected}
    tags = set(events.Tags()["scalars"])
    outcomes = [f"events: tags {sorted(tags ^ known)}" if tags != known else None]
    outcomes += [check_tag(events, rows, tag, column, 0) for tag, column in COLUMNS.items()]
    outcomes += [check_tag(events, rows, tag, column, tolerance) for tag, (column, tolerance) in ROUNDED.items()]
    outcomes.append(check_times(events, reached["seconds"]))
    for tag, value in expected.items():
        last = events.Scalars(tag)[-1]
        right = last.step == reached["held_out"]["step"] and same(last.value, value, 0)
        outcomes.append(None if right else f"events: {tag} is {last.value} and not {value}")
    print(f"events: {len(tags)} tags, {len(rows)} rows, read by TensorBoard")
    return outcomes
