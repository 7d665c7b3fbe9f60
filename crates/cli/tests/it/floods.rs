//! The throttle from outside: floods from many addresses, and two servers on one database that must agree on every number (threats 1.1–1.3, 3.1).

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use sql::sql;

use crate::{
    browser::{Browser, Page},
    people::{CHANGE, RECOVER, Someone, key, provisional_key},
    races::{Runner, owned, race, with_status},
    support::{CAPTCHA, Installation, Server, runtime},
    wire::WallClock,
};

/// Hands that type at the same time. A refusal takes as long as a wrong key, so it is patience and not work that a flood needs.
const HANDS: usize = 100;
const KEY: &str = "primera-1";

/// What became of many tries.
#[derive(Debug, Default)]
struct Told {
    let_through: usize,
    refused: usize,
    longest_wait: Duration,
}

impl Told {
    #[track_caller]
    fn note(&mut self, page: &Page) {
        match page.status {
            422 => self.let_through += 1,
            429 => {
                self.refused += 1;
                self.longest_wait = self.longest_wait.max(page.retry_after().expect("a refusal says when to come back"));
            }
            _ => panic!("neither wrong nor refused: {}: {}", page.status, page.text),
        }
        assert!(page.text.contains("no corresponden"), "{}", page.text);
    }
}

/// So many addresses in each of so many networks of 256.
fn addresses(second: u8, networks: u8, each: u8) -> Vec<Ipv4Addr> {
    (0..networks).flat_map(|third| (1..=each).map(move |last| Ipv4Addr::new(127, second, third, last))).collect()
}

/// From every address one wrong key after the other, at the RUTs that are its turn.
fn flood(server: SocketAddr, from: &[Ipv4Addr], tries: usize, rut: impl Fn(usize, usize) -> String + Sync) -> Told {
    let (next, told) = (AtomicUsize::new(0), Mutex::new(Told::default()));
    thread::scope(|scope| {
        for _ in 0..HANDS.min(from.len()) {
            scope.spawn(|| {
                while let Some((number, address)) =
                    Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|n| Some((n, *from.get(n)?)))
                {
                    let mut browser = Browser::elsewhere(server, address);
                    let mut page = browser.get(CHANGE).unwrap().is(200);
                    for turn in 0..tries {
                        let victim = Someone { rut: rut(number, turn), ..Someone::number(1) };
                        page = browser.post(CHANGE, &victim.changing(&page, "comun-2024", "nueva-2025")).unwrap();
                        told.lock().unwrap().note(&page);
                    }
                }
            });
        }
    });
    told.into_inner().unwrap()
}

