"""Who is in a project: members, and invitations for those who have no account yet."""

import logging
from smtplib import SMTPException

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError as PasswordTooWeak
from django.core.mail import send_mail
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from rest_framework.exceptions import PermissionDenied, ValidationError

from accounts import audit, secrets
from accounts.models import User
from accounts.people import by_email
from accounts.problems import Conflict
from projects.models import Example, Invitation, Member, Project, Role

log = logging.getLogger("studio.mail")
TAKEN = "There is an account with this e-mail already. Leave the password out."


def invite(
    project: Project, by: User, by_role: Role, email: str, role: Role
) -> Member | Invitation:
    """Add somebody new. Who is a member already keeps their role: Conflict."""
    if project.members.filter(user__email__iexact=email.strip()).exists():
        told = _("%(email)s is a member already; change the role in the list above.")
        raise Conflict(told % {"email": email})
    return add(project, by, by_role, email, role, "")


@transaction.atomic
def add(
    project: Project, by: User, by_role: Role, email: str, role: Role, password: str
) -> Member | Invitation:
    """A member at once where the account exists or is made now, else an invitation."""
    if role > by_role:
        raise PermissionDenied(_("Nobody can give a role above their own."))
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


@transaction.atomic
def change(member: Member, by_role: Role, role: Role) -> None:
    if max(role, member.role) > by_role:
        raise PermissionDenied(_("Nobody can give or take a role above their own."))
    if member.role == Role.OWNER and role != Role.OWNER:
        _refuse_without_owner(member)
    member.role = role
    member.save(update_fields=["role"])
    if role < Role.ANNOTATOR:
        _take_over(member)


@transaction.atomic
def remove(member: Member, by: User, by_role: Role) -> None:
    """End a membership. What the person answered stays."""
    if member.role > by_role:
        raise PermissionDenied(_("Nobody can remove a role above their own."))
    if member.role == Role.OWNER:
        _refuse_without_owner(member)
    audit.note(by, "remove member", member.project_id, email=member.user.email)
    _take_over(member)
    member.delete()


def _take_over(member: Member) -> None:
    """What was assigned to who no longer labels is anyone's."""
    theirs = Example.objects.filter(project_id=member.project_id, assignee_id=member.user_id)
    theirs.update(assignee=None)


def invited_by(secret: str) -> Invitation | None:
    """The invitation that a link belongs to, whether or not it is still open."""
    if not secrets.looks_issued(secret, secrets.INVITATION):
        return None
    found = Invitation.objects.select_related("project", "invited_by")
    return found.filter(hash=secrets.digest(secret), project__deleted_at=None).first()


def revoke(invitation: Invitation, by: User) -> None:
    """The link no longer opens anything."""
    audit.note(by, "revoke invitation", invitation.project_id, email=invitation.email)
    invitation.delete()


@transaction.atomic
def accept(invitation: Invitation, user: User | None, password: str = "") -> User:
    """Make the membership, and the account where there is none yet; the link is used up.

    Whoever holds the link is not therefore the owner of an account: who has one comes signed in.
    """
    locked = Invitation.objects.select_for_update().filter(pk=invitation.pk).first()
    if locked is None or not locked.open:  # a double click, or revoked meanwhile
        raise Conflict(_("This invitation has been used already, or was taken back."))
    if user is None:
        user = User.objects.create_user(invitation.email, password)
    Member.objects.get_or_create(
        project=invitation.project, user=user, defaults={"role": invitation.role}
    )
    invitation.accepted_at = timezone.now()
    invitation.save(update_fields=["accepted_at"])
    audit.note(user, "accept invitation", invitation.project_id)
    return user


def _refuse_without_owner(member: Member) -> None:
    # Locked: two owners who leave at once would both find the other one there.
    Project.objects.select_for_update().get(pk=member.project_id)
    others = Member.objects.filter(project=member.project, role=Role.OWNER).exclude(pk=member.pk)
    if not others.exists():
        raise ValidationError(
            {"role": [_("A project needs an owner. Make someone else owner first.")]}
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
    invitation.link = f"{settings.STUDIO_URL}/invitations/{secret.value}/"
    subject, text = _letter(invitation, by)
    # Sent once the row stands: a mail cannot be taken back.
    transaction.on_commit(lambda: _send(subject, text, email), robust=True)
    audit.note(by, "invite", project.pk, email=email, role=role.word)
    return invitation


def _send(subject: str, text: str, email: str) -> None:
    """A mail server that is away changes no page, which shows the link: it is in the log."""
    try:
        send_mail(subject, text, None, [email])
    except (OSError, SMTPException) as problem:
        log.error("An invitation could not be sent (%s): see EMAIL_URL.", problem)


def _letter(invitation: Invitation, by: User) -> tuple[str, str]:
    """Subject and text, in the language of who invites; its reader may never have heard of us."""
    words = {
        "by": by.email,
        "name": " ".join(invitation.project.name.split()),  # a subject is one line
        "role": Role(invitation.role).label,
        "studio": settings.STUDIO_URL,
        "until": date_format(invitation.expires_at),
    }
    text = [
        _("%(by)s invites you to “%(name)s” as %(role)s."),
        _("It is a project in the studio at %(studio)s: people label texts, and a model learns."),
        _("Come in here, until %(until)s:"),
        invitation.link.replace("%", "%%"),
        _("If you do not know what this is about, there is nothing to do."),
    ]
    return _("Invitation to “%(name)s”") % words, "\n\n".join(text) % words + "\n"
