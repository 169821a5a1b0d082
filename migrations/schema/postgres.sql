CREATE FUNCTION access_change_is_never_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a change of access is never changed' USING ERRCODE = 'MC001';
END
$$;

CREATE FUNCTION block_number_is_never_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a number of a block is never deleted' USING ERRCODE = 'MC001';
END
$$;

CREATE FUNCTION block_number_is_settled_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a number of a block is settled once' USING ERRCODE = 'MC001';
END
$$;

CREATE FUNCTION contact_goes_with_the_person() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM contact WHERE province = NEW.province AND dossier = NEW.dossier;
    RETURN NULL;
END $$;

CREATE FUNCTION document_is_decided_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a document is decided once and never changed' USING ERRCODE = 'MC001';
END
$$;

CREATE FUNCTION document_is_never_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a document is never deleted' USING ERRCODE = 'MC001';
END
$$;

CREATE FUNCTION event_has_a_predecessor() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM written
        WHERE written.version > 1 AND NOT coalesce((
            SELECT e.dossier = written.dossier AND e.version = written.version - 1 FROM event e
            WHERE e.province = written.province
                AND (e.dossier, e.version) >= (written.dossier, written.version - 1)
            ORDER BY e.dossier, e.version LIMIT 1
        ), false)
    ) THEN
        RAISE EXCEPTION 'an event needs the one before it' USING ERRCODE = 'MC001';
    END IF;
    RETURN NULL;
END
$$;

CREATE FUNCTION event_is_never_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'an event is never changed' USING ERRCODE = 'MC001';
END
$$;

CREATE FUNCTION event_is_never_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'an event is never deleted' USING ERRCODE = 'MC001';
END
$$;

CREATE FUNCTION flag_is_never_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a flag is never changed' USING ERRCODE = 'MC001';
END
$$;

CREATE FUNCTION flag_is_never_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a flag is never deleted' USING ERRCODE = 'MC001';
END
$$;

CREATE FUNCTION foretold_is_never_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what was foretold is never changed' USING ERRCODE = 'MC001';
END
$$;

CREATE FUNCTION foretold_is_never_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what was foretold is never deleted' USING ERRCODE = 'MC001';
END
$$;

CREATE FUNCTION printed_is_never_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a print is never changed' USING ERRCODE = 'MC001';
END
$$;

CREATE FUNCTION published_is_never_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a published version is never changed' USING ERRCODE = 'MC001';
END
$$;

CREATE FUNCTION skipped_is_never_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'skipped numbers are never changed' USING ERRCODE = 'MC001';
END
$$;

CREATE FUNCTION viewed_is_never_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND EXISTS (
        SELECT 1 FROM viewed_since s WHERE s.province = old.province AND old.at < s.at) THEN
        RETURN old;
    END IF;
    RAISE EXCEPTION 'what was viewed is never changed, nor deleted before its time is over'
        USING ERRCODE = 'MC001';
END
$$;

CREATE FUNCTION viewed_since_only_moves_on() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND new.at >= old.at AND new.province = old.province THEN
        RETURN new;
    END IF;
    RAISE EXCEPTION 'the moment before which viewings are gone only moves on' USING ERRCODE = 'MC001';
END
$$;

CREATE FUNCTION viewing_is_never_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a viewing is never changed' USING ERRCODE = 'MC001';
END
$$;

CREATE TABLE access_change (
    number bigint NOT NULL,
    at bigint NOT NULL,
    province text COLLATE "C" NOT NULL,
    actor text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    subject text COLLATE "C" NOT NULL,
    token text COLLATE "C",
    detail text NOT NULL,
    request_id text COLLATE "C" NOT NULL,
    content text COLLATE "C" NOT NULL,
    CONSTRAINT access_change_content_check CHECK (length(content) = 64),
    CONSTRAINT access_change_number_check CHECK (number > 0),
    CONSTRAINT access_change_pkey PRIMARY KEY (province, number),
    CONSTRAINT access_change_province_check CHECK (length(province) = 2)
);

CREATE TABLE account (
    created bigint NOT NULL,
    disabled bigint,
    province text COLLATE "C" NOT NULL,
    actor text COLLATE "C" NOT NULL,
    full_name text NOT NULL,
    "position" text NOT NULL,
    role text COLLATE "C" NOT NULL,
    units text NOT NULL,
    password text NOT NULL,
    one_time bigint NOT NULL DEFAULT 0,
    also text NOT NULL DEFAULT '[]'::text,
    CONSTRAINT account_actor_key UNIQUE (actor),
    CONSTRAINT account_full_name_check CHECK (full_name <> ''::text),
    CONSTRAINT account_one_time_check CHECK (one_time = ANY (ARRAY[0::bigint, 1::bigint])),
    CONSTRAINT account_password_check CHECK (password ~~ '$argon2id$%'::text),
    CONSTRAINT account_pkey PRIMARY KEY (province, actor)
);

