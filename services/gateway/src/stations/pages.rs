//! A page of a telephone's screen: for that telephone alone, for it names people.

use std::net::Ipv4Addr;

use message::station::{AskPhoneFile, Trust, Via};
use message::{ErrorCode, Refusal};
use provision::screen::has_screen;
use provision::{Mac, Maker};

use super::{Answer, Output, Stations, Ticket};
use crate::pages::Page;

impl Stations {
    /// A telephone that is approved, at its place, and shows its token, gets it.
    pub(super) fn ask_page(
        &mut self,
        ticket: Ticket,
        ask: &AskPhoneFile,
        page: Page,
        neighbour: Option<Mac>,
    ) {
        match self.page(ticket, ask, page, neighbour) {
            Some(output) => self.outputs.push_back(output),
            None => {
                let refusal = Refusal::new(ErrorCode::NotFound, "There is no such page for it.");
                self.answer(ticket, Answer::No(refusal));
            }
        }
    }

    fn page(
        &self,
        ticket: Ticket,
        ask: &AskPhoneFile,
        page: Page,
        neighbour: Option<Mac>,
    ) -> Option<Output> {
        let asker = Ipv4Addr::from(ask.asker);
        let mac = neighbour.filter(|mac| self.owner(asker) == Some(*mac))?;
        let kept = self.kept.get(&mac)?;
        let is_its_own = kept.trust == Trust::Approved && kept.token.is(&ask.token);
        let Maker::Known(vendor) = kept.identity.vendor else { return None };
        if !is_its_own || !has_screen(vendor) {
            return None;
        }
        let is_secure = ask.via == Via::Https;
        let folder = self.office.folder(Ipv4Addr::from(ask.ours), &ask.token, is_secure)?;
        let language = self.office.language;
        Some(Output::Page { ticket, mac, page, vendor, folder, language })
    }
}
