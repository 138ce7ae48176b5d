//! The loop, driving a kitchen timer.

use std::collections::VecDeque;
use std::path::Path;

use machine::{Machine, Moment, Span, Timers};
use tokio::sync::mpsc;

use super::{Shell, drive};
use crate::context::Context;
use crate::layout::{Layout, Ports};

enum Kitchen {
    Boil(u64),
    PowerCut,
}

#[derive(Debug, PartialEq, Eq)]
enum Deed {
    Heat(u64),
    Ring(u64, Moment),
    Apologise,
}

#[derive(Default)]
struct Cooker {
    eggs: Timers<u64>,
    deeds: VecDeque<Deed>,
}

impl Machine for Cooker {
    type Input = Kitchen;
    type Output = Deed;

    fn handle(&mut self, input: Kitchen, now: Moment) {
        match input {
            Kitchen::Boil(seconds) => {
                self.eggs.set(seconds, now + Span::from_secs(seconds));
                self.deeds.push_back(Deed::Heat(seconds));
            }
            Kitchen::PowerCut => self.deeds.push_back(Deed::Apologise),
        }
    }

    fn expire(&mut self, now: Moment) {
        while let Some(egg) = self.eggs.expired(now) {
            self.deeds.push_back(Deed::Ring(egg, now));
        }
    }

    fn poll(&mut self) -> Option<Deed> {
        self.deeds.pop_front()
    }

    fn deadline(&self) -> Option<Moment> {
        self.eggs.next()
    }
}

struct Room {
    orders: mpsc::Receiver<Kitchen>,
    deeds: mpsc::UnboundedSender<Deed>,
    settled: usize,
    polite: bool,
}

impl Shell for Room {
    type Machine = Cooker;

    async fn next(&mut self) -> Option<Kitchen> {
        self.orders.recv().await
    }

    async fn perform(&mut self, deed: Deed) {
        self.deeds.send(deed).expect("the test listens");
    }

    async fn settle(&mut self) {
        self.settled += 1;
    }

    fn drain(&mut self) -> Option<Kitchen> {
        self.orders.close();
        self.polite.then_some(Kitchen::PowerCut)
    }
}

fn kitchen(polite: bool) -> (mpsc::Sender<Kitchen>, mpsc::UnboundedReceiver<Deed>, Room) {
    let (order, orders) = mpsc::channel(100);
    let (deeds, done) = mpsc::unbounded_channel();
    (order, done, Room { orders, deeds, settled: 0, polite })
}

fn context() -> Context {
    Context::new(Layout::under(Path::new("/nowhere"), Ports::FREE))
}

#[tokio::test(start_paused = true)]
async fn deadlines_come_in_their_order_and_at_their_time() {
    let (order, mut done, room) = kitchen(false);
    let context = context();
    let driven = {
        let context = context.clone();
        tokio::spawn(async move { drive(Cooker::default(), room, &context).await })
    };
    order.send(Kitchen::Boil(240)).await.expect("driven");
    order.send(Kitchen::Boil(60)).await.expect("driven");
    assert_eq!(done.recv().await, Some(Deed::Heat(240)));
    assert_eq!(done.recv().await, Some(Deed::Heat(60)));
    for egg in [60, 240] {
        let Some(Deed::Ring(rung, now)) = done.recv().await else {
            unreachable!("every egg is rung for");
        };
        assert_eq!(rung, egg);
        assert!((egg * 1000..egg * 1000 + 10).contains(&now.millis()));
    }
    drop(order);
    driven.await.expect("ends when there are no more orders");
}

#[tokio::test]
async fn inputs_that_are_ready_together_are_settled_together() {
    let (order, mut done, room) = kitchen(false);
    for seconds in 1000..1050 {
        order.send(Kitchen::Boil(seconds)).await.expect("there is room");
    }
    drop(order);
    let room = drive(Cooker::default(), room, &context()).await;
    assert!(room.settled < 5, "{} flushes for 50 inputs", room.settled);
    for seconds in 1000..1050 {
        assert_eq!(
            done.recv().await,
            Some(Deed::Heat(seconds)),
            "outputs of the last are done too"
        );
    }
}

#[tokio::test]
async fn a_drain_tells_the_machine_and_lets_it_finish() {
    let (_order, mut done, room) = kitchen(true);
    let context = context();
    context.begin_drain();
    let room = drive(Cooker::default(), room, &context).await;
    drop(room);
    assert_eq!(done.recv().await, Some(Deed::Apologise));
    assert_eq!(done.recv().await, None);
}

#[tokio::test]
async fn a_drain_ends_a_machine_that_need_not_know() {
    let (_order, mut done, room) = kitchen(false);
    let context = context();
    context.begin_drain();
    drop(drive(Cooker::default(), room, &context).await);
    assert_eq!(done.recv().await, None);
}
