//! How much one client address may take, so that no single one takes everything.
//!
//! Pure: the time is an argument. IPv6 clients are counted by their /64, because one machine has all of it. Loopback
//! addresses are not counted unless asked for: that is the operator, or a proxy whose own clients are.

use std::collections::HashMap;
use std::net::IpAddr;
use std::time::{Duration, Instant};

/// Limits of one client address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AddressLimits {
    /// Connections without an answer yet.
    pub setups: u32,
    /// WebSockets at once.
    pub open: u32,
    /// Requests in one burst.
    pub burst: u32,
    /// Requests a minute, after a burst.
    pub per_minute: u32,
    /// Whether loopback addresses are counted as well.
    pub loopback: bool,
}

impl AddressLimits {
    /// A browser opens one connection at a time; behind one address there may be an office.
    pub const SETUPS: u32 = 128;
    /// A quarter of a thousand transactions at once from behind one address.
    pub const OPEN: u32 = 512;
    /// A shift that starts work at nine.
    pub const BURST: u32 = 600;
    /// Two requests make a transaction: 150 of those a minute, from one address, without a pause.
    pub const PER_MINUTE: u32 = 300;
}

impl Default for AddressLimits {
    fn default() -> Self {
        Self {
            setups: Self::SETUPS,
            open: Self::OPEN,
            burst: Self::BURST,
            per_minute: Self::PER_MINUTE,
            loopback: false,
        }
    }
}

/// A client as far as limits go: one IPv4 address, or one IPv6 /64.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Network(u64, bool);

impl From<IpAddr> for Network {
    fn from(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(address) => Self(u64::from(u32::from(address)), false),
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                let prefix = [a, b, c, d]
                    .into_iter()
                    .fold(0, |prefix, segment| (prefix << 16) | u64::from(segment));
                Self(prefix, true)
            }
        }
    }
}

/// Too many of something from one address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too much from one address")]
pub struct TooMany;

/// Everybody who is connected, and who was a moment ago.
#[derive(Debug)]
pub struct Guard {
    limits: AddressLimits,
    clients: HashMap<Network, Client>,
    swept: Option<Instant>,
}

#[derive(Debug)]
struct Client {
    setups: u32,
    open: u32,
    /// Requests that may come at once, in thousandths.
    allowance: u64,
    counted: Instant,
}

impl Guard {
    /// Nobody is connected.
    #[must_use]
    pub fn new(limits: AddressLimits) -> Self {
        Self {
            limits,
            clients: HashMap::new(),
            swept: None,
        }
    }

    /// The client to count for this address, if it is one to count.
    #[must_use]
    pub fn network(&self, address: IpAddr) -> Option<Network> {
        (self.limits.loopback || !address.to_canonical().is_loopback()).then(|| address.into())
    }

    /// A connection was accepted. [`Self::settle`] it later.
    ///
    /// # Errors
    ///
    /// [`TooMany`] set-ups at once; it is not counted then.
    pub fn admit(&mut self, network: Network, now: Instant) -> Result<(), TooMany> {
        let most = self.limits.setups;
        let client = self.client(network, now);
        if client.setups >= most {
            return Err(TooMany);
        }
        client.setups += 1;
        Ok(())
    }

    /// An admitted connection got its answer or went away.
    pub fn settle(&mut self, network: Network) {
        if let Some(client) = self.clients.get_mut(&network) {
            client.setups = client.setups.saturating_sub(1);
        }
    }

    /// A request was read, and wants to become a WebSocket. [`Self::leave`] it later.
    ///
    /// # Errors
    ///
    /// [`TooMany`] requests in a short time, or WebSockets at once; only the request is counted then.
    pub fn enter(&mut self, network: Network, now: Instant) -> Result<(), TooMany> {
        let most = self.limits.open;
        let client = self.client(network, now);
        let paid = client
            .allowance
            .checked_sub(REQUEST)
            .map(|rest| client.allowance = rest);
        if paid.is_none() || client.open >= most {
            return Err(TooMany);
        }
        client.open += 1;
        Ok(())
    }

    /// A WebSocket was closed.
    pub fn leave(&mut self, network: Network) {
        if let Some(client) = self.clients.get_mut(&network) {
            client.open = client.open.saturating_sub(1);
        }
    }

    /// Clients in memory.
    #[must_use]
    pub fn len(&self) -> usize {
        self.clients.len()
    }

