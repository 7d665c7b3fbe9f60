//! Two gateways a channel, against programs that nobody here wrote: which one takes a message, how soon the other one does, and what is heard afterwards.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use clave::{
    Clock, Secret,
    delivery::{
        Failure, FileFolder, Gateway, Handle, Parcel, Rendered, Route, Smpp, SmppAccount, SmsHttp, SmsHttpSettings, Taken,
        Transport, Transports,
        breaker::Rules,
        smpp::{Ids, Keeper, Line, Long},
    },
    outbox::{Channel, MessageId},
    receipt::Receipts,
    worker::Worker,
};
use serde_json::json;
use sql::sql;

use crate::{
    delivery::{KEY, MAIL, put_key, stored},
    peers::{self, Peer},
    smtp,
    support::{PlainWords, TestClave, systems},
};

const MOBILE: &str = "+56912345678";
const SECRET: &str = "0123456789abcdef0123456789abcdef";

fn parcel(channel: Channel, to: &str, text: &str) -> Parcel {
    let id: MessageId = serde_json::from_value(json!([0xab, 0xcd, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16])).unwrap();
    let words = Rendered { subject: "Clave".to_owned(), text: text.to_owned(), html: None };
    let made_at = clave::Moment::from_micros(1_559_054_820_000_000);
    Parcel { id, attempt: 1, channel, to: to.to_owned(), made_at, avoid: None, doubts: Vec::new(), words }
}

fn sms(text: &str) -> Parcel {
    parcel(Channel::Sms, MOBILE, text)
}

fn account(name: &str, peer: &Peer) -> SmppAccount {
    SmppAccount {
        name: name.to_owned(),
        host: "127.0.0.1".to_owned(),
        port: peer.port,
        line: Line::Here,
        root_certificate: None,
        system_id: "clavero".to_owned(),
        password: Secret::new("secreto"),
        system_type: "clave".to_owned(),
        source: "SENCE".to_owned(),
        source_ton: 5,
        source_npi: 0,
        long: Long::Segments,
        ids: Ids::Same,
        window: 10,
        enquire: Duration::from_secs(15),
        user_message_reference: false,
    }
}

fn smpp(account: SmppAccount, receipts: Option<Receipts>) -> (String, Gateway, Keeper) {
    let name = account.name.clone();
    let (smpp, keeper) = Smpp::start(account, receipts).unwrap();
    (name, Gateway::Smpp(smpp), keeper)
}

fn http(name: &str, peer: &Peer) -> (String, Gateway) {
    let url = format!("http://127.0.0.1:{}/sms", peer.port);
    let settings = SmsHttpSettings { url, secret: Secret::new(SECRET), from: Some("SENCE".to_owned()), root_certificate: None };
    (name.to_owned(), Gateway::Http(SmsHttp::new(settings, Clock::System).unwrap()))
}

fn mail(name: &str, port: u16, seconds: u64) -> (String, Gateway) {
    (name.to_owned(), Gateway::Smtp(smtp::plain(port, Duration::from_secs(seconds))))
}

/// A port where nobody listens.
fn nobody() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

#[expect(clippy::unnecessary_wraps, reason = "it is compared with what a try gives")]
fn receipted(gateway: &str, reference: &str) -> Result<Taken, Failure> {
    Ok(Taken::Receipted(Handle { gateway: gateway.to_owned(), reference: reference.to_owned() }))
}

fn passing(problem: &str) -> Result<Taken, Failure> {
    Err(Failure::Passing(problem.to_owned()))
}

fn unknown(problem: &str, doubts: &[&str]) -> Result<Taken, Failure> {
    let doubts = doubts.iter().map(|&name| name.to_owned()).collect();
    Err(Failure::Unknown { problem: problem.to_owned(), doubts })
}

