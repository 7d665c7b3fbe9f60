//! Someone has stolen the database, or a backup, and not the secrets folder: nothing about anybody can be read in it or confirmed by guessing.
//!
//! The thief has every row, byte and line of this program, and a perfect dictionary: the right value of every person is in it.

use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use argon2::{Algorithm, Argon2, Params, Version};
use base64::{Engine as _, prelude::BASE64_STANDARD_NO_PAD, prelude::BASE64_URL_SAFE_NO_PAD};
use clave::{
    Clave, Cx, Secret, epoch,
    hashing::{Cost, Hash, Hashing},
    person::{
        self, About, Address, AddressParts, Details, Email, Language, Names, Phone, Prefixes, key, key::NewKey, question,
        question::SecretAnswer,
    },
    recover, register,
    register::Registration,
    update_data,
    vault::{Vault, hex, sha256},
};
use phc::PasswordHash;
use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};
use rut::Rut;
use sql::{Db, Kind, Row, Statement, sql};

use crate::{
    people::{BROWSER, UNKNOWN, attempt, birth, secret},
    support::TestClave,
};

const PEOPLE: u32 = 1_000;
/// What a window of the search is long; everything that is searched for is longer.
const WINDOW: usize = 8;

struct Someone {
    rut: Rut,
    given: String,
    family: String,
    street: String,
    email: String,
    phone: String,
    answer: String,
    key: String,
}

/// A word that stands nowhere by chance.
fn word(rng: &mut StdRng) -> String {
    (0..11).map(|_| char::from(b"bcdfghjklmnpqrstvwxz"[rng.random_range(0..20)])).collect()
}

impl Someone {
    /// Every answer is that of two people.
    fn all() -> Vec<Self> {
        let mut rng = StdRng::seed_from_u64(11);
        let answers: Vec<String> = (0..PEOPLE / 2).map(|_| format!("{} {}", word(&mut rng), word(&mut rng))).collect();
        (0..PEOPLE)
            .map(|number| Self {
                rut: Rut::from_number(12_000_000 + number).unwrap(),
                given: word(&mut rng),
                family: word(&mut rng),
                street: word(&mut rng),
                email: format!("{}@correo.example", word(&mut rng)),
                phone: format!("+569{:08}", 10_000_000 + rng.random_range(0..80_000_000)),
                answer: answers[number as usize % answers.len()].clone(),
                key: format!("{}7", &word(&mut rng)[..9]),
            })
            .collect()
    }

