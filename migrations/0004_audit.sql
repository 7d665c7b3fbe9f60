-- What happened, appended in the transaction in which it happened.
CREATE TABLE audit (
    id BYTEA PRIMARY KEY,
    at BIGINT NOT NULL,
    rut BIGINT,
    actor TEXT NOT NULL,
    event TEXT NOT NULL,
    detail TEXT,
    address BYTEA,
    request TEXT NOT NULL
);
CREATE INDEX audit_by_person ON audit (rut, at);
CREATE INDEX audit_by_time ON audit (at);
