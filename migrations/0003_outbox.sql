-- Messages, committed with the change that causes them. The body is sealed, and erased when the message has left or was given up.
CREATE TABLE outbox (
    id BYTEA PRIMARY KEY,
    rut BIGINT,
    channel TEXT NOT NULL,
    kind TEXT NOT NULL,
    body BYTEA,
    state TEXT NOT NULL,
    tries BIGINT NOT NULL,
    made_at BIGINT NOT NULL,
    next_at BIGINT NOT NULL,
    deadline BIGINT NOT NULL,
    leased_until BIGINT,
    lease BYTEA,
    ended_at BIGINT,
    problem TEXT
);
CREATE INDEX outbox_waiting ON outbox (next_at) WHERE state = 'waiting';
CREATE INDEX outbox_by_person ON outbox (rut, made_at);
CREATE INDEX outbox_ended ON outbox (ended_at) WHERE ended_at IS NOT NULL;
