"""What the tests of the team's pages share: examples that people have answered."""

from labeling import answering, queue
from projects.models import Example, Project
from tests.cast import upload

SPAM, HAM = {"label": "spam"}, {"label": "ham"}


def filled(project: Project, count: int, **fields: object) -> list[Example]:
    texts = "\n".join(["text", *(f"message {n}" for n in range(count))])
    upload(project, texts.encode())
    Example.objects.filter(project=project).update(is_test=False, **fields)
    return list(project.examples.order_by("id"))


def settings(project: Project, **fields: object) -> None:
    Project.objects.filter(pk=project.pk).update(**fields)
    project.refresh_from_db()


def answer(project, person, said, milliseconds=4000):
    """The next example for a person, answered; what is said may depend on it."""
    lease = queue.next_for(person, project)
    given = said(lease.example) if callable(said) else said
    return answering.submit(lease, given, milliseconds)[0]
