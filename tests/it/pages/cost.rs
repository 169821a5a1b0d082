//! What a page costs: statements of the database, and bytes on the way to the browser.

use std::io::Write;

use domain::role::Role;
use flate2::Compression;
use flate2::write::GzEncoder;
use http::StatusCode;
use web::Settings;

use super::browser::{Browser, Shown, account, router};
use crate::world::{PROVINCE, THREE_DAYS, WARD, World, ask_for_papers};

/// The pages that people look at most, who looks, and the most statements each may take. The session
/// takes two of them.
fn pages(dossier: &str) -> Vec<(&'static str, String, u64)> {
    vec![
        ("thinh.hd", format!("/units/{WARD}"), 72),
        ("thinh.hd", format!("/units/{WARD}/list"), 24),
        ("thinh.hd", format!("/dossiers/{dossier}"), 24),
        ("trang.lt", format!("/desk/{WARD}"), 8),
        ("tinh.sn", "/province".to_owned(), 44),
        ("tinh.sn", "/province/map".to_owned(), 44),
        ("tinh.sn", "/procedures".to_owned(), 8),
        ("tinh.sn", "/calendar".to_owned(), 8),
    ]
}

fn gzip(bytes: &[u8]) -> usize {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap().len()
}

/// The files that a page loads.
fn files(page: &Shown) -> Vec<String> {
    let attributes = page.html.split("=\"/assets/").skip(1);
    let mut files: Vec<String> = attributes
        .map(|rest| format!("/assets/{}", rest.split('"').next().unwrap()))
        .collect();
    files.sort();
    files.dedup();
    files
}

async fn measured(world: &World, dossier: &str) -> Vec<(String, u64, usize)> {
    let router = router(world, Settings::default());
    let mut measured = Vec::new();
    for (who, path, most) in pages(dossier) {
        let mut browser = Browser::at(&router);
        browser.sign_in(who).await;
        // The names of officials are read once in some seconds, for all pages.
        browser.get(&path).await;
        let before = world.store.statements();
        let page = browser.get(&path).await;
        let statements = world.store.statements() - before;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        assert!(statements <= most, "{path}: {statements} statements");
        let mut bytes = gzip(page.html.as_bytes());
        for file in files(&page) {
            bytes += gzip(browser.get(&file).await.html.as_bytes());
        }
        assert!(bytes <= 60 * 1024, "{path}: {bytes} bytes");
        measured.push((path, statements, bytes));
    }
    measured
}

#[tokio::test]
async fn a_page_takes_as_many_statements_for_many_dossiers_as_for_few_and_sixty_kilobytes() {
    let world = World::at("2026-08-03 10:00").await;
    for (name, role, at) in [
        ("thinh.hd", Role::Chairman, WARD),
        ("trang.lt", Role::Receptionist, WARD),
        ("tinh.sn", Role::Province, PROVINCE),
    ] {
        account(&world, name, name, role, at).await;
    }
    let first = world.receive(WARD, THREE_DAYS).await;
    let first = world.advance(&first, Role::Receptionist).await;
    let id = first.dossier.id.to_string();
    let few = measured(&world, &id).await;
    for number in 0..40 {
        let view = world.receive(WARD, THREE_DAYS).await;
        let view = world.advance(&view, Role::Receptionist).await;
        if number % 3 == 0 {
            let asked = world.act(&view, Role::Officer, ask_for_papers()).await;
            asked.unwrap();
        }
    }
    let many = measured(&world, &id).await;
    for ((path, before, _), (_, after, bytes)) in few.iter().zip(&many) {
        println!("{path}: {before} statements for 1 dossier, {after} for 41; {bytes} bytes");
        // A page with a dossier of a kind asks one thing more about it; never one a dossier.
        assert!(after <= &(before + 4), "{path}: {before}, then {after}");
    }
}
