#!/usr/bin/env python3
"""Saves small files as PyTorch saves weights, for src/files/torchFile.test.ts.

    python makeTorchGolden.py test/golden/torch

Every file holds the numbers of `values.json`, whatever it does to them. `harmful.bin` would run a program where it is loaded as
Python does.
"""

import argparse
import datetime
import json
import os
import pickle
import sys
import zipfile
from collections import OrderedDict
from pathlib import Path

import numpy
import torch


def state():
    torch.manual_seed(4)
    matrix = torch.randn(3, 4).bfloat16().float()
    return OrderedDict(matrix=matrix, vector=torch.randn(5).bfloat16().float(), ids=torch.arange(6).reshape(1, 6), scalar=torch.tensor(1.5))


class Harmful:
    def __reduce__(self):
        return os.system, ("echo harm",)


def main():
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    plain = state()
    shared = torch.cat([plain["vector"], plain["matrix"].reshape(-1)])
    module = torch.nn.Module()
    for name in ("matrix", "vector", "scalar"):
        module.register_parameter(name, torch.nn.Parameter(plain[name]))
    module.register_buffer("ids", plain["ids"])
    checkpoint = {
        "epoch": 3,
        "pytorch-lightning_version": "2.5.0",
        "state_dict": plain,
        "optimizer_states": [{"state": {0: {"exp_avg": torch.zeros(3, 4)}}, "param_groups": [{"lr": 1e-3, "betas": (0.9, 0.95)}]}],
        "hparams": {"name": "é", "big": 2**70, "none": None, "size": torch.Size([3, 4]), "device": torch.device("cpu"), "kind": torch.float32},
    }
    settings = argparse.Namespace(lr=numpy.float64(0.1), out=Path("out"), when=datetime.datetime(2024, 5, 1), counts=numpy.arange(3))
    files = {
        "checkpoint": {"model_state_dict": plain, "loss": numpy.float32(0.5), "args": settings},
        "module": module,
        "zip": plain,
        "parameters": module.state_dict(),
        "lightning": checkpoint,
        "strided": {**plain, "matrix": plain["matrix"].t().contiguous().t()},
        "shared": {**plain, "vector": shared[:5], "matrix": shared[5:].view(3, 4)},
        **{kind: {name: tensor if name == "ids" else tensor.to(getattr(torch, kind)) for name, tensor in plain.items()} for kind in ("bfloat16", "float64")},
    }
    for name, value in files.items():
        torch.save(value, folder / f"{name}.bin")
    torch.save(plain, folder / "old.bin", _use_new_zipfile_serialization=False)
    torch.save(files["strided"], folder / "old-strided.bin", _use_new_zipfile_serialization=False)
    torch.save(plain, folder / "protocol4.bin", pickle_protocol=4)
    for name in [*files, "old", "old-strided", "protocol4"]:
        loaded = torch.load(folder / f"{name}.bin", weights_only=name not in ("checkpoint", "lightning", "module", "protocol4"))
        loaded = loaded.state_dict() if name == "module" else loaded.get("state_dict", loaded.get("model_state_dict", loaded))
        assert all(torch.equal(loaded[key].float(), plain[key].float()) for key in plain), name
    with zipfile.ZipFile(folder / "harmful.bin", "w") as archive:
        archive.writestr("harmful/data.pkl", pickle.dumps({"weight": Harmful()}, protocol=2))
    values = {name: {"shape": list(tensor.shape), "values": tensor.reshape(-1).tolist()} for name, tensor in plain.items()}
    (folder / "values.json").write_text(json.dumps(values) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
