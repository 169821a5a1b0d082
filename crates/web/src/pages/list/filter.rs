//! The filter and order of a list, as its address states them. So every list has an address that
//! people can keep, send and return to.

use app::foresight::Level;
use app::page::{MAX_SIZE, PageQuery};
use app::ports::{Assignee, DossierFilter};
use app::worklist::{Arrangement, Whose, WorklistFilter, WorklistOrder, WorklistQuery};
use domain::dossier::{Channel, Status};
use domain::id::{ActorId, ProcedureCode, StepId, UnitCode};

use crate::fields::Fields;

/// How many rows a page has.
pub const ROWS: u32 = 25;

/// The filter, order and page in an address. Wrong parts are ignored, so that old addresses still
/// open.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    pub only: Vec<WorklistFilter>,
    pub levels: Vec<Level>,
    pub step: Option<StepId>,
    pub holder: Option<Assignee>,
    pub procedure: Option<ProcedureCode>,
    pub channel: Option<Channel>,
    pub state: Option<Status>,
    pub text: String,
    pub order: WorklistOrder,
    pub descending: bool,
    /// The number of the page, from 1.
    pub page: u32,
}

/// The word for a filter in an address.
pub fn word(filter: WorklistFilter) -> &'static str {
    match filter {
        WorklistFilter::Overdue => "overdue",
        WorklistFilter::NearDue => "near_due",
        WorklistFilter::DueToday => "due_today",
        WorklistFilter::AnswerDueToday => "answer_due_today",
        WorklistFilter::WaitingForCitizen => "waiting_for_citizen",
        WorklistFilter::Submitted => "submitted",
        WorklistFilter::Unassigned => "unassigned",
        WorklistFilter::NotHandedOver => "not_handed_over",
        WorklistFilter::HandOverLate => "hand_over_late",
        WorklistFilter::LateLeg => "late_leg",
        WorklistFilter::LateConsultation => "late_consultation",
        WorklistFilter::InConflict => "in_conflict",
        WorklistFilter::Alerted => "alerted",
    }
}

/// The word for an order in an address.
pub fn order_word(order: WorklistOrder) -> &'static str {
    match order {
        WorklistOrder::Urgency => "urgency",
        WorklistOrder::Procedure => "procedure",
        WorklistOrder::Step => "step",
        WorklistOrder::Due => "due",
    }
}

impl Filter {
    /// Reads an address.
    pub fn read(fields: &Fields) -> Self {
        let named = |word_of: &str| {
            let mut known = WorklistFilter::ALL.into_iter();
            known.find(|filter| word(*filter) == word_of)
        };
        let sort = fields.get("sort");
        let (descending, sort) = match sort.strip_prefix('-') {
            Some(sort) => (true, sort),
            None => (false, sort),
        };
        let order = WorklistOrder::ALL.into_iter();
        let order = order.clone().find(|order| order_word(*order) == sort);
        let channel = fields.get("channel");
        let state = fields.get("state");
        Self {
            only: fields.all("only").filter_map(named).collect(),
            levels: fields.all("level").filter_map(Level::from_name).collect(),
            step: fields.some("step").and_then(|it| StepId::parse(it).ok()),
            holder: match fields.some("who") {
                Some("-") => Some(Assignee::Nobody),
                Some(who) => ActorId::parse(who).ok().map(Assignee::Person),
                None => None,
            },
            procedure: fields
                .some("procedure")
                .and_then(|it| ProcedureCode::parse(it).ok()),
            channel: Channel::ALL.into_iter().find(|it| it.as_str() == channel),
            state: Status::ALL
                .into_iter()
                .find(|it| it.is_open() && it.as_str() == state),
            text: fields.searched("q"),
            order: order.unwrap_or_default(),
            descending: descending && order.is_some(),
            page: fields.get("page").parse().unwrap_or(1).clamp(1, 100_000),
        }
    }

    /// The address of this list for a unit.
    pub fn address(&self, unit: &UnitCode) -> String {
        let query = self.query();
        let mark = if query.is_empty() { "" } else { "?" };
        format!("/units/{unit}/list{mark}{query}")
    }

