"""The form that launches a fine-tune, in the words of someone who never did."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ml import planning
from training.catalogue import known

EFFORTS = [
    ("quick", _("Quick: a first model in about a minute")),
    ("balanced", _("Balanced: a good model in a few minutes")),
    ("thorough", _("Thorough: as good as the data allows, up to half an hour")),
]
METHODS = {
    "auto": _("Let the studio choose"),
    "few-shot": _("Few-shot: for a handful of examples a label"),
    "head": _("Head: a small classifier on a frozen language model"),
    "full": _("Full: the whole language model learns"),
    "classical": _("Classical: counted words, no language model"),
}


class LaunchForm(forms.Form):
    """Every field has a good default."""

    effort = forms.ChoiceField(
        label=_("Effort"),
        choices=EFFORTS,
        initial="balanced",
        widget=forms.RadioSelect,
        help_text=_("The times are for 500 short texts on two processor cores."),
    )
    method = forms.ChoiceField(
        label=_("Method"),
        choices=[(name, METHODS[name]) for name in ("auto", *planning.METHODS)],
        initial="auto",
        required=False,
        help_text=_(
            "The studio looks at how much there is and in which language, and says why it chose."
        ),
    )
    base_model = forms.ChoiceField(
        label=_("Base model"),
        required=False,
        help_text=_(
            "The pretrained language model to start from. It must read the language of your texts."
        ),
    )
    seed = forms.IntegerField(
        label=_("Seed"),
        initial=0,
        min_value=0,
        max_value=2**31 - 1,
        required=False,
        help_text=_("The same seed and the same data give the same model again."),
    )

    once = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        here = [(model.name, model.name) for model in known() if model.available]
        choices = [("", _("Let the studio choose")), *here]
        self.fields["base_model"].choices = choices  # type: ignore[attr-defined]

    def asked(self) -> dict[str, Any]:
        """The run's settings."""
        given = self.cleaned_data
        return {
            "effort": given["effort"],
            "method": given["method"] or "auto",
            "base_model": given["base_model"],
            "seed": given["seed"] or 0,
        }
