"""Why a backup could not be made, opened or restored."""

from core.errors import RuleError


class BackupError(RuleError): ...


class BackupDamagedError(BackupError): ...


class NotEmptyError(BackupError): ...
