"""A backup as its own folder describes it: what is in it and whether it was opened and found whole. Pure."""

from typing import Final

import msgspec

from api_spec.vocabulary import Term

MANIFEST: Final = "backup.json"
KEYS: Final = "keys.sealed"
BLOBS: Final = "blobs"
DATABASE_FILE: Final = {"sqlite": "township.db", "postgres": "township.dump"}


class BackupState(Term):
    """How far a backup is."""

    RUNNING = "running", "正在备份"
    VERIFIED = "verified", "已验证，可恢复"
    FAILED = "failed", "没有成功"


class Contained(msgspec.Struct, frozen=True, kw_only=True):
    """How far one node's stream is inside a backup: its records were all there and their chain recomputed."""

    stream: str
    node: int
    epoch: str
    upto: int
    chain: bytes


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What stands in `backup.json`; written last, so that a folder without one is no backup.

    Args:
        sha256: of the database file, hexadecimal; size its bytes.
        migrations: the schema's files; a program that does not know one of them cannot open the backup.
        key_mark: by which a vault key can be recognised without showing it.
        keys_inside: whether the vault key lies in the backup, sealed under the recovery passphrase.
        tables: rows of each table in the restored copy.
        blobs_damaged: photos the database knows and whose file is missing or not what it was.
        problem: why it is not verified, a sentence for the administrator; "" if nothing is wrong.
    """

    name: str
    state: str
    made_ms: int
    dialect: str
    app: str
    size: int = 0
    sha256: str = ""
    migrations: tuple[str, ...] = ()
    key_mark: str = ""
    keys_inside: bool = False
    blobs: int = 0
    blob_bytes: int = 0
    blobs_damaged: int = 0
    finished_ms: int = 0
    streams: tuple[Contained, ...] = ()
    tables: dict[str, int] = msgspec.field(default_factory=dict)
    problem: str = ""

    @property
    def is_verified(self) -> bool:
        return self.state == BackupState.VERIFIED

    @property
    def records(self) -> int:
        """Records of village computers inside."""
        return sum(each.upto for each in self.streams)


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What to open. The key comes this way because command lines and environments can be read by others."""

    database_url: str
    folder: str
    key: bytes
    suite: str


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """What is in the copy. `wrong`: node, epoch and what is not as it should be, for each damaged stream."""

    streams: tuple[Contained, ...] = ()
    tables: dict[str, int] = msgspec.field(default_factory=dict)
    wrong: tuple[tuple[int, str, str], ...] = ()
    blobs_damaged: int = 0


class Refused(Exception):
    """A backup or a restore that cannot be done; the message is for the person who asked for it."""
