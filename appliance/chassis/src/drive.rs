//! The only event loop: a machine, the shell that does its deeds, and time.

use std::future::{Future, ready};

use futures_util::FutureExt;
use machine::{Machine, Moment};

use crate::clock::Clock;
use crate::context::Context;

/// So many inputs are handled before their outputs are performed: enough that many share one
/// flush and one commit, few enough that nobody waits long.
const BATCH: usize = 64;

/// What a machine can happen to.
pub type InputOf<S> = <<S as Shell>::Machine as Machine>::Input;
/// What a machine wants done.
pub type OutputOf<S> = <<S as Shell>::Machine as Machine>::Output;

/// The outer side of a machine: turns what happens into inputs and outputs into deeds, and
/// decides nothing.
pub trait Shell: Send {
    /// The machine that it serves.
    type Machine: Machine;

    /// The next input; `None` when there will be none any more.
    ///
    /// Must be cancel-safe: an input that was not returned is returned next time. It is polled
    /// once more after every input, so that those which are ready come together.
    fn next(&mut self) -> impl Future<Output = Option<InputOf<Self>>> + Send;

    /// Does one deed. The machine stands still meanwhile: what may take long is begun here and
    /// reported as an input.
    fn perform(&mut self, output: OutputOf<Self>) -> impl Future<Output = ()> + Send;

    /// All outputs of the latest inputs are performed: the time to flush and to commit.
    fn settle(&mut self) -> impl Future<Output = ()> + Send {
        ready(())
    }

    /// The drain has begun: the input by which the machine learns of it. The loop then goes on
    /// until [`Shell::next`] is `None`; without such an input it ends at once.
    fn drain(&mut self) -> Option<InputOf<Self>> {
        None
    }
}

/// Drives `machine` until its shell has no more inputs or the drain ends it; gives the shell back.
pub async fn drive<S: Shell>(mut machine: S::Machine, mut shell: S, context: &Context) -> S
where
    S::Machine: Send,
    InputOf<S>: Send,
    OutputOf<S>: Send,
{
    let clock = context.clock();
    let mut draining = false;
    loop {
        while let Some(output) = machine.poll() {
            shell.perform(output).await;
        }
        shell.settle().await;
        let event = tokio::select! {
            biased;
            () = context.draining(), if !draining => Event::Drain,
            input = shell.next() => input.map_or(Event::End, Event::Input),
            () = due(clock, machine.deadline()) => Event::Due,
        };
        match event {
            Event::End => return shell,
            Event::Due => {}
            Event::Drain => {
                draining = true;
                match shell.drain() {
                    Some(input) => machine.handle(input, clock.now()),
                    None => return shell,
                }
            }
            Event::Input(input) => {
                machine.handle(input, clock.now());
                take_what_is_ready(&mut machine, &mut shell, clock);
            }
        }
        let now = clock.now();
        if machine.deadline().is_some_and(|deadline| deadline <= now) {
            machine.expire(now);
        }
    }
}

enum Event<Input> {
    Input(Input),
    Due,
    Drain,
    End,
}

/// That there are no more inputs is left to be found by the loop, after the outputs.
fn take_what_is_ready<S: Shell>(machine: &mut S::Machine, shell: &mut S, clock: &Clock) {
    for _ in 1..BATCH {
        match shell.next().now_or_never() {
            Some(Some(input)) => machine.handle(input, clock.now()),
            Some(None) | None => return,
        }
    }
}

async fn due(clock: &Clock, deadline: Option<Moment>) {
    match deadline {
        Some(deadline) => clock.sleep_until(deadline).await,
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests;
