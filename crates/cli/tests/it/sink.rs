//! A mail server of the tests' own, fast enough for tens of thousands of messages: takes everything, remembers which message it was and which key stood
//! in it. A message counts from the moment its last line came, before the answer.

use std::{
    collections::BTreeMap,
    io::{BufRead as _, BufReader, Write as _},
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
}

#[derive(Clone)]
pub struct Sink {
    pub port: u16,
    taken: Arc<Mutex<Taken>>,
}

impl Sink {
    pub fn open() -> Self {
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
                {
                    let mut taken = taken.lock().unwrap();
                    taken.all += 1;
                    let message = taken.messages.entry(id.unwrap()).or_default();
                    message.times += 1;
                    message.keys.extend(key);
                }
                answer("250 taken")?;
            }
            _ => answer("250 ok")?,
        }
    }
    Ok(())
}
