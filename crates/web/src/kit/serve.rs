//! Takes connections and answers requests on them. axum's own loop has no deadline for a request's header and no end to the number of
//! connections; a service that anyone may call needs both. When the house is full, the connection that has been idle longest makes
//! room, so that people who say nothing cannot keep out those who ask.

use std::{
    collections::BTreeMap,
    future::Future,
    io,
    net::{IpAddr, SocketAddr},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::{Router, body::Body, extract::ConnectInfo};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{Notify, watch},
    time::{sleep, timeout},
};
use tower::ServiceExt as _;

use crate::site::Site;

/// File descriptors left for the database, the outbox and the log.
const RESERVED: usize = 128;

/// Answers requests with `router` until `shutdown`; then lets those in flight finish, for a while.
pub async fn run(router: Router, site: Arc<Site>, listener: TcpListener, shutdown: impl Future<Output = ()> + Send) {
    let house = Arc::new(House::new(site));
    let (stopping, stop) = watch::channel(());
    let mut shutdown = std::pin::pin!(shutdown);
    loop {
        let accepted = tokio::select! {
            () = &mut shutdown => break,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, peer)) => {
                if let Some(seat) = house.enter(peer.ip().to_canonical()) {
                    tokio::spawn(attend(seat, stream, peer, router.clone(), house.site.limits.header_time, stop.clone()));
                }
            }
            Err(error) => wait_after(&error).await,
        }
    }
    drop(listener);
    let _ = stopping.send(());
    drop(stop);
    // Each connection holds a receiver until it ends.
    if timeout(house.site.limits.stop_time, stopping.closed()).await.is_err() {
        tracing::warn!("stopping although some requests have not finished");
    }
}

/// A connection that broke before it was taken concerns nobody; running out of descriptors passes when others leave.
async fn wait_after(error: &io::Error) {
    if !matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionRefused
    ) {
        tracing::error!("taking a connection: {error}");
        sleep(Duration::from_millis(50)).await;
    }
}

