#!/usr/bin/env python3
"""Time LoRA training by peft + torch on the CPU or a GPU: the peer of this project's training benchmark.

usage: python bench/peers/train_peft.py MODEL_DIR ROWS.jsonl [--objective ce|npo] [--batch 2] [--length 256] [--steps 10]
           [--warmup 2] [--threads 2] [--rank 32] [--attention sdpa|eager] [--retain ROWS.jsonl] [--full-rows]
           [--padding max|longest] [--device cpu|cuda] [--dtype float32|bfloat16]

ROWS has one object with `input` and `output` per line. Rows are laid out as in make_fixtures.py (separate tokenisation, eos,
the prompt's last floor(0.8*length) tokens, left pad to the full length). --padding longest cuts the padding that a whole batch
has in common, as transformers' collators do; --full-rows takes only rows that fill the length, so that nothing is padded.
`ce` is one forward and one backward on ROWS. `npo` is 0.4*NPO + 0.4*KL + 0.2*CE with the adapter-off model as reference: per
step two forwards without gradient and two with, on ROWS and on --retain (default: ROWS, half-way round).
The base is --dtype, the adapter float32. LoRA on every linear layer but lm_head, alpha = rank, dropout 0, torch AdamW, one optimizer step per batch.

Prints one JSON line: msPerStep (median; cpuMsPerStep is user and system time, the mean), tokensPerSecond (tokens of ROWS, padding
not counted, over the time of all steps) and peakRssMiB (of the process, the model's loading included). Used with torch 2.13.0, transformers 5.23.0, peft 0.21.0.
"""
import argparse
import json
import math
import pathlib
import resource
import statistics
import time


def main():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("model", type=pathlib.Path)
    p.add_argument("rows", type=pathlib.Path)
    p.add_argument("--retain", type=pathlib.Path)
    p.add_argument("--objective", choices=["ce", "npo"], default="ce")
    p.add_argument("--batch", type=int, default=2)
    p.add_argument("--length", type=int, default=256)
    p.add_argument("--steps", type=int, default=10)
    p.add_argument("--warmup", type=int, default=2)
    p.add_argument("--threads", type=int, default=2)
    p.add_argument("--rank", type=int, default=32)
    p.add_argument("--attention", choices=["sdpa", "eager"], default="sdpa")
    p.add_argument("--full-rows", action="store_true")
    p.add_argument("--padding", choices=["max", "longest"], default="max")
    p.add_argument("--device", choices=["cpu", "cuda"], default="cpu")
    p.add_argument("--dtype", choices=["float32", "bfloat16"], default="float32")
    a = p.parse_args()

    import torch
    import torch.nn.functional as F
    import peft
    import transformers
    from transformers import AutoModelForCausalLM, AutoTokenizer
    transformers.logging.set_verbosity_error()
    imported = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    torch.set_num_threads(a.threads)
    torch.manual_seed(42)
    tok = AutoTokenizer.from_pretrained(a.model)
    eos = tok.eos_token_id
    pad = tok.pad_token_id if tok.pad_token_id is not None else eos
    model = AutoModelForCausalLM.from_pretrained(a.model, dtype=getattr(torch, a.dtype), attn_implementation=a.attention)
    model = peft.get_peft_model(model, peft.LoraConfig(task_type="CAUSAL_LM", r=a.rank, lora_alpha=a.rank, lora_dropout=0.0,
                                                       target_modules="all-linear"))
    model.to(a.device).train()
    params = [q for q in model.parameters() if q.requires_grad]
    optimizer = torch.optim.AdamW(params, lr=1e-4, weight_decay=0.01)

    def encode(row):
        prompt = tok(row["input"]).input_ids[-math.floor(0.8 * a.length):]
        answer = tok(row["output"], add_special_tokens=False).input_ids + [eos]
        n = max(0, a.length - len(prompt) - len(answer))
        ids = ([pad] * n + prompt + answer)[:a.length]
        return ids, [0] * n + [1] * (a.length - n), ([-100] * (n + len(prompt)) + answer)[:a.length]

    def load(path):
        rows = [encode(json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
        return [row for row in rows if sum(row[1]) == a.length] if a.full_rows else rows

    forget = load(a.rows)
    retain = load(a.retain) if a.retain else forget[len(forget) // 2:] + forget[:len(forget) // 2]

    def batch(rows, step):
        picked = [rows[(step * a.batch + i) % len(rows)] for i in range(a.batch)]
        common = min(a.length - sum(r[1]) for r in picked) if a.padding == "longest" else 0
        return tuple(torch.tensor([r[j][common:] for r in picked], device=a.device) for j in range(3))

    def logits(ids, mask):
        return model(input_ids=ids, attention_mask=mask, use_cache=False).logits.float()

    def ce(out, labels):
        return F.cross_entropy(out[:, :-1].flatten(0, 1), labels[:, 1:].flatten(), ignore_index=-100)

    times, cpu, real, losses = [], 0, 0, []
    for step in range(-a.warmup, a.steps):
        ids, mask, labels = batch(forget, step + a.warmup)
        start, cpu_start = time.perf_counter(), time.process_time()
        if a.objective == "ce":
            loss = ce(logits(ids, mask), labels)
        else:
            rids, rmask, rlabels = batch(retain, step + a.warmup)
            with torch.no_grad(), model.disable_adapter():
                ref = ce(logits(ids, mask), labels)
                ref_logp = torch.log_softmax(logits(rids, rmask), -1)
            npo = -(2 / 0.1) * F.logsigmoid(0.1 * (ce(logits(ids, mask), labels) - ref))
            out = logits(rids, rmask)
            kl = F.kl_div(torch.log_softmax(out, -1).flatten(0, 1), ref_logp.flatten(0, 1), reduction="batchmean", log_target=True)
            loss = 0.4 * npo + 0.4 * kl + 0.2 * ce(out, rlabels)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        losses.append(loss.item())
        if step >= 0:
            times.append(time.perf_counter() - start)
            cpu += time.process_time() - cpu_start
            real += int(mask.sum())
    median = statistics.median(times)
    print(json.dumps({
        "peer": "peft", "objective": a.objective, "batch": a.batch, "length": a.length, "fullRows": a.full_rows,
        "padding": a.padding, "steps": a.steps, "threads": a.threads, "rank": a.rank, "attention": a.attention, "device": a.device, "dtype": a.dtype,
        "trainable": sum(q.numel() for q in params), "firstLoss": round(losses[0], 5), "lastLoss": round(losses[-1], 5),
        "msPerStep": round(median * 1000, 1), "cpuMsPerStep": round(cpu / a.steps * 1000, 1),
        "tokensPerSecond": round(real / sum(times), 1),
        "peakRssMiB": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1), "importRssMiB": round(imported, 1),
        "torch": torch.__version__, "transformers": transformers.__version__, "peft": peft.__version__}))


if __name__ == "__main__":
    main()
