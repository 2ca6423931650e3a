"""The result of the last storage check, kept in the data folder for the staff page “Today”."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

from core import clock
from core.storage_check import StorageCheck

REPORT_FILE = "storage-check"
OVERDUE_AFTER = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class StorageReport:
    checked_at: str
    file_count: int
    damaged_count: int
    not_encrypted_count: int

    @property
    def moment(self) -> datetime:
        return datetime.fromisoformat(self.checked_at)

    @property
    def is_overdue(self) -> bool:
        return clock.now() - self.moment > OVERDUE_AFTER


def save_report(data_folder: Path, check: StorageCheck, checked_at: datetime | None = None) -> None:
    moment = checked_at or clock.now()
    report = StorageReport(moment.isoformat(), check.file_count, len(check.damaged), len(check.not_encrypted))
    whole = data_folder / f"{REPORT_FILE}.new"
    whole.write_text(json.dumps(asdict(report)))
    whole.replace(data_folder / REPORT_FILE)


def load_report(data_folder: Path) -> StorageReport | None:
    """None: never checked on this machine."""
    try:
        report = StorageReport(**json.loads((data_folder / REPORT_FILE).read_text()))
        return report if report.moment.tzinfo else None
    except (OSError, ValueError, TypeError):
        return None
