"""Snapshots, runs and model versions over HTTP."""

from typing import Any, ClassVar
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.generics import ListAPIView, get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import audit
from accounts.authentication import caller
from accounts.paging import ByCursor
from accounts.replaying import replayed
from ml import base_models
from ml.tasks import TASKS
from projects import access
from projects.api.projects import asked_for
from projects.leases import State
from projects.models import Project
from training import efforts, jobs, snapshots
from training.catalogue import known
from training.models import Measurement, ModelVersion, Run, Snapshot


class SnapshotData(serializers.ModelSerializer[Snapshot]):
    id = serializers.CharField(read_only=True)
    project = serializers.CharField(source="project_id", read_only=True)

    class Meta:
        model = Snapshot
        fields: ClassVar = ["id", "project", "sha256", "counts", "labels", "created_at"]
        read_only_fields = fields


class RunAsked(serializers.Serializer[Any]):
    """Every field may be left out."""

    base_model = serializers.CharField(max_length=200, required=False, default="", allow_null=True)
    effort = serializers.ChoiceField(choices=list(efforts.EFFORTS), default="balanced")
    method = serializers.ChoiceField(choices=efforts.METHODS, default="auto")
    hyperparameters = serializers.DictField(default=dict)
    seed = serializers.IntegerField(min_value=0, max_value=2**31 - 1, default=0)
    snapshot = serializers.UUIDField(required=False, default=None, allow_null=True)

    def validate_base_model(self, name: str | None) -> str:
        available = [model.name for model in known() if model.available]
        if name and name not in available:
            raise serializers.ValidationError(
                f"“{name[:60]}” cannot be loaded here. Available: {', '.join(available)}."
            )
        return name or ""

    def validate_hyperparameters(self, given: dict[str, Any]) -> dict[str, float]:
        if unknown := [name for name in given if name not in efforts.HYPERPARAMETERS]:
            possible = ", ".join(efforts.HYPERPARAMETERS)
            raise serializers.ValidationError(
                f"“{unknown[0][:60]}” is not one of the settings. Possible: {possible}."
            )
        for name, value in given.items():
            if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > 1e9:
                raise serializers.ValidationError(f"“{name}” must be a number.")
        return given

    def validate_snapshot(self, wanted: UUID | None) -> Snapshot | None:
        if wanted is None:
            return None
        found = Snapshot.objects.filter(pk=wanted, project=self.context["project"]).first()
        if found is None:
            raise serializers.ValidationError("This project has no such snapshot.")
        return found


class RunData(serializers.ModelSerializer[Run]):
    id = serializers.CharField(read_only=True)
    project = serializers.CharField(source="project_id", read_only=True)
    snapshot = serializers.CharField(source="snapshot_id", read_only=True, allow_null=True)
    metrics = serializers.JSONField(read_only=True)
    baseline = serializers.JSONField(read_only=True)
    error = serializers.SerializerMethodField()
    model_version = serializers.SerializerMethodField()
    method_used = serializers.SerializerMethodField()

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


class RunListed(RunData):
    """Without the long result, which one run at a time shows."""

    class Meta(RunData.Meta):
        fields: ClassVar = [name for name in RunData.Meta.fields if name != "result"]
        read_only_fields = fields


class ModelVersionData(serializers.ModelSerializer[ModelVersion]):
    id = serializers.CharField(read_only=True)
    project = serializers.CharField(source="project_id", read_only=True)
    version = serializers.IntegerField(source="number", read_only=True)
    run = serializers.CharField(source="run_id", read_only=True)
    snapshot = serializers.CharField(source="run.snapshot_id", read_only=True)
    artifacts = serializers.SerializerMethodField()

    class Meta:
        model = ModelVersion
        fields: ClassVar = [
            *("id", "project", "version", "run", "snapshot", "method", "base_model", "metrics"),
            *("labels", "artifacts", "created_at"),
        ]
        read_only_fields = fields

    def get_artifacts(self, version: ModelVersion) -> list[dict[str, Any]]:
        return [
            {("size" if name == "size_bytes" else name): value for name, value in artifact.items()}
            for artifact in version.artifacts
        ]


class Snapshots(ListAPIView[Snapshot]):
    serializer_class = SnapshotData

    def get_queryset(self) -> Any:
        return asked_for(self.request, self.kwargs["project_id"]).snapshots.all()

    @extend_schema(request=None, responses={201: SnapshotData})
    def post(self, request: Request, project_id: UUID) -> Response:
        return self._freeze(request, asked_for(request, project_id))

    @replayed()
    def _freeze(self, request: Request, project: Project) -> Response:
        try:
            snapshot = snapshots.freeze(project, caller(request))
        except snapshots.NothingToFreeze as problem:
            raise ValidationError({"project": [str(problem)]}) from problem
        return Response(SnapshotData(snapshot).data, status=201)