    fn values(&self) -> [(&'static str, &str); 7] {
        [
            ("given name", &self.given),
            ("family name", &self.family),
            ("street", &self.street),
            ("e-mail", &self.email),
            ("phone", &self.phone),
            ("answer", &self.answer),
            ("key", &self.key),
        ]
    }

    fn registration(&self, cx: &Cx) -> Registration {
        let address = AddressParts { street: &self.street, number: "12", block: "", flat: "", region: "13", comuna: "13101" };
        let details = Details {
            names: Some(Names::parse(&self.given, &self.family, "").unwrap()),
            birth: Some(birth(cx)),
            address: Some(Address::parse(address).unwrap()),
            email: Some(Email::parse(&self.email).unwrap()),
            phone: Phone::parse(&self.phone, &Prefixes::default()).unwrap(),
        };
        let about = About::person(self.rut, &details);
        Registration {
            rut: self.rut,
            question: question::Question::from_number(3).unwrap(),
            answer: SecretAnswer::parse(&secret(&self.answer), &[], &about).unwrap(),
            key: NewKey::parse(&secret(&self.key), cx.clave.settings.key, &about).unwrap(),
            language: Language::Spanish,
            details,
        }
    }

    /// Registers; some go on to a provisional key, some to changes that wait to be confirmed.
    async fn lives(&self, app: &TestClave, number: usize) {
        let mut cx = app.cx();
        let sent = attempt(&mut cx);
        let new = self.registration(&cx);
        let details = new.details.clone();
        register::register(&mut cx, &sent, new).await.unwrap();
        if number.is_multiple_of(20) {
            let submission = attempt(&mut cx).submission;
            let token = recover::begin(&mut cx, BROWSER, UNKNOWN, submission, self.rut).await.unwrap();
            let sent = attempt(&mut cx);
            recover::answer(&mut cx, &sent, &token, None, &secret(&self.answer)).await.unwrap();
        }
        if number % 20 == 1 {
            let claim = update_data::Claim { rut: self.rut, birth: details.birth, email: details.email.clone(), key: None };
            let sent = attempt(&mut cx);
            let token = update_data::identify(&mut cx, &sent, &claim).await.unwrap();
            let sent = attempt(&mut cx);
            let question = question::Question::from_number(3).unwrap();
            update_data::answer(&mut cx, &sent, &token, question, &secret(&self.answer)).await.unwrap();
            let changes = update_data::Changes {
                address: details.address.clone().unwrap(),
                email: details.email.clone().unwrap(),
                phone: None,
                names: None,
                birth: None,
            };
            let sent = attempt(&mut cx);
            update_data::edit(&mut cx, &sent, &token, changes, None).await.unwrap();
        }
    }
}

/// Every value of every column of every table.
async fn every_value(db: &Db) -> Vec<Vec<u8>> {
    let mut tx = db.read().await.unwrap();
    let all = |text: String| Statement::new(text.leak(), Vec::new());
    let (tables, columns) = match db.kind() {
        Kind::Sqlite => {
            ("SELECT name FROM sqlite_master WHERE type = 'table'", "SELECT name, type AS kind FROM pragma_table_info('{}')")
        }
        Kind::Postgres => (
            "SELECT CAST(table_name AS TEXT) AS name FROM information_schema.tables WHERE table_schema = current_schema()",
            "SELECT CAST(column_name AS TEXT) AS name, CAST(data_type AS TEXT) AS kind FROM information_schema.columns
             WHERE table_schema = current_schema() AND table_name = '{}'",
        ),
    };
    let mut values = Vec::new();
    let tables = tx.all(all(tables.to_owned())).await.unwrap();
    assert!(tables.len() >= 11, "{}", tables.len());
    for table in tables.iter().map(|row| row.get::<String>("name").unwrap()) {
        let columns: Vec<(String, String)> = tx
            .all(all(columns.replace("{}", &table)))
            .await
            .unwrap()
            .iter()
            .map(|row| (row.get("name").unwrap(), row.get::<String>("kind").unwrap().to_lowercase()))
            .collect();
        for row in tx.all(all(format!("SELECT * FROM {table}"))).await.unwrap() {
            values.extend(columns.iter().filter_map(|(column, kind)| bytes(&row, column, kind)));
        }
    }
    values
}

fn bytes(row: &Row, column: &str, kind: &str) -> Option<Vec<u8>> {
    match kind {
        "text" => row.get::<Option<String>>(column).unwrap().map(String::into_bytes),
        "bytea" | "blob" => row.get::<Option<Vec<u8>>>(column).unwrap(),
        "bigint" | "integer" => row.get::<Option<i64>>(column).unwrap().map(|number| number.to_string().into_bytes()),
        "boolean" => None,
        other => panic!("{column} is {other}: teach the thief to read it"),
    }
}

/// What the thief looks for, by its first bytes.
#[derive(Default)]
struct Needles(HashMap<[u8; WINDOW], String>);

impl Needles {
    fn add(&mut self, what: &str, bytes: &[u8]) {
        self.0.insert(*bytes.first_chunk().unwrap(), what.to_owned());
    }

    /// As it is, and as programs write bytes into texts.
    fn add_written(&mut self, what: &str, bytes: &[u8]) {
        self.add(what, bytes);
        self.add(&format!("{what} in hex"), hex(bytes).as_bytes());
        self.add(&format!("{what} in HEX"), hex(bytes).to_uppercase().as_bytes());
        // In the middle of other text, base64 begins with any of three parts of a letter.
        for (skipped, cut) in [(0, 0), (2, 3), (1, 2)] {
            let padded = [&[0; 2][..skipped], bytes].concat();
            for text in [BASE64_STANDARD_NO_PAD.encode(&padded), BASE64_URL_SAFE_NO_PAD.encode(&padded)] {
                let inner = &text.as_bytes()[cut..text.len() - 1];
                if inner.len() >= WINDOW {
                    self.add(&format!("{what} in base64"), inner);
                }
            }
        }
    }

