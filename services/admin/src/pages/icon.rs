//! The icons of the pages, drawn in place so that they need no request: 24 x 24, one stroke.

use maud::{Markup, PreEscaped, Render, html};

/// A drawing without words for a screen reader: words stand beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Icon {
    Again,
    Append,
    Copy,
    Delete,
    Key,
    Locked,
    LogOut,
    People,
    Status,
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
