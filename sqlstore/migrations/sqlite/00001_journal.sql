-- +goose Up

-- The tenants of an environment, numbered to keep the indexes small.
CREATE TABLE scopes (
    id          INTEGER PRIMARY KEY,
    environment TEXT NOT NULL,
    tenant      TEXT NOT NULL,
    UNIQUE (environment, tenant)
);

-- An entry's number holds its time: microseconds since 1970 = id >> 11. As the
-- INTEGER PRIMARY KEY it also ends every index, which thereby is in order of time.
-- Lists are JSON arrays, NULL where not known. Times are microseconds since 1970.
CREATE TABLE entries (
    id              INTEGER PRIMARY KEY,
    scope           INTEGER NOT NULL REFERENCES scopes (id),
    agent           TEXT NOT NULL,
    kind            TEXT NOT NULL CHECK (kind IN ('callin', 'callout', 'recording')),
    queues_before   TEXT,
    before_known    INTEGER NOT NULL,
    queues_after    TEXT,
    priority_before TEXT NOT NULL,
    priority_after  TEXT NOT NULL,
    enabled         INTEGER NOT NULL,
    certainty       TEXT NOT NULL,
    operator        TEXT NOT NULL,
    key_fingerprint TEXT NOT NULL,
    request_id      TEXT NOT NULL,
    run_id          TEXT NOT NULL,
    undo_of         INTEGER,
    undone_by       INTEGER,
    result          TEXT NOT NULL CHECK (result IN ('intent', 'verified', 'accepted', 'differs', 'refused', 'unknown')),
    code            TEXT NOT NULL DEFAULT '',
    message         TEXT NOT NULL DEFAULT '',
    queues_seen     TEXT,
    settled_at      INTEGER
);
CREATE INDEX entries_scope ON entries (scope, result, kind);
CREATE INDEX entries_operator ON entries (scope, operator, result, kind);
CREATE INDEX entries_agent ON entries (scope, agent, id, result, kind);
CREATE INDEX entries_run ON entries (scope, run_id, id, result, kind) WHERE run_id <> '';
CREATE INDEX entries_unsettled ON entries (scope, agent) WHERE result IN ('intent', 'unknown');
CREATE INDEX entries_intents ON entries (id) WHERE result = 'intent';
CREATE INDEX entries_recording ON entries (scope, agent) WHERE kind = 'recording' AND result <> 'refused';
CREATE INDEX entries_undo_of ON entries (undo_of) WHERE undo_of IS NOT NULL;

-- Which queues an entry touches, with what else is filtered by, so that a queue's
-- changes are found without reading the entries.
CREATE TABLE entry_queues (
    entry    INTEGER NOT NULL,
    queue    INTEGER NOT NULL,
    scope    INTEGER NOT NULL,
    operator TEXT NOT NULL,
    result   TEXT NOT NULL,
    kind     TEXT NOT NULL,
    PRIMARY KEY (entry, queue)
) WITHOUT ROWID;
CREATE INDEX entry_queues_queue ON entry_queues (scope, queue, result, kind, entry);
CREATE INDEX entry_queues_operator ON entry_queues (scope, queue, operator, result, kind, entry);

CREATE TABLE queue_names (
    scope INTEGER NOT NULL REFERENCES scopes (id),
    kind  TEXT NOT NULL,
    queue INTEGER NOT NULL,
    name  TEXT NOT NULL,
    PRIMARY KEY (scope, kind, queue)
) WITHOUT ROWID;

-- Sessions that ended before their cookie does.
CREATE TABLE ended_sessions (
    id    TEXT PRIMARY KEY,
    until INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX ended_sessions_until ON ended_sessions (until);

-- One row at most: sessions created before it are over.
CREATE TABLE ended_before (
    one     INTEGER PRIMARY KEY CHECK (one = 1),
    created INTEGER NOT NULL
);
