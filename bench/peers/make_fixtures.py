#!/usr/bin/env python3
"""Make the parity fixtures: small data files with the numbers that the Python peers give, committed and read by the tests.

usage: python bench/peers/make_fixtures.py [--lume DIR] [GROUP ...]

GROUP is any of: tokenizer models training peft kernels semeval rouge. Without one, all are made, in that order
(models and training need what tokenizer and models wrote). DIR is the folder with LUME's forget_train.jsonl and
retain_train.jsonl (default: $LUME_DIR, else data/lume under the repository root).

Writes
  src/unlearning/src/test/resources/parity/{tokenizer,llama-tiny,llama-tiny-untied,olmo-tiny,training,semeval,rouge}
  src/merge/src/test/resources/parity/peft

Made with: Python 3.11, torch 2.13.0 (CPU kernels), transformers 5.23.0, peft 0.21.0, safetensors 0.8.0,
tokenizers 0.23.3, rouge_score 0.1.2, nltk 3.10.4, scikit-learn 1.9.1, pandas 3.1.1, numpy 2.4.6. One thread, float32,
eager attention. `versions.json` beside each parity folder repeats what the last run used. Everything is seeded.

Training fixtures: the definitions
  Rows          ids = tok(input) ++ tok(output) ++ [eos]; the prompt keeps its last floor(0.8*T) tokens; left pad to T
                (attention 0, label -100); then the first T tokens stay. T = 64. Labels: -100 on pads and prompt.
  Pairs         item i = (forget[i], retain[i mod 10]); file order, no shuffling; 12 forget rows = 6 micro-batches of 2
                = 3 optimizer steps of 2 micro-batches per epoch. Micro-batch k (0..39) is index k mod 6 of
                batches.safetensors.
  position_ids  0..T-1 in every row, pads included, as when the Trainer passes none.
  Eager mask    additive, float32 min at every key that is padding or in the future. The query rows of left padding have
                no key left, so their softmax is uniform over all T keys (future ones too): with klMask `all` these
                positions are part of the loss.
  l             l_t = -log p(y_t | before), at answer tokens and eos (labels != -100 after the usual shift)
  CE            sum l / count, over the whole micro-batch
  npo           batch-token-mean: D = CE(theta) - CE(ref);           -(2/b) * logsigmoid(b*D), b = 0.1
                seq-sum:   S_i = sum of l over row i;                 -(2/b) * mean_i logsigmoid(b*(S_i,theta - S_i,ref))
                seq-mean:  M_i = mean of l over row i's tokens;       -(2/b) * mean_i logsigmoid(b*(M_i,theta - M_i,ref))
                per-token: -(2/b) * (mean over all answer tokens of the micro-batch of logsigmoid(b*(l_t,theta - l_t,ref)))
  kl            KL_p = sum_v ref_p(v) * (log ref_p(v) - log theta_p(v)) on the retain micro-batch (unshifted positions p)
                all: mean over all b*T positions; non-pad: mean over positions with attention 1;
                answer: mean over positions p whose NEXT token is labelled (label[p+1] != -100), i.e. that predict an answer
                token (`answer-unshifted` uses label[p] != -100 and is there for comparison only)
  retain        CE(theta; retain);  total = 0.4*npo + 0.4*kl + 0.2*retain. ref = the model with its adapter switched off.
  Step          gradient = mean of the two micro-batches' gradients of total; torch AdamW (betas .9/.999, eps 1e-8,
                decoupled weight decay 0.01 on every LoRA tensor), no clipping. lr of step s (0-based, 20 steps, W = 3):
                1e-3 * s/W while s < W, else 1e-3 * (20-s)/(20-W). So step 0 has lr 0 and changes nothing.
  ft            CE on the same forget micro-batches, every parameter of olmo-tiny, AdamW lr 1e-3 constant, weight decay 0.01,
                10 steps of 2 micro-batches.
"""
import argparse
import importlib.metadata
import io
import json
import math
import os
import pathlib
import random
import shutil
import statistics
import sys
import tempfile
import warnings

ROOT = pathlib.Path(__file__).resolve().parents[2]
P = ROOT / "src/unlearning/src/test/resources/parity"
W = ROOT / "src/merge/src/test/resources/parity"
EOS, PAD = 0, 1
T = 64
LINEARS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]


def read_jsonl(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def write_json(path, value, indent=1):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, ensure_ascii=False, indent=indent) + "\n", encoding="utf-8")


def write_jsonl(path, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w", encoding="utf-8", newline="\n") as out:
        for row in rows:
            out.write(json.dumps(row, ensure_ascii=False) + "\n")


def fresh(path):
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir(parents=True)
    return path


def versions(path):
    names = ["torch", "transformers", "peft", "safetensors", "tokenizers", "rouge_score", "nltk", "scikit-learn", "pandas", "numpy"]
    write_json(path / "versions.json", {"python": sys.version.split()[0], **{n: importlib.metadata.version(n) for n in names}})


# ---------------------------------------------------------------- tokenizer

def make_tokenizer(lume):
    from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers
    out = fresh(P / "tokenizer")
    tok = Tokenizer(models.BPE())
    tok.normalizer = normalizers.NFC()
    tok.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    tok.decoder = decoders.ByteLevel()
    rows = read_jsonl(lume / "forget_train.jsonl")[:200]
    trainer = trainers.BpeTrainer(vocab_size=512, special_tokens=["<|endoftext|>", "<|padding|>"], show_progress=False,
                                  initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()))
    tok.train_from_iterator((r["input"] + "\n" + r["output"] for r in rows), trainer)
    assert tok.get_vocab_size() == 512 and tok.token_to_id("<|endoftext|>") == EOS and tok.token_to_id("<|padding|>") == PAD
    tok.save(str(out / "tokenizer.json"))
    write_json(out / "tokenizer_config.json", {
        "tokenizer_class": "PreTrainedTokenizerFast", "eos_token": "<|endoftext|>", "bos_token": "<|endoftext|>",
        "unk_token": "<|endoftext|>", "pad_token": "<|padding|>", "model_max_length": 128,
        "clean_up_tokenization_spaces": False})
    texts = ["", " ", "Hello, world!", "  two leading spaces and a tab\there", "line one\nline two\r\n\r\nline three\n",
             rows[1]["input"], rows[3]["output"], rows[0]["input"][:160], "900-57-8002 and 1976-03-29, 5655779919",
             "goldi\\_aqua@me.com [x](mailto:x@y.zz)", "Zoë naïve café über straße", "cafe\u0301 (decomposed e)",
             "日本語のテキスト と 한국어", "🙂👩‍👩‍👧‍👦 emoji 🇩🇪", "مرحبا بالعالم", "a<|endoftext|>b", "<|padding|><|padding|>x<|endoftext|>",
             "<|endoftext|", "it's we'll I'VE don't 's", "\u00a0nbsp\u200bzero-width\ufeffbom \x00nul"]
    cases = []
    for text in texts:
        enc = tok.encode(text, add_special_tokens=True)
        cases.append({"text": text, "ids": enc.ids, "decoded": tok.decode(enc.ids, skip_special_tokens=False),
                      "decodedSkipSpecial": tok.decode(enc.ids, skip_special_tokens=True)})
    # lone pieces of a multi-byte character: the decoder puts U+FFFD
    ids = tok.encode("日🙂", add_special_tokens=False).ids
    for part in (ids[:1], ids[:-1], ids[1:]):
        cases.append({"text": None, "ids": part, "decoded": tok.decode(part, skip_special_tokens=False),
                      "decodedSkipSpecial": tok.decode(part, skip_special_tokens=True)})
    write_json(out / "cases.json", cases)


