-- +goose Up

-- Runs, numbered like entries. state is planned, running, paused, cancelled or finished:
-- one that is running and whose lease has ended is interrupted. rest, effects and
-- same_changes are JSON. Leases are in microseconds since 1970 of this database's clock.
CREATE TABLE runs (
    id              BIGINT PRIMARY KEY,
    scope           BIGINT NOT NULL REFERENCES scopes (id),
    revision        BIGINT NOT NULL,
    state           TEXT COLLATE "C" NOT NULL CHECK (state IN ('planned', 'running', 'paused', 'cancelled', 'finished')),
    reason          TEXT NOT NULL,
    detail          TEXT NOT NULL,
    operation       TEXT NOT NULL,
    name            TEXT COLLATE "C" NOT NULL,
    of_run          TEXT NOT NULL,
    operator        TEXT NOT NULL,
    key_fingerprint TEXT NOT NULL,
    planned_at      BIGINT NOT NULL,
    started_at      BIGINT,
    ended_at        BIGINT,
    oldest_at       BIGINT,
    owner           TEXT COLLATE "C" NOT NULL,
    lease_until     BIGINT NOT NULL,
    want            TEXT NOT NULL,
    rest            TEXT NOT NULL,
    effects         TEXT NOT NULL,
    same_changes    TEXT NOT NULL
);
CREATE INDEX runs_scope ON runs (scope, id);
CREATE INDEX runs_active ON runs (scope, id) WHERE state IN ('running', 'paused');
CREATE INDEX runs_running ON runs (state) WHERE state = 'running';
CREATE INDEX runs_name ON runs (scope, name) WHERE name <> '';
CREATE INDEX runs_ended ON runs (ended_at) WHERE ended_at IS NOT NULL AND name = '';
CREATE INDEX runs_planned ON runs (planned_at) WHERE state = 'planned' AND name = '';

-- The changes of a run, in the order in which they are carried out.
CREATE TABLE run_items (
    run           BIGINT NOT NULL,
    seq           BIGINT NOT NULL,
    agent         TEXT COLLATE "C" NOT NULL,
    agent_name    TEXT NOT NULL,
    kind          TEXT NOT NULL,
    state         TEXT COLLATE "C" NOT NULL,
    why           TEXT NOT NULL,
    message       TEXT NOT NULL,
    intent        TEXT NOT NULL,
    queues_before TEXT,
    queues_after  TEXT,
    enabled       BOOLEAN NOT NULL,
    certainty     TEXT NOT NULL,
    read_at       BIGINT,
    asks          TEXT,
    entry         TEXT NOT NULL,
    settled_at    BIGINT,
    PRIMARY KEY (run, seq)
);
CREATE INDEX run_items_state ON run_items (run, state, seq);
CREATE INDEX run_items_agent ON run_items (run, agent, seq);
