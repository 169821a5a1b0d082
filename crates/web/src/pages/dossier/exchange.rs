//! How far portals and ministries have been told of the dossier, in plain words.

use app::portal::RemoteExchange;
use app::view::DossierName;
use app::{Caller, Engine};
use chrono::TimeDelta;

use crate::fault::Fault;
use crate::say::Format;
use crate::words::{Markup, Words};

/// What one remote has.
pub struct ExchangeShown {
    pub remote: String,
    pub lines: Vec<Markup>,
    pub late: bool,
}

/// What stands on the page of a dossier, by remote; nothing where no remote is told of it.
pub async fn of(
    engine: &Engine,
    caller: &Caller,
    name: &DossierName,
    words: &Words,
    say: Format,
) -> Result<Vec<ExchangeShown>, Fault> {
    let (_, remotes, _) = engine.dossier_exchange(caller, name).await?;
    let shown = remotes.into_iter().map(|one| ExchangeShown {
        lines: lines(&one, words, say),
        late: one.late,
        remote: one.remote,
    });
    Ok(shown.collect())
}

fn lines(exchange: &RemoteExchange, words: &Words, say: Format) -> Vec<Markup> {
    let mut lines = Vec::new();
    match &exchange.acknowledged {
        Some(had) => {
            let lag = passed(had.lag(), words);
            let values = [
                ("event", had.version.to_string().into()),
                ("happened", say.full_moment(had.event_time).into()),
                ("recorded", say.full_moment(had.record_time).into()),
                ("acknowledged", say.full_moment(had.at).into()),
                ("lag", (&lag).into()),
            ];
            lines.push(words.fill("dossier.exchange_acknowledged", &values));
        }
        None => lines.push(words.t("dossier.exchange_never")),
    }
    if let Some(parcel) = &exchange.parcel {
        let (key, at) = match parcel.parked {
            Some(parked) => ("dossier.exchange_parked", parked),
            None => ("dossier.exchange_waits", parcel.since),
        };
        let values = [
            ("event", parcel.first.to_string().into()),
            ("time", say.full_moment(at).into()),
        ];
        lines.push(words.fill(key, &values));
    }
    lines
}

/// Time by the clock on the wall, in its largest unit.
fn passed(time: TimeDelta, words: &Words) -> Markup {
    let (key, count) = match time.num_seconds() {
        seconds @ ..60 => ("dossier.exchange_seconds", seconds.max(0)),
        seconds @ 60..3_600 => ("dossier.exchange_minutes", seconds / 60),
        seconds => ("dossier.exchange_hours", seconds / 3_600),
    };
    words.fill(key, &[("count", count.to_string().into())])
}
