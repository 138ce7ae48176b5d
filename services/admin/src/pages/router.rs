//! What the office's router has to be told, where it gives the addresses: lines to be copied.

use std::net::Ipv4Addr;

use maud::{Markup, html};
use message::lease::{Snippet, Snippets};

use super::frame::{Frame, Tab, away_with_phones};

/// The page; without an answer the DHCP server is away.
pub(crate) fn page(frame: &Frame, found: Option<&Snippets>) -> Markup {
    frame.page(
        Tab::Addresses,
        "For the office's router",
        &html! {
            @match found {
                None => { (away_with_phones("DHCP server")) }
                Some(found) => { (snippets(found)) }
            }
            div.deeds { a.button href="/admin/settings/addresses" { "Back to the addresses" } }
        },
    )
}

fn snippets(found: &Snippets) -> Markup {
    html! {
        section.card aria-labelledby="router" {
            h2 id="router" { "Lead telephones to the appliance" }
            p {
                "Where the office's router gives the addresses, it can tell telephones where their files are, as the "
                "appliance would: each maker's telephones what they read. Copy the lines of the router's program."
            }
            p.hint {
                "Telephones of Yealink, Grandstream, Snom, Fanvil and Panasonic ask by multicast, too, and need none of this "
                "in the appliance's own network."
            }
            @if found.snippets.is_empty() { p.quiet { "The appliance has no address yet." } }
            @else { p.quiet { "The appliance is at " strong.mono { (Ipv4Addr::from_bits(found.address)) } "." } }
            @for one in &found.snippets { (snippet(one)) }
        }
    }
}

fn snippet(one: &Snippet) -> Markup {
    html! {
        details.note {
            summary { span { (one.title) } }
            pre.snippet tabindex="0" role="region" aria-label=(one.title) { (one.text) }
        }
    }
}

#[cfg(test)]
mod tests {
    use message::lease::{Snippet, Snippets};

    use super::page;
    use crate::pages::frame::tests::frame;
    use crate::role::Role;

    #[test]
    fn lines_are_shown_as_they_are_copied() {
        let snippet = Snippet {
            name: "dhcpd".to_owned(),
            title: "ISC dhcpd".to_owned(),
            text: "match if a = \"b\" & <c>;\n".to_owned(),
        };
        let found = Snippets { address: 0x0a00_0001, snippets: vec![snippet] };
        let frame = frame(Role::Administrator);
        let text = page(&frame, Some(&found)).into_string();
        assert!(text.contains("match if a = &quot;b&quot; &amp; &lt;c&gt;;"), "{text}");
        assert!(text.contains("10.0.0.1") && text.contains("ISC dhcpd"));
        let text = page(&frame, Some(&Snippets::default())).into_string();
        assert!(text.contains("no address yet"));
        assert!(page(&frame, None).into_string().contains("DHCP server"));
    }
}
