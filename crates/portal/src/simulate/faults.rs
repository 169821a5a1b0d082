//! How a simulated portal fails, and how often.

/// One way to fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Fault {
    /// It answers late.
    Slow,
    /// It answers 500 and takes nothing.
    Broken,
    /// It takes what was sent, and its answer is cut.
    Cut,
    /// The request reaches it twice.
    Duplicate,
    /// It has forgotten the session.
    Session,
    /// It creates the dossier and says that there was one.
    Exists,
    /// It takes what was sent, and the answer is lost on the way: 502.
    Lost,
    /// Its clock is wrong.
    Skew,
}

impl Fault {
    /// Every fault.
    pub const ALL: [Fault; 8] = [
        Fault::Slow,
        Fault::Broken,
        Fault::Cut,
        Fault::Duplicate,
        Fault::Session,
        Fault::Exists,
        Fault::Lost,
        Fault::Skew,
    ];

    /// The word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Fault::Slow => "slow",
            Fault::Broken => "500",
            Fault::Cut => "cut",
            Fault::Duplicate => "duplicate",
            Fault::Session => "session",
            Fault::Exists => "exists",
            Fault::Lost => "lost",
            Fault::Skew => "skew",
        }
    }
}

/// How often it fails in which way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Faults {
    /// Of a thousand requests, how many meet each fault.
    rates: Vec<(Fault, u32)>,
    /// How long an ordinary answer takes.
    pub answer_ms: u64,
    /// How long a slow answer takes.
    pub slow_ms: u64,
    /// By how much a wrong clock is wrong.
    pub skew_seconds: i64,
}

impl Default for Faults {
    fn default() -> Self {
        Self {
            rates: Vec::new(),
            answer_ms: 0,
            slow_ms: 1_500,
            skew_seconds: 7 * 3_600,
        }
    }
}

impl Faults {
    /// Every fault, each in so many of a thousand requests.
    #[must_use]
    pub fn all(per_mille: u32) -> Self {
        Self {
            rates: Fault::ALL.map(|fault| (fault, per_mille)).to_vec(),
            ..Self::default()
        }
    }

    /// One fault in so many of a thousand requests.
    #[must_use]
    pub fn only(fault: Fault, per_mille: u32) -> Self {
        Self {
            rates: vec![(fault, per_mille)],
            ..Self::default()
        }
    }

    /// The same with another time for an answer.
    #[must_use]
    pub fn answering_in(self, answer_ms: u64) -> Self {
        Self { answer_ms, ..self }
    }

    /// Reads `none`, `all`, or a list such as `lost=50,slow=10`: how many of a thousand requests.
    ///
    /// Errors: the word that is no fault, and all that are.
    pub fn parse(text: &str) -> Result<Self, String> {
        match text {
            "" | "none" => return Ok(Self::default()),
            "all" => return Ok(Self::all(20)),
            _ => {}
        }
        let mut faults = Self::default();
        for part in text.split(',') {
            let (word, rate) = part.split_once('=').unwrap_or((part, "50"));
            let fault = Fault::ALL
                .into_iter()
                .find(|fault| fault.as_str() == word.trim());
            let rate = rate
                .trim()
                .parse::<u32>()
                .ok()
                .filter(|rate| *rate <= 1_000);
            let (Some(fault), Some(rate)) = (fault, rate) else {
                let all = Fault::ALL.map(Fault::as_str).join(", ");
                return Err(format!(
                    "`{part}` is no fault; expected none, all, or some of {all}, each with =N of a thousand"
                ));
            };
            faults.rates.push((fault, rate));
        }
        Ok(faults)
    }

    /// Whether the next request meets a fault.
    pub(super) fn next(&self, dice: &mut Dice) -> Option<Fault> {
        let mut roll = dice.below(1_000);
        for (fault, rate) in &self.rates {
            if roll < *rate {
                return Some(*fault);
            }
            roll -= rate;
        }
        None
    }
}

/// Chance from a seed.
#[derive(Debug, Clone)]
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below `count`. SplitMix64: small, and good enough to choose faults.
    pub(super) fn below(&mut self, count: u32) -> u32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        u32::try_from(mixed % u64::from(count)).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_read_by_name_and_an_unknown_one_is_refused_with_all_names() {
        let faults = Faults::parse("lost=1000").unwrap();
        assert_eq!(faults.next(&mut Dice::new(1)), Some(Fault::Lost));
        assert_eq!(Faults::parse("none").unwrap().next(&mut Dice::new(1)), None);
        let wrong = Faults::parse("lots=3").unwrap_err();
        assert!(
            wrong.contains("`lots=3`") && wrong.contains("duplicate"),
            "{wrong}"
        );
        assert!(Faults::parse("lost=1001").is_err());
    }
}
