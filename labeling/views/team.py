"""Pages about people at work: one's own, and the team's."""

import csv
import io
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.problems import Conflict
from labeling import asking, forecast, skipping, team
from labeling import mine as own
from labeling.models import Assignment
from labeling.team import Work
from labeling.views import drawer
from projects import showing, tally
from projects.access import MemberRequest
from projects.exporting.formats.csv import disarmed

OWN_DAYS = 14
COLUMNS = ("email", "answers", "today", "this_week", "skipped", "median_seconds", "shared",
           "same_as_others", "suggestions_shown", "accepted", "suggestions_hidden",
           "same_where_hidden", "checks", "checks_right", "last_seen")  # fmt: skip


@require_safe
def mine(request: MemberRequest, project_id: UUID) -> HttpResponse:
    project = request.project
    notices = own.returned(project, request.user)
    examples = [one.example for one in notices if one.example is not None]
    texts = {line.example.pk: line.text for line in showing.lines(project, examples)}
    shown = {
        "work": next(iter(team.work(project, request.user)), None),
        "streak": own.streak(project, request.user),
        "days": team.by_day(project, request.user, OWN_DAYS),
        "newest": _newest(request),
        "returned": [(one, texts[one.example_id]) for one in notices if one.example_id is not None],
    }
    return render(request, "labeling/my_work.html", shown)


def _newest(request: MemberRequest) -> list[tuple[Assignment, str, str, str]]:
    """What they did last: the lease, the text, and what they said, or why they skipped it."""
    project = request.project
    leases = own.answered(project, request.user)
    lines = showing.lines(project, [one.example for one in leases])
    return [
        (
            one,
            line.text,
            asking.summary(project, one.annotation.answer) if one.annotation else "",
            skipping.in_words(one.skip_reason),
        )
        for one, line in zip(leases, lines, strict=True)
    ]


@require_POST
def bring_back(request: MemberRequest, project_id: UUID, assignment_id: UUID) -> HttpResponse:
    """One of their own answers or skips is on the desk again; the answer goes into the history."""
    try:
        own.bring_back(drawer.own(request, assignment_id))
    except Conflict as refused:
        messages.warning(request, str(refused.detail))
        return redirect("my-work", project_id)
    return redirect("desk", project_id)


@require_safe
def page(request: MemberRequest, project_id: UUID) -> HttpResponse:
    project = request.project
    days = team.by_day(project)
    shown = {
        "people": team.work(project),
        "makers": team.makers(project),
        "days": days if any(count for _day, count in days) else [],
        "counts": tally.of(project),
        "forecast": forecast.of(project),
        "pace_of": team.PACE_OF,
    }
    return render(request, "labeling/team.html", shown)


@require_safe
def file(request: MemberRequest, project_id: UUID) -> HttpResponse:
    """The same as a table for a spreadsheet, in which no cell is taken for a formula."""
    out = io.StringIO()
    out.write("\ufeff")  # by which a spreadsheet knows UTF-8
    table = csv.writer(out, lineterminator="\n")
    table.writerow(COLUMNS)
    table.writerows(disarmed(_row(one)) for one in team.work(request.project))
    answer = HttpResponse(out.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="team.csv"'
    return answer


def _row(one: Work) -> list[str]:
    counted = [one.answers, one.today, one.week, one.skipped]
    seconds = "" if one.seconds is None else f"{one.seconds:.1f}"
    results = [
        str(number)
        for result in (one.same, one.shown, one.hidden, one.checks)
        for number in (result.met, result.right)
    ]
    last = one.last.isoformat() if one.last else ""
    return [one.email, *map(str, counted), seconds, *results, last]