CREATE TABLE block (
    day bigint NOT NULL,
    first bigint NOT NULL,
    last bigint NOT NULL,
    taken bigint NOT NULL,
    province text COLLATE "C" NOT NULL,
    unit text COLLATE "C" NOT NULL,
    actor text COLLATE "C" NOT NULL,
    request_id text COLLATE "C" NOT NULL,
    CONSTRAINT block_check CHECK (last >= first),
    CONSTRAINT block_day_check CHECK (day >= 19000101 AND day <= 99991231),
    CONSTRAINT block_first_check CHECK (first > 0),
    CONSTRAINT block_pkey PRIMARY KEY (province, unit, day, first),
    CONSTRAINT block_province_actor_request_id_key UNIQUE (province, actor, request_id),
    CONSTRAINT block_request_id_check CHECK (length(request_id) = 36)
);

CREATE TABLE block_number (
    day bigint NOT NULL,
    number bigint NOT NULL,
    first bigint NOT NULL,
    settled bigint,
    province text COLLATE "C" NOT NULL,
    unit text COLLATE "C" NOT NULL,
    state text COLLATE "C" NOT NULL,
    dossier text COLLATE "C",
    reason text COLLATE "C",
    actor text COLLATE "C",
    later text COLLATE "C",
    CONSTRAINT block_number_check CHECK ((state = 'used'::text) = (dossier IS NOT NULL)),
    CONSTRAINT block_number_check1 CHECK ((state = 'void'::text) = (reason IS NOT NULL)),
    CONSTRAINT block_number_check2 CHECK ((state = 'open'::text) = (actor IS NULL)),
    CONSTRAINT block_number_check3 CHECK ((state = 'open'::text) = (settled IS NULL)),
    CONSTRAINT block_number_check4 CHECK (later IS NULL OR state = 'void'::text),
    CONSTRAINT block_number_number_check CHECK (number > 0),
    CONSTRAINT block_number_pkey PRIMARY KEY (province, unit, day, number),
    CONSTRAINT block_number_reason_check CHECK (reason = ANY (ARRAY['unused'::text, 'spoilt'::text, 'lost'::text])),
    CONSTRAINT block_number_state_check CHECK (state = ANY (ARRAY['open'::text, 'used'::text, 'void'::text]))
);

CREATE TABLE code (
    province text COLLATE "C" NOT NULL,
    code text COLLATE "C" NOT NULL,
    dossier text COLLATE "C" NOT NULL,
    CONSTRAINT code_pkey PRIMARY KEY (province, code)
);

CREATE TABLE contact (
    agreed bigint NOT NULL,
    province text COLLATE "C" NOT NULL,
    dossier text COLLATE "C" NOT NULL,
    channel text COLLATE "C" NOT NULL,
    address text COLLATE "C" NOT NULL,
    language text COLLATE "C" NOT NULL,
    noted_by text COLLATE "C" NOT NULL,
    CONSTRAINT contact_language_check CHECK (language = ANY (ARRAY['vi'::text, 'en'::text])),
    CONSTRAINT contact_pkey PRIMARY KEY (province, dossier, channel),
    CONSTRAINT contact_province_check CHECK (length(province) = 2)
);

CREATE TABLE counter (
    day bigint NOT NULL,
    last bigint NOT NULL,
    province text COLLATE "C" NOT NULL,
    unit text COLLATE "C" NOT NULL,
    begun smallint NOT NULL DEFAULT 1,
    CONSTRAINT counter_begun_check CHECK (begun = ANY (ARRAY[0, 1])),
    CONSTRAINT counter_day_check CHECK (day >= 19000101 AND day <= 99991231),
    CONSTRAINT counter_last_check CHECK (last > 0),
    CONSTRAINT counter_pkey PRIMARY KEY (province, unit, day)
);

CREATE TABLE document (
    number bigint NOT NULL,
    proposed bigint NOT NULL,
    decided bigint,
    province text COLLATE "C" NOT NULL,
    path text COLLATE "C" NOT NULL,
    text text NOT NULL,
    hash text COLLATE "C" NOT NULL,
    reason text NOT NULL,
    state text COLLATE "C" NOT NULL,
    author text COLLATE "C" NOT NULL,
    decider text COLLATE "C",
    CONSTRAINT document_check CHECK ((state = 'proposed'::text) = (decider IS NULL)),
    CONSTRAINT document_check1 CHECK ((state = 'proposed'::text) = (decided IS NULL)),
    CONSTRAINT document_hash_check CHECK (length(hash) = 64),
    CONSTRAINT document_number_check CHECK (number > 0),
    CONSTRAINT document_pkey PRIMARY KEY (province, number),
    CONSTRAINT document_province_check CHECK (length(province) = 2),
    CONSTRAINT document_state_check CHECK (state = ANY (ARRAY['proposed'::text, 'published'::text, 'rejected'::text]))
);

