-- Where and when jobs run: requirements, studies with their limits, retries, deadlines; and which workers there are.

-- Jobs that differ for the scheduler by priority and age only. A claim looks at the head of each lane that has queued jobs.
CREATE TABLE job_lane (
    id          INTEGER PRIMARY KEY,
    code_hash   TEXT    NOT NULL,
    kind        TEXT    NOT NULL,
    study       TEXT    NOT NULL,                        -- empty: none
    engine      TEXT    NOT NULL,                        -- empty: any
    memory_mib  INTEGER NOT NULL,
    accelerator TEXT    NOT NULL,                        -- empty: none
    labels      TEXT    NOT NULL,                        -- JSON array, sorted
    UNIQUE (code_hash, kind, study, engine, memory_mib, accelerator, labels)
);
CREATE TABLE job_lane_label (
    lane_id INTEGER NOT NULL REFERENCES job_lane (id),
    label   TEXT    NOT NULL,
    PRIMARY KEY (lane_id, label)
) WITHOUT ROWID;
INSERT INTO job_lane (code_hash, kind, study, engine, memory_mib, accelerator, labels) SELECT DISTINCT code_hash, kind, '', '', 0, '', '[]' FROM job;

ALTER TABLE job ADD COLUMN lane_id INTEGER REFERENCES job_lane (id);                    -- never null
ALTER TABLE job ADD COLUMN first_backoff INTEGER NOT NULL DEFAULT 10000000;             -- ticks
ALTER TABLE job ADD COLUMN longest_backoff INTEGER NOT NULL DEFAULT 3000000000;         -- ticks
ALTER TABLE job ADD COLUMN deadline INTEGER;                                            -- the latest of the active subscriptions'; null: none, kept with them
UPDATE job SET lane_id = (SELECT id FROM job_lane l WHERE l.code_hash = job.code_hash AND l.kind = job.kind);

ALTER TABLE job_subscription ADD COLUMN study TEXT NOT NULL DEFAULT '';
ALTER TABLE job_subscription ADD COLUMN deadline INTEGER;

DROP INDEX job_claim;
CREATE INDEX job_claim ON job (lane_id, priority DESC, id) WHERE phase = 'queued';
CREATE INDEX job_running ON job (lane_id) WHERE phase = 'running';
CREATE INDEX job_deadline ON job (deadline) WHERE phase IN ('queued', 'running') AND deadline IS NOT NULL;

DROP INDEX job_subscription_pending;
CREATE INDEX job_subscription_pending ON job_subscription (run_id) WHERE pending;

DROP VIEW job_status;
CREATE VIEW job_status AS
SELECT id, key, kind, phase, max_attempts, subscribers, attempts, epoch, owner, lease_until, committed, resumed_from, progress, outcomes, deliverable,
       failure_code, failure_message, failure_retryable,
       (SELECT step FROM job_snapshot WHERE job_id = job.id ORDER BY job_snapshot.id DESC LIMIT 1) AS snapshot_step, first_backoff, longest_backoff
FROM job;

-- Limits of studies. Without a row: no limit.
CREATE TABLE job_study (
    study       TEXT    PRIMARY KEY,
    max_running INTEGER NOT NULL
) WITHOUT ROWID;

-- Worker processes that have said that they live.
CREATE TABLE worker (
    name         TEXT    PRIMARY KEY,
    host         TEXT    NOT NULL,
    roles        TEXT    NOT NULL,                       -- JSON array
    slots        INTEGER NOT NULL,
    busy         INTEGER NOT NULL,
    state        TEXT    NOT NULL CHECK (state IN ('active', 'draining')),
    code_hash    TEXT    NOT NULL,
    kinds        TEXT    NOT NULL,                       -- JSON array
    capabilities TEXT    NOT NULL,                       -- JSON object
    started_at   INTEGER NOT NULL,
    heartbeat_at INTEGER NOT NULL
) WITHOUT ROWID;
