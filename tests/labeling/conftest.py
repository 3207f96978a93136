"""What the labelling tests share: draws that come out as said, and a desk."""

import pytest
from django.urls import reverse

from labeling.models import Assignment, Held
from tests.cast import upload


@pytest.fixture
def always(monkeypatch):
    """Every draw comes out as said."""
    return lambda value: monkeypatch.setattr("random.random", lambda: value)


@pytest.fixture
def desk(client, project, member):
    """The desk of an annotator, with three texts to label."""
    upload(project, b"text\none\ntwo\nthree\n")
    client.force_login(member)
    return Desk(client, project)


class Desk:
    """What a person does there, by plain forms or as the desk's modules do."""

    def __init__(self, client, project):
        self.client, self.project = client, project

    def look(self):
        return self.client.get(reverse("desk", args=[self.project.pk]))

    def post(self, name, *ids, has="-", **fields):
        """`has` names the examples on the screen; None where there is no JavaScript."""
        headers = {} if has is None else {"X-Desk": has}
        address = reverse(name, args=[self.project.pk, *ids])
        return self.client.post(address, fields, headers=headers)

    def held(self):
        return Assignment.objects.get(project=self.project, state=Held.LEASED, ahead=False)

    def ahead(self):
        return Assignment.objects.get(project=self.project, state=Held.LEASED, ahead=True)
