"""What people send: files, text that was copied from somewhere, or word of where a file lies."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from projects import outside, taking, wording

LONGEST_PASTE = 2_000_000  # characters
MOST_FILES = 100  # at once
ACCEPTED = (
    ".csv,.tsv,.tab,.txt,.md,.log,.json,.jsonl,.ndjson,.xlsx,.parquet,.arrow,"
    ".conll,.bio,.iob,.iob2,.iobes,.zip,.gz,text/*"
)
WAYS = {"pasted": ["pasted"], "url": ["url"], "s3": ["s3_endpoint", "s3_bucket"]}
NO_MEMORY = {"autocomplete": "off"}
ONE_WAY = _("There is more than one thing here. Please send one of them.")


class FilesInput(forms.FileInput):
    """Takes several files."""

    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return files.getlist(name) if hasattr(files, "getlist") else files.get(name, [])


class FilesField(forms.FileField):
    """Some files, each within the limits."""

    widget = FilesInput

    def clean(self, data: list[UploadedFile], initial: Any = None) -> Any:
        if len(data) > MOST_FILES:
            raise forms.ValidationError(
                _("At most %(most)s files can be sent at once."), params={"most": MOST_FILES}
            )
        return [self._one(super(FilesField, self).clean(file, initial)) for file in data]

    def _one(self, file: UploadedFile) -> UploadedFile:
        if taking.too_large(file.size):
            raise forms.ValidationError(
                _("“%(name)s” is too large: at most %(most)s MB can be read here. Split it, or ask the administrator to raise UPLOAD_LIMIT_MB."),  # noqa: E501
                params={"name": file.name, "most": f"{settings.UPLOAD_LIMIT_BYTES // 1024**2:,}"},
            )  # fmt: skip
        return file


class FileForm(forms.Form):
    """One of four ways in."""

    file = FilesField(
        label=_("Files from your computer"),
        required=False,
        max_length=255,
        help_text=_("CSV, TSV, TXT, JSON, JSON Lines, Excel (XLSX), Parquet, Arrow, CoNLL, or ZIP and gzip of these; also exports of Label Studio, doccano, spaCy and Hugging Face datasets."),  # noqa: E501
        widget=FilesInput(attrs={"accept": ACCEPTED}),
    )  # fmt: skip
    pasted = forms.CharField(
        label=_("Text"),
        required=False,
        max_length=LONGEST_PASTE,
        widget=forms.Textarea(attrs={"rows": 6, **NO_MEMORY}),
        help_text=_("One example a line."),
    )
    url = forms.CharField(
        label=_("Address of the file"),
        required=False,
        max_length=outside.LONGEST_URL,
        widget=forms.URLInput(attrs=NO_MEMORY),
        help_text=_("It begins with https:// or http://, and may be read without signing in."),
    )
    s3_endpoint = forms.CharField(
        label=_("Address of the store"),
        required=False,
        max_length=500,
        widget=forms.URLInput(attrs=NO_MEMORY),
        help_text=_("Such as https://s3.eu-central-1.amazonaws.com, or that of your own server."),
    )
    s3_bucket = forms.CharField(label=_("Bucket"), required=False, max_length=200)
    s3_prefix = forms.CharField(
        label=_("Folder (prefix)"),
        required=False,
        max_length=500,
        help_text=_("All files below it that can be read are taken as one."),
    )
    s3_region = forms.CharField(
        label=_("Region"), required=False, max_length=100, initial="us-east-1"
    )
    s3_key = forms.CharField(
        label=_("Access key"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs=NO_MEMORY),
        help_text=_("Leave it out where everyone may read."),
    )
    s3_secret = forms.CharField(
        label=_("Secret key"),
        required=False,
        max_length=500,
        strip=False,
        widget=forms.PasswordInput(attrs=NO_MEMORY),
        help_text=_("It is kept for an hour, apart from the data, and only to fetch this."),
    )
    once = forms.UUIDField(widget=forms.HiddenInput(attrs=NO_MEMORY))
    # Which of the files that are sent one by one this is, counted from 0.
    place = forms.IntegerField(
        required=False, min_value=0, max_value=MOST_FILES, widget=forms.HiddenInput
    )

    def clean_url(self) -> str:
        return self._address("url")

    def clean_s3_endpoint(self) -> str:
        return self._address("s3_endpoint")

    def _address(self, name: str) -> str:
        url: str = self.cleaned_data[name]
        if url:
            try:
                outside.check_address(url)
            except outside.NotFetched as refused:
                raise forms.ValidationError(wording.refusal(refused)) from refused
        return url

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        store = [name for name in self.fields if name.startswith("s3_") and name != "s3_region"]
        folder = [name for name in store if cleaned.get(name)]
        sent = [name for name in ("file", "pasted", "url") if cleaned.get(name)] + folder[:1]
        if not sent and not self.errors:
            self.add_error("file", _("Choose a file, or paste some text."))
        if len(sent) > 1:
            self.add_error(sent[-1], ONE_WAY)
        elif folder:
            self._check_store(cleaned)
        return cleaned

    def _check_store(self, cleaned: dict[str, Any]) -> None:
        for name in ("s3_endpoint", "s3_bucket"):
            if not cleaned.get(name) and name not in self.errors:
                self.add_error(name, _("Please fill this in, too."))
        if bool(cleaned.get("s3_key")) != bool(cleaned.get("s3_secret")):
            missing = "s3_secret" if cleaned.get("s3_key") else "s3_key"
            self.add_error(missing, _("Access key and secret key go together."))

    @property
    def fetched(self) -> dict[str, Any]:
        """Where the file lies, if it is not sent along. Without the secret."""
        said = self.cleaned_data
        if said["url"]:
            return {"url": said["url"]}
        if not said["s3_bucket"]:
            return {}
        names = ("endpoint", "bucket", "prefix", "region", "key")
        return {"s3": {name: said[f"s3_{name}"] for name in names}}

    @property
    def store(self) -> list[forms.BoundField]:
        """The fields of the fourth way."""
        return [self[name] for name in self.fields if name.startswith("s3_")]

    @property
    def way(self) -> str:
        """What was begun: the page shows it open."""
        for way, names in WAYS.items():
            if any(self[name].value() or self[name].errors for name in names):
                return way
        return ""