/// A flood of keys against one person, who is let in from the known device during and after, and from elsewhere when the wait is over.
fn flood_of_keys(networks: u8, each: u8, tries: usize) {
    let (installation, clock) = WallClock::of(Installation::limited());
    let server = installation.serve();
    let owner = Someone::number(9_500_100);
    let mut device = server.browser_from(Ipv4Addr::new(127, 7, 7, 7));
    owner.registers(&mut device, KEY).unwrap().is(303);
    let mut known = KEY.to_owned();
    let mut rng = rand::make_rng();
    let mut change = |device: &mut Browser, known: &mut String| {
        let new = key(&mut rng);
        let began = Instant::now();
        owner.changes(device, known, &new).unwrap().is(303);
        *known = new;
        began.elapsed()
    };
    change(&mut device, &mut known);
    assert!(device.cookies.contains_key("cs_device"));

    let from = addresses(1, networks, each);
    let began = Instant::now();
    let mut during = Vec::new();
    let told = thread::scope(|scope| {
        let flooding = scope.spawn(|| flood(server.address, &from, tries, |_, _| owner.rut.clone()));
        while !flooding.is_finished() {
            during.push(change(&mut device, &mut known));
            thread::sleep(Duration::from_millis(300));
        }
        flooding.join().unwrap()
    });
    let took = began.elapsed();
    let after = change(&mut device, &mut known);
    during.sort();
    println!(
        "{} wrong keys from {} addresses in {took:.1?}: {told:?}; the owner's device changed the key {} times meanwhile, at the first try \
         (median {:.0?}, longest {:.0?}), and afterwards in {after:.0?}",
        from.len() * tries,
        from.len(),
        during.len(),
        during[during.len() / 2],
        during[during.len() - 1],
    );
    assert_eq!(told.let_through + told.refused, from.len() * tries);
    // Ten at once in each of two lanes, then one a minute at most.
    let most = 20 + 2 * usize::try_from(took.as_secs() / 60).unwrap();
    assert!((10..=most).contains(&told.let_through), "{told:?}");
    assert!(told.longest_wait <= Duration::from_secs(15 * 60 + 1), "{told:?}");

    // Elsewhere, without the device: refused like everybody, and let in at the end of the wait, although the flood goes on.
    let new = key(&mut rand::make_rng());
    let mut elsewhere = server.browser_from(Ipv4Addr::new(127, 99, 0, 1));
    let first = owner.changes(&mut elsewhere, &known, &new).unwrap();
    if first.status == 303 {
        println!("elsewhere, without the device: in at the first try, since newcomers' lane was open again");
        return;
    }
    let wait = first.is(429).retry_after().unwrap();
    assert!(wait <= Duration::from_secs(15 * 60 + 1), "{wait:?}");
    let Some(mut clock) = clock else { return };
    clock.forward(wait);
    let (told, page) = thread::scope(|scope| {
        let flooding = scope.spawn(|| flood(server.address, &from, 2, |_, _| owner.rut.clone()));
        let page = owner.changes(&mut elsewhere, &known, &new).unwrap();
        (flooding.join().unwrap(), page)
    });
    page.is(303);
    println!(
        "without the device, after the {wait:?} that were asked for: changed at the first try, while the flood went on: {told:?}"
    );
    assert!(owner.has_key(&mut device, &new));
}

#[test]
fn a_flood_of_keys_does_not_keep_the_owner_out() {
    flood_of_keys(8, 3, 8);
}

#[test]
#[ignore = "./test --faults: minutes"]
fn ten_thousand_keys_from_500_addresses_do_not_keep_the_owner_out() {
    flood_of_keys(50, 10, 20);
}

/// One common key at ever other RUTs, from 50 addresses.
fn spray(networks: u8, each: u8, people: usize) -> Told {
    let installation = Installation::limited();
    let server = installation.serve();
    let from = addresses(2, networks, each);
    let rut = |number: usize, turn: usize| {
        let number = 9_510_000 + number * 1_000 + turn;
        rut::Rut::from_number(u32::try_from(number).unwrap()).unwrap().to_string()
    };
    let began = Instant::now();
    let told = flood(server.address, &from, people / from.len(), rut);
    println!(
        "one key at {people} RUTs from {} addresses in {networks} networks in {:.1?}: {told:?}",
        from.len(),
        began.elapsed()
    );
    assert_eq!(told.let_through + told.refused, people);
    assert!(told.longest_wait <= Duration::from_secs(60 * 60 + 1), "{told:?}");
    told
}

#[test]
fn a_spray_from_one_network_is_stopped_by_its_number() {
    assert_eq!(spray(1, 50, 200).let_through, 150, "limits.people_neighbourhood");
}

#[test]
#[ignore = "./test --faults: minutes"]
fn five_thousand_ruts_sprayed_from_one_network_are_stopped_by_its_number() {
    assert_eq!(spray(1, 50, 5_000).let_through, 150, "limits.people_neighbourhood");
}

#[test]
#[ignore = "./test --faults: minutes"]
fn five_thousand_ruts_sprayed_from_50_networks_are_stopped_by_the_number_of_each_address() {
    assert_eq!(spray(50, 1, 5_000).let_through, 50 * 30, "limits.people_address");
}

