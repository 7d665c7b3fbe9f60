//! The records: a chain that nobody alters unseen, in the database and in an export.

use std::{collections::BTreeSet, io::BufReader, sync::Arc, time::Duration};

use clave::{
    Clave, Cx,
    audit::{
        self, Event,
        chain::{GENESIS, SHARDS},
        dump::{Format, Line},
        root::Keys,
        verify::{Finding, Heads, Verified, What, verify_database, verify_export},
    },
    housekeeping, show_person,
    worker::Worker,
};
use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};
use rut::Rut;
use sql::{Kind, sql};
use tokio::task::JoinSet;

use crate::{
    people::{ANSWER, RUT, rut},
    support::{PlainWords, TestClave},
};

/// A request from somewhere about something.
async fn records(clave: &Arc<Clave>, number: u32, event: Event, detail: Option<&str>) {
    let from = match number % 3 {
        0 => None,
        1 => Some(format!("192.0.2.{}", number % 250).parse().unwrap()),
        _ => Some(format!("2001:db8::{number:x}").parse().unwrap()),
    };
    let mut cx = Cx::new(Arc::clone(clave), from);
    let mut tx = clave.db.begin().await.unwrap();
    audit::append(&mut tx, &mut cx, Rut::from_number(number), event, detail).await.unwrap();
    tx.commit().await.unwrap();
}

/// So many entries of so many people, with a root here and there.
async fn history(app: &TestClave, entries: u32) {
    for number in 0..entries {
        let detail = [None, Some(""), Some("with_current_key"), Some("coma, \"comillas\" y\nlínea")][number as usize % 4];
        // Every third about the same person, and some about the installation.
        records(&app.clave, if number % 3 == 0 { 12_345_678 } else { number / 5 * 7 }, Event::KeyChanged, detail).await;
        app.wait(Duration::from_millis(1));
        if number % 9 == 0 {
            audit::sign_heads(&app.clave, app.now()).await.unwrap();
        }
    }
}

fn keys(app: &TestClave) -> Keys {
    Keys::of(&app.clave.vault).unwrap()
}

async fn export(app: &TestClave, format: Format) -> Vec<u8> {
    let mut out = Vec::new();
    audit::export(&mut app.cx(), format, None, &mut out, &mut |_| {}).await.unwrap();
    out
}

fn verify(keys: &Keys, dump: &[u8]) -> Result<Verified, Finding> {
    verify_export(BufReader::new(dump), keys, &Heads::new()).unwrap()
}

async fn verify_stored(app: &TestClave) -> Result<Verified, Finding> {
    verify_database(&app.clave.db, &keys(app), &Heads::new(), &mut |_| {}).await.unwrap()
}

/// What a superuser can do, and whoever has the file.
async fn behind_the_guards(app: &TestClave, words: &str) {
    let open = match app.clave.db.kind() {
        Kind::Postgres => "ALTER TABLE audit DISABLE TRIGGER USER; ALTER TABLE audit_root DISABLE TRIGGER USER;",
        Kind::Sqlite => {
            "DROP TRIGGER IF EXISTS audit_is_kept; DROP TRIGGER IF EXISTS audit_is_not_emptied;
             DROP TRIGGER IF EXISTS audit_root_is_kept; DROP TRIGGER IF EXISTS audit_root_is_not_emptied;
             DROP TRIGGER IF EXISTS audit_is_not_replaced;"
        }
    };
    sql::testing::script(&app.clave.db, &format!("{open}\n{words}")).await.unwrap();
}

