//! `clavero otec`, beside a running server.

use std::{os::unix::fs::PermissionsExt as _, process::Stdio};

use rut::Rut;
use serde_json::{Value, json};
use sql::sql;

use crate::support::{Installation, PATIENCE, Ran, Server, runtime, wait_for};

const RUT: &str = "76543210-3";

#[track_caller]
fn told(installation: &Installation, words: &[&str]) -> Value {
    serde_json::from_str(&said(installation, words)).unwrap()
}

#[track_caller]
fn said(installation: &Installation, words: &[&str]) -> String {
    let ran = installation.run(words);
    assert_eq!(ran.code, 0, "{words:?}: {}{}", ran.out, ran.err);
    ran.out
}

#[track_caller]
fn fails(ran: &Ran, code: i32, words: &str) {
    assert_eq!(ran.code, code, "{}{}", ran.out, ran.err);
    assert!(ran.err.contains(words), "{words}: {}", ran.err);
}

fn write(installation: &Installation, name: &str, text: &str) {
    std::fs::write(installation.folder.path().join(name), text).unwrap();
}

fn registered() -> Installation {
    let installation = Installation::new();
    assert_eq!(installation.run(&["migrate"]).code, 0);
    said(&installation, &["otec", "add", "--rut", "76.543.210-3", "--name", "Capacita Sur"]);
    installation
}

#[test]
fn an_otec_is_registered_listed_changed_and_suspended() {
    let installation = Installation::new();
    let _server = installation.serve();
    let add =
        ["otec", "add", "--rut", "76.543.210-3", "--name", "Capacita Sur", "--callback-origin", "https://LMS.example.cl/moodle/"];
    let added = told(&installation, &[&add, ["--json"].as_slice()].concat());
    assert_eq!(added["rut"], RUT);
    assert_eq!((&added["callback_origins"], &added["state"]), (&json!(["https://lms.example.cl"]), &json!("active")));
    fails(
        &installation.run(&add),
        1,
        "registering the OTEC 76543210-3: an OTEC with this RUT is registered: `clavero otec list`",
    );

    let two = ["--callback-origin", "https://a.example.cl", "https://b.example.cl", "--json"];
    let changed = told(&installation, &[["otec", "origins", "--rut", RUT].as_slice(), &two].concat());
    assert_eq!(changed["callback_origins"], json!(["https://a.example.cl", "https://b.example.cl"]));
    assert!(said(&installation, &["otec", "origins", "--rut", RUT, "--none"]).contains("waits for them to agree"));
    assert_eq!(told(&installation, &["otec", "suspend", "--rut", RUT, "--json"])["changed"], true);
    assert!(said(&installation, &["otec", "suspend", "--rut", RUT]).contains("nothing was changed"));
    let listed = told(&installation, &["otec", "list", "--json"]);
    assert_eq!((&listed[0]["state"], &listed[0]["callback_origins"]), (&json!("suspended"), &json!([])));
    assert!(said(&installation, &["otec", "resume", "--rut", RUT]).contains("registers attendance"));
    assert!(said(&installation, &["otec", "list"]).contains("76543210-3  active"));
}

#[test]
fn what_is_no_otec_says_what_to_do() {
    let installation = registered();
    let run = |words: &str| installation.run(&words.split(' ').collect::<Vec<_>>());
    fails(&run("otec add --rut 76543210-4 --name X"), 2, "check digit");
    fails(&run("otec add --rut 77777777-7 --name X --callback-origin lms.example.cl/moodle"), 2, "write scheme and host");
    fails(&installation.run(&["otec", "add", "--rut", "77777777-7", "--name", " "]), 1, "write 1 to 100 characters");
    fails(&run("otec origins --rut 76543210-3"), 2, "--callback-origin");
    fails(&run("otec origins --rut 76543210-3 --none --callback-origin https://a.example"), 2, "cannot be used with");
    for command in ["suspend", "token issue", "token list", "attendance"] {
        fails(&run(&format!("otec {command} --rut 77777777-7")), 1, "no OTEC with this RUT is registered: `clavero otec list`");
    }
    fails(&run("otec attendance --rut 76543210-3 --from 30-11-2026"), 2, "a day is written as in 2026-11-30");
    fails(&run("otec catalogue import"), 2, "--courses");
    fails(&run("otec catalogue import --courses missing.csv"), 1, "reading missing.csv: name a file that you may read");
}