def load_tokenizer():
    from tokenizers import Tokenizer
    return Tokenizer.from_file(str(P / "tokenizer/tokenizer.json"))


# ---------------------------------------------------------------- models

COMMON = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4, "vocab_size": 512,
          "max_position_embeddings": 128, "hidden_act": "silu", "attention_bias": False, "attention_dropout": 0.0,
          "initializer_range": 0.2, "bos_token_id": None, "eos_token_id": EOS, "pad_token_id": PAD, "use_cache": True,
          "rope_theta": 10000.0, "transformers_version": "4.45.2"}
MODELS = {
    "llama-tiny": dict(COMMON, architectures=["LlamaForCausalLM"], model_type="llama", num_key_value_heads=2, mlp_bias=False,
                       rms_norm_eps=1e-5, rope_scaling=None, tie_word_embeddings=True, torch_dtype="float32"),
    "llama-tiny-untied": dict(COMMON, architectures=["LlamaForCausalLM"], model_type="llama", num_key_value_heads=2,
                              mlp_bias=False, rms_norm_eps=1e-6, tie_word_embeddings=False, torch_dtype="bfloat16",
                              rope_scaling={"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0,
                                            "high_freq_factor": 4.0, "original_max_position_embeddings": 64}),
    "olmo-tiny": dict(COMMON, architectures=["OlmoForCausalLM"], model_type="olmo", num_key_value_heads=4, clip_qkv=0.5,
                      rope_scaling=None, tie_word_embeddings=True, torch_dtype="float32"),
}


def load_model(name, attention="eager"):
    import torch
    from transformers import AutoModelForCausalLM
    return AutoModelForCausalLM.from_pretrained(P / name, dtype=torch.float32, attn_implementation=attention).eval()


def make_models(lume):
    for name, config in MODELS.items():
        seed = next(seed for seed in range(11, 200) if make_model(lume, name, config, seed))
        print(f"{name}: seed {seed}")


def make_model(lume, name, config, seed):
    """False when a greedy choice was too close to call across machines: then the next seed is tried."""
    import torch
    from safetensors.torch import save_file
    from transformers import AutoConfig, AutoModelForCausalLM
    tok = load_tokenizer()
    rows = read_jsonl(lume / "retain_train.jsonl")
    out = fresh(P / name)
    config = dict(sorted(config.items()))
    write_json(out / "config.json", config, indent=2)
    for file in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(P / "tokenizer" / file, out / file)
    parsed = AutoConfig.from_pretrained(out)
    model = AutoModelForCausalLM.from_config(parsed)
    gen = torch.Generator().manual_seed(seed)
    dtype = torch.bfloat16 if config["torch_dtype"] == "bfloat16" else torch.float32
    state = {}
    for key, value in sorted(model.named_parameters()):  # a tied lm_head is not listed, and not stored
        if "norm" in key:
            state[key] = 1 + 0.2 * torch.randn(value.shape, generator=gen)
        else:
            state[key] = 0.2 * torch.randn(value.shape, generator=gen)
    state = {k: v.to(dtype).contiguous() for k, v in state.items()}
    if name == "llama-tiny-untied":
        shards = [{k: v for k, v in state.items() if not k.startswith("model.layers.1.")},
                  {k: v for k, v in state.items() if k.startswith("model.layers.1.")}]
        index = {"metadata": {"total_size": sum(v.numel() * v.element_size() for v in state.values())}, "weight_map": {}}
        for i, shard in enumerate(shards, start=1):
            file = f"model-{i:05d}-of-{len(shards):05d}.safetensors"
            save_file(shard, out / file, metadata={"format": "pt"})
            index["weight_map"].update({k: file for k in shard})
        index["weight_map"] = dict(sorted(index["weight_map"].items()))
        write_json(out / "model.safetensors.index.json", index, indent=2)
        v5 = {k: v for k, v in config.items() if k not in ("rope_theta", "rope_scaling", "torch_dtype")}
        v5.update(dtype="bfloat16", rope_parameters=dict(config["rope_scaling"], rope_theta=config["rope_theta"]),
                  transformers_version="5.23.0")
        write_json(out / "config-v5.json", dict(sorted(v5.items())), indent=2)  # the same model as transformers 5 writes it
    else:
        save_file(state, out / "model.safetensors", metadata={"format": "pt"})
    model = load_model(name)
    loaded = dict(model.named_parameters())
    assert all(torch.equal(loaded[k], v.float()) for k, v in state.items())

    g = torch.Generator().manual_seed(100 + seed)
    ids = torch.randint(2, 512, (2, 17), generator=g)
    mask = torch.ones_like(ids)
    mask[1, :5] = 0
    ids[1, :5] = PAD
    positions = (mask.cumsum(-1) - 1).masked_fill(mask == 0, 0)
    clipped = []
    if "clip_qkv" in config:
        for layer in model.model.layers:
            for proj in (layer.self_attn.q_proj, layer.self_attn.k_proj, layer.self_attn.v_proj):
                proj.register_forward_hook(lambda m, i, o: clipped.append((o.abs() > config["clip_qkv"]).float().mean().item()))
    with torch.no_grad():
        logits = model(input_ids=ids, attention_mask=mask, position_ids=positions, use_cache=False).logits
    save_file({"input_ids": ids, "attention_mask": mask, "position_ids": positions, "logits": logits.contiguous()},
              out / "expected.safetensors")
    if clipped:
        assert 0.05 < statistics.mean(clipped) < 0.95, clipped
        print(f"{name}: share of q/k/v values clipped {statistics.mean(clipped):.2f}")

    texts = ["The", rows[1]["input"], rows[0]["input"][:60], rows[3]["input"] + " " + rows[5]["input"]]
    prompts = [tok.encode(t).ids[-100:] for t in texts]
    plain, least = [], math.inf
    for prompt in prompts:
        ids1, row = list(prompt), []
        for _ in range(24):  # the plain definition, without a cache
            with torch.no_grad():
                top = model(input_ids=torch.tensor([ids1]), use_cache=False).logits[0, -1].topk(2)
            least = min(least, (top.values[0] - top.values[1]).item())
            row.append(top.indices[0].item())
            ids1.append(row[-1])
        plain.append(row)
    distinct = sum(len(set(r)) for r in plain)
    print(f"{name}: smallest top-2 margin while decoding {least:.5f}; distinct tokens per run {[len(set(r)) for r in plain]}")
    if least < 2e-3 or distinct < 40:
        return False
    eos = next(t for i, t in enumerate(plain[0]) if i >= 6 and t not in plain[0][:i])

    def generate(prompt, eos_id):
        model.generation_config.eos_token_id = eos_id
        x = torch.tensor([prompt])
        y = model.generate(input_ids=x, attention_mask=torch.ones_like(x), max_new_tokens=24, do_sample=False,
                           use_cache=True, pad_token_id=PAD)
        return y[0, len(prompt):].tolist()

    cases = []
    for prompt, row in zip(prompts, plain):
        assert generate(prompt, None) == row
        stopped = generate(prompt, eos)
        assert stopped == (row[:row.index(eos) + 1] if eos in row else row)
        cases.append({"promptIds": prompt, "generatedIds": row, "generatedIdsWithEos": stopped,
                      "text": tok.decode(row, skip_special_tokens=True)})
    write_json(out / "greedy.json", {
        "note": "each prompt alone; maxNewTokens 24; generatedIds has no stop token; generatedIdsWithEos stops after eosTokenId, which is kept as its last id",
        "maxNewTokens": 24, "eosTokenId": eos, "smallestTop2Margin": least, "cases": cases}, indent=None)
    return True