#[tokio::test]
async fn what_happened_holds_together_and_comes_out_whole() {
    let app = TestClave::new().await;
    app.registers(RUT).await;
    history(&app, 120).await;
    let stored = verify_stored(&app).await.unwrap();
    assert_eq!(stored.rows, 121);
    assert!(stored.roots > 10 && stored.unsigned > 0, "{stored:?}");
    for format in Format::ALL {
        let dump = export(&app, format).await;
        let read = verify(&keys(&app), &dump).unwrap();
        assert_eq!((read.rows, read.unsigned), (app.events("records_exported").await.unsigned_abs() + 121, 0));
        let public = app.clave.vault.public_keys().unwrap()[0].1;
        assert_eq!(verify(&Keys::given([public]), &dump).unwrap(), read, "the public key is enough");
        let other = clave::vault::Vault::for_tests(&mut StdRng::seed_from_u64(99));
        assert!(verify(&Keys::of(&other).unwrap(), &dump).unwrap_err().why.contains("not signed by any of the known keys"));
    }
    let account = show_person::show(&mut app.cx(), rut(RUT)).await.unwrap().unwrap();
    assert_eq!(account.history.iter().filter(|past| past.event == "key_changed").count(), 40);
}

#[tokio::test]
async fn an_export_may_begin_at_a_day() {
    let app = TestClave::new().await;
    history(&app, 60).await;
    app.wait(Duration::from_hours(48));
    let since = app.now();
    history(&app, 30).await;
    for format in Format::ALL {
        let mut dump = Vec::new();
        let exported = audit::export(&mut app.cx(), format, Some(since), &mut dump, &mut |_| {}).await.unwrap();
        let verified = verify(&keys(&app), &dump).unwrap();
        assert_eq!(exported.rows, verified.rows);
        assert_eq!(verified.rows, 30 + app.events("records_exported").await.unsigned_abs());
        assert_eq!(usize::try_from(exported.lines).unwrap(), count(&dump, b'\n'));
    }
}

#[tokio::test]
async fn a_long_shard_is_read_batch_by_batch() {
    let app = TestClave::new().await;
    let mut rows = 0;
    for more in [999, 1, 1, 1_500] {
        let mut cx = app.cx();
        let mut tx = app.clave.db.begin().await.unwrap();
        for _ in 0..more {
            audit::append(&mut tx, &mut cx, rut(RUT), Event::KeyChanged, None).await.unwrap();
        }
        tx.commit().await.unwrap();
        audit::sign_heads(&app.clave, app.now()).await.unwrap();
        rows += more;
        let mut told = Vec::new();
        let verified = verify_database(&app.clave.db, &keys(&app), &Heads::new(), &mut |progress| told.push(progress))
            .await
            .unwrap()
            .unwrap();
        assert_eq!((verified.rows, verified.unsigned), (rows, 0));
        assert_eq!(told.last().map(|progress| (progress.done, progress.total)), Some((rows, rows)));
    }
}

/// What somebody does to a file.
#[derive(Debug, Clone, Copy)]
enum Edit {
    ChangeByte,
    AddByte,
    DropByte,
    DropLine,
    DuplicateLine,
    SwapLines,
    ForgeLine,
    CutTail,
    AlterRoot,
}

const EDITS: [Edit; 9] = [
    Edit::ChangeByte,
    Edit::AddByte,
    Edit::DropByte,
    Edit::DropLine,
    Edit::DuplicateLine,
    Edit::SwapLines,
    Edit::ForgeLine,
    Edit::CutTail,
    Edit::AlterRoot,
];

fn count(bytes: &[u8], wanted: u8) -> usize {
    bytes.split(|byte| *byte == wanted).count() - 1
}

/// The lines with their ends; a text in quotes may have ends of its own, and belongs to one line.
fn lines(format: Format, dump: &[u8]) -> Vec<Vec<u8>> {
    let mut lines: Vec<Vec<u8>> = vec![Vec::new()];
    for byte in dump {
        let last = lines.last_mut().unwrap();
        last.push(*byte);
        let is_open = format == Format::Csv && count(last, b'"') % 2 == 1;
        if *byte == b'\n' && !is_open {
            lines.push(Vec::new());
        }
    }
    lines.pop();
    lines
}

