//! Makers of desk telephones: what a telephone of each says of itself, and what it asks for between
//! being plugged in and its account, in its maker's order. Never tried on real telephones.

/// How a telephone of a maker begins.
#[derive(Clone, Copy, Debug)]
pub struct Maker {
    /// The maker and the model.
    pub name: &'static str,
    /// How the addresses of its cards begin.
    pub card: [u8; 3],
    /// DHCP option 60, and the start of its `User-Agent`.
    pub class: &'static str,
    /// Where DHCP tells it the way to its files, as dhclient names the option.
    pub option: &'static str,
    /// What it makes of what it was told: the address of its folder, or of its first file.
    pub way: Way,
    /// What it asks for.
    pub files: &'static [Ask],
    /// Before its user's name in its own file.
    pub user: Between,
    /// Before its password there.
    pub password: Between,
    /// Where a file without a password says where to come for it.
    pub moved: Option<Between>,
}

/// What stands before a value, and what ends it.
pub type Between = (&'static str, &'static str);

/// How a telephone goes on from what DHCP has told it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// To files in the folder.
    Folder,
    /// To the one file that it was told.
    File,
    /// To files by TFTP on a host.
    Tftp,
}

/// A file that it asks for. `{mac}`, `{MAC}` are its address.
#[derive(Clone, Copy, Debug)]
pub enum Ask {
    /// One that it goes on without.
    Absent(&'static str),
    /// One that says which is the next.
    Leads(&'static str, Between),
    /// The one that says its own account.
    Own(&'static str),
    /// The same, where another has led to.
    Led,
}

/// One of them.
pub const YEALINK: Maker = Maker {
    name: "Yealink T46S",
    card: [0x00, 0x15, 0x65],
    class: "yealink",
    option: "tftp-server-name",
    way: Way::Folder,
    files: &[
        Ask::Absent("{mac}.boot"),
        Ask::Absent("y000000000000.boot"),
        Ask::Absent("y000000000066.cfg"),
        Ask::Own("{mac}.cfg"),
    ],
    user: ("account.1.user_name = ", "\n"),
    password: ("account.1.password = ", "\n"),
    moved: Some(("static.auto_provision.server.url = ", "\n")),
};

/// One of them.
pub const GRANDSTREAM: Maker = Maker {
    name: "Grandstream GXP2170",
    card: [0x00, 0x0b, 0x82],
    class: "Grandstream GXP2170",
    option: "tftp-server-name",
    way: Way::Folder,
    files: &[Ask::Absent("cfg{mac}"), Ask::Own("cfg{mac}.xml")],
    user: ("<P35>", "<"),
    password: ("<P34>", "<"),
    moved: None,
};

/// One of them.
pub const SNOM: Maker = Maker {
    name: "Snom D785",
    card: [0x00, 0x04, 0x13],
    class: "snomD785",
    option: "tftp-server-name",
    way: Way::Folder,
    files: &[Ask::Leads("snomD785-{MAC}.htm", ("<file url=\"", "\"")), Ask::Led],
    user: ("<user_name idx=\"1\" perm=\"R\">", "<"),
    password: ("<user_pass idx=\"1\" perm=\"R\">", "<"),
    moved: Some(("<setting_server perm=\"R\">", "<")),
};

/// One of them.
pub const POLY: Maker = Maker {
    name: "Poly VVX 400",
    card: [0x00, 0x04, 0xf2],
    class: "Polycom-VVX400",
    option: "ivm-160",
    way: Way::Folder,
    files: &[Ask::Leads("{mac}.cfg", ("CONFIG_FILES=\"", "\"")), Ask::Led],
    user: ("reg.1.address=\"", "\""),
    password: ("reg.1.auth.password=\"", "\""),
    moved: None,
};

/// One of them.
pub const CISCO_SPA: Maker = Maker {
    name: "Cisco SPA504G",
    card: [0x00, 0x0e, 0x08],
    class: "Cisco SPA504G",
    option: "tftp-server-name",
    way: Way::File,
    files: &[Ask::Leads("spa504G.cfg", ("<Profile_Rule>", "<")), Ask::Led],
    user: ("<User_ID_1_>", "<"),
    password: ("<Password_1_>", "<"),
    moved: Some(("<Profile_Rule>", "<")),
};

/// One of them.
pub const CISCO: Maker = Maker {
    name: "Cisco 7941G",
    card: [0x00, 0x1b, 0x54],
    class: "Cisco Systems, Inc. IP Phone CP-7941G",
    option: "ivm-150",
    way: Way::Tftp,
    files: &[
        Ask::Absent("CTLSEP{MAC}.tlv"),
        Ask::Absent("ITLSEP{MAC}.tlv"),
        Ask::Absent("ITLFile.tlv"),
        Ask::Own("SEP{MAC}.cnf.xml"),
    ],
    user: ("<authName>", "<"),
    password: ("<authPassword>", "<"),
    moved: None,
};

/// One of them.
pub const FANVIL: Maker = Maker {
    name: "Fanvil X4",
    card: [0x0c, 0x38, 0x3e],
    class: "Fanvil X4",
    option: "tftp-server-name",
    way: Way::File,
    files: &[Ask::Own("{mac}.cfg")],
    user: ("<Register_User>", "<"),
    password: ("<Register_Pswd>", "<"),
    moved: None,
};

/// All of them.
pub const ALL: [Maker; 7] = [YEALINK, GRANDSTREAM, SNOM, POLY, CISCO_SPA, CISCO, FANVIL];

/// The value that stands between, if there is one.
#[must_use]
pub fn value((before, end): Between, text: &str) -> Option<&str> {
    let rest = text.split_once(before)?.1;
    let value = rest.split(end).next()?.trim();
    (!value.is_empty() && value != "%NULL%").then_some(value)
}
