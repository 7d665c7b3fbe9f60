//! What gateways tell of messages afterwards: with a real gateway of the HTTP contract, which promises receipts, and two nodes.

use std::{
    io::{Read as _, Write as _},
    net::TcpListener,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use clave::{
    Clave, Cx, Secret,
    delivery::{Gateway, Handle, Route, SmsHttp, SmsHttpSettings, Transport, Transports},
    epoch,
    outbox::{
        Channel, Letter, Message, MessageId, NOTICE_DEADLINE,
        operate::{self, Retried},
        put,
    },
    person::Language,
    receipt::{News, Receipt, Receipts},
    worker::{Round, Worker},
};
use sql::sql;

use crate::{
    delivery::{ana, put_key, stored},
    support::{PlainWords, TestClave, systems},
};

const NUMBER: &str = "+56912345678";

/// A gateway that takes everything and promises receipts; its references are `NAME-1`, `NAME-2`, … A thread on this machine.
struct SmsGateway {
    url: String,
    /// What is done with a reference before the gateway answers.
    early: Arc<Mutex<Option<Early>>>,
}

type Early = Box<dyn Fn(&str) + Send>;

impl SmsGateway {
    fn open(name: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/sms", listener.local_addr().unwrap());
        let early: Arc<Mutex<Option<Early>>> = Arc::default();
        let (before_answer, count) = (Arc::clone(&early), AtomicUsize::new(0));
        std::thread::spawn(move || {
            for mut caller in listener.incoming().map_while(Result::ok) {
                let mut asked = Vec::new();
                // One JSON object, no larger than this.
                let mut buffer = [0; 4096];
                while let Ok(read) = caller.read(&mut buffer) {
                    asked.extend_from_slice(&buffer[..read]);
                    if read == 0 || asked.ends_with(b"}") {
                        break;
                    }
                }
                let reference = format!("{name}-{}", count.fetch_add(1, Ordering::SeqCst) + 1);
                if let Some(early) = before_answer.lock().unwrap().as_ref() {
                    early(&reference);
                }
                let body = format!("{{\"reference\":\"{reference}\",\"receipts\":true}}");
                let _ = write!(
                    caller,
                    "HTTP/1.1 202 Accepted\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                    body.len()
                );
            }
        });
        Self { url, early }
    }

    fn gateway(&self, test: &TestClave) -> Gateway {
        let settings =
            SmsHttpSettings { url: self.url.clone(), secret: Secret::new("s".repeat(40)), from: None, root_certificate: None };
        Gateway::Http(SmsHttp::new(settings, test.clave.clock.clone()).unwrap())
    }
}

/// Two gateways for SMS.
struct Post {
    test: TestClave,
    first: SmsGateway,
    worker: Worker,
}

impl Post {
    async fn new() -> Self {
        let test = TestClave::new().await;
        let (first, second) = (SmsGateway::open("first"), SmsGateway::open("second"));
        let gateways = vec![("sms.first".to_owned(), first.gateway(&test)), ("sms.second".to_owned(), second.gateway(&test))];
        let transports =
            Transports { email: test.files().email, sms: Transport::Route(Route::new(gateways)), systems: systems() };
        let worker = Worker::new(Arc::clone(&test.clave), Arc::new(PlainWords::default()), transports);
        Self { test, first, worker }
    }

    async fn works(&self) -> Round {
        self.worker.work_once(self.test.now()).await.unwrap()
    }

    /// A receipt comes to another node.
    async fn hears(&self, gateway: &str, reference: &str, news: News) {
        hears(self.test.another_node().await, gateway, reference, news).await;
    }

    async fn state(&self, id: MessageId) -> (String, bool) {
        let row = stored(&self.test, id).await;
        (row.state, row.body.is_some())
    }

    #[track_caller]
    fn is(state: &(String, bool), wanted: &str) {
        let open = matches!(wanted, "waiting" | "accepted");
        assert_eq!((state.0.as_str(), state.1), (wanted, open), "an open message has its body, no other");
    }

    async fn notice(&self) -> MessageId {
        let mut cx = self.test.cx();
        let message = Message::KeyChanged { at: cx.now, not_me: Secret::new("token") };
        let letter = Letter { to: NUMBER.to_owned(), language: Language::Spanish, message };
        let mut tx = self.test.clave.db.begin().await.unwrap();
        let deadline = cx.now.plus(NOTICE_DEADLINE);
        let id = put(&mut tx, &mut cx, ana(), Channel::Sms, &letter, deadline).await.unwrap();
        tx.commit().await.unwrap();
        id
    }
}

async fn hears(node: Arc<Clave>, gateway: &str, reference: &str, news: News) {
    let of = Handle { gateway: gateway.to_owned(), reference: reference.to_owned() };
    Receipts::new(node).receive(&Receipt { of, news }).await.unwrap();
}

fn undelivered() -> News {
    News::Undelivered("UNDELIV 001".to_owned())
}

const ACCEPTED: Round = Round { sent: 0, accepted: 1, put_off: 0, failed: 0, given_up: 0, lost: 0 };

#[tokio::test]
async fn what_arrived_is_known_to_have_arrived_and_stays_so() {
    let post = Post::new().await;
    let id = put_key(&post.test, Channel::Sms, NUMBER).await;
    assert_eq!(post.works().await, ACCEPTED);
    Post::is(&post.state(id).await, "accepted");
    post.hears("sms.second", "first-1", undelivered()).await;
    post.hears("sms.first", "first-9", undelivered()).await;
    Post::is(&post.state(id).await, "accepted");
    for news in [News::Delivered, News::Delivered, undelivered()] {
        post.hears("sms.first", "first-1", news).await;
        Post::is(&post.state(id).await, "delivered");
    }
    assert_eq!(post.works().await, Round::default());
}

#[tokio::test]
async fn a_gateway_that_counts_anew_tells_nothing_of_the_next_message_by_what_it_told_of_the_last() {
    let post = Post::new().await;
    put_key(&post.test, Channel::Sms, NUMBER).await;
    post.works().await;
    post.hears("sms.first", "first-1", News::Delivered).await;

    let restarted = SmsGateway::open("first");
    let route = Route::new(vec![("sms.first".to_owned(), restarted.gateway(&post.test))]);
    let transports = Transports { email: post.test.files().email, sms: Transport::Route(route), systems: systems() };
    let worker = Worker::new(Arc::clone(&post.test.clave), Arc::new(PlainWords::default()), transports);
    let next = put_key(&post.test, Channel::Sms, NUMBER).await;
    worker.work_once(post.test.now()).await.unwrap();
    assert_eq!(post.state(next).await, ("accepted".to_owned(), true), "nothing was told of it yet");
    post.hears("sms.first", "first-1", News::Delivered).await;
    assert_eq!(post.state(next).await, ("delivered".to_owned(), false));
}

#[tokio::test]
async fn what_did_not_arrive_goes_by_the_other_gateway_and_fails_when_that_says_so_too() {
    let post = Post::new().await;
    let id = put_key(&post.test, Channel::Sms, NUMBER).await;
    assert_eq!(post.works().await, ACCEPTED);
    post.hears("sms.first", "first-1", undelivered()).await;
    Post::is(&post.state(id).await, "waiting");
    assert_eq!(post.works().await, ACCEPTED, "at once, by the other");
    post.hears("sms.first", "first-1", undelivered()).await;
    Post::is(&post.state(id).await, "accepted");
    post.hears("sms.second", "second-1", undelivered()).await;
    Post::is(&post.state(id).await, "failed");
    assert_eq!(stored(&post.test, id).await.problem.as_deref(), Some("UNDELIV 001"));
    assert_eq!(post.works().await, Round::default());
    post.hears("sms.first", "first-1", News::Delivered).await;
    Post::is(&post.state(id).await, "delivered");
}

#[tokio::test]
async fn a_receipt_that_comes_before_the_row_says_that_it_was_handed_over_is_not_missed() {
    for (news, state) in [(News::Delivered, "delivered"), (undelivered(), "accepted")] {
        let post = Post::new().await;
        let node = post.test.another_node().await;
        let runtime = tokio::runtime::Handle::current();
        *post.first.early.lock().unwrap() = Some(Box::new(move |reference| {
            runtime.block_on(hears(Arc::clone(&node), "sms.first", reference, news.clone()));
        }));
        let id = put_key(&post.test, Channel::Sms, NUMBER).await;
        let worker = post.worker.clone();
        let now = post.test.now();
        worker.work_once(now).await.unwrap();
        // The one that did not arrive went once more, by the other gateway, which tells nothing.
        Post::is(&post.state(id).await, state);
    }
}

#[tokio::test]
async fn a_key_of_which_nothing_is_heard_goes_once_more_and_a_notice_does_not() {
    let post = Post::new().await;
    let (key, notice) = (put_key(&post.test, Channel::Sms, NUMBER).await, post.notice().await);
    assert_eq!(post.works().await, Round { accepted: 2, ..Round::default() });
    post.test.wait(Duration::from_secs(179));
    assert_eq!(post.works().await, Round::default());
    post.test.wait(Duration::from_secs(2));
    assert_eq!(post.works().await, ACCEPTED);
    post.hears("sms.first", "first-1", undelivered()).await;
    Post::is(&post.state(key).await, "accepted");
    post.test.wait(Duration::from_mins(7));
    assert_eq!(post.works().await, Round::default());
    Post::is(&post.state(key).await, "sent");
    Post::is(&post.state(notice).await, "accepted");
    post.test.wait(Duration::from_hours(6));
    assert_eq!(post.works().await, Round::default());
    Post::is(&post.state(notice).await, "sent");
    // Late, and still the truth: by whichever gateway it came, and the latest one's word that it did not.
    post.hears("sms.first", "first-1", News::Delivered).await;
    Post::is(&post.state(key).await, "delivered");
    post.hears("sms.first", "first-2", undelivered()).await;
    Post::is(&post.state(notice).await, "failed");
}

#[tokio::test]
async fn invented_receipts_do_not_fill_the_disk() {
    let post = Post::new().await;
    let mut tx = post.test.clave.db.begin().await.unwrap();
    for number in 0..9_999_i64 {
        let at = post.test.now();
        tx.run(sql!(
            "INSERT INTO receipt (gateway, reference, news, at) VALUES ('x', $1, 'delivered', $2)",
            number.to_string(),
            at
        ))
        .await
        .unwrap();
    }
    tx.commit().await.unwrap();
    let count = async || -> i64 {
        let mut tx = post.test.clave.db.read().await.unwrap();
        tx.only(sql!("SELECT COUNT(*) AS n FROM receipt")).await.unwrap().get("n").unwrap()
    };
    for number in 0..20 {
        post.hears("sms.first", &format!("invented-{number}"), News::Delivered).await;
    }
    post.hears("sms.first", &"x".repeat(5_000), News::Delivered).await;
    assert_eq!(count().await, 10_000);
    let id = put_key(&post.test, Channel::Sms, NUMBER).await;
    assert_eq!(post.works().await, ACCEPTED);
    post.hears("sms.first", "first-1", News::Delivered).await;
    Post::is(&post.state(id).await, "delivered");
    post.test.wait(Duration::from_hours(25));
    clave::housekeeping::sweep(&post.test.clave.db, post.test.now()).await.unwrap();
    assert_eq!(count().await, 1, "the one that is of a message");
}

#[tokio::test]
async fn a_restore_voids_what_waits_for_its_receipt() {
    let post = Post::new().await;
    let id = put_key(&post.test, Channel::Sms, NUMBER).await;
    post.works().await;
    epoch::begin(&mut post.test.cx()).await.unwrap();
    Post::is(&post.state(id).await, "failed");
    post.test.wait(Duration::from_mins(4));
    assert_eq!(post.works().await, Round::default());
}

#[tokio::test]
async fn operators_have_open_messages_tried_again_and_no_others() {
    let post = Post::new().await;
    let id = put_key(&post.test, Channel::Sms, NUMBER).await;
    let retry = async || operate::retry(&mut Cx::new(Arc::clone(&post.test.clave), None), id).await.unwrap();
    assert_eq!(retry().await, Retried::AtOnce);
    post.works().await;
    assert_eq!(retry().await, Retried::OnceMore);
    assert_eq!(post.works().await, ACCEPTED);
    post.hears("sms.second", "second-1", News::Delivered).await;
    assert_eq!(retry().await, Retried::Erased(clave::outbox::State::Delivered));
    let unknown = MessageId::from_hex(&"0".repeat(32)).unwrap();
    assert_eq!(operate::retry(&mut post.test.cx(), unknown).await.unwrap(), Retried::Unknown);
    let mut tx = post.test.clave.db.read().await.unwrap();
    let rows = tx.all(sql!("SELECT rut FROM audit WHERE event = 'messages_retried'")).await.unwrap();
    assert_eq!(rows.len(), 2);
}
