-- Which messages go first, which gateway took a message last, and how often one told that it did not arrive, or told nothing. Doubts: the gateway of each
-- try of which nobody knows whether it left, as words.
ALTER TABLE outbox ADD COLUMN rank BIGINT NOT NULL DEFAULT 2;
ALTER TABLE outbox ADD COLUMN gateway TEXT;
ALTER TABLE outbox ADD COLUMN reference TEXT;
ALTER TABLE outbox ADD COLUMN avoid TEXT;
ALTER TABLE outbox ADD COLUMN returned BIGINT NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN silent BIGINT NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN doubts TEXT;
UPDATE outbox SET rank = 0 WHERE kind = 'provisional_key' AND state = 'waiting';
UPDATE outbox SET rank = 1 WHERE kind = 'captcha_link' AND state = 'waiting';
DROP INDEX outbox_waiting;
CREATE INDEX outbox_due ON outbox (channel, rank, deadline) WHERE state = 'waiting';
CREATE INDEX outbox_overdue ON outbox (deadline) WHERE state = 'waiting';
CREATE INDEX outbox_accepted ON outbox (next_at) WHERE state = 'accepted';
-- Who claims messages, one after the other: on PostgreSQL two that claim at once would want the same rows.
CREATE TABLE outbox_turn (
    what TEXT PRIMARY KEY,
    at BIGINT NOT NULL
);
-- Each time a gateway took a message: what message that was, and what the gateway told of it afterwards. Either half may come first.
CREATE TABLE receipt (
    gateway TEXT NOT NULL,
    reference TEXT NOT NULL,
    message BYTEA,
    news TEXT,
    problem TEXT,
    at BIGINT NOT NULL,
    PRIMARY KEY (gateway, reference)
);
CREATE INDEX receipt_at ON receipt (at);
CREATE INDEX receipt_unknown ON receipt (at) WHERE message IS NULL;
