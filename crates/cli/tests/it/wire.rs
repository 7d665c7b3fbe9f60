//! Below HTTP: connections from a chosen address, connections that behave badly, a wire to PostgreSQL that can be cut, and a clock that can be set.

use std::{
    io::{ErrorKind, Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    os::unix::net::UnixStream,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use socket2::{Domain, Socket, Type};
use ureq::unversioned::transport::{Buffers, ConnectionDetails, Connector, LazyBuffers, NextTimeout, Transport};

use crate::support::{Installation, env};

/// Connects from an address of this machine; `127.0.0.0/8` is all ours.
pub fn connect(to: SocketAddr, from: Option<Ipv4Addr>) -> std::io::Result<TcpStream> {
    let Some(from) = from else { return TcpStream::connect(to) };
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.bind(&SocketAddr::from((from, 0)).into())?;
    socket.connect(&to.into())?;
    Ok(socket.into())
}

/// Opens the connections of a browser.
#[derive(Debug, Clone, Copy)]
pub struct From(pub Option<Ipv4Addr>);

#[derive(Debug)]
pub struct Wire {
    stream: TcpStream,
    buffers: LazyBuffers,
}

impl Connector for From {
    type Out = Wire;

    fn connect(&self, details: &ConnectionDetails, _: Option<()>) -> Result<Option<Wire>, ureq::Error> {
        let stream = connect(details.addrs[0], self.0)?;
        stream.set_nodelay(true)?;
        let buffers = LazyBuffers::new(details.config.input_buffer_size(), details.config.output_buffer_size());
        Ok(Some(Wire { stream, buffers }))
    }
}

impl Transport for Wire {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.buffers
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), ureq::Error> {
        self.stream.set_write_timeout(timeout.not_zero().map(|after| *after))?;
        Ok(self.stream.write_all(&self.buffers.output()[..amount])?)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, ureq::Error> {
        self.stream.set_read_timeout(timeout.not_zero().map(|after| *after))?;
        // A process that is stopped and goes on finds its read interrupted: that is no answer.
        let amount = loop {
            match self.stream.read(self.buffers.input_append_buf()) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                read => break read?,
            }
        };
        self.buffers.input_appended(amount);
        Ok(amount > 0)
    }

    /// None is used twice.
    fn is_open(&mut self) -> bool {
        false
    }
}

/// What the wire to PostgreSQL does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    Flows,
    /// Nothing comes through, nobody is told: a cable pulled out.
    Silent,
    /// Connections are closed, also new ones: a server that starts again.
    Cut,
}

/// Stands between the program and PostgreSQL.
pub struct Proxy {
    address: SocketAddr,
    mode: Arc<Mutex<Mode>>,
    over: Arc<AtomicBool>,
}

/// How often a wire looks at its mode.
const TICK: Duration = Duration::from_millis(20);

impl Proxy {
    /// To the database of `CLAVERO_TEST_DATABASE`; none for SQLite.
    pub fn to(installation: &Installation) -> Option<Self> {
        if !installation.is_postgres() {
            return None;
        }
        let (authority, query) = parts(&installation.database_url());
        let host = query.iter().find_map(|pair| pair.strip_prefix("host=")).map(str::to_owned);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let (mode, over) = (Arc::new(Mutex::new(Mode::Flows)), Arc::new(AtomicBool::new(false)));
        let wire = (Arc::clone(&mode), Arc::clone(&over));
        thread::spawn(move || {
            while !wire.1.load(Ordering::Relaxed) {
                match listener.accept() {
                    Ok((near, _)) if *wire.0.lock().unwrap() != Mode::Cut => lay(near, host.as_deref(), &authority, &wire.0),
                    Ok(_) => {}
                    Err(_) => thread::sleep(TICK),
                }
            }
        });
        Some(Self { address, mode, over })
    }

    /// The database's address, by way of this wire.
    pub fn url(&self, installation: &Installation) -> String {
        let url = installation.database_url();
        let (authority, query) = parts(&url);
        let user = authority.rsplit_once('@').map_or(String::new(), |(user, _)| format!("{user}@"));
        let path = url.split_once("://").unwrap().1.split('?').next().unwrap();
        let path = path.split_once('/').map_or("", |(_, path)| path);
        let query: Vec<String> = query.into_iter().filter(|pair| !pair.starts_with("host=")).collect();
        format!("postgres://{user}{}/{path}?sslmode=disable&{}", self.address, query.join("&"))
    }

    pub fn set(&self, mode: Mode) {
        *self.mode.lock().unwrap() = mode;
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.set(Mode::Cut);
        self.over.store(true, Ordering::Relaxed);
    }
}

