-- Checkpoint schedules: which steps the subscribers of a training job want. They are no part of its key, so that one job serves subscribers with different schedules, also those that come when it has passed their steps.
ALTER TABLE job ADD COLUMN scheduled INTEGER NOT NULL DEFAULT 0;                        -- 1: its kernel commits the checkpoints that job_wanted says

-- A step counts while the run's subscription to the job is active.
CREATE TABLE job_wanted (
    job_id INTEGER NOT NULL REFERENCES job (id),
    run_id TEXT    NOT NULL,
    step   INTEGER NOT NULL,
    PRIMARY KEY (job_id, run_id, step)
) WITHOUT ROWID;