class OneSnapshot(APIView):
    @extend_schema(responses=SnapshotData)
    def get(self, request: Request, snapshot_id: UUID) -> Response:
        snapshot = get_object_or_404(Snapshot.objects.select_related("project"), pk=snapshot_id)
        access.require(request, snapshot.project)
        return Response(SnapshotData(snapshot).data)


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
        _refuse_unready(project)
        run = _launch(project, request, form.validated_data)
        return Response(RunData(run).data, status=202)


def _refuse_unready(project: Project) -> None:
    if not project.kind.trainable:
        raise ValidationError({"project": ["Projects of this task cannot be trained yet."]})
    # Two different answers are enough to know; counting them all would take a while.
    answers = project.examples.exclude(gold=None).order_by().values_list("gold").distinct()[:2]
    if len(answers) < 2:
        raise ValidationError(
            {"project": ["Label at least one example of two different labels, then train."]}
        )


@transaction.atomic
def _launch(project: Project, request: Request, asked: dict[str, Any]) -> Run:
    run = Run.objects.create(project=project, created_by=caller(request), **asked)
    audit.note(caller(request), "launch run", project.pk, run=str(run.pk))
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
        Run.objects.filter(pk=run.pk, state__in=[State.QUEUED, State.RUNNING]).update(
            cancel_requested=True
        )
        Run.objects.filter(pk=run.pk, state=State.QUEUED).update(
            state=State.CANCELLED, finished_at=Now()
        )
        audit.note(caller(request), "cancel run", run.project_id, run=str(run.pk))
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
        # A trainer measures each step once; a run of more steps than this is thinned by name.
        points = run.history.order_by("step", "name")[:50_000]
        return Response(PointData(points, many=True).data)


class ModelVersions(ListAPIView[ModelVersion]):
    serializer_class = ModelVersionData
    pagination_class = ByCursor

    def get_queryset(self) -> Any:
        project = asked_for(self.request, self.kwargs["project_id"])
        return project.model_versions.select_related("run")


class OneModelVersion(APIView):
    @extend_schema(responses=ModelVersionData)
    def get(self, request: Request, version_id: UUID) -> Response:
        versions = ModelVersion.objects.select_related("project", "run")
        version = get_object_or_404(versions, pk=version_id)
        access.require(request, version.project)
        return Response(ModelVersionData(version).data)


BASE_MODEL_FIELDS: dict[str, Any] = {
    "name": serializers.CharField(),
    "modality": serializers.CharField(),
    "tasks": serializers.ListField(child=serializers.CharField()),
    "parameters": serializers.IntegerField(),
    "size_bytes": serializers.IntegerField(),
    "languages": serializers.ListField(child=serializers.CharField()),
    "licence": serializers.CharField(),
    "available": serializers.BooleanField(),
}
BASE_MODEL = inline_serializer("BaseModel", BASE_MODEL_FIELDS)

BASE_MODEL_LIST = serializers.ListField(child=BASE_MODEL)


class BaseModels(APIView):
    """The starting points that can be fine-tuned, and whether they can be loaded here now."""

    @extend_schema(responses={200: inline_serializer("BaseModels", {"results": BASE_MODEL_LIST})})
    def get(self, request: Request) -> Response:
        task = request.query_params.get("task", "")
        if task and task not in TASKS:
            raise ValidationError({"task": [f"Possible: {', '.join(sorted(TASKS))}."]})
        found = [_shown(model) for model in known() if not task or task in model.tasks]
        return Response({"results": found, "next": None, "previous": None})


def _shown(model: base_models.BaseModel) -> dict[str, Any]:
    return {name: getattr(model, name) for name in BASE_MODEL_FIELDS}


class Tasks(APIView):
    """What a project can learn, with the schemas of its examples and answers."""

    @extend_schema(responses={200: dict})
    def get(self, request: Request) -> Response:
        found = [
            {
                "slug": task.slug,
                "task": task.slug,
                "title": task.title,
                "media": task.media,
                "headline": task.headline,
                "trainable": task.trainable,
                "example_schema": task.example_schema(),
                "answer_schema": task.answer.schema([]),
            }
            for task in TASKS.values()
        ]
        return Response({"results": found, "next": None, "previous": None})
