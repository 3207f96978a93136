"""Labelling over HTTP, to the letter of the contract."""

from tests.cast import join, person, rows, upload


def test_lease_submit_change_and_take_back(project, member, speak):
    upload(project, b"text\nhello\n")
    client = speak(member)
    lease = client.post(f"/api/v1/projects/{project.pk}/queue/next/")
    assert lease.status_code == 200
    body = lease.json()
    assert set(body) == {"assignment", "example", "suggestion", "reason"}
    assert body["example"]["data"] == {"text": "hello"}
    address = f"/api/v1/assignments/{body['assignment']['id']}/submit/"
    said = {"answer": {"label": "spam"}, "duration_ms": 1200}
    kept = client.post(address, said)
    assert kept.status_code == 201
    assert client.post(address, said).json()["id"] == kept.json()["id"]
    own = f"/api/v1/annotations/{kept.json()['id']}/"
    assert client.patch(own, {"answer": {"label": "ham"}}).json()["answer"] == {"label": "ham"}
    stats = client.get(f"/api/v1/projects/{project.pk}/stats/").json()
    assert (stats["labeled"], stats["labels"]) == (1, {"spam": 0, "ham": 1})
    assert stats["annotators"][0]["median_seconds"] == 1.2
    assert client.delete(own).status_code == 204
    assert client.get(f"/api/v1/projects/{project.pk}/stats/").json()["unlabeled"] == 1
    assert client.post(f"/api/v1/projects/{project.pk}/queue/next/").status_code == 200


def test_a_label_outside_the_project_is_a_400_that_names_the_labels(project, member, speak):
    upload(project, b"text\nhello\n")
    client = speak(member)
    lease = client.post(f"/api/v1/projects/{project.pk}/queue/next/").json()
    address = f"/api/v1/assignments/{lease['assignment']['id']}/submit/"
    refused = client.post(address, {"answer": {"label": "sports"}})
    assert refused.status_code == 400
    assert "spam, ham" in refused.json()["errors"]["answer"][0]
    for nonsense in ("spam", ["spam"], {}, None, {"label": "spam", "x": 1}):
        assert client.post(address, {"answer": nonsense}).status_code == 400


def test_another_persons_assignment_and_annotation_are_out_of_reach(project, owner, member, speak):
    upload(project, b"text\nhello\n")
    lease = speak(member).post(f"/api/v1/projects/{project.pk}/queue/next/").json()
    address = f"/api/v1/assignments/{lease['assignment']['id']}/submit/"
    said = {"answer": {"label": "spam"}}
    assert speak(owner).post(address, said).status_code == 404
    kept = speak(member).post(address, said).json()
    assert speak(owner).patch(f"/api/v1/annotations/{kept['id']}/", said).status_code == 403


def test_204_when_nothing_is_left(project, member, speak):
    assert speak(member).post(f"/api/v1/projects/{project.pk}/queue/next/").status_code == 204


def test_agreement_of_two_people(project, owner, member, speak):
    project.overlap = 2
    project.save()
    upload(project, rows(4).replace(b",spam", b",").replace(b",ham", b","))
    for who, labels in ((owner, "spam spam ham ham"), (member, "spam spam ham spam")):
        client = speak(who)
        for _ in range(4):
            lease = client.post(f"/api/v1/projects/{project.pk}/queue/next/").json()
            text = lease["example"]["data"]["text"]
            label = labels.split()[int(text.rsplit(" ", 1)[1])]
            client.post(
                f"/api/v1/assignments/{lease['assignment']['id']}/submit/",
                {"answer": {"label": label}},
            )
    found = speak(owner).get(f"/api/v1/projects/{project.pk}/agreement/").json()
    assert abs(found["krippendorff_alpha"] - 8 / 15) < 1e-9
    assert abs(found["pairs"][0]["kappa"] - 0.5) < 1e-9
    assert speak(owner).get(f"/api/v1/projects/{project.pk}/stats/").json()["review"] == 1


def test_a_reviewer_settles(project, owner, speak):
    upload(project, b"text\nhello\n")
    reviewer = person("r@example.org")
    join(project, reviewer, 30)
    address = f"/api/v1/examples/{project.examples.get().pk}/review/"
    assert speak(reviewer).post(address, {"answer": {"label": "ham"}}).status_code == 201
    assert project.examples.get().gold == {"label": "ham"}


def test_a_repeated_submit_is_the_same_even_after_a_change(project, member, speak):
    upload(project, b"text\nhello\n")
    client = speak(member)
    lease = client.post(f"/api/v1/projects/{project.pk}/queue/next/").json()
    address = f"/api/v1/assignments/{lease['assignment']['id']}/submit/"
    first = client.post(address, {"answer": {"label": "spam"}}).json()
    client.patch(f"/api/v1/annotations/{first['id']}/", {"answer": {"label": "ham"}})
    again = client.post(address, {"answer": {"label": "spam"}})
    assert (again.status_code, again.json()["id"]) == (201, first["id"])


def test_a_reviewer_who_is_one_no_longer_cannot_change_what_they_settled(project, speak):
    upload(project, b"text\nhello\n")
    reviewer = person("r@example.org")
    place = join(project, reviewer, 30)
    client = speak(reviewer)
    address = f"/api/v1/examples/{project.examples.get().pk}/review/"
    settled = client.post(address, {"answer": {"label": "ham"}}).json()
    place.role = 20
    place.save()
    own = f"/api/v1/annotations/{settled['id']}/"
    assert client.patch(own, {"answer": {"label": "spam"}}).status_code == 403
    assert project.examples.get().gold == {"label": "ham"}
