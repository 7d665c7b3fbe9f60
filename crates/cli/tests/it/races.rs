//! One-time things happen once, over HTTP, on two server processes that share a database (I2).

use std::{
    collections::BTreeSet,
    sync::{Arc, Barrier},
    thread,
};

use crate::{
    browser::{Browser, Page},
    people::{CHANGE, RECOVER, REGISTER, Someone, provisional_key},
    support::{Installation, Server, times},
};

const RUNNERS: usize = 8;

/// Two servers, and someone who has registered with the key `primera-1`.
struct Scene {
    installation: Installation,
    servers: [Server; 2],
    someone: Someone,
}

const KEY: &str = "primera-1";

impl Scene {
    fn new() -> Self {
        let installation = Installation::new();
        let servers = [installation.serve(), installation.serve()];
        let someone = Someone::number(9_100_200);
        someone.registers(&mut servers[0].browser(), KEY).unwrap().is(303);
        Self { installation, servers, someone }
    }

    /// A browser of its own for each runner, by turns at the one server and the other.
    fn strangers(&self) -> Vec<Browser> {
        (0..RUNNERS).map(|number| self.servers[number % 2].browser()).collect()
    }

    /// One browser many times: its windows have the same cookies.
    fn windows(&self, browser: &Browser) -> Vec<Browser> {
        (0..RUNNERS).map(|number| browser.moved_to(self.servers[number % 2].address)).collect()
    }
}

/// A form to be sent: from which browser, where to, with what.
pub type Runner = (Browser, &'static str, Vec<(String, String)>);

/// Sends all forms at the same moment.
pub fn race(runners: Vec<Runner>) -> Vec<Page> {
    let start = Arc::new(Barrier::new(runners.len()));
    let running: Vec<_> = runners
        .into_iter()
        .map(|(mut browser, path, fields)| {
            let start = Arc::clone(&start);
            thread::spawn(move || {
                let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
                start.wait();
                browser.post(path, &fields).unwrap()
            })
        })
        .collect();
    running.into_iter().map(|runner| runner.join().unwrap()).collect()
}

pub fn owned(fields: &[(&str, &str)]) -> Vec<(String, String)> {
    fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

pub fn with_status(pages: &[Page], status: u16) -> Vec<usize> {
    pages.iter().enumerate().filter(|(_, page)| page.status == status).map(|(number, _)| number).collect()
}

#[test]
fn two_servers_let_one_provisional_key_change_the_key_once() {
    let scene = Scene::new();
    let mut owner = scene.servers[0].browser();
    let done = scene.someone.recovers(&mut owner).unwrap().is(303);
    let provisional = provisional_key(&owner.get(&done.location).unwrap());
    let new = |number: usize| format!("carrera-{number}");
    let runners = scene.strangers().into_iter().enumerate().map(|(number, mut browser)| {
        let form = browser.get(CHANGE).unwrap();
        let fields = owned(&scene.someone.changing(&form, &provisional, &new(number)));
        (browser, CHANGE, fields)
    });
    let pages = race(runners.collect());
    let (won, lost) = (with_status(&pages, 303), with_status(&pages, 422));
    assert_eq!((won.len(), lost.len()), (1, RUNNERS - 1));
    let account = scene.installation.account(&scene.someone.rut).unwrap();
    assert_eq!(times(&account, "key_changed"), 1);
    for number in 0..RUNNERS {
        assert_eq!(scene.someone.has_key(&mut scene.servers[1].browser(), &new(number)), number == won[0]);
    }
}

#[test]
fn two_servers_make_one_account_of_many_registrations() {
    let scene = Scene::new();
    let someone = Someone::number(9_100_201);
    let key = |number: usize| format!("carrera-{number}");
    let runners = scene.strangers().into_iter().enumerate().map(|(number, mut browser)| {
        let form = browser.get(REGISTER).unwrap();
        let fields = owned(&someone.registration(&form, &key(number)));
        (browser, REGISTER, fields)
    });
    let pages = race(runners.collect());
    assert_eq!(with_status(&pages, 303).len(), RUNNERS, "all are answered alike");
    let account = scene.installation.account(&someone.rut).unwrap();
    assert_eq!((times(&account, "registered"), times(&account, "registration_of_taken_rut")), (1, RUNNERS - 1));
    let keys = (0..RUNNERS).filter(|number| someone.has_key(&mut scene.servers[0].browser(), &key(*number)));
    assert_eq!(keys.count(), 1);
}

#[test]
fn two_servers_let_one_captcha_through_once() {
    let scene = Scene::new();
    let mut browser = scene.servers[0].browser();
    let solved = browser.get(REGISTER).unwrap();
    let people: Vec<Someone> = (0..RUNNERS).map(|number| Someone::number(9_200_000 + u32::try_from(number).unwrap())).collect();
    let runners = scene.windows(&browser).into_iter().zip(&people).map(|(mut browser, someone)| {
        // Another form each, so that only the captcha is the same.
        let form = browser.get(REGISTER).unwrap();
        let mut fields = owned(&someone.registration(&form, KEY));
        fields.retain(|(name, _)| name != "captcha_id");
        fields.push(("captcha_id".to_owned(), solved.hidden("captcha_id").to_owned()));
        (browser, REGISTER, fields)
    });
    let pages = race(runners.collect());
    let (won, lost) = (with_status(&pages, 303), with_status(&pages, 422));
    assert_eq!((won.len(), lost.len()), (1, RUNNERS - 1));
    for (number, someone) in people.iter().enumerate() {
        assert_eq!(scene.installation.account(&someone.rut).is_some(), number == won[0]);
    }
}

#[test]
fn two_servers_make_one_key_of_one_recovery() {
    let scene = Scene::new();
    let mut browser = scene.servers[0].browser();
    let step = scene.someone.asks_for_a_key(&mut browser).unwrap();
    let runners = scene.windows(&browser).into_iter().map(|mut browser| {
        let form = browser.get(&step).unwrap();
        let fields = owned(&scene.someone.answering(&form));
        (browser, RECOVER, fields)
    });
    let pages = race(runners.collect());
    let (won, over) = (with_status(&pages, 303), with_status(&pages, 410));
    assert_eq!((won.len(), over.len()), (1, RUNNERS - 1));
    let account = scene.installation.account(&scene.someone.rut).unwrap();
    assert_eq!(times(&account, "provisional_key_made"), 1);
    let key = provisional_key(&browser.get(&pages[won[0]].location).unwrap());
    scene.someone.changes(&mut scene.servers[1].browser(), &key, "segunda-2").unwrap().is(303);
}

#[test]
fn two_servers_answer_one_form_sent_many_times_with_one_page() {
    let scene = Scene::new();
    let mut browser = scene.servers[0].browser();
    let form = browser.get(CHANGE).unwrap();
    let fields = owned(&scene.someone.changing(&form, KEY, "segunda-2"));
    let pages = race(scene.windows(&browser).into_iter().map(|browser| (browser, CHANGE, fields.clone())).collect());
    let addresses: BTreeSet<&str> = pages.iter().map(|page| page.location.as_str()).collect();
    assert_eq!((with_status(&pages, 303).len(), addresses.len()), (RUNNERS, 1));
    assert_eq!(times(&scene.installation.account(&scene.someone.rut).unwrap(), "key_changed"), 1);
}
