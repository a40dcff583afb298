-- +goose Up

-- What the API has shown a tenant's consoles of how it behaves, a value by code. sure is 1
-- where a whole reading bore it out. Times are in microseconds since 1970: when the value
-- was first seen, and last.
CREATE TABLE traits (
    scope      INTEGER NOT NULL REFERENCES scopes (id),
    code       TEXT NOT NULL,
    value      TEXT NOT NULL,
    sure       INTEGER NOT NULL,
    learned_at INTEGER NOT NULL,
    seen_at    INTEGER NOT NULL,
    PRIMARY KEY (scope, code)
);

-- The values that have changed: what the administrators are told of once.
CREATE TABLE trait_shifts (
    id    INTEGER PRIMARY KEY,
    scope INTEGER NOT NULL REFERENCES scopes (id),
    code  TEXT NOT NULL,
    was   TEXT NOT NULL,
    now   TEXT NOT NULL,
    at    INTEGER NOT NULL
);
CREATE INDEX trait_shifts_at ON trait_shifts (at);

-- What a tenant's own key last found out when somebody asked from the page: a report as
-- JSON. Of console probe -save see probes.
CREATE TABLE tenant_probes (
    scope   INTEGER PRIMARY KEY REFERENCES scopes (id),
    report  TEXT NOT NULL,
    made_at INTEGER NOT NULL
);
