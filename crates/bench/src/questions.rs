//! The reads of an office day, as the benchmark makes them.

use chrono::{Months, NaiveDate};
use grpc::client::{Authorized, Client};
use grpc::proto::dossier;
use grpc::proto::dossier_service_client::DossierServiceClient;
use grpc::proto::get_ii06a_request;
use grpc::proto::get_rates_request::Scope;
use grpc::proto::report_service_client::ReportServiceClient;
use grpc::proto::worklist_service_client::WorklistServiceClient;
use grpc::proto::{
    Channel, GetDossierRequest, GetIi06aRequest, GetRatesRequest, GetWorklistCountsRequest, Kind,
    ListDossiersRequest, ListWorklistRequest, SearchDossiersRequest, WorklistFilter,
};

use crate::Failure;
use crate::page::PageReader;
use crate::province::{Readers, code};

/// Something that is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Question {
    /// The 50 most urgent dossiers of a ward.
    WorklistOfAWard,
    /// The 50 most urgent dossiers of the province.
    WorklistOfTheProvince,
    /// A ward's worklist, filtered.
    FilteredOfAWard(Only),
    /// The province's worklist, filtered.
    FilteredOfTheProvince(Only),
    /// What a ward's worklist counts.
    CountsOfAWard,
    /// What the province's worklist counts.
    CountsOfTheProvince,
    /// Dossiers of a ward, open or not, filtered.
    ListOfAWard(Only),
    /// Dossiers of the province, open or not, filtered.
    ListOfTheProvince(Only),
    /// A list that nobody filters, counted.
    ListCounted,
    /// A ward's rates of the last month.
    RatesOfAWard,
    /// The rates of all communes over the last year.
    RatesOfTheProvince,
    /// A ward's form II.06a of the last month, by field, with what stands beside it.
    FormOfAWard,
    /// The same of the last year, as it was known yesterday.
    FormOfAWardReplayed,
    /// A dossier by its code.
    GetByCode,
    /// A ward's dossiers by the applicant's name.
    Search,
    /// The page of a ward's chairman, as a browser gets it.
    Page,
}

/// What an answer brought.
#[derive(Debug, Clone, Copy, Default)]
pub struct Answered {
    /// How many rows.
    pub rows: usize,
    /// How many bytes, compressed; only of pages.
    pub bytes: Option<usize>,
}

/// By what a list is filtered. Few dossiers pass most of them, or none: the dearest case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Only {
    /// One procedure of all.
    Procedure,
    /// A channel that nobody has taken.
    Post,
    /// Petitions, of which there are none.
    Petitions,
    /// A person who has nothing.
    Person,
    /// A state that nothing is in.
    Refused,
    /// A step that no procedure has.
    Step,
    /// What a desk has not handed over in time.
    HandOverLate,
    /// Late legs, of which there are none.
    LateLeg,
    /// Received, and nobody has it.
    Unassigned,
    /// Close to its due time.
    NearDue,
    /// What was received on a day of half a year ago.
    ReceivedThen,
    /// A procedure, by post.
    ProcedureByPost,
}

impl Only {
    const OF_A_WORKLIST: [Only; 9] = [
        Only::Procedure,
        Only::Post,
        Only::Petitions,
        Only::Person,
        Only::Step,
        Only::HandOverLate,
        Only::LateLeg,
        Only::Unassigned,
        Only::NearDue,
    ];
    const OF_A_LIST: [Only; 7] = [
        Only::Procedure,
        Only::Post,
        Only::Petitions,
        Only::Person,
        Only::Refused,
        Only::ReceivedThen,
        Only::ProcedureByPost,
    ];

    fn name(self) -> &'static str {
        match self {
            Only::Procedure => "procedure",
            Only::Post => "post",
            Only::Petitions => "petitions",
            Only::Person => "person",
            Only::Refused => "refused",
            Only::Step => "step",
            Only::HandOverLate => "hand_over_late",
            Only::LateLeg => "late_leg",
            Only::Unassigned => "unassigned",
            Only::NearDue => "near_due",
            Only::ReceivedThen => "received_then",
            Only::ProcedureByPost => "procedure_by_post",
        }
    }
}