/// Serves one connection to its end.
async fn attend(
    seat: Seat,
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    header_time: Duration,
    mut stop: watch::Receiver<()>,
) {
    // Answers are small and whole: waiting to fill a packet only delays them.
    let _ = stream.set_nodelay(true);
    let place = Arc::clone(&seat.place);
    let working = stop.clone();
    let service = service_fn(move |mut request: hyper::Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        let (router, place, working) = (router.clone(), Arc::clone(&place), working.clone());
        async move {
            place.busy.store(true, Ordering::Relaxed);
            // In a task of its own: a client that goes away must not stop a use case between its two transactions. The task keeps the
            // server from ending, like a connection does.
            let task = tokio::spawn(async move {
                let answer = router.oneshot(request.map(Body::new)).await;
                drop(working);
                answer
            });
            let answer = task.await.map_err(io::Error::other)?;
            place.busy.store(false, Ordering::Relaxed);
            Ok::<_, io::Error>(answer.unwrap_or_else(|never| match never {}))
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(header_time)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = std::pin::pin!(connection);
    let mut stopping = false;
    loop {
        tokio::select! {
            // A connection that breaks or says nonsense has been answered by hyper, as far as it can be.
            _ = connection.as_mut() => break,
            () = seat.place.leave.notified() => break,
            _ = stop.changed(), if !stopping => {
                stopping = true;
                connection.as_mut().graceful_shutdown();
            }
        }
    }
}

/// All open connections.
struct House {
    site: Arc<Site>,
    total: usize,
    places: Mutex<Places>,
}

#[derive(Default)]
struct Places {
    next: u64,
    /// In the order of arrival.
    taken: BTreeMap<u64, Arc<Place>>,
    of_address: BTreeMap<IpAddr, usize>,
}

struct Place {
    address: IpAddr,
    busy: AtomicBool,
    leave: Notify,
}

/// One connection's place; leaving gives it back.
struct Seat {
    number: u64,
    place: Arc<Place>,
    house: Arc<House>,
}

impl House {
    fn new(site: Arc<Site>) -> Self {
        let total = descriptors()
            .map_or(site.limits.connections, |all| site.limits.connections.min(all.saturating_sub(RESERVED).max(16)));
        Self { site, total, places: Mutex::default() }
    }

    /// A place, for which an idle connection may have to leave; none when everyone is busy.
    fn enter(self: &Arc<Self>, address: IpAddr) -> Option<Seat> {
        let mut places = self.lock();
        let of_address = places.of_address.get(&address).copied().unwrap_or_default();
        let too_many_of_one = of_address >= self.site.limits.connections_of_one && !self.site.is_trusted(address);
        if too_many_of_one || places.taken.len() >= self.total {
            places.show_out(|place| !too_many_of_one || place.address == address)?;
        }
        let number = places.next;
        places.next += 1;
        let place = Arc::new(Place { address, busy: AtomicBool::new(false), leave: Notify::new() });
        places.taken.insert(number, Arc::clone(&place));
        *places.of_address.entry(address).or_default() += 1;
        Some(Seat { number, place, house: Arc::clone(self) })
    }

    fn lock(&self) -> MutexGuard<'_, Places> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Places {
    /// Sends away the idle connection that came first.
    fn show_out(&mut self, among: impl Fn(&Place) -> bool) -> Option<()> {
        let idle = |(_, place): &(&u64, &Arc<Place>)| !place.busy.load(Ordering::Relaxed) && among(place);
        let number = self.taken.iter().find(idle).map(|(number, _)| *number)?;
        self.give_back(number)?.leave.notify_one();
        Some(())
    }

    fn give_back(&mut self, number: u64) -> Option<Arc<Place>> {
        let place = self.taken.remove(&number)?;
        if let Some(count) = self.of_address.get_mut(&place.address) {
            *count -= 1;
            if *count == 0 {
                self.of_address.remove(&place.address);
            }
        }
        Some(place)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.house.lock().give_back(self.number);
    }
}

/// How many files and sockets this process may have open, where the system says so.
fn descriptors() -> Option<usize> {
    let limits = std::fs::read_to_string("/proc/self/limits").ok()?;
    limits.lines().find_map(|line| line.strip_prefix("Max open files")?.split_whitespace().next()?.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::site::Limits;

    fn house(connections: usize, connections_of_one: usize) -> Arc<House> {
        let limits = Limits { connections, connections_of_one, ..Limits::default() };
        Arc::new(House::new(Arc::new(Site { limits, ..Site::default() })))
    }

    const ONE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));
    const TWO: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 2));

    #[test]
    fn the_longest_idle_connection_makes_room() {
        let house = house(2, 2);
        let (first, second) = (house.enter(ONE).unwrap(), house.enter(TWO).unwrap());
        first.place.busy.store(true, Ordering::Relaxed);
        let third = house.enter(TWO).unwrap();
        let still: Vec<u64> = house.lock().taken.keys().copied().collect();
        assert_eq!(still, [first.number, third.number], "the second one left");
        drop(second);
        assert_eq!(house.lock().taken.len(), 2, "it does not leave twice");
    }

    #[test]
    fn nobody_is_interrupted_and_nobody_waits() {
        let house = house(1, 1);
        let only = house.enter(ONE).unwrap();
        only.place.busy.store(true, Ordering::Relaxed);
        assert!(house.enter(TWO).is_none());
        drop(only);
        assert!(house.enter(TWO).is_some());
    }

    #[test]
    fn one_address_cannot_fill_the_house() {
        let house = house(10, 2);
        let seats: Vec<Seat> = (0..5).filter_map(|_| house.enter(ONE)).collect();
        let other = house.enter(TWO);
        assert!(other.is_some());
        let places = house.lock();
        assert_eq!((places.of_address[&ONE], places.of_address[&TWO]), (2, 1));
        drop(places);
        drop(seats);
    }
}
