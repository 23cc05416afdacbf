-- Requests on experiments that are there: pause, resume, cancel, retry, extend. Stored before they are answered; the experiment's grain takes them in by number and settles them.
CREATE TABLE experiment_request (
    experiment_id TEXT    NOT NULL REFERENCES experiment (id),
    number        INTEGER NOT NULL,                      -- 1, 2, ... in the experiment, in the order of acceptance
    verb          TEXT    NOT NULL,
    body          TEXT    NOT NULL,                      -- JSON
    accepted_at   INTEGER NOT NULL,
    settled_at    INTEGER,                               -- null: not taken in yet
    refusal       TEXT,                                  -- why it could not be met
    PRIMARY KEY (experiment_id, number)
) WITHOUT ROWID;
CREATE INDEX experiment_request_open ON experiment_request (experiment_id) WHERE settled_at IS NULL;

-- A key stands for a submit or for a request. Its spec_hash is the hash of whatever was asked.
ALTER TABLE idempotency_key ADD COLUMN request INTEGER;  -- number of the request; null: the key made the experiment

-- Where an experiment was forked, JSON; null: nowhere.
ALTER TABLE experiment ADD COLUMN origin TEXT;
