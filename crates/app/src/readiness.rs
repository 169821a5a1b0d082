//! Whether calls can be answered: what `/readyz` and the health service tell.

use crate::engine::Engine;
use crate::error::Error;

/// One thing without which no call can be answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// Its name: `database`.
    pub name: &'static str,
    /// What is wrong with it, for an operator; none when it is as it should be.
    pub failed: Option<String>,
}

/// All of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Readiness {
    /// One by one, in the order in which they were looked at.
    pub checks: Vec<Check>,
}

impl Readiness {
    /// One thing that is wrong.
    pub fn failed(name: &'static str, why: impl Into<String>) -> Self {
        Self {
            checks: vec![Check {
                name,
                failed: Some(why.into()),
            }],
        }
    }

    /// Whether nothing stands in the way.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.checks.iter().all(|check| check.failed.is_none())
    }
}

impl Engine {
    /// Looks at everything without which no call can be answered.
    pub async fn readiness(&self) -> Readiness {
        let database = self.database_answers().await;
        let mut checks = vec![Check {
            name: "database",
            failed: database.as_ref().err().map(ToString::to_string),
        }];
        if database.is_ok() {
            let clock = self.check_clock().await;
            checks.push(Check {
                name: "clock",
                failed: clock.err().map(|error| error.to_string()),
            });
        }
        Readiness { checks }
    }

    async fn database_answers(&self) -> Result<(), Error> {
        let read = self.context.store.read().await?;
        read.token_edition().await?;
        Ok(())
    }
}
