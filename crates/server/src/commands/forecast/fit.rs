//! `motcua forecast fit`: fits the models of a province on its own history and stores them.

use crate::commands::{Database, PlainFormat};
use clap::Args;
use std::process::ExitCode;

use app::foresight::KeptModel;
use app::ports::{Clock, WriteForecasts};
use chrono::NaiveDate;
use domain::procedure::Kind;
use domain::time;
use serde::Serialize;
use serde_json::Value;

use crate::Failure;
use crate::clock::SystemClock;
use crate::commands::{Installation, print, unreadable};
use crate::progress::Progress;

/// Fit the models of a province on its own dossiers, and store them in the database. The model with
/// the latest learning day judges today's dossiers.
#[derive(Debug, Args)]
pub struct Fit {
    #[command(flatten)]
    pub database: Database,
    /// The statistics code, such as 08.
    #[arg(long, value_name = "PROVINCE")]
    pub province: String,
    /// Learn from what was known before this legal day began, such as 2026-11-01; by default before
    /// today. A model with an earlier day than the model in use is only a record.
    #[arg(long, value_name = "DATE")]
    pub until: Option<NaiveDate>,
    /// How it is printed.
    #[arg(long, value_enum, default_value_t = PlainFormat::Table)]
    pub format: PlainFormat,
}

/// Fits and stores the models, and prints the outcome. A running server soon uses the models with
/// the latest day.
pub async fn run(flags: Fit) -> Result<ExitCode, Failure> {
    let here = Installation::open(&flags.database).await?;
    let store = here.store.as_ref();
    let province = here.province(&flags.province)?;
    let now = SystemClock.now();
    let today = time::local_day(now);
    let until = flags.until.unwrap_or(today);
    if until > today {
        return Err(Failure::Input(format!(
            "--until: {until} has not come yet; nothing from that day on is looked at"
        )));
    }
    let progress = Progress::new();
    progress.say("reading histories and fitting");
    let until = time::day_start(until);
    let fitted = app::foresight::fit(store, here.catalogues(), &province, until, now)
        .await
        .map_err(|error| Failure::work("cannot fit", error))?;
    if fitted.is_empty() {
        drop(progress);
        return Err(Failure::Input(format!(
            "province {province} has no dossier with a due time before {}; forecasts rest on \
             planned allowances until there is one",
            time::local_day(until)
        )));
    }
    let mut told = Vec::with_capacity(fitted.len());
    for model in fitted {
        let kept = store
            .keep_model(&model)
            .await
            .map_err(|error| Failure::work("cannot keep the model", error))?;
        told.push(FittedModel::of(
            &kept,
            model.bytes.as_deref().unwrap_or_default().len(),
        ));
    }
    let read = here.read().await?;
    let in_use = read.models(&province).await.map_err(unreadable)?;
    for told in &mut told {
        told.in_use = in_use.iter().any(|model| model.number == told.number);
    }
    drop(progress);
    match flags.format {
        PlainFormat::Json => {
            let text = serde_json::to_string_pretty(&told);
            print(text.expect("texts and numbers are JSON") + "\n")?;
        }
        PlainFormat::Table => {
            let pages: Vec<String> = told.iter().map(FittedModel::page).collect();
            print(pages.join("\n"))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// What is told of a model.
#[derive(Serialize)]
struct FittedModel {
    province: String,
    number: u64,
    matter: &'static str,
    /// The legal day of the earliest reception.
    from: NaiveDate,
    /// The first legal day after the learning period.
    until: NaiveDate,
    /// Whether this model judges today's dossiers; otherwise it is a record of an earlier day.
    in_use: bool,
    figures: Value,
    bytes: usize,
    hash: String,
}

impl FittedModel {
    fn of(kept: &KeptModel, bytes: usize) -> Self {
        Self {
            province: kept.province.to_string(),
            number: kept.number,
            matter: match kept.matter {
                Kind::Procedure => "procedure",
                Kind::Petition => "petition",
            },
            from: time::local_day(kept.begins),
            until: time::local_day(kept.until),
            in_use: false,
            figures: serde_json::from_str(&kept.figures).unwrap_or_default(),
            bytes,
            hash: kept.hash.clone(),
        }
    }

    fn page(&self) -> String {
        let mut page = format!(
            "model {} of province {}, for {}s\nfitted on      {} until {}\nin use         {}\n",
            self.number,
            self.province,
            self.matter,
            self.from,
            self.until,
            if self.in_use {
                "yes"
            } else {
                "no: another learned until later; this one is kept as a record"
            }
        );
        for (name, value) in self.figures.as_object().into_iter().flatten() {
            page += &format!("{name:<14} {value}\n");
        }
        page += &format!(
            "{:<14} {}\n{:<14} {}\n",
            "bytes", self.bytes, "hash", self.hash
        );
        page
    }
}
