"""What may be asked of a run, checked before anything is queued."""

from typing import Any
from uuid import UUID

from rest_framework import serializers

from ml import hyperparameters
from ml.failures import Failure
from training import efforts
from training.catalogue import known
from training.models import Snapshot


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

    def validate_method(self, method: str) -> str:
        if method not in efforts.TRAINED:
            raise serializers.ValidationError(
                f"“{method}” cannot be trained yet. Possible: {', '.join(efforts.TRAINED)}."
            )
        return method

    def validate_hyperparameters(self, given: dict[str, Any]) -> dict[str, Any]:
        try:
            hyperparameters.parse(given)
        except Failure as problem:
            raise serializers.ValidationError(f"{problem.title} {problem.hint}") from problem
        return given

    def validate_snapshot(self, wanted: UUID | None) -> Snapshot | None:
        if wanted is None:
            return None
        found = Snapshot.objects.filter(pk=wanted, project=self.context["project"]).first()
        if found is None:
            raise serializers.ValidationError("This project has no such snapshot.")
        return found