CREATE TABLE dossier (
    province text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL,
    version bigint NOT NULL,
    begun bigint NOT NULL,
    received bigint,
    ended bigint NOT NULL,
    due bigint NOT NULL,
    last_event bigint NOT NULL,
    first_record bigint NOT NULL,
    last_record bigint NOT NULL,
    status smallint NOT NULL,
    procedure text COLLATE "C" NOT NULL,
    channel text COLLATE "C" NOT NULL,
    resolving text COLLATE "C" NOT NULL,
    fold text NOT NULL,
    import bigint,
    apart smallint NOT NULL DEFAULT 0,
    overdue_from bigint NOT NULL DEFAULT '-1'::integer,
    precedence bigint NOT NULL DEFAULT 0,
    step text COLLATE "C" NOT NULL DEFAULT ''::text,
    assignee text COLLATE "C" NOT NULL DEFAULT ''::text,
    elsewhere smallint NOT NULL DEFAULT 0,
    marks smallint NOT NULL DEFAULT 0,
    CONSTRAINT dossier_apart_check CHECK (apart = ANY (ARRAY[0, 1])),
    CONSTRAINT dossier_channel_check CHECK (channel = ANY (ARRAY['desk'::text, 'online'::text, 'post'::text])),
    CONSTRAINT dossier_check CHECK (first_record <= last_record),
    CONSTRAINT dossier_elsewhere_check CHECK (elsewhere = ANY (ARRAY[0, 1])),
    CONSTRAINT dossier_id_check CHECK (length(id) = 26),
    CONSTRAINT dossier_pkey PRIMARY KEY (province, id),
    CONSTRAINT dossier_province_check CHECK (length(province) = 2),
    CONSTRAINT dossier_status_check CHECK (status >= 1 AND status <= 10),
    CONSTRAINT dossier_version_check CHECK (version > 0)
);

CREATE TABLE event (
    seq bigint NOT NULL,
    version bigint NOT NULL,
    event_time bigint NOT NULL,
    record_time bigint NOT NULL,
    part integer NOT NULL,
    province text COLLATE "C" NOT NULL,
    dossier text COLLATE "C" NOT NULL,
    actor text COLLATE "C" NOT NULL,
    role text COLLATE "C" NOT NULL,
    unit text COLLATE "C" NOT NULL,
    request bytea NOT NULL,
    content bytea NOT NULL,
    digest bytea NOT NULL,
    bytes bytea NOT NULL,
    CONSTRAINT event_check CHECK (record_time >= event_time),
    CONSTRAINT event_content_check CHECK (length(content) = 16),
    CONSTRAINT event_digest_check CHECK (length(digest) = 8),
    CONSTRAINT event_part_check CHECK (part >= 0),
    CONSTRAINT event_pkey PRIMARY KEY (province, seq),
    CONSTRAINT event_province_dossier_version_key UNIQUE (province, dossier, version),
    CONSTRAINT event_province_request_part_key UNIQUE (province, request, part),
    CONSTRAINT event_request_check CHECK (length(request) = ANY (ARRAY[16, 36])),
    CONSTRAINT event_seq_check CHECK (seq <> 0),
    CONSTRAINT event_version_check CHECK (version > 0)
);

CREATE TABLE feed (
    one bigint NOT NULL,
    lift bigint NOT NULL,
    home bigint NOT NULL,
    id text COLLATE "C" NOT NULL,
    CONSTRAINT feed_id_check CHECK (length(id) = 32),
    CONSTRAINT feed_lift_check CHECK (lift >= 0),
    CONSTRAINT feed_one_check CHECK (one = 1),
    CONSTRAINT feed_pkey PRIMARY KEY (one)
);

CREATE TABLE flag (
    seq bigint NOT NULL,
    ordinal bigint NOT NULL,
    seen bigint NOT NULL,
    late bigint NOT NULL,
    model bigint,
    province text COLLATE "C" NOT NULL,
    dossier text COLLATE "C" NOT NULL,
    unit text COLLATE "C" NOT NULL,
    before text COLLATE "C" NOT NULL,
    level text COLLATE "C" NOT NULL,
    reasons text NOT NULL,
    CONSTRAINT flag_before_check CHECK (before = ANY (ARRAY['on_track'::text, 'watch'::text, 'at_risk'::text, 'will_be_late'::text, 'overdue'::text])),
    CONSTRAINT flag_check CHECK (before <> level),
    CONSTRAINT flag_late_check CHECK (late >= 0 AND late <= 1000000),
    CONSTRAINT flag_level_check CHECK (level = ANY (ARRAY['on_track'::text, 'watch'::text, 'at_risk'::text, 'will_be_late'::text, 'overdue'::text])),
    CONSTRAINT flag_model_check CHECK (model > 0),
    CONSTRAINT flag_ordinal_check CHECK (ordinal > 0),
    CONSTRAINT flag_pkey PRIMARY KEY (province, seq),
    CONSTRAINT flag_province_dossier_ordinal_key UNIQUE (province, dossier, ordinal),
    CONSTRAINT flag_seq_check CHECK (seq > 0)
);

CREATE TABLE forecast_model (
    number bigint NOT NULL,
    begins bigint NOT NULL,
    until bigint NOT NULL,
    made bigint NOT NULL,
    province text COLLATE "C" NOT NULL,
    matter text COLLATE "C" NOT NULL,
    figures text NOT NULL,
    hash text COLLATE "C" NOT NULL,
    bytes bytea,
    CONSTRAINT forecast_model_check CHECK (until > begins),
    CONSTRAINT forecast_model_hash_check CHECK (length(hash) = 64),
    CONSTRAINT forecast_model_matter_check CHECK (matter = ANY (ARRAY['procedure'::text, 'petition'::text])),
    CONSTRAINT forecast_model_number_check CHECK (number > 0),
    CONSTRAINT forecast_model_pkey PRIMARY KEY (province, number),
    CONSTRAINT forecast_model_province_check CHECK (length(province) = 2),
    CONSTRAINT forecast_model_province_matter_until_hash_key UNIQUE (province, matter, until, hash)
);