# ---------------------------------------------------------------- training

def cut(text, n, end=False):
    """At most n characters, cut at a blank."""
    if len(text) <= n:
        return text
    return text[-n:].split(" ", 1)[1] if end else text[:n].rsplit(" ", 1)[0]


def pick_rows(rows, count, long_prompt, long_answer):
    out = []
    for r in rows:
        kind = r["id"].rstrip("0123456789")[-2:]
        i = len(out)
        if (kind == "sc") != (i % 2 == 0) or r["input"] in (o["input"] for o in out):
            continue
        if i == long_prompt:      # longer than floor(0.8*64) = 51 tokens: the prompt's front is cut
            row = {"input": cut(r["input"], 220, end=True), "output": cut(r["output"], 24)}
        elif i == long_answer:    # prompt + answer longer than 64 tokens: the answer's end and eos are cut
            row = {"input": cut(r["input"], 90, end=True), "output": cut(r["output"] + " " + r["input"], 150)}
        else:
            row = {"input": cut(r["input"], 60, end=True), "output": cut(r["output"], 36)}
        out.append({"id": r["id"], **row})
        if len(out) == count:
            return out


def encode_row(tok, row):
    """(ids, attention, labels, what was cut)"""
    prompt = tok.encode(row["input"], add_special_tokens=True).ids
    keep = math.floor(0.8 * T)
    was = []
    if len(prompt) > keep:
        prompt, was = prompt[-keep:], ["prompt"]
    answer = tok.encode(row["output"], add_special_tokens=False).ids + [EOS]
    ids, labels = prompt + answer, [-100] * len(prompt) + answer
    n = max(0, T - len(ids))
    if len(ids) > T:
        was.append("answer")
    return ([PAD] * n + ids)[:T], ([0] * n + [1] * len(ids))[:T], ([-100] * n + labels)[:T], was


def token_losses(logits, labels):
    """(l, mask), both [b, T-1]"""
    import torch
    logp = torch.log_softmax(logits[:, :-1].float(), -1)
    target = labels[:, 1:]
    mask = target != -100
    l = -logp.gather(-1, target.clamp(min=0).unsqueeze(-1)).squeeze(-1)
    return l * mask, mask


def npo(theta, ref, mask, reduction, beta=0.1):
    import torch.nn.functional as F
    if reduction == "batch-token-mean":
        return -(2 / beta) * F.logsigmoid(beta * (theta.sum() - ref.sum()) / mask.sum())
    if reduction == "seq-sum":
        return -(2 / beta) * F.logsigmoid(beta * (theta.sum(1) - ref.sum(1))).mean()
    if reduction == "seq-mean":
        return -(2 / beta) * F.logsigmoid(beta * (theta.sum(1) - ref.sum(1)) / mask.sum(1)).mean()
    if reduction == "per-token":
        return -(2 / beta) * (F.logsigmoid(beta * (theta - ref)) * mask).sum() / mask.sum()
    raise ValueError(reduction)


def kl(logits, ref_logits, where):
    import torch
    ref, theta = torch.log_softmax(ref_logits.float(), -1), torch.log_softmax(logits.float(), -1)
    per = (ref.exp() * (ref - theta)).sum(-1)
    return (per * where).sum() / where.sum()


