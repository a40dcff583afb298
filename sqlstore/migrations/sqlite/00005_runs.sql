-- +goose Up

-- Runs, numbered like entries. state is planned, running, paused, cancelled or finished:
-- one that is running and whose lease has ended is interrupted. rest, effects and
-- same_changes are JSON, read only where one run is looked at (rest: always).
CREATE TABLE runs (
    id              INTEGER PRIMARY KEY,
    scope           INTEGER NOT NULL REFERENCES scopes (id),
    revision        INTEGER NOT NULL,
    state           TEXT NOT NULL CHECK (state IN ('planned', 'running', 'paused', 'cancelled', 'finished')),
    reason          TEXT NOT NULL,
    detail          TEXT NOT NULL,
    operation       TEXT NOT NULL,
    name            TEXT NOT NULL,
    of_run          TEXT NOT NULL,
    operator        TEXT NOT NULL,
    key_fingerprint TEXT NOT NULL,
    planned_at      INTEGER NOT NULL,
    started_at      INTEGER,
    ended_at        INTEGER,
    oldest_at       INTEGER,
    owner           TEXT NOT NULL,
    lease_until     INTEGER NOT NULL,
    want            TEXT NOT NULL,
    rest            TEXT NOT NULL,
    effects         TEXT NOT NULL,
    same_changes    TEXT NOT NULL
);
CREATE INDEX runs_scope ON runs (scope);
CREATE INDEX runs_active ON runs (scope) WHERE state IN ('running', 'paused');
CREATE INDEX runs_running ON runs (state) WHERE state = 'running';
CREATE INDEX runs_name ON runs (scope, name) WHERE name <> '';
CREATE INDEX runs_ended ON runs (ended_at) WHERE ended_at IS NOT NULL AND name = '';
CREATE INDEX runs_planned ON runs (planned_at) WHERE state = 'planned' AND name = '';

-- The changes of a run, in the order in which they are carried out.
CREATE TABLE run_items (
    run           INTEGER NOT NULL,
    seq           INTEGER NOT NULL,
    agent         TEXT NOT NULL,
    agent_name    TEXT NOT NULL,
    kind          TEXT NOT NULL,
    state         TEXT NOT NULL,
    why           TEXT NOT NULL,
    message       TEXT NOT NULL,
    intent        TEXT NOT NULL,
    queues_before TEXT,
    queues_after  TEXT,
    enabled       INTEGER NOT NULL,
    certainty     TEXT NOT NULL,
    read_at       INTEGER,
    asks          TEXT,
    entry         TEXT NOT NULL,
    settled_at    INTEGER,
    PRIMARY KEY (run, seq)
) WITHOUT ROWID;
CREATE INDEX run_items_state ON run_items (run, state, seq);
CREATE INDEX run_items_agent ON run_items (run, agent, seq);