CREATE TABLE foretold (
    seen bigint NOT NULL,
    late bigint NOT NULL,
    model bigint,
    province text COLLATE "C" NOT NULL,
    dossier text COLLATE "C" NOT NULL,
    CONSTRAINT foretold_late_check CHECK (late >= 0 AND late <= 1000000),
    CONSTRAINT foretold_model_check CHECK (model > 0),
    CONSTRAINT foretold_pkey PRIMARY KEY (province, dossier)
);

CREATE TABLE import (
    number bigint NOT NULL,
    begun bigint NOT NULL,
    done bigint NOT NULL,
    dossiers bigint NOT NULL,
    events bigint NOT NULL,
    finished bigint,
    place bigint,
    province text COLLATE "C" NOT NULL,
    source text COLLATE "C" NOT NULL,
    files text COLLATE "C" NOT NULL,
    actor text COLLATE "C" NOT NULL,
    CONSTRAINT import_check CHECK (dossiers >= 0 AND dossiers <= done),
    CONSTRAINT import_check1 CHECK ((finished IS NULL) = (place IS NULL)),
    CONSTRAINT import_done_check CHECK (done >= 0),
    CONSTRAINT import_events_check CHECK (events >= 0),
    CONSTRAINT import_files_check CHECK (length(files) = 64),
    CONSTRAINT import_number_check CHECK (number >= 1 AND number <= 999999),
    CONSTRAINT import_pkey PRIMARY KEY (province, number),
    CONSTRAINT import_place_check CHECK (place > 0),
    CONSTRAINT import_province_check CHECK (length(province) = 2)
);

CREATE TABLE installation (
    one smallint NOT NULL,
    key_check text COLLATE "C" NOT NULL,
    CONSTRAINT installation_key_check_check CHECK (length(key_check) = 64),
    CONSTRAINT installation_one_check CHECK (one = 1),
    CONSTRAINT installation_pkey PRIMARY KEY (one)
);

CREATE TABLE interest (
    due bigint NOT NULL,
    roles smallint NOT NULL,
    open smallint NOT NULL,
    province text COLLATE "C" NOT NULL,
    unit text COLLATE "C" NOT NULL,
    dossier text COLLATE "C" NOT NULL,
    precedence bigint NOT NULL DEFAULT 0,
    CONSTRAINT interest_open_check CHECK (open = ANY (ARRAY[0, 1])),
    CONSTRAINT interest_pkey PRIMARY KEY (province, unit, dossier),
    CONSTRAINT interest_roles_check CHECK (roles >= 1 AND roles <= 255)
);

CREATE TABLE job (
    begun bigint NOT NULL,
    seen bigint NOT NULL,
    changed bigint NOT NULL,
    ended bigint,
    province text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    spec text NOT NULL,
    actor text COLLATE "C" NOT NULL,
    role text COLLATE "C" NOT NULL,
    place text COLLATE "C" NOT NULL,
    CONSTRAINT job_check CHECK (changed >= 0 AND changed <= seen),
    CONSTRAINT job_pkey PRIMARY KEY (province, id),
    CONSTRAINT job_province_check CHECK (length(province) = 2),
    CONSTRAINT job_seen_check CHECK (seen >= 0)
);

CREATE TABLE kept_sheet (
    made bigint NOT NULL,
    province text COLLATE "C" NOT NULL,
    remote text COLLATE "C" NOT NULL,
    night text COLLATE "C" NOT NULL,
    sheet text COLLATE "C" NOT NULL,
    CONSTRAINT kept_sheet_pkey PRIMARY KEY (province, remote, night),
    CONSTRAINT kept_sheet_province_check CHECK (length(province) = 2)
);

CREATE TABLE migration (
    version character varying NOT NULL,
    applied_at bigint NOT NULL,
    CONSTRAINT migration_pkey PRIMARY KEY (version)
);

CREATE TABLE notice (
    version bigint NOT NULL,
    begun bigint NOT NULL,
    province text COLLATE "C" NOT NULL,
    dossier text COLLATE "C" NOT NULL,
    channel text COLLATE "C" NOT NULL,
    state text COLLATE "C" NOT NULL,
    CONSTRAINT notice_pkey PRIMARY KEY (province, dossier, version, channel),
    CONSTRAINT notice_province_check CHECK (length(province) = 2),
    CONSTRAINT notice_state_check CHECK (state = ANY (ARRAY['sending'::text, 'sent'::text, 'unknown'::text])),
    CONSTRAINT notice_version_check CHECK (version > 0)
);

CREATE TABLE origin (
    digest bigint NOT NULL,
    province text COLLATE "C" NOT NULL,
    source text COLLATE "C" NOT NULL,
    name text COLLATE "C" NOT NULL,
    dossier text COLLATE "C" NOT NULL,
    CONSTRAINT origin_pkey PRIMARY KEY (province, source, name)
);