/// Edits the lines, and says in which line the first difference is.
fn edit(format: Format, lines: &mut Vec<Vec<u8>>, edit: Edit, rng: &mut StdRng) -> usize {
    let at = rng.random_range(0..lines.len());
    match edit {
        Edit::ChangeByte => {
            let place = rng.random_range(0..lines[at].len());
            lines[at][place] ^= rng.random_range(1..=255_u8);
            at
        }
        Edit::AddByte => {
            let place = rng.random_range(0..lines[at].len());
            lines[at].insert(place, rng.random());
            at
        }
        Edit::DropByte => {
            let place = rng.random_range(0..lines[at].len());
            lines[at].remove(place);
            at
        }
        Edit::DropLine => {
            lines.remove(at);
            at
        }
        Edit::DuplicateLine => {
            lines.insert(at + 1, lines[at].clone());
            at + 1
        }
        Edit::SwapLines => {
            let (one, two) = (rng.random_range(0..lines.len() / 2), rng.random_range(lines.len() / 2..lines.len()));
            lines.swap(one, two);
            one
        }
        Edit::ForgeLine => forge(format, lines, rng),
        Edit::CutTail => {
            let cut = rng.random_range(0..lines.len());
            lines.truncate(cut);
            cut
        }
        Edit::AlterRoot => {
            let roots: Vec<usize> =
                (0..lines.len()).filter(|at| matches!(format.read(&lines[*at]), Some(Line::Root(_)))).collect();
            let at = roots[rng.random_range(0..roots.len())];
            let Some(Line::Root(mut root)) = format.read(&lines[at]) else { unreachable!() };
            match rng.random_range(0..4) {
                0 => root.signature[rng.random_range(0..64)] ^= 1,
                1 => root.hash[rng.random_range(0..32)] ^= 1,
                2 => root.at = root.at.plus(Duration::from_micros(1)),
                _ => root.key += 1,
            }
            lines[at] = format.write(&Line::Root(root)).into_bytes();
            at
        }
    }
}

/// Puts in an entry that says something else and has a right hash for its place.
fn forge(format: Format, lines: &mut Vec<Vec<u8>>, rng: &mut StdRng) -> usize {
    let entries: Vec<usize> = (0..lines.len()).filter(|at| matches!(format.read(&lines[*at]), Some(Line::Entry(_)))).collect();
    let after = entries[rng.random_range(0..entries.len())];
    let Some(Line::Entry(mut row)) = format.read(&lines[after]) else { unreachable!() };
    row.seq += 1;
    "credentials_unfrozen".clone_into(&mut row.entry.event);
    row.hash = row.entry.hash(row.shard, row.seq, &row.hash.try_into().unwrap()).to_vec();
    lines.insert(after + 1, format.write(&Line::Entry(row)).into_bytes());
    after + 1
}

#[tokio::test]
async fn a_thousand_random_edits_of_a_dump_are_all_found() {
    let app = TestClave::new().await;
    history(&app, 90).await;
    let keys = keys(&app);
    for format in Format::ALL {
        let dump = export(&app, format).await;
        let original = lines(format, &dump);
        assert_eq!(original.concat(), dump);
        let verified = verify(&keys, &dump).unwrap();
        let mut rng = StdRng::seed_from_u64(2026);
        let mut why = BTreeSet::new();
        for round in 0..1_000 {
            let kind = EDITS[round % EDITS.len()];
            let mut edited = original.clone();
            let first = edit(format, &mut edited, kind, &mut rng);
            let edited = edited.concat();
            if edited == dump {
                // A byte put beside its like, or one of two equal lines taken out.
                assert!(matches!(kind, Edit::AddByte | Edit::DropByte), "{kind:?}");
                continue;
            }
            let finding = verify(&keys, &edited).expect_err(&format!("{kind:?} of line {first} was not found"));
            let line = usize::try_from(finding.line.unwrap()).unwrap();
            let place: usize = original[..first].iter().map(|line| count(line, b'\n')).sum();
            // What no row shows (the first line, which root was taken out) the closing line does.
            let is_last = finding.why.contains("every row holds") || finding.why.contains("lines were signed");
            assert!(
                line == place + 1 || is_last || matches!(kind, Edit::ForgeLine | Edit::DropLine | Edit::DuplicateLine),
                "{kind:?} of line {}: {finding}",
                place + 1
            );
            assert!(line >= place || matches!(kind, Edit::DropLine), "named before it happened: {finding}");
            why.insert(finding.why);
        }
        assert!(why.len() > 20, "many ways to be found: {why:?}");
        assert_eq!(verify(&keys, &dump).unwrap(), verified, "the original still holds");
    }
}