impl Question {
    /// In the order in which they are asked.
    pub fn all() -> Vec<Question> {
        let mut all = Self::USUAL.to_vec();
        all.extend(Only::OF_A_WORKLIST.map(Question::FilteredOfAWard));
        all.extend(Only::OF_A_WORKLIST.map(Question::FilteredOfTheProvince));
        all.extend([Question::CountsOfAWard, Question::CountsOfTheProvince]);
        all.extend(Only::OF_A_LIST.map(Question::ListOfAWard));
        all.extend(Only::OF_A_LIST.map(Question::ListOfTheProvince));
        all.push(Question::ListCounted);
        all
    }

    const USUAL: [Question; 9] = [
        Question::WorklistOfAWard,
        Question::WorklistOfTheProvince,
        Question::RatesOfAWard,
        Question::RatesOfTheProvince,
        Question::FormOfAWard,
        Question::FormOfAWardReplayed,
        Question::GetByCode,
        Question::Search,
        Question::Page,
    ];

    /// Its name in the figures.
    pub fn name(self) -> String {
        let name = match self {
            Question::WorklistOfAWard => "worklist_ward",
            Question::WorklistOfTheProvince => "worklist_province",
            Question::FilteredOfAWard(only) => return format!("worklist_ward_{}", only.name()),
            Question::FilteredOfTheProvince(only) => {
                return format!("worklist_province_{}", only.name());
            }
            Question::CountsOfAWard => "counts_ward",
            Question::CountsOfTheProvince => "counts_province",
            Question::ListOfAWard(only) => return format!("list_ward_{}", only.name()),
            Question::ListOfTheProvince(only) => return format!("list_province_{}", only.name()),
            Question::ListCounted => "list_province_counted",
            Question::RatesOfAWard => "rates_ward_month",
            Question::RatesOfTheProvince => "rates_communes_year",
            Question::FormOfAWard => "ii06a_ward_month",
            Question::FormOfAWardReplayed => "ii06a_ward_year_as_of",
            Question::GetByCode => "get_by_code",
            Question::Search => "search_name",
            Question::Page => "page_chairman",
        };
        name.to_owned()
    }
}

/// How many dossiers a page has.
const PAGE: i32 = 50;

/// A person who has nothing to do.
const NOBODY: &str = "bench-nobody";

/// A step that no procedure has.
const NOWHERE: &str = "bench-nowhere";

/// Those who ask.
pub struct Askers {
    unit: String,
    today: NaiveDate,
    chairman: WorklistServiceClient<Authorized>,
    clerk: DossierServiceClient<Authorized>,
    lookup: DossierServiceClient<Authorized>,
    steering: WorklistServiceClient<Authorized>,
    reports: ReportServiceClient<Authorized>,
    codes: Vec<String>,
    procedure: String,
    page: PageReader,
}

impl Askers {
    /// Connects the readers, and finds some codes to ask for.
    pub async fn of(
        readers: &Readers,
        client: &Client,
        address: &str,
        today: NaiveDate,
    ) -> Result<Self, Failure> {
        let bearing = |secret: &str| {
            client
                .bearing(secret)
                .map_err(|error| Failure::work("cannot call", error))
        };
        let (chairman, steering) = (bearing(&readers.chairman)?, bearing(&readers.steering)?);
        let list = ListDossiersRequest {
            page_size: 200,
            ..ListDossiersRequest::default()
        };
        let listed = steering
            .dossiers()
            .list_dossiers(list)
            .await
            .map_err(|status| Failure::work("cannot list dossiers", status))?;
        let listed = listed.into_inner().dossiers;
        let procedure = listed.first().map(|dossier| dossier.procedure.clone());
        let codes = listed
            .into_iter()
            .map(|dossier| dossier.code)
            .filter(|code| !code.is_empty())
            .collect();
        let path = format!("/units/{}", readers.unit);
        Ok(Self {
            page: PageReader::open(address, &readers.chairman, path).await?,
            unit: readers.unit.to_string(),
            today,
            clerk: chairman.dossiers(),
            lookup: steering.dossiers(),
            chairman: chairman.worklists(),
            steering: steering.worklists(),
            reports: steering.reports(),
            codes,
            procedure: procedure.unwrap_or_default(),
        })
    }

