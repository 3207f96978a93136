"""What someone asks to be done to many examples: which ones, what, and with which value."""

from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from ml.answers import AnswerError
from ml.findings import personal
from projects import acting, bulk, deeds, filters, mending
from projects.models import Deed, Project, Role

SELECTED, ALL = "selected", "all"
MOST_PEOPLE = 100
SHARE = "share-"
REFUSED = {
    "tag": _("A tag is a word of up to 60 characters."),
    "person": _("This person is not in the project, or may not label."),
    "share": _("Shares are whole percents: something for each, and no more than 100 together."),
    "value": _("Choose what is to be mended."),
}


class ActForm(forms.Form):
    """A deed on the examples that are ticked, or on all that a filter shows."""

    deed = forms.ChoiceField(choices=Deed)
    scope = forms.ChoiceField(choices=[(SELECTED, SELECTED), (ALL, ALL)])
    filtered = forms.CharField(required=False, max_length=10_000)
    tag = forms.CharField(required=False, max_length=deeds.LONGEST_TAG)
    ways = forms.MultipleChoiceField(required=False, choices=[(n, n) for n in mending.WAYS])
    looked = forms.BooleanField(required=False)
    anyway = forms.BooleanField(required=False)
    seen = forms.IntegerField(required=False, min_value=0, max_value=bulk.SAMPLE)
    kinds = forms.MultipleChoiceField(required=False, choices=[(n, n) for n in personal.KINDS])

    def __init__(self, project: Project, role: Role, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.project, self.role = project, role

    def may(self) -> dict[str, bool]:
        """Deed → whether whoever looks at the page may do it."""
        return {deed.value: acting.may(self.role, deed) for deed in Deed}

    def clean_deed(self) -> Deed:
        deed = Deed(self.cleaned_data["deed"])
        if not acting.may(self.role, deed):
            raise forms.ValidationError(_("Your role in this project does not allow this."))
        return deed

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        if cleaned["scope"] == SELECTED and not self.ids():
            raise forms.ValidationError(_("Tick the examples first, or choose all of them."))
        if self._unsaid(cleaned["deed"]):
            raise forms.ValidationError(
                _("Choose what they are to be labelled as: labels, or none of them.")
            )
        try:
            self.meant()
            deeds.check(self.project, cleaned["deed"], self.value())
        except filters.Gone as gone:
            raise forms.ValidationError(str(gone)) from gone
        except deeds.NotPossible as refused:
            raise forms.ValidationError(REFUSED.get(str(refused), str(refused))) from refused
        return cleaned

    def ids(self) -> list[str]:
        """The ticked examples, as far as they are ids."""
        return self._ids("id", acting.MOST_NAMED)

    def wrong(self) -> list[str]:
        """Those of the sample that would be labelled wrongly."""
        return self._ids("wrong", bulk.SAMPLE)

    def _ids(self, name: str, most: int) -> list[str]:
        given = self.data.getlist(name) if hasattr(self.data, "getlist") else []
        found = []
        for value in given[:most]:
            try:
                found.append(str(UUID(value)))
            except ValueError:
                continue
        return found

    def wants_a_look(self) -> bool:
        """Whether a sample comes first: so many are labelled that nobody has seen each of them."""
        if self.cleaned_data["deed"] not in bulk.LABELLING:
            return False
        few = self.cleaned_data["scope"] == SELECTED and len(self.ids()) <= bulk.SAMPLE
        looked = self.cleaned_data["looked"]
        return not (few or (looked and (self.cleaned_data["anyway"] or not self.wrong())))

    def meant(self) -> dict[str, Any]:
        """The filter of the act. Raises filters.Gone."""
        if self.cleaned_data["scope"] == SELECTED:
            return {"ids": self.ids()}
        sent = dict(parse_qsl(self.cleaned_data["filtered"]))
        return dict(filters.asked(self.project, sent, self.role))

    def value(self) -> dict[str, Any]:
        """What the deed is done with."""
        said = self.cleaned_data
        if said["deed"] == Deed.ANNOTATE:
            return {"answer": self._answer(), **self._look()}
        if said["deed"] == Deed.ACCEPT:
            return self._look()
        if said["deed"] in {Deed.TAG, Deed.UNTAG}:
            return {"tag": said["tag"].strip()}
        if said["deed"] == Deed.ASSIGN:
            return self._people()
        return {name: said[name] for name in ("ways", "kinds") if said[name]}

    def _look(self) -> dict[str, Any]:
        """What somebody found in the sample; what was wrong there is left out."""
        if not self.cleaned_data.get("looked"):
            return {}
        return {"seen": self.cleaned_data.get("seen") or 0, "without": self.wrong()}

    def _people(self) -> dict[str, Any]:
        """One, nobody, or several among whom the examples are dealt, by shares or equally."""
        given = self.data.getlist("person") if hasattr(self.data, "getlist") else []
        shares = self._shares()
        named = list(dict.fromkeys(one for one in [*given, *shares] if one))[:MOST_PEOPLE]
        if shares:
            return {"people": named, "shares": shares}
        return {"people": named} if len(named) > 1 else {"person": next(iter(named), None)}

    def _shares(self) -> dict[str, int]:
        """What somebody wrote beside a person, in percent; 0 for what is no number."""
        written = {
            name.removeprefix(SHARE): self.data[name].strip()
            for name in self.data
            if name.startswith(SHARE) and self.data[name].strip()
        }
        return {
            one: int(said) if said.isdecimal() and len(said) < 4 else 0
            for one, said in written.items()
        }

    def _unsaid(self, deed: Deed) -> bool:
        """Whether they are to be labelled, and as nothing, or as something and nothing at once."""
        answer = self.project.kind.answer
        if deed != Deed.ANNOTATE or not answer.in_bulk:
            return False
        both = answer.none and self.data.get("none") and self.data.get(answer.column)
        return bool(both) or self._answer() is None

    def _answer(self) -> dict[str, Any] | None:
        project = self.project
        try:
            return project.kind.answer.from_form(self.data, project.label_names)
        except AnswerError:
            return None
