//! The same orders from files with and without their ids are never there twice.

use std::process::Stdio;

use crate::figures::revenue_and_orders;
use crate::harness::Place;

const WITH_IDS: &str = "Name,Id,Created at,Currency,Total,Lineitem quantity,Lineitem name,Lineitem price\n\
                        #1001,5001,2017-03-01 10:00:00 -0500,USD,20.00,2,Tea,10.00\n\
                        #1002,5002,2017-03-02 10:00:00 -0500,USD,5.00,1,Cup,5.00\n";
const WITHOUT_IDS: &str = "Name,Created at,Currency,Total,Lineitem quantity,Lineitem name,Lineitem price\n\
                           #1001,2017-03-01 10:00:00 -0500,USD,20.00,2,Tea,10.00\n\
                           #1002,2017-03-02 10:00:00 -0500,USD,5.00,1,Cup,5.00\n";

#[tokio::test]
async fn a_file_without_ids_is_refused_where_orders_have_them_and_the_other_way_round() {
    let place = Place::new();
    let (with, without) = (place.file("with.csv"), place.file("without.csv"));
    std::fs::write(&with, WITH_IDS).unwrap();
    std::fs::write(&without, WITHOUT_IDS).unwrap();
    for store in ["ids", "names"] {
        place.create_store(store);
    }
    place.import("ids", &with);
    place.import("names", &without);
    let refused = place.import_command("ids", &without).stderr(Stdio::piped()).output().unwrap();
    assert!(!refused.status.success());
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(said.contains("this file has no column Id: export it again with all columns"), "{said}");

    let server = place.serve().await;
    let client = server.client().await;
    for (store, file, message) in [
        ("ids", &without, "this file has no column Id: export it again with all columns"),
        ("names", &with, "were imported from a file without the column Id"),
    ] {
        let version = client.version(store).await;
        let begun = client.begin_import(store, file).await;
        let ended = client.finished(begun["id"].as_str().unwrap()).await;
        assert_eq!(ended["status"], "failed", "{ended}");
        assert!(ended.to_string().contains(message), "{ended}");
        assert_eq!(client.version(store).await, version);
        assert_eq!(revenue_and_orders(&client, store).await, (250_000, 2));
    }
    server.stop().await;
}
