//! The reads of an office day, as the benchmark makes them.

use chrono::{Months, NaiveDate};
use grpc::client::{Authorized, Client};
use grpc::proto::dossier_service_client::DossierServiceClient;
use grpc::proto::get_ii06a_request;
use grpc::proto::get_rates_request::Scope;
use grpc::proto::report_service_client::ReportServiceClient;
use grpc::proto::worklist_service_client::WorklistServiceClient;
use grpc::proto::{
    GetDossierRequest, GetIi06aRequest, GetRatesRequest, ListDossiersRequest, ListWorklistRequest,
    SearchDossiersRequest,
};

use crate::Failure;
use crate::province::{Readers, code};

/// Something that is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Question {
    /// The 50 most urgent dossiers of a ward.
    WorklistOfAWard,
    /// The 50 most urgent dossiers of the province.
    WorklistOfTheProvince,
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
}

impl Question {
    /// In the order in which they are asked.
    pub const ALL: [Question; 8] = [
        Question::WorklistOfAWard,
        Question::WorklistOfTheProvince,
        Question::RatesOfAWard,
        Question::RatesOfTheProvince,
        Question::FormOfAWard,
        Question::FormOfAWardReplayed,
        Question::GetByCode,
        Question::Search,
    ];

    /// Its name in the figures.
    pub fn name(self) -> &'static str {
        match self {
            Question::WorklistOfAWard => "worklist_ward",
            Question::WorklistOfTheProvince => "worklist_province",
            Question::RatesOfAWard => "rates_ward_month",
            Question::RatesOfTheProvince => "rates_communes_year",
            Question::FormOfAWard => "ii06a_ward_month",
            Question::FormOfAWardReplayed => "ii06a_ward_year_as_of",
            Question::GetByCode => "get_by_code",
            Question::Search => "search_name",
        }
    }
}

/// How many dossiers a page has.
const PAGE: i32 = 50;

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
}

impl Askers {
    /// Connects the readers, and finds some codes to ask for.
    pub async fn of(readers: &Readers, client: &Client, today: NaiveDate) -> Result<Self, Failure> {
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
        let codes = listed
            .into_inner()
            .dossiers
            .into_iter()
            .map(|dossier| dossier.code)
            .filter(|code| !code.is_empty())
            .collect();
        Ok(Self {
            unit: readers.unit.to_string(),
            today,
            clerk: chairman.dossiers(),
            lookup: steering.dossiers(),
            chairman: chairman.worklists(),
            steering: steering.worklists(),
            reports: steering.reports(),
            codes,
        })
    }

    /// Asks for the `number`-th time and returns the number of rows; none without an answer.
    pub async fn ask(&mut self, question: Question, number: usize) -> Option<usize> {
        match question {
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