def make_training(lume):
    import torch
    from peft import LoraConfig, PeftModel, get_peft_model
    from safetensors.torch import load_file, save_file
    torch.set_num_threads(1)
    tok = load_tokenizer()
    out = fresh(P / "training")
    forget = pick_rows(read_jsonl(lume / "forget_train.jsonl")[300:], 12, 8, 10)
    retain = pick_rows(read_jsonl(lume / "retain_train.jsonl")[300:], 10, 6, 2)
    encoded = {"forget": [encode_row(tok, r) for r in forget], "retain": [encode_row(tok, r) for r in retain]}
    rows = []
    for split, source in (("forget", forget), ("retain", retain)):
        for i, (row, enc) in enumerate(zip(source, encoded[split])):
            rows.append({"split": split, "row": i, **row, "tokens": sum(enc[1]), "cut": enc[3]})
    assert any("prompt" in r["cut"] for r in rows) and any("answer" in r["cut"] for r in rows)
    write_jsonl(out / "rows.jsonl", rows)

    batches = {}
    for k in range(6):
        for split in ("forget", "retain"):
            picked = [encoded[split][i if split == "forget" else i % 10] for i in (2 * k, 2 * k + 1)]
            for j, part in enumerate(("input_ids", "attention_mask", "labels")):
                batches.setdefault(f"{split}.{part}", []).append(torch.tensor([e[j] for e in picked]))
    batches = {k: torch.stack(v) for k, v in batches.items()}  # [6, 2, 64]
    save_file(batches, out / "batches.safetensors")

    def micro(k, split):
        return tuple(batches[f"{split}.{p}"][k % 6] for p in ("input_ids", "attention_mask", "labels"))

    for name in ("olmo-tiny", "llama-tiny"):
        folder = fresh(out / name)
        torch.manual_seed(7)
        config = LoraConfig(task_type="CAUSAL_LM", r=4, lora_alpha=8, lora_dropout=0.0, bias="none", target_modules=LINEARS)
        model = get_peft_model(load_model(name), config)
        model.peft_config["default"].base_model_name_or_path = name
        gen = torch.Generator().manual_seed(23)
        with torch.no_grad():
            for key, p in sorted(model.named_parameters()):
                if "lora_A" in key:
                    p.copy_(torch.randn(p.shape, generator=gen) / math.sqrt(p.shape[1]))
                elif "lora_B" in key:
                    p.copy_(0.05 * torch.randn(p.shape, generator=gen))
        save_adapter(model, folder / "initial", name)
        params = [p for p in model.parameters() if p.requires_grad]
        assert all("lora_" in k for k, p in model.named_parameters() if p.requires_grad)
        model.train()  # dropout 0: the same numbers as eval

        def logits(m, ids, mask):
            return m(input_ids=ids, attention_mask=mask, use_cache=False).logits

        def losses(k, reduction="batch-token-mean", kl_mask="all"):
            fi, fm, fl = micro(k, "forget")
            ri, rm, rl = micro(k, "retain")
            with torch.no_grad(), model.disable_adapter():
                ref_f, ref_r = logits(model, fi, fm), logits(model, ri, rm)
            theta, mask = token_losses(logits(model, fi, fm), fl)
            ref, _ = token_losses(ref_f, fl)
            n = npo(theta, ref, mask, reduction)
            theta_r = logits(model, ri, rm)
            where = {"all": torch.ones_like(rm), "non-pad": rm,
                     "answer": torch.cat([(rl[:, 1:] != -100).long(), torch.zeros_like(rl[:, :1])], 1),
                     "answer-unshifted": (rl != -100).long()}[kl_mask]
            k_ = kl(theta_r, ref_r, where)
            l_r, mask_r = token_losses(theta_r, rl)
            r = l_r.sum() / mask_r.sum()
            return {"npo": n, "kl": k_, "retain": r, "total": 0.4 * n + 0.4 * k_ + 0.2 * r,
                    "forgetCe": (theta.sum() / mask.sum()).detach(), "forgetCeRef": ref.sum() / mask.sum()}

        def items(d):
            return {k: v.item() for k, v in d.items()}

        first = losses(0)
        first["total"].backward()
        save_file({k.replace(".default", ""): p.grad.clone() for k, p in model.named_parameters() if p.requires_grad},
                  folder / "gradients.safetensors")
        fi, fm, _ = micro(0, "forget")
        with torch.no_grad():
            save_file({"logits": logits(model, fi, fm).contiguous()[:, ::4].contiguous()}, folder / "logits.safetensors")
        model.zero_grad()
        with torch.no_grad():
            variants = {
                "npoReduction": {r: losses(0, reduction=r)["npo"].item() for r in ("batch-token-mean", "seq-mean", "seq-sum", "per-token")},
                "klMask": {m: losses(0, kl_mask=m)["kl"].item() for m in ("all", "non-pad", "answer", "answer-unshifted")}}
            other = PeftModel.from_pretrained(load_model(name, "sdpa"), folder / "initial")
            ri, rm, _ = micro(0, "retain")
            theta_r = logits(other, ri, rm)
            with other.disable_adapter():
                ref_r = logits(other, ri, rm)
            sdpa = {"all": kl(theta_r, ref_r, torch.ones_like(rm)).item(), "non-pad": kl(theta_r, ref_r, rm).item()}
            variants["klMaskSdpaForInformation"] = {k: v if math.isfinite(v) else str(v) for k, v in sdpa.items()}

        optimizer = torch.optim.AdamW(params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01)
        steps, warm = 20, 3
        schedule = torch.optim.lr_scheduler.LambdaLR(
            optimizer, lambda s: s / max(1, warm) if s < warm else max(0.0, (steps - s) / max(1, steps - warm)))
        log_micro, log_step = [], []
        for s in range(steps):
            lr = optimizer.param_groups[0]["lr"]
            mine = []
            for a in range(2):
                k = 2 * s + a
                d = losses(k)
                (d["total"] / 2).backward()
                mine.append({"step": s, "micro": k, "lr": lr, **items(d)})
            norm = torch.sqrt(sum((p.grad.double() ** 2).sum() for p in params)).item()
            optimizer.step()
            schedule.step()
            optimizer.zero_grad()
            log_micro += mine
            log_step.append({"step": s, "lr": lr, **{k: sum(m[k] for m in mine) / 2 for k in ("npo", "kl", "retain", "total")}, "gradNorm": norm})
        save_adapter(model, folder / "final", name)
        a, b = (load_file(folder / d / "adapter_model.safetensors") for d in ("initial", "final"))
        print(f"{name}: total {log_step[0]['total']:.5f} -> {log_step[-1]['total']:.5f}; largest change of a LoRA value "
              f"{max((a[k] - b[k]).abs().max().item() for k in a):.5f}")
        write_json(folder / "losses.json", {
            "settings": {"model": name, "maxLength": T, "microBatch": 2, "accumulation": 2, "steps": steps, "warmupSteps": warm,
                         "lr": 1e-3, "weightDecay": 0.01, "betas": [0.9, 0.999], "eps": 1e-8, "npoBeta": 0.1,
                         "weights": {"npo": 0.4, "kl": 0.4, "retain": 0.2}, "rank": 4, "alpha": 8, "shuffle": False},
            "step0": {**items(first), **variants}, "micro": log_micro, "steps": log_step})

    torch.manual_seed(7)
    model = load_model("olmo-tiny").train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01)
    log = []
    for s in range(10):
        for a in range(2):
            ids, mask, labels = micro(2 * s + a, "forget")
            l, m = token_losses(model(input_ids=ids, attention_mask=mask, use_cache=False).logits, labels)
            loss = l.sum() / m.sum()
            (loss / 2).backward()
            log.append({"step": s, "micro": 2 * s + a, "loss": loss.item()})
        optimizer.step()
        optimizer.zero_grad()
    folder = fresh(out / "olmo-tiny-ft")
    state = {k: v.detach().clone() for k, v in sorted(model.named_parameters())}
    save_file(state, folder / "final.safetensors", metadata={"format": "pt"})
    write_json(folder / "losses.json", {
        "settings": {"model": "olmo-tiny", "objective": "ft", "lr": 1e-3, "schedule": "constant", "weightDecay": 0.01, "microBatch": 2,
                     "accumulation": 2, "steps": 10, "maxLength": T}, "micro": log,
        "steps": [{"step": s, "loss": (log[2 * s]["loss"] + log[2 * s + 1]["loss"]) / 2} for s in range(10)]})
    print(f"ft: {log[0]['loss']:.4f} -> {log[-1]['loss']:.4f}")


def save_adapter(model, path, base_name=None, adapter="default"):
    """save_pretrained, without the model card and with a stable config."""
    with tempfile.TemporaryDirectory() as tmp:
        model.save_pretrained(tmp, selected_adapters=[adapter])
        source = pathlib.Path(tmp) if adapter == "default" else pathlib.Path(tmp) / adapter
        fresh(path)
        shutil.copy(source / "adapter_model.safetensors", path)
        config = json.loads((source / "adapter_config.json").read_text())
        config["base_model_name_or_path"] = base_name
        config["target_modules"] = sorted(config["target_modules"])  # a set in peft: its order is not stable
        write_json(path / "adapter_config.json", config, indent=2)


# ---------------------------------------------------------------- peft

def strict_cut(tensor, k):
    """True when the k-th and the (k+1)-th largest magnitudes differ."""
    m = tensor.abs().float().reshape(-1).sort(descending=True).values
    return k <= 0 or k >= m.numel() or bool(m[k - 1] > m[k])


