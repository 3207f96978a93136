"""Ids that sort by time of birth, so that a primary key is also a cursor."""

from uuid import UUID

from uuid_utils import compat


def new_id() -> UUID:
    return compat.uuid7()
