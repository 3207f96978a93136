"""Addresses of the data room: API below /api/v1/, PAGES below /."""

from django.urls import path

from projects import views as pages
from projects.api import examples, exports, people, projects, uploads

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
    path("projects/<uuid:project_id>/export/", exports.ExportOut.as_view(), name="project-export"),
    path("projects/<uuid:project_id>/exports/", exports.Exports.as_view(), name="project-exports"),
    path("exports/<uuid:export_id>/", exports.OneExport.as_view(), name="export"),
    path("exports/<uuid:export_id>/cancel/", exports.CancelExport.as_view(), name="export-cancel"),
    path("exports/<uuid:export_id>/file/", exports.ExportFile.as_view(), name="export-file"),
]

_HERE = "projects/<uuid:project_id>"
_ACT = f"{_HERE}/data/acts/<uuid:act_id>"
_FILE = f"{_HERE}/data/uploads/<uuid:upload_id>"
_EXPORT = f"{_HERE}/data/exports/<uuid:export_id>"
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
    path(f"{_HERE}/data/export/", pages.exports.at_once, name="data-export"),
    path(f"{_HERE}/data/exports/", pages.exports.page, name="data-exports"),
    path(f"{_EXPORT}/cancel/", pages.exports.cancel, name="data-export-cancel"),
    path(f"{_EXPORT}/file/", pages.exports.file, name="data-export-file"),
    path(f"{_HERE}/data/acts/", pages.acts.begin, name="act-begin"),
    path(f"{_ACT}/", pages.acts.one, name="act"),
    path(f"{_ACT}/undo/", pages.acts.undo, name="act-undo"),
    path(f"{_ACT}/cancel/", pages.acts.cancel, name="act-cancel"),
    path(f"{_HERE}/data/filters/", pages.saving.save, name="filter-save"),
    path(
        f"{_HERE}/data/filters/<uuid:filter_id>/forget/", pages.saving.forget, name="filter-forget"
    ),
    path(f"{_HERE}/data/plots/", pages.plots.plots, name="data-plots"),
    path(f"{_HERE}/data/map/", pages.plots.map_, name="data-map"),
    path(f"{_HERE}/data/map/points/", pages.plots.points, name="data-map-points"),
    path(f"{_HERE}/data/upload/", pages.uploads.new, name="data-upload-new"),
    path(f"{_FILE}/", pages.uploads.one, name="data-upload"),
    path(f"{_FILE}/cancel/", pages.uploads.cancel, name="data-upload-cancel"),
    path(f"{_FILE}/problems.csv", pages.uploads.left_out, name="data-upload-problems"),
    path(f"{_HERE}/data/health/", pages.health.page, name="data-health"),
    path(f"{_HERE}/data/health/look/", pages.health.look, name="data-health-look"),
    path(f"{_HERE}/data/health/<slug:kind>/", pages.health.fix, name="data-health-fix"),
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
