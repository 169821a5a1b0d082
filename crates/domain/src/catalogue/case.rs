//! The `[[version.case]]` tables: limits, verification and fees, each with its mark.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use super::file::Reading;
use crate::dossier::Channel;
use crate::id::CaseId;
use crate::limit::Limit;
use crate::procedure::{Case, Fee, Mark};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawCase {
    id: Spanned<String>,
    name: Spanned<String>,
    limit: Option<Spanned<String>>,
    #[serde(default)]
    limits_by_channel: BTreeMap<String, Spanned<String>>,
    limit_mark: Spanned<Mark>,
    #[serde(default)]
    limit_source: String,
    verification: Option<Spanned<String>>,
    verification_mark: Option<Spanned<Mark>>,
    #[serde(default)]
    verification_source: String,
    #[serde(default)]
    fee: Vec<Spanned<RawFee>>,
    #[serde(default)]
    note: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFee {
    channel: Option<Channel>,
    amount_vnd: Option<u64>,
    #[serde(default)]
    text: String,
    mark: Spanned<Mark>,
    #[serde(default)]
    source: String,
}

/// Reads the cases of a version, in their order.
pub(super) fn read(reading: &mut Reading<'_>, raw: &[Spanned<RawCase>]) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    for raw in raw {
        let raw = raw.get_ref();
        let id: Option<CaseId> = reading.parse("id", &raw.id);
        if id
            .as_ref()
            .is_some_and(|id| cases.iter().any(|case| case.id == *id))
        {
            reading.fault(
                &raw.id.span(),
                format!("case {} is listed twice", raw.id.get_ref()),
            );
            continue;
        }
        cases.extend(case(reading, id, raw));
    }
    cases
}

fn case(reading: &mut Reading<'_>, id: Option<CaseId>, raw: &RawCase) -> Option<Case> {
    let mut limits_by_channel = BTreeMap::new();
    for (channel, limit) in &raw.limits_by_channel {
        let read: Option<Limit> = reading.parse("limits_by_channel", limit);
        match channel.parse::<Channel>() {
            Ok(channel) => limits_by_channel.extend(read.map(|limit| (channel, limit))),
            Err(invalid) => reading.fault(&limit.span(), invalid),
        }
    }
    let given = raw.limit.is_some() || !raw.limits_by_channel.is_empty();
    cell(reading, "limit", given, &raw.limit_mark, &raw.limit_source);
    let verification_mark = match (&raw.verification, &raw.verification_mark) {
        (None, None) => Mark::Unknown,
        (Some(verification), None) => {
            reading.fault(
                &verification.span(),
                "verification needs a verification_mark",
            );
            Mark::Unknown
        }
        (given, Some(mark)) => {
            cell(
                reading,
                "verification",
                given.is_some(),
                mark,
                &raw.verification_source,
            );
            *mark.get_ref()
        }
    };
    let name = reading.text("name", &raw.name);
    let limit = reading.parse_if_given("limit", raw.limit.as_ref());
    let verification = reading.parse_if_given("verification", raw.verification.as_ref());
    let fees = raw
        .fee
        .iter()
        .map(|fee| read_fee(reading, fee.get_ref()))
        .collect();
    Some(Case {
        id: id?,
        name,
        limit,
        limits_by_channel,
        limit_mark: *raw.limit_mark.get_ref(),
        limit_source: raw.limit_source.clone(),
        verification,
        verification_mark,
        verification_source: raw.verification_source.clone(),
        fees,
        note: raw.note.clone(),
    })
}

fn read_fee(reading: &mut Reading<'_>, raw: &RawFee) -> Fee {
    let given = raw.amount_vnd.is_some() || !raw.text.is_empty();
    cell(reading, "fee", given, &raw.mark, &raw.source);
    Fee {
        channel: raw.channel,
        amount_vnd: raw.amount_vnd,
        text: raw.text.clone(),
        mark: *raw.mark.get_ref(),
        source: raw.source.clone(),
    }
}

/// A cell is either empty and marked unknown, or filled with a mark and a source.
fn cell(reading: &mut Reading<'_>, what: &str, given: bool, mark: &Spanned<Mark>, source: &str) {
    let unknown = *mark.get_ref() == Mark::Unknown;
    if !given && !unknown {
        let reason = format!(
            "{what} is empty but marked {}; expected unknown",
            mark.get_ref()
        );
        reading.fault(&mark.span(), reason);
    } else if given && unknown {
        let reason = format!("{what} is given but marked unknown; an unknown cell is empty");
        reading.fault(&mark.span(), reason);
    } else if given && source.trim().is_empty() {
        reading.fault(
            &mark.span(),
            format!("{what} has no source beside its mark"),
        );
    }
}
