//! All hosts and the air between them: a state that calls change and that then settles.
//!
//! Everything here is synchronous; what must be sent goes to the daemons' tasks as [`Effect`]s, in order.

use std::collections::BTreeMap;

use tokio::sync::{mpsc, watch};
use zbus::Message;
use zbus::message::Type;

use super::adapter::{Adapter, AdapterConfig, Progress};
use super::advertisement::Advertisement;
use super::daemon::Effect;
use super::host::{Behaviour, Call, Host, HostConfig, HostState, RSSI, ReadAdvert};
use super::radio::{AdvertData, AdvertId, AirAdvert, Source};
use super::wire::{self, DEVICE, Fault, OBJECTS};

/// What a test can look at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    /// Everything on air, oldest first.
    pub on_air: Vec<AirAdvert>,
    /// The hosts.
    pub hosts: Vec<HostState>,
}

#[derive(Debug)]
pub(super) struct World {
    hosts: Vec<Host>,
    foreign: BTreeMap<AdvertId, AdvertData>,
    /// Everything that ever was on air.
    history: BTreeMap<AdvertId, AirAdvert>,
    next: u64,
    refreshes: i16,
    publish: watch::Sender<State>,
}

impl World {
    pub(super) fn new(hosts: &[HostConfig], publish: watch::Sender<State>) -> Self {
        let hosts = hosts
            .iter()
            .enumerate()
            .map(|(index, host)| Host::new(index, host))
            .collect();
        let (foreign, history) = (BTreeMap::new(), BTreeMap::new());
        Self {
            hosts,
            foreign,
            history,
            next: 0,
            refreshes: 0,
            publish,
        }
    }

    /// The daemon of `host` runs, and takes effects.
    pub(super) fn started(&mut self, host: usize, effects: mpsc::UnboundedSender<Effect>) {
        self.on(host, |host| host.effects = Some(effects));
    }

    /// The daemon of `host` has ended, and with it everything that programs registered.
    pub(super) fn stopped(&mut self, host: usize) {
        self.on(host, |host| {
            host.effects = None;
            host.unread.clear();
            host.held.clear();
            for adapter in host.adapters.values_mut() {
                *adapter = Adapter::new(adapter.number, host.index, adapter.config.clone());
            }
            host.announced = host
                .adapters
                .values()
                .map(|adapter| (adapter.number, adapter.state()))
                .collect();
        });
    }

    /// A message has come in on the bus of `host`.
    pub(super) fn receive(&mut self, host: usize, message: Message) {
        let id = self.fresh_id();
        self.on(host, |host| {
            if host.behaviour == Behaviour::Silent {
                host.unread.push(message);
            } else {
                read(host, &message, id);
            }
        });
    }

    /// The object of a registration has been read.
    pub(super) fn advert_read(&mut self, host: usize, advert: ReadAdvert) {
        self.on(host, |host| {
            if host.behaviour == Behaviour::HoldingAdverts {
                host.held.push(advert);
            } else {
                complete(host, advert);
            }
        });
    }

    pub(super) fn set_powered(&mut self, host: usize, adapter: u8, on: bool) {
        self.on(host, |host| {
            if let Some(adapter) = host.adapters.get_mut(&adapter) {
                adapter.set_powered(on);
            }
        });
    }

    pub(super) fn add_adapter(&mut self, host: usize, config: AdapterConfig) -> Option<u8> {
        self.on(host, |host| {
            let number = (0..u8::MAX).find(|number| !host.adapters.contains_key(number))?;
            let adapter = Adapter::new(number, host.index, config);
            let body = (adapter.path.clone(), adapter.interfaces(host.index));
            host.send(wire::signal("/", OBJECTS, "InterfacesAdded", &body));
            host.announced.insert(number, adapter.state());
            host.adapters.insert(number, adapter);
            Some(number)
        })?
    }

    pub(super) fn remove_adapter(&mut self, host: usize, adapter: u8) {
        self.on(host, |host| {
            let Some(adapter) = host.adapters.remove(&adapter) else {
                return;
            };
            host.announced.remove(&adapter.number);
            for advert in adapter.devices.values() {
                let body = (advert.device_path(&adapter.path), [DEVICE].as_slice());
                host.send(wire::signal("/", OBJECTS, "InterfacesRemoved", &body));
            }
            for registration in &adapter.registrations {
                host.release(registration);
            }
            let interfaces: Vec<&str> = adapter.interfaces(host.index).into_keys().collect();
            host.send(wire::signal(
                "/",
                OBJECTS,
                "InterfacesRemoved",
                &(adapter.path, interfaces),
            ));
        });
    }

    pub(super) fn behave(&mut self, host: usize, behaviour: Behaviour) {
        self.on(host, |host| host.behaviour = behaviour);
        if behaviour != Behaviour::Silent {
            let unread = self
                .on(host, |host| std::mem::take(&mut host.unread))
                .unwrap_or_default();
            unread.into_iter().for_each(|message| self.receive(host, message));
        }
        if behaviour != Behaviour::HoldingAdverts {
            let held = self
                .on(host, |host| std::mem::take(&mut host.held))
                .unwrap_or_default();
            held.into_iter().for_each(|advert| self.advert_read(host, advert));
        }
    }

    pub(super) fn inject(&mut self, advert: AdvertData) -> AdvertId {
        let id = self.fresh_id();
        self.foreign.insert(id, advert);
        self.settle();
        id
    }

