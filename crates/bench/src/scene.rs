//! How the work is spread over the province.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

/// How the work is spread over the province.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Scene {
    /// Each caller has a ward of its own, as long as there are enough.
    Spread,
    /// All callers are in one ward.
    Hot,
    /// All callers are in one ward, whose people have 150 screens open that follow its worklist.
    Watched,
}

impl Scene {
    const ALL: [Scene; 3] = [Scene::Spread, Scene::Hot, Scene::Watched];

    fn as_str(self) -> &'static str {
        match self {
            Scene::Spread => "spread",
            Scene::Hot => "hot",
            Scene::Watched => "watched",
        }
    }
}

impl fmt::Display for Scene {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Scene {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Scene::ALL.into_iter().find(|scene| scene.as_str() == text);
        found.ok_or_else(|| "expected spread, hot or watched".to_owned())
    }
}
