"""Access is one table; what it does not name is closed, what one may not see is not there."""

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from projects import access
from projects.access import Gate
from projects.models import Role
from tests.cast import join, person, upload


def every_route(resolver=None, prefix=""):
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            namespace = f"{pattern.namespace}:" if pattern.namespace else ""
            yield from every_route(pattern, prefix + namespace)
        elif isinstance(pattern, URLPattern):
            yield prefix + (pattern.name or ""), pattern


def test_the_table_names_every_route():
    unnamed = [
        (name, str(pattern.pattern))
        for name, pattern in every_route()
        if name not in access.TABLE and not name.startswith("admin:")
    ]
    assert unnamed == []


def test_the_table_names_no_route_that_is_gone():
    names = {name for name, _ in every_route()} | {"admin:*"}
    assert set(access.TABLE) - names == set()


def test_the_table_names_every_method_that_an_api_view_answers():
    for name, pattern in every_route():
        view = getattr(pattern.callback, "cls", None)
        if view is not None:
            methods = {m for m in view().allowed_methods if m not in {"OPTIONS", "HEAD"}}
            assert methods == set(access.TABLE[name]), name


@pytest.fixture
def example(project):
    upload(project, b"text\nhello\n")
    return project.examples.get()


def addresses(project, example):
    base = f"/api/v1/projects/{project.pk}"
    return [
        ("get", f"{base}/", Role.VIEWER),
        ("patch", f"{base}/", Role.MANAGER),
        ("get", f"{base}/stats/", Role.VIEWER),
        ("get", f"{base}/members/", Role.VIEWER),
        ("post", f"{base}/members/", Role.MANAGER),
        ("get", f"{base}/uploads/", Role.VIEWER),
        ("get", f"{base}/examples/", Role.VIEWER),
        ("get", f"{base}/export/", Role.VIEWER),
        ("get", f"{base}/agreement/", Role.VIEWER),
        ("post", f"{base}/queue/next/", Role.ANNOTATOR),
        ("get", f"{base}/snapshots/", Role.VIEWER),
        ("post", f"{base}/snapshots/", Role.MANAGER),
        ("get", f"{base}/runs/", Role.VIEWER),
        ("post", f"{base}/runs/", Role.MANAGER),
        ("get", f"{base}/model-versions/", Role.VIEWER),
        ("get", f"/api/v1/examples/{example.pk}/", Role.VIEWER),
        ("get", f"/api/v1/examples/{example.pk}/lineage/", Role.VIEWER),
        ("post", f"/api/v1/examples/{example.pk}/review/", Role.REVIEWER),
        ("delete", f"{base}/", Role.OWNER),
    ]


def test_to_a_stranger_nothing_of_the_project_is_there(project, example, stranger, speak):
    client = speak(stranger)
    for method, address, _ in addresses(project, example):
        response = getattr(client, method)(address, {})
        assert response.status_code == 404, (method, address)
        assert response["Content-Type"] == "application/problem+json"


def test_without_a_token_the_answer_is_401(project, example, client):
    for method, address, _ in addresses(project, example):
        assert getattr(client, method)(address).status_code == 401, (method, address)


@pytest.mark.parametrize("role", list(Role))
def test_each_role_may_what_the_table_says_and_no_more(project, example, speak, role):
    user = person(f"the-{role.word}@example.org")
    join(project, user, role)
    client = speak(user)
    for method, address, lowest in addresses(project, example):
        status = getattr(client, method)(address, {}).status_code
        assert (status == 403) == (role < lowest), (method, address, status)


def test_a_removed_member_is_out_at_the_next_request(project, member, owner, speak):
    client = speak(member)
    assert client.get(f"/api/v1/projects/{project.pk}/").status_code == 200
    speak(owner).delete(f"/api/v1/projects/{project.pk}/members/{member.pk}/")
    assert client.get(f"/api/v1/projects/{project.pk}/").status_code == 404


def test_a_disabled_account_is_out_at_the_next_request(owner, speak):
    client = speak(owner)
    owner.is_active = False
    owner.save()
    assert client.get("/api/v1/me/").status_code == 401


def test_an_answer_about_a_project_that_nobody_asked_about_does_not_get_out(
    project, owner, speak, monkeypatch
):
    from projects.api import projects as view

    monkeypatch.setattr(view.access, "entered", lambda *_: project)
    assert speak(owner).get(f"/api/v1/projects/{project.pk}/").status_code == 403


def test_public_routes_are_few():
    public = {n for n, rule in access.TABLE.items() if Gate.PUBLIC in rule.values()}
    assert {n for n in public if not n.startswith(("account_", "admin:"))} == {
        *(
            "home",
            "set-up",
            "invitation",
            "email-confirm",
            "healthz",
            "readyz",
            "schema",
            "tasks",
            "tokens",
            "set_language",
            "theme",
            "words",
        ),
    }
