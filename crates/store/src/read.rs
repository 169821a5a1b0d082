//! Reading within one snapshot.

use std::collections::HashMap;
use std::ops::RangeInclusive;
use std::sync::Arc;

use app::foresight::{Flag, Foretold, KeptModel};
use app::import::{Import, Viewing};
use app::ports::{
    Block, Document, Held, Job, Key, List, ListCount, Print, PrintedForm, Rated, RatingsWanted,
    ReadCatalogue, ReadDossiers, ReadFeed, ReadForecasts, ReadImports, ReadJobs, ReadNumbers,
    ReadPins, ReadPrints, ReadReports, ReadTokens, ReportRow, ReportWanted, Scope, Search,
    SkippedNumbers, StoreError, Stretch, Sums, SumsWanted, Token, UnitPending, WorklistPage,
    WrongPins,
};
use async_trait::async_trait;
use chrono::NaiveDate;
use domain::code::AnyCode;
use domain::dossier::private::{Content, Person};
use domain::dossier::{Dossier, ImportNumber, Record};
use domain::id::{DossierId, ProcedureCode, ProvinceCode, UnitCode};
use domain::time::Instant;
use sea_orm::{FromQueryResult, Value};
use serde_json::Value as Json;

use crate::executor::Executor;
use crate::fault::store_error;
use crate::inner::Inner;
use crate::load;
use crate::pool::Transaction;
use crate::row::{EventRow, KeyRow, PersonalRow, Place, TextRow, event_columns};
use crate::value_table::ValueTable;
use crate::{
    access, document, export, feed, foresight, import, job, list, number_block, page, pending,
    print, rating, received, report, tally, wrong_pin,
};

/// A read transaction: its view does not change after its first statement.
///
/// It takes no lock for which a writer would wait.
pub(crate) struct Reading {
    pub(crate) transaction: Transaction,
    pub(crate) inner: Arc<Inner>,
    /// For whoever watches: how long the view was held, of which call or page.
    pub(crate) _span: tracing::Span,
}

impl Reading {
    pub(crate) fn db(&self) -> Executor<'_, Transaction> {
        Executor {
            connection: &self.transaction,
            statements: &self.inner.statements,
        }
    }

    pub(crate) async fn all<R: FromQueryResult>(
        &self,
        sql: &str,
        values: Vec<Value>,
    ) -> Result<Vec<R>, StoreError> {
        self.db().all(sql, values).await.map_err(store_error)
    }

    async fn events(&self, key: &Key) -> Result<Vec<EventRow>, StoreError> {
        let sql = format!(
            "SELECT {} FROM event e WHERE e.province = ? AND e.dossier = ? ORDER BY e.version",
            event_columns("e")
        );
        self.all(&sql, key_values(key)).await
    }

    async fn key(&self, sql: &str, values: Vec<Value>) -> Result<Option<Key>, StoreError> {
        let rows: Vec<KeyRow> = self.all(sql, values).await?;
        rows.into_iter().next().map(Key::try_from).transpose()
    }
}

#[async_trait]
impl ReadDossiers for Reading {
    async fn dossier(&self, key: &Key) -> Result<Option<Held>, StoreError> {
        let held = load::dossiers(&self.db(), std::slice::from_ref(key)).await?;
        Ok(held.into_values().next())
    }

    async fn by_code(
        &self,
        province: &ProvinceCode,
        code: &AnyCode,
    ) -> Result<Option<Key>, StoreError> {
        self.key(
            "SELECT province, dossier FROM code WHERE province = ? AND code = ?",
            vec![province.as_str().into(), code.as_str().into()],
        )
        .await
    }

    async fn holders(&self, code: &AnyCode) -> Result<Vec<Key>, StoreError> {
        // Step by step through the provinces, for the index is by province first.
        let sql = "WITH RECURSIVE provinces AS ( \
                 SELECT min(province) AS province FROM code \
                 UNION ALL \
                 SELECT (SELECT min(c.province) FROM code c WHERE c.province > p.province) \
                 FROM provinces p WHERE p.province IS NOT NULL) \
             SELECT c.province, c.dossier FROM provinces p CROSS JOIN code c \
             WHERE c.province = p.province AND c.code = ? ORDER BY c.province";
        let rows: Vec<KeyRow> = self.all(sql, vec![code.as_str().into()]).await?;
        rows.into_iter().map(Key::try_from).collect()
    }