    pub(super) fn withdraw(&mut self, advert: AdvertId) {
        self.foreign.remove(&advert);
        for host in &mut self.hosts {
            let taken = host
                .adapters
                .values_mut()
                .find_map(|adapter| adapter.take(advert));
            if let Some(registration) = taken {
                host.release(&registration);
            }
        }
        self.settle();
    }

    pub(super) fn history(&self) -> Vec<AirAdvert> {
        self.history.values().cloned().collect()
    }

    pub(super) fn calls(&self, host: usize) -> Vec<Call> {
        self.hosts
            .get(host)
            .map(|host| host.calls.clone())
            .unwrap_or_default()
    }

    /// Every discovering adapter hears everything once more.
    pub(super) fn refresh(&mut self) {
        self.refreshes = (self.refreshes + 1) % 4;
        for host in &self.hosts {
            for adapter in host.adapters.values() {
                for advert in adapter.devices.values() {
                    host.announce(
                        &advert.device_path(&adapter.path),
                        DEVICE,
                        &advert.heard(RSSI + self.refreshes),
                    );
                }
            }
        }
    }

    fn fresh_id(&mut self) -> AdvertId {
        self.next += 1;
        AdvertId(self.next)
    }

    fn on<T>(&mut self, host: usize, change: impl FnOnce(&mut Host) -> T) -> Option<T> {
        let result = self.hosts.get_mut(host).map(change);
        self.settle();
        result
    }

    /// Makes every adapter hear what is on air, tells programs what has changed, and publishes the state.
    fn settle(&mut self) {
        let foreign = self.foreign.iter();
        let foreign = foreign.map(|(id, data)| AirAdvert {
            id: *id,
            source: Source::Foreign,
            data: data.clone(),
        });
        let mut on_air: Vec<AirAdvert> = foreign.chain(self.hosts.iter().flat_map(Host::sends)).collect();
        on_air.sort_by_key(|advert| advert.id);
        for advert in &on_air {
            self.history.entry(advert.id).or_insert_with(|| advert.clone());
        }
        for host in &mut self.hosts {
            announce(host);
            hear(host, &on_air);
        }
        let hosts = self.hosts.iter().map(Host::state).collect();
        let state = State { on_air, hosts };
        self.publish.send_if_modified(|published| {
            let modified = *published != state;
            *published = state;
            modified
        });
    }
}

/// Ends a registration: on air, or refused. One that was unregistered meanwhile is not there any more.
fn complete(host: &mut Host, advert: ReadAdvert) {
    let ReadAdvert {
        adapter,
        id,
        properties,
    } = advert;
    let Some(adapter) = host.adapters.get_mut(&adapter) else {
        return;
    };
    let max_len = adapter.config.max_advert_len.into();
    let Some(mut registration) = adapter.take(id) else {
        return;
    };
    let Progress::Reading(call) = &registration.progress else {
        return;
    };
    let call = call.clone();
    match properties.and_then(|properties| Advertisement::parse(&properties, max_len)) {
        Some(advertisement) => {
            registration.progress = Progress::Registered(advertisement.data);
            adapter.registrations.push(registration);
            host.send(wire::reply(&call, &()).ok().flatten());
            if let Some(after) = advertisement.timeout {
                host.effect(Effect::Expire { id, after });
            }
        }
        None => host.send(wire::error(&call, Fault::UNREADABLE_ADVERT)),
    }
}

/// Does what a message asks for.
fn read(host: &mut Host, message: &Message, id: AdvertId) {
    match message.message_type() {
        Type::MethodCall => match host.answer(message, id) {
            Ok(reply) => host.send(reply),
            Err(fault) => host.send(wire::error(message, fault)),
        },
        Type::Signal => {
            let changed: Result<(String, String, String), _> = message.body().deserialize();
            let is_change = message
                .header()
                .member()
                .is_some_and(|member| member == "NameOwnerChanged");
            if let Ok((client, _, owner)) = changed
                && is_change
                && owner.is_empty()
            {
                host.adapters
                    .values_mut()
                    .for_each(|adapter| adapter.forget(&client));
            }
        }
        Type::MethodReturn | Type::Error => {}
    }
}

fn announce(host: &mut Host) {
    for adapter in host.adapters.values() {
        let state = adapter.state();
        if let Some(before) = host.announced.insert(adapter.number, state) {
            for (interface, changes) in adapter.changes(&before) {
                host.announce(&adapter.path, interface, &changes);
            }
        }
    }
}

fn hear(host: &mut Host, on_air: &[AirAdvert]) {
    let mut news = Vec::new();
    for adapter in host.adapters.values_mut() {
        let own = Source::Adapter {
            host: host.index,
            adapter: adapter.number,
        };
        let discovering = adapter.state().discovering;
        let heard: BTreeMap<AdvertId, AirAdvert> = on_air
            .iter()
            .filter(|advert| discovering && advert.source != own)
            .map(|advert| (advert.id, advert.clone()))
            .collect();
        for advert in adapter
            .devices
            .values()
            .filter(|advert| !heard.contains_key(&advert.id))
        {
            let body = (advert.device_path(&adapter.path), [DEVICE].as_slice());
            news.push(wire::signal("/", OBJECTS, "InterfacesRemoved", &body));
        }
        for advert in heard
            .values()
            .filter(|advert| !adapter.devices.contains_key(&advert.id))
        {
            let body = (
                advert.device_path(&adapter.path),
                advert.device(&adapter.path, RSSI),
            );
            news.push(wire::signal("/", OBJECTS, "InterfacesAdded", &body));
        }
        adapter.devices = heard;
    }
    news.into_iter().for_each(|signal| host.send(signal));
}
