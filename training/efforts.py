"""What may be asked of a run: methods, efforts, and what each effort promises."""

from ml import planning

METHODS = ("auto", "full", "lora", "prefix", "adapter", "few-shot", "head", "classical")
# What the trainer can do today; the others are refused with words.
TRAINED = ("auto", *planning.METHODS)
EFFORTS = {
    "quick": "a first model within a minute, on two cores and 500 short texts",
    "balanced": "a good model within five minutes, on two cores and 500 short texts",
    "thorough": "as good as the data allows; may take half an hour",
}
CHOICES = [(name, name) for name in EFFORTS]