#[tokio::test]
async fn a_row_changed_behind_the_guards_is_named() {
    let forge = "UPDATE audit SET detail = 'otra cosa' WHERE shard = 14 AND seq = 9;";
    let other = "UPDATE audit SET rut = 12345694 WHERE shard = 14 AND seq = 9;";
    let renumber =
        "UPDATE audit SET seq = -seq WHERE shard = 14 AND seq >= 9; UPDATE audit SET seq = 1 - seq WHERE shard = 14 AND seq < 0;
        UPDATE audit_head SET seq = seq + 1 WHERE shard = 14;";
    let close_gap = "DELETE FROM audit WHERE shard = 14 AND seq = 9; UPDATE audit SET seq = -seq WHERE shard = 14 AND seq > 9;
        UPDATE audit SET seq = -1 - seq WHERE shard = 14 AND seq < 0; UPDATE audit_head SET seq = seq - 1 WHERE shard = 14;";
    let cut = "DELETE FROM audit WHERE shard = 14 AND seq > 30;";
    let cut_with_head = "DELETE FROM audit WHERE shard = 14 AND seq > 30;
        UPDATE audit_head SET seq = 30, hash = (SELECT hash FROM audit WHERE shard = 14 AND seq = 30) WHERE shard = 14;";
    let insert = "INSERT INTO audit (shard, seq, id, at, actor, event, request, hash)
        SELECT 14, MAX(seq) + 1, hash, 1, 'operator', 'registered', '0', hash FROM audit AS a WHERE shard = 14 AND seq = 47 GROUP BY hash;";
    let root = "UPDATE audit_root SET at = at + 1 WHERE shard = 14 AND seq = (SELECT MAX(seq) FROM audit_root WHERE shard = 14);";
    let lost_head = "DELETE FROM audit_head WHERE shard = 14;";
    let stray = "INSERT INTO audit (shard, seq, id, at, actor, event, request, hash)
        SELECT 99, 1, hash, 1, 'operator', 'registered', '0', hash FROM audit AS a WHERE shard = 14 AND seq = 47;";
    for (number, (words, what, row)) in [
        (forge, What::Altered, 9),
        (other, What::Altered, 9),
        ("DELETE FROM audit WHERE shard = 14 AND seq = 9;", What::Missing, 9),
        (close_gap, What::Altered, 9),
        (renumber, What::Missing, 9),
        (cut, What::Missing, 31),
        (cut_with_head, What::Missing, 31),
        (insert, What::Inserted, 48),
        (root, What::Altered, 47),
        (lost_head, What::Inserted, 1),
        (stray, What::Inserted, 1),
    ]
    .into_iter()
    .enumerate()
    {
        let app = TestClave::new().await;
        history(&app, 120).await;
        // Shard 14 has the entries of 12.345.678-5.
        audit::sign_heads(&app.clave, app.now()).await.unwrap();
        assert_eq!(verify_stored(&app).await.unwrap().heads[&14].0, 47, "what the cases are written for");
        behind_the_guards(&app, words).await;
        let finding = verify_stored(&app).await.unwrap_err();
        let shard = if number == 10 { 99 } else { 14 };
        assert_eq!((finding.what, finding.shard, finding.row), (what, Some(shard), Some(row)), "case {number}: {finding}");
        // An export carries it to the auditor.
        for format in Format::ALL {
            let dump = export(&app, format).await;
            assert!(verify(&keys(&app), &dump).is_err(), "case {number} vanished in the export");
        }
    }
}

