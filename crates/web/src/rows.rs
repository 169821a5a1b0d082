//! A dossier as a row of a list: what it is, where it is, its due time, and why it needs somebody.

use app::accounts::Directory;
use app::foresight::{Act, Level};
use app::view::View;
use app::{Caller, Engine};
use chrono::TimeDelta;
use domain::calendar::Calendar;
use domain::dossier::{Action, Channel, Status};
use domain::language::Language;
use domain::time::{self, Instant};

use crate::say::{Format, day_length};
use crate::words::{Markup, Words};

/// The data behind rows.
pub struct Rows<'a> {
    /// The use cases.
    pub engine: &'a Engine,
    /// The caller who sees the rows.
    pub caller: &'a Caller,
    /// The names of people.
    pub directory: &'a Directory,
    /// The texts.
    pub words: &'a Words,
    /// The format of numbers and times.
    pub say: Format,
    /// The moment that the rows show.
    pub now: Instant,
}

/// A flag: a word with a shape and a colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flag {
    /// Past its due time.
    Overdue,
    /// The remaining work no longer fits into the time left.
    WillBeLate,
    /// Due today.
    DueToday,
    /// More likely late than most.
    AtRisk,
    /// Worth a look.
    Watch,
    /// Waiting for the citizen.
    Waiting,
}

impl Flag {
    /// The most serious flag of a dossier.
    #[must_use]
    pub fn of(view: &View, now: Instant) -> Option<Self> {
        if view.timing.overdue {
            return Some(Flag::Overdue);
        }
        match view.dossier.status() {
            Status::SupplementRequested | Status::PaymentRequested => return Some(Flag::Waiting),
            Status::Submitted => return None,
            Status::Received | Status::Processing => {}
            Status::Refused
            | Status::Withdrawn
            | Status::Stopped
            | Status::Resolved
            | Status::Returned => return None,
        }
        let level = view.foreseen.as_ref().map(|foreseen| foreseen.level);
        let due = view.dossier.due().map(time::local_day);
        match level {
            Some(Level::Overdue) => Some(Flag::Overdue),
            Some(Level::WillBeLate) => Some(Flag::WillBeLate),
            _ if due == Some(time::local_day(now)) => Some(Flag::DueToday),
            Some(Level::AtRisk) => Some(Flag::AtRisk),
            Some(Level::Watch) => Some(Flag::Watch),
            Some(Level::OnTrack) | None => None,
        }
    }

    /// The CSS class of the flag.
    #[must_use]
    pub fn class(self) -> &'static str {
        match self {
            Flag::Overdue => "f-late",
            Flag::WillBeLate => "f-will",
            Flag::DueToday | Flag::AtRisk => "f-risk",
            Flag::Watch => "f-watch",
            Flag::Waiting => "f-wait",
        }
    }

    /// The CSS class of a whole row.
    #[must_use]
    pub fn mark(self) -> &'static str {
        match self {
            Flag::Overdue | Flag::WillBeLate => "m-late",
            Flag::DueToday | Flag::AtRisk => "m-risk",
            Flag::Watch => "",
            Flag::Waiting => "m-wait",
        }
    }

    /// The key of the flag's word.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Flag::Overdue => "flag.overdue",
            Flag::WillBeLate => "flag.will_be_late",
            Flag::DueToday => "flag.due_today",
            Flag::AtRisk => "flag.at_risk",
            Flag::Watch => "flag.watch",
            Flag::Waiting => "flag.waiting",
        }
    }
}

/// A flag as the template draws it.
pub struct Drawn {
    /// The CSS class.
    pub class: &'static str,
    /// The word.
    pub word: Markup,
}

/// A row as the template draws it.
pub struct Row {
    /// The address of the dossier.
    pub href: String,
    /// The procedure's name.
    pub procedure: String,
    /// The code, the applicant and the channel, as far as the caller may see them.
    pub code: String,
    /// The applicant's name; empty when hidden.
    pub applicant: String,
    /// The channel, unless it is the desk.
    pub channel: Option<Markup>,
    /// The step, or the state of a dossier without one.
    pub step: String,
    /// The holder, and since when.
    pub holder: Markup,
    /// The due time.
    pub due: Markup,
    /// The time left.
    pub left: Markup,
    /// The flag.
    pub flag: Option<Drawn>,
    /// The reason for the flag, in words.
    pub why: Markup,
    /// The CSS class of the row.
    pub mark: &'static str,
}

/// The head of a column.
pub struct Column {
    /// The title.
    pub label: Markup,
    /// The address of the list sorted by this column.
    pub href: Option<String>,
    /// The present direction of sorting, if the list is sorted by this column.
    pub sort: Option<&'static str>,
}

