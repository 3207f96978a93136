"""Who is in a project: members, and invitations for those who have no account yet."""

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError as PasswordTooWeak
from django.core.mail import send_mail
from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils import timezone
from rest_framework.exceptions import PermissionDenied, ValidationError

from accounts import audit, secrets
from accounts.models import User
from accounts.people import by_email
from projects.models import Invitation, Member, Project, Role

TAKEN = "There is an account with this e-mail already. Leave the password out."


@transaction.atomic
def add(
    project: Project, by: User, by_role: Role, email: str, role: Role, password: str
) -> Member | Invitation:
    """A member at once where the account exists or is made now, else an invitation."""
    if role > by_role:
        raise PermissionDenied("Nobody can give a role above their own.")
    user = by_email(email)
    if password:
        user = _with_password(by, user, email, password)
    if user is None:
        return _invite(project, by, email, role)
    member, created = Member.objects.get_or_create(
        project=project, user=user, defaults={"role": role}
    )
    if not created:
        change(member, by_role, role)
    audit.note(by, "add member", project.pk, email=user.email, role=role.word)
    return member


def change(member: Member, by_role: Role, role: Role) -> None:
    if max(role, member.role) > by_role:
        raise PermissionDenied("Nobody can give or take a role above their own.")
    if member.role == Role.OWNER and role != Role.OWNER:
        _refuse_without_owner(member)
    member.role = role
    member.save(update_fields=["role"])


def remove(member: Member, by: User, by_role: Role) -> None:
    """End a membership. What the person answered stays."""
    if member.role > by_role:
        raise PermissionDenied("Nobody can remove a role above their own.")
    if member.role == Role.OWNER:
        _refuse_without_owner(member)
    audit.note(by, "remove member", member.project_id, email=member.user.email)
    member.delete()


def invited_by(secret: str) -> Invitation | None:
    """The open invitation that a link belongs to."""
    if not secrets.looks_issued(secret, secrets.INVITATION):
        return None
    return (
        Invitation.objects.select_related("project")
        .filter(
            hash=secrets.digest(secret),
            accepted_at=None,
            expires_at__gt=Now(),
            project__deleted_at=None,
        )
        .first()
    )


@transaction.atomic
def accept(invitation: Invitation, password: str) -> User:
    """Make the account and the membership; the link is used up.

    An account that was made since the invitation keeps its own password.
    """
    user = by_email(invitation.email) or User.objects.create_user(invitation.email, password)
    Member.objects.get_or_create(
        project=invitation.project, user=user, defaults={"role": invitation.role}
    )
    invitation.accepted_at = timezone.now()
    invitation.save(update_fields=["accepted_at"])
    audit.note(user, "accept invitation", invitation.project_id)
    return user


def _refuse_without_owner(member: Member) -> None:
    others = Member.objects.filter(project=member.project, role=Role.OWNER).exclude(pk=member.pk)
    if not others.exists():
        raise ValidationError(
            {"role": ["A project needs an owner. Make someone else owner first."]}
        )


def _with_password(by: User, user: User | None, email: str, password: str) -> User:
    if not by.is_superuser:
        raise PermissionDenied("Only an administrator of the installation can set a password.")
    if user is not None:
        raise ValidationError({"password": [TAKEN]})
    try:
        validate_password(password, User(email=email))
    except PasswordTooWeak as weak:
        raise ValidationError({"password": weak.messages}) from weak
    try:
        with transaction.atomic():
            return User.objects.create_user(email, password)
    except IntegrityError as race:  # made by someone else meanwhile
        raise ValidationError({"password": [TAKEN]}) from race


def _invite(project: Project, by: User, email: str, role: Role) -> Invitation:
    # One open invitation an address: the newest link and role count.
    Project.objects.select_for_update().get(pk=project.pk)
    project.invitations.filter(email__iexact=email, accepted_at=None).delete()
    secret = secrets.mint(secrets.INVITATION)
    invitation = Invitation.objects.create(
        project=project, email=email, role=role, hash=secret.hash, invited_by=by
    )
    address = f"{settings.STUDIO_URL}/invitations/{secret.value}/"
    text = f"{by.email} invites you to “{project.name}” as {role.word}:\n\n{address}\n"
    # Sent once the row stands: a mail cannot be taken back.
    transaction.on_commit(
        lambda: send_mail(f"Invitation to {project.name}", text, None, [email], fail_silently=True),
        robust=True,
    )
    audit.note(by, "invite", project.pk, email=email, role=role.word)
    return invitation