    async fn newest_record(&self) -> Result<Option<Instant>, StoreError> {
        // Step by step through the provinces, for the index is by province first.
        let sql = "WITH RECURSIVE provinces AS ( \
                 SELECT min(province) AS province FROM dossier \
                 UNION ALL \
                 SELECT (SELECT min(d.province) FROM dossier d WHERE d.province > p.province) \
                 FROM provinces p WHERE p.province IS NOT NULL) \
             SELECT max((SELECT max(d.last_record) FROM dossier d \
                 WHERE d.province = p.province)) AS number \
             FROM provinces p";
        let rows: Vec<MaybeNumber> = self.all(sql, Vec::new()).await?;
        let place = Place {
            table: "dossier",
            id: "?",
        };
        let newest = rows.into_iter().next().and_then(|row| row.number);
        newest
            .map(|micros| place.instant("last_record", micros))
            .transpose()
    }

    async fn records(&self, key: &Key) -> Result<Vec<Record>, StoreError> {
        let rows = self.events(key).await?;
        rows.iter().map(EventRow::record).collect()
    }

    async fn records_of(
        &self,
        province: &ProvinceCode,
        dossiers: &[DossierId],
    ) -> Result<HashMap<DossierId, Vec<Record>>, StoreError> {
        let keys: Vec<Key> = dossiers.iter().map(|id| (province.clone(), *id)).collect();
        let found = load::histories(&self.db(), &keys).await?;
        Ok(found.into_iter().map(|((_, id), all)| (id, all)).collect())
    }

    async fn record_bytes(&self, key: &Key) -> Result<Vec<Vec<u8>>, StoreError> {
        let rows = self.events(key).await?;
        rows.into_iter().map(EventRow::into_bytes).collect()
    }

    async fn pin_hash(&self, key: &Key) -> Result<Option<String>, StoreError> {
        let rows: Vec<TextRow> = self
            .all(
                "SELECT pin_hash AS text FROM secret WHERE province = ? AND dossier = ?",
                key_values(key),
            )
            .await?;
        Ok(rows.into_iter().next().and_then(|row| row.text))
    }

    async fn people(
        &self,
        province: &ProvinceCode,
        wanted: &[(DossierId, &str)],
    ) -> Result<HashMap<DossierId, HashMap<String, Person>>, StoreError> {
        let mut people: HashMap<DossierId, HashMap<String, Person>> = HashMap::new();
        if wanted.is_empty() {
            return Ok(people);
        }
        let list = wanted
            .iter()
            .map(|(id, item)| [Json::from(id.to_string()), Json::from(*item)]);
        let given = ValueTable::new(&self.db(), "w", ["dossier", "item"], list.collect());
        let sql = format!(
            "SELECT p.dossier, p.item, p.kind, p.value FROM {} CROSS JOIN personal p \
             WHERE p.dossier = w.dossier AND p.province = ? AND p.item = w.item",
            given.table
        );
        let mut values = given.values;
        values.push(province.as_str().into());
        let rows: Vec<PersonalRow> = self.all(&sql, values).await?;
        for row in rows {
            let place = Place {
                table: "personal",
                id: &row.dossier,
            };
            let Content::Person(person) = row.content()? else {
                return Err(place.wrong("kind"));
            };
            let dossier = place.parse("dossier", &row.dossier)?;
            people.entry(dossier).or_default().insert(row.item, person);
        }
        Ok(people)
    }

    async fn private(&self, key: &Key) -> Result<HashMap<String, Content>, StoreError> {
        let rows: Vec<PersonalRow> = self
            .all(
                "SELECT dossier, item, kind, value FROM personal \
                 WHERE province = ? AND dossier = ?",
                key_values(key),
            )
            .await?;
        rows.into_iter()
            .map(|row| Ok((row.item.clone(), row.content()?)))
            .collect()
    }

    async fn waiting_for_papers(
        &self,
        province: &ProvinceCode,
        after: Option<DossierId>,
        limit: u32,
    ) -> Result<Vec<Dossier>, StoreError> {
        page::waiting_for_papers(&self.db(), province, after, limit).await
    }

    async fn list(&self, list: &List) -> Result<Vec<Dossier>, StoreError> {
        list::list(&self.db(), list).await
    }

    async fn worklist(&self, wanted: &WorklistPage) -> Result<Vec<Dossier>, StoreError> {
        page::worklist(&self.db(), wanted).await
    }

    async fn pending(&self, wanted: &WorklistPage) -> Result<u64, StoreError> {
        page::pending(&self.db(), wanted).await
    }

    async fn stretch(&self, list: &List) -> Result<Stretch, StoreError> {
        list::stretch(&self.db(), list).await
    }

