//! The addresses at which a citizen is told go with the other personal values.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, SQLITE, POSTGRES).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

// The salt is what every commitment of a dossier rests on: whoever erases a person takes it away.
const SQLITE: &str = "
CREATE TRIGGER contact_goes_with_the_person
AFTER UPDATE OF salt ON secret
WHEN NEW.salt IS NULL
BEGIN
    DELETE FROM contact WHERE province = NEW.province AND dossier = NEW.dossier;
END;
DELETE FROM contact WHERE EXISTS (SELECT 1 FROM secret s
    WHERE s.province = contact.province AND s.dossier = contact.dossier AND s.salt IS NULL);
";

const POSTGRES: &str = "
CREATE FUNCTION contact_goes_with_the_person() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM contact WHERE province = NEW.province AND dossier = NEW.dossier;
    RETURN NULL;
END $$;
CREATE TRIGGER contact_goes_with_the_person
AFTER UPDATE OF salt ON secret
FOR EACH ROW WHEN (NEW.salt IS NULL) EXECUTE FUNCTION contact_goes_with_the_person();
DELETE FROM contact WHERE EXISTS (SELECT 1 FROM secret s
    WHERE s.province = contact.province AND s.dossier = contact.dossier AND s.salt IS NULL);
";
