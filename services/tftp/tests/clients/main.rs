//! The service beside a gateway, and the TFTP clients that there are: each gets the same bytes.

mod office;

use std::net::Ipv4Addr;
use std::time::Duration;

use office::{Client, Office, TOKEN};
use tokio::time::Instant;

#[tokio::test(flavor = "multi_thread")]
async fn every_client_gets_the_same_bytes() {
    let mut office = Office::open().await;
    for client in Client::ALL {
        for name in ["empty.cfg", "small.cfg", "even.bin", "large.bin"] {
            let got = office.fetch(client, name).await;
            assert_eq!(got.as_deref(), office.file(name), "{client:?} {name}");
            office.hears(name, "").await;
        }
    }
    office.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_telephone_s_folder_is_found_by_every_client() {
    let office = Office::open().await;
    for client in Client::ALL {
        for path in [format!("p/{TOKEN}/own.cfg"), format!("{TOKEN}/own.cfg")] {
            let got = office.fetch(client, &path).await;
            assert_eq!(got.as_deref(), office.file("own.cfg"), "{client:?} {path}");
        }
        assert_eq!(office.fetch(client, "own.cfg").await, None, "{client:?}");
    }
    office.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_absent_file_fails_within_a_second() {
    let office = Office::open().await;
    for client in Client::ALL {
        let start = Instant::now();
        assert_eq!(office.fetch(client, "absent.cfg").await, None, "{client:?}");
        assert!(start.elapsed() < Duration::from_secs(1), "{client:?}: {:?}", start.elapsed());
    }
    office.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_path_leads_out() {
    let office = Office::open().await;
    for client in Client::ALL {
        for path in ["../../../../etc/passwd", "/etc/passwd", "..\\small.cfg", "q/small.cfg"] {
            assert_eq!(office.fetch(client, path).await, None, "{client:?} {path}");
        }
    }
    assert_eq!(office.questions(), 0, "nobody even asked the gateway");
    office.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn text_comes_as_lines_and_large_blocks_and_windows_are_agreed() {
    let office = Office::open().await;
    assert_eq!(
        office.fetch(Client::HpaText, "small.cfg").await.as_deref(),
        office.file("small.cfg")
    );
    for client in [Client::AtftpWindow, Client::BusyboxLarge, Client::CurlLarge] {
        let got = office.fetch(client, "large.bin").await;
        assert_eq!(got.as_deref(), office.file("large.bin"), "{client:?}");
    }
    office.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_taken() {
    let office = Office::open().await;
    let start = Instant::now();
    let said = office.put("0004f2010203-boot.log").await;
    assert!(said.contains("nothing is taken here"), "{said}");
    assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());
    office.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_gateway_a_client_hears_so_at_once_and_with_one_it_is_served() {
    let office = Office::without_gateway().await;
    let start = Instant::now();
    assert_eq!(office.fetch(Client::Curl, "small.cfg").await, None);
    assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());
    office.open_gateway();
    assert_eq!(office.fetch(Client::Curl, "small.cfg").await.as_deref(), office.file("small.cfg"));
    office.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_gateway_hears_which_of_our_addresses_was_asked() {
    let office = Office::open().await;
    let other = Ipv4Addr::new(127, 0, 0, 9);
    let got = office.fetch_from(other, Client::Curl, "small.cfg").await;
    assert_eq!(got.as_deref(), office.file("small.cfg"));
    assert_eq!(office.last_asked(), Some((Ipv4Addr::LOCALHOST.into(), other.into())));
    office.close().await;
}
