//! Checks who may do what, by role and unit. No other module checks it.
//!
//! For an act on a dossier the roles and units stand in the act's own file, as its
//! [`Spec`](domain::dossier::Spec); for every other method they stand here. `docs/access.md`
//! shows both as one table. A test calls every method as every role, on the caller's own unit and
//! on another one, and compares the answers with that table.

use chrono::NaiveDate;
use domain::catalogue::Catalogue;
use domain::dossier::{Action, Command, Dossier, Standing};
use domain::id::{ActorId, ProvinceCode, UnitCode};
use domain::procedure::Procedure;
use domain::role::Role;

use crate::error::Error;
use crate::ports::Scope;

/// Who calls: an authenticated person or program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The id of the token; of a session, `account` and the name.
    pub token: String,
    /// The person or program.
    pub actor: ActorId,
    /// The role; of several, the one that was named first.
    pub role: Role,
    /// Further roles of the same person: in a small commune one person receives and processes.
    pub also: Vec<Role>,
    /// The province.
    pub province: ProvinceCode,
    /// The units it may act for; the province's own identifier means all of them.
    pub units: Vec<UnitCode>,
    /// Ended units whose work these units do. The caller reaches them, but a query that names no
    /// unit leaves them out.
    pub former: Vec<UnitCode>,
}

impl Caller {
    /// The id of the token; none for a session of an account.
    #[must_use]
    pub fn token_id(&self) -> Option<&str> {
        Some(self.token.as_str()).filter(|token| !token.starts_with("account "))
    }

    /// All roles, the first one first.
    pub fn roles(&self) -> impl Iterator<Item = Role> + '_ {
        std::iter::once(self.role).chain(self.also.iter().copied())
    }

    /// Whether one of the roles may call a method at all.
    #[must_use]
    pub fn may(&self, method: Method) -> bool {
        self.roles().any(|role| method.open_to(role))
    }

    /// The role in which a method is called: the first that may, as the history names it.
    #[must_use]
    pub fn role_for(&self, method: Method) -> Role {
        let mut roles = self.roles();
        roles
            .find(|role| method.open_to(*role))
            .unwrap_or(self.role)
    }

    /// The role in which an act is done on a dossier: the first for which the act is possible there,
    /// because each step belongs to a role.
    #[must_use]
    pub fn role_on(&self, action: Action, dossier: &Dossier, procedure: &Procedure) -> Role {
        let spec = action.spec();
        let mut roles = self.roles();
        let fits =
            |role: &Role| spec.roles.contains(role) && (spec.possible)(dossier, procedure, *role);
        roles
            .find(fits)
            .unwrap_or_else(|| self.role_for(Method::Act(action)))
    }

    /// Whether the caller may act for a unit.
    #[must_use]
    pub fn reaches(&self, unit: &UnitCode) -> bool {
        self.units
            .iter()
            .chain(&self.former)
            .any(|own| own == unit || own.as_str() == unit.level_one())
    }

    /// Puts one of its units before the others: the one that it works for now.
    pub fn first(&mut self, unit: &UnitCode) {
        if let Some(at) = self.units.iter().position(|own| own == unit) {
            self.units[..=at].rotate_right(1);
        }
    }

    /// Whether the caller may act for every unit of its province.
    #[must_use]
    pub fn reaches_province(&self) -> bool {
        self.units.iter().any(|own| own.as_str() == own.level_one())
    }

    /// The dossiers that the caller may look at, including those of former units.
    #[must_use]
    pub fn reach(&self) -> Scope {
        match self.scope() {
            Scope::Province(province) => Scope::Province(province),
            Scope::Units(province, mut units) => {
                units.extend(self.former.iter().cloned());
                Scope::Units(province, units)
            }
        }
    }

    /// The dossiers that the caller sees without naming a unit.
    #[must_use]
    pub fn scope(&self) -> Scope {
        if self.reaches_province() {
            Scope::Province(self.province.clone())
        } else {
            Scope::Units(self.province.clone(), self.units.clone())
        }
    }
}

/// The units of a token on a day, and the former units behind them.
///
/// A person who worked for an ended unit works for its successor, and still reaches what the old
/// unit left. A token for a province also reaches units with the identifier of a province that was
/// merged into it.
#[must_use]
pub fn units_today(
    catalogue: &Catalogue,
    province: &ProvinceCode,
    named: &[UnitCode],
    today: NaiveDate,
) -> (Vec<UnitCode>, Vec<UnitCode>) {
    let mut units: Vec<UnitCode> = Vec::new();
    let mut former: Vec<UnitCode> = Vec::new();
    for unit in named {
        let working = catalogue.lineage.working(unit, today);
        if !units.contains(working) {
            units.push(working.clone());
            former.extend(catalogue.lineage.predecessors(working, today));
        }
        if unit.as_str() == unit.level_one() {
            former.extend_from_slice(catalogue.units.former_identifiers(province));
        }
    }
    (units, former)
}

