//! Forecasts: the fitted models, the flags, and the chances foretold half-way.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, SQLITE, POSTGRES).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

const SQLITE: &str = "
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
";

const POSTGRES: &str = "
CREATE TABLE forecast_model (
    number   BIGINT NOT NULL CHECK (number > 0),
    begins   BIGINT NOT NULL,
    until    BIGINT NOT NULL CHECK (until > begins),
    made     BIGINT NOT NULL,
    province TEXT COLLATE \"C\" NOT NULL CHECK (length(province) = 2),
    matter   TEXT COLLATE \"C\" NOT NULL CHECK (matter IN ('procedure', 'petition')),
    figures  TEXT NOT NULL,
    hash     TEXT COLLATE \"C\" NOT NULL CHECK (length(hash) = 64),
    bytes    BYTEA,
    PRIMARY KEY (province, number),
    UNIQUE (province, matter, until, hash)
);

CREATE TABLE flag (
    seq      BIGINT NOT NULL CHECK (seq > 0),
    ordinal  BIGINT NOT NULL CHECK (ordinal > 0),
    seen     BIGINT NOT NULL,
    late     BIGINT NOT NULL CHECK (late BETWEEN 0 AND 1000000),
    model    BIGINT CHECK (model > 0),
    province TEXT COLLATE \"C\" NOT NULL,
    dossier  TEXT COLLATE \"C\" NOT NULL,
    unit     TEXT COLLATE \"C\" NOT NULL,
    before   TEXT COLLATE \"C\" NOT NULL CHECK (before IN ('on_track', 'watch', 'at_risk', 'will_be_late', 'overdue')),
    level    TEXT COLLATE \"C\" NOT NULL CHECK (level IN ('on_track', 'watch', 'at_risk', 'will_be_late', 'overdue')),
    reasons  TEXT NOT NULL,
    PRIMARY KEY (province, seq),
    UNIQUE (province, dossier, ordinal),
    CHECK (before <> level),
    FOREIGN KEY (province, dossier) REFERENCES dossier (province, id)
);
CREATE FUNCTION flag_is_never_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a flag is never changed' USING ERRCODE = 'MC001';
END
$$;
CREATE TRIGGER flag_is_never_changed
BEFORE UPDATE ON flag
FOR EACH ROW EXECUTE FUNCTION flag_is_never_changed();
CREATE FUNCTION flag_is_never_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a flag is never deleted' USING ERRCODE = 'MC001';
END
$$;
CREATE TRIGGER flag_is_never_deleted
BEFORE DELETE ON flag
FOR EACH ROW EXECUTE FUNCTION flag_is_never_deleted();
CREATE TRIGGER flag_is_never_emptied
BEFORE TRUNCATE ON flag
FOR EACH STATEMENT EXECUTE FUNCTION flag_is_never_deleted();

CREATE TABLE foretold (
    seen     BIGINT NOT NULL,
    late     BIGINT NOT NULL CHECK (late BETWEEN 0 AND 1000000),
    model    BIGINT CHECK (model > 0),
    province TEXT COLLATE \"C\" NOT NULL,
    dossier  TEXT COLLATE \"C\" NOT NULL,
    PRIMARY KEY (province, dossier),
    FOREIGN KEY (province, dossier) REFERENCES dossier (province, id)
);
CREATE FUNCTION foretold_is_never_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what was foretold is never changed' USING ERRCODE = 'MC001';
END
$$;
CREATE TRIGGER foretold_is_never_changed
BEFORE UPDATE ON foretold
FOR EACH ROW EXECUTE FUNCTION foretold_is_never_changed();
CREATE FUNCTION foretold_is_never_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what was foretold is never deleted' USING ERRCODE = 'MC001';
END
$$;
CREATE TRIGGER foretold_is_never_deleted
BEFORE DELETE ON foretold
FOR EACH ROW EXECUTE FUNCTION foretold_is_never_deleted();
CREATE TRIGGER foretold_is_never_emptied
BEFORE TRUNCATE ON foretold
FOR EACH STATEMENT EXECUTE FUNCTION foretold_is_never_deleted();
";
