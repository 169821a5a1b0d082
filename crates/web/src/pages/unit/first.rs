//! The dossiers to act on first: what to do about each, and how long that still helps.

use app::foresight::{Advice, Outlook};

use crate::rows::{Drawn, Row, Rows};
use crate::words::Markup;

/// How many dossiers are shown.
const MOST: usize = 5;
/// How many of them may be overdue, as long as others can still be saved.
const MOST_OVERDUE: usize = 2;

/// A dossier to act on.
pub struct First {
    pub href: String,
    pub procedure: String,
    pub flag: Option<Drawn>,
    pub due: Markup,
    pub left: Markup,
    pub code: String,
    pub step: String,
    pub holder: Markup,
    pub why: Markup,
    /// The act, and the address of its form if the caller may do it.
    pub act: Markup,
    pub act_href: Option<String>,
}

/// The longest overdue dossiers, then those for which an hour of work gains most.
pub fn first(outlook: &Outlook, rows: &Rows<'_>) -> Vec<First> {
    let overdue = &outlook.overdue_first;
    let saving = outlook.act_first.iter().filter(|advice| {
        let named = |other: &&Advice| other.view.dossier.id == advice.view.dossier.id;
        !overdue.iter().any(|it| named(&it))
    });
    let saving: Vec<&Advice> = saving.collect();
    let room = MOST.saturating_sub(saving.len()).max(MOST_OVERDUE);
    let chosen = overdue.iter().take(room).chain(saving).take(MOST);
    chosen.map(|advice| drawn(advice, rows)).collect()
}

fn drawn(advice: &Advice, rows: &Rows<'_>) -> First {
    let Row {
        href,
        procedure,
        code,
        step,
        holder,
        due,
        left,
        flag,
        why,
        ..
    } = rows.row(&advice.view);
    let (act, action) = rows.advice(advice.act, advice.by);
    let may = advice.view.allowed.contains(&action);
    First {
        act_href: may.then(|| format!("{href}/{}", action.method())),
        href,
        procedure,
        flag,
        due,
        left,
        code,
        step,
        holder,
        why,
        act,
    }
}