CREATE TABLE parcel (
    first bigint NOT NULL,
    last bigint NOT NULL,
    epoch bigint NOT NULL,
    attempts bigint NOT NULL,
    since bigint NOT NULL,
    next_at bigint NOT NULL,
    parked bigint,
    province text COLLATE "C" NOT NULL,
    remote text COLLATE "C" NOT NULL,
    dossier text COLLATE "C" NOT NULL,
    reason text COLLATE "C" NOT NULL,
    words text COLLATE "C" NOT NULL,
    asked text COLLATE "C" NOT NULL,
    retried_by text COLLATE "C" NOT NULL,
    CONSTRAINT parcel_check CHECK (last >= first),
    CONSTRAINT parcel_first_check CHECK (first > 0),
    CONSTRAINT parcel_pkey PRIMARY KEY (province, remote, dossier),
    CONSTRAINT parcel_province_check CHECK (length(province) = 2)
);

CREATE TABLE personal (
    province text COLLATE "C" NOT NULL,
    dossier text COLLATE "C" NOT NULL,
    item text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    value text NOT NULL,
    name_key text COLLATE "C",
    phone_key text COLLATE "C",
    CONSTRAINT personal_kind_check CHECK (kind = ANY (ARRAY['person'::text, 'words'::text])),
    CONSTRAINT personal_pkey PRIMARY KEY (province, dossier, item)
);

CREATE TABLE printed (
    version bigint NOT NULL,
    number bigint NOT NULL,
    at bigint NOT NULL,
    province text COLLATE "C" NOT NULL,
    dossier text COLLATE "C" NOT NULL,
    form text COLLATE "C" NOT NULL,
    actor text COLLATE "C" NOT NULL,
    request_id text COLLATE "C" NOT NULL,
    CONSTRAINT printed_number_check CHECK (number > 0),
    CONSTRAINT printed_pkey PRIMARY KEY (province, dossier, form, version, number),
    CONSTRAINT printed_province_check CHECK (length(province) = 2)
);

CREATE TABLE published (
    version bigint NOT NULL,
    kind text COLLATE "C" NOT NULL,
    code text COLLATE "C" NOT NULL,
    hash text COLLATE "C" NOT NULL,
    CONSTRAINT published_kind_check CHECK (kind = ANY (ARRAY['procedure'::text, 'calendar'::text])),
    CONSTRAINT published_pkey PRIMARY KEY (kind, code, version),
    CONSTRAINT published_version_check CHECK (version > 0)
);

CREATE TABLE rating (
    rated bigint NOT NULL,
    recorded bigint NOT NULL,
    since bigint NOT NULL,
    score smallint NOT NULL,
    province text COLLATE "C" NOT NULL,
    dossier text COLLATE "C" NOT NULL,
    unit text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    CONSTRAINT rating_check CHECK (recorded >= rated),
    CONSTRAINT rating_kind_check CHECK (kind = ANY (ARRAY['procedure'::text, 'petition'::text])),
    CONSTRAINT rating_pkey PRIMARY KEY (province, dossier),
    CONSTRAINT rating_score_check CHECK (score >= 1 AND score <= 5),
    CONSTRAINT rating_since_check CHECK (since >= 19000101 AND since <= 99991231)
);

CREATE TABLE reading (
    begun bigint NOT NULL,
    ended bigint NOT NULL,
    next_at bigint NOT NULL,
    whole bigint,
    row_count bigint NOT NULL,
    added bigint NOT NULL,
    updated bigint NOT NULL,
    known bigint NOT NULL,
    failed bigint NOT NULL,
    province text COLLATE "C" NOT NULL,
    system text COLLATE "C" NOT NULL,
    findings text COLLATE "C" NOT NULL,
    CONSTRAINT reading_pkey PRIMARY KEY (province, system),
    CONSTRAINT reading_province_check CHECK (length(province) = 2)
);

CREATE TABLE remote (
    epoch bigint NOT NULL,
    lease_until bigint NOT NULL,
    walk_begun bigint,
    walk_ended bigint,
    closed_until bigint,
    failures bigint NOT NULL,
    last_success bigint,
    last_failure bigint,
    province text COLLATE "C" NOT NULL,
    name text COLLATE "C" NOT NULL,
    holder text COLLATE "C" NOT NULL,
    cursor text COLLATE "C" NOT NULL,
    walk_after text COLLATE "C",
    last_words text COLLATE "C" NOT NULL,
    walk_request text COLLATE "C" NOT NULL,
    first_taken bigint,
    CONSTRAINT remote_epoch_check CHECK (epoch > 0),
    CONSTRAINT remote_pkey PRIMARY KEY (province, name),
    CONSTRAINT remote_province_check CHECK (length(province) = 2)
);

CREATE TABLE secret (
    province text COLLATE "C" NOT NULL,
    dossier text COLLATE "C" NOT NULL,
    salt bytea,
    person text COLLATE "C",
    pin_hash text COLLATE "C",
    namesake text COLLATE "C",
    CONSTRAINT secret_pkey PRIMARY KEY (province, dossier),
    CONSTRAINT secret_salt_check CHECK (length(salt) = 16)
);