#[test]
fn a_token_is_printed_once_and_revoked_by_its_name() {
    let installation = registered();
    let issued = told(&installation, &["otec", "token", "issue", "--rut", RUT, "--json"]);
    let (token, id) = (issued["token"].as_str().unwrap(), issued["id"].as_str().unwrap());
    assert!(token.len() == 36 && token == token.to_lowercase() && id.len() == 8 && issued["until"].is_null());
    let brief = said(&installation, &["otec", "token", "issue", "--rut", RUT, "--expires-days", "30"]);
    assert!(brief.contains("token  ") && brief.contains("until  20"), "{brief}");
    fails(&installation.run(&["otec", "token", "issue", "--rut", RUT, "--expires-days", "0"]), 2, "--expires-days");
    let listed = installation.run(&["otec", "token", "list", "--rut", RUT, "--json"]).out;
    assert!(listed.contains(id) && !listed.contains(token), "shown once");
    assert!(said(&installation, &["otec", "token", "revoke", "--rut", RUT, id]).contains("is revoked"));
    assert_eq!(told(&installation, &["otec", "token", "revoke", "--rut", RUT, token, "--json"])["changed"], false);
    fails(
        &installation.run(&["otec", "token", "revoke", "--rut", RUT, "00000000"]),
        1,
        "no such token: `clavero otec token list`",
    );
    let listed = told(&installation, &["otec", "token", "list", "--rut", RUT, "--json"]);
    let state = |id: &str| listed.as_array().unwrap().iter().find(|token| token["id"] == id).unwrap()["state"].clone();
    assert_eq!(state(id), "revoked");
    assert!(said(&installation, &["otec", "token", "list", "--rut", RUT]).contains("active"));
}

const COURSES: &str = "cod_sence,nombre\n1237941234,Excel\n";
const ACTIONS: &str = "codigo_curso,cod_sence,rut_otec,modalidad,inicio,termino,estado\n\
                       6512345,1237941234,76.543.210-3,e-learning,01-01-2026,2026-12-31,vigente\n";

#[test]
fn a_catalogue_is_imported_beside_a_server_whole_or_not_at_all() {
    let installation = registered();
    let _server = installation.serve();
    let show = || told(&installation, &["otec", "catalogue", "show", "--json"]);
    assert_eq!(show(), json!({ "courses": null, "actions": null, "enrolments": null }));
    write(&installation, "courses.csv", &format!("\u{feff}{}", COURSES.replace(',', ";")));
    write(&installation, "actions.csv", ACTIONS);
    write(&installation, "enrolments.csv", "run,codigo_curso\r\n12.345.678-5,6512345\r\n");
    let all = ["--courses", "courses.csv", "--actions", "actions.csv", "--enrolments", "enrolments.csv"];
    let imported = said(&installation, &[["otec", "catalogue", "import"].as_slice(), &all].concat());
    assert_eq!(imported, "1 courses count from now on.\n1 actions count from now on.\n1 enrolments count from now on.\n");
    let before = show();
    assert_eq!(before["enrolments"]["rows"], 1);

    let mut bad = "codigo_curso,run\n6512345,12345678-5\n6512345,12345678-5\n6512345,12345678-9\n".to_owned();
    bad.push_str(&"nada,12345678-5\n".repeat(1_100));
    write(&installation, "bad.csv", &bad);
    let ran = installation.run(&["otec", "catalogue", "import", "--courses", "courses.csv", "--enrolments", "bad.csv"]);
    fails(&ran, 1, "importing the catalogue: 1102 bad lines: nothing was changed");
    let lines: Vec<&str> = ran.err.lines().collect();
    assert_eq!(lines[0], "bad.csv, line 3: line 2 has the same");
    assert_eq!(lines[1], "bad.csv, line 4: run: the check digit of the RUT is wrong");
    assert_eq!(lines[1_101], "bad.csv, line 1104: codigo_curso: there is no action NADA", "every one is told");
    assert!(!ran.err.contains("12345678"), "nobody's number is printed");
    assert_eq!(show(), before);

    assert!(said(&installation, &["otec", "catalogue", "show"]).contains("actions     1 since 20"));
    let removed = said(&installation, &["otec", "catalogue", "remove", "--enrolments"]);
    assert_eq!(removed, "enrolments: removed, and no longer checked.\n");
    assert!(said(&installation, &["otec", "catalogue", "show"]).contains("enrolments  none: not checked"));
    fails(&installation.run(&["otec", "catalogue", "remove"]), 2, "--enrolments");
}

