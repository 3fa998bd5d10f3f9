#!/usr/bin/env python3
"""Make the parity fixtures of whole-model methods: what mergekit's own functions give on small random tensors.

usage: python bench/peers/make_mergekit_fixtures.py

Needs torch and mergekit 0.1.5 (pip install mergekit==0.1.5). Writes src/merge/src/test/resources/parity/mergekit:
`cases.json` and `cases.safetensors`. A case is a method with its parameters on a base and N = 2, 3 or 4 models of one type;
`exact` says that every step is element by element, so that the result must agree to the bit. The others sum over tensors, in
an order that depends on torch's vector width, and are compared with a tolerance.

Trimming is only compared where no two magnitudes at the cut are equal: which of them torch keeps is not defined. The script
draws tensors until that holds for every case (bfloat16 has few distinct magnitudes).
"""
import json
import pathlib

import torch
from safetensors.torch import save_file

import mergekit
from mergekit.merge_methods import registry
from mergekit.merge_methods.base import TensorGroup

OUT = pathlib.Path(__file__).resolve().parents[2] / "src/merge/src/test/resources/parity/mergekit"
DTYPES = {"F32": torch.float32, "BF16": torch.bfloat16, "F16": torch.float16}
SHAPE = (6, 32)
WEIGHTS = [0.75, 0.3, 0.6, -0.2]
DENSITY = [0.5, 0.3, 0.7, 0.4]
GAMMA = [0.02, 0.05, 0.1, 0.03]


def variants(n):
    """Method, shared parameters, parameters of each non-base input, whether exact, whether it takes the base."""
    w, d, g = WEIGHTS[:n], DENSITY[:n], GAMMA[:n]
    plus = [abs(x) for x in w]
    yield "task_arithmetic", {}, {"weight": w}, True, True
    yield "task_arithmetic", {"normalize": True, "lambda": 0.7}, {"weight": plus}, True, True
    for density in (d, [1.0] * n):
        yield "ties", {}, {"weight": plus, "density": density}, True, True
        yield "ties", {"normalize": False, "lambda": 1.5}, {"weight": w, "density": density}, True, True
    yield "ties", {"normalize": True}, {"weight": w, "density": d}, True, True
    yield "ties", {"rescale": True}, {"weight": plus, "density": d}, False, True
    yield "breadcrumbs", {}, {"weight": plus, "density": d, "gamma": g}, True, True
    yield "breadcrumbs_ties", {"normalize": True}, {"weight": plus, "density": d, "gamma": g}, True, True
    yield "dare_ties", {}, {"weight": plus, "density": [1.0] * n}, True, True
    yield "linear", {}, {"weight": w}, True, False
    yield "linear", {"normalize": False}, {"weight": w}, True, False
    yield "multislerp", {}, {"weight": plus}, False, True
    yield "karcher", {}, {}, False, False
    yield "sce", {}, {}, False, True
    yield "sce", {"select_topk": 0.4}, {}, False, True
    yield "model_stock", {}, {}, False, True
    yield "model_stock", {"filter_wise": True}, {}, False, True
    yield "ram", {}, {}, True, True
    if n == 2:
        yield "nuslerp", {}, {"weight": plus}, False, True
        yield "nuslerp", {"nuslerp_flatten": False}, {"weight": plus}, False, True
        yield "nuslerp", {"nuslerp_flatten": False, "nuslerp_row_wise": True}, {"weight": plus}, False, True
        yield "slerp", {"t": 0.3}, {}, False, False
        yield "nearswap", {"t": 0.05}, {}, True, True
        yield "arcee_fusion", {}, {}, False, True


def draw(seed, dtype):
    generator = torch.Generator().manual_seed(seed)
    base = torch.randn(SHAPE, generator=generator).to(dtype)
    return base, [(base.float() + 0.5 * torch.randn(SHAPE, generator=generator)).to(dtype) for _ in range(4)]


def tied(base, models):
    """Whether two magnitudes at a cut of some case are equal."""
    for i, model in enumerate(models):
        magnitudes = (model - base).abs().float().flatten().sort(descending=True).values
        n = len(magnitudes)
        kept, top = int(DENSITY[i] * n), int(GAMMA[i] * n)
        for cut in {kept, top, top + kept}:
            if 0 < cut < n and magnitudes[cut - 1] == magnitudes[cut]:
                return True
    return False


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    tensors, cases = {}, []
    for dtype_name, dtype in DTYPES.items():
        seed = next(s for s in range(100_000) if not tied(*draw(s, dtype)))
        base, models = draw(seed, dtype)
        for i, tensor in enumerate([base, *models]):
            tensors[f"{dtype_name}.{'base' if i == 0 else i}"] = tensor
        for n in (2, 3, 4):
            for method, shared, each, exact, has_base in variants(n):
                one = method in ("nearswap", "arcee_fusion")
                inputs = models[:1] if one else models[:n]
                if method == "slerp":
                    group = TensorGroup.from_tensors([base, models[0]], base_index=0)
                elif has_base:
                    group = TensorGroup.from_tensors([base, *inputs], base_index=0)
                else:
                    group = TensorGroup.from_tensors(inputs)
                first = 1 if has_base else 0
                parameters = dict(shared)
                for name, values in each.items():
                    parameters[name] = {first + i: value for i, value in enumerate(values)}
                (merged,) = registry.get(method)([group], parameters=parameters)
                name = f"{dtype_name}.out.{len(cases)}"
                tensors[name] = merged.to(dtype).contiguous()
                cases.append({"method": method, "dtype": dtype_name, "shared": shared, "each": each, "exact": exact,
                              "base": f"{dtype_name}.base" if has_base else None,
                              "inputs": [f"{dtype_name}.base", f"{dtype_name}.1"] if method == "slerp"
                              else [f"{dtype_name}.{i + 1}" for i in range(len(inputs))],
                              "expected": name})
    save_file(tensors, OUT / "cases.safetensors")
    versions = {"mergekit": "0.1.5", "torch": torch.__version__}
    text = ",\n  ".join(json.dumps(case) for case in cases)
    (OUT / "cases.json").write_text('{"versions": %s,\n "cases": [\n  %s\n]}\n' % (json.dumps(versions), text))
    print(len(cases), "cases")


if __name__ == "__main__":
    main()
