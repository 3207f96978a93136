"""The administrators' pages open, and are for administrators alone."""

import pytest
from django.contrib import admin
from django.urls import reverse

from accounts.models import User
from projects.leases import State
from projects.models import Upload


@pytest.mark.parametrize("model", list(admin.site._registry), ids=lambda m: m._meta.label)
def test_every_list_opens(model, client, db):
    client.force_login(User.objects.create_superuser("root@example.org"))
    address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    assert client.get(address).status_code == 200


def test_others_are_sent_away(client, owner):
    client.force_login(owner)
    assert client.get("/admin/").status_code == 302


def test_columns_and_states_speak_the_readers_language(client, project):
    client.force_login(User.objects.create_superuser("root@example.org"))
    Upload.objects.create(project=project, name="rows.csv", state=State.FAILED)
    page = client.get("/admin/projects/upload/", HTTP_ACCEPT_LANGUAGE="zh-CN").content.decode()
    assert "已读行数" in page
    assert "失败" in page
    assert "Rows read" not in page