    fn in_bytes(&self, haystack: &[u8]) -> Option<&str> {
        haystack.windows(WINDOW).find_map(|window| self.0.get(window).map(String::as_str))
    }

    fn in_values(&self, values: &[Vec<u8>]) -> Option<&str> {
        values.iter().find_map(|value| self.in_bytes(value))
    }
}

/// Secrets folders as the thief would guess them: the same key for everything.
fn guessed_vaults(folder: &Path) -> Vec<Vault> {
    let keys = [[0; 32], [0xff; 32], sha256(b""), sha256(b"clavero"), sha256(b"secret"), sha256(b"pepper")];
    keys.iter()
        .enumerate()
        .map(|(number, key)| {
            let folder = folder.join(format!("guess-{number}"));
            Vault::create(&folder, &mut StdRng::seed_from_u64(1)).unwrap();
            for entry in fs::read_dir(&folder).unwrap() {
                fs::write(entry.unwrap().path(), hex(key)).unwrap();
            }
            Vault::open(&folder).unwrap()
        })
        .collect()
}

/// Everything that could be stored of these people without a secret, and with the secrets that the thief guesses.
fn needles(people: &[Someone], vaults: &[Vault]) -> Needles {
    use clave::vault::Purpose;
    let mut needles = Needles::default();
    for someone in people {
        for (what, value) in someone.values() {
            let lower = value.to_lowercase();
            needles.add_written(what, value.as_bytes());
            needles.add(&format!("{what} in capitals"), value.to_uppercase().as_bytes());
            needles.add_written(&format!("SHA-256 of the {what}"), &sha256(value.as_bytes()));
            let with_rut = format!("{}{value}", someone.rut.number());
            needles.add_written(&format!("SHA-256 of RUT and {what}"), &sha256(with_rut.as_bytes()));
            for vault in vaults {
                for (purpose, label) in [(Purpose::Index, "email"), (Purpose::Index, "phone"), (Purpose::Pepper, "pepper")] {
                    let mac = vault.mac(purpose, label, &[lower.as_bytes()]).unwrap();
                    needles.add(&format!("HMAC of the {what} with a guessed key"), &mac);
                }
            }
        }
    }
    needles
}

/// What must be found where there is something to be found: a search that finds nothing anywhere proves nothing.
fn the_search_finds(needles: &Needles, someone: &Someone) {
    let json = format!("{{\"to\":\"{}\"}}", someone.email);
    for (planted, expected) in [
        (json.clone().into_bytes(), "e-mail"),
        (BASE64_STANDARD_NO_PAD.encode(&json).into_bytes(), "e-mail in base64"),
        (BASE64_URL_SAFE_NO_PAD.encode(format!("x{json}")).into_bytes(), "e-mail in base64"),
        (BASE64_URL_SAFE_NO_PAD.encode(format!("xy{json}")).into_bytes(), "e-mail in base64"),
        (hex(json.as_bytes()).into_bytes(), "e-mail in hex"),
        ([b"...".as_slice(), &sha256(someone.answer.as_bytes())].concat(), "SHA-256 of the answer"),
    ] {
        assert_eq!(needles.in_values(&[b"12000000".to_vec(), planted]), Some(expected));
    }
}

/// Whether Argon2 of the secret, without a pepper, is this hash.
fn is_unpeppered(hash: &str, input: &[u8]) -> bool {
    let phc = PasswordHash::new(&hash[hash.find('$').unwrap()..]).unwrap();
    let params = Params::try_from(&phc).unwrap();
    let mut output = [0; 32];
    let salt = phc.salt.unwrap();
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params).hash_password_into(input, salt.as_ref(), &mut output).unwrap();
    output == phc.hash.unwrap().as_bytes()
}

/// The hashes of a person: of the answer and of the key.
async fn hashes(db: &Db, someone: &Someone) -> [(String, Hash, Secret); 2] {
    let mut tx = db.read().await.unwrap();
    let statement = sql!("SELECT answer_hash, key_hash FROM person WHERE rut = $1", i64::from(someone.rut.number()));
    let row = tx.one(statement).await.unwrap().unwrap();
    [("answer_hash", question::normal(&secret(&someone.answer))), ("key_hash", key::normal(&secret(&someone.key)))]
        .map(|(column, typed)| (row.get(column).unwrap(), row.get(column).unwrap(), typed))
}

