"""The audit log: one line for each deed that someone may have to answer for."""

from accounts.models import AuditEntry, User


def note(actor: User | None, deed: str, target: object, **detail: object) -> None:
    AuditEntry.objects.create(actor=actor, deed=deed, target=str(target)[:200], detail=detail)
