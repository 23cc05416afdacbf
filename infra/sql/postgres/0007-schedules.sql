-- Checkpoint schedules: which steps the subscribers of a training job want. The same as on SQLite.
ALTER TABLE job ADD COLUMN scheduled BOOLEAN NOT NULL DEFAULT FALSE;    -- its kernel commits the checkpoints that job_wanted says

-- A step counts while the run's subscription to the job is active.
CREATE TABLE job_wanted (
    job_id BIGINT           NOT NULL REFERENCES job (id),
    run_id TEXT COLLATE "C" NOT NULL,
    step   INTEGER          NOT NULL,
    PRIMARY KEY (job_id, run_id, step)
);
