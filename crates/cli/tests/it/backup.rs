//! `clavero backup` and `clavero restore` of a real installation.

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    thread,
};

use sql::{Db, sql};

use crate::{
    browser::Browser,
    people::{REGISTER, Someone, provisional_key},
    support::{Installation, runtime, times},
};

const FIRST: u32 = 9_600_000;

impl Installation {
    fn database_file(&self) -> PathBuf {
        self.data().join("clavero.db")
    }

    fn in_data(&self) -> Vec<String> {
        let mut names: Vec<String> =
            fs::read_dir(self.data()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

#[test]
fn a_backup_is_made_while_people_register() {
    let installation = Installation::new();
    if installation.is_postgres() {
        installation.serve().kill();
        let ran = installation.run(&["backup", "copy.db"]);
        assert!(ran.code == 1 && ran.err.contains("pg_dump"), "{}", ran.err);
        let ran = installation.run(&["restore", "copy.db"]);
        assert!(ran.code == 1 && ran.err.contains("pg_restore"), "{}", ran.err);
        return;
    }
    let server = installation.serve();
    let (stop, done) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU32::new(0)));
    let traffic = thread::spawn({
        let (stop, done, mut browser) = (Arc::clone(&stop), Arc::clone(&done), server.browser());
        move || {
            while !stop.load(Ordering::SeqCst) {
                let someone = Someone::number(FIRST + done.load(Ordering::SeqCst));
                someone.registers(&mut browser, "primera-1").unwrap().is(303);
                done.fetch_add(1, Ordering::SeqCst);
            }
        }
    });
    while done.load(Ordering::SeqCst) < 5 {
        thread::yield_now();
    }
    let before = done.load(Ordering::SeqCst);
    let ran = installation.run(&["backup", "copy.db"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    stop.store(true, Ordering::SeqCst);
    traffic.join().unwrap();

    let copy = installation.folder.path().join("copy.db");
    assert_eq!(fs::metadata(&copy).unwrap().permissions().mode() & 0o777, 0o600);
    let bytes = fs::read(&copy).unwrap();
    let again = installation.run(&["backup", "copy.db"]);
    assert!(again.code == 1 && again.err.contains("is there already"), "{}", again.err);
    assert_eq!(fs::read(&copy).unwrap(), bytes);
    let nowhere = installation.run(&["backup", "nosuch/copy.db"]);
    assert!(nowhere.code == 1 && nowhere.err.contains("choose a folder"), "{}", nowhere.err);
    let mut beside: Vec<_> = fs::read_dir(installation.folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    beside.sort();
    assert_eq!(beside, ["copy.db", "data"], "nothing unfinished is left");

    runtime().block_on(async {
        let db = Db::open_sqlite(&copy).await.unwrap();
        assert!(db.is_sound().await.unwrap());
        let mut tx = db.read().await.unwrap();
        let count = async |tx: &mut sql::Tx, statement| -> i64 { tx.one(statement).await.unwrap().unwrap().get("n").unwrap() };
        let people = count(&mut tx, sql!("SELECT COUNT(*) AS n FROM person")).await;
        assert!(people >= i64::from(before), "{people} of {before}");
        assert_eq!(people, count(&mut tx, sql!("SELECT COUNT(*) AS n FROM audit WHERE event = 'registered'")).await);
        assert_eq!(count(&mut tx, sql!("SELECT COUNT(*) AS n FROM audit WHERE event = 'backup_made'")).await, 1);
    });
}

/// Someone whose provisional key and captcha are used after the backup.
struct Past {
    installation: Installation,
    someone: Someone,
    key: String,
    /// A browser with a captcha that it has solved since.
    browser: Browser,
    solved: Vec<(String, String)>,
    backup: PathBuf,
}

impl Past {
    fn new() -> Self {
        let installation = Installation::new();
        let server = installation.serve();
        let someone = Someone::number(FIRST + 500);
        let mut browser = server.browser();
        someone.registers(&mut browser, "primera-1").unwrap().is(303);
        let result = someone.recovers(&mut browser).unwrap().is(303).location;
        let key = provisional_key(&browser.get(&result).unwrap());
        let form = browser.get(REGISTER).unwrap();
        let other = Someone::number(FIRST + 501);
        let solved: Vec<(String, String)> =
            other.registration(&form, "primera-1").into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let backup = installation.folder.path().join("copy.db");
        if !installation.is_postgres() {
            let ran = installation.run(&["backup", "copy.db"]);
            assert_eq!(ran.code, 0, "{}", ran.err);
        }
        Self { installation, someone, key, browser, solved, backup }.goes_on(server)
    }

    /// What happens after the backup.
    fn goes_on(mut self, server: crate::support::Server) -> Self {
        if !self.installation.is_postgres() {
            self.someone.changes(&mut server.browser(), &self.key, "segunda-2").unwrap().is(303);
            self.sends_the_solved_captcha().is(303);
            let ran = self.installation.run(&["restore", "copy.db", "--replace"]);
            assert!(ran.code == 1 && ran.err.contains("stop it first"), "{}", ran.err);
        }
        server.kill();
        self
    }

    fn sends_the_solved_captcha(&mut self) -> crate::browser::Page {
        let fields: Vec<(&str, &str)> = self.solved.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        self.browser.post(REGISTER, &fields).unwrap()
    }

    /// What must hold when the database runs again.
    fn revives_nothing(mut self) {
        let server = self.installation.serve();
        assert!(!self.someone.has_key(&mut server.browser(), &self.key), "the provisional key was used");
        assert!(self.someone.has_key(&mut server.browser(), "primera-1"), "the database is the backup");
        self.browser = self.browser.moved_to(server.address);
        self.sends_the_solved_captcha().is(422);
        assert!(self.installation.account(&Someone::number(FIRST + 501).rut).is_none());
        let result = self.someone.recovers(&mut server.browser()).unwrap().is(303).location;
        assert!(!result.is_empty());
        let account = self.installation.account(&self.someone.rut).unwrap();
        assert_eq!(times(&account, "key_changed"), 0);
    }
}

fn remove_log(file: &Path) {
    for ending in ["-wal", "-shm"] {
        let _ = fs::remove_file(format!("{}{ending}", file.display()));
    }
}

#[test]
fn a_restored_backup_revives_no_key_and_no_captcha() {
    let past = Past::new();
    if past.installation.is_postgres() {
        // pg_restore has brought it back; the command says so.
        let ran = past.installation.run(&["restore"]);
        assert!(ran.code == 0 && ran.out.contains("fit to run"), "{}{}", ran.out, ran.err);
        return past.revives_nothing();
    }
    let there = past.installation.run(&["restore", "copy.db"]);
    assert!(there.code == 1 && there.err.contains("--replace"), "{}", there.err);
    let ran = past.installation.run(&["restore", "copy.db", "--replace"]);
    assert!(ran.code == 0 && ran.out.contains("The backup is in place"), "{}{}", ran.out, ran.err);

    let names = past.installation.in_data();
    let kept = names.iter().find(|name| name.contains("replaced")).unwrap();
    assert!(ran.out.contains(kept.as_str()) && names.iter().all(|name| !name.contains("restoring")), "{names:?}");
    assert_eq!(fs::metadata(past.installation.database_file()).unwrap().permissions().mode() & 0o777, 0o600);
    runtime().block_on(async {
        let db = Db::open_sqlite(&past.installation.data().join(kept)).await.unwrap();
        let row = db.read().await.unwrap().one(sql!("SELECT COUNT(*) AS n FROM person")).await.unwrap().unwrap();
        assert_eq!(row.get::<i64>("n").unwrap(), 2, "what was there is kept whole");
        db.close().await;
    });
    past.revives_nothing();
}

#[test]
fn a_backup_that_is_copied_over_the_database_is_noticed_at_the_start() {
    let past = Past::new();
    if past.installation.is_postgres() {
        return;
    }
    let file = past.installation.database_file();
    remove_log(&file);
    fs::copy(&past.backup, &file).unwrap();
    past.revives_nothing();
}

#[test]
fn a_backup_comes_back_on_another_machine_with_its_secrets_alone() {
    let past = Past::new();
    if past.installation.is_postgres() {
        return;
    }
    fs::rename(past.installation.data(), past.installation.folder.path().join("burnt")).unwrap();
    let ran = past.installation.run(&["restore", "copy.db"]);
    assert_eq!(ran.code, 1, "{}", ran.out);
    assert!(ran.err.contains("put them back from the backup"), "{}", ran.err);
    assert!(!past.installation.database_file().exists() && !past.installation.secrets().join("web-1.key").exists());
    crate::support::copy_files(&past.installation.folder.path().join("burnt/secrets"), &past.installation.secrets());
    let ran = past.installation.run(&["restore", "copy.db"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    past.revives_nothing();
}

#[test]
fn what_is_no_backup_changes_nothing() {
    let past = Past::new();
    if past.installation.is_postgres() {
        return;
    }
    // The end of the log belongs to the database that stays.
    let before = past.installation.in_data();
    let folder = past.installation.folder.path();
    let whole = fs::read(&past.backup).unwrap();
    fs::write(folder.join("text.db"), "not a database, but long enough to be looked at as one").unwrap();
    fs::write(folder.join("half.db"), &whole[..whole.len() / 2]).unwrap();
    fs::write(folder.join("empty.db"), "").unwrap();
    for file in ["text.db", "half.db", "empty.db", "nosuch.db"] {
        let ran = past.installation.run(&["restore", file, "--replace"]);
        assert!(ran.code == 1 && ran.err.contains(file), "{file}: {} {}", ran.out, ran.err);
        assert_eq!(past.installation.in_data(), before, "{file}: {}", ran.err);
    }
    let server = past.installation.serve();
    assert!(past.someone.has_key(&mut server.browser(), "segunda-2"));
}
