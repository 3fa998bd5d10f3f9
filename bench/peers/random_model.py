#!/usr/bin/env python3
"""Write a Llama of random bfloat16 weights, for measurements whose work does not depend on what a model knows.

usage: python bench/peers/random_model.py TOKENIZER_DIR TARGET [--hidden 2048] [--layers 16] [--intermediate 8192] [--heads 32]
           [--kv-heads 8] [--vocabulary 32768]

The defaults have 1.1 billion parameters. The tokenizer is copied; ids that it has not are never read. Needs torch and safetensors, and
makes a weight at a time.
"""
import argparse
import json
import pathlib
import shutil


def shapes(a):
    head = a.hidden // a.heads
    yield "model.embed_tokens.weight", (a.vocabulary, a.hidden)
    for i in range(a.layers):
        p = f"model.layers.{i}."
        yield p + "input_layernorm.weight", (a.hidden,)
        yield p + "self_attn.q_proj.weight", (a.heads * head, a.hidden)
        yield p + "self_attn.k_proj.weight", (a.kv_heads * head, a.hidden)
        yield p + "self_attn.v_proj.weight", (a.kv_heads * head, a.hidden)
        yield p + "self_attn.o_proj.weight", (a.hidden, a.heads * head)
        yield p + "post_attention_layernorm.weight", (a.hidden,)
        yield p + "mlp.gate_proj.weight", (a.intermediate, a.hidden)
        yield p + "mlp.up_proj.weight", (a.intermediate, a.hidden)
        yield p + "mlp.down_proj.weight", (a.hidden, a.intermediate)
    yield "model.norm.weight", (a.hidden,)


def main():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("tokenizer", type=pathlib.Path)
    p.add_argument("target", type=pathlib.Path)
    p.add_argument("--hidden", type=int, default=2048)
    p.add_argument("--layers", type=int, default=16)
    p.add_argument("--intermediate", type=int, default=8192)
    p.add_argument("--heads", type=int, default=32)
    p.add_argument("--kv-heads", type=int, default=8)
    p.add_argument("--vocabulary", type=int, default=32768)
    a = p.parse_args()

    import torch
    from safetensors.torch import save_file
    torch.manual_seed(42)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    a.target.mkdir(parents=True, exist_ok=True)
    index, bytes_, shard = {}, 0, {}
    for number, (name, shape) in enumerate(shapes(a)):
        weight = torch.ones(shape, dtype=torch.bfloat16) if len(shape) == 1 else (
            torch.empty(shape, dtype=torch.bfloat16, device=device).normal_(0, 0.02).cpu())
        shard[name] = weight
        bytes_ += weight.numel() * 2
        index[name] = None
        if sum(w.numel() for w in shard.values()) > 200_000_000 or name == "model.norm.weight":
            file = f"model-{number:05d}.safetensors"
            save_file(shard, a.target / file, metadata={"format": "pt"})
            index.update({n: file for n in shard})
            shard = {}
    (a.target / "model.safetensors.index.json").write_text(json.dumps({"metadata": {"total_size": bytes_}, "weight_map": index}))
    (a.target / "config.json").write_text(json.dumps({
        "architectures": ["LlamaForCausalLM"], "model_type": "llama", "vocab_size": a.vocabulary, "hidden_size": a.hidden,
        "intermediate_size": a.intermediate, "num_hidden_layers": a.layers, "num_attention_heads": a.heads,
        "num_key_value_heads": a.kv_heads, "max_position_embeddings": 4096, "hidden_act": "silu", "initializer_range": 0.02,
        "rms_norm_eps": 1e-5, "rope_theta": 500000.0, "attention_bias": False, "mlp_bias": False, "tie_word_embeddings": True,
        "bos_token_id": None, "eos_token_id": 0, "pad_token_id": 0, "torch_dtype": "bfloat16"}, indent=1))
    for name in ["tokenizer.json", "tokenizer_config.json"]:
        shutil.copy(a.tokenizer / name, a.target / name)


if __name__ == "__main__":
    main()
