"""What is asked for when a model is published, tried or released."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from projects.models import Project
from serving.models import Endpoint, Mode
from training.models import ModelVersion

MOST_VERSIONS = 50


class VersionField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Versions by number, with how often each is right."""

    def label_from_instance(self, version: ModelVersion) -> str:
        right = round(100 * version.metrics.get("accuracy", 0))
        said = _("version %(number)s: right %(right)s times in 100")
        return str(said) % {"number": version.number, "right": right}


def versions(project: Project) -> Any:
    newest = project.model_versions.order_by("-number").values("pk")[:MOST_VERSIONS]
    return project.model_versions.filter(pk__in=newest).order_by("-number")


class PublishForm(forms.Form):
    """A new endpoint."""

    name = forms.CharField(
        label=_("Name"),
        max_length=200,
        help_text=_("Its address is made of it. Programs that call it see the address."),
    )
    version = VersionField(
        label=_("Model version"), queryset=ModelVersion.objects.none(), empty_label=None
    )
    once = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, project: Project, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["version"].queryset = versions(project)  # type: ignore[attr-defined]


class ReleaseForm(forms.Form):
    """Another version for an endpoint."""

    version = VersionField(
        label=_("Model version"), queryset=ModelVersion.objects.none(), empty_label=None
    )
    mode = forms.ChoiceField(
        label=_("How"),
        choices=[
            (Mode.LIVE, _("Live: it answers every call from now on")),
            (Mode.CANARY, _("Canary: it answers a share of the calls")),
            (Mode.SHADOW, _("Shadow: it answers beside, unheard, to be compared")),
        ],
        initial=Mode.LIVE,
        widget=forms.RadioSelect,
    )
    traffic = forms.IntegerField(
        label=_("Share of the calls for a canary, in %"),
        initial=10,
        min_value=1,
        max_value=100,
        required=False,
    )

    def __init__(self, endpoint: Endpoint, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["version"].queryset = versions(endpoint.project)  # type: ignore[attr-defined]

    def share(self) -> int:
        given = self.cleaned_data
        return (given["traffic"] or 10) if given["mode"] == Mode.CANARY else 100


class KeyForm(forms.Form):
    """A new key."""

    name = forms.CharField(
        label=_("Name of the key"), max_length=200, help_text=_("Who or what calls with it.")
    )
    rate_per_minute = forms.IntegerField(
        label=_("Requests a minute, at most"),
        min_value=1,
        max_value=1_000_000,
        required=False,
        help_text=_("Left empty: no limit."),
    )


class TryForm(forms.Form):
    """A text for the playground."""

    text = forms.CharField(
        label=_("A text"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 3})
    )


class VerdictForm(forms.Form):
    """What the person at the playground thinks of the answer."""

    prediction = forms.UUIDField(widget=forms.HiddenInput)
    label = forms.CharField(max_length=200, required=False)
    correct = forms.ChoiceField(choices=[("yes", "yes"), ("no", "no")], required=False)

    def verdict(self) -> dict[str, Any]:
        """The right label; or only whether the answer is right."""
        said = self.cleaned_data
        correct = {"yes": True, "no": False}.get(said["correct"])
        return {"label": said["label"], "correct": correct}