    async fn count(&self, list: &List) -> Result<ListCount, StoreError> {
        list::count(&self.db(), list).await
    }

    async fn received_lately(
        &self,
        unit: &UnitCode,
        province: &ProvinceCode,
        since: Instant,
        most: u32,
    ) -> Result<HashMap<ProcedureCode, u32>, StoreError> {
        received::by_procedure(&self.db(), unit, province, since, most).await
    }

    async fn search(&self, search: &Search) -> Result<Vec<Dossier>, StoreError> {
        page::search(&self.db(), search).await
    }

    async fn histories(
        &self,
        province: &ProvinceCode,
        dossiers: &[DossierId],
    ) -> Result<HashMap<DossierId, Vec<Vec<u8>>>, StoreError> {
        export::histories(&self.db(), province, dossiers).await
    }

    async fn private_values(
        &self,
        province: &ProvinceCode,
        dossiers: &[DossierId],
    ) -> Result<HashMap<DossierId, HashMap<String, Content>>, StoreError> {
        export::private_values(&self.db(), province, dossiers).await
    }
}

#[async_trait]
impl ReadFeed for Reading {
    async fn feed(
        &self,
        scope: &Scope,
        after: u64,
        until: u64,
        limit: u32,
    ) -> Result<Vec<(u64, Record)>, StoreError> {
        feed::between(&self.db(), scope, (after, until), limit).await
    }

    async fn last_event(
        &self,
        province: &ProvinceCode,
        until: u64,
    ) -> Result<Option<(u64, Record)>, StoreError> {
        feed::last_event(&self.db(), province, until).await
    }

    async fn moved_since(
        &self,
        provinces: &[ProvinceCode],
        after: u64,
    ) -> Result<Vec<ProvinceCode>, StoreError> {
        feed::moved_since(&self.db(), provinces, after).await
    }
}

#[async_trait]
impl ReadImports for Reading {
    async fn imports(
        &self,
        province: &ProvinceCode,
        after: u64,
        until: u64,
    ) -> Result<Vec<Import>, StoreError> {
        import::between(&self.db(), province, after, until).await
    }

    async fn import(
        &self,
        province: &ProvinceCode,
        number: ImportNumber,
    ) -> Result<Option<Import>, StoreError> {
        import::by_number(&self.db(), province, number).await
    }

    async fn import_events(
        &self,
        scope: &Scope,
        number: ImportNumber,
        after: u64,
        limit: u32,
    ) -> Result<Vec<(u64, Record)>, StoreError> {
        import::events(&self.db(), scope, number, after, limit).await
    }

    async fn viewings(&self, province: &ProvinceCode) -> Result<Vec<Viewing>, StoreError> {
        export::viewings(&self.db(), province).await
    }
}

#[async_trait]
impl ReadPins for Reading {
    async fn wrong_pins(&self, dossier: &Key, peer: &str) -> Result<WrongPins, StoreError> {
        wrong_pin::of(&self.db(), dossier, peer).await
    }
}

#[async_trait]
impl ReadPrints for Reading {
    async fn prints(&self, key: &Key, form: &PrintedForm) -> Result<Vec<Print>, StoreError> {
        print::all(&self.db(), key, form).await
    }
}

#[async_trait]
impl ReadReports for Reading {
    async fn report_rows(
        &self,
        wanted: &ReportWanted,
        dossiers: &[DossierId],
    ) -> Result<Vec<ReportRow>, StoreError> {
        report::rows(&self.db(), wanted, dossiers).await
    }

    async fn report_ids(
        &self,
        wanted: &ReportWanted,
        after: Option<DossierId>,
        limit: u32,
    ) -> Result<Vec<DossierId>, StoreError> {
        report::ids(&self.db(), wanted, after, limit).await
    }

    async fn report_histories(
        &self,
        wanted: &ReportWanted,
        dossiers: &[DossierId],
        without: &[&str],
    ) -> Result<Vec<(DossierId, Vec<Record>)>, StoreError> {
        report::histories_of(&self.db(), wanted, dossiers, without).await
    }

    async fn sums(&self, wanted: &SumsWanted) -> Result<HashMap<UnitCode, Sums>, StoreError> {
        tally::sums(&self.db(), wanted).await
    }

    async fn ratings(&self, wanted: &RatingsWanted) -> Result<Vec<Rated>, StoreError> {
        rating::ratings(&self.db(), wanted).await
    }

    async fn overdue(
        &self,
        scope: &Scope,
        at: Instant,
        open_until: Instant,
    ) -> Result<HashMap<UnitCode, u32>, StoreError> {
        tally::overdue(&self.db(), scope, at, open_until).await
    }