/// Everything that can be called and needs a caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Method {
    /// A command on a dossier.
    Act(Action),
    /// Read a dossier.
    GetDossier,
    /// Page through dossiers.
    ListDossiers,
    /// Read a dossier's history.
    ListDossierEvents,
    /// Read where a dossier's time went.
    GetDossierTimes,
    /// Print a receipt.
    GetReceipt,
    /// Print a form.
    PrintForm,
    /// Note whether a citizen is to be told.
    SetNoticeAgreement,
    /// Read how a citizen is told.
    ListNoticeAgreements,
    /// Read how far other systems have been told of a dossier.
    GetDossierExchange,
    /// Print a list of a desk.
    PrintList,
    /// Find dossiers.
    SearchDossiers,
    /// Page through pending dossiers.
    ListWorklist,
    /// Count pending dossiers.
    GetWorklistCounts,
    /// Follow the counts.
    WatchWorklist,
    /// Read the probable figures of a month's end.
    GetOutlook,
    /// On-time and online rates.
    GetRates,
    /// Form II.06a.
    GetIi06a,
    /// The index of Decision 766/QĐ-TTg.
    GetI766,
    /// The dossiers behind a number of a report.
    ListReportDossiers,
    /// Rates over many periods.
    GetSeries,
    /// How fast units work, and their targets.
    GetPerformance,
    /// What citizens thought.
    GetRatings,
    /// Read how good the flags were.
    GetFlagRecord,
    /// Read the feed.
    ListEvents,
    /// Follow the feed.
    WatchEvents,
    /// Read the flag log.
    ListFlags,
    /// Follow the flag log.
    WatchFlags,
    /// Reserve numbers for a desk that will be offline.
    ReserveNumbers,
    /// Give such numbers back.
    VoidNumbers,
    /// Enter the receptions of an offline desk.
    ImportReceptions,
    /// Read what became of such numbers.
    ListNumberBlocks,
    /// Put a table of successors in force and carry it out.
    MergeUnits,
    /// Read units, procedures and calendars, preview due times.
    ReadCatalogue,
    /// Propose a text of the catalogue.
    ProposeDocument,
    /// Publish a text that another person proposed.
    ApproveDocument,
    /// Turn a proposed text down.
    RejectDocument,
    /// Read a proposed or published text.
    GetDocument,
    /// Page through proposed and published texts.
    ListDocuments,
    /// Try a calendar on the open dossiers.
    ListCalendarChanges,
    /// Try a version of a procedure on its running dossiers.
    ListProcedureBreaks,
    /// Move running dossiers to another version.
    MigrateDossiers,
    /// Read how far a job has come.
    GetJob,
    /// Page through jobs.
    ListJobs,
    /// Read how far other systems have been told.
    GetPortalStatus,
    /// Page through what is under way to another system.
    ListParcels,
    /// Read what was received and ended by unit and day, here and at another system.
    GetExchangeSheet,
    /// Page through the nights' sheets.
    ListExchangeSheets,
    /// Read what came of asking other systems which dossiers they have.
    ListReadings,
    /// Page through due times of other systems that are not the law's.
    ListDueDifferences,
    /// Send again what was parked.
    RetryParcels,
    /// Compare all dossiers with what another system has.
    ReconcileRemote,
    /// Tell other software of every event.
    AddWebhook,
    /// Read who is told.
    ListWebhooks,
    /// Begin another secret for one.
    RotateWebhookSecret,
    /// Tell one no more.
    RemoveWebhook,
    /// Tell one anew.
    ReplayWebhook,
    /// Page through the people and programs that may sign in or call.
    ListUsers,
    /// Add a user.
    CreateUser,
    /// Change what a user may do, or is called.
    UpdateUser,
    /// Give a user a new password.
    ResetPassword,
    /// Shut a user out.
    DisableUser,
    /// Page through tokens.
    ListTokens,
    /// Make a token for a user.
    IssueToken,
    /// Replace a token by a new one.
    RotateToken,
    /// Revoke a token.
    RevokeToken,
    /// Read who changed who may do what, and who exported personal data.
    ListAccessEvents,
}

