-- +goose Up

-- The tenants of an environment, numbered to keep the indexes small.
CREATE TABLE scopes (
    id          BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    environment TEXT COLLATE "C" NOT NULL,
    tenant      TEXT COLLATE "C" NOT NULL,
    UNIQUE (environment, tenant)
);

-- An entry's number holds its time: microseconds since 1970 = id >> 11. It ends
-- every index, which thereby is in order of time. Lists are JSON arrays, NULL where
-- not known. Times are microseconds since 1970.
CREATE TABLE entries (
    id              BIGINT PRIMARY KEY,
    scope           BIGINT NOT NULL REFERENCES scopes (id),
    agent           TEXT COLLATE "C" NOT NULL,
    kind            TEXT COLLATE "C" NOT NULL CHECK (kind IN ('callin', 'callout', 'recording')),
    queues_before   TEXT,
    before_known    BOOLEAN NOT NULL,
    queues_after    TEXT,
    priority_before TEXT NOT NULL,
    priority_after  TEXT NOT NULL,
    enabled         BOOLEAN NOT NULL,
    certainty       TEXT NOT NULL,
    operator        TEXT COLLATE "C" NOT NULL,
    key_fingerprint TEXT NOT NULL,
    request_id      TEXT NOT NULL,
    run_id          TEXT COLLATE "C" NOT NULL,
    undo_of         BIGINT,
    undone_by       BIGINT,
    result          TEXT COLLATE "C" NOT NULL CHECK (result IN ('intent', 'verified', 'accepted', 'differs', 'refused', 'unknown')),
    code            TEXT NOT NULL DEFAULT '',
    message         TEXT NOT NULL DEFAULT '',
    queues_seen     TEXT,
    settled_at      BIGINT
);
CREATE INDEX entries_scope ON entries (scope, result, kind, id);
CREATE INDEX entries_operator ON entries (scope, operator, result, kind, id);
CREATE INDEX entries_agent ON entries (scope, agent, id, result, kind);
CREATE INDEX entries_run ON entries (scope, run_id, id, result, kind) WHERE run_id <> '';
CREATE INDEX entries_unsettled ON entries (scope, agent, id) WHERE result IN ('intent', 'unknown');
CREATE INDEX entries_intents ON entries (id) WHERE result = 'intent';
CREATE INDEX entries_recording ON entries (scope, agent, id) WHERE kind = 'recording' AND result <> 'refused';
CREATE INDEX entries_undo_of ON entries (undo_of) WHERE undo_of IS NOT NULL;

-- Which queues an entry touches, with what else is filtered by, so that a queue's
-- changes are found without reading the entries.
CREATE TABLE entry_queues (
    entry    BIGINT NOT NULL,
    queue    BIGINT NOT NULL,
    scope    BIGINT NOT NULL,
    operator TEXT COLLATE "C" NOT NULL,
    result   TEXT COLLATE "C" NOT NULL,
    kind     TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (entry, queue)
);
CREATE INDEX entry_queues_queue ON entry_queues (scope, queue, result, kind, entry);
CREATE INDEX entry_queues_operator ON entry_queues (scope, queue, operator, result, kind, entry);

CREATE TABLE queue_names (
    scope BIGINT NOT NULL REFERENCES scopes (id),
    kind  TEXT COLLATE "C" NOT NULL,
    queue BIGINT NOT NULL,
    name  TEXT NOT NULL,
    PRIMARY KEY (scope, kind, queue)
);

-- Which agents a replica is changing just now, and until when at the latest.
CREATE TABLE agent_locks (
    scope BIGINT NOT NULL,
    agent TEXT COLLATE "C" NOT NULL,
    owner TEXT NOT NULL,
    until TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (scope, agent)
);

-- Sessions that ended before their cookie does.
CREATE TABLE ended_sessions (
    id    TEXT COLLATE "C" PRIMARY KEY,
    until BIGINT NOT NULL
);
CREATE INDEX ended_sessions_until ON ended_sessions (until);

-- One row at most: sessions created before it are over.
CREATE TABLE ended_before (
    one     SMALLINT PRIMARY KEY CHECK (one = 1),
    created BIGINT NOT NULL
);
