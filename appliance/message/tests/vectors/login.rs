//! Bodies of connect, disconnect and going down.

use message::login::{
    BindingKind, Bridge, Challenge, Cost, Credentials, Enrol, GoingDown, Goodbye, Hello,
    Invitation, InvitationInfo, Proof, ServiceHello, TokenHello, Welcome,
};
use message::people::Parameters;

use crate::file::File;
use crate::same::{guid, same};

const COST: Cost = Cost { memory_kib: 65_536, passes: 3, lanes: 1 };

pub(crate) fn check(file: &File) {
    exchange(file);
    welcome(file);
    enrolment(file);
    services(file);
    same!(file, "goodbye", Goodbye { forget_device: true });
    same!(file, "going-down", GoingDown { grace_ms: 1_000, retry_ms: 2_000 });
}

fn exchange(file: &File) {
    let hello = Hello {
        account: "alice".into(),
        nonce: [0x11; 32],
        device: None,
        device_name: "desk 4".into(),
        software: "ivm 0.1.0".into(),
    };
    same!(file, "hello", hello.clone());
    same!(file, "hello-again", Hello { device: Some(guid(0x22)), ..hello });
    same!(
        file,
        "challenge",
        Challenge { salt: [0x33; 16], cost: COST, nonce: [0x44; 32], server: guid(0x55) }
    );
    same!(file, "proof-none", Proof { binding: BindingKind::None, proof: [0x66; 32] });
    same!(file, "proof-exporter", Proof { binding: BindingKind::Exporter, proof: [0x66; 32] });
    same!(file, "proof-origin", Proof { binding: BindingKind::Origin, proof: [0x66; 32] });
    same!(
        file,
        "token-hello",
        TokenHello { device: guid(0x22), token: [0x77; 32], software: "ivm 0.1.0".into() }
    );
}

fn welcome(file: &File) {
    let full = Welcome {
        signature: Some([0x88; 32]),
        account: guid(0x99),
        device: guid(0x22),
        name: "alice".into(),
        display: "Alice Ävall".into(),
        public_key: [0xaa; 32],
        sealed_key: Some(vec![0xbb; 60]),
        token: Some([0x77; 32]),
        time: 1_700_000_000_000,
        parameters: Parameters::default(),
        server: guid(0x55),
    };
    same!(file, "welcome", full.clone());
    let token = Welcome { signature: None, sealed_key: None, token: None, ..full };
    same!(file, "welcome-by-token", token);
}

fn enrolment(file: &File) {
    same!(file, "invitation", Invitation { code: "K7QX".into() });
    let fresh = InvitationInfo {
        account: guid(0x99),
        name: "alice".into(),
        display: "Alice Ävall".into(),
        expires: 1_700_000_000_000,
        public_key: None,
        recovery_key: None,
    };
    same!(file, "invitation-info", fresh.clone());
    let reset = InvitationInfo {
        public_key: Some([0xaa; 32]),
        recovery_key: Some(vec![0xcc; 76]),
        ..fresh
    };
    same!(file, "invitation-info-reset", reset);
    let credentials = Credentials {
        salt: [0x33; 16],
        cost: COST,
        stored_key: [0xdd; 32],
        server_key: [0xee; 32],
        public_key: [0xaa; 32],
        sealed_key: vec![0xbb; 60],
        recovery_key: vec![0xcc; 76],
    };
    same!(file, "credentials", credentials.clone());
    same!(file, "enrol", Enrol { code: "K7QX".into(), credentials });
}

fn services(file: &File) {
    let bridge = Bridge { origin: "https://office:8443".into(), remote: "192.0.2.7".into() };
    same!(file, "bridge", bridge);
    same!(file, "service-hello", ServiceHello { service: "admin".into() });
}
