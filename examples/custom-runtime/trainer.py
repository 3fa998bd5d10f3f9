"""A trainer of one's own for ModelTraining: gradient difference (forget rows up, retain rows down) with transformers and PEFT.

It honours the stage contract, so the operator treats it like Lethe's own worker:

  in    the last argument is the stage file: the spec with every default filled and every URI a mounted path
  out   a folder written beside its final name and renamed when it is complete, with result.json;
        in /dev/termination-log the digests of that file and of the payload: all that the operator believes
  exit  0 done, 65 invalid input, 77 refused (a digest that differs): never tried again; anything else: tried again
  again a stage that is started again continues from its checkpoint, and a finished one is not done again

Progress needs no code: transformers' Trainer posts it where KUBEFLOW_TRAINER_SERVER_URL is set, and the operator sets it.
"""

import hashlib
import json
import os
import pathlib
import re
import shutil
import sys
from datetime import datetime, timezone

NOT_COUNTED = {"result.json", "stage.json", "README.md", "lethe-evidence.json", "seal"}  # files that speak about the payload
OF_A_MODEL = re.compile(  # what counts beside a model's weights; anything else there is foreign
    r"(model.*\.safetensors|model\.safetensors\.index\.json|(generation_)?config\.json|tokenizer(_config)?\.json|tokenizer\.model(\.v3)?"
    r"|special_tokens_map\.json|added_tokens\.json|vocab\.(json|txt|bpe)|merges\.txt|chat_template\.(jinja|json)|(LICENSE|NOTICE)(\.(md|txt))?"
    r"|merge-manifest\.json)")


class Wrong(Exception):
    """Input that no other attempt can change: exit code 65, or 77 where it is refused."""

    def __init__(self, code, message):
        super().__init__(message)
        self.code = code


def main(stage_file):
    stage = json.loads(pathlib.Path(stage_file).read_text())
    spec = stage["spec"]
    target = path(spec["output"]["uri"])
    result_file = target / "result.json"
    if not result_file.exists():
        started = now()
        inputs = {role: checked(spec[role]) for role in ("model", "forget", "retain")}
        work = target.with_name(f".{target.name}.work")
        payload = work / "payload"
        payload.mkdir(parents=True, exist_ok=True)
        counts = train(spec, work / "checkpoints", payload)
        result = {
            "stage": stage["name"], "kind": stage["kind"], "inputs": inputs,
            "output": {"uri": f"file:{target}", "digest": digest(payload), "type": "adapter"},
            "metrics": {}, "notMeasured": {}, "counts": counts,
            "started": started, "finished": now(), "versions": {"trainer": "custom-runtime/1"},
        }
        (payload / "result.json").write_text(json.dumps(result, indent=2))
        payload.rename(target)
        shutil.rmtree(work)
    output = json.loads(result_file.read_text())["output"]["digest"]
    last_words(json.dumps({"result": digest(result_file), "output": output}))


def train(spec, checkpoints, payload):
    """Writes a LoRA adapter in PEFT's format into `payload`, and returns what was counted."""
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM, AutoTokenizer, Trainer, TrainingArguments

    settings, lora = spec["training"], spec["lora"]
    retain_weight = float(spec["objective"].get("parameters", {}).get("retainWeight", 1))
    model_folder = path(spec["model"]["uri"])
    tokenizer = AutoTokenizer.from_pretrained(model_folder)
    model = get_peft_model(
        AutoModelForCausalLM.from_pretrained(model_folder, dtype=torch.float32),
        LoraConfig(r=lora["rank"], lora_alpha=lora["alpha"], lora_dropout=lora["dropout"],
                   target_modules="all-linear", task_type="CAUSAL_LM"))

    forget, retain = (rows(path(spec[role]["uri"]), tokenizer, settings["maxLength"]) for role in ("forget", "retain"))
    pairs = [(row, retain[i % len(retain)]) for i, row in enumerate(forget)]

    class GradientDifference(Trainer):
        def compute_loss(self, model, inputs, return_outputs=False, **_):
            loss = retain_weight * model(**inputs["retain"]).loss - model(**inputs["forget"]).loss
            return (loss, None) if return_outputs else loss

    trainer = GradientDifference(
        model=model, train_dataset=pairs,
        data_collator=lambda batch: {name: padded([pair[i] for pair in batch]) for i, name in enumerate(("forget", "retain"))},
        args=TrainingArguments(
            output_dir=str(checkpoints), num_train_epochs=settings["epochs"], learning_rate=settings["learningRate"],
            per_device_train_batch_size=settings["batchSize"], gradient_accumulation_steps=settings["gradientAccumulation"],
            weight_decay=settings["weightDecay"], seed=settings["seed"], save_strategy="epoch", save_total_limit=1,
            remove_unused_columns=False, logging_steps=1, disable_tqdm=True))
    done = trainer.train(resume_from_checkpoint=any(checkpoints.glob("checkpoint-*")))
    model.save_pretrained(payload)
    (payload / "README.md").unlink(missing_ok=True)
    return {"steps": float(done.global_step), "loss": float(done.training_loss)}


