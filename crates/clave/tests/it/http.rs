//! Requests to relying systems, and where they never go.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use clave::{
    delivery::{Failure, Http},
    settings::Backchannel,
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

/// A relying system: notes what it is told, and answers as it was made to.
pub struct System {
    pub address: SocketAddr,
    told: Arc<Mutex<Vec<String>>>,
    task: tokio::task::JoinHandle<()>,
}

/// What it answers.
#[derive(Clone)]
pub enum Answers {
    /// These, one after the other; the last one from then on.
    With(Vec<String>),
    /// Never.
    Never,
}

impl System {
    /// Answers with these status lines and nothing else.
    pub async fn answering(statuses: &[&str]) -> Self {
        let answer = |status: &&str| format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
        Self::start(Answers::With(statuses.iter().map(answer).collect())).await
    }

    pub async fn start(answers: Answers) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, told) = (listener.local_addr().unwrap(), Arc::new(Mutex::new(Vec::new())));
        let noted = Arc::clone(&told);
        let task = tokio::spawn(async move {
            let mut open = Vec::new();
            while let Ok((mut call, _)) = listener.accept().await {
                let said = hear(&mut call).await;
                let turn = {
                    let mut noted = noted.lock().unwrap();
                    noted.push(said);
                    noted.len() - 1
                };
                match &answers {
                    Answers::With(all) => call.write_all(all[turn.min(all.len() - 1)].as_bytes()).await.unwrap(),
                    Answers::Never => open.push(call),
                }
            }
        });
        Self { address, told, task }
    }

    /// An address of it.
    pub fn at(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Every request, whole.
    pub fn told(&self) -> Vec<String> {
        self.told.lock().unwrap().clone()
    }
}

