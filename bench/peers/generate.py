#!/usr/bin/env python3
"""Time greedy generation by transformers on the CPU or a GPU: the peer of this project's generation benchmark.

usage: python bench/peers/generate.py MODEL_DIR PROMPTS.jsonl [--batch 1] [--new-tokens 64] [--threads 2] [--limit 16]
           [--dtype float32|bfloat16] [--attention sdpa|eager] [--device cpu|cuda]

PROMPTS has one object with `input` (or `prompt`) per line. Batches are left-padded; every row makes exactly --new-tokens tokens
(the eos token does not stop it), so the work does not depend on the weights. One short generation runs first, untimed.

Prints one JSON line: tokensPerSecond (new tokens of all rows over the wall time, prompt processing included), seconds, cpuSeconds,
peakRssMiB. Used with torch 2.13.0, transformers 5.23.0.
"""
import argparse
import json
import pathlib
import resource
import time


def main():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("model", type=pathlib.Path)
    p.add_argument("prompts", type=pathlib.Path)
    p.add_argument("--batch", type=int, default=1)
    p.add_argument("--new-tokens", type=int, default=64)
    p.add_argument("--threads", type=int, default=2)
    p.add_argument("--limit", type=int, default=16)
    p.add_argument("--dtype", choices=["float32", "bfloat16"], default="float32")
    p.add_argument("--attention", choices=["sdpa", "eager"], default="sdpa")
    p.add_argument("--device", choices=["cpu", "cuda"], default="cpu")
    a = p.parse_args()

    import torch
    import transformers
    from transformers import AutoModelForCausalLM, AutoTokenizer
    transformers.logging.set_verbosity_error()
    imported = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    torch.set_num_threads(a.threads)
    tok = AutoTokenizer.from_pretrained(a.model, padding_side="left")
    if tok.pad_token_id is None:
        tok.pad_token = tok.eos_token
    model = AutoModelForCausalLM.from_pretrained(a.model, dtype=getattr(torch, a.dtype), attn_implementation=a.attention).to(a.device).eval()
    model.generation_config.eos_token_id = None
    rows = [json.loads(line) for line in a.prompts.read_text(encoding="utf-8").splitlines() if line.strip()][:a.limit]
    texts = [r["input"] if "input" in r else r["prompt"] for r in rows]

    def generate(batch, n):
        x = tok(batch, return_tensors="pt", padding=True).to(a.device)
        with torch.inference_mode():
            y = model.generate(input_ids=x.input_ids, attention_mask=x.attention_mask, max_new_tokens=n, min_new_tokens=n,
                               do_sample=False, use_cache=True, pad_token_id=tok.pad_token_id)
        assert y.shape[1] == x.input_ids.shape[1] + n
        return x.attention_mask.sum().item(), tok.batch_decode(y[:, x.input_ids.shape[1]:], skip_special_tokens=True)

    generate(texts[:a.batch], 4)
    prompt_tokens, sample = 0, None
    start, cpu = time.perf_counter(), time.process_time()
    for i in range(0, len(texts), a.batch):
        n, made = generate(texts[i:i + a.batch], a.new_tokens)
        prompt_tokens += n
        sample = sample or made[0]
    seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
    print(json.dumps({
        "peer": "transformers", "rows": len(texts), "batch": a.batch, "newTokens": a.new_tokens, "threads": a.threads, "dtype": a.dtype,
        "attention": a.attention, "device": a.device, "promptTokens": prompt_tokens, "seconds": round(seconds, 3), "cpuSeconds": round(cpu, 3),
        "tokensPerSecond": round(len(texts) * a.new_tokens / seconds, 2),
        "peakRssMiB": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1), "importRssMiB": round(imported, 1), "sample": sample[:120],
        "torch": torch.__version__, "transformers": transformers.__version__}))


if __name__ == "__main__":
    main()
