"""What the tests of labels that change share: three ways of answering, and the way through them."""

from accounts.ids import new_id
from ml import splitting
from projects import acting, palette, relabeling
from projects import gold as settled
from projects.models import Act, Annotation, Example, Member, Project, Role
from projects.relabeling import Change

NAMES = ("spam", "ham", "eggs")
CHOICE, CHOICES, SPANS = KINDS = (
    "text-classification",
    "multi-label-classification",
    "token-classification",
)
TEXT = "abc def ghi"


def of_kind(task, owner, names=NAMES, **fields) -> Project:
    labels = palette.dressed([{"name": name} for name in names])
    made = Project.objects.create(
        name=task, task=task, labels=labels, created_by=owner, hidden_share=0, **fields
    )
    Member.objects.create(project=made, user=owner, role=Role.OWNER)
    return made


def says(task, *labels):
    """An answer that names these labels; of one label, the first."""
    if task == CHOICE:
        return {"label": labels[0]}
    if task == CHOICES:
        return {"labels": list(labels)}
    words = {"spam": 0, "ham": 4, "eggs": 8}
    place = (words.get(label, 0) for label in labels)
    spans = [
        {"start": at, "end": at + 3, "label": label, "text": TEXT[at : at + 3]}
        for at, label in zip(place, labels, strict=True)
    ]
    return {"spans": sorted(spans, key=lambda one: (one["start"], one["end"], one["label"]))}


def answered(project, number, answer, author, source="person", **fields) -> Annotation:
    """An example with an answer to it."""
    data = {"text": f"{TEXT} {number}"}
    example, _ = Example.objects.get_or_create(
        project=project, digest=splitting.digest(data), defaults={"data": data, **fields}
    )
    kept = Annotation.record(example, answer, author, source)
    settled.settle([example.pk])
    return kept


def gold(project) -> list:
    return list(project.examples.order_by("pk").values_list("gold", flat=True))


def going(act: Act) -> Act:
    """As a worker does it."""
    acting.carry_out(Act.claim(act.pk))
    act.refresh_from_db()
    return act


def changed(project, by, how, label, *into, rest=True) -> Act:
    """Through all rooms, as the page does it."""
    from projects import revising
    from studio import changing

    change = Change(how, label, into, rest)
    project.refresh_from_db()
    seen = revising.mark(project.labels)
    act = changing.begin(project, by, change, once=new_id(), seen=seen)
    return going(act)


def taken_back(act: Act, by) -> Act:
    from studio import changing

    act.refresh_from_db()
    back = going(changing.take_back(act, by))
    act.project.refresh_from_db()
    return back


def state(project) -> tuple:
    """All that a change may touch."""
    project.refresh_from_db()
    examples = project.examples.order_by("pk").values_list("pk", "status", "gold", "answered")
    answers = Annotation.objects.filter(example__project=project).order_by("pk")
    said = answers.values_list("pk", "answer", "withdrawn_at")
    revisions = sum(one.history.count() for one in answers)
    former = relabeling.former(project)
    return list(examples), list(said), revisions, project.label_names, former