    /// Asks for the `number`-th time; none without an answer.
    pub async fn ask(&mut self, question: Question, number: usize) -> Option<Answered> {
        if question == Question::Page {
            let bytes = Some(self.page.read().await?);
            return Some(Answered { rows: 0, bytes });
        }
        let rows = self.rows(question, number).await?;
        Some(Answered { rows, bytes: None })
    }

    async fn rows(&mut self, question: Question, number: usize) -> Option<usize> {
        match question {
            Question::Page => None,
            Question::WorklistOfAWard => {
                let asked = self.worklist(self.unit.clone());
                let page = self.chairman.list_worklist(asked).await.ok()?;
                Some(page.into_inner().dossiers.len())
            }
            Question::WorklistOfTheProvince => {
                let asked = self.worklist(String::new());
                let page = self.steering.list_worklist(asked).await.ok()?;
                Some(page.into_inner().dossiers.len())
            }
            Question::FilteredOfAWard(only) => {
                let asked = self.filtered(self.unit.clone(), only);
                let page = self.chairman.list_worklist(asked).await.ok()?;
                Some(page.into_inner().dossiers.len())
            }
            Question::FilteredOfTheProvince(only) => {
                let asked = self.filtered(String::new(), only);
                let page = self.steering.list_worklist(asked).await.ok()?;
                Some(page.into_inner().dossiers.len())
            }
            Question::CountsOfAWard => {
                let asked = GetWorklistCountsRequest {
                    unit: self.unit.clone(),
                    ..GetWorklistCountsRequest::default()
                };
                let counts = self.chairman.get_worklist_counts(asked).await.ok()?;
                Some(counts.into_inner().open as usize)
            }
            Question::CountsOfTheProvince => {
                let asked = GetWorklistCountsRequest::default();
                let counts = self.steering.get_worklist_counts(asked).await.ok()?;
                Some(counts.into_inner().open as usize)
            }
            Question::ListOfAWard(only) => {
                let asked = self.listed(self.unit.clone(), only)?;
                let page = self.clerk.list_dossiers(asked).await.ok()?;
                Some(page.into_inner().dossiers.len())
            }
            Question::ListOfTheProvince(only) => {
                let asked = self.listed(String::new(), only)?;
                let page = self.lookup.list_dossiers(asked).await.ok()?;
                Some(page.into_inner().dossiers.len())
            }
            Question::ListCounted => {
                let asked = ListDossiersRequest {
                    page_size: PAGE,
                    with_total: true,
                    ..ListDossiersRequest::default()
                };
                let page = self.lookup.list_dossiers(asked).await.ok()?;
                Some(page.into_inner().dossiers.len())
            }
            Question::RatesOfAWard => {
                let scope = Scope::Unit(self.unit.clone());
                self.rates(scope, 1).await
            }
            Question::RatesOfTheProvince => {
                let scope = Scope::Province(code().to_string());
                self.rates(scope, 12).await
            }
            Question::FormOfAWard => self.form(1, None).await,
            Question::FormOfAWardReplayed => {
                let yesterday = self.today.pred_opt()?;
                let as_of = domain::time::day_start(yesterday);
                self.form(12, Some(as_of)).await
            }
            Question::GetByCode => {
                let name = self.codes.get(number % self.codes.len().max(1))?.clone();
                let asked = GetDossierRequest { name };
                self.lookup.get_dossier(asked).await.ok().map(|_dossier| 1)
            }
            Question::Search => {
                let asked = SearchDossiersRequest {
                    query: "nguyen van an".to_owned(),
                    ..SearchDossiersRequest::default()
                };
                let found = self.clerk.search_dossiers(asked).await.ok()?;
                Some(found.into_inner().dossiers.len())
            }
        }
    }

