//! The certificate of the pages: the appliance's own, or one that was uploaded.

use maud::{Markup, html};
use message::system::Certificates;

use super::field::{Faults, Fields, Sheet};
use super::frame::{Frame, Tab, away};
use super::icon::Icon;
use super::setup::fingerprint_groups;
use super::words;

/// Days before its end from which on a certificate is pointed out.
const SOON_MS: u64 = 30 * 24 * 60 * 60 * 1000;

/// The page; without `found` the settings keeper is away.
pub(crate) fn page(
    frame: &Frame,
    found: Option<&Certificates>,
    now: u64,
    faults: &Faults,
) -> Markup {
    frame.page(
        Tab::Certificate,
        "Certificate",
        &html! {
            @match found {
                None => { (away("settings keeper")) }
                Some(found) => {
                    (in_use(frame, found, now))
                    (authority(found))
                    (upload(frame, faults))
                }
            }
        },
    )
}

fn in_use(frame: &Frame, found: &Certificates, now: u64) -> Markup {
    html! {
        section.card aria-labelledby="use-title" {
            h2 id="use-title" { "In use" }
            @if found.expires < now {
                p.form-error role="alert" { (Icon::Warning) span { "It has expired. Browsers warn about it." } }
            } @else if found.expires - now < SOON_MS && found.is_uploaded {
                p.banner.wait { (Icon::Warning) span { "It ends soon. Upload its successor." } }
            }
            dl.facts {
                dt { "Issued by" } dd { @if found.is_uploaded { "Somebody else: it was uploaded" } @else { "This appliance itself" } }
                dt { "For" } dd { (found.names.join(", ")) }
                dt { "Valid until" } dd { (words::day(found.expires, &frame.zone)) }
            }
            @if found.is_uploaded {
                form.deeds method="post" action="/admin/certificate/own" {
                    (frame.token())
                    button.button type="submit" { (Icon::Again) span { "Back to the appliance's own" } }
                }
            } @else { p.quiet { "The appliance renews it by itself." } }
        }
    }
}

fn authority(found: &Certificates) -> Markup {
    let fingerprint: String = found.fingerprint.iter().map(|byte| format!("{byte:02X}")).collect();
    html! {
        section.card.fingerprint-card aria-labelledby="authority-title" {
            h2 id="authority-title" { "The appliance's own authority" }
            p.quiet { "Devices that trust it show no warning. Its SHA-256 fingerprint:" }
            (fingerprint_groups(&fingerprint))
            div.deeds { a.button href="/appliance-ca.crt" download="appliance-ca.crt" { (Icon::Down) span { "Download the certificate" } } }
            (install("Windows", "Open the file, choose “Install certificate”, “Local machine”, then “Trusted root certification authorities”."))
            (install("macOS, iPhone and iPad", "On a Mac, open the file in Keychain Access and set it to “Always trust”. On an iPhone or iPad, open it, install the profile in Settings, then switch it on under General, About, Certificate trust settings."))
            (install("Android", "Settings, Security, More security settings, Encryption and credentials, Install a certificate, CA certificate; then choose the file."))
            (install("Linux and Firefox", "Debian: copy the file to /usr/local/share/ca-certificates/ and run update-ca-certificates. Firefox has a list of its own: Settings, Privacy and security, View certificates, Authorities, Import."))
        }
    }
}

fn install(system: &str, words: &str) -> Markup {
    html! { details.note { summary { span { "Trust it on " (system) } } p { (words) } } }
}

fn upload(frame: &Frame, faults: &Faults) -> Markup {
    let fields = Fields::default();
    let sheet = Sheet { fields: &fields, faults };
    html! {
        section.card aria-labelledby="upload-title" {
            h2 id="upload-title" { "Use another certificate" }
            p.quiet { "From your company's authority, for the pages only. Terminal clients keep to the appliance's own." }
            (faults.above(&["pem"]))
            form.stack method="post" action="/admin/certificate" {
                (frame.token())
                (sheet.lines("pem", "Key and certificate chain", "PEM: the private key without a passphrase, the certificate, then those of its issuers. The key is not shown again.", 8))
                div.deeds {
                    button.button.primary type="submit" { (Icon::Up) span { "Check and use it" } }
                    label.button.file-button hidden {
                        span { "Take it from a file" }
                        input.visually-hidden type="file" data-into="pem" accept=".pem,.crt,.key,.txt";
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use message::system::Certificates;

    use super::page;
    use crate::pages::field::Faults;
    use crate::pages::frame::tests::frame;
    use crate::role::Role;

    #[test]
    fn what_is_wrong_with_an_upload_is_said_and_an_end_pointed_out() {
        let found = Certificates {
            authority: String::new(),
            fingerprint: vec![0xab, 0xcd],
            is_uploaded: true,
            names: vec!["ivm.example".to_owned(), "10.0.0.2".to_owned()],
            expires: 1_777_911_600_000,
        };
        let faults = Faults::one("pem", "The key does not belong to the certificate.");
        let frame = frame(Role::Administrator);
        let shown = |now| page(&frame, Some(&found), now, &faults).into_string();
        let page = shown(1_700_000_000_000);
        assert!(page.contains("pem-fault") && page.contains("does not belong"));
        assert!(page.contains("ABCD") && page.contains("ivm.example, 10.0.0.2"));
        assert!(page.contains("4 May 2026") && !page.contains("ends soon"));
        assert!(shown(1_777_900_000_000).contains("It ends soon"));
        assert!(shown(1_800_000_000_000).contains("It has expired"));
    }
}
