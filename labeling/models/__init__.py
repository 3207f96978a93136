"""People at work: who holds which example, what is suggested, measured and said about it."""

from labeling.models.learning import Candidate, Learner, Rule, RuleKind
from labeling.models.leases import LEASE, Assignment, Held, Suggestion
from labeling.models.measuring import Check, Recheck, Settlement
from labeling.models.talking import Comment, Notice, NoticeKind, Said

__all__ = [
    "LEASE",
    "Assignment",
    "Candidate",
    "Check",
    "Comment",
    "Held",
    "Learner",
    "Notice",
    "NoticeKind",
    "Recheck",
    "Rule",
    "RuleKind",
    "Said",
    "Settlement",
    "Suggestion",
]