CREATE TABLE session (
    begun bigint NOT NULL,
    used bigint NOT NULL,
    ended bigint,
    province text COLLATE "C" NOT NULL,
    hash text COLLATE "C" NOT NULL,
    account text COLLATE "C",
    token text COLLATE "C",
    CONSTRAINT session_check CHECK (used >= begun),
    CONSTRAINT session_check1 CHECK ((account IS NULL) <> (token IS NULL)),
    CONSTRAINT session_hash_key UNIQUE (hash),
    CONSTRAINT session_pkey PRIMARY KEY (province, hash)
);

CREATE TABLE skipped (
    day bigint NOT NULL,
    first bigint NOT NULL,
    last bigint NOT NULL,
    restored bigint NOT NULL,
    province text COLLATE "C" NOT NULL,
    unit text COLLATE "C" NOT NULL,
    CONSTRAINT skipped_check CHECK (last >= first),
    CONSTRAINT skipped_day_check CHECK (day >= 19000101 AND day <= 99991231),
    CONSTRAINT skipped_first_check CHECK (first > 0),
    CONSTRAINT skipped_pkey PRIMARY KEY (province, unit, day, first),
    CONSTRAINT skipped_province_check CHECK (length(province) = 2)
);

CREATE TABLE tally (
    day bigint NOT NULL,
    received bigint NOT NULL,
    early bigint NOT NULL,
    on_due bigint NOT NULL,
    late bigint NOT NULL,
    no_due bigint NOT NULL,
    withdrawn bigint NOT NULL,
    stopped bigint NOT NULL,
    in_time_766 bigint NOT NULL,
    in_time_original bigint NOT NULL,
    mirror_begun bigint NOT NULL,
    mirror_ended bigint NOT NULL,
    shard smallint NOT NULL,
    province text COLLATE "C" NOT NULL,
    grain text COLLATE "C" NOT NULL,
    unit text COLLATE "C" NOT NULL,
    channel text COLLATE "C" NOT NULL,
    no_due_received bigint NOT NULL DEFAULT 0,
    CONSTRAINT tally_channel_check CHECK (channel = ANY (ARRAY['desk'::text, 'online'::text, 'post'::text])),
    CONSTRAINT tally_day_check CHECK (day >= 19000101 AND day <= 99991231),
    CONSTRAINT tally_grain_check CHECK (grain = ANY (ARRAY['day'::text, 'month'::text])),
    CONSTRAINT tally_pkey PRIMARY KEY (province, grain, day, unit, channel, shard)
);

CREATE TABLE token (
    created bigint NOT NULL,
    expires bigint NOT NULL,
    revoked bigint,
    province text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL,
    hash text COLLATE "C" NOT NULL,
    actor text COLLATE "C" NOT NULL,
    role text COLLATE "C" NOT NULL,
    units text NOT NULL,
    also text NOT NULL DEFAULT '[]'::text,
    used bigint,
    CONSTRAINT token_hash_key UNIQUE (hash),
    CONSTRAINT token_pkey PRIMARY KEY (province, id)
);

CREATE TABLE told (
    version bigint NOT NULL,
    status bigint NOT NULL,
    event_at bigint NOT NULL,
    record_at bigint NOT NULL,
    told_at bigint NOT NULL,
    first_at bigint NOT NULL,
    slowest bigint NOT NULL,
    province text COLLATE "C" NOT NULL,
    remote text COLLATE "C" NOT NULL,
    dossier text COLLATE "C" NOT NULL,
    CONSTRAINT told_pkey PRIMARY KEY (province, remote, dossier),
    CONSTRAINT told_province_check CHECK (length(province) = 2),
    CONSTRAINT told_status_check CHECK (status >= 1 AND status <= 10),
    CONSTRAINT told_version_check CHECK (version > 0)
);

CREATE TABLE viewed (
    number bigint NOT NULL,
    at bigint NOT NULL,
    province text COLLATE "C" NOT NULL,
    actor text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    token text COLLATE "C" NOT NULL,
    detail text COLLATE "C" NOT NULL,
    CONSTRAINT viewed_number_check CHECK (number > 0),
    CONSTRAINT viewed_pkey PRIMARY KEY (province, number),
    CONSTRAINT viewed_province_check CHECK (length(province) = 2)
);

CREATE TABLE viewed_since (
    at bigint NOT NULL,
    province text COLLATE "C" NOT NULL,
    CONSTRAINT viewed_since_pkey PRIMARY KEY (province),
    CONSTRAINT viewed_since_province_check CHECK (length(province) = 2)
);

CREATE TABLE viewing (
    number bigint NOT NULL,
    at bigint NOT NULL,
    province text COLLATE "C" NOT NULL,
    actor text COLLATE "C" NOT NULL,
    what text COLLATE "C" NOT NULL,
    reason text NOT NULL,
    CONSTRAINT viewing_number_check CHECK (number > 0),
    CONSTRAINT viewing_pkey PRIMARY KEY (province, number),
    CONSTRAINT viewing_province_check CHECK (length(province) = 2)
);

CREATE TABLE visitor (
    busy bigint NOT NULL,
    peer text COLLATE "C" NOT NULL,
    CONSTRAINT visitor_pkey PRIMARY KEY (peer)
);