def make_peft(_):
    import torch
    from torch import nn
    from peft import LoraConfig, PeftModel, get_peft_model
    from safetensors.torch import load_file, save_file
    torch.set_num_threads(1)
    out = fresh(W / "peft")
    DT = {"f32": torch.float32, "bf16": torch.bfloat16, "f16": torch.float16}

    class Toy(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc1 = nn.Linear(24, 16, bias=True)
            self.fc2 = nn.Linear(16, 20, bias=False)

        def forward(self, x):
            return self.fc2(torch.relu(self.fc1(x)))

    gen = torch.Generator().manual_seed(5)
    base = {k: 0.3 * torch.randn(v.shape, generator=gen) for k, v in sorted(Toy().state_dict().items())}
    save_file(base, out / "base.safetensors", metadata={"format": "pt"})

    def toy(dtype=torch.float32):
        model = Toy()
        model.load_state_dict(base)
        return model.to(dtype)

    shapes = {"fc1.lora_A": (4, 24), "fc1.lora_B": (16, 4), "fc2.lora_A": (4, 16), "fc2.lora_B": (20, 4)}
    for seed in range(1000):  # until no factor has equal magnitudes at a cut that a case below makes, in any dtype
        g = torch.Generator().manual_seed(seed)
        values = {n: {f"base_model.model.{k}.weight": 0.2 * torch.randn(s, generator=g) for k, s in shapes.items()} for n in "ab"}
        if all(strict_cut(v.to(DT[d]), int(q * v.numel())) for n in "ab" for v in values[n].values()
               for d, q in (("f32", .8), ("f32", .5), ("bf16", .8), ("f16", .8))):
            break
    else:
        raise SystemExit("no seed with strict cuts")
    alphas = {"a": 8, "b": 4}
    for d, dtype in DT.items():
        for n in "ab":
            model = get_peft_model(toy(dtype), LoraConfig(r=4, lora_alpha=alphas[n], lora_dropout=0.0, target_modules=["fc1", "fc2"]))
            save_adapter(model, out / "adapters" / d / n)
            save_file({k: v.to(dtype).contiguous() for k, v in sorted(values[n].items())},
                      out / "adapters" / d / n / "adapter_model.safetensors", metadata={"format": "pt"})

    cases = []

    def case(name, dtype, method, weights, density=None, sign=None, autocast=True, fold=False):
        model = PeftModel.from_pretrained(toy(DT[dtype]), out / "adapters" / dtype / "a", adapter_name="a", autocast_adapter_dtype=autocast)
        model.load_adapter(out / "adapters" / dtype / "b", adapter_name="b", autocast_adapter_dtype=autocast)
        extra = {} if density is None else {"density": density}
        if sign is not None:
            extra["majority_sign_method"] = sign
        model.add_weighted_adapter(["a", "b"], weights, "merge", combination_type=method, **extra)
        save_adapter(model, out / "expected" / name, adapter="merge")
        saved = load_file(out / "expected" / name / "adapter_model.safetensors")
        entry = {"name": name, "adapters": [f"adapters/{dtype}/a", f"adapters/{dtype}/b"], "inputDtype": dtype, "method": method,
                 "weights": weights, "density": density, "majoritySign": sign or ("total" if method == "ties" else None),
                 "upcastToF32OnLoad": dtype == "f32" or autocast,
                 "outputDtype": str(next(iter(saved.values())).dtype).replace("torch.", ""), "expected": f"expected/{name}"}
        if fold:
            model.set_adapter("merge")
            merged = model.merge_and_unload(adapter_names=["merge"])
            save_file({k: v.contiguous() for k, v in sorted(merged.state_dict().items())}, out / "folded.safetensors", metadata={"format": "pt"})
            entry.update(base="base.safetensors", folded="folded.safetensors")
        cases.append(entry)

    case("ties-total-0.8", "f32", "ties", [1.0, 1.0], .8, "total", fold=True)
    case("ties-total-0.5", "f32", "ties", [2.0, .5625], .5, "total")
    case("ties-frequency-0.8", "f32", "ties", [1.0, 1.0], .8, "frequency")
    case("ties-total-negative", "f32", "ties", [1.0, -.5], .8, "total")
    case("linear-1-1", "f32", "linear", [1.0, 1.0])
    case("linear-0.75-0.25", "f32", "linear", [.75, .25])
    case("linear-negative", "f32", "linear", [1.0, -.5])
    case("cat-0.75-0.25", "f32", "cat", [.75, .25])
    case("magnitude-prune-0.5", "f32", "magnitude_prune", [.75, .25], .5)
    for d in ("bf16", "f16"):
        case(f"ties-total-0.8-{d}", d, "ties", [1.0, 1.0], .8, "total", autocast=False)
        case(f"ties-total-0.8-{d}-autocast", d, "ties", [1.0, 1.0], .8, "total")
    write_json(out / "manifest.json", {
        "rank": 4, "alpha": alphas, "scaling": {"a": 2.0, "b": 1.0}, "modules": ["fc1", "fc2"], "seed": seed,
        "note": "upcastToF32OnLoad is peft's default autocast_adapter_dtype=True: 16-bit adapters become f32 when loaded, so the merge and the saved result are f32; "
                "with false the merge prunes and votes in 16 bits, weighs and sums in f32, and rounds once at the end",
        "cases": cases})


def make_kernels(_):
    import torch
    from peft.utils.merge_utils import magnitude_prune, task_arithmetic, ties
    from safetensors.torch import save_file
    torch.set_num_threads(1)
    out = W / "peft"
    out.mkdir(parents=True, exist_ok=True)
    DT = {"f32": torch.float32, "bf16": torch.bfloat16, "f16": torch.float16}
    weights = {2: [0.75, 0.25], 3: [1.0, 0.5, 2.0], 4: [0.3, 0.7, 1.1, 0.9]}
    shape, numel = (37, 29), 37 * 29
    tensors, meta = {}, {"shape": list(shape), "numel": numel, "weights": weights, "cases": []}
    for d, dtype in DT.items():
        for seed in range(10000):
            g = torch.Generator().manual_seed(1000 + seed)
            inputs = [torch.randn(shape, generator=g).to(dtype) for _ in range(4)]
            found = {}
            for want in (.5, .8):
                near = sorted(range(int((want - .06) * numel), int((want + .06) * numel)), key=lambda k: abs(k - want * numel))
                found[want] = next((k for k in near if all(strict_cut(t, k) for t in inputs)), None)
            if all(found.values()):
                break
        else:
            raise SystemExit(f"no seed with strict cuts for {d}")
        for i, t in enumerate(inputs):
            tensors[f"{d}.in{i}"] = t
        for n in (2, 3, 4):
            w = torch.tensor(weights[n])
            given = inputs[:n]

            def add(method, result, **kw):
                key = f"{d}.n{n}.{method}" + (f".k{kw['k']}" if "k" in kw else "") + (f".{kw['majoritySign']}" if "majoritySign" in kw else "")
                tensors[key] = result.contiguous()
                meta["cases"].append({"dtype": d, "n": n, "inputs": [f"{d}.in{i}" for i in range(n)], "method": method,
                                      "weights": weights[n], **kw, "expected": key, "outputDtype": str(result.dtype).replace("torch.", "")})

            add("task_arithmetic", task_arithmetic(given, w))
            for k in found.values():
                density = (k + 0.5) / numel
                assert int(density * numel) == k
                for sign in ("total", "frequency"):
                    add("ties", ties(given, w, density, sign), density=density, k=k, majoritySign=sign)
                add("magnitude_prune", magnitude_prune(given, w, density), density=density, k=k)
    save_file(tensors, out / "kernels.safetensors")
    meta["note"] = "weights are a float32 tensor, so 16-bit inputs give float32 results (add_weighted_adapter casts them back to the adapter's dtype afterwards); k = int(density*numel), and no input has equal magnitudes on both sides of the cut"
    write_json(out / "kernels.json", meta)


# ---------------------------------------------------------------- semeval

PROBES = ["", " ", "None", " None", "None ", "none", "NONE", "NA", "na", "Na", "N/A", "n/a", "nan", "NaN", "NAN", "Nan", "-nan", "-NaN",
          "null", "NULL", "Null", "#N/A", "#NA", "#N/A N/A", "<NA>", "<na>", "NaT", "nil", "1.#IND", "-1.#IND", "1.#QNAN", "-1.#QNAN",
          "inf", "-", "?", ".", "\n", "\t", "\"\"", "''", "N.A.", "None.", "nan nan"]


def perturb(kind, text, other, rng):
    words = text.split(" ")
    if kind == "exact":
        return text
    if kind == "case-space":
        return "  " + text.upper() + " \n"
    if kind == "prefix":
        return text[:max(1, int(len(text) * 0.6))]
    if kind == "shuffle":
        rng.shuffle(words)
        return " ".join(words)
    if kind == "ramble":
        return (other + " ") * 3 + "and so on, and so on"
    if kind == "period":
        return text + "."
    if kind == "markdown":
        return "**" + text.replace("_", "\\_").replace("@", "\\@") + "**"
    if kind == "unicode":
        return text.replace("e", "é").replace("'", "’").replace("-", "–") + " 🙂\u00a0…"
    if kind == "lines":
        return "\"" + text.replace(" ", "\n", 1) + "\",\r\n" + other[:40]
    if kind == "continues":
        return text + "\n" + other[:80]
    if kind == "inflected":
        return " ".join(w + "s" if w.isalpha() and len(w) > 4 else w for w in words)
    if kind == "digits":
        return "6" * 12
    return kind  # "", "None", ...


def csv_round_trip(columns):
    import pandas as pd
    text = pd.DataFrame(columns).to_csv(index=False)
    with tempfile.TemporaryDirectory() as tmp:
        path = pathlib.Path(tmp) / "x.csv"
        pd.DataFrame(columns).to_csv(path, index=False)
        return pd.read_csv(path)


def evaluate(rows):
    """rows: {id, task, input, output, generation}; the official evaluator's data frame after the CSV files."""
    import numpy as np
    from rouge_score import rouge_scorer
    scorer = rouge_scorer.RougeScorer(["rouge1", "rougeL"], use_stemmer=True)
    df = csv_round_trip({"id": [r["id"] for r in rows], "task": [r["task"] for r in rows], "input": [r["input"] for r in rows],
                         "expected_output": [r["output"] for r in rows], "model_output": [r["generation"] for r in rows],
                         "nll": [1.5 + 0.01 * i for i in range(len(rows))]})
    assert df["id"].tolist() == [r["id"] for r in rows], "a row was split"
    r1, rl, kn = [], [], []
    for i, gt, gen in zip(df["id"], df["expected_output"], df["model_output"]):
        a = b = c = None
        if i[:-1].endswith("sc"):
            s = scorer.score(str(gt), str(gen))
            a, b = float(s["rouge1"].recall), float(s["rougeL"].recall)
        elif i[:-1].endswith("qa"):
            c = int(str(gt).strip().lower() == str(gen).strip().lower())
        r1.append(a), rl.append(b), kn.append(c)
    df["rouge1"], df["rougeL"], df["exact"] = (np.array([np.nan if v is None else v for v in col], float) for col in (r1, rl, kn))
    return df, list(zip(r1, rl, kn))


def make_semeval(lume):
    import numpy as np
    import pandas as pd
    from sklearn.metrics import auc, roc_curve
    out = fresh(P / "semeval")
    rng = random.Random(3)
    sizes = {("Task1", "sc"): 15, ("Task1", "qa"): 15, ("Task2", "sc"): 15, ("Task2", "qa"): 25, ("Task3", "sc"): 15, ("Task3", "qa"): 15}
    cycle = ["exact", "case-space", "ramble", "prefix", "shuffle", "exact", "period", "", "markdown", "None", "exact", "unicode", "NA", "lines",
             "nan", "exact", "continues", "null", "inflected", "N/A", "digits", "exact", "NULL", "case-space", "#N/A", "<NA>", "   ", "n/a", "NaN"]
    data, generations, kinds = {}, [], {}
    for split in ("forget", "retain"):
        left, rows = dict(sizes), []
        for r in read_jsonl(lume / f"{split}_train.jsonl"):
            key = (r["task"], r["id"][:-1][-2:])
            if left.get(key, 0) > 0:
                left[key] -= 1
                rows.append({k: r[k] for k in ("id", "input", "output", "task")})
        assert len(rows) == 100
        data[split] = rows
        write_jsonl(out / f"{split}.jsonl", rows)
    number = 0
    for split, rows in data.items():
        for i, r in enumerate(rows):
            kind = cycle[number % len(cycle)]
            if split == "retain" and number % 3 == 0:
                kind = "exact"
            number += 1
            kinds[r["id"]] = kind
            r["generation"] = perturb(kind, r["output"], rows[(i + 7) % 100]["input"], rng)
            generations.append({"id": r["id"], "generation": r["generation"]})
    write_jsonl(out / "generations.jsonl", generations)

    def table(df, rows, scores):
        return [{"id": r["id"], "task": r["task"], "kind": r["id"][:-1][-2:], "perturbation": kinds.get(r["id"]),
                 "missing": bool(pd.isna(df["model_output"][i])), "csvOutput": str(df["expected_output"][i]),
                 "csvGeneration": str(df["model_output"][i]), "rouge1Recall": scores[i][0], "rougeLRecall": scores[i][1], "exact": scores[i][2]}
                for i, r in enumerate(rows)]

    expected, terms = {}, []
    for split, rows in data.items():
        df, scores = evaluate(rows)
        assert all(str(df["expected_output"][i]) == r["output"] for i, r in enumerate(rows))
        groups = df.groupby("task")[["rougeL", "exact"]].mean().to_dict(orient="index")
        values = [float(v) for inner in groups.values() for v in inner.values()]
        terms += [1 - v for v in values] if split == "forget" else values
        expected[split] = {"regurgitation": float(np.mean(df["rougeL"].dropna())), "knowledge": float(np.mean(df["exact"].dropna())),
                           "tasks": {t: {"regurgitation": g["rougeL"], "knowledge": g["exact"]} for t, g in groups.items()},
                           "rows": table(df, rows, scores)}
    expected = {"note": "terms: forget Task1..3 (regurgitation, knowledge; each 1 - value), then retain Task1..3; split values are NOT inverted",
                "terms": terms, "taskAggregate": statistics.harmonic_mean(terms), **expected}
    write_json(out / "expected.json", expected)
    assert 0 < expected["taskAggregate"] < 1

    # synthetic rows in which the CSV round trip decides the score
    edge = [("a1qa0", "None", ""), ("a2qa0", "nan", ""), ("a3qa0", "nan", "None"), ("a4qa0", "None", "none"), ("a5qa0", "NULL", "<NA>"),
            ("a6qa0", "Nan", ""), ("a7qa0", "nan", " None"), ("a8qa0", "007", "7"), ("a9qa0", "007", "007"), ("b1qa0", "1.0", "1"),
            ("b2qa0", "True", "true"), ("b3qa0", "x\r\ny", "x\ny"), ("b5qa0", "Straße", "STRASSE"),
            ("b6qa0", "İ", "i̇"), ("b7qa0", "Σας", "ΣΑΣ"), ("b8qa0", "abc", "\u00a0abc\u2003"), ("b9qa0", "abc", "\u200babc"),
            ("c1qa0", "abc", "\x1cabc\x1f"), ("c2qa0", "abc", "\x85abc"), ("c3sc1", "none of the null nan", "None"), ("c4sc1", "none of the null nan", "nan"),
            ("c5sc1", "none of the null nan", "null"), ("c6sc1", "none of the null nan", ""), ("c7sc1", "none of the null nan", "none"),
            ("c8sc1", "", "words"), ("c9sc1", "None", ""), ("d1sc1", "Éa Ünder 1,000.50 x_y", "ea under 1 000 50 xy"), ("d2sc1", "K Å ſ", "k a s"),
            ("d3qa10", "abc", "abc"), ("d4sc10", "abc", "abc"), ("d5xx1", "abc", "abc"), ("d6qa", "abc", "abc"), ("d7sc", "abc", "abc")]
    rows = [{"id": i, "task": "Task1", "input": "x", "output": o, "generation": g} for i, o, g in edge]
    df, scores = evaluate(rows)
    write_json(out / "edge.json", [dict(e, output=r["output"], generation=r["generation"], missingOutput=bool(pd.isna(df["expected_output"][i])))
                                   for i, (e, r) in enumerate(zip(table(df, rows, scores), rows))])

    probe = csv_round_trip({"x": PROBES + ["text"], "y": ["t"] * (len(PROBES) + 1)})
    missing = [p for p, v in zip(PROBES, probe["x"]) if pd.isna(v)]
    changed = [(p, str(v)) for p, v in zip(PROBES, probe["x"]) if not pd.isna(v) and str(v) != p]
    columns = {"all integers": ["7", "007", "12"], "integers and an empty one": ["7", "007", ""], "all numbers": ["1.50", "2", "1e5"],
               "long digit runs": ["6" * 30, "7" * 400], "with a sign and blanks": [" 12", "+3", "-0"], "all truth values": ["True", "False", "true"],
               "truth values and an empty one": ["True", "FALSE", ""], "all empty": ["", "None"], "numbers and one text": ["007", "1.50", "abc", ""],
               "inf": ["inf", "1"], "underscores": ["1_000", "2"], "hex": ["0x10", "2"], "thousands": ["1,000", "2"], "dates": ["1976-03-29", "2001-01-01"]}
    kinds_out = {}
    for name, given in columns.items():
        col = csv_round_trip({"x": given, "y": ["t"] * len(given)})["x"]
        kinds_out[name] = {"given": given, "dtype": str(col.dtype), "scoredAs": [str(v) for v in col]}
    returns = ["a\rb", "\rb", "a\r", "a\r\nb", "a\nb", "a, \r b"]
    df = csv_round_trip({"id": [f"{i}sc1" for i in range(len(returns))], "model_output": returns, "nll": [1.5] * len(returns)})
    split = {"given": [{"id": f"{i}sc1", "generation": g} for i, g in enumerate(returns)],
             "readAs": [{"id": str(a), "generation": str(b), "nll": str(c)} for a, b, c in df.itertuples(index=False)]}
    write_json(out / "csv.json", {"carriageReturn": split, "missing": missing, "kept": [p for p in PROBES if p not in missing], "changed": changed, "columns": kinds_out})
    print("read as missing:", missing, "changed:", changed)
    for k, v in kinds_out.items():
        print(" ", k, v)

    member = [1.0, 2.0, 3.0, 2.0, 0.5, 2.25, 2.25, 1.75]
    nonmember = [2.0, 3.0, 4.0, 1.5, 2.25, 2.75, 0.5]
    mias = []
    for name, m, n in (("golden", [1, 2, 3, 2], [2, 3, 4, 1.5]), ("ties", member, nonmember), ("separate", [1.0, 1.1], [2.0, 2.1]),
                       ("reversed", [2.0, 2.1], [1.0, 1.1]), ("all equal", [2.0] * 3, [2.0] * 2),
                       ("random", [round(rng.gauss(2, .4), 2) for _ in range(150)], [round(rng.gauss(2.2, .4), 2) for _ in range(150)])):
        fp, tp, _ = roc_curve([1] * len(m) + [0] * len(n), -np.array(list(m) + list(n), float))
        a = float(auc(fp, tp))
        mias.append({"name": name, "member": m, "nonmember": n, "auc": a, "miaScore": 1 - abs(a - 0.5) * 2})
    write_json(out / "mia.json", mias, indent=None)
    (out / "README.md").write_text(README_SEMEVAL.format(
        missing=", ".join("`" + (m or "") + "`" if m else "the empty string" for m in missing),
        kept=", ".join("`" + p.replace("\n", "\\n").replace("\t", "\\t") + "`" for p in PROBES if p and p not in missing)), encoding="utf-8")


README_SEMEVAL = """# SemEval-2025 Task 4 scoring, as the official evaluator does it

Made by `bench/peers/make_fixtures.py semeval` with pandas 3.1.1, rouge_score 0.1.2 and scikit-learn 1.9.1.
`forget.jsonl` and `retain.jsonl` are rows of LUME (Copyright Amazon.com, Inc. or its affiliates; Apache-2.0; the Task3 texts
come from Wikipedia, CC BY-SA). The generations are made up from them by fixed perturbations.

| file | what |
|---|---|
| `forget.jsonl`, `retain.jsonl` | 100 rows each: 15 sc + 15 qa of Task1, 15 + 25 of Task2, 15 + 15 of Task3 |
| `generations.jsonl` | `id`, `generation` for the 200 rows |
| `expected.json` | 12 terms, means, harmonic mean, and per row the scores and both texts as they come back from the CSV file |
| `edge.json` | made-up rows in which the CSV file, `strip().lower()` or the id's suffix decides |
| `csv.json` | what `read_csv` makes of single values and of whole columns |
| `mia.json` | NLL lists with ties, AUC, MIA score |

**Read as missing, and then scored as the text `nan`:** {missing}.

**Not missing (come back unchanged):** {kept}. The match is exact and case-sensitive; blanks around a word keep it.

A column comes back as text as soon as one value in it is neither a number nor missing: then `007` stays `007`. A column of nothing but
numbers (and missing values) is parsed: `007` is scored as `7`, and as `7.0` when a value is missing or has a decimal point; a column of
only `True`/`False` becomes truth values. With real rows this needs every generation of a split to be a number; `csv.json` has the cases.

A carriage return without a line feed is not quoted when the file is written (seen with Python 3.11), so reading splits the row there: the
generation ends before it (and is missing if nothing is left), and the rest becomes a row whose id is not an id. `\\r\\n` is kept as it is.
`csv.json` shows it under `carriageReturn`; no row of the other files has one.
"""


# ---------------------------------------------------------------- rouge

def make_rouge(lume):
    import re
    from nltk.stem.porter import PorterStemmer
    from rouge_score import rouge_scorer
    out = fresh(P / "rouge")
    words = set()
    for file in ("forget_train.jsonl", "retain_train.jsonl"):
        for r in read_jsonl(lume / file):
            words.update(re.sub(r"[^a-z0-9]+", " ", (r["input"] + " " + r["output"]).lower()).split())
    rng = random.Random(9)
    picked = set(rng.sample(sorted(words), 3000))
    picked.update("""dies flies spied happy enjoy fly skies sky rationally fully possibly geology agreed university organization dying lying tying
        news inning innings outing outings canning cannings howe proceed exceed succeed tried tries died lied ties cries by say cry shy
        caresses ponies cats feed plastered bled motoring sing conflated troubled sized hopping tanned falling hissing fizzed failing filing
        relational conditional rational valenci hesitanci digitizer conformabli radicalli differentli vileli analogousli vietnamization predication
        operator feudalism decisiveness hopefulness callousness formaliti sensitiviti sensibiliti triplicate formative formalize electriciti
        electrical hopeful goodness revival allowance inference airliner gyroscopic adjustable defensible irritant replacement adjustment
        dependent adoption homologou communism activate angulariti homologous effective bowdlerize probate rate cease controll roll
        theology biology ology apology archaeologi wisely really finally usually dally ally bibli nobly ably exploded exploding oed ed ing s ss
        eed need freed seeds as is us yes eying owed ok abe age use used uses using able table sable apple""".split())
    stem = PorterStemmer().stem
    (out / "stems.json").write_text("{\n" + ",\n".join(f"{json.dumps(w)}: {json.dumps(stem(w))}" for w in sorted(picked)) + "\n}\n", encoding="utf-8")

    scorer = rouge_scorer.RougeScorer(["rouge1", "rougeL"], use_stemmer=True)
    pairs = [("address is 1011 San Jose Street, Brooklyn Park, MD, 21225. Her Social Security Number is 900-57-8002.",
              "address is 1011 San Jose Street, Brooklyn Park, MD, 21225. Her SSN is 900-57-8002."),
             ("The runners were running quickly", "runner was run quick"), ("a b c d", "d c b a"), ("goldi\\_aqua@me.com", "goldi_aqua@me.com"),
             ("", ""), ("abc", ""), ("", "abc"), ("...", "abc"), ("nan", "nan"), ("Zoë café", "zoe cafe"), ("one\ntwo\tthree", "one two three")]
    rows = [r for f in ("forget", "retain") for r in read_jsonl(lume / f"{f}_train.jsonl") if r["id"][:-1].endswith("sc")]
    kinds = ["case-space", "prefix", "shuffle", "ramble", "period", "markdown", "unicode", "lines", "continues", "inflected"]
    i = 0
    while len(pairs) < 100:
        r, other = rows[i * 3], rows[i * 3 + 5]
        text = perturb(kinds[i % len(kinds)], r["output"], other["output"] if i % 2 else other["input"][:200], rng)
        pairs.append((r["output"], text))
        i += 1
    result = []
    for ref, gen in pairs:
        s = scorer.score(ref, gen)
        result.append({"reference": ref, "generation": gen, "p": float(s["rougeL"].precision), "r": float(s["rougeL"].recall),
                       "f": float(s["rougeL"].fmeasure), "rouge1Recall": float(s["rouge1"].recall)})
    write_json(out / "rouge.json", result)


README_PARITY = """# Numbers from the Python peers

Made by `bench/peers/make_fixtures.py`, whose docstring has every definition; `versions.json` has the versions. Texts in `tokenizer`,
`training`, `semeval`, `rouge` and the prompts of `greedy.json` are, or are cut from, rows of LUME (Copyright Amazon.com, Inc. or its
affiliates; Apache-2.0; its Task3 texts come from Wikipedia, CC BY-SA). Models are random.

| folder | what |
|---|---|
| `tokenizer` | byte-level BPE, 512 tokens, NFC; `cases.json`: text, ids, decoded with and without special tokens (`text` null: decode only) |
| `llama-tiny`, `llama-tiny-untied`, `olmo-tiny` | Hugging Face folders; `expected.safetensors`: input_ids, attention_mask, position_ids [2,17], logits [2,17,512] (row 1 starts with 5 pads); `greedy.json` |
| `training` | `rows.jsonl`, `batches.safetensors` (`{forget,retain}.{input_ids,attention_mask,labels}` [6,2,64]); per model `initial`, `final`, `losses.json`, `gradients.safetensors` (of total, micro-batch 0, at the initial adapter), `logits.safetensors` (forget micro-batch 0, every 4th position, adapter on: [2,16,512]); `olmo-tiny-ft` |
| `semeval` | the official scoring, see its README |
| `rouge` | `stems.json` word to stem; `rouge.json` ROUGE-L with stemmer, and ROUGE-1 recall |

Logits at padded positions are those of eager attention, where a query without any key attends to all keys alike. With sdpa such a query
gets zeros, so these positions differ, and so does the KL term over all positions (`klMaskSdpaForInformation` in `losses.json`); every
other number is the same.

`llama-tiny-untied/config-v5.json` is the same config in the form that transformers 5 writes (`dtype`, `rope_parameters`).
"""

GROUPS = {"tokenizer": make_tokenizer, "models": make_models, "training": make_training, "peft": make_peft, "kernels": make_kernels,
          "semeval": make_semeval, "rouge": make_rouge}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("groups", nargs="*", metavar="GROUP")
    parser.add_argument("--lume", type=pathlib.Path, default=pathlib.Path(os.environ.get("LUME_DIR", ROOT / "data/lume")))
    args = parser.parse_args()
    unknown = set(args.groups) - set(GROUPS)
    if unknown:
        parser.error(f"no such group: {', '.join(sorted(unknown))}")
    import torch
    torch.set_num_threads(1)
    for name, make in GROUPS.items():
        if not args.groups or name in args.groups:
            make(args.lume)
            print(f"{name}: done", flush=True)
    (P / "README.md").write_text(README_PARITY, encoding="utf-8")
    versions(P)
    versions(W)


if __name__ == "__main__":
    main()
