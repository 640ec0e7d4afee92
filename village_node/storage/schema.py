"""The tables of the node's file, as numbered steps. Steps are only added; a file made by any released version opens.

Times ending in `_ms` are this computer's own clock, milliseconds since 1970: shown, never compared with others.
"""

from typing import Final

_FIRST: Final = (
    # This node as the township knows it: one row once enrolled. Secrets are not here but in the key folder.
    """CREATE TABLE enrolment (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        node INTEGER NOT NULL,
        body BLOB NOT NULL,
        enrolled_ms INTEGER NOT NULL
    ) STRICT""",
    # sync/1: what was written here and may still have to go up. Renumbered only when a new epoch begins.
    """CREATE TABLE outbox (
        seq INTEGER PRIMARY KEY CHECK (seq > 0),
        rid TEXT NOT NULL,
        rev INTEGER NOT NULL CHECK (rev > 0),
        kind TEXT NOT NULL,
        h BLOB NOT NULL CHECK (length(h) = 32),
        chain BLOB NOT NULL CHECK (length(chain) = 32),
        body BLOB NOT NULL,
        written_ms INTEGER NOT NULL,
        UNIQUE (rid, rev)
    ) STRICT""",
    """CREATE TABLE stream (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        epoch TEXT NOT NULL,
        old_epoch TEXT NOT NULL,
        base_seq INTEGER NOT NULL DEFAULT 0,
        base_chain BLOB NOT NULL CHECK (length(base_chain) = 32),
        acked INTEGER NOT NULL DEFAULT 0 CHECK (acked >= base_seq),
        safe INTEGER NOT NULL DEFAULT 0
    ) STRICT""",
    # When, by the township's clock, it confirmed up to where: what may be pruned is counted in its days, not ours.
    """CREATE TABLE confirmed (
        upto INTEGER PRIMARY KEY,
        township_ms INTEGER NOT NULL
    ) STRICT""",
    # Where this node stands in its feed; `coming_*` while a fresh snapshot is being fetched beside the old view.
    """CREATE TABLE pull (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        pos INTEGER NOT NULL DEFAULT 0,
        dig BLOB NOT NULL CHECK (length(dig) = 16),
        coming_pos INTEGER,
        coming_dig BLOB
    ) STRICT""",
    """CREATE TABLE blob (
        sha TEXT PRIMARY KEY,
        size INTEGER NOT NULL,
        state TEXT NOT NULL,
        "offset" INTEGER NOT NULL DEFAULT 0
    ) STRICT, WITHOUT ROWID""",
    # What this node handed a slip out for. Stays when the outbox is pruned: it is the village's own register.
    """CREATE TABLE register (
        rid TEXT PRIMARY KEY,
        item_id TEXT NOT NULL,
        item_name TEXT NOT NULL,
        pack_sha TEXT NOT NULL,
        applicant_name TEXT NOT NULL,
        applicant_key TEXT NOT NULL,
        case_number TEXT NOT NULL UNIQUE,
        tracking_code TEXT NOT NULL UNIQUE,
        clerk_id TEXT NOT NULL,
        clerk_name TEXT NOT NULL,
        filed_ms INTEGER NOT NULL,
        slip BLOB NOT NULL,
        prints INTEGER NOT NULL DEFAULT 0
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX register_by_time ON register (filed_ms)",
    "CREATE INDEX register_by_applicant ON register (applicant_key)",
    # What was handed in or asked later for a case; the record itself is in the outbox under this `rid`.
    """CREATE TABLE follow_up (
        rid TEXT PRIMARY KEY,
        case_rid TEXT NOT NULL,
        kind TEXT NOT NULL,
        words TEXT NOT NULL,
        clerk_name TEXT NOT NULL,
        made_ms INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX follow_up_by_case ON follow_up (case_rid)",
    # The township's view of what concerns this node: the latest row of each kind and id. Rows of kinds that only a
    # later version of the node knows lie here too.
    """CREATE TABLE shadow (
        kind TEXT NOT NULL,
        rid TEXT NOT NULL,
        srev INTEGER NOT NULL,
        code TEXT NOT NULL DEFAULT '',
        row BLOB NOT NULL,
        PRIMARY KEY (kind, rid)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX shadow_by_code ON shadow (code)",
    # A snapshot being fetched; it replaces `shadow` in one transaction when it is complete.
    """CREATE TABLE shadow_coming (
        kind TEXT NOT NULL,
        rid TEXT NOT NULL,
        srev INTEGER NOT NULL,
        code TEXT NOT NULL DEFAULT '',
        row BLOB NOT NULL,
        PRIMARY KEY (kind, rid)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE pack (
        sha TEXT PRIMARY KEY,
        version INTEGER NOT NULL,
        body BLOB NOT NULL
    ) STRICT, WITHOUT ROWID""",
    # The right to make case numbers offline, granted to this node and epoch.
    """CREATE TABLE number_block (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        prefix TEXT NOT NULL,
        block INTEGER NOT NULL
    ) STRICT""",
    # What the last meeting with the township left behind, for the page: when, by whose clock, how far apart.
    """CREATE TABLE contact (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        met_ms INTEGER,
        offset_ms INTEGER,
        trouble TEXT NOT NULL DEFAULT ''
    ) STRICT""",
    # Who may sign in besides the township's accounts, which come down the feed: made at this computer.
    """CREATE TABLE clerk (
        id TEXT PRIMARY KEY,
        login TEXT NOT NULL UNIQUE,
        name TEXT NOT NULL,
        password_hash TEXT NOT NULL,
        added_ms INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID""",
    # `version` rises with every save, so that two open tabs cannot overwrite each other.
    """CREATE TABLE draft (
        rid TEXT PRIMARY KEY,
        item_id TEXT NOT NULL,
        clerk_id TEXT NOT NULL,
        version INTEGER NOT NULL,
        saved_ms INTEGER NOT NULL,
        pairs BLOB NOT NULL
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE log (
        id INTEGER PRIMARY KEY,
        at_ms INTEGER NOT NULL,
        clerk_id TEXT NOT NULL DEFAULT '',
        what TEXT NOT NULL,
        facts TEXT NOT NULL
    ) STRICT""",
    "INSERT INTO contact (one) VALUES (1)",
    "INSERT INTO pull (one, dig) VALUES (1, zeroblob(16))",
)

# Corrections: what was typed last, and which revision of the record it became.
_CORRECTIONS: Final = (
    "ALTER TABLE register ADD COLUMN pairs BLOB",
    "ALTER TABLE register ADD COLUMN rev INTEGER NOT NULL DEFAULT 1",
    "ALTER TABLE register ADD COLUMN h BLOB",
    "ALTER TABLE follow_up ADD COLUMN rev INTEGER NOT NULL DEFAULT 1",
)

# Keys change hands: whose access to this computer ended, the secret kept with the township for who comes after, and
# how old the signing key is.
_KEYS: Final = (
    """CREATE TABLE clerk_ended (
        id TEXT PRIMARY KEY,
        ended_ms INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE hand_over (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        secret BLOB NOT NULL CHECK (length(secret) = 16),
        escrowed INTEGER NOT NULL DEFAULT 0
    ) STRICT""",
    # `since_ms` by the township's clock; `wanted`: a new key was asked for and is not in use yet.
    """CREATE TABLE signing_age (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        since_ms INTEGER,
        wanted INTEGER NOT NULL DEFAULT 0
    ) STRICT""",
    "INSERT INTO signing_age (one) VALUES (1)",
)

# Photos: what each file is and became, and which part of which case each belongs to, in the order they were handed in.
_PHOTOS: Final = (
    "ALTER TABLE blob ADD COLUMN media_type TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE blob ADD COLUMN kept_ms INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE blob ADD COLUMN why TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE blob ADD COLUMN sent_ms INTEGER",
    "CREATE INDEX blob_by_state ON blob (state)",
    """CREATE TABLE photo_link (
        id INTEGER PRIMARY KEY,
        case_rid TEXT NOT NULL,
        rid TEXT NOT NULL,
        part TEXT NOT NULL,
        sha TEXT NOT NULL REFERENCES blob (sha),
        label TEXT NOT NULL,
        UNIQUE (case_rid, part, sha)
    ) STRICT""",
    "CREATE INDEX photo_link_by_sha ON photo_link (sha)",
)

# Bundles on a stick: what was handed to whom, and whether the township has confirmed it, whichever way it said so.
_BUNDLES: Final = (
    """CREATE TABLE bundle_out (
        bundle TEXT PRIMARY KEY,
        epoch TEXT NOT NULL,
        first_seq INTEGER NOT NULL,
        last_seq INTEGER NOT NULL,
        records INTEGER NOT NULL,
        photos INTEGER NOT NULL,
        parts BLOB NOT NULL,
        handed_to TEXT NOT NULL,
        clerk_name TEXT NOT NULL,
        made_ms INTEGER NOT NULL,
        confirmed INTEGER NOT NULL DEFAULT 0
    ) STRICT, WITHOUT ROWID""",
    """CREATE TRIGGER bundle_out_confirmed AFTER UPDATE OF acked ON stream BEGIN
        UPDATE bundle_out SET confirmed = (last_seq <= NEW.acked) WHERE epoch = NEW.epoch;
    END""",
)

# A clerk's day: whose turn a draft is, what every revision said, cash and its lists, how a held record was answered.
_DAY: Final = (
    "ALTER TABLE draft ADD COLUMN clerk_name TEXT NOT NULL DEFAULT ''",
    # The one browser tab that may save; '' while nobody is writing.
    "ALTER TABLE draft ADD COLUMN tab TEXT NOT NULL DEFAULT ''",
    # What a tab had typed when another clerk went on with its draft.
    """CREATE TABLE draft_aside (
        rid TEXT NOT NULL,
        tab TEXT NOT NULL,
        clerk_name TEXT NOT NULL,
        saved_ms INTEGER NOT NULL,
        pairs BLOB NOT NULL,
        PRIMARY KEY (rid, tab)
    ) STRICT, WITHOUT ROWID""",
    # The form behind each revision of a case, so that a correction can be made of the one the township took.
    """CREATE TABLE revision (
        rid TEXT NOT NULL,
        rev INTEGER NOT NULL,
        h BLOB NOT NULL CHECK (length(h) = 32),
        pairs BLOB NOT NULL,
        PRIMARY KEY (rid, rev)
    ) STRICT, WITHOUT ROWID""",
    "INSERT INTO revision SELECT rid, rev, h, pairs FROM register WHERE h IS NOT NULL AND pairs IS NOT NULL",
    # For a call: about which state of the case somebody was told.
    "ALTER TABLE follow_up ADD COLUMN about TEXT NOT NULL DEFAULT ''",
    """CREATE TABLE cash (
        rid TEXT PRIMARY KEY,
        case_rid TEXT NOT NULL,
        move TEXT NOT NULL,
        amount_fen INTEGER NOT NULL CHECK (amount_fen > 0),
        receipt TEXT NOT NULL,
        note TEXT NOT NULL DEFAULT '',
        clerk_id TEXT NOT NULL,
        clerk_name TEXT NOT NULL,
        made_ms INTEGER NOT NULL,
        list TEXT NOT NULL DEFAULT ''
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX cash_by_case ON cash (case_rid)",
    "CREATE INDEX cash_by_time ON cash (made_ms)",
    "CREATE INDEX cash_by_list ON cash (list)",
    # Money carried to the township, with a list that both sign.
    """CREATE TABLE cash_list (
        id TEXT PRIMARY KEY,
        number TEXT NOT NULL UNIQUE,
        clerk_id TEXT NOT NULL,
        clerk_name TEXT NOT NULL,
        made_ms INTEGER NOT NULL,
        total_fen INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID""",
    # What the village did about a record that was set aside; `rid` is the held row's.
    """CREATE TABLE held_answer (
        rid TEXT PRIMARY KEY,
        words TEXT NOT NULL,
        other_rid TEXT NOT NULL DEFAULT '',
        clerk_name TEXT NOT NULL,
        made_ms INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID""",
)

# The daily comparison of what is shown here with what the township has told.
_COMPARISON: Final = (
    """CREATE TABLE comparison (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        township_ms INTEGER NOT NULL,
        differs TEXT NOT NULL,
        lost INTEGER NOT NULL
    ) STRICT""",
)

MIGRATIONS: Final[tuple[tuple[str, ...], ...]] = (
    _FIRST,
    _CORRECTIONS,
    _KEYS,
    _PHOTOS,
    _BUNDLES,
    _DAY,
    _COMPARISON,
)
