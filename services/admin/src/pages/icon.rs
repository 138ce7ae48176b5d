//! The icons of the pages, drawn in place so that they need no request: 24 x 24, one stroke.

use maud::{Markup, PreEscaped, Render, html};

/// A drawing without words for a screen reader: words stand beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Icon {
    About,
    Again,
    Append,
    Book,
    Clock,
    Copy,
    Delete,
    Disk,
    Down,
    Key,
    List,
    Locked,
    LogOut,
    Menu,
    Network,
    People,
    Phone,
    Shield,
    Status,
    Tick,
    Up,
    Warning,
    Wave,
}

impl Render for Icon {
    fn render(&self) -> Markup {
        html! {
            svg.icon viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.8"
                stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false" {
                (PreEscaped(self.strokes()))
            }
        }
    }
}

impl Icon {
    const fn strokes(self) -> &'static str {
        match self {
            Self::About => "<circle cx='12' cy='12' r='8.5'/><path d='M12 11v5M12 8v.01'/>",
            Self::Book => {
                "<path d='M5 4.5h11a3 3 0 0 1 3 3v12H8a3 3 0 0 1-3-3zM5 16.5a3 3 0 0 1 3-3h11M9 8.5h6'/>"
            }
            Self::Clock => "<circle cx='12' cy='12' r='8.5'/><path d='M12 7v5l3.5 2'/>",
            Self::Disk => {
                "<ellipse cx='12' cy='6' rx='7.5' ry='2.8'/><path d='M4.5 6v12c0 1.5 3.4 2.8 7.5 2.8s7.5-1.3 7.5-2.8V6M4.5 12c0 1.5 3.4 2.8 7.5 2.8s7.5-1.3 7.5-2.8'/>"
            }
            Self::Down => "<path d='M12 4v11M7.5 10.5 12 15l4.5-4.5M5 20h14'/>",
            Self::List => "<path d='M5 6.5h14M5 12h14M5 17.5h9'/>",
            Self::Phone => {
                "<path d='M6.5 4.5h3l1.2 4-2 1.6a12 12 0 0 0 5.2 5.2l1.6-2 4 1.2v3a2 2 0 0 1-2.2 2A16 16 0 0 1 4.5 6.7a2 2 0 0 1 2-2.2z'/>"
            }
            Self::Menu => "<path d='M4 7h16M4 12h16M4 17h16'/>",
            Self::Network => {
                "<rect x='9' y='3.5' width='6' height='5' rx='1.2'/><rect x='3' y='15.5' width='6' height='5' rx='1.2'/><rect x='15' y='15.5' width='6' height='5' rx='1.2'/><path d='M12 8.5V12M6 15.5V12h12v3.5'/>"
            }
            Self::Shield => {
                "<path d='M12 3.5 5 6v5.5c0 4.5 3 7.5 7 9 4-1.5 7-4.5 7-9V6zM9 12l2.200 2.200L15.5 10'/>"
            }
            Self::Tick => "<path d='m5 12.5 4.5 4.5L19 7.5'/>",
            Self::Up => "<path d='M12 16V5M7.5 9.5 12 5l4.5 4.5M5 20h14'/>",
            Self::Again => "<path d='M4 12a8 8 0 1 0 2.6-5.9M4 4v4.5h4.5'/>",
            Self::Append => "<path d='M12 5v14M5 12h14'/>",
            Self::Copy => {
                "<rect x='8.5' y='8.5' width='11.5' height='11.5' rx='2'/><path d='M15.5 8.5V6a2 2 0 0 0-2-2H6a2 2 0 0 0-2 2v7.5a2 2 0 0 0 2 2h2.5'/>"
            }
            Self::Delete => {
                "<path d='M4.5 7h15M9.5 7V4.5h5V7M6.5 7l.9 13h9.2l.9-13M10 11v5.5M14 11v5.5'/>"
            }
            Self::Key => concat!(
                "<circle cx='8' cy='15.5' r='4'/><path d='m11 12.5 8.5-8.5M16 7.5l3 3M",
                "13.5 10l2 2'/>",
            ),
            Self::Locked => concat!(
                "<rect x='5' y='10.5' width='14' height='10' rx='2.2'/><path d='M8",
                " 10.5V8a4 4 0 0 1 8 0v2.5'/>",
            ),
            Self::LogOut => "<path d='M14 4.5H6v15h8M10.5 12H21M17.5 8.5 21 12l-3.5 3.5'/>",
            Self::People => concat!(
                "<circle cx='9' cy='8' r='3.5'/><path d='M2.8 20c.4-4 2.9-6 6.2-6s5.8 ",
                "2 6.2 6M15.5 4.8a3.4 3.4 0 0 1 0 6.4M17.5 14.5c2 .7 3.4 2.6 3.7 5.5'/>",
            ),
            Self::Status => "<path d='M3.5 12.5h4l2.5-7 4 13 2.5-6h4'/>",
            Self::Warning => "<path d='M12 4 2.5 20h19zM12 10v4.5M12 17.3v.01'/>",
            Self::Wave => concat!(
                "<path stroke-width='2.4' d='M3.5 10.4v3.2M7.75 7.6v8.8M12 4v16M16.25 7.6v",
                "8.8M20.5 10.4v3.2'/>",
            ),
        }
    }
}