#[test]
fn a_refused_key_reads_like_a_wrong_one() {
    let installation = Installation::limited();
    let server = installation.serve();
    let someone = Someone::number(9_520_100);
    someone.registers(&mut server.browser(), KEY).unwrap().is(303);
    let mut stranger = server.browser_from(Ipv4Addr::new(127, 3, 0, 1));
    let mut wrong = || someone.changes(&mut stranger, "no-es-esta", "nueva-2025").unwrap();
    // Three as an address that is new to the person, then ten.
    let last = (0..13).map(|_| wrong().is(422)).last().unwrap();
    let refused = wrong().is(429);
    let wait = refused.retry_after().unwrap();
    assert!(Duration::from_secs(50) < wait && wait <= Duration::from_secs(61), "the first wait: {wait:?}");

    let (before, rest) = refused.text.split_once(" Hubo demasiados intentos.").expect("the wait is told");
    let mut without_wait = before.to_owned();
    for part in rest.split(" Hubo demasiados intentos.") {
        without_wait.push_str(part.split_once("y vuelva a intentarlo.").unwrap().1);
    }
    let plain = |page: &Page, text: &str| {
        let random = [page.hidden("csrf"), page.hidden("captcha_id"), page.after("data-trabajo=\"")];
        random.iter().fold(text.to_owned(), |text, random| text.replace(random, "…"))
    };
    assert_eq!(plain(&refused, &without_wait), plain(&last, &last.text));
    let names = |page: &Page| {
        let own = ["retry-after", "content-length", "date", "x-request-id"];
        let mut all: Vec<String> = page.headers.iter().map(|(name, value)| format!("{name}: {value:?}")).collect();
        all.retain(|header| !own.iter().any(|own| header.starts_with(own)));
        all
    };
    assert_eq!(names(&refused), names(&last));
}

/// Two servers on one database with the throttle on, and someone who has registered.
struct Two {
    installation: Installation,
    servers: [Server; 2],
    someone: Someone,
}

impl Two {
    fn new(number: u32) -> Self {
        let installation = Installation::limited();
        let servers = [installation.serve(), installation.serve()];
        let someone = Someone::number(number);
        someone.registers(&mut servers[0].browser(), KEY).unwrap().is(303);
        Self { installation, servers, someone }
    }

    /// A browser of its own on a machine of its own, by turns at the one server and the other.
    fn stranger(&self, number: usize) -> Browser {
        let [third, last] = u16::try_from(number + 1).unwrap().to_be_bytes();
        self.servers[number % 2].browser_from(Ipv4Addr::new(127, 4 + last, third, 1))
    }