impl Method {
    /// The name on the wire.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Method::Act(action) => action.method(),
            Method::GetDossier => "GetDossier",
            Method::ListDossiers => "ListDossiers",
            Method::ListDossierEvents => "ListDossierEvents",
            Method::GetDossierTimes => "GetDossierTimes",
            Method::GetReceipt => "GetReceipt",
            Method::PrintForm => "PrintForm",
            Method::SetNoticeAgreement => "SetNoticeAgreement",
            Method::ListNoticeAgreements => "ListNoticeAgreements",
            Method::GetDossierExchange => "GetDossierExchange",
            Method::PrintList => "PrintList",
            Method::SearchDossiers => "SearchDossiers",
            Method::ListWorklist => "ListWorklist",
            Method::GetWorklistCounts => "GetWorklistCounts",
            Method::WatchWorklist => "WatchWorklist",
            Method::GetOutlook => "GetOutlook",
            Method::GetRates => "GetRates",
            Method::GetIi06a => "GetIi06a",
            Method::GetI766 => "GetI766",
            Method::ListReportDossiers => "ListReportDossiers",
            Method::GetSeries => "GetSeries",
            Method::GetPerformance => "GetPerformance",
            Method::GetRatings => "GetRatings",
            Method::GetFlagRecord => "GetFlagRecord",
            Method::ListEvents => "ListEvents",
            Method::WatchEvents => "WatchEvents",
            Method::ListFlags => "ListFlags",
            Method::WatchFlags => "WatchFlags",
            Method::ReserveNumbers => "ReserveNumbers",
            Method::VoidNumbers => "VoidNumbers",
            Method::ImportReceptions => "ImportReceptions",
            Method::ListNumberBlocks => "ListNumberBlocks",
            Method::MergeUnits => "MergeUnits",
            Method::ReadCatalogue => "ReadCatalogue",
            Method::ProposeDocument => "ProposeDocument",
            Method::ApproveDocument => "ApproveDocument",
            Method::RejectDocument => "RejectDocument",
            Method::GetDocument => "GetDocument",
            Method::ListDocuments => "ListDocuments",
            Method::ListCalendarChanges => "ListCalendarChanges",
            Method::ListProcedureBreaks => "ListProcedureBreaks",
            Method::MigrateDossiers => "MigrateDossiers",
            Method::GetJob => "GetJob",
            Method::ListJobs => "ListJobs",
            Method::GetPortalStatus => "GetPortalStatus",
            Method::ListParcels => "ListParcels",
            Method::GetExchangeSheet => "GetExchangeSheet",
            Method::ListExchangeSheets => "ListExchangeSheets",
            Method::ListReadings => "ListReadings",
            Method::ListDueDifferences => "ListDueDifferences",
            Method::RetryParcels => "RetryParcels",
            Method::ReconcileRemote => "ReconcileRemote",
            Method::AddWebhook => "AddWebhook",
            Method::ListWebhooks => "ListWebhooks",
            Method::RotateWebhookSecret => "RotateWebhookSecret",
            Method::RemoveWebhook => "RemoveWebhook",
            Method::ReplayWebhook => "ReplayWebhook",
            Method::ListUsers => "ListUsers",
            Method::CreateUser => "CreateUser",
            Method::UpdateUser => "UpdateUser",
            Method::ResetPassword => "ResetPassword",
            Method::DisableUser => "DisableUser",
            Method::ListTokens => "ListTokens",
            Method::IssueToken => "IssueToken",
            Method::RotateToken => "RotateToken",
            Method::RevokeToken => "RevokeToken",
            Method::ListAccessEvents => "ListAccessEvents",
        }
    }

    /// Whether a role may call it at all. The units are checked apart.
    #[must_use]
    pub fn open_to(self, role: Role) -> bool {
        use Role::{Admin, Auditor, Chairman, Leader, Officer, Portal, Province, Receptionist};
        let roles: &[Role] = match self {
            Method::Act(action) => action.spec().roles,
            Method::GetDossier
            | Method::ListDossiers
            | Method::ListDossierEvents
            | Method::GetDossierTimes
            | Method::GetDossierExchange
            | Method::SearchDossiers
            | Method::ListEvents
            | Method::WatchEvents => &[
                Receptionist,
                Officer,
                Leader,
                Chairman,
                Province,
                Portal,
                Auditor,
            ],
            Method::GetReceipt => &[Receptionist, Leader, Chairman],
            Method::SetNoticeAgreement | Method::ListNoticeAgreements => {
                &[Receptionist, Officer, Leader, Chairman, Portal]
            }
            Method::PrintForm | Method::PrintList => &[Receptionist, Officer, Leader, Chairman],
            Method::ListWorklist
            | Method::GetWorklistCounts
            | Method::WatchWorklist
            | Method::GetOutlook
            | Method::GetRates
            | Method::GetIi06a
            | Method::GetI766
            | Method::ListReportDossiers
            | Method::GetSeries
            | Method::GetPerformance
            | Method::GetRatings
            | Method::GetFlagRecord
            | Method::ListFlags
            | Method::WatchFlags => &[Receptionist, Officer, Leader, Chairman, Province, Auditor],
            Method::ReserveNumbers | Method::VoidNumbers | Method::ImportReceptions => {
                &[Receptionist, Chairman]
            }
            Method::ListNumberBlocks => {
                &[Receptionist, Officer, Leader, Chairman, Province, Auditor]
            }
            Method::MergeUnits => &[Admin],
            Method::ReadCatalogue => &Role::ALL,
            Method::ProposeDocument
            | Method::ApproveDocument
            | Method::RejectDocument
            | Method::MigrateDossiers => &[Province, Admin],
            Method::GetDocument
            | Method::ListDocuments
            | Method::ListCalendarChanges
            | Method::ListProcedureBreaks
            | Method::GetJob
            | Method::ListJobs => &[Province, Auditor, Admin],
            Method::GetPortalStatus
            | Method::ListParcels
            | Method::GetExchangeSheet
            | Method::ListExchangeSheets
            | Method::ListReadings
            | Method::ListDueDifferences => &[Leader, Province, Auditor, Admin],
            Method::RetryParcels | Method::ReconcileRemote => &[Leader, Admin],
            Method::ListWebhooks => &[Auditor, Admin],
            Method::AddWebhook
            | Method::RotateWebhookSecret
            | Method::RemoveWebhook
            | Method::ReplayWebhook => &[Admin],
            Method::ListUsers | Method::ListTokens | Method::ListAccessEvents => &[Auditor, Admin],
            Method::CreateUser
            | Method::UpdateUser
            | Method::ResetPassword
            | Method::DisableUser
            | Method::IssueToken
            | Method::RotateToken
            | Method::RevokeToken => &[Admin],
        };
        roles.contains(&role)
    }
}

