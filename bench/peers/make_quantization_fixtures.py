#!/usr/bin/env python3
"""Make the parity fixtures of quantised weights: small tensors as bitsandbytes quantises and dequantises them on a CPU, by its
functions in torch (backends/default), which define it: its native CPU library divides by an approximate reciprocal, so that one
of some thousand scales becomes a neighbour of the nearest code.

usage: python bench/peers/make_quantization_fixtures.py

Writes src/unlearning/src/test/resources/parity/quantization/bitsandbytes.safetensors. Made with Python 3.11, torch 2.15.0,
bitsandbytes 0.50.2, on one thread. For each CASE
  CASE.weight                [out, in]; not for `large`, whose numbers are a formula (see there)
  CASE.int8.codes            i8 [out, in], and CASE.int8.largest f32 [out]: int8_vectorwise_quant
  CASE.int8.expanded         [out, in] in the weight's type: int8_vectorwise_dequant
  CASE.nf4.packed            u8: quantize_4bit(quant_type="nf4", compress_statistics=True), blocks of 64
  CASE.nf4.scale_codes       u8 [blocks], .scale_largest f32 [groups of 256], .scale_mean f32 [1]: its state
  CASE.nf4.expanded          [out, in] in the weight's type: dequantize_4bit
  map                        f32 [256]: create_dynamic_map()
"""
import ctypes
import pathlib
from unittest import mock

import torch
from safetensors.torch import save_file

with mock.patch.object(ctypes.cdll, "LoadLibrary", side_effect=OSError("left out")):
    import bitsandbytes.functional as bnb

OUT = pathlib.Path(__file__).resolve().parents[2] / "src/unlearning/src/test/resources/parity/quantization"


def large():
    """More blocks than a group has; every number is a multiple of 2^-12, so that sums are exact in any order."""
    count = 65 * 257
    numbers = [((i * 2654435761 % 2**32 >> 16) % 511 - 255) / 256 / 2 ** (i // 64 % 5) for i in range(count)]
    return torch.tensor(numbers).view(65, 257)


def cases():
    torch.manual_seed(7)
    yield "odd", torch.randn(5, 39) * 0.02  # the last block has three numbers, and the last byte one
    yield "bf16", (torch.randn(3, 128) * 0.05).to(torch.bfloat16)
    zeros = torch.randn(4, 64)
    zeros[1] = 0
    yield "zeros", zeros
    yield "large", large()


def main():
    torch.set_num_threads(1)
    tensors = {"map": bnb.create_dynamic_map()}
    for name, weight in cases():
        codes, largest, _ = bnb.int8_vectorwise_quant(weight.clone())
        packed, state = bnb.quantize_4bit(weight, quant_type="nf4", compress_statistics=True)
        found = {
            "int8.codes": codes,
            "int8.largest": largest,
            "int8.expanded": bnb.int8_vectorwise_dequant(codes, largest).to(weight.dtype),
            "nf4.packed": packed.view(-1),
            "nf4.scale_codes": state.absmax,
            "nf4.scale_largest": state.state2.absmax,
            "nf4.scale_mean": state.offset.view(1),
            "nf4.expanded": bnb.dequantize_4bit(packed, state),
        }
        if name == "large":
            # The rest is made of codes that are compared.
            found = {key: found[key][-2:] if key.endswith("expanded") else found[key] for key in found}
            del found["int8.codes"]
        else:
            found["weight"] = weight
        tensors |= {f"{name}.{key}": tensor.contiguous().clone() for key, tensor in found.items()}
    OUT.mkdir(parents=True, exist_ok=True)
    save_file(tensors, OUT / "bitsandbytes.safetensors")
    for name, tensor in sorted(tensors.items()):
        print(name, tensor.dtype, tuple(tensor.shape))


if __name__ == "__main__":
    main()
