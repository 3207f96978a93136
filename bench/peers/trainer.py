"""The peer of bench.train: Hugging Face's Trainer as its documentation shows it.

`python -m bench.peers.trainer ROWS.jsonl BATCH EPOCHS` prints samples a second, steps alone.
"""

import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any


def main() -> None:
    import torch
    import transformers

    from ml.base_models import catalogue

    path, batch, epochs = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    rows = [json.loads(line) for line in Path(path).read_text().splitlines()]
    train = [row for row in rows if row["split"] == "train"]
    labels = sorted({row["answer"]["label"] for row in rows})
    source = str(catalogue()[0].folder)
    tokenizer = transformers.AutoTokenizer.from_pretrained(source)
    model = transformers.AutoModelForSequenceClassification.from_pretrained(
        source, num_labels=len(labels)
    )
    data = [
        {
            **tokenizer(row["data"]["text"], truncation=True, max_length=128),
            "labels": labels.index(row["answer"]["label"]),
        }
        for row in train
    ]
    clock = Clock()
    with tempfile.TemporaryDirectory() as out:
        trainer = transformers.Trainer(
            model=model,
            args=transformers.TrainingArguments(
                output_dir=out,
                per_device_train_batch_size=batch,
                num_train_epochs=epochs,
                save_strategy="no",
                report_to="none",
                disable_tqdm=True,
                logging_strategy="no",
            ),
            train_dataset=data,
            processing_class=tokenizer,
            callbacks=[clock.callback(transformers)],
        )
        torch.manual_seed(0)
        trainer.train()
    steps = len(clock.ends) - 1
    spent = clock.ends[-1] - clock.ends[0]
    print(json.dumps({"samples_per_second": steps * batch / spent}))


class Clock:
    """When each step ended."""

    def __init__(self) -> None:
        self.ends: list[float] = []

    def callback(self, transformers: Any) -> Any:
        ends = self.ends

        class Ticks(transformers.TrainerCallback):
            def on_step_end(self, *args: Any, **kwargs: Any) -> None:
                ends.append(time.perf_counter())

        return Ticks()


if __name__ == "__main__":
    main()
