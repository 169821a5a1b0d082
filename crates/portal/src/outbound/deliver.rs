//! Brings one dossier at a remote to where it stands here.

use super::client::{CHUNK, Client};
use super::errand::{Undelivered, Why};
use super::map::Map;
use super::reply::Trouble;
use super::story::{Milestone, Story, untold};

/// What is known of the remote before a delivery.
pub enum Known<'a> {
    /// It has everything up to here; nobody else tells it of the dossier.
    Upto(&'a Story),
    /// Nothing is known, so it is asked.
    Nothing,
}

/// Tells a remote what it has not been told: first how the dossier stands, then the rows of progress
/// that it lacks, in order.
pub async fn deliver(client: &Client, story: &Story, known: Known<'_>) -> Result<(), Undelivered> {
    let code = &story.code;
    let (exists, had, changed) = match known {
        Known::Upto(before) => {
            let changed = is_changed(client.map(), before, story);
            (true, before.milestones.len(), changed)
        }
        Known::Nothing => match look_up(client, story).await? {
            Some(had) => (true, had, true),
            None => (false, 0, true),
        },
    };
    let mut had = had;
    if changed {
        let last = story.dossier.version;
        let key = format!("{code}/{last}/dossier");
        let told = client.tell_dossier(&key, exists, &story.card).await;
        match told {
            // Whoever refuses a new dossier may have it, for all we know: the look-up tells.
            Err(Trouble::Refused(words)) if !exists => {
                had = look_up(client, story).await?.ok_or_else(|| Undelivered {
                    why: Why::Refused(words),
                    asked: format!("dossier {code}"),
                    until: None,
                })?;
                let again = client.tell_dossier(&key, true, &story.card).await;
                again.map_err(|trouble| undelivered(trouble, format!("dossier {code}")))?;
            }
            told => told.map_err(|trouble| undelivered(trouble, format!("dossier {code}")))?,
        }
    }
    for rows in story.milestones[had..].chunks(CHUNK) {
        let numbers = numbers(rows);
        let key = format!("{code}/{numbers}");
        let cards: Vec<_> = rows.iter().map(|row| &row.card).collect();
        let told = client.tell_progress(&key, &cards).await;
        told.map_err(|trouble| undelivered(trouble, format!("progress {code}, events {numbers}")))?;
    }
    Ok(())
}

/// How many of our rows the remote has; none if it does not have the dossier.
async fn look_up(client: &Client, story: &Story) -> Result<Option<usize>, Undelivered> {
    let code = &story.code;
    let asked = format!("look-up {code}");
    let found = client.look_up(code).await;
    let found = found.map_err(|trouble| undelivered(trouble, asked.clone()))?;
    let Some(had) = found else {
        return Ok(None);
    };
    let moment = |at| client.map().moment(at);
    match untold(&story.milestones, &had, moment) {
        Some(count) => Ok(Some(count)),
        None => Err(Undelivered {
            why: Why::Conflict(format!(
                "the remote has {} rows of progress, and they are no beginning of our {}",
                had.len(),
                story.milestones.len()
            )),
            asked,
            until: None,
        }),
    }
}

fn numbers(rows: &[Milestone]) -> String {
    let numbers: Vec<String> = rows.iter().map(|row| row.number.to_string()).collect();
    numbers.join("+")
}

fn is_changed(map: &Map, before: &Story, after: &Story) -> bool {
    map.dossier(&before.card) != map.dossier(&after.card)
}

fn undelivered(trouble: Trouble, asked: String) -> Undelivered {
    let why = match trouble {
        Trouble::Away(words) => Why::Away(words),
        Trouble::Refused(words) => Why::Refused(words),
        Trouble::Absent => Why::Refused("the remote does not have the dossier".to_owned()),
        Trouble::Unmapped(words) => Why::Unmapped(words),
    };
    Undelivered {
        why,
        asked,
        until: None,
    }
}
