"""People at work, over HTTP: lease, answer, skip, return, change, settle, agree."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiResponse, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.authentication import caller
from accounts.replaying import replayed
from labeling import agreement, answering, jobs, queue, reasons, review, suggesting
from labeling.models import Assignment
from ml.answers import AnswerError
from projects import access, relabeling, stats
from projects.api.examples import AnnotationData, ExampleData, detailed
from projects.api.projects import asked_for
from projects.models import Annotation, AnnotationSource, Example, Role, Status

LONGEST_DURATION = 2**31 - 1
PICKED = inline_serializer(
    "Lease",
    {
        "assignment": inline_serializer(
            "LeaseHead", {"id": serializers.CharField(), "expires_at": serializers.DateTimeField()}
        ),
        "example": ExampleData(),
        "suggestion": serializers.JSONField(allow_null=True),
        "reason": serializers.CharField(),
    },
)


class AnswerAsked(serializers.Serializer[Any]):
    """An answer, checked by the project's task like every other answer."""

    answer = serializers.JSONField()
    duration_ms = serializers.IntegerField(
        min_value=0, max_value=LONGEST_DURATION, required=False, allow_null=True, default=None
    )


class SkipAsked(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=1000, required=False, default="", allow_blank=True)


def _answer(request: Request, example: Example) -> dict[str, Any]:
    project = example.project
    form = AnswerAsked(data=request.data)
    form.is_valid(raise_exception=True)
    try:
        said, shape = form.validated_data["answer"], project.kind.answer
        answer = relabeling.taken(project, lambda labels: shape.parse(said, labels, example.data))
    except AnswerError as problem:
        raise ValidationError({"answer": [str(problem)]}) from problem
    return {"answer": answer, "duration_ms": form.validated_data["duration_ms"]}


class Next(APIView):
    @extend_schema(
        request=None,
        responses={200: PICKED, 204: OpenApiResponse(description="Nothing is left for you.")},
    )
    def post(self, request: Request, project_id: UUID) -> Response:
        project = asked_for(request, project_id)
        assignment = queue.next_for(caller(request), project)
        jobs.ring(project)
        return Response(status=204) if assignment is None else Response(_shown(assignment))


def _shown(assignment: Assignment) -> dict[str, Any]:
    """What is asked looks as if nobody had answered it: it may be a check, or a second look."""
    example: Any = ExampleData(assignment.example).data
    return {
        "assignment": {"id": str(assignment.pk), "expires_at": assignment.expires_at},
        "example": {**example, "status": Status.UNLABELED, "gold": None},
        "suggestion": suggesting.shown(assignment),
        "reason": reasons.told(assignment),
    }


def _said(annotation: Annotation) -> dict[str, Any]:
    """Its author is not told that it answered a check."""
    told = dict(AnnotationData(annotation).data)
    if annotation.source == AnnotationSource.CHECK:
        told["source"] = AnnotationSource.PERSON
    return told


def _own(request: Request, assignment_id: UUID) -> Assignment:
    assignment = answering.held_by(caller(request), assignment_id)
    access.require(request, assignment.project)
    return assignment


class Submit(APIView):
    @extend_schema(request=AnswerAsked, responses={201: AnnotationData})
    def post(self, request: Request, assignment_id: UUID) -> Response:
        assignment = _own(request, assignment_id)
        annotation, _ = answering.submit(assignment, **_answer(request, assignment.example))
        jobs.ring(assignment.project)
        return Response(_said(annotation), status=201)


class Skip(APIView):
    @extend_schema(request=SkipAsked, responses={204: OpenApiResponse(description="Skipped.")})
    def post(self, request: Request, assignment_id: UUID) -> Response:
        assignment = _own(request, assignment_id)
        form = SkipAsked(data=request.data)
        form.is_valid(raise_exception=True)
        answering.skip(assignment, form.validated_data["reason"])
        return Response(status=204)


class Return(APIView):
    @extend_schema(request=None, responses={204: OpenApiResponse(description="Returned.")})
    def post(self, request: Request, assignment_id: UUID) -> Response:
        answering.give_back(_own(request, assignment_id))
        return Response(status=204)


class OneAnnotation(APIView):
    """Change or take back one's own answer; what it said before stays in the history."""

    @extend_schema(request=AnswerAsked, responses=AnnotationData)
    def patch(self, request: Request, annotation_id: UUID) -> Response:
        annotation = self._own(request, annotation_id)
        answer = _answer(request, annotation.example)["answer"]
        answering.change(annotation, answer)
        return Response(_said(annotation))

    @extend_schema(request=None, responses={204: OpenApiResponse(description="Taken back.")})
    def delete(self, request: Request, annotation_id: UUID) -> Response:
        annotation = self._own(request, annotation_id)
        if annotation.source == AnnotationSource.REVIEW:
            review.undo(annotation, caller(request))
        else:
            answering.forget(annotation)
        return Response(status=204)

    def _own(self, request: Request, annotation_id: UUID) -> Annotation:
        annotation = get_object_or_404(
            Annotation.objects.select_related("example__project", "author"),
            pk=annotation_id,
            withdrawn_at=None,
        )
        role = access.require(request, annotation.example.project)
        settled = annotation.source == AnnotationSource.REVIEW
        if settled and role < Role.REVIEWER:
            raise PermissionDenied("Only a reviewer can change what a reviewer settled.")
        if annotation.author_id != caller(request).pk:
            raise PermissionDenied(
                "Only its author can change an answer. A reviewer can settle the example."
            )
        return annotation


class Review(APIView):
    @extend_schema(request=AnswerAsked, responses={201: AnnotationData})
    def post(self, request: Request, example_id: UUID) -> Response:
        example = get_object_or_404(detailed(), pk=example_id)
        access.require(request, example.project)
        return self._settle(request, example)

    @replayed()
    def _settle(self, request: Request, example: Example) -> Response:
        answer = _answer(request, example)["answer"]
        annotation = review.settle(example, answer, caller(request))
        jobs.ring(example.project)
        return Response(AnnotationData(annotation).data, status=201)


class Agreement(APIView):
    @extend_schema(responses={200: dict})
    def get(self, request: Request, project_id: UUID) -> Response:
        return Response(agreement.of(asked_for(request, project_id)))


class Stats(APIView):
    """The project in figures, exact at once."""

    @extend_schema(responses={200: dict})
    def get(self, request: Request, project_id: UUID) -> Response:
        project = asked_for(request, project_id)
        return Response({**stats.of(project), "agreement": agreement.alone(project)})
