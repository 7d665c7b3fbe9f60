//! What «no fui yo» and the help desk do, what a change of contact leaves behind, and where keys go while one is held back.

use std::time::Duration;

use clave::{
    Moment, Secret,
    case_id::CaseId,
    change_key,
    device::Device,
    flow,
    flow::Kind,
    freeze::{self, Contacts, Followed, Operated},
    housekeeping, link,
    outbox::{FrozenBy, Letter, Message, Process},
    person::{self, Email, Person, Phone, Prefixes, question::Question},
    recover,
    settings::{AskedQuestion, KeyRules, OnScreen, Recovery, Settings},
    update_data::{self, Changes, Updated},
};

use crate::{
    people::{ANSWER, BROWSER, KEY, RUT, STRANGER, UNKNOWN, attempt, claim, email, home, rut, secret},
    support::TestClave,
};

const OLD: &str = "persona@correo.example";
const OLD_PHONE: &str = "+56912345678";
const DEVICE: Device = Device([9; 32]);
const HOLD: Duration = Duration::from_hours(72);

fn contact(address: &str, phone: &str) -> Changes {
    Changes {
        address: home(),
        email: email(address),
        phone: Phone::parse(phone, &Prefixes::default()).unwrap(),
        names: None,
        birth: None,
    }
}

impl TestClave {
    /// «Actualizar datos» from its first step to its last.
    async fn updates(&self, registered: &str, changes: Changes) -> Updated {
        let mut cx = self.cx();
        let claim = update_data::Claim { email: Some(email(registered)), ..claim(&cx, RUT) };
        let sent = attempt(&mut cx);
        let token = update_data::identify(&mut cx, &sent, &claim).await.unwrap();
        let sent = attempt(&mut cx);
        update_data::answer(&mut cx, &sent, &token, Question::from_number(3).unwrap(), &secret(ANSWER)).await.unwrap();
        let sent = attempt(&mut cx);
        update_data::edit(&mut cx, &sent, &token, changes, None).await.unwrap();
        let sent = attempt(&mut cx);
        update_data::confirm(&mut cx, &sent, &token).await.unwrap();
        let mut tx = self.clave.db.read().await.unwrap();
        flow::outcome(&mut tx, &cx, Kind::UpdateData, BROWSER, &token).await.unwrap().unwrap()
    }

    async fn person(&self) -> Person {
        person::find(&mut self.clave.db.read().await.unwrap(), &self.clave.vault, rut(RUT)).await.unwrap().unwrap()
    }

    async fn contact(&self) -> (String, Option<String>) {
        let details = self.person().await.details;
        (details.email.unwrap().as_str().to_owned(), details.phone.map(|phone| phone.as_str().to_owned()))
    }

    async fn says_not_me(&self, link: &Secret) -> Followed {
        let mut cx = self.cx();
        let submission = attempt(&mut cx).submission;
        freeze::freeze(&mut cx, BROWSER, submission, link).await.unwrap()
    }

    /// Who got messages of this kind, in order, each as often as they got it.
    async fn told(&self, kind: &str) -> Vec<String> {
        let mut told: Vec<String> =
            self.letters().await.into_iter().filter(|letter| letter.message.kind() == kind).map(|letter| letter.to).collect();
        told.sort();
        told
    }

