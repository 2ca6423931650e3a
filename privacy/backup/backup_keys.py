"""The keys of an installation, which are not kept with the backup that they open."""

import json
from base64 import b64decode, urlsafe_b64encode
from dataclasses import dataclass, field

from core.encryption import MasterKeys
from core.settings import NEW_STORAGE_KEY_COMMAND, Settings
from privacy.backup.encrypted_folder import EncryptedFolder
from privacy.backup.errors import BackupError

KEYS_PART = "keys"
NO_BACKUP_KEY_MESSAGE = (
    "LISTENING_POST_BACKUP_KEY is not set, and LISTENING_POST_BACKUP_KEY_FILE names no readable file. It encrypts"
    " backups, and nobody can open them without it: keep a copy away from this machine and from the backups. A new one:"
    f" {NEW_STORAGE_KEY_COMMAND}"
)


@dataclass(frozen=True, slots=True)
class InstallationKeys:
    storage_keys: tuple[bytes, ...] = field(repr=False)
    secret_key: str = field(repr=False)

    @property
    def master_keys(self) -> MasterKeys:
        return MasterKeys(*self.storage_keys)

    def format_storage_keys(self) -> str:
        """As LISTENING_POST_STORAGE_KEY takes them."""
        return ",".join(urlsafe_b64encode(key).decode().rstrip("=") for key in self.storage_keys)


def get_backup_key(settings: Settings) -> str:
    if settings.backup_key is None:
        raise BackupError(NO_BACKUP_KEY_MESSAGE)
    return settings.backup_key


def write_keys(folder: EncryptedFolder, settings: Settings) -> None:
    keys = [urlsafe_b64encode(key).decode() for key in settings.storage_keys]
    folder.write(KEYS_PART, [json.dumps({"storage_keys": keys, "secret_key": settings.secret_key}).encode()])


def read_keys(folder: EncryptedFolder) -> InstallationKeys:
    values = json.loads(folder.read_text(KEYS_PART))
    return InstallationKeys(tuple(b64decode(key, b"-_") for key in values["storage_keys"]), values["secret_key"])
