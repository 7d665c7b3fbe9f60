-- The same as 0007_audit_chain.sql; SQLite has neither rights nor functions, and writes its triggers in its own way.
ALTER TABLE audit RENAME TO audit_unchained;

CREATE TABLE audit (
    shard INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    id BLOB NOT NULL UNIQUE,
    at INTEGER NOT NULL,
    rut INTEGER,
    actor TEXT NOT NULL,
    event TEXT NOT NULL,
    detail TEXT,
    address BLOB,
    request TEXT NOT NULL,
    hash BLOB NOT NULL,
    PRIMARY KEY (shard, seq)
) STRICT;
CREATE INDEX audit_chained_by_person ON audit (rut, at);
CREATE INDEX audit_chained_by_time ON audit (at);

CREATE TABLE audit_head (
    shard INTEGER PRIMARY KEY,
    seq INTEGER NOT NULL,
    hash BLOB NOT NULL
) STRICT;

CREATE TABLE audit_root (
    shard INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    hash BLOB NOT NULL,
    at INTEGER NOT NULL,
    key INTEGER NOT NULL,
    signature BLOB NOT NULL,
    PRIMARY KEY (shard, seq, key)
) STRICT;

CREATE TRIGGER audit_is_kept BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'records are only ever added: UPDATE of audit is refused'); END;
CREATE TRIGGER audit_is_not_emptied BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'records are only ever added: DELETE of audit is refused'); END;
CREATE TRIGGER audit_root_is_kept BEFORE UPDATE ON audit_root
BEGIN SELECT RAISE(ABORT, 'records are only ever added: UPDATE of audit_root is refused'); END;
CREATE TRIGGER audit_root_is_not_emptied BEFORE DELETE ON audit_root
BEGIN SELECT RAISE(ABORT, 'records are only ever added: DELETE of audit_root is refused'); END;
-- INSERT OR REPLACE would remove the old row without asking the triggers above.
CREATE TRIGGER audit_is_not_replaced BEFORE INSERT ON audit
WHEN EXISTS (SELECT 1 FROM audit WHERE (shard = NEW.shard AND seq = NEW.seq) OR id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'records are only ever added: a second row in the same place is refused'); END;
-- Two nodes may sign the same head: the first signature stays.
CREATE TRIGGER audit_root_is_not_replaced BEFORE INSERT ON audit_root
WHEN EXISTS (SELECT 1 FROM audit_root WHERE shard = NEW.shard AND seq = NEW.seq AND key = NEW.key)
BEGIN SELECT RAISE(IGNORE); END;

-- An earlier version's program that still has this file open knows no shards: its entries wait with the others.
CREATE TRIGGER audit_without_chain BEFORE INSERT ON audit WHEN NEW.shard IS NULL
BEGIN
    INSERT INTO audit_unchained (id, at, rut, actor, event, detail, address, request)
    VALUES (NEW.id, NEW.at, NEW.rut, NEW.actor, NEW.event, NEW.detail, NEW.address, NEW.request);
    SELECT RAISE(IGNORE);
END;
