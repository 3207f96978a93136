"""Runs over HTTP: launched, watched, cancelled."""

from typing import Any, ClassVar
from uuid import UUID

from django.db import transaction
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.generics import ListAPIView, get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.authentication import caller
from accounts.replaying import replayed
from projects import access
from projects.api.projects import asked_for
from projects.models import Project
from training import jobs, launching, reading
from training.api.asking import RunAsked
from training.models import Measurement, Run


class RunData(serializers.ModelSerializer[Run]):
    id = serializers.CharField(read_only=True)
    project = serializers.CharField(source="project_id", read_only=True)
    snapshot = serializers.CharField(source="snapshot_id", read_only=True, allow_null=True)
    metrics = serializers.JSONField(read_only=True)
    baseline = serializers.JSONField(read_only=True)
    error = serializers.SerializerMethodField()
    model_version = serializers.SerializerMethodField()
    method_used = serializers.SerializerMethodField()
    result = serializers.SerializerMethodField()

    class Meta:
        model = Run
        fields: ClassVar = [
            *("id", "project", "snapshot", "base_model", "effort", "method", "method_used"),
            *("hyperparameters", "seed", "state", "progress", "stage", "eta_seconds", "device"),
            *("attempts", "metrics", "baseline", "notes", "error", "model_version", "result"),
            *("created_at", "started_at", "finished_at"),
        ]
        read_only_fields = fields

    def get_error(self, run: Run) -> dict[str, str] | None:
        return {"title": run.error_title, "hint": run.error_hint} if run.error_title else None

    def get_model_version(self, run: Run) -> str | None:
        version = getattr(run, "model_version", None)
        return str(version.pk) if version else None

    def get_method_used(self, run: Run) -> str | None:
        return run.result.get("method")

    def get_result(self, run: Run) -> dict[str, Any]:
        return reading.result(run)


class RunListed(RunData):
    """Without the long result, which one run at a time shows."""

    class Meta(RunData.Meta):
        fields: ClassVar = [name for name in RunData.Meta.fields if name != "result"]
        read_only_fields = fields


class Runs(ListAPIView[Run]):
    serializer_class = RunListed

    def get_queryset(self) -> Any:
        project = asked_for(self.request, self.kwargs["project_id"])
        return project.runs.select_related("model_version")

    @extend_schema(request=RunAsked, responses={202: RunData})
    def post(self, request: Request, project_id: UUID) -> Response:
        return self._launch(request, asked_for(request, project_id))

    @replayed()
    def _launch(self, request: Request, project: Project) -> Response:
        form = RunAsked(data=request.data, context={"project": project})
        form.is_valid(raise_exception=True)
        try:
            launching.check(project)
        except launching.NotReady as problem:
            raise ValidationError({"project": [str(problem)]}) from problem
        run = _queued(project, request, form.validated_data)
        return Response(RunData(run).data, status=202)


@transaction.atomic
def _queued(project: Project, request: Request, asked: dict[str, Any]) -> Run:
    run = launching.queue(project, caller(request), asked)
    jobs.ring(run)
    return run


def _found(request: Request, run_id: UUID) -> Run:
    runs = Run.objects.select_related("project", "model_version")
    run = get_object_or_404(runs, pk=run_id)
    access.require(request, run.project)
    return run


class OneRun(APIView):
    @extend_schema(responses=RunData)
    def get(self, request: Request, run_id: UUID) -> Response:
        return Response(RunData(_found(request, run_id)).data)


class Cancel(APIView):
    """Ask a run to stop. It ends `cancelled` and keeps its last checkpoint."""

    @extend_schema(request=None, responses={202: RunData})
    def post(self, request: Request, run_id: UUID) -> Response:
        run = _found(request, run_id)
        launching.cancel(run, caller(request))
        return Response(RunData(_found(request, run_id)).data, status=202)


class PointData(serializers.ModelSerializer[Measurement]):
    class Meta:
        model = Measurement
        fields: ClassVar = ["step", "epoch", "name", "value", "at"]


class History(APIView):
    """The whole curve of a run, in order of steps."""

    @extend_schema(responses={200: PointData(many=True)})
    def get(self, request: Request, run_id: UUID) -> Response:
        run = _found(request, run_id)
        # A bound, not a promise: a trainer measures each step once, and few runs take so many.
        points = run.history.order_by("step", "name")[:50_000]
        return Response(PointData(points, many=True).data)
