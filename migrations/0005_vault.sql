-- Public marks of the keys in the secrets folder: a node with another installation's secrets is told so instead of ruining data.
CREATE TABLE vault_mark (
    name TEXT PRIMARY KEY,
    mark BYTEA NOT NULL
);
