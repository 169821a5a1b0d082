//! `motcua import` as an operator runs it, on any database.

use std::path::Path;

use app::Catalogues;
use app::ports::{Clock, Store};
use app::report::{RateUnits, RatesQuery, UnitBasis, rates};
use app::statistics::statistics;
use clap::Parser;
use domain::id::ProvinceCode;
use domain::indicator::{Ii06a, Report};
use server::Cli;
use server::clock::SystemClock;
use store::{Options, SeaStore};

use crate::world::catalogue;

/// Runs a command line. Errors: the words of its failure.
pub async fn motcua(words: &[&str]) -> Result<(), String> {
    let words: Vec<String> = ["motcua"]
        .iter()
        .chain(words)
        .map(ToString::to_string)
        .collect();
    // On a thread of its own, because a command starts a runtime.
    let done = tokio::task::spawn_blocking(move || Cli::try_parse_from(words).unwrap().run());
    match done.await.unwrap() {
        Ok(code) if code == std::process::ExitCode::SUCCESS => Ok(()),
        Ok(_) => Err("it ended with a number".to_owned()),
        Err(failure) => Err(failure.to_string()),
    }
}

/// Imports files. No row may be refused.
pub async fn import(map: &str, files: &[&Path], url: &str) -> Result<(), String> {
    let mut words = vec!["import", "--map", map, "--database", url];
    words.extend(files.iter().map(|file| file.to_str().unwrap()));
    motcua(&words).await
}

/// The two reports of [`report`].
pub struct Reported {
    pub rates: Report,
    pub form: Ii06a,
}

/// The rates and form II.06a of a province over some local days, as a fresh process reports them.
pub async fn report(url: &str, province: &str, from: &str, to: &str) -> Reported {
    let store = SeaStore::open(url, Options::default()).await.unwrap();
    let read = store.read().await.unwrap();
    let catalogues = Catalogues::read(catalogue(), read.as_ref()).await.unwrap();
    let query = RatesQuery {
        units: RateUnits::Province(ProvinceCode::parse(province).unwrap()),
        from: from.parse().unwrap(),
        to: to.parse().unwrap(),
        as_of: None,
        basis: UnitBasis::Recorded,
    };
    let now = SystemClock.now();
    let rates = rates(read.as_ref(), &catalogues, &query, now).await;
    let counted = statistics(read.as_ref(), &catalogues, &query, now).await;
    drop(read);
    store.close().await.unwrap();
    Reported {
        rates: rates.unwrap(),
        form: counted.unwrap().ii06a(),
    }
}