/// Refuses a role that may not call a method at all.
pub fn check_role(caller: &Caller, method: Method) -> Result<(), Error> {
    if caller.may(method) {
        Ok(())
    } else {
        Err(Error::RoleDenied {
            role: caller.role.as_str(),
            method: method.name(),
        })
    }
}

/// Refuses a caller who may not do this for a unit.
pub fn check_unit(caller: &Caller, method: Method, unit: &UnitCode) -> Result<(), Error> {
    check_role(caller, method)?;
    if caller.reaches(unit) {
        Ok(())
    } else {
        Err(Error::UnitDenied {
            method: method.name(),
        })
    }
}

/// Refuses a caller who may not do this for a whole province.
pub fn check_province(caller: &Caller, method: Method) -> Result<(), Error> {
    check_role(caller, method)?;
    if caller.reaches_province() {
        Ok(())
    } else {
        Err(Error::UnitDenied {
            method: method.name(),
        })
    }
}

/// Refuses who does not look after the whole province's system: accounts, units and imports are the
/// administrator's, and no method of the wire has them.
pub fn check_administrator(caller: &Caller, what: &'static str) -> Result<(), Error> {
    if caller.role != Role::Admin {
        let role = caller.role.as_str();
        return Err(Error::RoleDenied { role, method: what });
    }
    if caller.reaches_province() {
        Ok(())
    } else {
        Err(Error::UnitDenied { method: what })
    }
}

/// Refuses a caller who may not do this to a dossier, and returns the unit for which the caller
/// acts.
pub fn check_dossier(
    caller: &Caller,
    method: Method,
    dossier: &Dossier,
) -> Result<UnitCode, Error> {
    check_standing(caller, method, dossier, standing(method, dossier))
}

/// The same for a command. A command about the part of one unit is open to that unit, and to the
/// unit that decides the dossier.
pub fn check_command(
    caller: &Caller,
    command: &Command,
    dossier: &Dossier,
) -> Result<UnitCode, Error> {
    let method = Method::Act(command.action());
    match command.own_part(dossier) {
        Some(unit) => check_standing(caller, method, dossier, vec![unit, &dossier.resolving]),
        None => check_dossier(caller, method, dossier),
    }
}