/// The receipts that were kept, as gateway, reference and news.
async fn kept(test: &TestClave) -> Vec<(String, String, String)> {
    let mut tx = test.clave.db.read().await.unwrap();
    let rows = tx.all(sql!("SELECT gateway, reference, news FROM receipt ORDER BY reference")).await.unwrap();
    rows.iter().map(|row| (row.get("gateway").unwrap(), row.get("reference").unwrap(), row.get("news").unwrap())).collect()
}

fn kept_one(reference: &str, news: &str) -> Vec<(String, String, String)> {
    vec![("sms.first".to_owned(), reference.to_owned(), news.to_owned())]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_sms_leaves_over_smpp_and_its_receipt_is_kept_before_it_is_acknowledged() {
    if !peers::has_smsc() {
        return;
    }
    let test = TestClave::new().await;
    let peer = peers::smsc(&["--receipts", "after"]);
    let (name, gateway, keeper) = smpp(account("sms.first", &peer), Some(Receipts::new(Arc::clone(&test.clave))));
    let route = Route::new(vec![(name, gateway)]);
    assert_eq!(route.send(&sms("Clave SENCE: su clave ñ es R71640Y1 [5]")).await, receipted("sms.first", "m-1"));
    assert_eq!(peer.says(), json!({ "bind": "clavero", "right": true, "type": "clave", "version": 0x34 }));
    let message = peer.says_of("to");
    assert_eq!(message["text"], "Clave SENCE: su clave ñ es R71640Y1 [5]");
    assert_eq!((&message["to"], &message["from"]), (&json!("56912345678"), &json!("SENCE")));
    let kinds = ["source_ton", "source_npi", "dest_ton", "dest_npi", "data_coding", "esm_class", "registered_delivery"];
    assert_eq!(kinds.map(|kind| message[kind].as_u64().unwrap()), [5, 0, 1, 1, 0, 0, 1]);
    assert_eq!(peer.says_of("receipt_answered")["receipt_answered"], 0);
    assert_eq!(kept(&test).await, kept_one("m-1", "delivered"));
    keeper.stop().await;
    assert_eq!(peer.says_of("unbound")["unbound"], true);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn receipts_count_however_they_come() {
    if !peers::has_smsc() {
        return;
    }
    for (behaviour, stat, news) in
        [("early", "DELIVRD", "delivered"), ("twice", "UNDELIV", "undelivered"), ("after", "REJECTD", "undelivered")]
    {
        let test = TestClave::new().await;
        let peer = peers::smsc(&["--receipts", behaviour, "--stat", stat, "--ids", "hex"]);
        let of_hex = SmppAccount { ids: Ids::HexThenDecimal, ..account("sms.first", &peer) };
        let (name, gateway, _keeper) = smpp(of_hex, Some(Receipts::new(Arc::clone(&test.clave))));
        let route = Route::new(vec![(name, gateway)]);
        assert_eq!(route.send(&sms("x")).await, receipted("sms.first", "1"), "{behaviour}");
        assert_eq!(peer.says_of("receipt_answered")["receipt_answered"], 0);
        if behaviour == "twice" {
            assert_eq!(peer.says_of("receipt_answered")["receipt_answered"], 0);
        }
        assert_eq!(kept(&test).await, kept_one("1", news), "{behaviour}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_receipt_that_cannot_be_kept_is_to_be_told_again() {
    if !peers::has_smsc() {
        return;
    }
    let test = TestClave::new().await;
    let mut peer = peers::smsc(&[]);
    let (_, gateway, _keeper) = smpp(account("sms.first", &peer), Some(Receipts::new(test.another_node().await)));
    gateway.probe().await.unwrap();
    peer.tell(&json!({ "receipt": { "id": "1", "text": "id:a-1 stat:DELIVRD err:000" } }));
    assert_eq!(peer.says_of("receipt_answered"), json!({ "receipt_answered": 0, "id": "1" }));

    let dying = test.another_node().await;
    dying.db.close().await;
    let mut peer = peers::smsc(&[]);
    let (_, gateway, _keeper) = smpp(account("sms.first", &peer), Some(Receipts::new(dying)));
    gateway.probe().await.unwrap();
    peer.tell(&json!({ "receipt": { "id": "2", "text": "id:a-2 stat:DELIVRD err:000" } }));
    assert_eq!(peer.says_of("receipt_answered"), json!({ "receipt_answered": 0x14, "id": "2" }));
    assert_eq!(kept(&test).await, kept_one("a-1", "delivered"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_only_looks_takes_no_receipt_away() {
    if !peers::has_smsc() {
        return;
    }
    let mut peer = peers::smsc(&[]);
    let (_, gateway, _keeper) = smpp(account("sms.first", &peer), None);
    gateway.probe().await.unwrap();
    peer.tell(&json!({ "receipt": { "id": "1", "text": "id:a-1 stat:DELIVRD err:000" } }));
    assert_eq!(peer.says_of("receipt_answered"), json!({ "receipt_answered": 0x14, "id": "1" }));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_an_smsc_says_beside_receipts_ends_no_session() {
    if !peers::has_smsc() {
        return;
    }
    let test = TestClave::new().await;
    let mut peer = peers::smsc(&[]);
    let (name, gateway, _keeper) = smpp(account("sms.first", &peer), Some(Receipts::new(Arc::clone(&test.clave))));
    gateway.probe().await.unwrap();
    // A person answers; a receipt on its way; a receipt of nothing.
    peer.tell(&json!({ "receipt": { "id": "mo", "text": "id:a-1 stat:DELIVRD", "esm_class": 0 } }));
    assert_eq!(peer.says_of("receipt_answered")["receipt_answered"], 0);
    peer.tell(&json!({ "receipt": { "id": "way", "text": "id:a-1 stat:ENROUTE err:000" } }));
    assert_eq!(peer.says_of("receipt_answered")["receipt_answered"], 0);
    peer.tell(&json!({ "receipt": { "id": "nothing", "text": "hola" } }));
    assert_eq!(peer.says_of("receipt_answered")["receipt_answered"], 0);
    // A deliver_sm whose body ends in its first field, and a command that nobody knows.
    peer.tell(&json!({ "raw": "0000001200000005000000000000004d4142" }));
    peer.tell(&json!({ "raw": "00000010000001770000000000000063" }));
    assert_eq!(Route::new(vec![(name, gateway)]).send(&sms("x")).await, receipted("sms.first", "m-1"));
    assert!(peer.said_nothing_of("bind_again") && kept(&test).await.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn long_and_foreign_texts_arrive_whole() {
    if !peers::has_smsc() {
        return;
    }
    let peer = peers::smsc(&[]);
    let (name, gateway, _keeper) = smpp(account("sms.first", &peer), None);
    let route = Route::new(vec![(name, gateway)]);
    route.send(&sms("Contraseña válida ☎")).await.unwrap();
    let message = peer.says_of("to");
    assert_eq!((&message["text"], &message["data_coding"]), (&json!("Contraseña válida ☎"), &json!(8)));

    let long = format!("{}€", "ñ".repeat(200));
    assert_eq!(route.send(&sms(&long)).await, receipted("sms.first", "m-3"), "the last segment's");
    let (first, second) = (peer.says_of("to"), peer.says_of("to"));
    assert_eq!(format!("{}{}", first["text"].as_str().unwrap(), second["text"].as_str().unwrap()), long);
    assert_eq!((&first["udh"], &second["udh"]), (&json!(["0003ab0201"]), &json!(["0003ab0202"])));
    let asked = |message: &serde_json::Value| (message["registered_delivery"].clone(), message["esm_class"].clone());
    assert_eq!((asked(&first), asked(&second)), ((json!(0), json!(0x40)), (json!(1), json!(0x40))));

    let whole = SmppAccount { long: Long::Payload, user_message_reference: true, ..account("sms.first", &peer) };
    let (name, gateway, _keeper) = smpp(whole, None);
    Route::new(vec![(name, gateway)]).send(&sms(&"a".repeat(161))).await.unwrap();
    let message = peer.says_of("to");
    assert_eq!((&message["payload"], &message["reference"]), (&json!("a".repeat(161)), &json!(0xabcd)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_an_smsc_answers_is_final_only_about_the_number() {
    if !peers::has_smsc() {
        return;
    }
    let cases = [
        ("refuse", Err(Failure::Final("smpp submit: status 0x0000000b".to_owned()))),
        ("throttle", passing("smpp submit: status 0x00000058")),
        ("status:8", passing("smpp submit: status 0x00000008")),
        ("status:1025", passing("smpp submit: status 0x00000401")),
        ("drop", unknown("smpp submit: the session ended", &["sms.first"])),
        // It took it, whatever it calls it.
        ("long-id", Ok(Taken::ForGood)),
        ("open-id", Ok(Taken::ForGood)),
    ];
    for (behaviour, wanted) in cases {
        let peer = peers::smsc(&["--behaviour", behaviour]);
        let (name, gateway, _keeper) = smpp(account("sms.first", &peer), None);
        assert_eq!(Route::new(vec![(name, gateway)]).send(&sms("x")).await, wanted, "{behaviour}");
    }
    let peer = peers::smsc(&[]);
    let wrong = SmppAccount { password: Secret::new("otro"), ..account("sms.first", &peer) };
    let (name, gateway, _keeper) = smpp(wrong, None);
    assert_eq!(Route::new(vec![(name, gateway)]).send(&sms("x")).await, passing("smpp bind: status 0x0000000e"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_that_ended_stands_again() {
    if !peers::has_smsc() {
        return;
    }
    let mut peer = peers::smsc(&[]);
    let (name, gateway, keeper) = smpp(account("sms.first", &peer), None);
    gateway.probe().await.unwrap();
    let route = Route::new(vec![(name, gateway)]);
    peer.says_of("bind");
    for ending in [json!({ "destroy": true }), json!({ "unbind": true })] {
        peer.tell(&ending);
        peer.says_of("bind");
        assert!(matches!(route.send(&sms("x")).await, Ok(Taken::Receipted(_))), "{ending}");
    }
    keeper.stop().await;
}

/// The SMSC binds and then says nothing more, as a connection does that a firewall forgot.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn silence_is_asked_about_and_then_taken_for_death() {
    if !peers::has_smsc() {
        return;
    }
    let peer = peers::smsc(&["--behaviour", "silent"]);
    let quick = SmppAccount { enquire: Duration::from_millis(300), ..account("sms.first", &peer) };
    let (name, gateway, _keeper) = smpp(quick, None);
    let began = Instant::now();
    assert_eq!(
        Route::new(vec![(name, gateway)]).send(&sms("x")).await,
        unknown("smpp submit: the session ended", &["sms.first"])
    );
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    assert_eq!(peer.says_of("enquired")["enquired"], true);
    assert_eq!(peer.says_of("bind")["right"], true, "it binds anew");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sms_go_over_tls_to_whom_we_know() {
    if !peers::has_smsc() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    smtp::make_certificates(folder.path());
    let path = |name: &str| folder.path().join(name);
    let peer =
        peers::smsc(&["--key", path("server.key").to_str().unwrap(), "--certificate", path("server.pem").to_str().unwrap()]);
    let known = SmppAccount {
        host: "localhost".to_owned(),
        line: Line::Tls,
        root_certificate: Some(path("authority.pem")),
        ..account("sms.first", &peer)
    };
    let (name, gateway, _keeper) = smpp(known.clone(), None);
    assert_eq!(Route::new(vec![(name, gateway)]).send(&sms("x")).await, receipted("sms.first", "m-1"));
    let (name, gateway, _keeper) = smpp(SmppAccount { root_certificate: None, ..known }, None);
    assert_eq!(Route::new(vec![(name, gateway)]).send(&sms("x")).await, passing("smpp connect: TLS failed"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn accounts_that_would_leak_or_fail_are_refused() {
    let peer = peers::http_gateway("accept");
    let refused = |account| Smpp::start(account, None).err().map(|fault| clave::fault::chain(&fault)).unwrap_or_default();
    let base = || account("sms.first", &peer);
    assert!(refused(SmppAccount { host: "smsc.ejemplo.cl".to_owned(), ..base() }).contains("private line"));
    assert!(refused(SmppAccount { password: Secret::new("123456789"), ..base() }).contains("8 characters"));
    assert!(refused(SmppAccount { system_id: "x".repeat(16), ..base() }).contains("15 characters"));
    assert!(refused(SmppAccount { source: "x".repeat(21), ..base() }).contains("20 characters"));
    assert_eq!(refused(SmppAccount { host: "smsc.ejemplo.cl".to_owned(), line: Line::Private, ..base() }), "");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_sms_leaves_over_http_signed_and_with_its_key() {
    let peer = peers::http_gateway("accept");
    let route = Route::new(vec![http("sms.first", &peer)]);
    assert_eq!(route.send(&sms("Su clave ñ")).await, receipted("sms.first", "g-abcd0304"));
    let request = peer.says();
    assert_eq!(
        (&request["signed"], &request["type"], &request["path"]),
        (&json!(true), &json!("application/json"), &json!("/sms"))
    );
    let id = "abcd030405060708090a0b0c0d0e0f10";
    assert_eq!(request["key"], id);
    assert_eq!(request["message"], json!({ "id": id, "to": MOBILE, "text": "Su clave ñ", "from": "SENCE" }));
    for (_, gateway) in route.gateways() {
        gateway.probe().await.unwrap();
    }
    assert_eq!(peer.says()["probe"], true);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_gateway_answers_over_http_means_what_the_contract_says() {
    let is_final = |status: u16| Err(Failure::Final(format!("http: status {status}")));
    let later = |status: u16| passing(&format!("http: status {status}"));
    let cases = [
        ("silent", Ok(Taken::ForGood)),
        // It said 200: it has the message, whatever else it says.
        ("nonsense", Ok(Taken::ForGood)),
        ("huge", Ok(Taken::ForGood)),
        ("422", is_final(422)),
        ("413", is_final(413)),
        ("400", later(400)),
        ("418", later(418)),
        ("401", later(401)),
        ("409", later(409)),
        ("500", later(500)),
        ("busy", later(429)),
        ("redirect", later(307)),
        ("drop", passing("http: the gateway hung up or spoke nonsense")),
    ];
    for (behaviour, wanted) in cases {
        let peer = peers::http_gateway(behaviour);
        assert_eq!(Route::new(vec![http("sms.first", &peer)]).send(&sms("x")).await, wanted, "{behaviour}");
        assert_eq!(peer.says()["path"], "/sms");
        assert!(peer.said_nothing_of("path"), "{behaviour}: asked once, and nowhere else");
    }
    let gone = SmsHttpSettings {
        url: format!("http://127.0.0.1:{}/", nobody()),
        secret: Secret::new(SECRET),
        from: None,
        root_certificate: None,
    };
    let gateway = Gateway::Http(SmsHttp::new(gone, Clock::System).unwrap());
    assert_eq!(Route::new(vec![("sms.first".to_owned(), gateway)]).send(&sms("x")).await, passing("http: no connection"));
}

/// The promise of issue 6: fail-over in less than half a minute, whatever the first one does.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_second_gateway_takes_what_the_first_one_does_not_within_half_a_minute() {
    if !peers::has_smsc() {
        return;
    }
    let limit = Duration::from_secs(30);
    let mut longest = Duration::ZERO;
    for behaviour in ["hang", "throttle", "status:8", "drop", "deaf"] {
        let (first, second) = (peers::smsc(&["--behaviour", behaviour]), peers::http_gateway("slow"));
        let (name, gateway, _keeper) = smpp(account("sms.first", &first), None);
        let route = Route::new(vec![(name, gateway), http("sms.second", &second)]);
        let began = Instant::now();
        assert_eq!(route.send(&sms("x")).await, receipted("sms.second", "g-abcd0304"), "{behaviour}");
        longest = longest.max(began.elapsed());
    }
    for behaviour in ["hang", "drop", "500", "busy", "redirect"] {
        let (first, second) = (peers::http_gateway(behaviour), peers::smsc(&[]));
        let (name, gateway, _keeper) = smpp(account("sms.second", &second), None);
        let route = Route::new(vec![http("sms.first", &first), (name, gateway)]);
        let began = Instant::now();
        assert_eq!(route.send(&sms("x")).await, receipted("sms.second", "m-1"), "{behaviour}");
        longest = longest.max(began.elapsed());
    }
    eprintln!("the slowest fail-over of SMS took {longest:?}");
    assert!(longest < limit, "{longest:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_second_relay_takes_what_the_first_one_does_not_within_half_a_minute() {
    if !smtp::can_run() {
        return;
    }
    let mut longest = Duration::ZERO;
    for behaviour in ["hang", "drop", "later", "denied", "nobody"] {
        let first = peers::mail(if behaviour == "nobody" { "accept" } else { behaviour });
        let port = if behaviour == "nobody" { nobody() } else { first.port };
        let second = peers::mail("accept");
        let route = Route::new(vec![mail("mail.first", port, 15), mail("mail.second", second.port, 15)]);
        let began = Instant::now();
        assert_eq!(route.send(&parcel(Channel::Email, MAIL, KEY)).await, Ok(Taken::ForGood), "{behaviour}");
        longest = longest.max(began.elapsed());
        assert!(second.says()["content"].as_str().unwrap().contains(KEY), "{behaviour}");
    }
    eprintln!("the slowest fail-over of mail took {longest:?}");
    assert!(longest < Duration::from_secs(30), "{longest:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_recipient_is_refused_for_good_when_all_relays_say_so() {
    if !smtp::can_run() {
        return;
    }
    let (first, second) = (peers::mail("denied"), peers::mail("refuse"));
    let route = Route::new(vec![mail("mail.first", first.port, 5), mail("mail.second", second.port, 5)]);
    let refused = Err(Failure::Final("mail.first: smtp recipient: 550; mail.second: smtp recipient: 550".to_owned()));
    assert_eq!(route.send(&parcel(Channel::Email, MAIL, KEY)).await, refused);
    let route = Route::new(vec![mail("mail.first", first.port, 5), mail("mail.second", nobody(), 5)]);
    let passing = passing("mail.first: smtp recipient: 550; mail.second: smtp connect: no connection");
    assert_eq!(route.send(&parcel(Channel::Email, MAIL, KEY)).await, passing, "the second one may think otherwise");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_one_gateway_works_on_a_message_no_other_is_asked() {
    let (first, second) = (peers::http_gateway("409"), peers::http_gateway("accept"));
    let route = Route::new(vec![http("sms.first", &first), http("sms.second", &second)]);
    assert_eq!(route.send(&sms("x")).await, passing("sms.first: http: status 409"));
    assert!(second.said_nothing_of("path"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_that_a_gateway_cannot_bear_is_no_reason_to_leave_it_alone() {
    let once = Rules { failures: 1, ..Rules::default() };
    for status in ["400", "418"] {
        let peer = peers::http_gateway(status);
        let route = Route::with_rules(vec![http("sms.first", &peer)], once);
        for _ in 0..3 {
            assert_eq!(route.send(&sms("x")).await, passing(&format!("http: status {status}")));
        }
    }
    if !peers::has_smsc() {
        return;
    }
    for status in ["0x00000401", "0x000000fe"] {
        let number = u32::from_str_radix(&status[2..], 16).unwrap();
        let peer = peers::smsc(&["--behaviour", &format!("status:{number}")]);
        let (name, gateway, _keeper) = smpp(account("sms.first", &peer), None);
        let route = Route::with_rules(vec![(name, gateway)], once);
        for _ in 0..3 {
            assert_eq!(route.send(&sms("x")).await, passing(&format!("smpp submit: status {status}")));
        }
    }
}

/// Under its limit at each message, a slow gateway would hold up all of them while the other one has nothing to do.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_gateway_comes_after_the_other_one_and_is_still_there() {
    let slow = Rules { slow: Duration::from_secs(1), longest: Duration::from_secs(6), ..Rules::default() };
    let (first, second) = (peers::http_gateway("slow"), peers::http_gateway("accept"));
    let route = Route::with_rules(vec![http("sms.first", &first), http("sms.second", &second)], slow);
    for taker in ["sms.first", "sms.second", "sms.second"] {
        assert_eq!(route.send(&sms("x")).await, receipted(taker, "g-abcd0304"));
    }
    let broken = peers::http_gateway("500");
    let route = Route::with_rules(vec![http("sms.first", &first), http("sms.second", &broken)], slow);
    for _ in 0..2 {
        assert_eq!(route.send(&sms("x")).await, receipted("sms.first", "g-abcd0304"));
    }
    broken.says_of("path");
}

/// SMPP has no idempotency key: each try that leaves may be an SMS, and is paid.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_that_left_three_times_without_an_answer_leaves_no_more() {
    if !peers::has_smsc() {
        return;
    }
    let rules = Rules { failures: 100, ..Rules::default() };
    let smsc = peers::smsc(&["--behaviour", "drop"]);
    let (name, gateway, _keeper) = smpp(account("sms.first", &smsc), None);
    let route = Route::with_rules(vec![(name, gateway)], rules);
    let test = TestClave::new().await;
    let email = Transport::File(FileFolder::open(&test.folder.path().join("outbox")).unwrap());
    let transports = Transports { email, sms: Transport::Route(route), systems: systems() };
    let worker = Worker::new(Arc::clone(&test.clave), Arc::new(PlainWords::default()), transports);
    let id = put_key(&test, Channel::Sms, MOBILE).await;
    let mut minutes = 0;
    while stored(&test, id).await.state == "waiting" && minutes < 11 {
        worker.work_once(test.now()).await.unwrap();
        test.wait(Duration::from_mins(1));
        minutes += 1;
    }
    assert_eq!(stored(&test, id).await.state, "sent", "it may have arrived, and nobody will tell");
    assert!((4..=8).contains(&minutes), "{minutes}: the third try comes after an outage of two minutes");
    for _ in 0..3 {
        smsc.says_of("to");
    }
    assert!(smsc.said_nothing_of("to"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gateway_that_has_not_had_it_is_asked_whatever_the_other_one_did() {
    if !peers::has_smsc() {
        return;
    }
    let smsc = peers::smsc(&["--behaviour", "drop"]);
    let (name, gateway, _keeper) = smpp(account("sms.first", &smsc), None);
    let broken = peers::http_gateway("500");
    let route = Route::new(vec![(name, gateway), http("sms.second", &broken)]);
    let doubtful = |doubts: &[&str]| Parcel { doubts: doubts.iter().map(|&name| name.to_owned()).collect(), ..sms("x") };
    let problem = "sms.first: smpp submit: the session ended; sms.second: http: status 500";
    assert_eq!(route.send(&doubtful(&["sms.first"])).await, unknown(problem, &["sms.first", "sms.first"]));
    smsc.says_of("to");
    assert_eq!(route.send(&doubtful(&["sms.first"; 3])).await, passing("sms.second: http: status 500"));
    assert!(smsc.said_nothing_of("to"));

    let well = peers::http_gateway("accept");
    let (name, gateway, _keeper) = smpp(account("sms.first", &smsc), None);
    let route = Route::new(vec![(name, gateway), http("sms.second", &well)]);
    assert_eq!(route.send(&doubtful(&["sms.first"; 3])).await, receipted("sms.second", "g-abcd0304"));
    let both = ["sms.first", "sms.second", "sms.first"];
    let left = "left several times, and no gateway answered".to_owned();
    assert_eq!(route.send(&doubtful(&both)).await, Ok(Taken::Unknown(left)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gateway_that_took_it_and_did_not_deliver_comes_last() {
    let (first, second) = (peers::http_gateway("accept"), peers::http_gateway("accept"));
    let route = Route::new(vec![http("sms.first", &first), http("sms.second", &second)]);
    let avoiding = |name: &str| Parcel { avoid: Some(name.to_owned()), ..sms("x") };
    assert_eq!(route.send(&avoiding("sms.first")).await, receipted("sms.second", "g-abcd0304"));
    assert_eq!(route.send(&avoiding("sms.second")).await, receipted("sms.first", "g-abcd0304"));
    let alone = Route::new(vec![http("sms.first", &first)]);
    assert_eq!(alone.send(&avoiding("sms.first")).await, receipted("sms.first", "g-abcd0304"), "where there is no other");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gateway_that_fails_and_fails_is_left_alone_and_asked_again() {
    let (first, second) = (peers::http_gateway("500"), peers::http_gateway("accept"));
    let rules = Rules { failures: 3, first: Duration::from_millis(700), ..Rules::default() };
    let route = Route::with_rules(vec![http("sms.first", &first), http("sms.second", &second)], rules);
    for _ in 0..6 {
        assert_eq!(route.send(&sms("x")).await, receipted("sms.second", "g-abcd0304"));
    }
    for _ in 0..3 {
        first.says_of("path");
    }
    assert!(first.said_nothing_of("path"), "left alone after the third");
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    route.send(&sms("x")).await.unwrap();
    first.says_of("path");
    route.send(&sms("x")).await.unwrap();
    assert!(first.said_nothing_of("path"), "one probe, and it failed");

    let alone = Route::with_rules(vec![http("sms.first", &first)], Rules { failures: 1, ..rules });
    assert_eq!(alone.send(&sms("x")).await, passing("http: status 500"));
    assert_eq!(alone.send(&sms("x")).await, passing("sms.first: left alone for a while"));
}

/// Whatever the gateways do: after the ten minutes of a provisional key each message was taken by one of them, or is known to have failed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_message_is_taken_or_given_up_within_its_ten_minutes() {
    if !peers::has_smsc() {
        return;
    }
    for (behaviour, second, wanted) in [
        ("status:8", "500", "failed"),
        ("status:8", "drop", "failed"),
        ("refuse", "422", "failed"),
        ("refuse", "accept", "accepted"),
        ("throttle", "silent", "sent"),
    ] {
        let test = TestClave::new().await;
        let (smsc, other) = (peers::smsc(&["--behaviour", behaviour]), peers::http_gateway(second));
        let receipts = Receipts::new(Arc::clone(&test.clave));
        let (name, gateway, _keeper) = smpp(account("sms.first", &smsc), Some(receipts));
        let rules = Rules { failures: 100, ..Rules::default() };
        let sms = Transport::Route(Route::with_rules(vec![(name, gateway), http("sms.second", &other)], rules));
        let email = Transport::File(FileFolder::open(&test.folder.path().join("outbox")).unwrap());
        let transports = Transports { email, sms, systems: systems() };
        let worker = Worker::new(Arc::clone(&test.clave), Arc::new(PlainWords::default()), transports);
        let id = put_key(&test, Channel::Sms, MOBILE).await;
        for _ in 0..11 {
            worker.work_once(test.now()).await.unwrap();
            if stored(&test, id).await.state != "waiting" {
                break;
            }
            test.wait(Duration::from_mins(1));
        }
        assert_eq!(stored(&test, id).await.state, wanted, "{behaviour}, {second}");
    }
}