/// The columns of a list that cannot be sorted.
#[must_use]
pub fn columns(words: &Words) -> Vec<Column> {
    let keys = ["row.what", "row.where", "row.due", "row.why"];
    let column = |key: &str| Column {
        label: words.t(key),
        href: None,
        sort: None,
    };
    keys.into_iter().map(column).collect()
}

impl Rows<'_> {
    /// What to do about a dossier and until when, in words, and the act whose form does it.
    #[must_use]
    pub fn advice(&self, act: Act, by: Option<Instant>) -> (Markup, Action) {
        let by = by.map(|by| self.say.moment(by, self.now));
        let said = |dated: &str, now: &str| match &by {
            Some(by) => self.words.fill(dated, &[("date", by.into())]),
            None => self.words.t(now),
        };
        match act {
            Act::Assign => (said("first.assign_by", "first.assign"), Action::Assign),
            Act::Remind => (said("first.remind_by", "first.remind"), Action::Remind),
            Act::Sign => (said("first.sign_by", "first.sign"), Action::Resolve),
            Act::Apologise => (
                said("first.apologise_by", "first.apologise"),
                Action::Extend,
            ),
        }
    }

    /// The row of a dossier.
    #[must_use]
    pub fn row(&self, view: &View) -> Row {
        let dossier = &view.dossier;
        let flag = Flag::of(view, self.now);
        Row {
            href: format!("/dossiers/{}", dossier.id),
            procedure: view.procedure.name.clone(),
            code: dossier
                .code
                .as_ref()
                .map_or_else(String::new, ToString::to_string),
            applicant: view
                .applicant
                .as_ref()
                .map_or_else(String::new, |person| person.name.clone()),
            channel: match dossier.channel {
                Channel::Desk => None,
                Channel::Online => Some(self.words.t("channel.online")),
                Channel::Post => Some(self.words.t("channel.post")),
            },
            step: self.step(view),
            holder: self.holder(view),
            due: self.due(view),
            left: self.left(view),
            flag: flag.map(|flag| Drawn {
                class: flag.class(),
                word: self.words.t(flag.key()),
            }),
            why: self.why(view, flag),
            mark: flag.map_or("", Flag::mark),
        }
    }

    /// The column titles in a file.
    pub const PLAIN: [&'static str; 10] = [
        "plain.code",
        "plain.procedure",
        "plain.applicant",
        "plain.channel",
        "plain.step",
        "plain.holder",
        "plain.due",
        "plain.left",
        "plain.flag",
        "plain.why",
    ];

    /// The row of a dossier in a file.
    #[must_use]
    pub fn plain(&self, view: &View) -> Vec<String> {
        let row = self.row(view);
        let channel = row.channel.unwrap_or_else(|| self.words.t("channel.desk"));
        let due = view.dossier.due();
        vec![
            row.code,
            row.procedure,
            row.applicant,
            channel.plain(),
            row.step,
            row.holder.plain(),
            due.map_or_else(String::new, |due| {
                time::local(due).format("%d/%m/%Y %H:%M").to_string()
            }),
            row.left.plain(),
            row.flag.map_or_else(String::new, |flag| flag.word.plain()),
            row.why.plain(),
        ]
    }

    /// The name of the step, or the activity of a dossier without one.
    #[must_use]
    pub fn step(&self, view: &View) -> String {
        let state = &view.dossier.state;
        let step = state.step().and_then(|id| view.procedure.step(id));
        if let Some(step) = step {
            return step.name.clone();
        }
        let key = match view.dossier.status() {
            Status::Submitted => "step.submitted",
            Status::Received => "step.received",
            Status::Processing => "step.processing",
            Status::SupplementRequested => "step.papers",
            Status::PaymentRequested => "step.payment",
            Status::Resolved => "step.resolved",
            Status::Refused | Status::Withdrawn | Status::Stopped | Status::Returned => {
                "step.ended"
            }
        };
        self.words.t(key).as_str().to_owned()
    }

    /// `Vũ Quang Đạt giữ từ thứ Năm 26/11`, `Chưa ai giữ, từ thứ Sáu 27/11`.
    #[must_use]
    pub fn holder(&self, view: &View) -> Markup {
        let today = time::local_day(self.now);
        let since = time::local_day(view.dossier.since);
        let since = self.say.near_day(since, today);
        match &view.dossier.assignee {
            Some(actor) => self.words.fill(
                "row.held",
                &[
                    ("who", self.directory.name(actor).into()),
                    ("since", since.into()),
                ],
            ),
            None => self
                .words
                .fill("row.held_by_nobody", &[("since", since.into())]),
        }
    }

    /// The calendar of the deciding unit.
    pub fn with_calendar<T>(&self, view: &View, of: impl FnOnce(&Calendar) -> T) -> T {
        let catalogue = self.engine.catalogue(&view.dossier.province);
        of(catalogue
            .calendars
            .for_unit(view.dossier.resolving.as_str()))
    }

    /// The length of a working day at the deciding unit.
    #[must_use]
    pub fn day(&self, view: &View) -> TimeDelta {
        let today = time::local_day(self.now);
        self.with_calendar(view, |calendar| day_length(calendar, today))
    }

    /// The open time between two moments at the deciding unit.
    #[must_use]
    pub fn open_time(&self, view: &View, from: Instant, to: Instant) -> Option<TimeDelta> {
        self.with_calendar(view, |calendar| calendar.open_time_between(from, to).ok())
    }

    fn due(&self, view: &View) -> Markup {
        let Some(due) = view.dossier.due() else {
            return self.words.t("row.no_due");
        };
        let moment = self.say.moment(due, self.now);
        if view.dossier.status() == Status::Submitted {
            return self.words.fill("row.answer", &[("date", moment.into())]);
        }
        Markup::of(&moment)
    }

    /// `quá 8 ngày làm việc`, `còn 3 ngày làm việc`, `tạm dừng, còn 3 ngày làm việc`.
    #[must_use]
    pub fn left(&self, view: &View) -> Markup {
        let Some(left) = view.timing.working_time_left else {
            return Markup::default();
        };
        let time = || self.say.working(left, self.day(view));
        let standing = view.dossier.clock.as_ref();
        if standing.is_some_and(|clock| clock.standing.is_some()) {
            return self.words.fill("row.standing", &[("time", time().into())]);
        }
        if view.timing.overdue {
            // The office has hardly been open since the due time.
            if left > TimeDelta::minutes(-60) {
                return self.words.t("row.just_over");
            }
            return self.words.fill("row.over", &[("time", time().into())]);
        }
        self.words.fill("row.left", &[("time", time().into())])
    }

    /// Until when the listed unit has a part of its own to do, where that is not the dossier's due time.
    fn own_part(&self, view: &View) -> Option<Markup> {
        let part = view.for_unit.as_ref()?;
        let due = part.due.filter(|due| Some(*due) != view.dossier.due())?;
        let key = if part.overdue {
            "row.part_over"
        } else {
            "row.part_due"
        };
        let date = self.say.moment(due, self.now);
        Some(self.words.fill(key, &[("date", date.into())]))
    }

    fn why(&self, view: &View, flag: Option<Flag>) -> Markup {
        let dossier = &view.dossier;
        let today = time::local_day(self.now);
        let here = self.open_time(view, dossier.since, self.now);
        let here = here.map(|time| self.say.working(time, self.day(view)));
        let mut said: Vec<Markup> = Vec::new();
        said.extend(self.own_part(view));
        let waits = match dossier.status() {
            Status::SupplementRequested => Some("row.waits_for_papers"),
            Status::PaymentRequested => Some("row.waits_for_payment"),
            _ => None,
        };
        match (waits, here) {
            (Some(key), Some(here)) => {
                let since = self.say.near_day(time::local_day(dossier.since), today);
                let places = [("since", since.into()), ("time", here.into())];
                said.push(self.words.fill(key, &places));
                let stands = dossier.clock.as_ref();
                if stands.is_some_and(|clock| clock.standing.is_none()) {
                    said.push(self.words.t("row.does_not_stand"));
                }
                if let Some(by) = dossier.respond_by {
                    let by = self.say.moment(by, self.now);
                    said.push(self.words.fill("row.respond_by", &[("date", by.into())]));
                }
            }
            (None, Some(here)) if flag == Some(Flag::Overdue) => {
                said.push(
                    self.words
                        .fill("row.at_this_step", &[("time", here.into())]),
                );
            }
            (Some(_) | None, Some(_) | None) => {
                let reasons = view.foreseen.iter().flat_map(|it| it.reasons.iter());
                let told = flag.is_some_and(|flag| flag != Flag::Waiting);
                said.extend(reasons.take(usize::from(told)).map(|reason| {
                    Markup::of(match self.say.0 {
                        Language::Vietnamese => &reason.vi,
                        Language::English => &reason.en,
                    })
                }));
            }
        }
        if flag == Some(Flag::Overdue) && dossier.apologies == 0 && !dossier.extended {
            said.push(self.words.t("row.no_apology"));
        }
        let said: Vec<&str> = said.iter().map(Markup::as_str).collect();
        Markup::made(said.join(" "))
    }
}
