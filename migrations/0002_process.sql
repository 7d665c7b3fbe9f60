-- A process of several steps and its result: bound to a browser, finished once. State and outcome are sealed.
CREATE TABLE flow (
    id BYTEA PRIMARY KEY,
    kind TEXT NOT NULL,
    browser BYTEA NOT NULL,
    rut BIGINT NOT NULL,
    state BYTEA,
    outcome BYTEA,
    until BIGINT NOT NULL
);
CREATE INDEX flow_by_end ON flow (until);

-- Forms that were sent, so that a double click does nothing twice; the answer is the flow whose page was shown.
CREATE TABLE submission (
    id BYTEA PRIMARY KEY,
    browser BYTEA NOT NULL,
    digest BYTEA NOT NULL,
    answer BYTEA,
    until BIGINT NOT NULL
);
CREATE INDEX submission_by_end ON submission (until);

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
    tries BIGINT NOT NULL,
    until BIGINT NOT NULL
);
CREATE INDEX lane_by_end ON lane (until);
