"""Addresses of the data room: API below /api/v1/, PAGES below /."""

from django.urls import path

from projects import views as pages
from projects.api import examples, people, projects, uploads

API = [
    path("me/", projects.Me.as_view(), name="me"),
    path("projects/", projects.Projects.as_view(), name="projects"),
    path("projects/<uuid:project_id>/", projects.OneProject.as_view(), name="project"),
    path("projects/<uuid:project_id>/members/", people.Members.as_view(), name="project-members"),
    path(
        "projects/<uuid:project_id>/members/<uuid:user_id>/",
        people.OneMember.as_view(),
        name="project-member",
    ),
    path("projects/<uuid:project_id>/uploads/", uploads.Uploads.as_view(), name="project-uploads"),
    path("uploads/<uuid:upload_id>/", uploads.OneUpload.as_view(), name="upload"),
    path("uploads/<uuid:upload_id>/cancel/", uploads.CancelUpload.as_view(), name="upload-cancel"),
    path(
        "projects/<uuid:project_id>/examples/", examples.Examples.as_view(), name="project-examples"
    ),
    path("examples/<uuid:example_id>/", examples.OneExample.as_view(), name="example"),
    path("projects/<uuid:project_id>/export/", examples.Export.as_view(), name="project-export"),
]

_HERE = "projects/<uuid:project_id>"
_FILE = f"{_HERE}/data/uploads/<uuid:upload_id>"
_EXAMPLE = f"{_HERE}/data/examples/<uuid:example_id>"
_MEMBER = f"{_HERE}/people/<uuid:user_id>"

PAGES = [
    path("invitations/<str:secret>/", pages.invitations.invitation, name="invitation"),
    path("profile/", pages.profile.profile, name="profile"),
    path("start/", pages.projects.start, name="start"),
    path("projects/new/", pages.projects.new, name="project-new"),
    path(f"{_HERE}/settings/", pages.projects.settings, name="project-settings"),
    path(f"{_HERE}/settings/delete/", pages.projects.delete, name="project-delete"),
    path(f"{_HERE}/data/", pages.examples.data, name="data"),
    path(f"{_HERE}/data/export/", pages.examples.export, name="data-export"),
    path(f"{_HERE}/data/upload/", pages.uploads.new, name="data-upload-new"),
    path(f"{_FILE}/", pages.uploads.one, name="data-upload"),
    path(f"{_FILE}/cancel/", pages.uploads.cancel, name="data-upload-cancel"),
    path(f"{_EXAMPLE}/", pages.examples.one, name="example-page"),
    path(f"{_EXAMPLE}/set-aside/", pages.examples.set_aside, name="example-set-aside"),
    path(f"{_HERE}/people/", pages.people.page, name="people"),
    path(f"{_HERE}/people/leave/", pages.people.leave, name="project-leave"),
    path(f"{_MEMBER}/role/", pages.people.change, name="member-role"),
    path(f"{_MEMBER}/remove/", pages.people.remove, name="member-remove"),
    path(
        f"{_HERE}/people/invitations/<uuid:invitation_id>/revoke/",
        pages.people.revoke,
        name="invitation-revoke",
    ),
]
