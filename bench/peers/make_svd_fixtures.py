#!/usr/bin/env python3
"""Make the parity fixtures of PEFT's decompositions: products B·A of the adapters in parity/peft/adapters/f32, merged by PEFT
0.21's own functions and cut to a rank by torch's SVD, as add_weighted_adapter composes them. Factors have no unique sign or
rotation, so the products are compared.

usage: python bench/peers/make_svd_fixtures.py
"""
import json
import pathlib

import torch
from peft.utils import merge_utils
from safetensors.torch import load_file, save_file

PEFT = pathlib.Path(__file__).resolve().parents[2] / "src/merge/src/test/resources/parity/peft"
WEIGHTS = {"a": 0.75, "b": 0.5}
RANK = 3
METHODS = {
    "svd": lambda t, w: merge_utils.task_arithmetic(t, w),
    "ties_svd": lambda t, w: merge_utils.ties(t, w, 0.6, "total"),
    "magnitude_prune_svd": lambda t, w: merge_utils.magnitude_prune(t, w, 0.6),
}


def main():
    deltas = {}
    for name in WEIGHTS:
        folder = PEFT / "adapters/f32" / name
        config = json.loads((folder / "adapter_config.json").read_text())
        tensors = load_file(folder / "adapter_model.safetensors")
        for key in tensors:
            if key.endswith("lora_A.weight"):
                scaling = config["lora_alpha"] / config["r"]
                product = scaling * tensors[key.replace("lora_A", "lora_B")] @ tensors[key]
                deltas.setdefault(key.removesuffix(".lora_A.weight").removeprefix("base_model.model."), []).append(product)
    weights = torch.tensor(list(WEIGHTS.values()))
    products = {}
    for method, merge in METHODS.items():
        for module, both in deltas.items():
            u, s, vh = torch.linalg.svd(merge(both, weights))
            products[f"{method}.{module}"] = (u[:, :RANK] @ torch.diag(s[:RANK]) @ vh[:RANK]).contiguous()
    save_file(products, PEFT / "svd.safetensors")
    print(sorted((name, tuple(t.shape)) for name, t in products.items()))


if __name__ == "__main__":
    main()