    /// Whether nobody is in memory.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.clients.is_empty()
    }

    /// The client with its allowance of this moment.
    fn client(&mut self, network: Network, now: Instant) -> &mut Client {
        self.sweep(now);
        let full = u64::from(self.limits.burst) * REQUEST;
        let rate = u64::from(self.limits.per_minute) * REQUEST;
        let client = self.clients.entry(network).or_insert(Client {
            setups: 0,
            open: 0,
            allowance: full,
            counted: now,
        });
        let passed =
            u64::try_from(now.saturating_duration_since(client.counted).as_millis()).unwrap_or(u64::MAX);
        let earned = passed.saturating_mul(rate) / MINUTE_MILLIS;
        if earned > 0 {
            client.allowance = client.allowance.saturating_add(earned).min(full);
            client.counted = now;
        }
        client
    }

    /// Forgets who has nothing open and would have its whole allowance again.
    fn sweep(&mut self, now: Instant) {
        if self
            .swept
            .is_some_and(|swept| now.saturating_duration_since(swept) < SWEEP)
        {
            return;
        }
        self.swept = Some(now);
        let refill = Duration::from_secs(60) * self.limits.burst / self.limits.per_minute.max(1);
        self.clients.retain(|_, client| {
            client.setups > 0 || client.open > 0 || now.saturating_duration_since(client.counted) < refill
        });
        if self.clients.len() < self.clients.capacity() / 8 {
            self.clients.shrink_to_fit();
        }
    }
}

/// One request, in the unit of allowances.
const REQUEST: u64 = 1000;

const MINUTE_MILLIS: u64 = 60_000;

/// Seldom enough to cost nothing, often enough that a flood of addresses is forgotten soon after.
const SWEEP: Duration = Duration::from_secs(10);

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: AddressLimits = AddressLimits {
        setups: 2,
        open: 2,
        burst: 3,
        per_minute: 60,
        loopback: false,
    };

    fn network(text: &str) -> Network {
        text.parse::<IpAddr>().unwrap().into()
    }

    #[test]
    fn ipv6_clients_are_one_by_64_and_mapped_ipv4_is_ipv4() {
        assert_eq!(network("2001:db8::1"), network("2001:db8::ffff:1"));
        assert_ne!(network("2001:db8::1"), network("2001:db8:0:1::1"));
        assert_eq!(network("::ffff:192.0.2.1"), network("192.0.2.1"));
        assert_ne!(network("192.0.2.1"), network("192.0.2.2"));
        assert_ne!(network("0.0.0.0"), network("::"));
    }

    #[test]
    fn loopback_is_counted_only_if_asked_for() {
        let local = "127.0.0.1".parse().unwrap();
        assert_eq!(Guard::new(LIMITS).network(local), None);
        assert!(
            Guard::new(AddressLimits {
                loopback: true,
                ..LIMITS
            })
            .network(local)
            .is_some()
        );
        assert!(Guard::new(LIMITS).network("192.0.2.1".parse().unwrap()).is_some());
    }

    #[test]
    fn set_ups_at_once_are_limited_by_address() {
        let (mut guard, now) = (Guard::new(LIMITS), Instant::now());
        let (one, other) = (network("192.0.2.1"), network("192.0.2.2"));
        assert_eq!(
            [
                guard.admit(one, now),
                guard.admit(one, now),
                guard.admit(one, now)
            ],
            [Ok(()), Ok(()), Err(TooMany)]
        );
        assert_eq!(guard.admit(other, now), Ok(()));
        guard.settle(one);
        assert_eq!(guard.admit(one, now), Ok(()));
    }

    #[test]
    fn websockets_at_once_are_limited_by_address() {
        let (mut guard, now) = (Guard::new(LIMITS), Instant::now());
        let one = network("192.0.2.1");
        assert_eq!(
            [
                guard.enter(one, now),
                guard.enter(one, now),
                guard.enter(one, now)
            ],
            [Ok(()), Ok(()), Err(TooMany)]
        );
        guard.leave(one);
        assert_eq!(guard.enter(one, now + Duration::from_secs(1)), Ok(()));
    }

    #[test]
    fn requests_come_back_with_time_up_to_a_burst() {
        let (mut guard, now) = (Guard::new(LIMITS), Instant::now());
        let one = network("192.0.2.1");
        let mut request = |at| {
            let entered = guard.enter(one, at);
            if entered.is_ok() {
                guard.leave(one);
            }
            entered
        };
        for expected in [Ok(()), Ok(()), Ok(()), Err(TooMany)] {
            assert_eq!(request(now), expected);
        }
        let second = now + Duration::from_secs(1);
        assert_eq!([request(second), request(second)], [Ok(()), Err(TooMany)]);
        let later = now + Duration::from_secs(3600);
        for expected in [Ok(()), Ok(()), Ok(()), Err(TooMany)] {
            assert_eq!(request(later), expected);
        }
    }

    #[test]
    fn who_is_gone_for_long_enough_is_forgotten() {
        let (mut guard, now) = (Guard::new(LIMITS), Instant::now());
        for last in 0..100_u8 {
            let client = Network::from(IpAddr::from([192, 0, 2, last]));
            guard.enter(client, now).unwrap();
            if last > 0 {
                guard.leave(client);
            }
        }
        assert_eq!(guard.len(), 100);
        guard
            .admit(network("198.51.100.1"), now + Duration::from_secs(60))
            .unwrap();
        assert_eq!(guard.len(), 2, "one that is still connected, and the new one");
    }
}