CREATE TABLE webhook (
    is_inside bigint NOT NULL,
    generation bigint NOT NULL,
    old_until bigint,
    created bigint NOT NULL,
    province text COLLATE "C" NOT NULL,
    name text COLLATE "C" NOT NULL,
    address text COLLATE "C" NOT NULL,
    salt text COLLATE "C" NOT NULL,
    created_by text COLLATE "C" NOT NULL,
    last_request text COLLATE "C" NOT NULL,
    kinds text COLLATE "C" NOT NULL DEFAULT ''::text,
    CONSTRAINT webhook_generation_check CHECK (generation > 0),
    CONSTRAINT webhook_is_inside_check CHECK (is_inside = ANY (ARRAY[0::bigint, 1::bigint])),
    CONSTRAINT webhook_pkey PRIMARY KEY (province, name),
    CONSTRAINT webhook_province_check CHECK (length(province) = 2)
);

CREATE TABLE wrong_pin (
    count bigint NOT NULL,
    last bigint NOT NULL,
    province text COLLATE "C" NOT NULL,
    dossier text COLLATE "C" NOT NULL,
    peer text COLLATE "C" NOT NULL,
    CONSTRAINT wrong_pin_count_check CHECK (count > 0),
    CONSTRAINT wrong_pin_pkey PRIMARY KEY (province, dossier, peer)
);

ALTER TABLE block_number ADD CONSTRAINT block_number_province_dossier_fkey FOREIGN KEY (province, dossier) REFERENCES dossier(province, id);

ALTER TABLE block_number ADD CONSTRAINT block_number_province_unit_day_first_fkey FOREIGN KEY (province, unit, day, first) REFERENCES block(province, unit, day, first);

ALTER TABLE code ADD CONSTRAINT code_province_dossier_fkey FOREIGN KEY (province, dossier) REFERENCES dossier(province, id);

ALTER TABLE event ADD CONSTRAINT event_province_dossier_fkey FOREIGN KEY (province, dossier) REFERENCES dossier(province, id);

ALTER TABLE flag ADD CONSTRAINT flag_province_dossier_fkey FOREIGN KEY (province, dossier) REFERENCES dossier(province, id);

ALTER TABLE foretold ADD CONSTRAINT foretold_province_dossier_fkey FOREIGN KEY (province, dossier) REFERENCES dossier(province, id);

ALTER TABLE interest ADD CONSTRAINT interest_province_dossier_fkey FOREIGN KEY (province, dossier) REFERENCES dossier(province, id);

ALTER TABLE origin ADD CONSTRAINT origin_province_dossier_fkey FOREIGN KEY (province, dossier) REFERENCES dossier(province, id);

ALTER TABLE personal ADD CONSTRAINT personal_province_dossier_fkey FOREIGN KEY (province, dossier) REFERENCES dossier(province, id);

ALTER TABLE secret ADD CONSTRAINT secret_province_dossier_fkey FOREIGN KEY (province, dossier) REFERENCES dossier(province, id);

CREATE UNIQUE INDEX access_change_by_request ON access_change USING btree (province, actor, request_id);

CREATE INDEX code_tail ON code USING btree (province, substr(code, length(rtrim(code, '0123456789'::text)) + 1), dossier);

CREATE INDEX dossier_apart ON dossier USING btree (province, ended) WHERE apart = 1;

CREATE INDEX dossier_apart_recorded ON dossier USING btree (province, last_record) WHERE apart = 1;

CREATE INDEX dossier_by_post ON dossier USING btree (province, id) WHERE channel = 'post'::text;

CREATE INDEX dossier_decided ON dossier USING btree (province, resolving, ended);

CREATE INDEX dossier_ended ON dossier USING btree (province, ended);

CREATE INDEX dossier_last_record ON dossier USING btree (province, last_record);

CREATE INDEX dossier_marked ON dossier USING btree (province, precedence, id) WHERE marks > 0;

CREATE INDEX dossier_open ON dossier USING btree (province, precedence, id, status, procedure, channel, step, assignee, elsewhere, received, last_record) WHERE status = ANY (ARRAY[1, 2, 4, 5, 6]);

CREATE INDEX dossier_overdue ON dossier USING btree (province, overdue_from, ended, resolving) WHERE overdue_from < '9223372036854775807'::bigint;

CREATE INDEX dossier_person ON dossier USING btree (province, assignee, id) WHERE assignee <> ''::text;

CREATE INDEX dossier_procedure ON dossier USING btree (province, procedure, id);

CREATE INDEX dossier_received ON dossier USING btree (province, received, id) WHERE received IS NOT NULL;

CREATE INDEX dossier_status ON dossier USING btree (province, status, id) WHERE status <> 10;

CREATE INDEX dossier_succeeded ON dossier USING btree (province, resolving, ended) WHERE strpos(fold, '"succeeded":'::text) > 0;

CREATE INDEX import_place ON import USING btree (province, place) WHERE place IS NOT NULL;

CREATE UNIQUE INDEX import_running ON import USING btree (province, source) WHERE finished IS NULL;

CREATE INDEX interest_dossier ON interest USING btree (province, dossier);

CREATE INDEX interest_received ON interest USING btree (province, unit, dossier) WHERE (roles::integer % 4) = 1;