    /// Messages already looked at do not count any more.
    async fn forgets_messages(&self) {
        let mut tx = self.clave.db.begin().await.unwrap();
        tx.run(sql::sql!("DELETE FROM outbox")).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn not_me(&self, to: &str) -> Secret {
        not_me(self.letters().await.into_iter().rfind(|letter| letter.to == to).unwrap()).unwrap()
    }
}

/// The «no fui yo» link of any message about an account.
fn not_me(letter: Letter) -> Option<Secret> {
    match letter.message {
        Message::Registered { not_me, .. }
        | Message::AlreadyRegistered { not_me }
        | Message::ProvisionalKey { not_me, .. }
        | Message::KeyWithheld { not_me, .. }
        | Message::KeyChanged { not_me, .. }
        | Message::DataChanged { not_me, .. }
        | Message::Unfrozen { not_me, .. }
        | Message::NewDevice { not_me, .. } => Some(not_me),
        Message::CaptchaLink { not_me, .. } | Message::Frozen { not_me, .. } => not_me,
        Message::Test { .. } => None,
    }
}

fn held() -> Settings {
    let guide = Settings::default();
    Settings { recovery: Recovery { contact_hold: HOLD, ..guide.recovery }, ..guide }
}

async fn asks_for_a_link(app: &TestClave) {
    let mut cx = app.cx();
    let submission = attempt(&mut cx).submission;
    clave::captcha_link::send(&mut cx, BROWSER, UNKNOWN, submission, rut(RUT), Process::Recover).await.unwrap();
}

#[tokio::test]
async fn every_message_about_an_account_carries_a_link_of_its_own_that_freezes_it() {
    let app = TestClave::with(held()).await;
    app.registers(RUT).await;
    app.registers(RUT).await;
    asks_for_a_link(&app).await;
    app.updates(OLD, contact("nueva@correo.example", "9 8888 7777")).await;
    app.provisional_key(RUT).await;
    // The change of the key ends what is on its way of the provisional one.
    let mut letters = app.letters().await;
    app.forgets_messages().await;
    app.changes_key(RUT, KEY, "nieve-88y").await.unwrap();
    let mut cx = app.cx();
    freeze::freeze_for_case(&mut cx, rut(RUT), None, Contacts::Keep).await.unwrap();
    freeze::unfreeze(&mut cx, rut(RUT), None).await.unwrap();
    letters.extend(app.letters().await);
    let mut kinds: Vec<&str> = letters.iter().map(|letter| letter.message.kind()).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let every = [
        "already_registered",
        "captcha_link",
        "data_changed",
        "frozen",
        "key_changed",
        "key_withheld",
        "provisional_key",
        "registered",
        "unfrozen",
    ];
    assert_eq!(kinds, every);
    let mut seen = Vec::new();
    for letter in letters {
        let kind = letter.message.kind();
        let link = not_me(letter).unwrap_or_else(|| panic!("{kind} has no link"));
        let found = freeze::look(&app.cx(), link::Purpose::NotMe, &link).await.unwrap();
        assert_eq!(found, Followed::Done, "{kind}");
        assert!(!seen.contains(&link.expose().to_owned()), "{kind} shares its link with another message");
        seen.push(link.expose().to_owned());
    }
}

#[tokio::test]
async fn not_me_puts_back_what_was_there_before_the_first_of_several_changes() {
    let app = TestClave::new().await;
    app.registers(RUT).await;
    let confirm = app.letters().await.into_iter().find_map(|letter| match letter.message {
        Message::Registered { confirm, .. } => confirm,
        _ => None,
    });
    let mut cx = app.cx();
    let sent = attempt(&mut cx).submission;
    assert_eq!(freeze::confirm_email(&mut cx, BROWSER, sent, &confirm.unwrap()).await.unwrap(), Followed::Done);
    let confirmed = app.person().await.email_confirmed_at;
    app.wait(Duration::from_hours(1));
    app.updates(OLD, contact("uno@correo.example", "9 1111 1111")).await;
    let link = app.not_me(OLD).await;
    app.wait(Duration::from_hours(70));
    app.updates("uno@correo.example", contact("dos@correo.example", "")).await;
    let confirm_second = app.letters().await.into_iter().rev().find_map(|letter| match letter.message {
        Message::DataChanged { confirm, .. } => confirm,
        _ => None,
    });
    app.forgets_messages().await;

    assert_eq!(app.says_not_me(&link).await, Followed::Done);
    assert_eq!(app.contact().await, (OLD.to_owned(), Some(OLD_PHONE.to_owned())));
    let person = app.person().await;
    assert!(confirmed.is_some() && person.email_confirmed_at == confirmed, "the confirmation comes back, too");
    assert!(person.frozen_at.is_some());
    assert_eq!(app.told("frozen").await, [OLD_PHONE, "dos@correo.example", OLD], "restored and undone, each once");
    for letter in app.letters().await {
        assert!(matches!(letter.message, Message::Frozen { by: FrozenBy::NotMe, undone: true, .. }));
    }
    assert_eq!((app.events("contact_change_undone").await, app.events("credentials_frozen").await), (1, 1));
    let mut cx = app.cx();
    let sent = attempt(&mut cx).submission;
    let gone = freeze::confirm_email(&mut cx, BROWSER, sent, &confirm_second.unwrap()).await.unwrap();
    assert_eq!(gone, Followed::Gone, "the undone address cannot confirm itself");

    // Found again by the restored e-mail: the blind index went back with it.
    let provisional = app.provisional_key(RUT).await;
    app.changes_key(RUT, &provisional, "nieve-88y").await.unwrap();
    let mut tx = app.clave.db.read().await.unwrap();
    let index = tx.one(sql::sql!("SELECT email_index FROM person")).await.unwrap().unwrap();
    assert_eq!(index.get::<Vec<u8>>("email_index").unwrap(), app.clave.vault.index("email", OLD).unwrap());
}

#[tokio::test]
async fn a_clock_that_goes_back_does_not_turn_the_order_of_changes() {
    let app = TestClave::new().await;
    app.registers(RUT).await;
    app.updates(OLD, contact("uno@correo.example", "")).await;
    let link = app.not_me(OLD).await;
    app.turn_back(Duration::from_hours(24));
    app.updates("uno@correo.example", contact("dos@correo.example", "")).await;
    app.says_not_me(&link).await;
    assert_eq!(app.contact().await, (OLD.to_owned(), Some(OLD_PHONE.to_owned())));
}

#[tokio::test]
async fn a_change_older_than_72_hours_stays_and_is_swept_out_a_day_later() {
    let app = TestClave::new().await;
    app.registers(RUT).await;
    app.updates(OLD, contact("nueva@correo.example", "")).await;
    let link = app.not_me(OLD).await;
    app.wait(Duration::from_hours(72));
    assert_eq!(app.says_not_me(&link).await, Followed::Done);
    assert_eq!(app.contact().await.0, "nueva@correo.example");
    assert_eq!(app.events("contact_change_undone").await, 0);
    assert_eq!(housekeeping::sweep(&app.clave.db, app.now()).await.unwrap().contact_changes, 0);
    app.wait(Duration::from_hours(24));
    assert_eq!(housekeeping::sweep(&app.clave.db, app.now()).await.unwrap().contact_changes, 1);
}

#[tokio::test]
async fn a_change_of_the_home_alone_leaves_nothing_to_undo() {
    let app = TestClave::new().await;
    app.registers(RUT).await;
    let mut changes = contact(OLD, OLD_PHONE);
    changes.address = person::Address::parse(person::AddressParts {
        street: "Avenida Brasil",
        number: "2830",
        block: "",
        flat: "",
        region: "05",
        comuna: "05101",
    })
    .unwrap();
    app.updates(OLD, changes).await;
    let link = app.not_me(OLD).await;
    assert_eq!(app.says_not_me(&link).await, Followed::Done);
    assert_eq!(app.person().await.details.address.unwrap().street(), "Avenida Brasil");
    assert_eq!(app.events("contact_change_undone").await, 0);
}

#[tokio::test]
async fn what_was_before_is_sealed_to_its_own_row() {
    let app = TestClave::new().await;
    app.registers(RUT).await;
    app.updates(OLD, contact("nueva@correo.example", "")).await;
    app.updates("nueva@correo.example", contact("otra@correo.example", "")).await;
    let link = app.not_me(OLD).await;
    let mut tx = app.clave.db.begin().await.unwrap();
    let rows = tx.all(sql::sql!("SELECT id, before FROM contact_change ORDER BY at")).await.unwrap();
    for row in &rows {
        let sealed: Vec<u8> = row.get("before").unwrap();
        assert!(!sealed.windows(7).any(|part| part == b"correo."), "in the clear");
    }
    let (first, second): (Vec<u8>, Vec<u8>) = (rows[0].get("id").unwrap(), rows[1].get("before").unwrap());
    tx.run(sql::sql!("UPDATE contact_change SET before = $2 WHERE id = $1", first, second)).await.unwrap();
    tx.commit().await.unwrap();
    let mut cx = app.cx();
    let submission = attempt(&mut cx).submission;
    assert!(freeze::freeze(&mut cx, BROWSER, submission, &link).await.is_err(), "a swapped ciphertext is refused");
    assert_eq!(app.contact().await.0, "otra@correo.example");
}

#[tokio::test]
async fn being_frozen_twice_is_harmless_and_a_recovery_thaws() {
    let app = TestClave::new().await;
    app.registers(RUT).await;
    let (mail, sms) = (app.not_me(OLD).await, app.not_me(OLD_PHONE).await);
    assert_eq!(app.says_not_me(&mail).await, Followed::Done);
    let since = app.person().await.frozen_at;
    app.wait(Duration::from_hours(1));
    let provisional = app.provisional_key(RUT).await;
    let key = app.letters().await.into_iter().rev().find_map(|letter| match letter.message {
        Message::ProvisionalKey { frozen, .. } => Some(frozen),
        _ => None,
    });
    assert_eq!(key, Some(true), "the message does not say that the current key keeps working");
    assert_eq!(app.says_not_me(&sms).await, Followed::Done);
    assert_eq!(app.person().await.frozen_at, since, "frozen since the first time");
    let dead = app.changes_key(RUT, &provisional, "nieve-88y").await;
    assert!(matches!(dead, Err(change_key::Refused::WrongKey)), "the second time kills the provisional key again");
    let provisional = app.provisional_key(RUT).await;
    app.changes_key(RUT, &provisional, "nieve-88y").await.unwrap();
    app.changes_key(RUT, "nieve-88y", "barro-99z").await.unwrap();
}

#[tokio::test]
async fn not_me_ends_every_process_under_way_in_that_name_and_no_other_and_trusts_no_device() {
    let app = TestClave::new().await;
    app.registers(RUT).await;
    let mut cx = app.cx();
    let knows = async |rut| DEVICE.known(&mut app.clave.db.read().await.unwrap(), rut, app.now()).await.unwrap().is_some();
    let mut tx = app.clave.db.begin().await.unwrap();
    for known in [rut(RUT), rut(STRANGER)] {
        DEVICE.remember(&mut tx, known, app.now(), app.now().plus(Duration::from_hours(1))).await.unwrap();
    }
    tx.commit().await.unwrap();
    let submission = attempt(&mut cx).submission;
    let recovering = recover::begin(&mut cx, BROWSER, UNKNOWN, submission, rut(RUT)).await.unwrap();
    let submission = attempt(&mut cx).submission;
    let strangers = recover::begin(&mut cx, BROWSER, UNKNOWN, submission, rut(STRANGER)).await.unwrap();
    let sent = attempt(&mut cx);
    let identified = claim(&cx, RUT);
    let updating = update_data::identify(&mut cx, &sent, &identified).await.unwrap();
    let link = app.not_me(OLD).await;
    app.says_not_me(&link).await;
    assert!(recover::asked(&cx, BROWSER, &recovering).await.unwrap().is_none());
    assert!(update_data::stage(&cx, BROWSER, &updating).await.unwrap().is_none());
    assert!(recover::asked(&cx, BROWSER, &strangers).await.unwrap().is_some());
    assert!(!knows(rut(RUT)).await && knows(rut(STRANGER)).await);
}

#[tokio::test]
async fn a_frozen_account_looks_like_any_other_before_the_proof() {
    let app = TestClave::new().await;
    app.registers(RUT).await;
    let asked = async || {
        let mut cx = app.cx();
        let submission = attempt(&mut cx).submission;
        let token = recover::begin(&mut cx, BROWSER, UNKNOWN, submission, rut(RUT)).await.unwrap();
        recover::asked(&cx, BROWSER, &token).await.unwrap()
    };
    let before = asked().await;
    let mut cx = app.cx();
    freeze::freeze_for_case(&mut cx, rut(RUT), None, Contacts::Keep).await.unwrap();
    assert_eq!(asked().await, before);
    assert!(matches!(app.recovers(RUT, "otra").await, Err(recover::Refused::WrongAnswer)));
    assert!(matches!(app.changes_key(RUT, KEY, "nieve-88y").await, Err(change_key::Refused::WrongKey)));
    assert!(matches!(app.changes_key(STRANGER, KEY, "nieve-88y").await, Err(change_key::Refused::WrongKey)));
    let sent = attempt(&mut cx);
    let frozen = claim(&cx, RUT);
    assert!(matches!(update_data::identify(&mut cx, &sent, &frozen).await, Err(update_data::Refused::NoMatch)));
}

#[tokio::test]
async fn the_help_desk_freezes_and_thaws_with_a_case_and_the_person_is_told() {
    let app = TestClave::new().await;
    app.registers(RUT).await;
    app.updates(OLD, contact("nueva@correo.example", OLD_PHONE)).await;
    app.forgets_messages().await;
    let mut cx = app.cx();
    let case = CaseId::parse("MESA-117").unwrap();
    let unknown = freeze::freeze_for_case(&mut cx, rut(STRANGER), Some(&case), Contacts::Keep).await.unwrap();
    assert_eq!(unknown, Operated::Unknown);
    assert_eq!(freeze::unfreeze(&mut cx, rut(RUT), Some(&case)).await.unwrap(), Operated::Already);
    let done = freeze::freeze_for_case(&mut cx, rut(RUT), Some(&case), Contacts::Keep).await.unwrap();
    assert_eq!(done, Operated::Done(Contacts::Keep));
    let again = freeze::freeze_for_case(&mut cx, rut(RUT), Some(&case), Contacts::Undo).await.unwrap();
    assert_eq!(again, Operated::Already);
    assert_eq!(app.contact().await.0, "nueva@correo.example");
    assert_eq!(app.told("frozen").await, [OLD_PHONE, "nueva@correo.example"]);
    assert!(matches!(app.changes_key(RUT, KEY, "nieve-88y").await, Err(change_key::Refused::WrongKey)));
    assert_eq!(freeze::unfreeze(&mut cx, rut(RUT), Some(&case)).await.unwrap(), Operated::Done(Contacts::Keep));
    assert_eq!(app.told("unfrozen").await, [OLD_PHONE, "nueva@correo.example"]);
    app.changes_key(RUT, KEY, "nieve-88y").await.unwrap();
    let undone = freeze::freeze_for_case(&mut cx, rut(RUT), Some(&case), Contacts::Undo).await.unwrap();
    assert_eq!(undone, Operated::Done(Contacts::Undo));
    assert_eq!(app.contact().await.0, OLD);
    let mut tx = app.clave.db.read().await.unwrap();
    let rows = tx.all(sql::sql!("SELECT event, actor FROM audit WHERE detail = $1 ORDER BY event", "MESA-117")).await.unwrap();
    let rows: Vec<(String, String)> = rows.iter().map(|row| (row.get("event").unwrap(), row.get("actor").unwrap())).collect();
    let by_operator = |event: &str| (event.to_owned(), "operator".to_owned());
    assert_eq!(
        rows,
        [
            by_operator("contact_change_undone"),
            by_operator("credentials_frozen"),
            by_operator("credentials_frozen"),
            by_operator("credentials_unfrozen"),
        ]
    );
}

#[tokio::test]
async fn keys_go_to_the_former_addresses_until_the_hold_ends_and_notices_to_both() {
    let app = TestClave::with(held()).await;
    app.registers(RUT).await;
    let updated = app.updates(OLD, contact("nueva@correo.example", "9 8888 7777")).await;
    let until = app.now().plus(HOLD);
    assert_eq!(updated.held_until, Some(until));
    app.forgets_messages().await;

    app.wait(Duration::from_secs(72 * 3600 - 1));
    let recover::Outcome::Made { messages, held_until, .. } = app.recovers(RUT, ANSWER).await.unwrap() else { panic!() };
    assert_eq!((messages.len(), held_until), (2, Some(until)));
    assert_eq!(app.told("provisional_key").await, [OLD_PHONE, OLD]);
    assert_eq!(app.told("key_withheld").await, ["+56988887777", "nueva@correo.example"]);
    asks_for_a_link(&app).await;
    assert_eq!(app.told("captcha_link").await, [OLD_PHONE, OLD]);
    app.changes_key(RUT, KEY, "nieve-88y").await.unwrap();
    assert_eq!(app.told("key_changed").await, [OLD_PHONE, "+56988887777", "nueva@correo.example", OLD]);
    app.forgets_messages().await;

    app.wait(Duration::from_secs(1));
    let recover::Outcome::Made { held_until, .. } = app.recovers(RUT, ANSWER).await.unwrap() else { panic!() };
    assert_eq!(held_until, None);
    assert_eq!(app.told("provisional_key").await, ["+56988887777", "nueva@correo.example"]);
    assert!(app.told("key_withheld").await.is_empty());
}

#[tokio::test]
async fn an_address_gets_keys_only_after_a_whole_hold_on_record() {
    let app = TestClave::with(held()).await;
    app.registers(RUT).await;
    app.updates(OLD, contact("uno@correo.example", OLD_PHONE)).await;
    app.wait(Duration::from_hours(50));
    let updated = app.updates("uno@correo.example", contact("dos@correo.example", OLD_PHONE)).await;
    assert_eq!(updated.held_until, Some(app.now().plus(HOLD)));
    let told = app.told("data_changed").await;
    assert_eq!(told.iter().filter(|to| *to == OLD).count(), 2, "the address that gets the keys hears of both changes");
    app.forgets_messages().await;
    app.wait(Duration::from_hours(30));
    app.provisional_key(RUT).await;
    assert_eq!(app.told("provisional_key").await, [OLD_PHONE, OLD], "«uno» had 50 hours only");
    app.forgets_messages().await;
    app.wait(Duration::from_hours(42));
    app.provisional_key(RUT).await;
    assert_eq!(app.told("provisional_key").await, [OLD_PHONE, "dos@correo.example"]);
}

#[tokio::test]
async fn a_change_that_is_taken_back_holds_nothing() {
    let app = TestClave::with(held()).await;
    app.registers(RUT).await;
    app.updates(OLD, contact("uno@correo.example", OLD_PHONE)).await;
    app.wait(Duration::from_hours(1));
    assert_eq!(app.updates("uno@correo.example", contact(OLD, OLD_PHONE)).await.held_until, None);
    for hours in [1, 71, 2] {
        app.wait(Duration::from_hours(hours));
        app.forgets_messages().await;
        app.provisional_key(RUT).await;
        assert_eq!(app.told("provisional_key").await, [OLD_PHONE, OLD]);
    }
}

#[tokio::test]
async fn a_new_channel_waits_unless_there_is_no_other() {
    let app = TestClave::with(held()).await;
    app.registers(RUT).await;
    app.updates(OLD, contact(OLD, "")).await;
    app.wait(HOLD);
    app.updates(OLD, contact(OLD, "9 8888 7777")).await;
    app.forgets_messages().await;
    app.provisional_key(RUT).await;
    assert_eq!(
        (app.told("provisional_key").await, app.told("key_withheld").await),
        (vec![OLD.to_owned()], vec!["+56988887777".to_owned()])
    );

    let mut alone = app.person().await;
    (alone.details.email, alone.details.phone) = (None::<Email>, None);
    let mut cx = app.cx();
    let mut tx = app.clave.db.begin().await.unwrap();
    person::save_details(&mut tx, &app.clave.vault, &alone, &mut cx.rng).await.unwrap();
    tx.run(sql::sql!("DELETE FROM contact_change")).await.unwrap();
    let with = person::Details { email: Some(email("nueva@correo.example")), ..alone.details.clone() };
    clave::contact_change::note(&mut tx, &mut cx, &alone, &with).await.unwrap();
    person::save_details(&mut tx, &app.clave.vault, &Person { details: with, ..alone }, &mut cx.rng).await.unwrap();
    tx.commit().await.unwrap();
    app.forgets_messages().await;
    app.provisional_key(RUT).await;
    assert_eq!(app.told("provisional_key").await, ["nueva@correo.example"]);
}

#[tokio::test]
async fn not_me_undoes_a_change_that_is_held_back_and_keys_go_on_as_before() {
    let app = TestClave::with(held()).await;
    app.registers(RUT).await;
    app.updates(OLD, contact("nueva@correo.example", "")).await;
    let link = app.not_me(OLD).await;
    app.says_not_me(&link).await;
    app.forgets_messages().await;
    let recover::Outcome::Made { held_until, .. } = app.recovers(RUT, ANSWER).await.unwrap() else { panic!() };
    assert_eq!((held_until, app.told("provisional_key").await), (None, vec![OLD_PHONE.to_owned(), OLD.to_owned()]));
}

#[tokio::test]
async fn the_strict_profile_wants_the_question_with_its_answer() {
    let guide = Settings::default();
    let recovery =
        Recovery { question: AskedQuestion::Selected, on_screen: OnScreen::Hidden, contact_hold: HOLD, ..guide.recovery };
    // The test's own key is short; the length is judged by the form.
    let app = TestClave::with(Settings { key: KeyRules { min_length: 8, max_length: 64 }, recovery, ..guide }).await;
    app.registers(RUT).await;
    let tries = async |number: &str, chosen: Option<u8>, answer: &str| {
        let mut cx = app.cx();
        let submission = attempt(&mut cx).submission;
        let token = recover::begin(&mut cx, BROWSER, UNKNOWN, submission, rut(number)).await.unwrap();
        assert_eq!(recover::asked(&cx, BROWSER, &token).await.unwrap(), Some((rut(number), None)), "the page learns no question");
        let sent = attempt(&mut cx);
        let chosen = chosen.and_then(Question::from_number);
        recover::answer(&mut cx, &sent, &token, chosen, &secret(answer)).await
    };
    for (number, chosen, answer) in [
        (RUT, Some(4), ANSWER),
        (RUT, None, ANSWER),
        (RUT, Some(3), "otra"),
        (STRANGER, Some(3), ANSWER),
        (STRANGER, None, ANSWER),
    ] {
        assert!(matches!(tries(number, chosen, answer).await, Err(recover::Refused::WrongAnswer)), "{number} {chosen:?}");
    }
    assert_eq!(app.events("recovery_refused").await, 5);
    assert!(tries(RUT, Some(3), ANSWER).await.is_ok());
    assert_eq!(app.told("provisional_key").await.len(), 2);
}

#[tokio::test]
async fn letters_of_an_earlier_version_can_still_be_read() {
    let at = Moment::from_micros(1_559_054_820_000_000);
    let letter = |message: serde_json::Value| {
        let letter = serde_json::json!({ "to": OLD, "language": "es-CL", "message": message });
        serde_json::from_value::<Letter>(letter).unwrap().message
    };
    let frozen = letter(serde_json::json!({ "kind": "frozen", "at": at }));
    assert!(matches!(frozen, Message::Frozen { by: FrozenBy::NotMe, undone: false, not_me: None, .. }));
    let link = letter(serde_json::json!({ "kind": "captcha_link", "link": "abc", "process": "recover" }));
    assert!(matches!(link, Message::CaptchaLink { not_me: None, .. }));
}
