"""A model card: what a model was made from, how good it is, where it should not be trusted."""

from __future__ import annotations

from typing import Any

NAMES = {"accuracy": "accuracy", "micro_f1": "micro F1", "macro_f1": "macro F1"}


def card(result: dict[str, Any]) -> str:
    """The card of a run's result, in Markdown."""
    return (
        "\n\n".join(
            [
                f"# A model for {result['task']}",
                _made(result),
                "## How good it is\n\n" + _quality(result),
                "## Each label\n\n" + _labels(result["metrics"]["per_label"]),
                "## Limits\n\n" + _limits(result),
            ]
        )
        + "\n"
    )


def _made(result: dict[str, Any]) -> str:
    base = result["base_model"] or "none"
    counts = result["counts"]
    return (
        f"Method: {result['method']}. {result['method_reason']} Base model: {base}. "
        f"Seed: {result['seed']}. Device: {result['device']}.\n\n"
        f"Learned from {counts['train']} examples, steered by {counts['validation']}, judged on "
        f"{counts['test']}; {counts['left_out']} left out because they repeat a test example. "
        f"Labels: {', '.join(result['labels'])}."
    )


def _quality(result: dict[str, Any]) -> str:
    metrics, majority = result["metrics"], result["baseline"]["majority"]
    classical = result["baseline"]["classical"]
    shown = [one for one in NAMES if one in metrics]
    return "\n".join(
        [
            f"On {metrics['n']} examples ({metrics['split']}); 95 % intervals in brackets.",
            "",
            "| | " + " | ".join(NAMES[one] for one in shown) + " |",
            "|---|" + "---|" * len(shown),
            _line("this model", [_interval(metrics, one) for one in shown]),
            _line("counted words", [f"{classical[one]:.3f}" for one in shown]),
            _line(f"always “{majority['label']}”", [f"{majority[one]:.3f}" for one in shown]),
            "",
            f"Expected calibration error: {metrics['ece']:.3f}. "
            f"Temperature: {result['calibration']['temperature']:.2f}.",
        ]
    )


def _line(name: str, cells: list[str]) -> str:
    return f"| {name} | {' | '.join(cells)} |"


def _interval(metrics: dict[str, Any], name: str) -> str:
    return f"{metrics[name]:.3f} ({metrics[name + '_low']:.3f}–{metrics[name + '_high']:.3f})"  # noqa: RUF001


def _labels(per_label: dict[str, dict[str, float]]) -> str:
    rows = [
        f"| {name} | {one['precision']:.3f} | {one['recall']:.3f} | {one['f1']:.3f} "
        f"| {one['support']} |"
        for name, one in per_label.items()
    ]
    head = ["| label | precision | recall | F1 | examples |", "|---|---|---|---|---|"]
    return "\n".join(head + rows)


def _limits(result: dict[str, Any]) -> str:
    always = [
        "It answers one of its labels to every text, also to one that fits none of them.",
        "Its figures hold for texts like those it was judged on; others need a test of their own.",
    ]
    return "\n".join(f"- {line}" for line in always + result["notes"])