/// What an LMS's form comes to: the address of the page that asks for the key, or the code that goes back.
fn start(server: &Server, token: &str) -> String {
    let fields = [
        ("RutOtec", RUT),
        ("Token", token),
        ("CodSence", "1237941234"),
        ("CodigoCurso", "6512345"),
        ("LineaCapacitacion", "3"),
        ("RunAlumno", "12345678-5"),
        ("IdSesionAlumno", "abc"),
        ("UrlRetoma", "https://lms.example.cl/a"),
        ("UrlError", "https://lms.example.cl/b"),
    ];
    let page = server.browser().post("/rce/Registro/IniciarSesion", &fields).unwrap();
    if page.status == 303 { "asked".to_owned() } else { page.is(200).hidden("GlosaError").to_owned() }
}

#[test]
fn what_operators_change_counts_at_once() {
    let installation = registered();
    said(&installation, &["otec", "origins", "--rut", RUT, "--callback-origin", "https://lms.example.cl"]);
    let issued = told(&installation, &["otec", "token", "issue", "--rut", RUT, "--json"]);
    let token = issued["token"].as_str().unwrap();
    let server = installation.serve();
    assert_eq!((start(&server, token), start(&server, &token.to_uppercase())), ("asked".to_owned(), "asked".to_owned()));
    said(&installation, &["otec", "suspend", "--rut", RUT]);
    assert_eq!(start(&server, token), "302");
    said(&installation, &["otec", "resume", "--rut", RUT]);
    // Of 2020 alone: 309.
    write(&installation, "actions.csv", &ACTIONS.replace("2026", "2020"));
    said(&installation, &["otec", "catalogue", "import", "--actions", "actions.csv"]);
    assert_eq!(start(&server, token), "309");
    said(&installation, &["otec", "catalogue", "remove", "--actions"]);
    write(&installation, "enrolments.csv", "codigo_curso,run\n6512345,11111111-1\n");
    said(&installation, &["otec", "catalogue", "import", "--enrolments", "enrolments.csv"]);
    assert_eq!(start(&server, token), "208");
    said(&installation, &["otec", "token", "revoke", "--rut", RUT, token]);
    assert_eq!(start(&server, token), "212");
    server.signal("TERM");
    let (_, log) = server.wait();
    for once in ["no courses are loaded", "no actions are loaded", "no enrolments are loaded"] {
        assert_eq!(log.matches(once).count(), 1, "{log}");
    }
    assert!(!log.contains(token) && !log.contains("12345678"), "{log}");
}

