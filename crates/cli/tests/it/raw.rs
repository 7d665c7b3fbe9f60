//! HTTP as it comes over the wire: one kept-alive connection, every byte of an answer's head and body, and how long it took.

use std::{
    collections::BTreeMap,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    time::{Duration, Instant},
};

use ureq::http::HeaderMap;

use crate::{browser::Page, support::PATIENCE};

/// The server ends connections that say nothing for longer; one that rested this long is not trusted any more.
const REST: Duration = Duration::from_secs(2);

/// A browser's connection, with its cookies.
pub struct Wire {
    address: SocketAddr,
    stream: Option<(BufReader<TcpStream>, Instant)>,
    cookies: BTreeMap<String, String>,
}

/// An answer as it came.
pub struct Raw {
    /// Status line and headers, in their order, without the final empty line.
    pub head: String,
    pub page: Page,
    pub sent: Instant,
    /// When the last byte was here.
    pub answered: Instant,
}

impl Raw {
    pub fn took(&self) -> Duration {
        self.answered - self.sent
    }

    /// The value of a header, or nothing.
    pub fn header(&self, name: &str) -> Option<&str> {
        headers(&self.head).find_map(|(known, value)| known.eq_ignore_ascii_case(name).then_some(value))
    }

    #[track_caller]
    pub fn is(self, status: u16) -> Self {
        assert_eq!(self.page.status, status, "{}\n\n{}", self.head, self.page.text);
        self
    }
}

impl Wire {
    /// Without cookies.
    pub fn to(address: SocketAddr) -> Self {
        Self { address, stream: None, cookies: BTreeMap::new() }
    }

    #[track_caller]
    pub fn get(&mut self, path: &str) -> Raw {
        self.send(&format!("GET {path} HTTP/1.1\r\n{}\r\n", self.always()))
    }

    #[track_caller]
    pub fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Raw {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let kind = "application/x-www-form-urlencoded";
        let length = body.len();
        self.send(&format!(
            "POST {path} HTTP/1.1\r\n{}Content-Type: {kind}\r\nContent-Length: {length}\r\n\r\n{body}",
            self.always()
        ))
    }

    fn always(&self) -> String {
        let cookies = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ");
        let cookies = if cookies.is_empty() { cookies } else { format!("Cookie: {cookies}\r\n") };
        format!("Host: {}\r\n{cookies}", self.address)
    }

    #[track_caller]
    fn send(&mut self, request: &str) -> Raw {
        let rested = self.stream.take().filter(|(_, used)| used.elapsed() < REST).map(|(stream, _)| stream);
        let mut stream = rested.unwrap_or_else(|| {
            let stream = TcpStream::connect(self.address).unwrap();
            stream.set_nodelay(true).unwrap();
            stream.set_read_timeout(Some(PATIENCE)).unwrap();
            BufReader::new(stream)
        });
        let sent = Instant::now();
        stream.get_mut().write_all(request.as_bytes()).unwrap();
        let mut head = String::new();
        loop {
            let start = head.len();
            assert_ne!(stream.read_line(&mut head).unwrap(), 0, "the server closed the connection after «{head}»");
            if &head[start..] == "\r\n" {
                head.truncate(start);
                break;
            }
        }
        let length = headers(&head).find(|(name, _)| name.eq_ignore_ascii_case("content-length")).map_or("0", |(_, value)| value);
        let mut body = vec![0; length.parse().unwrap()];
        stream.read_exact(&mut body).unwrap();
        let answered = Instant::now();
        for (_, value) in headers(&head).filter(|(name, _)| name.eq_ignore_ascii_case("set-cookie")) {
            let (name, value) = value.split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        let (status, location) = (head.split(' ').nth(1).unwrap().parse().unwrap(), location(&head));
        self.stream = Some((stream, answered));
        let page = Page { location, ..page(status, &String::from_utf8(body).unwrap()) };
        Raw { head, page, sent, answered }
    }
}

/// A page with nothing but a status and a text: [`Raw::head`] has its headers.
pub fn page(status: u16, text: &str) -> Page {
    Page { status, location: String::new(), headers: HeaderMap::new(), text: text.to_owned() }
}

/// The form's own hidden fields and what is typed into it.
pub fn filled<'a>(form: &'a Page, typed: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let hidden = ["csrf", "flujo", "captcha_id"].map(|name| (name, form.hidden(name)));
    hidden.into_iter().filter(|(_, value)| !value.is_empty()).chain(typed.iter().copied()).collect()
}

fn headers(head: &str) -> impl Iterator<Item = (&str, &str)> {
    head.lines().skip(1).filter_map(|line| line.split_once(": "))
}

fn location(head: &str) -> String {
    headers(head).find(|(name, _)| name.eq_ignore_ascii_case("location")).map_or("", |(_, value)| value).to_owned()
}
