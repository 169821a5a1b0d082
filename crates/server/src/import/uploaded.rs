//! Reads lists that came over a page: through temporary files, as the command reads its files.

use std::sync::Arc;

use app::import::uploads::{ChosenMap, ListReader, ReadList, Upload};
use domain::catalogue::{Catalogue, SourceFile};
use domain::id::ActorId;
use domain::time::Instant;

use super::prepare::Job;
use super::read::NamedFile;
use crate::scratch::Scratch;
use crate::{Failure, catalogue};

/// Reads uploads with the shipped maps, or with one that came along.
pub struct Reader;

impl ListReader for Reader {
    fn maps(&self) -> Vec<String> {
        catalogue::shipped_maps()
    }

    fn read(
        &self,
        upload: &Upload,
        known: Arc<Catalogue>,
        actor: &ActorId,
        now: Instant,
    ) -> Result<ReadList, String> {
        prepare(upload, known, actor, now).map_err(|failure| failure.to_string())
    }
}

fn prepare(
    upload: &Upload,
    known: Arc<Catalogue>,
    actor: &ActorId,
    now: Instant,
) -> Result<ReadList, Failure> {
    let text = match &upload.map {
        ChosenMap::Own(text) => SourceFile {
            path: "map.toml".to_owned(),
            text: text.clone(),
        },
        ChosenMap::Shipped(name) => catalogue::shipped_map(name)
            .ok_or_else(|| Failure::Input(format!("there is no shipped map {name}")))?,
    };
    // Removed at the end of this function: the rows are in memory by then.
    let folder = Scratch::make("motcua-upload")?;
    let mut files = Vec::new();
    for (at, file) in upload.files.iter().enumerate() {
        let path = folder.path(&at.to_string());
        std::fs::write(&path, &file.bytes)
            .map_err(|error| Failure::work("cannot keep the uploaded file for a moment", error))?;
        files.push(NamedFile {
            path,
            name: file.name.clone(),
        });
    }
    let mut files = files.into_iter();
    let first = files.next();
    let first = first.ok_or_else(|| Failure::Input("there is no file".to_owned()))?;
    let job = Job::new(text, first, files.next(), actor.clone(), upload.update, now)?;
    let prepared = job.prepare(known)?;
    Ok(ReadList {
        plan: prepared.plan,
        gathered: prepared.reading.gathered,
    })
}
