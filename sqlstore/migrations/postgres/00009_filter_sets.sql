-- +goose Up

-- What the list of agents was narrowed to, under a name: for everybody of the scope where
-- owner is '', else for the person of that name. owner and called are in lower case: they
-- tell whose it is, and that a name is taken. Times are in microseconds since 1970;
-- changed_at is NULL where it was never changed.
CREATE TABLE filter_sets (
    id         TEXT PRIMARY KEY,
    scope      BIGINT NOT NULL REFERENCES scopes (id),
    owner      TEXT NOT NULL,
    called     TEXT NOT NULL,
    owner_name TEXT NOT NULL,
    name       TEXT NOT NULL,
    query      TEXT NOT NULL,
    made_by    TEXT NOT NULL,
    made_at    BIGINT NOT NULL,
    changed_by TEXT NOT NULL,
    changed_at BIGINT,
    UNIQUE (scope, owner, called)
);