    fn worklist(&self, unit: String) -> ListWorklistRequest {
        ListWorklistRequest {
            unit,
            page_size: PAGE,
            ..ListWorklistRequest::default()
        }
    }

    fn filtered(&self, unit: String, only: Only) -> ListWorklistRequest {
        let mut asked = self.worklist(unit);
        match only {
            Only::Procedure => asked.procedure.clone_from(&self.procedure),
            Only::Post => asked.channel = Channel::Post.into(),
            Only::Petitions => asked.kind = Kind::Petition.into(),
            Only::Person => NOBODY.clone_into(&mut asked.assignee),
            Only::Step => NOWHERE.clone_into(&mut asked.step),
            Only::HandOverLate => asked.only.push(WorklistFilter::HandOverLate.into()),
            Only::LateLeg => asked.only.push(WorklistFilter::LateLeg.into()),
            Only::Unassigned => asked.only.push(WorklistFilter::Unassigned.into()),
            Only::NearDue => asked.only.push(WorklistFilter::NearDue.into()),
            Only::Refused | Only::ReceivedThen | Only::ProcedureByPost => {}
        }
        asked
    }

    fn listed(&self, unit: String, only: Only) -> Option<ListDossiersRequest> {
        let mut asked = ListDossiersRequest {
            unit,
            page_size: PAGE,
            ..ListDossiersRequest::default()
        };
        match only {
            Only::Procedure => asked.procedure.clone_from(&self.procedure),
            Only::Post => asked.channel = Channel::Post.into(),
            Only::Petitions => asked.kind = Kind::Petition.into(),
            Only::Person => NOBODY.clone_into(&mut asked.assignee),
            Only::Refused => asked.states.push(dossier::State::Refused.into()),
            Only::ReceivedThen => {
                let day = self.today.checked_sub_months(Months::new(6))?;
                let from = domain::time::day_start(day).timestamp();
                let until = domain::time::day_start(day.succ_opt()?).timestamp();
                asked.receive_from_time.get_or_insert_default().seconds = from;
                asked.receive_until_time.get_or_insert_default().seconds = until;
            }
            Only::ProcedureByPost => {
                asked.procedure.clone_from(&self.procedure);
                asked.channel = Channel::Post.into();
            }
            Only::Step | Only::HandOverLate | Only::LateLeg | Only::Unassigned | Only::NearDue => {}
        }
        Some(asked)
    }

    async fn form(&mut self, months: u32, as_of: Option<domain::time::Instant>) -> Option<usize> {
        let from = self.today.checked_sub_months(Months::new(months))?;
        let mut asked = GetIi06aRequest {
            scope: Some(get_ii06a_request::Scope::Unit(self.unit.clone())),
            from: from.to_string(),
            to: self.today.to_string(),
            ..GetIi06aRequest::default()
        };
        if let Some(as_of) = as_of {
            asked.as_of.get_or_insert_default().seconds = as_of.timestamp();
        }
        let form = self.reports.get_ii06a(asked).await.ok()?;
        Some(form.into_inner().units.len())
    }

    async fn rates(&mut self, scope: Scope, months: u32) -> Option<usize> {
        let from = self.today.checked_sub_months(Months::new(months))?;
        let asked = GetRatesRequest {
            scope: Some(scope),
            from: from.to_string(),
            to: self.today.to_string(),
            ..GetRatesRequest::default()
        };
        let rates = self.reports.get_rates(asked).await.ok()?;
        Some(rates.into_inner().units.len())
    }
}
