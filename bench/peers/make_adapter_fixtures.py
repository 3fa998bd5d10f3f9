#!/usr/bin/env python3
"""Make the parity fixtures of adapters that are more than plain LoRA of linear modules: what PEFT 0.21 saves of each, and the
base as its merge_and_unload leaves it, float32 and, with DoRA, bfloat16.

usage: python bench/peers/make_adapter_fixtures.py
"""
import json
import pathlib
import shutil

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from safetensors.torch import load_file, save_file
from torch import nn

OUT = pathlib.Path(__file__).resolve().parents[2] / "src/merge/src/test/resources/parity/adapters"
CASES = {
    "embedding": dict(target_modules=["embed_tokens", "fc"]),
    "head": dict(target_modules=["lm_head"], lora_alpha=3),
    "dora": dict(target_modules=["fc", "lm_head"], use_dora=True),
    "dora-embedding": dict(target_modules=["embed_tokens"], use_dora=True, use_rslora=True),
    "modules-to-save": dict(target_modules=["fc"], modules_to_save=["lm_head"]),
    "bias": dict(target_modules=["fc"], bias="all"),
    "expression": dict(target_modules=r".*(fc|lm_head)"),
}


class Config(dict):
    """What PEFT asks of a transformers model's configuration."""
    tie_word_embeddings, vocab_size, model_type = False, 10, "toy"

    def to_dict(self):
        return dict(self)


class Toy(nn.Module):
    def __init__(self):
        super().__init__()
        self.config = Config(model_type="toy")
        self.embed_tokens = nn.Embedding(10, 6)
        self.fc = nn.Linear(6, 8)
        self.lm_head = nn.Linear(8, 10, bias=False)

    def get_input_embeddings(self):
        return self.embed_tokens

    def get_output_embeddings(self):
        return self.lm_head

    def forward(self, ids):
        return self.lm_head(torch.relu(self.fc(self.embed_tokens(ids))))


def toy(base, dtype=torch.float32):
    model = Toy()
    model.load_state_dict(base)
    return model.to(dtype)


def main():
    torch.set_num_threads(1)
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    gen = torch.Generator().manual_seed(7)
    base = {k: 0.3 * torch.randn(v.shape, generator=gen) for k, v in sorted(Toy().state_dict().items())}
    save_file(base, OUT / "base.safetensors", metadata={"format": "pt"})
    for name, settings in CASES.items():
        model = get_peft_model(toy(base), LoraConfig(**{"r": 2, "lora_alpha": 4, **settings}))
        with torch.no_grad():
            for key, parameter in sorted(model.named_parameters()):
                if parameter.requires_grad:
                    parameter.add_(0.2 * torch.randn(parameter.shape, generator=gen))
        folder = OUT / name
        model.save_pretrained(folder)
        (folder / "README.md").unlink(missing_ok=True)
        config = json.loads((folder / "adapter_config.json").read_text())
        if isinstance(config["target_modules"], list):
            config["target_modules"].sort()
        (folder / "adapter_config.json").write_text(json.dumps(config, indent=1, sort_keys=True) + "\n")
        for suffix, dtype in (("", torch.float32), ("-bf16", torch.bfloat16)):
            if suffix and not name.startswith("dora"):
                continue
            loaded = PeftModel.from_pretrained(toy(base, dtype), folder)
            merged = {k: v.contiguous() for k, v in sorted(loaded.merge_and_unload().state_dict().items())}
            save_file(merged, OUT / f"{name}{suffix}.safetensors", metadata={"format": "pt"})
        print(name, sorted(load_file(folder / "adapter_model.safetensors")))


if __name__ == "__main__":
    main()
