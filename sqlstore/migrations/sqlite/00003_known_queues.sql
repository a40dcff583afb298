-- +goose Up

-- The callin queue ids that an administrator keeps for a tenant, one list each, as a JSON
-- array. kept_at is in microseconds since 1970.
CREATE TABLE known_queues (
    scope    INTEGER PRIMARY KEY REFERENCES scopes (id),
    queues   TEXT NOT NULL,
    operator TEXT NOT NULL,
    kept_at  INTEGER NOT NULL
);