    /// Sends what each stranger made ready, at the same moment.
    fn race(
        &self,
        count: usize,
        mut ready: impl FnMut(usize, &mut Browser) -> (&'static str, Vec<(String, String)>),
    ) -> Vec<Page> {
        let runners = (0..count).map(|number| {
            let mut browser = self.stranger(number);
            let (path, fields) = ready(number, &mut browser);
            (browser, path, fields)
        });
        race(runners.collect::<Vec<Runner>>())
    }

    fn keys(&self, count: usize) -> Vec<Page> {
        self.race(count, |_, browser| {
            let form = browser.get(CHANGE).unwrap();
            (CHANGE, owned(&self.someone.changing(&form, "no-es-esta", "nueva-2025")))
        })
    }
}

/// How many were let through (with that status); all others were refused, and told when to come back.
#[track_caller]
fn let_through(pages: &[Page], status: u16) -> usize {
    let (through, refused) = (with_status(pages, status), with_status(pages, 429));
    let others: Vec<u16> = pages.iter().map(|page| page.status).filter(|other| ![status, 429].contains(other)).collect();
    assert_eq!(through.len() + refused.len(), pages.len(), "{others:?}");
    assert!(refused.iter().all(|number| pages[*number].retry_after().is_some()));
    through.len()
}

#[test]
fn two_servers_agree_on_the_answers_of_a_person() {
    let two = Two::new(9_530_100);
    let wrong = Someone { answer: "otra cosa".to_owned(), ..two.someone.clone() };
    let pages = two.race(16, |_, browser| {
        let step = wrong.asks_for_a_key(browser).unwrap();
        let form = browser.get(&step).unwrap();
        (RECOVER, owned(&wrong.answering(&form)))
    });
    assert_eq!(let_through(&pages, 422), 5, "limits.answers_hour");
}

#[test]
fn two_servers_agree_on_the_keys_of_a_person() {
    let two = Two::new(9_530_101);
    assert_eq!(let_through(&two.keys(24), 422), 10, "limits.keys_person");
    // Also of a RUT that nobody registered.
    let nobody = Two { someone: Someone::number(9_530_199), ..two };
    assert_eq!(let_through(&nobody.keys(24), 422), 10, "limits.keys_person");
}

#[test]
fn two_servers_agree_on_the_wrong_tries_of_a_provisional_key() {
    let two = Two::new(9_530_102);
    let recovered = |two: &Two| {
        let mut owner = two.servers[0].browser_from(Ipv4Addr::new(127, 77, 0, 1));
        let done = two.someone.recovers(&mut owner).unwrap().is(303);
        let provisional = provisional_key(&owner.get(&done.location).unwrap());
        (owner, provisional)
    };
    // Four wrong tries leave it one.
    let (mut owner, provisional) = recovered(&two);
    assert_eq!(let_through(&two.keys(4), 422), 4);
    two.someone.changes(&mut owner, &provisional, "segunda-2").unwrap().is(303);

    let two = Two { someone: Someone::number(9_530_103), ..two };
    two.someone.registers(&mut two.servers[1].browser(), KEY).unwrap().is(303);
    let (mut owner, provisional) = recovered(&two);
    assert_eq!(let_through(&two.keys(16), 422), 10, "limits.keys_person");
    let page = two.someone.changes(&mut owner, &provisional, "segunda-2").unwrap().is(422);
    page.shows("no corresponden");
    assert_eq!(most_tries_of_provisional_keys(&two.installation), 5, "limits.provisional_tries");
    assert!(two.someone.has_key(&mut owner, KEY), "the key before it goes on");
}

fn most_tries_of_provisional_keys(installation: &Installation) -> i64 {
    runtime().block_on(async {
        let db = installation.database().await;
        let row = db.read().await.unwrap().one(sql!("SELECT MAX(wrong_tries) AS tries FROM provisional")).await.unwrap();
        db.close().await;
        row.unwrap().get("tries").unwrap()
    })
}

#[test]
fn two_servers_agree_on_the_people_an_address_looks_up() {
    let two = Two::new(9_530_104);
    let one_address = Ipv4Addr::new(127, 88, 0, 1);
    let runners = (0..40).map(|number| {
        let mut browser = two.servers[number % 2].browser_from(one_address);
        let someone = Someone::number(9_531_000 + u32::try_from(number).unwrap());
        let form = browser.get(RECOVER).unwrap();
        (browser, RECOVER, owned(&[("csrf", form.hidden("csrf")), ("rut", &someone.rut)]))
    });
    let pages = race(runners.collect());
    assert_eq!(let_through(&pages, 303), 30, "limits.people_address");
}

#[test]
fn two_servers_agree_on_the_links_in_place_of_the_captcha() {
    let two = Two::new(9_530_105);
    let pages = two.race(10, |_, browser| {
        let form = browser.get(CHANGE).unwrap();
        let fields = [
            ("csrf", form.hidden("csrf")),
            ("captcha_id", form.hidden("captcha_id")),
            ("captcha", CAPTCHA),
            ("rut", &two.someone.rut),
            ("accion", "sin_captcha"),
        ];
        (CHANGE, owned(&fields))
    });
    assert_eq!(let_through(&pages, 303), 3, "limits.sends_person");
    // A mail and an SMS each, and those of the registration.
    two.installation.wait_for_messages(2 + 3 * 2, Duration::from_secs(10));
}
