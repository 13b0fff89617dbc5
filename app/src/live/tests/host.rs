//! A world that stands still until it is told to move: tasks, timers and topics.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    future::poll_fn,
    rc::{Rc, Weak},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
    time::Duration,
};

use confab_protocol::Topic;
use futures::future::LocalBoxFuture;

use crate::live::Host;

struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::SeqCst);
    }
}

struct Task {
    future: LocalBoxFuture<'static, ()>,
    woken: Arc<Woken>,
}

/// Polls only tasks that were woken: a waiter that forgets to leave its waker never runs again, and
/// its test fails. Oldest first, unless a test wants to see that the order does not matter.
pub struct TestHost {
    itself: Weak<TestHost>,
    now: Cell<u64>,
    spawned: RefCell<Vec<Task>>,
    timers: RefCell<BTreeMap<(u64, u64), Option<Waker>>>,
    timer_ids: Cell<u64>,
    /// Whether the youngest task goes first. The cache must not care.
    pub youngest_first: Cell<bool>,
    pub topics: RefCell<Vec<Topic>>,
}

impl TestHost {
    pub fn new() -> Rc<Self> {
        Rc::new_cyclic(|itself| Self {
            itself: itself.clone(),
            now: Cell::new(0),
            spawned: RefCell::default(),
            timers: RefCell::default(),
            timer_ids: Cell::new(0),
            youngest_first: Cell::new(false),
            topics: RefCell::default(),
        })
    }

    /// Runs until nothing is left to do at this moment.
    pub fn run(&self) {
        let mut resting = Vec::new();
        loop {
            resting.append(&mut self.spawned.borrow_mut());
            let is_woken = |task: &Task| task.woken.0.load(Ordering::SeqCst);
            let at = match self.youngest_first.get() {
                true => resting.iter().rposition(is_woken),
                false => resting.iter().position(is_woken),
            };
            let Some(at) = at else { break };
            resting[at].woken.0.store(false, Ordering::SeqCst);
            let waker = Waker::from(resting[at].woken.clone());
            if resting[at].future.as_mut().poll(&mut Context::from_waker(&waker)).is_ready() {
                drop(resting.remove(at));
            }
        }
        self.spawned.replace(resting);
    }

    /// Lets time pass, and everything happen that it brings.
    pub fn pass(&self, time: Duration) {
        self.now.update(|now| now + u64::try_from(time.as_millis()).expect("tests are short"));
        for (_, waker) in self.timers.borrow_mut().range_mut(..=(self.now.get(), u64::MAX)) {
            waker.take().into_iter().for_each(Waker::wake);
        }
        self.run();
    }

    /// Tasks that have not ended.
    pub fn tasks(&self) -> usize {
        self.spawned.borrow().len()
    }

    /// Timers that have neither rung nor been given back.
    pub fn timers(&self) -> usize {
        self.timers.borrow().len()
    }
}

impl Host for TestHost {
    fn spawn(&self, future: LocalBoxFuture<'static, ()>) {
        let woken = Arc::new(Woken(AtomicBool::new(true)));
        self.spawned.borrow_mut().push(Task { future, woken });
    }

    fn sleep(&self, time: Duration) -> LocalBoxFuture<'static, ()> {
        let due = self.now.get() + u64::try_from(time.as_millis()).expect("tests are short");
        let id = self.timer_ids.replace(self.timer_ids.get() + 1);
        let timer = Timer { host: self.itself.upgrade().expect("a host is alive"), key: (due, id) };
        self.timers.borrow_mut().insert(timer.key, None);
        Box::pin(async move { timer.wait().await })
    }

    fn now(&self) -> u64 {
        self.now.get()
    }

    fn subscribe(&self, topic: &Topic) {
        self.topics.borrow_mut().push(topic.clone());
    }

    fn unsubscribe(&self, topic: &Topic) {
        self.topics.borrow_mut().retain(|heard| heard != topic);
    }
}

struct Timer {
    host: Rc<TestHost>,
    key: (u64, u64),
}

impl Timer {
    async fn wait(&self) {
        poll_fn(|context| {
            if self.host.now.get() >= self.key.0 {
                return Poll::Ready(());
            }
            self.host.timers.borrow_mut().insert(self.key, Some(context.waker().clone()));
            Poll::Pending
        })
        .await;
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        self.host.timers.borrow_mut().remove(&self.key);
    }
}
