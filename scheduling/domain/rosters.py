"""The life of a roster version."""

from enum import StrEnum


class VersionStatus(StrEnum):
    """REQUESTED → RUNNING → DRAFT → PUBLISHED (whole or in part); or FAILED, or DISCARDED."""

    REQUESTED = "requested"
    RUNNING = "running"
    DRAFT = "draft"
    PUBLISHED = "published"
    FAILED = "failed"
    DISCARDED = "discarded"
