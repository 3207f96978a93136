"""What may be asked of a run: methods, efforts, and what each effort promises."""

METHODS = ("auto", "full", "lora", "prefix", "adapter", "few-shot", "head", "classical")
EFFORTS = {
    "quick": "a first model within a minute, on two cores and 500 short texts",
    "balanced": "a good model within five minutes, on two cores and 500 short texts",
    "thorough": "as good as the data allows; may take half an hour",
}
CHOICES = [(name, name) for name in EFFORTS]
HYPERPARAMETERS = (
    *("learning_rate", "batch_size", "epochs", "warmup", "weight_decay", "max_length"),
    "checkpoint_seconds",
)
