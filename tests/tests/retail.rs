//! A real grocer's orders, as Shopify's admin exports them, give exact figures.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;

use crate::figures::{assert_figures, revenue_and_orders};
use crate::harness::{Place, retail};
use crate::oracle::Shop;

/// What the source of the files says of them: orders, and the sum of their totals in cents.
const PUBLISHED: [(&str, i64, i64); 3] =
    [("367", 4_194, 14_816_967), ("406", 3_037, 12_090_439), ("356", 2_289, 7_887_410)];

#[test]
fn the_oracle_agrees_with_what_is_published_of_the_files() {
    let Some(files) = retail() else { return };
    for ((store, file), (published, orders, cents)) in files.iter().zip(PUBLISHED) {
        let totals = Shop::read(file).totals();
        assert_eq!((*store, totals.orders, totals.revenue), (published, orders, cents));
    }
}

#[tokio::test]
async fn exports_imported_by_command_line_and_by_http_give_the_oracles_figures_before_and_after_a_restart() {
    let Some(files) = retail() else { return };
    let place = Place::new();
    for (store, file) in &files {
        place.create_store(&format!("{store} by command line"));
        place.create_store(&format!("{store} by http"));
        place.import(&format!("{store} by command line"), file);
    }

    let server = place.serve().await;
    let client = server.client().await;
    let shops = files.each_ref().map(|(store, file)| (*store, Shop::read(file)));
    for (store, file) in &files {
        let done = client.import(&format!("{store} by http"), file).await;
        assert_eq!(done["counts"]["updated"], 0, "{done}");
        assert_eq!(done["error_count"], 0, "{done}");
    }
    for (store, shop) in &shops {
        assert_figures(&client, &format!("{store} by command line"), shop).await;
        assert_figures(&client, &format!("{store} by http"), shop).await;
    }
    server.stop().await;

    let server = place.serve().await;
    let client = server.client().await;
    for (store, shop) in &shops {
        assert_figures(&client, &format!("{store} by command line"), shop).await;
    }
    server.stop().await;
}

#[tokio::test]
async fn stores_that_are_imported_at_the_same_time_get_the_same_figures() {
    let Some([(_, small), (_, middle), (_, large)]) = retail() else { return };
    let place = Place::new();
    for store in ["A", "B", "C", "D"] {
        place.create_store(store);
    }
    let server = place.serve().await;
    let client = server.client().await;
    // Two over HTTP, and one by command line into a store that HTTP is importing into as well.
    let by_command_line = {
        let mut child = place.import_command("C", &large).spawn().unwrap();
        tokio::task::spawn_blocking(move || child.wait().unwrap())
    };
    let (a, b, c, d) = tokio::join!(
        client.import("A", &small),
        client.import("B", &middle),
        client.import("C", &large),
        client.import("D", &large),
    );
    assert!(by_command_line.await.unwrap().success(), "{c}");
    assert!([a, b, d].iter().all(|import| import["already_imported"] == false));
    for (store, file) in [("A", small), ("B", middle), ("C", large.clone()), ("D", large)] {
        assert_figures(&client, store, &Shop::read(&file)).await;
    }
    server.stop().await;
}

#[tokio::test]
async fn the_same_file_twice_changes_nothing_not_even_the_version() {
    let Some([_, _, (_, file)]) = retail() else { return };
    let place = Place::new();
    place.create_store("shop");
    place.import("shop", &file);
    let server = place.serve().await;
    let client = server.client().await;
    let version = client.version("shop").await;
    let before = revenue_and_orders(&client, "shop").await;
    assert_eq!(before, (788_741_000, 2_289));

    let again = client.import("shop", &file).await;
    assert_eq!(again["already_imported"], true, "{again}");
    place.import("shop", &file);
    assert_eq!(client.version("shop").await, version);

    // The same orders in a file of other bytes are recognised row by row.
    let plain = place.file("plain.csv");
    std::io::copy(&mut GzDecoder::new(File::open(&file).unwrap()), &mut File::create(&plain).unwrap()).unwrap();
    let again = client.import("shop", &plain).await;
    assert_eq!((&again["counts"]["new"], &again["counts"]["updated"]), (&0.into(), &0.into()), "{again}");
    assert_eq!(client.version("shop").await, version);
    assert_figures(&client, "shop", &Shop::read(&file)).await;
    server.stop().await;
}

#[tokio::test]
async fn an_export_that_comes_in_many_small_pieces_gives_the_same_figures_before_and_after_folding() {
    let Some([_, _, (_, file)]) = retail() else { return };
    let place = Place::new();
    place.create_store("shop");
    let server = place.serve().await;
    let client = server.client().await;
    let shop = Shop::read(&file);
    for piece in pieces(&place, &file, 40) {
        let done = client.import("shop", &piece).await;
        assert_eq!(done["already_imported"], false, "{done}");
    }
    assert_figures(&client, "shop", &shop).await;
    place.run(&["lake", "fold", "--store", "shop"]);
    assert_figures(&client, "shop", &shop).await;
    // An update of what was folded, and of nothing: the whole file again.
    let done = client.import("shop", &file).await;
    assert_eq!((&done["counts"]["new"], &done["counts"]["updated"]), (&0.into(), &0.into()), "{done}");
    assert_figures(&client, "shop", &shop).await;
    server.stop().await;
}

/// The orders of an export in that many files. Neighbouring orders go to different files, so that every file has orders of
/// every month.
fn pieces(place: &Place, file: &Path, count: usize) -> Vec<PathBuf> {
    let mut text = String::new();
    GzDecoder::new(File::open(file).unwrap()).read_to_string(&mut text).unwrap();
    let (header, lines) = text.split_once('\n').unwrap();
    let mut files = vec![format!("{header}\n"); count];
    for line in lines.lines() {
        let (name, _) = line.split_once(',').unwrap();
        let number: usize = name.trim_start_matches('#').parse().unwrap();
        files[number % count].push_str(line);
        files[number % count].push('\n');
    }
    let write = |(number, text): (usize, String)| {
        let path = place.file(&format!("piece-{number}.csv"));
        std::fs::write(&path, text).unwrap();
        path
    };
    files.into_iter().enumerate().map(write).collect()
}
