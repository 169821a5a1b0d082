CREATE TABLE access_change (
    province   TEXT    NOT NULL CHECK (length(province) = 2),
    number     INTEGER NOT NULL CHECK (number > 0), -- counts the province's changes
    at         INTEGER NOT NULL,
    actor      TEXT    NOT NULL,
    kind       TEXT    NOT NULL,
    subject    TEXT    NOT NULL, -- whose access it is
    token      TEXT,             -- its id
    detail     TEXT    NOT NULL,
    request_id TEXT    NOT NULL,
    content    TEXT    NOT NULL CHECK (length(content) = 64),
    PRIMARY KEY (province, number)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX access_change_by_request ON access_change (province, actor, request_id);

CREATE TRIGGER access_change_is_never_changed
BEFORE UPDATE ON access_change
BEGIN
    SELECT RAISE(ABORT, 'a change of access is never changed');
END;

CREATE TRIGGER access_change_is_never_deleted
BEFORE DELETE ON access_change
BEGIN
    SELECT RAISE(ABORT, 'a change of access is never deleted');
END;

CREATE TABLE account (
    province  TEXT    NOT NULL,
    actor     TEXT    NOT NULL UNIQUE,
    full_name TEXT    NOT NULL CHECK (full_name <> ''),
    position  TEXT    NOT NULL,
    role      TEXT    NOT NULL,
    units     TEXT    NOT NULL, -- JSON list
    password  TEXT    NOT NULL CHECK (password LIKE '$argon2id$%'),
    created   INTEGER NOT NULL,
    disabled  INTEGER, one_time INTEGER NOT NULL DEFAULT 0 CHECK (one_time IN (0, 1)), also TEXT NOT NULL DEFAULT '[]',
    PRIMARY KEY (province, actor)
) STRICT, WITHOUT ROWID;

CREATE TABLE block (
    province   TEXT    NOT NULL,
    unit       TEXT    NOT NULL,
    day        INTEGER NOT NULL CHECK (day BETWEEN 19000101 AND 99991231), -- yyyymmdd
    first      INTEGER NOT NULL CHECK (first > 0),
    last       INTEGER NOT NULL,
    actor      TEXT    NOT NULL,
    request_id TEXT    NOT NULL CHECK (length(request_id) = 36),
    taken      INTEGER NOT NULL,
    PRIMARY KEY (province, unit, day, first),
    UNIQUE (province, actor, request_id),
    CHECK (last >= first)
) STRICT, WITHOUT ROWID;

CREATE TABLE block_number (
    province TEXT    NOT NULL,
    unit     TEXT    NOT NULL,
    day      INTEGER NOT NULL,
    number   INTEGER NOT NULL CHECK (number > 0),
    first    INTEGER NOT NULL,
    state    TEXT    NOT NULL CHECK (state IN ('open', 'used', 'void')),
    dossier  TEXT,
    reason   TEXT CHECK (reason IN ('unused', 'spoilt', 'lost')),
    actor    TEXT,
    settled  INTEGER, later TEXT CHECK (later IS NULL OR state = 'void'),
    PRIMARY KEY (province, unit, day, number),
    FOREIGN KEY (province, unit, day, first) REFERENCES block (province, unit, day, first),
    FOREIGN KEY (province, dossier) REFERENCES dossier (province, id),
    CHECK ((state = 'used') = (dossier IS NOT NULL)),
    CHECK ((state = 'void') = (reason IS NOT NULL)),
    CHECK ((state = 'open') = (actor IS NULL)),
    CHECK ((state = 'open') = (settled IS NULL))
) STRICT, WITHOUT ROWID;

CREATE TRIGGER block_number_is_never_deleted
BEFORE DELETE ON block_number
BEGIN
    SELECT RAISE(ABORT, 'a number of a block is never deleted');
END;

CREATE TRIGGER block_number_is_settled_once
BEFORE UPDATE ON block_number
WHEN OLD.state <> 'open'
BEGIN
    SELECT RAISE(ABORT, 'a number of a block is settled once');
END;

CREATE TABLE code (
    province TEXT NOT NULL,
    code     TEXT NOT NULL,
    dossier  TEXT NOT NULL,
    PRIMARY KEY (province, code),
    FOREIGN KEY (province, dossier) REFERENCES dossier (province, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX code_tail ON code
    (province, substr(code, length(rtrim(code, '0123456789')) + 1), dossier);

CREATE TABLE contact (
    province TEXT    NOT NULL CHECK (length(province) = 2),
    dossier  TEXT    NOT NULL,
    channel  TEXT    NOT NULL, -- email, sms, zalo, vneid
    address  TEXT    NOT NULL, -- a personal value, as those in `private`
    language TEXT    NOT NULL CHECK (language IN ('vi', 'en')),
    agreed   INTEGER NOT NULL, -- when the citizen agreed
    noted_by TEXT    NOT NULL, -- who noted it
    PRIMARY KEY (province, dossier, channel)
) STRICT, WITHOUT ROWID;

CREATE TABLE counter (
    province TEXT    NOT NULL,
    unit     TEXT    NOT NULL,
    day      INTEGER NOT NULL CHECK (day BETWEEN 19000101 AND 99991231), -- yyyymmdd
    last     INTEGER NOT NULL CHECK (last > 0), begun INTEGER NOT NULL DEFAULT 1 CHECK (begun IN (0, 1)),
    PRIMARY KEY (province, unit, day)
) STRICT, WITHOUT ROWID;

CREATE TABLE document (
    province TEXT    NOT NULL CHECK (length(province) = 2),
    number   INTEGER NOT NULL CHECK (number > 0), -- counts the province's documents
    path     TEXT    NOT NULL, -- as in the shipped catalogue: calendar/national.csv
    text     TEXT    NOT NULL,
    hash     TEXT    NOT NULL CHECK (length(hash) = 64),
    reason   TEXT    NOT NULL,
    state    TEXT    NOT NULL CHECK (state IN ('proposed', 'published', 'rejected')),
    author   TEXT    NOT NULL,
    proposed INTEGER NOT NULL,
    decider  TEXT,
    decided  INTEGER,
    PRIMARY KEY (province, number),
    CHECK ((state = 'proposed') = (decider IS NULL)),
    CHECK ((state = 'proposed') = (decided IS NULL))
) STRICT, WITHOUT ROWID;

CREATE TRIGGER document_is_decided_once
BEFORE UPDATE ON document
WHEN OLD.state <> 'proposed' OR NEW.text <> OLD.text OR NEW.path <> OLD.path
    OR NEW.hash <> OLD.hash OR NEW.author <> OLD.author OR NEW.proposed <> OLD.proposed
BEGIN
    SELECT RAISE(ABORT, 'a document is decided once and never changed');
END;

CREATE TRIGGER document_is_never_deleted
BEFORE DELETE ON document
BEGIN
    SELECT RAISE(ABORT, 'a document is never deleted');
END;

CREATE TABLE dossier (
    province     TEXT    NOT NULL CHECK (length(province) = 2),
    id           TEXT    NOT NULL CHECK (length(id) = 26),
    version      INTEGER NOT NULL CHECK (version > 0),
    status       INTEGER NOT NULL CHECK (status BETWEEN 1 AND 10),
    procedure    TEXT    NOT NULL,
    channel      TEXT    NOT NULL CHECK (channel IN ('desk', 'online', 'post')),
    resolving    TEXT    NOT NULL,
    begun        INTEGER NOT NULL, -- event time of the first event
    received     INTEGER,
    ended        INTEGER NOT NULL, -- 9223372036854775807 while it has not
    due          INTEGER NOT NULL, -- 9223372036854775807 when there is none
    last_event   INTEGER NOT NULL, -- greatest event time
    first_record INTEGER NOT NULL, -- record time of the first event
    last_record  INTEGER NOT NULL, -- record time of the last event
    fold         TEXT    NOT NULL, import INTEGER, apart INTEGER NOT NULL DEFAULT 0 CHECK (apart IN (0, 1)), overdue_from INTEGER NOT NULL DEFAULT -1, precedence INTEGER NOT NULL DEFAULT 0, step TEXT NOT NULL DEFAULT '', assignee TEXT NOT NULL DEFAULT '', elsewhere INTEGER NOT NULL DEFAULT 0 CHECK (elsewhere IN (0, 1)), marks INTEGER NOT NULL DEFAULT 0, -- the whole dossier as JSON
    PRIMARY KEY (province, id),
    CHECK (first_record <= last_record)
) STRICT;

CREATE INDEX dossier_apart ON dossier (province, ended) WHERE apart = 1;

CREATE INDEX dossier_apart_recorded ON dossier (province, last_record) WHERE apart = 1;

CREATE INDEX dossier_by_post ON dossier (province, id) WHERE channel = 'post';

CREATE INDEX dossier_decided ON dossier (province, resolving, ended);

CREATE INDEX dossier_ended ON dossier (province, ended);

CREATE INDEX dossier_last_record ON dossier (province, last_record);

CREATE INDEX dossier_marked ON dossier (province, precedence, id) WHERE marks > 0;

CREATE INDEX dossier_open ON dossier (province, precedence, id, status, procedure, channel, step,
    assignee, elsewhere, received, last_record) WHERE status IN (1, 2, 4, 5, 6);

CREATE INDEX dossier_overdue ON dossier (province, overdue_from, ended, resolving)
    WHERE overdue_from < 9223372036854775807;

CREATE INDEX dossier_person ON dossier (province, assignee, id) WHERE assignee <> '';

CREATE INDEX dossier_procedure ON dossier (province, procedure, id);

CREATE INDEX dossier_received ON dossier (province, received, id) WHERE received IS NOT NULL;

CREATE INDEX dossier_status ON dossier (province, status, id) WHERE status <> 10;

CREATE INDEX dossier_succeeded ON dossier (province, resolving, ended)
    WHERE instr(fold, '"succeeded":') > 0;

CREATE TABLE event (
    seq         INTEGER PRIMARY KEY AUTOINCREMENT, -- place in the feed
    province    TEXT    NOT NULL,
    dossier     TEXT    NOT NULL,
    version     INTEGER NOT NULL CHECK (version > 0),
    event_time  INTEGER NOT NULL,
    record_time INTEGER NOT NULL CHECK (record_time >= event_time),
    actor       TEXT    NOT NULL,
    role        TEXT    NOT NULL,
    unit        TEXT    NOT NULL,
    request     BLOB    NOT NULL CHECK (length(request) IN (16, 36)), -- its id, crossed with the actor
    part        INTEGER NOT NULL CHECK (part >= 0),
    content     BLOB    NOT NULL CHECK (length(content) = 16), -- half a hash of what was asked
    bytes       BLOB    NOT NULL, -- what happened; the columns say the rest of what the audit chain hashes
    digest      BLOB    NOT NULL CHECK (length(digest) = 8), -- of the whole record
    UNIQUE (province, dossier, version),
    UNIQUE (province, request, part),
    FOREIGN KEY (province, dossier) REFERENCES dossier (province, id)
) STRICT;

CREATE TRIGGER event_has_a_predecessor
BEFORE INSERT ON event
WHEN NEW.version > 1 AND NOT EXISTS (
    SELECT 1 FROM event
    WHERE province = NEW.province AND dossier = NEW.dossier AND version = NEW.version - 1
)
BEGIN
    SELECT RAISE(ABORT, 'an event needs the one before it');
END;

CREATE TRIGGER event_is_never_changed
BEFORE UPDATE ON event
BEGIN
    SELECT RAISE(ABORT, 'an event is never changed');
END;

CREATE TRIGGER event_is_never_deleted
BEFORE DELETE ON event
BEGIN
    SELECT RAISE(ABORT, 'an event is never deleted');
END;

CREATE TABLE feed (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    id  TEXT    NOT NULL CHECK (length(id) = 32)
) STRICT;

CREATE TABLE flag (
    seq      INTEGER PRIMARY KEY AUTOINCREMENT, -- place in the flag log
    province TEXT    NOT NULL,
    dossier  TEXT    NOT NULL,
    ordinal  INTEGER NOT NULL CHECK (ordinal > 0), -- counts the dossier's crossings
    unit     TEXT    NOT NULL, -- the one that decided the dossier
    seen     INTEGER NOT NULL,
    before   TEXT    NOT NULL CHECK (before IN ('on_track', 'watch', 'at_risk', 'will_be_late', 'overdue')),
    level    TEXT    NOT NULL CHECK (level IN ('on_track', 'watch', 'at_risk', 'will_be_late', 'overdue')),
    late     INTEGER NOT NULL CHECK (late BETWEEN 0 AND 1000000), -- chance in millionths
    reasons  TEXT    NOT NULL, -- JSON
    model    INTEGER CHECK (model > 0), -- none: from planned allowances
    UNIQUE (province, dossier, ordinal),
    CHECK (before <> level),
    FOREIGN KEY (province, dossier) REFERENCES dossier (province, id)
) STRICT;

CREATE TRIGGER flag_is_never_changed
BEFORE UPDATE ON flag
BEGIN
    SELECT RAISE(ABORT, 'a flag is never changed');
END;

CREATE TRIGGER flag_is_never_deleted
BEFORE DELETE ON flag
BEGIN
    SELECT RAISE(ABORT, 'a flag is never deleted');
END;

CREATE TABLE forecast_model (
    province TEXT    NOT NULL CHECK (length(province) = 2),
    number   INTEGER NOT NULL CHECK (number > 0), -- counts the province's models
    matter   TEXT    NOT NULL CHECK (matter IN ('procedure', 'petition')),
    begins   INTEGER NOT NULL, -- start of the earliest dossier that it was fitted on
    until    INTEGER NOT NULL CHECK (until > begins), -- nothing from then on was looked at
    made     INTEGER NOT NULL,
    figures  TEXT    NOT NULL, -- JSON: how large and how good
    hash     TEXT    NOT NULL CHECK (length(hash) = 64),
    bytes    BLOB, -- gone from models that later ones have replaced
    PRIMARY KEY (province, number),
    UNIQUE (province, matter, until, hash)
) STRICT;

CREATE TABLE foretold (
    province TEXT    NOT NULL,
    dossier  TEXT    NOT NULL,
    seen     INTEGER NOT NULL, -- when half of the time allowed had passed, or at first sight
    late     INTEGER NOT NULL CHECK (late BETWEEN 0 AND 1000000), -- chance in millionths
    model    INTEGER CHECK (model > 0),
    PRIMARY KEY (province, dossier),
    FOREIGN KEY (province, dossier) REFERENCES dossier (province, id)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER foretold_is_never_changed
BEFORE UPDATE ON foretold
BEGIN
    SELECT RAISE(ABORT, 'what was foretold is never changed');
END;

CREATE TRIGGER foretold_is_never_deleted
BEFORE DELETE ON foretold
BEGIN
    SELECT RAISE(ABORT, 'what was foretold is never deleted');
END;

CREATE TABLE import (
    province TEXT    NOT NULL CHECK (length(province) = 2),
    number   INTEGER NOT NULL CHECK (number BETWEEN 1 AND 999999),
    source   TEXT    NOT NULL, -- the other system
    files    TEXT    NOT NULL CHECK (length(files) = 64), -- hash of the map and the files
    actor    TEXT    NOT NULL,
    begun    INTEGER NOT NULL,
    done     INTEGER NOT NULL CHECK (done >= 0), -- how many dossiers of the files were dealt with
    dossiers INTEGER NOT NULL CHECK (dossiers BETWEEN 0 AND done), -- how many were added
    events   INTEGER NOT NULL CHECK (events >= 0),
    finished INTEGER,
    place    INTEGER CHECK (place > 0), -- in the feed
    PRIMARY KEY (province, number),
    CHECK ((finished IS NULL) = (place IS NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX import_place ON import (province, place) WHERE place IS NOT NULL;

CREATE UNIQUE INDEX import_running ON import (province, source) WHERE finished IS NULL;

CREATE TABLE installation (
    one       INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    key_check TEXT    NOT NULL CHECK (length(key_check) = 64)
) STRICT;

CREATE TABLE interest (
    province TEXT    NOT NULL,
    unit     TEXT    NOT NULL,
    dossier  TEXT    NOT NULL,
    roles    INTEGER NOT NULL CHECK (roles BETWEEN 1 AND 255),
    open     INTEGER NOT NULL CHECK (open IN (0, 1)),
    due      INTEGER NOT NULL, precedence INTEGER NOT NULL DEFAULT 0, -- 9223372036854775807 when there is none
    PRIMARY KEY (province, unit, dossier),
    FOREIGN KEY (province, dossier) REFERENCES dossier (province, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX interest_dossier ON interest (province, dossier);

CREATE INDEX interest_received ON interest (province, unit, roles % 4) WHERE roles % 4 = 1;

CREATE INDEX interest_worklist ON interest (province, unit, precedence, dossier) WHERE open = 1;

CREATE TABLE job (
    province TEXT    NOT NULL CHECK (length(province) = 2),
    id       TEXT    NOT NULL,
    kind     TEXT    NOT NULL,
    spec     TEXT    NOT NULL, -- JSON: all that it needs to be resumed
    actor    TEXT    NOT NULL,
    role     TEXT    NOT NULL,
    begun    INTEGER NOT NULL,
    place    TEXT    NOT NULL, -- the last dossier it dealt with; empty before the first
    seen     INTEGER NOT NULL CHECK (seen >= 0),
    changed  INTEGER NOT NULL CHECK (changed BETWEEN 0 AND seen),
    ended    INTEGER,
    PRIMARY KEY (province, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE kept_sheet (
    province TEXT    NOT NULL CHECK (length(province) = 2),
    remote   TEXT    NOT NULL, -- its name in the configuration
    night    TEXT    NOT NULL, -- the day on which the night ended
    made     INTEGER NOT NULL,
    sheet    TEXT    NOT NULL, -- sums, and the lines that differ, in JSON, without personal values
    PRIMARY KEY (province, remote, night)
) STRICT, WITHOUT ROWID;

CREATE TABLE "migration" ( "version" varchar NOT NULL PRIMARY KEY, "applied_at" integer NOT NULL );

CREATE TABLE notice (
    province TEXT    NOT NULL CHECK (length(province) = 2),
    dossier  TEXT    NOT NULL,
    version  INTEGER NOT NULL CHECK (version > 0), -- of the event that is told
    channel  TEXT    NOT NULL,
    begun    INTEGER NOT NULL,
    state    TEXT    NOT NULL CHECK (state IN ('sending', 'sent', 'unknown')),
    PRIMARY KEY (province, dossier, version, channel)
) STRICT, WITHOUT ROWID;

CREATE TABLE origin (
    province TEXT    NOT NULL,
    source   TEXT    NOT NULL,
    name     TEXT    NOT NULL, -- what the other system calls the dossier
    dossier  TEXT    NOT NULL,
    digest   INTEGER NOT NULL, -- of all that it said about it
    PRIMARY KEY (province, source, name),
    FOREIGN KEY (province, dossier) REFERENCES dossier (province, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX origin_name ON origin (province, upper(name));

CREATE TABLE parcel (
    province   TEXT    NOT NULL CHECK (length(province) = 2),
    remote     TEXT    NOT NULL,
    dossier    TEXT    NOT NULL,
    first      INTEGER NOT NULL CHECK (first > 0), -- the first event that the remote may not have
    last       INTEGER NOT NULL CHECK (last >= first),
    epoch      INTEGER NOT NULL, -- 0: nobody knows what has arrived
    attempts   INTEGER NOT NULL,
    since      INTEGER NOT NULL,
    next_at    INTEGER NOT NULL,
    parked     INTEGER,          -- when it was laid aside for a person
    reason     TEXT    NOT NULL,
    words      TEXT    NOT NULL,
    asked      TEXT    NOT NULL,
    retried_by TEXT    NOT NULL, -- the request that last sent it again
    PRIMARY KEY (province, remote, dossier)
) STRICT, WITHOUT ROWID;

CREATE INDEX parcel_by_time ON parcel (province, remote, next_at) WHERE parked IS NULL;

CREATE TABLE personal (
    province  TEXT NOT NULL,
    dossier   TEXT NOT NULL,
    item      TEXT NOT NULL, -- applicant, or version.field
    kind      TEXT NOT NULL CHECK (kind IN ('person', 'words')),
    value     TEXT NOT NULL, -- JSON
    name_key  TEXT,          -- of the applicant: without marks and case
    phone_key TEXT,          -- of the applicant: digits
    PRIMARY KEY (province, dossier, item),
    FOREIGN KEY (province, dossier) REFERENCES dossier (province, id)
) STRICT;

CREATE INDEX personal_search ON personal (province, dossier, name_key, phone_key)
    WHERE name_key IS NOT NULL;

CREATE TABLE printed (
    province   TEXT    NOT NULL CHECK (length(province) = 2),
    dossier    TEXT    NOT NULL,
    form       TEXT    NOT NULL,
    version    INTEGER NOT NULL, -- of the event that the form tells; 0 of a receipt
    number     INTEGER NOT NULL CHECK (number > 0), -- counts the prints of this form
    at         INTEGER NOT NULL,
    actor      TEXT    NOT NULL,
    request_id TEXT    NOT NULL,
    PRIMARY KEY (province, dossier, form, version, number)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX printed_by_request ON printed (province, actor, request_id);

CREATE TRIGGER printed_is_never_changed
BEFORE UPDATE ON printed
BEGIN
    SELECT RAISE(ABORT, 'a print is never changed');
END;

CREATE TRIGGER printed_is_never_deleted
BEFORE DELETE ON printed
BEGIN
    SELECT RAISE(ABORT, 'a print is never deleted');
END;

CREATE TABLE published (
    kind    TEXT    NOT NULL CHECK (kind IN ('procedure', 'calendar')),
    code    TEXT    NOT NULL,
    version INTEGER NOT NULL CHECK (version > 0),
    hash    TEXT    NOT NULL,
    PRIMARY KEY (kind, code, version)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER published_is_never_changed
BEFORE UPDATE ON published
BEGIN
    SELECT RAISE(ABORT, 'a published version is never changed');
END;

CREATE TABLE rating (
    province TEXT    NOT NULL,
    dossier  TEXT    NOT NULL,
    rated    INTEGER NOT NULL,
    recorded INTEGER NOT NULL,
    unit     TEXT    NOT NULL, -- which decided the dossier
    since    INTEGER NOT NULL CHECK (since BETWEEN 19000101 AND 99991231), -- the day it came to it
    kind     TEXT    NOT NULL CHECK (kind IN ('procedure', 'petition')),
    score    INTEGER NOT NULL CHECK (score BETWEEN 1 AND 5),
    PRIMARY KEY (province, dossier),
    CHECK (recorded >= rated)
) STRICT, WITHOUT ROWID;

CREATE INDEX rating_rated ON rating (province, rated);

CREATE TABLE reading (
    province  TEXT    NOT NULL CHECK (length(province) = 2),
    system    TEXT    NOT NULL, -- its name in the configuration
    begun     INTEGER NOT NULL,
    ended     INTEGER NOT NULL,
    next_at   INTEGER NOT NULL, -- when it is asked next
    whole     INTEGER, -- when it last answered everything
    row_count INTEGER NOT NULL,
    added     INTEGER NOT NULL,
    updated   INTEGER NOT NULL,
    known     INTEGER NOT NULL,
    failed    INTEGER NOT NULL, -- questions without an answer
    findings  TEXT    NOT NULL, -- what a person should look at, in JSON, without personal values
    PRIMARY KEY (province, system)
) STRICT, WITHOUT ROWID;

CREATE TABLE remote (
    province     TEXT    NOT NULL CHECK (length(province) = 2),
    name         TEXT    NOT NULL,
    epoch        INTEGER NOT NULL CHECK (epoch > 0), -- counts the processes that have worked for it
    holder       TEXT    NOT NULL,
    lease_until  INTEGER NOT NULL,
    cursor       TEXT    NOT NULL, -- in the feed; empty before the first event
    walk_after   TEXT,             -- the last dossier that a running comparison has looked at
    walk_begun   INTEGER,
    walk_ended   INTEGER,
    closed_until INTEGER,          -- no call before this, since the last ones failed
    failures     INTEGER NOT NULL,
    last_success INTEGER,
    last_failure INTEGER,
    last_words   TEXT    NOT NULL,
    walk_request TEXT    NOT NULL, first_taken INTEGER, -- the request that ordered the last comparison
    PRIMARY KEY (province, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE secret (
    province TEXT NOT NULL,
    dossier  TEXT NOT NULL,
    salt     BLOB CHECK (length(salt) = 16), -- null once the personal values were erased
    person   TEXT,                           -- keyed hash of the identity number
    pin_hash TEXT, namesake TEXT,                           -- null before reception
    PRIMARY KEY (province, dossier),
    FOREIGN KEY (province, dossier) REFERENCES dossier (province, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX secret_namesake ON secret (province, namesake, person) WHERE namesake IS NOT NULL;

CREATE INDEX secret_person ON secret (province, person) WHERE person IS NOT NULL;

CREATE TRIGGER contact_goes_with_the_person
AFTER UPDATE OF salt ON secret
WHEN NEW.salt IS NULL
BEGIN
    DELETE FROM contact WHERE province = NEW.province AND dossier = NEW.dossier;
END;

CREATE TABLE session (
    province TEXT    NOT NULL,
    hash     TEXT    NOT NULL UNIQUE,
    account  TEXT,
    token    TEXT, -- hash of its secret
    begun    INTEGER NOT NULL,
    used     INTEGER NOT NULL CHECK (used >= begun),
    ended    INTEGER,
    PRIMARY KEY (province, hash),
    CHECK ((account IS NULL) <> (token IS NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX session_by_account ON session (account) WHERE account IS NOT NULL;

CREATE INDEX session_by_use ON session (used);

CREATE TABLE skipped (
    province TEXT    NOT NULL CHECK (length(province) = 2),
    unit     TEXT    NOT NULL,
    day      INTEGER NOT NULL CHECK (day BETWEEN 19000101 AND 99991231), -- yyyymmdd
    first    INTEGER NOT NULL CHECK (first > 0),
    last     INTEGER NOT NULL,
    restored INTEGER NOT NULL, -- when the backup was put back
    PRIMARY KEY (province, unit, day, first),
    CHECK (last >= first)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER skipped_is_never_changed
BEFORE UPDATE ON skipped
BEGIN
    SELECT RAISE(ABORT, 'skipped numbers are never changed');
END;

CREATE TRIGGER skipped_is_never_deleted
BEFORE DELETE ON skipped
BEGIN
    SELECT RAISE(ABORT, 'skipped numbers are never deleted');
END;

CREATE TABLE tally (
    province         TEXT    NOT NULL,
    grain            TEXT    NOT NULL CHECK (grain IN ('day', 'month')),
    day              INTEGER NOT NULL CHECK (day BETWEEN 19000101 AND 99991231), -- a month by its first
    unit             TEXT    NOT NULL,
    channel          TEXT    NOT NULL CHECK (channel IN ('desk', 'online', 'post')),
    shard            INTEGER NOT NULL, -- writers of different shards never wait for each other
    received         INTEGER NOT NULL,
    early            INTEGER NOT NULL,
    on_due           INTEGER NOT NULL,
    late             INTEGER NOT NULL,
    no_due           INTEGER NOT NULL,
    withdrawn        INTEGER NOT NULL,
    stopped          INTEGER NOT NULL,
    in_time_766      INTEGER NOT NULL,
    in_time_original INTEGER NOT NULL,
    mirror_begun     INTEGER NOT NULL,
    mirror_ended     INTEGER NOT NULL, no_due_received INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (province, grain, day, unit, channel, shard)
) STRICT, WITHOUT ROWID;

CREATE TABLE token (
    province TEXT    NOT NULL,
    id       TEXT    NOT NULL,
    hash     TEXT    NOT NULL UNIQUE,
    actor    TEXT    NOT NULL,
    role     TEXT    NOT NULL,
    units    TEXT    NOT NULL, -- JSON list
    created  INTEGER NOT NULL,
    expires  INTEGER NOT NULL,
    revoked  INTEGER, also TEXT NOT NULL DEFAULT '[]', used INTEGER,
    PRIMARY KEY (province, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE told (
    province  TEXT    NOT NULL CHECK (length(province) = 2),
    remote    TEXT    NOT NULL,
    dossier   TEXT    NOT NULL,
    version   INTEGER NOT NULL CHECK (version > 0), -- the last event that the remote has
    status    INTEGER NOT NULL CHECK (status BETWEEN 1 AND 10), -- since that event
    event_at  INTEGER NOT NULL, -- when that event happened
    record_at INTEGER NOT NULL, -- when it was written here
    told_at   INTEGER NOT NULL, -- when the remote had it
    first_at  INTEGER NOT NULL, -- when the remote had the dossier at all
    slowest   INTEGER NOT NULL, -- the longest time, in microseconds, that an event took from here to there
    PRIMARY KEY (province, remote, dossier)
) STRICT, WITHOUT ROWID;

CREATE TABLE viewed (
    province TEXT    NOT NULL CHECK (length(province) = 2),
    number   INTEGER NOT NULL CHECK (number > 0), -- counts the province's rows
    at       INTEGER NOT NULL,
    actor    TEXT    NOT NULL,
    kind     TEXT    NOT NULL, -- a dossier opened, a search, a list
    token    TEXT    NOT NULL, -- the id of the token; empty for a session of an account
    detail   TEXT    NOT NULL, -- a code or a unit, never a personal value
    PRIMARY KEY (province, number)
) STRICT, WITHOUT ROWID;

CREATE INDEX viewed_at ON viewed (province, at);

CREATE TRIGGER viewed_goes_when_its_time_is_over
BEFORE DELETE ON viewed
WHEN NOT EXISTS (SELECT 1 FROM viewed_since s WHERE s.province = old.province AND old.at < s.at)
BEGIN
    SELECT RAISE(ABORT, 'what was viewed is not deleted before its time is over');
END;

CREATE TRIGGER viewed_is_never_changed
BEFORE UPDATE ON viewed
BEGIN
    SELECT RAISE(ABORT, 'what was viewed is never changed');
END;

CREATE TABLE viewed_since (
    province TEXT    NOT NULL PRIMARY KEY CHECK (length(province) = 2),
    at       INTEGER NOT NULL -- what was viewed before is gone, or may go
) STRICT, WITHOUT ROWID;

CREATE TRIGGER viewed_since_is_never_deleted
BEFORE DELETE ON viewed_since
BEGIN
    SELECT RAISE(ABORT, 'the moment before which viewings are gone only moves on');
END;

CREATE TRIGGER viewed_since_only_moves_on
BEFORE UPDATE ON viewed_since
WHEN new.at < old.at OR new.province <> old.province
BEGIN
    SELECT RAISE(ABORT, 'the moment before which viewings are gone only moves on');
END;

CREATE TABLE viewing (
    province TEXT    NOT NULL CHECK (length(province) = 2),
    number   INTEGER NOT NULL CHECK (number > 0), -- counts the province's viewings
    at       INTEGER NOT NULL,
    actor    TEXT    NOT NULL,
    what     TEXT    NOT NULL,
    reason   TEXT    NOT NULL,
    PRIMARY KEY (province, number)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER viewing_is_never_changed
BEFORE UPDATE ON viewing
BEGIN
    SELECT RAISE(ABORT, 'a viewing is never changed');
END;

CREATE TRIGGER viewing_is_never_deleted
BEFORE DELETE ON viewing
BEGIN
    SELECT RAISE(ABORT, 'a viewing is never deleted');
END;

CREATE TABLE visitor (
    peer TEXT    NOT NULL PRIMARY KEY,
    busy INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX visitor_busy ON visitor (busy);

CREATE TABLE webhook (
    province      TEXT    NOT NULL CHECK (length(province) = 2),
    name          TEXT    NOT NULL,
    address       TEXT    NOT NULL,
    is_inside     INTEGER NOT NULL CHECK (is_inside IN (0, 1)), -- may be an address of a private network
    salt          TEXT    NOT NULL, -- with the installation's key, the source of its secrets
    generation    INTEGER NOT NULL CHECK (generation > 0), -- counts its secrets
    old_until     INTEGER,          -- until then the secret before signs too
    created       INTEGER NOT NULL,
    created_by    TEXT    NOT NULL,
    last_request  TEXT    NOT NULL, kinds TEXT NOT NULL DEFAULT '', -- the request that changed it last
    PRIMARY KEY (province, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE wrong_pin (
    province TEXT    NOT NULL,
    dossier  TEXT    NOT NULL,
    peer     TEXT    NOT NULL,
    count    INTEGER NOT NULL CHECK (count > 0),
    last     INTEGER NOT NULL,
    PRIMARY KEY (province, dossier, peer)
) STRICT, WITHOUT ROWID;

CREATE INDEX wrong_pin_last ON wrong_pin (last);
