-- Where each key is in its life. A key without a row is not yet in use; those of earlier versions have been since ever.
ALTER TABLE vault_mark ADD COLUMN since BIGINT NOT NULL DEFAULT 0;
ALTER TABLE vault_mark ADD COLUMN retired_at BIGINT;

-- One row. Nothing short-lived from before `since` counts; `copied_at` says that this database is a backup, to be noticed at its first start.
CREATE TABLE epoch (
    id BIGINT PRIMARY KEY,
    since BIGINT NOT NULL,
    copied_at BIGINT
);
INSERT INTO epoch (id, since, copied_at) VALUES (1, 0, NULL);
