//! A mail server and an SMS gateway of the tests' own, fast enough for tens of thousands of messages: they take everything, remember which message it was
//! and which key stood in it. A message counts from the moment its last byte came, before the answer.

use std::{
    collections::BTreeMap,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

/// What came.
#[derive(Debug, Default, Clone)]
pub struct Taken {
    /// How often each message came, and with which key the last time.
    pub messages: BTreeMap<String, Message>,
    /// How many came altogether.
    pub all: usize,
}

#[derive(Debug, Default, Clone)]
pub struct Message {
    pub times: usize,
    /// What stood for a key, each time.
    pub keys: Vec<String>,
}

impl Taken {
    pub fn repeated(&self) -> usize {
        self.all - self.messages.len()
    }

    fn add(&mut self, id: String, key: Option<String>) {
        self.all += 1;
        let message = self.messages.entry(id).or_default();
        message.times += 1;
        message.keys.extend(key);
    }
}

#[derive(Clone)]
pub struct Sink {
    pub port: u16,
    taken: Arc<Mutex<Taken>>,
}

impl Sink {
    /// For mail.
    pub fn smtp() -> Self {
        Self::open(converse)
    }

    /// For SMS, as docs/SMS-GATEWAY.md says; promises receipts and sends none.
    pub fn http() -> Self {
        Self::open(take_posts)
    }

    fn open(converse: fn(&TcpStream, &Mutex<Taken>) -> std::io::Result<()>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let sink = Self { port: listener.local_addr().unwrap().port(), taken: Arc::default() };
        let taken = Arc::clone(&sink.taken);
        thread::spawn(move || {
            for caller in listener.incoming().map_while(Result::ok) {
                let taken = Arc::clone(&taken);
                // Whoever is killed hangs up in the middle.
                thread::spawn(move || drop(converse(&caller, &taken)));
            }
        });
        sink
    }

    pub fn taken(&self) -> Taken {
        self.taken.lock().unwrap().clone()
    }

    pub fn count(&self) -> usize {
        self.taken.lock().unwrap().all
    }

    pub fn has_all<'a>(&self, ids: impl IntoIterator<Item = &'a String>) -> bool {
        let taken = self.taken.lock().unwrap();
        ids.into_iter().all(|id| taken.messages.contains_key(id))
    }
}

fn converse(caller: &TcpStream, taken: &Mutex<Taken>) -> std::io::Result<()> {
    caller.set_nodelay(true)?;
    let (mut lines, mut answers) = (BufReader::new(caller).lines(), caller);
    let mut answer = |text: &str| answers.write_all(format!("{text}\r\n").as_bytes());
    answer("220 sink")?;
    while let Some(line) = lines.next() {
        match line?.get(..4).unwrap_or_default().to_ascii_uppercase().as_str() {
            "EHLO" | "HELO" => answer("250 sink")?,
            "QUIT" => return answer("221 bye"),
            "DATA" => {
                answer("354 go on")?;
                let (mut id, mut key) = (None, None);
                loop {
                    let Some(line) = lines.next() else { return Ok(()) };
                    let line = line?;
                    if line == "." {
                        break;
                    }
                    if let Some(rest) = line.strip_prefix("Message-ID: <") {
                        id = rest.split('@').next().map(str::to_owned);
                    }
                    key = key.or_else(|| line.split_once("la cual es: ").map(|(_, key)| key.chars().take(8).collect()));
                }
                taken.lock().unwrap().add(id.unwrap(), key);
                answer("250 taken")?;
            }
            _ => answer("250 ok")?,
        }
    }
    Ok(())
}

fn take_posts(caller: &TcpStream, taken: &Mutex<Taken>) -> std::io::Result<()> {
    caller.set_nodelay(true)?;
    let (mut asked, mut answers) = (BufReader::new(caller), caller);
    let mut line = String::new();
    loop {
        let mut length = 0;
        loop {
            line.clear();
            if asked.read_line(&mut line)? == 0 {
                return Ok(());
            }
            let (name, value) = line.trim_end().split_once(':').unwrap_or_default();
            if name.eq_ignore_ascii_case("content-length") {
                length = value.trim().parse().unwrap();
            }
            if line == "\r\n" {
                break;
            }
        }
        let mut body = vec![0; length];
        asked.read_exact(&mut body)?;
        let message: serde_json::Value = serde_json::from_slice(&body).unwrap();
        let id = message["id"].as_str().unwrap().to_owned();
        let said = format!("{{\"reference\":\"{id}\",\"receipts\":true}}");
        taken.lock().unwrap().add(id, None);
        let head = format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n", said.len());
        answers.write_all((head + &said).as_bytes())?;
    }
}