    async fn pending_by_unit(
        &self,
        province: &ProvinceCode,
        now: Instant,
    ) -> Result<HashMap<UnitCode, UnitPending>, StoreError> {
        pending::by_unit(&self.db(), province, now).await
    }
}

#[async_trait]
impl ReadNumbers for Reading {
    async fn blocks(
        &self,
        province: &ProvinceCode,
        unit: &UnitCode,
        days: RangeInclusive<NaiveDate>,
    ) -> Result<Vec<Block>, StoreError> {
        number_block::blocks(&self.db(), province, unit, days).await
    }

    async fn skipped(
        &self,
        province: &ProvinceCode,
        unit: &UnitCode,
        days: RangeInclusive<NaiveDate>,
    ) -> Result<Vec<SkippedNumbers>, StoreError> {
        number_block::skipped(&self.db(), province, unit, days).await
    }
}

#[async_trait]
impl ReadTokens for Reading {
    async fn token_edition(&self) -> Result<i64, StoreError> {
        access::token_edition(&self.db()).await
    }

    async fn token(&self, hash: &str) -> Result<Option<Token>, StoreError> {
        access::token(&self.db(), hash).await
    }

    async fn tokens(&self) -> Result<Vec<Token>, StoreError> {
        access::tokens(&self.db()).await
    }
}

#[async_trait]
impl ReadCatalogue for Reading {
    async fn editions(&self) -> Result<HashMap<ProvinceCode, u64>, StoreError> {
        document::editions(&self.db()).await
    }

    async fn documents(&self, province: &ProvinceCode) -> Result<Vec<Document>, StoreError> {
        document::documents(&self.db(), province).await
    }
}

#[async_trait]
impl ReadJobs for Reading {
    async fn job(&self, province: &ProvinceCode, id: &str) -> Result<Option<Job>, StoreError> {
        job::job(&self.db(), province, id).await
    }

    async fn unfinished_jobs(&self) -> Result<Vec<Job>, StoreError> {
        job::unfinished(&self.db()).await
    }

    async fn jobs(&self, province: &ProvinceCode) -> Result<Vec<Job>, StoreError> {
        job::jobs(&self.db(), province).await
    }
}

#[async_trait]
impl ReadForecasts for Reading {
    async fn model_numbers(&self) -> Result<HashMap<ProvinceCode, u64>, StoreError> {
        foresight::numbers(&self.db()).await
    }

    async fn first_model(&self, province: &ProvinceCode) -> Result<Option<Instant>, StoreError> {
        foresight::first_model(&self.db(), province).await
    }

    async fn models(&self, province: &ProvinceCode) -> Result<Vec<KeptModel>, StoreError> {
        foresight::models(&self.db(), province).await
    }

    async fn last_flags(
        &self,
        province: &ProvinceCode,
        dossiers: &[DossierId],
    ) -> Result<HashMap<DossierId, Flag>, StoreError> {
        foresight::last_flags(&self.db(), province, dossiers).await
    }

    async fn flags_of(
        &self,
        province: &ProvinceCode,
        dossiers: &[DossierId],
    ) -> Result<HashMap<DossierId, Vec<Flag>>, StoreError> {
        foresight::flags_of(&self.db(), province, dossiers).await
    }

    async fn flags(
        &self,
        scope: &Scope,
        after: u64,
        until: u64,
        limit: u32,
    ) -> Result<Vec<(u64, Flag)>, StoreError> {
        foresight::flags(&self.db(), scope, (after, until), limit).await
    }

    async fn foretold(
        &self,
        province: &ProvinceCode,
        dossiers: &[DossierId],
    ) -> Result<HashMap<DossierId, Foretold>, StoreError> {
        foresight::foretold(&self.db(), province, dossiers).await
    }

    async fn due_between(
        &self,
        units: &Scope,
        due: (Instant, Instant),
        after: Option<DossierId>,
        limit: u32,
    ) -> Result<Vec<Dossier>, StoreError> {
        page::due_between(&self.db(), units, due, after, limit).await
    }

    async fn last_flag(
        &self,
        province: &ProvinceCode,
        until: u64,
    ) -> Result<Option<(u64, Flag)>, StoreError> {
        foresight::last_flag(&self.db(), province, until).await
    }
}

#[derive(FromQueryResult)]
struct MaybeNumber {
    number: Option<i64>,
}

fn key_values((province, dossier): &Key) -> Vec<Value> {
    vec![province.as_str().into(), dossier.to_string().into()]
}