impl Drop for System {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// One request with its body, or the beginning of a TLS conversation.
async fn hear(call: &mut TcpStream) -> String {
    let (mut said, mut piece) = (Vec::new(), [0; 4096]);
    loop {
        let read = call.read(&mut piece).await.unwrap_or(0);
        said.extend_from_slice(&piece[..read]);
        let text = String::from_utf8_lossy(&said).into_owned();
        let whole = text.split_once("\r\n\r\n").is_some_and(|(head, body)| {
            let length = head.to_lowercase().lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
            body.len() >= length.unwrap_or(0_usize)
        });
        if whole || read == 0 || said.first() == Some(&0x16) {
            return text;
        }
    }
}

async fn post(reach: Backchannel, address: &str) -> Result<(), Failure> {
    Http::new(reach).unwrap().post(address, &[("logout_token", "a.b.c"), ("otro", "ñ & =")]).await
}

fn passing(problem: &str) -> Result<(), Failure> {
    Err(Failure::Passing(problem.to_owned()))
}

#[tokio::test]
async fn a_form_arrives_as_a_form() {
    let system = System::answering(&["200 OK"]).await;
    assert_eq!(post(Backchannel::Loopback, &system.at("/salir?de=cs")).await, Ok(()));
    let told = system.told().pop().unwrap();
    let (head, body) = told.split_once("\r\n\r\n").unwrap();
    let head = head.to_lowercase();
    assert!(head.starts_with("post /salir?de=cs http/1.1\r\n"), "{head}");
    assert!(head.contains("content-type: application/x-www-form-urlencoded"), "{head}");
    assert!(!head.contains("cookie") && !head.contains("referer") && !head.contains("authorization"), "{head}");
    assert_eq!(body, "logout_token=a.b.c&otro=%C3%B1+%26+%3D");
}

#[tokio::test]
async fn only_400_is_a_systems_last_word() {
    for status in ["200 OK", "204 No Content", "202 Accepted"] {
        let system = System::answering(&[status]).await;
        assert_eq!(post(Backchannel::Loopback, &system.at("/")).await, Ok(()), "{status}");
    }
    let system = System::answering(&["400 Bad Request"]).await;
    let refused = post(Backchannel::Loopback, &system.at("/")).await;
    assert_eq!(refused, Err(Failure::Final("http: the system refused it (400)".to_owned())));
    for status in ["401", "404", "408", "429", "500", "502", "503", "504"] {
        let system = System::answering(&[&format!("{status} X")]).await;
        assert_eq!(post(Backchannel::Loopback, &system.at("/")).await, passing(&format!("http: status {status}")));
    }
}

#[tokio::test]
async fn no_redirect_is_followed() {
    let inside = System::answering(&["200 OK"]).await;
    for status in ["301", "302", "303", "307", "308"] {
        let answer =
            format!("HTTP/1.1 {status} X\r\nlocation: {}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n", inside.at("/"));
        let system = System::start(Answers::With(vec![answer])).await;
        assert_eq!(post(Backchannel::Loopback, &system.at("/")).await, passing(&format!("http: status {status}")));
    }
    assert!(inside.told().is_empty(), "somebody was led on: {:?}", inside.told());
}

#[tokio::test]
async fn a_system_that_hangs_is_left_after_five_seconds() {
    let system = System::start(Answers::Never).await;
    let began = Instant::now();
    assert_eq!(post(Backchannel::Loopback, &system.at("/")).await, passing("http: no answer in time"));
    assert!((Duration::from_secs(4)..Duration::from_secs(9)).contains(&began.elapsed()), "{:?}", began.elapsed());
}

#[tokio::test]
async fn what_goes_wrong_on_the_way_can_be_tried_again_and_tells_no_address() {
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    assert_eq!(post(Backchannel::Loopback, &format!("http://{closed}/")).await, passing("http: no connection"));
    let nonsense = System::start(Answers::With(vec!["220 smtp ready\r\n".to_owned()])).await;
    let spoke = post(Backchannel::Loopback, &nonsense.at("/")).await;
    assert_eq!(spoke, passing("http: the system hung up or spoke nonsense"));
    let no_tls = System::answering(&["400 Bad Request"]).await;
    let address = no_tls.at("/").replace("http:", "https:");
    assert_eq!(post(Backchannel::Loopback, &address).await, passing("http: TLS failed"));
}

/// Names are judged by what they resolve to, when the connection is made.
#[tokio::test]
async fn a_name_that_leads_inside_leads_nowhere() {
    let system = System::answering(&["200 OK"]).await;
    let address = format!("https://localhost:{}/salir", system.address.port());
    let refused = post(Backchannel::Public, &address).await;
    assert_eq!(refused, Err(Failure::Final("http: nothing is sent: it leads to an address that is not public".to_owned())));
    assert!(system.told().is_empty(), "it was called: {:?}", system.told());
    // With the switch the same name is called: what is refused above is refused by the guard.
    assert_eq!(post(Backchannel::Loopback, &address).await, passing("http: TLS failed"));
    assert_eq!(post(Backchannel::Loopback, &address.replace("https:", "http:")).await, Ok(()));
}

#[tokio::test]
async fn addresses_inside_are_not_called() {
    let system = System::answering(&["200 OK"]).await;
    let port = system.address.port();
    for host in ["127.0.0.1", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "2130706433", "0x7f.1", "0.0.0.0", "[::]", "[::1]"] {
        let refused = post(Backchannel::Public, &format!("https://{host}:{port}/")).await;
        let why = "http: nothing is sent: it leads to an address that is not public";
        assert_eq!(refused, Err(Failure::Final(why.to_owned())), "{host}");
    }
    for address in
        [format!("http://127.0.0.1:{port}/"), format!("https://ana:clave@127.0.0.1:{port}/"), "https://127.0.0.1:25/".to_owned()]
    {
        assert!(matches!(post(Backchannel::Public, &address).await, Err(Failure::Final(_))), "{address}");
    }
    assert!(system.told().is_empty(), "it was called: {:?}", system.told());
}

/// A proxy named in the environment would be asked for names that nobody here has judged.
#[tokio::test]
async fn no_proxy_of_the_environment_is_used() {
    let proxy = System::answering(&["200 OK"]).await;
    let system = System::answering(&["204 No Content"]).await;
    let mut alone = std::process::Command::new(std::env::current_exe().unwrap());
    alone.args(["http::asks_without_a_proxy", "--exact", "--ignored"]).env("CLAVERO_TEST_SYSTEM", system.at("/"));
    for name in ["HTTP_PROXY", "http_proxy", "ALL_PROXY"] {
        alone.env(name, proxy.at(""));
    }
    let out = tokio::task::spawn_blocking(move || alone.output()).await.unwrap().unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stdout));
    assert_eq!((proxy.told().len(), system.told().len()), (0, 1));
}

#[tokio::test]
#[ignore = "run by the test above, in an environment of its own"]
async fn asks_without_a_proxy() {
    let system = crate::support::env("CLAVERO_TEST_SYSTEM").unwrap();
    assert_eq!(post(Backchannel::Loopback, &system).await, Ok(()));
}
