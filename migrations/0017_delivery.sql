-- Which messages go first, which gateway took a message, and what it told of it afterwards.
ALTER TABLE outbox ADD COLUMN rank BIGINT NOT NULL DEFAULT 2;
ALTER TABLE outbox ADD COLUMN gateway TEXT;
ALTER TABLE outbox ADD COLUMN reference TEXT;
ALTER TABLE outbox ADD COLUMN avoid TEXT;
CREATE INDEX outbox_due ON outbox (channel, rank, next_at) WHERE state = 'waiting';
CREATE INDEX outbox_accepted ON outbox (next_at) WHERE state = 'accepted';
CREATE INDEX outbox_reference ON outbox (gateway, reference) WHERE reference IS NOT NULL;
-- What a gateway told before the row of its message said that it had been handed over.
CREATE TABLE receipt (
    gateway TEXT NOT NULL,
    reference TEXT NOT NULL,
    news TEXT NOT NULL,
    problem TEXT,
    at BIGINT NOT NULL,
    PRIMARY KEY (gateway, reference)
);
CREATE INDEX receipt_at ON receipt (at);