def rows(file, tokenizer, max_length):
    """Each row as token ids, with the prompt's labels masked."""
    import torch

    def tokens(line, number):
        try:
            row = json.loads(line)
            prompt = tokenizer(row["input"] + " ", add_special_tokens=False)["input_ids"]
            answer = tokenizer(row["output"], add_special_tokens=False)["input_ids"]
        except (ValueError, KeyError, TypeError):
            # The line itself stays out of the message: nobody may read what is to be forgotten in a status.
            raise Wrong(65, f"{file}: line {number}: expected an object with input and output") from None
        ids = (prompt + answer)[:max_length]
        return torch.tensor(ids), torch.tensor(([-100] * len(prompt) + answer)[:max_length])

    return [tokens(line, n) for n, line in enumerate(file.read_text().splitlines(), 1) if line.strip()]


def padded(batch):
    from torch.nn.utils.rnn import pad_sequence

    ids, labels = zip(*batch)
    return {"input_ids": pad_sequence(ids, batch_first=True),
            "attention_mask": pad_sequence([i.new_ones(len(i)) for i in ids], batch_first=True),
            "labels": pad_sequence(labels, batch_first=True, padding_value=-100)}


def checked(source):
    """The input's digest and rows; refused where a digest is asked for and differs."""
    file = path(source["uri"])
    if not file.exists():
        raise Wrong(65, f"{file}: not found")
    found = digest(file)
    if source.get("digest", found) != found:
        raise Wrong(77, f"{file}: digest: found {found}, expected {source['digest']}")
    count = {} if file.is_dir() else {"count": sum(1 for line in file.read_text().splitlines() if line.strip())}
    return {"uri": source["uri"], "digest": found, **count}


def digest(file):
    """SHA-256 of a file; of a folder, over `path NUL hex LF` of every file of its payload, sorted by path."""
    if file.is_file():
        return "sha256:" + hashlib.sha256(file.read_bytes()).hexdigest()
    names = sorted(str(f.relative_to(file)) for f in file.rglob("*") if f.is_file())
    if any(n.startswith("model") and ".safetensors" in n for n in names):
        names = [n for n in names if OF_A_MODEL.fullmatch(n)]
    listing = "".join(f"{n}\0{digest(file / n)[7:]}\n" for n in names if n not in NOT_COUNTED)
    return "sha256:" + hashlib.sha256(listing.encode()).hexdigest()


def path(uri):
    return pathlib.Path(uri.removeprefix("file:"))


def now():
    return datetime.now(timezone.utc).isoformat().replace("+00:00", "Z")


def last_words(text):
    """What the operator reads of this pod: the digests of the result, or one line that says what is wrong."""
    log = pathlib.Path(os.environ.get("LETHE_TERMINATION_LOG", "/dev/termination-log"))
    if log.exists() or "LETHE_TERMINATION_LOG" in os.environ:
        log.write_bytes(text.encode()[:4096])


if __name__ == "__main__":
    try:
        main(sys.argv[-1])
    except Wrong as wrong:
        last_words(str(wrong))
        print(wrong, file=sys.stderr)
        sys.exit(wrong.code)