fn check_standing(
    caller: &Caller,
    method: Method,
    dossier: &Dossier,
    standing: Vec<&UnitCode>,
) -> Result<UnitCode, Error> {
    check_role(caller, method)?;
    standing
        .into_iter()
        .find(|unit| caller.province == dossier.province && caller.reaches(unit))
        .cloned()
        .ok_or_else(|| {
            // Codes are numbered, so a refusal must not tell which of them exist elsewhere.
            if method == Method::GetDossier || !may_read(caller, dossier) {
                Error::NotFound {
                    what: "dossier",
                    name: dossier.id.to_string(),
                }
            } else {
                Error::UnitDenied {
                    method: method.name(),
                }
            }
        })
}

fn may_read(caller: &Caller, dossier: &Dossier) -> bool {
    check_dossier(caller, Method::GetDossier, dossier).is_ok()
}

/// The units whose people may do this to a dossier, the usual one first.
fn standing(method: Method, dossier: &Dossier) -> Vec<&UnitCode> {
    match method {
        Method::Act(action) => action.spec().units.units(dossier),
        // Where the citizen may come and ask for it.
        Method::GetReceipt => Standing::ReturningOrReceiving.units(dossier),
        Method::GetDossier
        | Method::ListDossiers
        | Method::ListDossierEvents
        | Method::GetDossierTimes
        | Method::PrintForm
        | Method::SetNoticeAgreement
        | Method::ListNoticeAgreements
        | Method::GetDossierExchange
        | Method::PrintList
        | Method::SearchDossiers
        | Method::ListWorklist
        | Method::GetWorklistCounts
        | Method::WatchWorklist
        | Method::GetOutlook
        | Method::GetRates
        | Method::GetIi06a
        | Method::GetI766
        | Method::ListReportDossiers
        | Method::GetSeries
        | Method::GetPerformance
        | Method::GetRatings
        | Method::GetFlagRecord
        | Method::ListEvents
        | Method::WatchEvents
        | Method::ListFlags
        | Method::WatchFlags
        | Method::ReserveNumbers
        | Method::VoidNumbers
        | Method::ImportReceptions
        | Method::ListNumberBlocks
        | Method::MergeUnits
        | Method::ReadCatalogue
        | Method::ProposeDocument
        | Method::ApproveDocument
        | Method::RejectDocument
        | Method::GetDocument
        | Method::ListDocuments
        | Method::ListCalendarChanges
        | Method::ListProcedureBreaks
        | Method::MigrateDossiers
        | Method::GetJob
        | Method::ListJobs
        | Method::GetPortalStatus
        | Method::ListParcels
        | Method::GetExchangeSheet
        | Method::ListExchangeSheets
        | Method::ListReadings
        | Method::ListDueDifferences
        | Method::RetryParcels
        | Method::ReconcileRemote
        | Method::AddWebhook
        | Method::ListWebhooks
        | Method::RotateWebhookSecret
        | Method::RemoveWebhook
        | Method::ReplayWebhook
        | Method::ListUsers
        | Method::CreateUser
        | Method::UpdateUser
        | Method::ResetPassword
        | Method::DisableUser
        | Method::ListTokens
        | Method::IssueToken
        | Method::RotateToken
        | Method::RevokeToken
        | Method::ListAccessEvents => {
            let holder = dossier.custody.holder.as_ref();
            let holding = holder.map(|holder| &holder.party.unit);
            let legs = dossier.legs.iter().map(|leg| &leg.unit);
            let asked = dossier.consultations.iter().map(|asked| &asked.unit);
            let main = [&dossier.resolving, &dossier.receiving, &dossier.returning];
            main.into_iter()
                .chain(holding)
                .chain(legs)
                .chain(asked)
                .collect()
        }
    }
}

/// How much of a person's data a role sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Visibility {
    /// Nothing.
    Hidden,
    /// Enough to recognise who is meant.
    Masked,
    /// Everything.
    Full,
}

/// How much of the applicants' data a caller sees: as much as the role that sees most.
#[must_use]
pub fn sight(caller: &Caller) -> Visibility {
    let seen = caller.roles().map(visibility);
    seen.max().unwrap_or(Visibility::Hidden)
}

/// How much of the applicants' data a role sees, in dossiers that it may look at.
///
/// Roles that deal with the citizen see everything; the province and the portal see a mask; roles
/// for figures or machines see nothing. Law 91/2025/QH15: minimisation.
#[must_use]
pub fn visibility(role: Role) -> Visibility {
    match role {
        Role::Receptionist | Role::Officer | Role::Leader | Role::Chairman => Visibility::Full,
        Role::Province | Role::Portal => Visibility::Masked,
        Role::Auditor | Role::Admin | Role::Citizen => Visibility::Hidden,
    }
}