#[tokio::test]
async fn an_inserted_row_that_fits_is_named_by_the_one_it_pushed_on() {
    let app = TestClave::new().await;
    history(&app, 60).await;
    let before: [u8; 32] = hash(&app, 14, 4).await;
    let mut tx = app.clave.db.read().await.unwrap();
    let row = tx.one(sql!("SELECT at, rut FROM audit WHERE shard = 14 AND seq = 4")).await.unwrap().unwrap();
    drop(tx);
    let entry = audit::chain::Entry {
        id: vec![5; 16],
        at: row.get("at").unwrap(),
        rut: row.get("rut").unwrap(),
        actor: "operator".to_owned(),
        event: "credentials_unfrozen".to_owned(),
        detail: None,
        address: None,
        request: "0".to_owned(),
    };
    behind_the_guards(
        &app,
        "UPDATE audit SET seq = -seq WHERE shard = 14 AND seq >= 5; UPDATE audit SET seq = 1 - seq WHERE shard = 14 AND seq < 0;
         UPDATE audit_head SET seq = seq + 1 WHERE shard = 14; DELETE FROM audit_root;",
    )
    .await;
    put(&app, &entry, 14, 5, &entry.hash(14, 5, &before)).await;
    let finding = verify_stored(&app).await.unwrap_err();
    assert_eq!((finding.what, finding.shard, finding.row), (What::Inserted, Some(14), Some(5)), "{finding}");
}

/// Who knows how it works can make every hash anew; who has not the secrets folder cannot sign them.
#[tokio::test]
async fn a_history_made_anew_is_betrayed_by_its_roots() {
    let app = TestClave::new().await;
    history(&app, 60).await;
    audit::sign_heads(&app.clave, app.now()).await.unwrap();
    let kept = verify(&keys(&app), &export(&app, Format::JsonLines).await).unwrap();
    rewrite(&app, 14).await;
    let finding = verify_stored(&app).await.unwrap_err();
    assert_eq!((finding.what, finding.shard), (What::Altered, Some(14)), "{finding}");
    assert!(finding.why.contains("not what was signed"), "{finding}");
    // Without the roots only an export that was kept can tell.
    behind_the_guards(&app, "DELETE FROM audit_root;").await;
    verify_stored(&app).await.unwrap();
    let finding = verify_database(&app.clave.db, &keys(&app), &kept.heads, &mut |_| {}).await.unwrap().unwrap_err();
    assert_eq!((finding.what, finding.shard), (What::Altered, Some(14)), "{finding}");
    assert!(finding.why.contains("earlier export"), "{finding}");
    behind_the_guards(&app, "DELETE FROM audit WHERE shard = 14; DELETE FROM audit_head WHERE shard = 14;").await;
    let finding = verify_database(&app.clave.db, &keys(&app), &kept.heads, &mut |_| {}).await.unwrap().unwrap_err();
    assert_eq!((finding.what, finding.shard, finding.row), (What::Missing, Some(14), Some(1)), "{finding}");
}

async fn hash(app: &TestClave, shard: i64, seq: i64) -> [u8; 32] {
    let mut tx = app.clave.db.read().await.unwrap();
    tx.only(sql!("SELECT hash FROM audit WHERE shard = $1 AND seq = $2", shard, seq)).await.unwrap().get("hash").unwrap()
}

async fn put(app: &TestClave, entry: &audit::chain::Entry, shard: i64, seq: i64, hash: &[u8]) {
    let mut tx = app.clave.db.begin().await.unwrap();
    tx.run(sql!(
        "INSERT INTO audit (shard, seq, id, at, rut, actor, event, detail, address, request, hash)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        shard,
        seq,
        entry.id.as_slice(),
        entry.at,
        entry.rut,
        entry.actor.as_str(),
        entry.event.as_str(),
        entry.detail.as_deref(),
        entry.address.as_deref(),
        entry.request.as_str(),
        hash
    ))
    .await
    .unwrap();
    tx.commit().await.unwrap();
}

