-- +goose Up

-- What was last found out about an environment's API (console probe -save): a report as
-- JSON. made_at is in microseconds since 1970.
CREATE TABLE probes (
    environment TEXT PRIMARY KEY,
    report      TEXT NOT NULL,
    made_at     INTEGER NOT NULL
);