async fn confirms(hashing: &Hashing, vault: &Vault, clave: &Clave, someone: &Someone) -> usize {
    let mut confirmed = 0;
    for (_, hash, typed) in hashes(&clave.db, someone).await {
        confirmed += usize::from(hashing.verify(vault, &typed, Some(&hash)).await.unwrap());
    }
    let mut tx = clave.db.read().await.unwrap();
    confirmed + usize::from(person::find(&mut tx, vault, someone.rut).await.is_ok())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stolen_database_tells_nothing_about_anybody() {
    let app = Arc::new(TestClave::with_secrets().await);
    let people = Arc::new(Someone::all());
    let mut living = tokio::task::JoinSet::new();
    for part in 0..4 {
        let (app, people) = (Arc::clone(&app), Arc::clone(&people));
        living.spawn(async move {
            for (number, someone) in people.iter().enumerate().filter(|(number, _)| number % 4 == part) {
                someone.lives(&app, number).await;
            }
        });
    }
    living.join_all().await;

    let values = every_value(&app.clave.db).await;
    let registered = values.iter().filter(|value| value.as_slice() == b"registered").count();
    assert!(registered >= people.len() * 2, "the thief reads {registered} records and messages");

    // Read it, or find what could have been computed from it.
    let vaults = guessed_vaults(app.folder.path());
    let needles = needles(&people, &vaults);
    the_search_finds(&needles, &people[500]);
    assert_eq!(needles.in_values(&values), None);
    let index = app.clave.vault.index("email", &people[500].email).unwrap();
    assert!(values.contains(&index), "with the keys, a person is found");

    // Confirm it by a dictionary.
    let hashing = Hashing::start(2, 16, Cost { memory_kib: 64, passes: 1 }).unwrap();
    for (number, someone) in people.iter().enumerate() {
        for (hash, _, typed) in hashes(&app.clave.db, someone).await {
            for input in [typed.expose().as_bytes(), &sha256(typed.expose().as_bytes())] {
                assert!(!is_unpeppered(&hash, input), "{}", someone.rut);
            }
        }
        // One guess a person, all guesses for some.
        for vault in vaults.iter().skip(number % vaults.len()).take(if number.is_multiple_of(50) { vaults.len() } else { 1 }) {
            assert_eq!(confirms(&hashing, vault, &app.clave, someone).await, 0, "{}", someone.rut);
        }
    }
    assert_eq!(confirms(&hashing, &app.clave.vault, &app.clave, &people[500]).await, 3, "with the keys, all is confirmed");
    let (hash, _, typed) = hashes(&app.clave.db, &people[500]).await.into_iter().next().unwrap();
    let (_, peppered) = app.clave.vault.peppered(typed.expose()).unwrap();
    assert!(is_unpeppered(&hash, peppered.as_ref()), "with the pepper, Argon2 is");

    // Nobody can be told to have somebody else's answer.
    let distinct = sql!("SELECT COUNT(DISTINCT answer_hash) AS answers, COUNT(DISTINCT details) AS details FROM person");
    let row = app.clave.db.read().await.unwrap().one(distinct).await.unwrap().unwrap();
    let expected = i64::from(PEOPLE);
    assert_eq!((row.get::<i64>("answers").unwrap(), row.get::<i64>("details").unwrap()), (expected, expected));

    // The files, where there are any: what a page or the log still holds counts as well.
    if let Some(file) = app.file() {
        let copy = app.folder.path().join("copy.sqlite");
        app.clave.db.copy_to(&copy).await.unwrap();
        let db = Db::open_sqlite(&copy).await.unwrap();
        epoch::mark_as_copy(&db, app.now()).await.unwrap();
        db.close().await;
        let log = PathBuf::from(format!("{}-wal", file.display()));
        for stolen in [file, log, copy] {
            let bytes = fs::read(&stolen).unwrap();
            assert!(bytes.len() > 100_000, "{}", stolen.display());
            assert_eq!(needles.in_bytes(&bytes), None, "{}", stolen.display());
        }
    }
}
