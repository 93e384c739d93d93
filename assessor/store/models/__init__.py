"""The tables, by subject. Queries and rules of use stand in the services."""

from assessor.store.models.audit import AuditEntryRow, AuditHeadRow
from assessor.store.models.jobs import JobFile, JobRow, WorkerRow
from assessor.store.models.limits import Tally
from assessor.store.models.people import (
    MemberRow,
    OneTimeLinkRow,
    PersonRow,
    RecoveryCodeRow,
    RememberedDeviceRow,
    SignInRow,
    WorkspaceRow,
)
from assessor.store.models.results import ProfileRow
from assessor.store.models.sittings import Attempt, Grant, ResponseRow
from assessor.store.models.tables import Base, UtcTime
from assessor.store.models.versions import Form, Version

__all__ = [
    "Attempt",
    "AuditEntryRow",
    "AuditHeadRow",
    "Base",
    "Form",
    "Grant",
    "JobFile",
    "JobRow",
    "MemberRow",
    "OneTimeLinkRow",
    "PersonRow",
    "ProfileRow",
    "RecoveryCodeRow",
    "RememberedDeviceRow",
    "ResponseRow",
    "SignInRow",
    "Tally",
    "UtcTime",
    "Version",
    "WorkerRow",
    "WorkspaceRow",
]
