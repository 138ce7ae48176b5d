//! A change of the network that waits to be confirmed: where the pages are now.

use maud::{Markup, html};
use settings::{Ipv4, Ipv6, Network};

use super::frame::{Frame, Tab};

/// The page; `host` is the host and port by which it was asked for.
pub(crate) fn page(frame: &Frame, network: &Network, host: &str) -> Markup {
    let next = next(network, host);
    frame.page(
        Tab::Network,
        "Is the appliance still there?",
        &html! {
            section.card aria-label="What now" data-next=[next.as_deref()] {
                p { "The new settings are in force, on trial. If you can read this page " strong { "after" }
                    " the change and everything works, keep it. If it cut you off, do nothing: the appliance goes back by itself." }
                @match &next {
                    Some(next) => {
                        p { "The pages are now at " a href=(next) { (next) } ". Open them there, log in, and keep the change." }
                    }
                    None => {
                        p.quiet { "Where the appliance gets its address from others, it may have another one now: the front panel shows it." }
                    }
                }
                div.deeds {
                    @if let Some(next) = &next { a.button href=(next) { "Open the new address" } }
                    a.button href="/admin/trial" { "Look again" }
                }
            }
        },
    )
}

/// The address that the pages have now, if it can be told and is another one.
fn next(network: &Network, host: &str) -> Option<String> {
    let address = match (network.ipv4, network.ipv6) {
        (Ipv4::Static(fixed), _) => fixed.address.to_string(),
        (Ipv4::Off, Ipv6::Static(fixed)) => format!("[{}]", fixed.address),
        (Ipv4::Dhcp | Ipv4::Off, _) => return None,
    };
    let (name, port) = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => (name, Some(port)),
        Some(_) | None => (host, None),
    };
    let port =
        port.filter(|port| *port != "443").map(|port| format!(":{port}")).unwrap_or_default();
    (name != address).then(|| format!("https://{address}{port}/admin/trial"))
}

#[cfg(test)]
mod tests {
    use settings::Settings;

    use super::next;

    #[test]
    fn the_new_address_is_told_where_it_is_known() {
        let json = r#"{"format":1,"network":{"ipv4":{"method":"static","address":"10.1.2.3","prefix":24}}}"#;
        let network = Settings::from_json(json).expect("settings").network;
        let told = |host| next(&network, host);
        assert_eq!(told("10.1.2.9:8443").as_deref(), Some("https://10.1.2.3:8443/admin/trial"));
        assert_eq!(told("10.1.2.9").as_deref(), Some("https://10.1.2.3/admin/trial"));
        assert_eq!(told("[fd00::1]").as_deref(), Some("https://10.1.2.3/admin/trial"));
        assert_eq!(told("10.1.2.3"), None);
        assert_eq!(next(&Settings::default().network, "10.1.2.9"), None);
    }
}
