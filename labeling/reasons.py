"""Why this example comes now, in words that the desk shows and the API sends."""

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from labeling.models import Assignment

TEST = _("Part of the protected test set, so it comes without a suggestion.")
NEXT = _("Next in the shuffled order.")
IN_ORDER = _("Next in the order of the upload.")
SKIPPED = _("Others skipped this one.")
ASSIGNED = _("A manager assigned this one to you.")
FEEDBACK = _("A caller's feedback brought it here.")
TORN = _("Torn between “%(first)s” (%(first_percent)s%%) and “%(second)s” (%(second_percent)s%%).")
UNSURE = _("One of those that the model is least sure of: it leans to “%(label)s”.")
FAR = _("Unlike anything that was labelled so far.")
RARE = _("Probably “%(label)s”, which has few examples so far.")
PHRASE = _("Not sure whether “%(phrase)s” is “%(label)s” here: %(percent)s%%.")
STRANGE = _("“%(phrase)s” is in nothing that was labelled so far.")
WHOLE = _("The model is only %(percent)s%% sure of what it marks here.")
SECOND = _("Answered by someone else already: a second answer shows whether people agree.")
DIFFER = _("Two people answered this one differently: another answer settles it.")
WAITS = _("It has waited the longest of all.")
SENT_BACK = _("A reviewer sent this one back to you: “%(why)s”")
CHOSEN = _("Chosen by the model: it learns much from this one.")
RECHECK = _("Probably mislabelled: a second look by someone else settles it.")

# What `Candidate.reason` says for short.
BY_CODE = {
    "torn": TORN,
    "unsure": UNSURE,
    "far": FAR,
    "rare": RARE,
    "phrase": PHRASE,
    "strange": STRANGE,
    "whole": WHOLE,
}


# What would tell the suggestion that is hidden.
TELLING = (TORN, UNSURE, RARE, PHRASE)
# What quotes the text, and says nothing once the text has changed (projects/outdated.py).
QUOTING = (PHRASE, STRANGE)


def told(assignment: Assignment) -> str:
    """The sentence in the reader's language. What a caller's feedback said stays as it was said."""
    withheld = assignment.hidden and assignment.reason in TELLING
    if withheld or (assignment.reason in QUOTING and not assignment.reason_values):
        return gettext(CHOSEN)
    words = gettext(assignment.reason) if assignment.reason else ""
    return words % assignment.reason_values if assignment.reason_values else words