/// Changes what row 3 says, and chains the whole shard anew.
async fn rewrite(app: &TestClave, shard: i64) {
    let dump = export(app, Format::JsonLines).await;
    let mut rows = Vec::new();
    for line in lines(Format::JsonLines, &dump) {
        match Format::JsonLines.read(&line) {
            Some(Line::Entry(row)) if row.shard == shard => rows.push(row),
            _ => {}
        }
    }
    "credentials_unfrozen".clone_into(&mut rows[2].entry.event);
    behind_the_guards(app, &format!("DELETE FROM audit WHERE shard = {shard};")).await;
    let mut previous = GENESIS;
    for row in &rows {
        previous = row.entry.hash(shard, row.seq, &previous);
        put(app, &row.entry, shard, row.seq, &previous).await;
    }
    let mut tx = app.clave.db.begin().await.unwrap();
    tx.run(sql!("UPDATE audit_head SET hash = $2 WHERE shard = $1", shard, previous)).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn two_nodes_append_to_one_chain() {
    let app = TestClave::new().await;
    let nodes = [app.clave.clone(), app.another_node().await];
    let mut tasks = JoinSet::new();
    for task in 0..8_u32 {
        let clave = Arc::clone(&nodes[task as usize % 2]);
        tasks.spawn(async move {
            for number in 0..25 {
                // All in two shards, from their very first entry on.
                records(&clave, 16 * task + number % 2 + 1, Event::KeyChanged, None).await;
                if number % 10 == 0 {
                    audit::sign_heads(&clave, clave.clock.now()).await.unwrap();
                }
            }
        });
    }
    tasks.join_all().await;
    let verified = verify_stored(&app).await.unwrap();
    assert_eq!((verified.rows, verified.heads[&1].0 + verified.heads[&2].0), (200, 200));
    assert_eq!(verified.heads.len(), usize::try_from(SHARDS).unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_earlier_version_wrote_is_taken_into_the_chain() {
    let app = TestClave::new().await;
    records(&app.clave, 12_345_678, Event::Registered, None).await;
    for number in 0..450_i64 {
        // As the earlier version says it: its node may still be running beside this one.
        let mut tx = app.clave.db.begin().await.unwrap();
        tx.run(sql!(
            "INSERT INTO audit (id, at, rut, actor, event, detail, address, request) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            app.cx().rng.random::<[u8; 16]>(),
            number * 1_000,
            12_345_678 + number % 5,
            "person",
            "key_changed",
            None::<&str>,
            None::<Vec<u8>>,
            format!("{number:012}")
        ))
        .await
        .unwrap();
        tx.commit().await.unwrap();
    }
    assert_eq!(app.events("key_changed").await, 0, "they wait");
    let other = app.another_node().await;
    let (one, two) = tokio::join!(audit::adopt(&app.clave), audit::adopt(&other));
    assert_eq!(one.unwrap() + two.unwrap(), 450);
    assert_eq!(audit::adopt(&app.clave).await.unwrap(), 0);
    assert_eq!(verify_stored(&app).await.unwrap().rows, 451);
    let mut tx = app.clave.db.read().await.unwrap();
    let rows = tx.all(sql!("SELECT at FROM audit WHERE rut = 12345679 ORDER BY seq")).await.unwrap();
    let times: Vec<i64> = rows.iter().map(|row| row.get("at").unwrap()).collect();
    assert_eq!(times.len(), 90);
    assert!(times.is_sorted(), "in their order");
}

#[tokio::test]
async fn records_and_roots_are_only_ever_added() {
    let app = TestClave::new().await;
    history(&app, 10).await;
    let mut words = vec![
        "UPDATE audit SET detail = 'x'",
        "DELETE FROM audit WHERE seq = 1",
        "UPDATE audit_root SET at = 0",
        "DELETE FROM audit_root",
    ];
    match app.clave.db.kind() {
        Kind::Postgres => words.extend(["TRUNCATE audit", "TRUNCATE audit_root", "TRUNCATE audit, audit_root CASCADE"]),
        Kind::Sqlite => words.push(
            "INSERT OR REPLACE INTO audit (shard, seq, id, at, actor, event, request, hash)
             SELECT shard, seq, id, 0, actor, event, request, hash FROM audit",
        ),
    }
    for words in words {
        let error = sql::testing::script(&app.clave.db, words).await.expect_err(words);
        assert!(clave::fault::chain(&error).contains("records are only ever added"), "{words}: {}", clave::fault::chain(&error));
    }
    if app.clave.db.kind() == Kind::Sqlite {
        let words = "INSERT OR REPLACE INTO audit_root SELECT shard, seq, hash, 0, key, signature FROM audit_root";
        sql::testing::script(&app.clave.db, words).await.unwrap();
    }
    assert_eq!(verify_stored(&app).await.unwrap().rows, 10);
}

/// The grants of docs/OPERATIONS.md, no more: the service works with them, and cannot touch what was recorded.
#[tokio::test]
async fn the_service_needs_no_more_rights_than_documented() {
    let mut app = TestClave::new().await;
    let Some(schema) = app.schema().map(str::to_owned) else { return };
    let (owner, serve) = (format!("{schema}_owner"), format!("{schema}_serve"));
    let superuser = Arc::clone(&app.clave);
    let script = async |clave: &Clave, words: &str| sql::testing::script(&clave.db, words).await;
    script(
        &superuser,
        &format!("DROP SCHEMA {schema} CASCADE; CREATE ROLE {owner}; CREATE ROLE {serve}; CREATE SCHEMA {schema} AUTHORIZATION {owner};"),
    )
    .await
    .unwrap();
    let owners = app.as_role(&owner).await;
    clave::schema::migrate(&owners.db, app.now()).await.unwrap();
    let documented =
        include_str!("../../../../docs/OPERATIONS.md").split("```sql\n").nth(1).unwrap().split("```").next().unwrap();
    script(&owners, &documented.replace("clavero_serve", &serve).replace("public", &schema)).await.unwrap();

    app.clave = app.as_role(&serve).await;
    assert!(clave::schema::migrate(&app.clave.db, app.now()).await.unwrap().now.is_empty());
    clave::keys::agree(&app.clave.db, &app.clave.vault, app.now()).await.unwrap();
    app.registers(RUT).await;
    let key = app.provisional_key(RUT).await;
    app.changes_key(RUT, &key, "nieve-88y").await.unwrap();
    assert!(app.recovers(RUT, "mal").await.is_err() && app.recovers(RUT, ANSWER).await.is_ok());
    Worker::new(Arc::clone(&app.clave), Arc::new(PlainWords::default()), app.files()).work_once(app.now()).await.unwrap();
    app.wait(Duration::from_hours(24 * 60));
    housekeeping::sweep(&app.clave.db, app.now()).await.unwrap();
    show_person::show(&mut app.cx(), rut(RUT)).await.unwrap().unwrap();
    let insert = "INSERT INTO audit (id, at, actor, event, request) VALUES ('\\x00', 1, 'person', 'registered', '0')";
    script(&app.clave, insert).await.unwrap();
    assert_eq!(audit::adopt(&app.clave).await.unwrap(), 1);
    audit::sign_heads(&app.clave, app.now()).await.unwrap();
    verify(&keys(&app), &export(&app, Format::Csv).await).unwrap();
    verify_stored(&app).await.unwrap();

    for (clave, rights) in [(&app.clave, "the service"), (&owners, "the owner")] {
        for words in [
            "UPDATE audit SET detail = 'x'",
            "DELETE FROM audit",
            "TRUNCATE audit",
            "UPDATE audit_root SET at = 0",
            "DELETE FROM audit_root",
            "TRUNCATE audit_root",
        ] {
            let error = clave::fault::chain(&script(clave, words).await.expect_err(words));
            assert!(error.contains("permission denied"), "{rights}: {words}: {error}");
        }
    }
    for words in
        ["ALTER TABLE audit DISABLE TRIGGER USER", "DROP TABLE audit", "CREATE TABLE mine (id BIGINT)", "DELETE FROM migration"]
    {
        script(&app.clave, words).await.expect_err(words);
    }
    app.clave.db.close().await;
    owners.db.close().await;
    script(
        &superuser,
        &format!("DROP OWNED BY {serve}, {owner}; DROP ROLE {serve}, {owner}; CREATE SCHEMA IF NOT EXISTS {schema};"),
    )
    .await
    .unwrap();
}
