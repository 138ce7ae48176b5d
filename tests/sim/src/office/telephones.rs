//! Telephones in the office: made, dialled, lifted, put back.

use gateway::handset::{Call, End, Input};
use message::admin::{Invited, PutStation};
use message::{Object, ObjectId};

use super::Office;
use crate::device::{Device, DeviceId};

impl Office {
    /// A telephone of somebody's, or of nobody's, whose client is on-line.
    ///
    /// # Panics
    /// The server makes no account for it.
    pub fn telephone(&mut self, number: u64, owner: &str) -> DeviceId {
        let id = DeviceId(self.devices.len());
        self.devices.push(Device::telephone_of(id, number));
        self.start(id);
        self.until("it wants a code", |office| office[id].telephone().wants_code);
        let station = PutStation {
            name: format!("phone-{number}"),
            display: format!("Telephone {number}"),
            owner: owner.to_owned(),
            invite: true,
        };
        self.ask_server(&Object::of(ObjectId::BLANK, &station));
        let answer = self.server.admin.last().expect("the server answers its administrator");
        let code = answer.read::<Invited>().expect("the account could be made").code;
        self.tell_telephone(id, Input::Invited(Ok(code)));
        self.until_online(id);
        id
    }

    pub(super) fn telephone_event(&mut self, device: DeviceId, life: u64, input: Input) {
        let now = self.now;
        let device = &mut self.devices[device.0];
        if let (true, Some(telephone)) = (device.life == life, device.telephone_mut()) {
            telephone.tell(input, now);
        }
    }

    pub(super) fn telephone_said(&mut self, device: DeviceId, life: u64, saying: u64) {
        let telephone = self.devices[device.0].telephone_mut();
        if telephone.is_some_and(|telephone| telephone.is_saying(saying)) {
            self.telephone_event(device, life, Input::Said);
        }
    }

    fn tell_telephone(&mut self, device: DeviceId, input: Input) {
        let now = self.now;
        if let Some(telephone) = self.devices[device.0].telephone_mut() {
            telephone.tell(input, now);
        }
        self.settle();
    }

    fn call_of(&self, device: DeviceId) -> Call {
        self[device].telephone().call.expect("it is in a call").0
    }

    /// Somebody dials with it.
    pub fn dial(&mut self, device: DeviceId, to: &str) {
        let now = self.now;
        if let Some(telephone) = self.devices[device.0].telephone_mut() {
            telephone.dial(to, now);
        }
        self.settle();
    }

    /// Presses a key of it.
    pub fn press(&mut self, device: DeviceId, key: char) {
        self.tell_telephone(device, Input::Key(key));
    }

    /// Lifts it, while it rings.
    pub fn lift(&mut self, device: DeviceId) {
        let call = self.call_of(device);
        if let Some(telephone) = self.devices[device.0].telephone_mut() {
            telephone.call = Some((call, true));
        }
        self.tell_telephone(device, Input::Answered(call));
    }

    fn end(&mut self, device: DeviceId, end: End) {
        let call = self.call_of(device);
        self.tell_telephone(device, Input::Ended { call, end });
    }

    /// Hangs up.
    pub fn hang_up(&mut self, device: DeviceId) {
        self.end(device, End::HungUp);
    }

    /// It is gone in the middle of a call; its client goes on.
    pub fn lose(&mut self, device: DeviceId) {
        self.end(device, End::Lost);
    }

    /// Nobody lifts it.
    pub fn unanswered(&mut self, device: DeviceId) {
        self.end(device, End::Unanswered);
    }

    /// May live messages come out of it by themselves?
    pub fn speaks_up(&mut self, device: DeviceId, yes: bool) {
        self.tell_telephone(device, Input::SpeaksUp(yes));
    }
}
