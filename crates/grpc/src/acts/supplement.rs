//! Papers, as they are asked for, recorded and told.

use domain::dossier::acts::supplement::{
    RecordSupplement, RequestSupplement, SupplementException, SupplementItem, SupplementRecorded,
    SupplementRequested,
};
use domain::id::ComponentCode;
use domain::procedure::DataFailure;

use super::{Details, Tells, command_request};
use crate::convert::Fields;
use crate::proto;

command_request!(RequestSupplementRequest => RequestSupplement, |given, fields, context| {
    let items = supplement_items(&given.items, fields);
    let reason = fields.words("reason", &given.reason);
    let calendar = context.calendar(None);
    let given_time = given.respond_by_time.as_ref();
    let respond_by = fields.coming("respond_by_time", given_time, calendar);
    let exception = given
        .exception
        .as_ref()
        .map(|exception| SupplementException {
            reason: fields.words("exception.reason", &exception.reason),
            legal_basis: fields.words("exception.legal_basis", &exception.legal_basis),
        });
    Some(RequestSupplement {
        items,
        reason,
        respond_by,
        exception,
    })
});

fn supplement_items(
    given: &[proto::request_supplement_request::Item],
    fields: &mut Fields,
) -> Vec<SupplementItem> {
    if given.is_empty() {
        fields.wrong("items", "must not be empty; expected what is missing");
    }
    if !fields.few("items", given.len()) {
        return Vec::new();
    }
    let mut items = Vec::with_capacity(given.len());
    for (at, item) in given.iter().enumerate() {
        let component_field = format!("items[{at}].component");
        let component = fields.optional(&component_field, &item.component, ComponentCode::parse);
        let note = fields.optional_words(&format!("items[{at}].note"), &item.note);
        if item.component.trim().is_empty() && note.is_empty() {
            fields.wrong(
                &format!("items[{at}]"),
                "expected a component, a note, or both",
            );
        }
        use proto::request_supplement_request::DataFailure as Sent;
        let data_failure = match Sent::try_from(item.data_failure) {
            Ok(Sent::Unspecified) => None,
            Ok(Sent::Unavailable) => Some(DataFailure::Unavailable),
            Ok(Sent::Absent) => Some(DataFailure::Absent),
            Ok(Sent::Incorrect) => Some(DataFailure::Incorrect),
            Err(_) => {
                let field = format!("items[{at}].data_failure");
                fields.wrong(&field, "expected one of DATA_FAILURE_UNAVAILABLE, DATA_FAILURE_ABSENT, DATA_FAILURE_INCORRECT");
                None
            }
        };
        items.push(SupplementItem {
            component,
            note,
            data_failure,
        });
    }
    items
}

impl Tells for SupplementRequested {
    fn tell(&self, details: &mut Details) {
        let named = self.items.iter();
        let components: Vec<_> = named.filter_map(|item| item.component.clone()).collect();
        details.list("components", &components);
        details.put("items", &self.items.len());
        let failed = self.items.iter().filter_map(|item| {
            let failure = item.data_failure?;
            Some(format!("{} {failure}", item.component.as_ref()?))
        });
        details.list("data_failures", &failed.collect::<Vec<_>>());
        details.time("respond_by_time", self.respond_by);
        details.put("notice_late", &self.notice_late);
        details.put("exception", &self.exception.is_some());
        details.put("clock_standing", &self.stands);
    }
}

command_request!(RecordSupplementRequest => RecordSupplement, |given, fields, _known| {
    let components = fields.list("components", &given.components, ComponentCode::parse);
    let papers = fields.papers("papers", &given.papers);
    Some(RecordSupplement { components, papers })
});

impl Tells for SupplementRecorded {
    fn tell(&self, details: &mut Details) {
        details.list("components", &self.components);
        details.list("papers", &self.papers);
        details.time("answer_due_time", self.answer_due);
        details.moved(self.moved.as_ref());
    }
}
