"""Addresses of the data room, below /api/v1/."""

from django.urls import path

from projects.api import examples, people, projects, uploads

urlpatterns = [
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
