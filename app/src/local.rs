//! Values of the browser's one thread.
//!
//! A view may be sent between the threads of the server, so whatever it holds has to be [`Send`]; a
//! tab, a node and a listener are not. They stay in a table of the thread that made them, and what
//! is sent is their number; on any other thread the number leads to nothing. The server has none.
//!
//! The library's `SendWrapper` asks for the thread at each access instead. A handle to a thread
//! comes from the standard library's own allocator, which then is in the page beside ours: three
//! kilobytes of brotli.

use std::{
    any::Any,
    cell::RefCell,
    marker::PhantomData,
    rc::Rc,
    sync::atomic::{AtomicU64, Ordering},
};

thread_local! {
    /// A few dozen at most, the latest last.
    static TABLE: RefCell<Vec<(u64, Rc<dyn Any>)>> = const { RefCell::new(Vec::new()) };
}

/// The number of nothing.
const NOTHING: u64 = 0;

/// A value of this thread, for as long as this lives; or none.
pub struct Local<T> {
    number: u64,
    of: PhantomData<fn() -> T>,
}

impl<T: 'static> Local<T> {
    /// A value of this thread.
    pub fn new(value: T) -> Self {
        Self { number: put(Rc::new(value)), of: PhantomData }
    }

    /// No value.
    pub const fn none() -> Self {
        Self { number: NOTHING, of: PhantomData }
    }

    /// The value, on the thread that made it.
    pub fn get(&self) -> Option<Rc<T>> {
        self.handle().get()
    }

    /// A way to the value that does not keep it.
    pub fn handle(&self) -> Handle<T> {
        Handle { number: self.number, of: PhantomData }
    }

    /// Keeps the value for as long as its thread lives.
    pub fn leak(self) -> Handle<T> {
        let handle = self.handle();
        std::mem::forget(self);
        handle
    }
}

/// A way to a [`Local`], for as long as that lives.
pub struct Handle<T> {
    number: u64,
    of: PhantomData<fn() -> T>,
}

impl<T: 'static> Handle<T> {
    /// A way to nothing.
    pub const fn none() -> Self {
        Self { number: NOTHING, of: PhantomData }
    }

    /// The value, on the thread that made it.
    pub fn get(&self) -> Option<Rc<T>> {
        find(self.number)?.downcast().ok()
    }
}

impl<T> Clone for Handle<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Handle<T> {}

impl<T> Drop for Local<T> {
    fn drop(&mut self) {
        if self.number != NOTHING {
            remove(self.number);
        }
    }
}

// Without types, to be downloaded once.

fn put(value: Rc<dyn Any>) -> u64 {
    // One count for all threads, so that no number leads to another thread's value.
    static LAST: AtomicU64 = AtomicU64::new(NOTHING);
    let number = LAST.fetch_add(1, Ordering::Relaxed) + 1;
    TABLE.with_borrow_mut(|table| table.push((number, value)));
    number
}

fn find(number: u64) -> Option<Rc<dyn Any>> {
    TABLE.with_borrow(|table| {
        table.iter().rev().find(|(other, _)| *other == number).map(|(_, value)| value.clone())
    })
}

fn remove(number: u64) {
    // Dropped after the borrow: a value's end may come back here. A thread that ends has no table.
    let _ = TABLE.try_with(|table| {
        let mut table = table.borrow_mut();
        let place = table.iter().rposition(|(other, _)| *other == number);
        place.map(|place| table.remove(place))
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread;

    #[test]
    fn a_value_is_there_on_its_thread_and_nowhere_else() {
        let local = Local::new("here".to_owned());
        assert_eq!(local.get().as_deref().map(String::as_str), Some("here"));
        let elsewhere = thread::spawn(move || {
            let other = Local::new("there".to_owned());
            let is_seen = local.get().is_some();
            drop(local);
            (is_seen, other.get().as_deref().cloned())
        });
        assert_eq!(elsewhere.join().unwrap(), (false, Some("there".to_owned())));
        assert!(Local::<String>::none().get().is_none());
        assert!(Handle::<String>::none().get().is_none());
    }

    #[test]
    fn a_value_ends_with_its_local_and_may_have_locals_of_its_own() {
        let inner = Rc::new(());
        let outer = Local::new(Local::new(inner.clone()));
        let handle = outer.handle();
        assert_eq!(Rc::strong_count(&inner), 2);
        drop(outer);
        assert!(handle.get().is_none());
        assert_eq!(Rc::strong_count(&inner), 1);
    }
}
