#!/usr/bin/env python3
"""Make Parquet files as people's tools write them, for the test of the reader of rows.

usage: python bench/peers/make_rows_fixtures.py

Writes src/unlearning/src/test/resources/parity/rows. Made with Python 3.11, pyarrow 26.0.1.
  CODEC.parquet  the same two questions and answers, numbered, compressed by each codec; dictionary pages, two row groups
  brotli.parquet the same, by a codec that is refused
  chat.parquet     one chat, a list of structures, as datasets writes it
"""
import pathlib

import pyarrow
import pyarrow.parquet

OUT = pathlib.Path(__file__).resolve().parents[2] / "src/unlearning/src/test/resources/parity/rows"

QUESTIONS = pyarrow.table({
    "id": pyarrow.array([1, 2], pyarrow.int64()),
    "question": ["Who painted it?", "Wer malte es?"],
    "answer": ["Ann", "Bé\n"],
    "task": pyarrow.array(["Task1", None], pyarrow.string()),
    "score": [0.5, float("nan")],
    "embedding": [[0.1, 0.2], []],
})
CHAT = pyarrow.table({
    "messages": [[
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Who painted it?"},
        {"role": "assistant", "content": "Ann"},
    ]],
})

OUT.mkdir(parents=True, exist_ok=True)
for codec in ["none", "snappy", "gzip", "zstd"]:
    pyarrow.parquet.write_table(QUESTIONS, OUT / f"{codec}.parquet", compression=codec, row_group_size=1)
pyarrow.parquet.write_table(QUESTIONS, OUT / "brotli.parquet", compression="brotli")
pyarrow.parquet.write_table(CHAT, OUT / "chat.parquet", compression="snappy")
