//! Tells a waiting person how far the benchmark is.

/// How far the benchmark is.
#[derive(Debug, Clone, Copy)]
pub struct Step<'a> {
    /// Which step it is, from 0.
    pub number: usize,
    /// How many there are.
    pub of: usize,
    /// What is done.
    pub what: &'a str,
    /// Whether this begins a step; otherwise it continues one.
    pub begins: bool,
}

/// Counts the steps.
pub(crate) struct Progress<'a> {
    tell: &'a (dyn Fn(Step<'_>) + Send + Sync),
    of: usize,
    next: usize,
}

impl<'a> Progress<'a> {
    /// So many steps to come.
    pub fn new(tell: &'a (dyn Fn(Step<'_>) + Send + Sync), of: usize) -> Self {
        Self { tell, of, next: 0 }
    }

    /// Begins the next step.
    pub fn next(&mut self, what: &str) {
        (self.tell)(Step {
            number: self.next,
            of: self.of,
            what,
            begins: true,
        });
        self.next += 1;
    }

    /// Says how far the present step is.
    pub fn show(&self, what: &str) {
        (self.tell)(Step {
            number: self.next.saturating_sub(1),
            of: self.of,
            what,
            begins: false,
        });
    }
}