CREATE INDEX interest_worklist ON interest USING btree (province, unit, precedence, dossier) WHERE open = 1;

CREATE INDEX origin_name ON origin USING btree (province, upper(name));

CREATE INDEX parcel_by_time ON parcel USING btree (province, remote, next_at) WHERE parked IS NULL;

CREATE INDEX personal_search ON personal USING btree (province, dossier, name_key, phone_key) WHERE name_key IS NOT NULL;

CREATE UNIQUE INDEX printed_by_request ON printed USING btree (province, actor, request_id);

CREATE INDEX rating_rated ON rating USING btree (province, rated);

CREATE INDEX secret_namesake ON secret USING btree (province, namesake, person) WHERE namesake IS NOT NULL;

CREATE INDEX secret_person ON secret USING btree (province, person) WHERE person IS NOT NULL;

CREATE INDEX session_by_account ON session USING btree (account) WHERE account IS NOT NULL;

CREATE INDEX session_by_use ON session USING btree (used);

CREATE INDEX viewed_at ON viewed USING btree (province, at);

CREATE INDEX visitor_busy ON visitor USING btree (busy);

CREATE INDEX wrong_pin_last ON wrong_pin USING btree (last);

CREATE TRIGGER access_change_is_never_changed BEFORE DELETE OR UPDATE ON access_change FOR EACH ROW EXECUTE FUNCTION access_change_is_never_changed();

CREATE TRIGGER block_number_is_never_deleted BEFORE DELETE ON block_number FOR EACH ROW EXECUTE FUNCTION block_number_is_never_deleted();

CREATE TRIGGER block_number_is_settled_once BEFORE UPDATE ON block_number FOR EACH ROW WHEN (old.state <> 'open'::text) EXECUTE FUNCTION block_number_is_settled_once();

CREATE TRIGGER contact_goes_with_the_person AFTER UPDATE OF salt ON secret FOR EACH ROW WHEN (new.salt IS NULL) EXECUTE FUNCTION contact_goes_with_the_person();

CREATE TRIGGER document_is_decided_once BEFORE UPDATE ON document FOR EACH ROW WHEN (old.state <> 'proposed'::text OR new.text <> old.text OR new.path <> old.path OR new.hash <> old.hash OR new.author <> old.author OR new.proposed <> old.proposed) EXECUTE FUNCTION document_is_decided_once();

CREATE TRIGGER document_is_never_deleted BEFORE DELETE ON document FOR EACH ROW EXECUTE FUNCTION document_is_never_deleted();

CREATE TRIGGER event_has_a_predecessor AFTER INSERT ON event REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION event_has_a_predecessor();

CREATE TRIGGER event_is_never_changed BEFORE UPDATE ON event FOR EACH ROW EXECUTE FUNCTION event_is_never_changed();

CREATE TRIGGER event_is_never_deleted BEFORE DELETE ON event FOR EACH ROW EXECUTE FUNCTION event_is_never_deleted();

CREATE TRIGGER event_is_never_emptied BEFORE TRUNCATE ON event FOR EACH STATEMENT EXECUTE FUNCTION event_is_never_deleted();

CREATE TRIGGER flag_is_never_changed BEFORE UPDATE ON flag FOR EACH ROW EXECUTE FUNCTION flag_is_never_changed();

CREATE TRIGGER flag_is_never_deleted BEFORE DELETE ON flag FOR EACH ROW EXECUTE FUNCTION flag_is_never_deleted();

CREATE TRIGGER flag_is_never_emptied BEFORE TRUNCATE ON flag FOR EACH STATEMENT EXECUTE FUNCTION flag_is_never_deleted();

CREATE TRIGGER foretold_is_never_changed BEFORE UPDATE ON foretold FOR EACH ROW EXECUTE FUNCTION foretold_is_never_changed();

CREATE TRIGGER foretold_is_never_deleted BEFORE DELETE ON foretold FOR EACH ROW EXECUTE FUNCTION foretold_is_never_deleted();

CREATE TRIGGER foretold_is_never_emptied BEFORE TRUNCATE ON foretold FOR EACH STATEMENT EXECUTE FUNCTION foretold_is_never_deleted();

CREATE TRIGGER printed_is_never_changed BEFORE DELETE OR UPDATE ON printed FOR EACH ROW EXECUTE FUNCTION printed_is_never_changed();

CREATE TRIGGER published_is_never_changed BEFORE UPDATE ON published FOR EACH ROW EXECUTE FUNCTION published_is_never_changed();

CREATE TRIGGER skipped_is_never_changed BEFORE DELETE OR UPDATE ON skipped FOR EACH ROW EXECUTE FUNCTION skipped_is_never_changed();

CREATE TRIGGER viewed_is_never_changed BEFORE DELETE OR UPDATE ON viewed FOR EACH ROW EXECUTE FUNCTION viewed_is_never_changed();

CREATE TRIGGER viewed_since_only_moves_on BEFORE DELETE OR UPDATE ON viewed_since FOR EACH ROW EXECUTE FUNCTION viewed_since_only_moves_on();

CREATE TRIGGER viewing_is_never_changed BEFORE DELETE OR UPDATE ON viewing FOR EACH ROW EXECUTE FUNCTION viewing_is_never_changed();
