-- A process of several steps, or one submission of a form: bound to a browser, finished once.
CREATE TABLE flow (
    id BYTEA PRIMARY KEY,
    kind TEXT NOT NULL,
    browser BYTEA NOT NULL,
    rut BIGINT,
    state BYTEA,
    digest BYTEA,
    outcome BYTEA,
    until BIGINT NOT NULL
);
CREATE INDEX flow_by_end ON flow (until);

-- Captchas that were answered, rightly or not: each once.
CREATE TABLE captcha_burnt (
    id BYTEA PRIMARY KEY,
    until BIGINT NOT NULL
);
CREATE INDEX captcha_burnt_by_end ON captcha_burnt (until);

-- Single-use links in messages, by the SHA-256 of their token.
CREATE TABLE link (
    id BYTEA PRIMARY KEY,
    purpose TEXT NOT NULL,
    rut BIGINT NOT NULL,
    until BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX link_by_end ON link (until);

-- How often something was tried, a window each.
CREATE TABLE lane (
    id BYTEA PRIMARY KEY,
    began_at BIGINT NOT NULL,
    tries BIGINT NOT NULL,
    until BIGINT NOT NULL
);
CREATE INDEX lane_by_end ON lane (until);