#[test]
fn an_import_lets_others_work_and_leaves_nothing_when_it_is_killed() {
    let installation = registered();
    write(&installation, "few.csv", "codigo_curso,run\n6512345,12345678-5\n");
    said(&installation, &["otec", "catalogue", "import", "--enrolments", "few.csv"]);
    let enrolled = (1_000_000..1_200_000).map(|number| format!("6512345,{}", Rut::from_number(number).unwrap().plain()));
    let many = ["codigo_curso,run".to_owned()].into_iter().chain(enrolled).collect::<Vec<_>>().join("\n");
    write(&installation, "many.csv", &many);
    let before = said(&installation, &["otec", "catalogue", "show"]);

    let mut command = installation.command(&["otec", "catalogue", "import", "--enrolments", "many.csv"]);
    let mut import = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let written = || {
        let count = async {
            let db = installation.database().await;
            let row = db.read().await.unwrap().only(sql!("SELECT COUNT(*) AS n FROM enrolment")).await.unwrap();
            db.close().await;
            row.get::<i64>("n").unwrap()
        };
        runtime().block_on(count)
    };
    wait_for(PATIENCE, "the first rows", || (written() > 1).then_some(()));
    said(&installation, &["otec", "suspend", "--rut", RUT]);
    said(&installation, &["otec", "resume", "--rut", RUT]);
    assert!(import.try_wait().unwrap().is_none(), "others wrote while it did");
    import.kill().unwrap();
    import.wait().unwrap();
    assert_eq!(said(&installation, &["otec", "catalogue", "show"]), before);
    said(&installation, &["otec", "catalogue", "import", "--enrolments", "few.csv"]);
}

#[test]
fn attendance_is_written_to_a_file_for_its_owner_alone() {
    let installation = registered();
    runtime().block_on(async {
        let db = installation.database().await;
        let mut tx = db.begin().await.unwrap();
        // Noon of 2026-03-02 in Chile, and half an hour.
        let (start, close) = (1_772_463_600_000_000_i64, 1_772_465_400_000_000_i64);
        let statement = sql!(
            "INSERT INTO attendance (id, environment, otec, rut, line, cod_sence, codigo_curso, lms_session, started_at, until, closed_at)
             VALUES ($1, 'production', 76543210, 12345678, 3, '1237941234', '6512345', $1, $2, $3, $3)",
            [1_u8; 16],
            start,
            close
        );
        tx.run(statement).await.unwrap();
        tx.commit().await.unwrap();
        db.close().await;
    });
    let row = format!(
        "{},12345678-5,76543210-3,3,1237941234,6512345,2026-03-02 12:00:00,2026-03-02 12:30:00,cerrada,30",
        "01".repeat(16)
    );
    let export = ["otec", "attendance", "--rut", RUT];
    let out = said(&installation, &export);
    assert_eq!(out.lines().nth(1), Some(row.as_str()));
    for (from, to, lines) in [("2026-03-02", "2026-03-02", 2), ("2026-03-03", "2026-03-09", 1), ("2026-03-01", "2026-03-01", 1)] {
        let some = [export.as_slice(), &["--from", from, "--to", to, "--action", "6512345"]].concat();
        assert_eq!(said(&installation, &some).lines().count(), lines, "{from} {to}");
    }
    let to_file = [export.as_slice(), &["--output", "a.csv"]].concat();
    assert_eq!(said(&installation, &to_file), "1 rows in a.csv.\n");
    let path = installation.folder.path().join("a.csv");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), out);
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    fails(&installation.run(&to_file), 1, "it exists, and an export is never written over");
    let records = said(&installation, &["audit", "export"]);
    assert_eq!(
        records.matches("attendance_exported").count(),
        5,
        "each is recorded, and the one whose file existed was not made"
    );
}

#[test]
fn doctor_and_configuration_know_of_otecs() {
    let installation = registered();
    let doctor = said(&installation, &["doctor"]);
    assert!(
        doctor.contains("OTECs: 1 registered") && doctor.contains("Capacita Sur (76543210-3) has no callback origins"),
        "{doctor}"
    );
    assert!(doctor.contains("has no token that serves"), "{doctor}");
    said(&installation, &["otec", "token", "issue", "--rut", RUT]);
    said(&installation, &["otec", "origins", "--rut", RUT, "--callback-origin", "https://lms.example.cl"]);
    let doctor = said(&installation, &["doctor"]);
    assert!(!doctor.contains("76543210-3"), "{doctor}");
    let shown = said(&installation, &["config", "show"]);
    assert!(shown.contains("[rce]\nopen_hours = 3\nlongest_url = 200\n"), "{shown}");
    let ran = installation.with("CLAVERO__RCE__OPEN_HOURS", "0").run(&["otec", "list"]);
    fails(&ran, 1, "rce.open_hours: plugins count on three or six hours: write 1 to 24");
}