/// `user@host:port` and the pairs of the query.
fn parts(url: &str) -> (String, Vec<String>) {
    let rest = url.split_once("://").unwrap().1;
    let (before, query) = rest.split_once('?').unwrap_or((rest, ""));
    let authority = before.split('/').next().unwrap().to_owned();
    (authority, query.split('&').filter(|pair| !pair.is_empty()).map(str::to_owned).collect())
}

/// One connection: to the folder of a Unix socket, or to a host.
fn lay(near: TcpStream, host: Option<&str>, authority: &str, mode: &Arc<Mutex<Mode>>) {
    near.set_nonblocking(false).unwrap();
    near.set_nodelay(true).unwrap();
    near.set_read_timeout(Some(TICK)).unwrap();
    if let Some(folder) = host.filter(|host| host.starts_with('/')) {
        let Ok(far) = UnixStream::connect(Path::new(folder).join(".s.PGSQL.5432")) else { return };
        far.set_read_timeout(Some(TICK)).unwrap();
        both_ways((near.try_clone().unwrap(), near), (far.try_clone().unwrap(), far), mode);
    } else {
        let place = host.unwrap_or_else(|| authority.rsplit('@').next().unwrap());
        let place = if place.contains(':') { place.to_owned() } else { format!("{place}:5432") };
        let Ok(far) = TcpStream::connect(place) else { return };
        far.set_read_timeout(Some(TICK)).unwrap();
        both_ways((near.try_clone().unwrap(), near), (far.try_clone().unwrap(), far), mode);
    }
}

fn both_ways<N, F>(near: (N, N), far: (F, F), mode: &Arc<Mutex<Mode>>)
where
    N: Read + Write + Send + 'static,
    F: Read + Write + Send + 'static,
{
    let gone = Arc::new(AtomicBool::new(false));
    let other = (Arc::clone(mode), Arc::clone(&gone));
    let mode = Arc::clone(mode);
    thread::spawn(move || one_way(near.0, far.0, &mode, &gone));
    thread::spawn(move || one_way(far.1, near.1, &other.0, &other.1));
}

fn one_way(mut from: impl Read, mut to: impl Write, mode: &Mutex<Mode>, gone: &AtomicBool) {
    let mut bytes = vec![0; 16 * 1024];
    while !gone.load(Ordering::Relaxed) {
        let read = from.read(&mut bytes);
        // What was read already is held back, too.
        loop {
            match *mode.lock().unwrap() {
                Mode::Flows => break,
                Mode::Cut => return gone.store(true, Ordering::Relaxed),
                Mode::Silent => {}
            }
            thread::sleep(TICK);
        }
        match read {
            Ok(0) => break,
            Ok(amount) if to.write_all(&bytes[..amount]).is_ok() => {}
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
            _ => break,
        }
    }
    gone.store(true, Ordering::Relaxed);
}

/// The wall clock of an installation's programs, by libfaketime. What measures how long something takes (the monotonic clock) goes on as it is.
pub struct WallClock {
    file: PathBuf,
    ahead: i64,
}

impl WallClock {
    /// Gives the installation a clock of its own, where libfaketime is there. `./test` says that it must.
    pub fn of(installation: Installation) -> (Installation, Option<Self>) {
        let library = std::fs::read_dir("/usr/lib").into_iter().flatten().filter_map(Result::ok).find_map(|folder| {
            let file = folder.path().join("faketime/libfaketimeMT.so.1");
            file.exists().then_some(file)
        });
        let must = env("CLAVERO_TEST_FAKETIME").is_some();
        assert!(library.is_some() || !must, "no clock to set: apt-get install libfaketime");
        let Some(library) = library else {
            eprintln!("NOT RUN: a clock to set is missing: apt-get install libfaketime, or use ./test");
            return (installation, None);
        };
        let file = installation.folder.path().join("clock");
        let mut clock = Self { file, ahead: 0 };
        clock.set(0);
        let installation = installation
            .with("LD_PRELOAD", library.to_str().unwrap())
            .with("FAKETIME_TIMESTAMP_FILE", clock.file.to_str().unwrap())
            .with("FAKETIME_NO_CACHE", "1")
            .with("FAKETIME_DONT_FAKE_MONOTONIC", "1")
            .with("NO_FAKE_STAT", "1");
        (installation, Some(clock))
    }

    /// So many seconds before or behind the machine's.
    pub fn set(&mut self, ahead: i64) {
        self.ahead = ahead;
        let new = self.file.with_extension("new");
        std::fs::write(&new, format!("{ahead:+}\n")).unwrap();
        std::fs::rename(&new, &self.file).unwrap();
    }

    pub fn forward(&mut self, by: Duration) {
        self.set(self.ahead + i64::try_from(by.as_secs()).unwrap());
    }
}
