"""The HTTP status of each error that storing an upload can raise."""

from collections.abc import Mapping

from core.errors import RuleError
from core.file_storage import FileTooLargeError, StorageFullError, StorageRefusedError, StorageUnreachableError

STORAGE_ERROR_STATUSES: Mapping[type[RuleError], int] = {
    FileTooLargeError: 413,
    StorageFullError: 507,
    StorageUnreachableError: 503,
    StorageRefusedError: 503,
}
