//! The part of the mock that waits: one connection a host, a task that reads it and one that writes.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::StreamExt as _;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use zbus::zvariant::{OwnedObjectPath, OwnedValue};
use zbus::{Connection, MatchRule, Message, MessageStream, connection};

use super::host::ReadAdvert;
use super::radio::AdvertId;
use super::wire::{ADVERTISEMENT, PROPERTIES};
use super::world::World;

/// Something to be done on the bus.
#[derive(Debug)]
pub(super) enum Effect {
    /// Send this.
    Send(Message),
    /// Read the advertisement `object` of `client`, and tell the world.
    Read {
        adapter: u8,
        id: AdvertId,
        client: String,
        object: OwnedObjectPath,
    },
    /// Release the advertisement when its time is up.
    Expire { id: AdvertId, after: Duration },
}

/// A running daemon. Dropping it ends its tasks and closes its connection.
#[derive(Debug)]
pub(super) struct Daemon {
    connection: Connection,
    tasks: JoinSet<()>,
}

impl Daemon {
    /// Connects, takes the name `org.bluez` and answers from then on.
    pub(super) async fn start(world: Arc<Mutex<World>>, host: usize, address: &str) -> zbus::Result<Self> {
        let connection = connection::Builder::address(address)?.build().await?;
        let messages = MessageStream::from(&connection);
        let names = MatchRule::builder()
            .msg_type(zbus::message::Type::Signal)
            .sender("org.freedesktop.DBus")?
            .interface("org.freedesktop.DBus")?
            .member("NameOwnerChanged")?
            .build();
        zbus::fdo::DBusProxy::new(&connection)
            .await?
            .add_match_rule(names)
            .await?;

        let (effects, todo) = mpsc::unbounded_channel();
        lock(&world).started(host, effects);
        let mut tasks = JoinSet::new();
        tasks.spawn(read(Arc::clone(&world), host, messages));
        tasks.spawn(write(world, host, connection.clone(), todo));
        connection.request_name("org.bluez").await?;
        Ok(Self { connection, tasks })
    }

    /// Ends the daemon, and returns when its name has left the bus.
    pub(super) async fn stop(mut self) {
        self.tasks.shutdown().await;
        // The connection may be broken already; then the name has gone as well.
        let _ = self.connection.release_name("org.bluez").await;
        let _ = self.connection.close().await;
    }
}

/// Has everything on air be heard again, twice a second: what BlueZ reports of a device that keeps sending.
pub(super) async fn refresh(world: Arc<Mutex<World>>) {
    let mut ticks = tokio::time::interval(Duration::from_millis(500));
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        lock(&world).refresh();
    }
}

async fn read(world: Arc<Mutex<World>>, host: usize, mut messages: MessageStream) {
    while let Some(Ok(message)) = messages.next().await {
        lock(&world).receive(host, message);
    }
}

async fn write(
    world: Arc<Mutex<World>>,
    host: usize,
    connection: Connection,
    mut todo: mpsc::UnboundedReceiver<Effect>,
) {
    let mut waiting = JoinSet::new();
    while let Some(effect) = todo.recv().await {
        while waiting.try_join_next().is_some() {}
        let world = Arc::clone(&world);
        match effect {
            Effect::Send(message) => {
                // The reader notices when the connection has gone.
                let _ = connection.send(&message).await;
            }
            Effect::Read {
                adapter,
                id,
                client,
                object,
            } => {
                let connection = connection.clone();
                waiting.spawn(async move {
                    let properties = advertisement(&connection, &client, &object).await.ok();
                    lock(&world).advert_read(
                        host,
                        ReadAdvert {
                            adapter,
                            id,
                            properties,
                        },
                    );
                });
            }
            Effect::Expire { id, after } => {
                waiting.spawn(async move {
                    tokio::time::sleep(after).await;
                    lock(&world).withdraw(id);
                });
            }
        }
    }
}

async fn advertisement(
    connection: &Connection,
    client: &str,
    object: &OwnedObjectPath,
) -> zbus::Result<HashMap<String, OwnedValue>> {
    let reply = connection
        .call_method(Some(client), object, Some(PROPERTIES), "GetAll", &ADVERTISEMENT)
        .await?;
    reply.body().deserialize()
}

fn lock(world: &Mutex<World>) -> MutexGuard<'_, World> {
    world.lock().unwrap_or_else(PoisonError::into_inner)
}