    fn query(&self) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        for filter in &self.only {
            query.append_pair("only", word(*filter));
        }
        for level in &self.levels {
            query.append_pair("level", level.name());
        }
        let texts = [
            ("step", self.step.as_ref().map(ToString::to_string)),
            (
                "who",
                self.holder.as_ref().map(|holder| match holder {
                    Assignee::Nobody => "-".to_owned(),
                    Assignee::Person(person) => person.to_string(),
                }),
            ),
            (
                "procedure",
                self.procedure.as_ref().map(ToString::to_string),
            ),
            ("channel", self.channel.map(|it| it.as_str().to_owned())),
            ("state", self.state.map(|it| it.as_str().to_owned())),
            ("q", Some(self.text.clone()).filter(|it| !it.is_empty())),
        ];
        for (name, value) in texts {
            if let Some(value) = value {
                query.append_pair(name, &value);
            }
        }
        if self.order != WorklistOrder::default() || self.descending {
            let sign = if self.descending { "-" } else { "" };
            query.append_pair("sort", &format!("{sign}{}", order_word(self.order)));
        }
        if self.page > 1 {
            query.append_pair("page", &self.page.to_string());
        }
        query.finish()
    }

    /// This list in another order, from its first page. Choosing the present order reverses it.
    pub fn sorted_by(&self, order: WorklistOrder) -> Self {
        Self {
            order,
            descending: self.order == order && !self.descending,
            page: 1,
            ..self.clone()
        }
    }

    /// Another page of this list.
    pub fn on_page(&self, page: u32) -> Self {
        Self {
            page,
            ..self.clone()
        }
    }

    /// The query for one page.
    pub fn worklist(&self, whose: Whose) -> WorklistQuery {
        WorklistQuery {
            whose,
            only: self.only.clone(),
            levels: self.levels.clone(),
            filter: DossierFilter {
                statuses: self.state.into_iter().collect(),
                procedure: self.procedure.clone(),
                channel: self.channel,
                step: self.step.clone(),
                assignee: self.holder.clone(),
                ..DossierFilter::default()
            },
            arranged: Arrangement {
                order: self.order,
                descending: self.descending,
                text: self.text.clone(),
                skip: (self.page - 1) * ROWS,
            },
            counted: true,
            page: PageQuery {
                size: i32::try_from(ROWS).unwrap_or(i32::MAX),
                token: String::new(),
            },
        }
    }

    /// The query for as many rows as the store gives at once, from the first.
    pub fn whole(&self, whose: Whose) -> WorklistQuery {
        let mut query = self.on_page(1).worklist(whose);
        query.page.size = i32::try_from(MAX_SIZE).unwrap_or(i32::MAX);
        query
    }

    /// Each part of the filter alone: for the chips, and for the suggestions of an empty list.
    pub fn parts(&self) -> Vec<Filter> {
        let alone = Filter {
            page: 1,
            ..Filter::default()
        };
        let mut parts = Vec::new();
        for filter in &self.only {
            parts.push(Filter {
                only: vec![*filter],
                ..alone.clone()
            });
        }
        for level in &self.levels {
            parts.push(Filter {
                levels: vec![*level],
                ..alone.clone()
            });
        }
        let mut add = |is_said: bool, part: Filter| {
            if is_said {
                parts.push(part);
            }
        };
        add(
            self.step.is_some(),
            Filter {
                step: self.step.clone(),
                ..alone.clone()
            },
        );
        add(
            self.holder.is_some(),
            Filter {
                holder: self.holder.clone(),
                ..alone.clone()
            },
        );
        add(
            self.procedure.is_some(),
            Filter {
                procedure: self.procedure.clone(),
                ..alone.clone()
            },
        );
        add(
            self.channel.is_some(),
            Filter {
                channel: self.channel,
                ..alone.clone()
            },
        );
        add(
            self.state.is_some(),
            Filter {
                state: self.state,
                ..alone.clone()
            },
        );
        add(
            !self.text.is_empty(),
            Filter {
                text: self.text.clone(),
                ..alone
            },
        );
        parts
    }

    /// This list without one of its parts, from its first page.
    pub fn without(&self, part: &Filter) -> Self {
        let mut rest = self.on_page(1);
        rest.only.retain(|filter| !part.only.contains(filter));
        rest.levels.retain(|level| !part.levels.contains(level));
        if part.step.is_some() {
            rest.step = None;
        }
        if part.holder.is_some() {
            rest.holder = None;
        }
        if part.procedure.is_some() {
            rest.procedure = None;
        }
        if part.channel.is_some() {
            rest.channel = None;
        }
        if part.state.is_some() {
            rest.state = None;
        }
        if !part.text.is_empty() {
            rest.text.clear();
        }
        rest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &str) -> Filter {
        Filter::read(&Fields::of(&format!("/?{query}").parse().unwrap()))
    }

    #[test]
    fn an_address_says_what_a_list_is_and_a_list_says_its_address() {
        let unit = UnitCode::parse("H60.02215").unwrap();
        let address = "/units/H60.02215/list?only=overdue&level=at_risk&step=ky&who=-\
                       &channel=online&q=h%C3%B2a&sort=-due&page=3";
        let filter = read(address.split_once('?').unwrap().1);
        assert_eq!(filter.address(&unit), address);
        assert_eq!(filter.parts().len(), 6);
        assert_eq!(read("").address(&unit), "/units/H60.02215/list");
    }

    #[test]
    fn what_an_address_says_wrongly_is_left_out() {
        let wrong = read("only=lost&level=x&channel=fax&state=done&sort=-x&page=0&who=");
        assert_eq!(wrong, read(""));
    }

    #[test]
    fn a_chip_takes_off_its_own_part_and_nothing_else() {
        let filter = read("only=overdue&only=unassigned&channel=post&page=2");
        let parts = filter.parts();
        assert_eq!(
            filter.without(&parts[0]),
            read("only=unassigned&channel=post")
        );
        assert_eq!(
            filter.without(&parts[2]),
            read("only=overdue&only=unassigned")
        );
    }

    #[test]
    fn sorting_by_the_same_column_turns_it_round_and_begins_anew() {
        let filter = read("page=4&sort=due");
        assert_eq!(filter.sorted_by(WorklistOrder::Due), read("sort=-due"));
        assert_eq!(filter.sorted_by(WorklistOrder::Step), read("sort=step"));
    }
}
