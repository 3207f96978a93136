"""Blind labelling: who may still be asked about an example does not see what others said of it."""

from collections.abc import Iterable
from uuid import UUID

from accounts.models import User
from projects.models import Act, Annotation, AnnotationSource, Deed, Example, Project, Role, Status

ASKED = (Status.UNLABELED, Status.SKIPPED)
# What examples such a deed changed says what somebody answered them.
TELLING = (Deed.ANNOTATE, Deed.ACCEPT, Deed.RELABEL)


def is_for(example: Example, reader: User, role: Role) -> bool:
    """Whether others' answers are kept from this reader, those that were taken back as well.

    Who reviews has to see them; at the desk they are asked like everybody else (labeling/views).
    """
    if not keeps_from(role) or example.status not in ASKED:
        return False
    own = example.annotations.filter(
        author=reader, source=AnnotationSource.PERSON, withdrawn_at=None
    )
    return not own.exists()


def keeps_from(role: Role) -> bool:
    """Whether that goes for whatever somebody of this role takes away of a whole project."""
    return role == Role.ANNOTATOR


def visible(annotations: Iterable[Annotation], reader: User) -> list[Annotation]:
    """What they said themselves, and what nobody said: imports."""
    shown = (AnnotationSource.IMPORT, AnnotationSource.CALLER)
    return [one for one in annotations if one.author_id == reader.pk or one.source in shown]


def tells(act: Act) -> bool:
    """Whether the act says what people answered those examples that it changed."""
    return act.deed in TELLING


def telling(project: Project, acts: Iterable[UUID]) -> set[UUID]:
    """Those of them that tell."""
    found = project.acts.filter(pk__in=list(acts), deed__in=TELLING)
    return set(found.values_list("pk", flat=True))
