//! Plots as SVG that the server draws: bars or an area over time, with axes, a description for who
//! cannot see them, and the numbers as a table.
//!
//! The drawing is stretched to the room that there is, so only shapes stand in it; what is to be
//! read stands around it as text, which keeps its size on a small screen.

use maud::{Markup, PreEscaped, html};

use super::words;

/// Height of the drawing, in its own units.
const HEIGHT: u64 = 120;
/// Width of one value, in the drawing's own units.
const STEP: u64 = 20;
/// Labels under the drawing, at most.
const LABELS: usize = 5;

/// How values are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Counts of a span: a bar each.
    Bars,
    /// A level over time.
    Area,
}

/// One value and when it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Point {
    /// As under the axis: `14:00`.
    pub(crate) label: String,
    /// The value; none where nothing was measured.
    pub(crate) value: Option<u64>,
}

/// A plot.
pub(crate) struct Plot<'a> {
    /// A word for it that no other plot of the page has.
    pub(crate) name: &'a str,
    /// What it shows.
    pub(crate) title: &'a str,
    /// What the values are, one and many: `message`, `messages`.
    pub(crate) unit: (&'a str, &'a str),
    pub(crate) shape: Shape,
    pub(crate) points: &'a [Point],
}

impl Plot<'_> {
    /// The plot with its table.
    pub(crate) fn markup(&self) -> Markup {
        let top = top(self.points.iter().filter_map(|point| point.value).max().unwrap_or(0));
        let (title, desc) =
            (format!("plot-{}-title", self.name), format!("plot-{}-desc", self.name));
        let view = format!("0 0 {} {HEIGHT}", STEP * self.points.len().max(1) as u64);
        html! {
            figure.plot {
                figcaption { (self.title) }
                div.plot-body {
                    div.plot-y aria-hidden="true" {
                        span { (words::number(top)) } span { (words::number(top / 2)) } span { "0" }
                    }
                    svg.plot-drawing.area[self.shape == Shape::Area] role="img" viewBox=(view)
                        preserveAspectRatio="none" aria-labelledby=(format!("{title} {desc}")) {
                        title id=(title) { (self.title) }
                        desc id=(desc) { (self.description()) }
                        (self.grid())
                        @match self.shape {
                            Shape::Bars => { (self.bars(top)) }
                            Shape::Area => { (self.area(top)) }
                        }
                    }
                    @if !self.points.iter().any(|point| point.value > Some(0)) {
                        span.plot-empty aria-hidden="true" { "Nothing yet" }
                    }
                    div.plot-x aria-hidden="true" { @for label in self.labels() { span { (label) } } }
                }
                (self.table())
            }
        }
    }

    /// What a screen reader says in place of the drawing.
    fn description(&self) -> String {
        let most = self.points.iter().max_by_key(|point| point.value);
        let said = |value: u64| words::count(value, self.unit.0, self.unit.1);
        match most.and_then(|most| Some((most.label.as_str(), most.value?))) {
            None | Some((_, 0)) => "Nothing yet.".to_owned(),
            Some((label, value)) if self.shape == Shape::Bars => {
                let all = self.points.iter().filter_map(|point| point.value).sum();
                format!("{} in all; the most at {label}: {}.", said(all), said(value))
            }
            Some((label, value)) => format!("The most at {label}: {}.", said(value)),
        }
    }

    fn grid(&self) -> Markup {
        let right = STEP * self.points.len().max(1) as u64;
        html! {
            @for y in [0, HEIGHT / 2, HEIGHT] {
                path.plot-line d=(format!("M0 {y}H{right}")) {}
            }
        }
    }

    fn bars(&self, top: u64) -> Markup {
        html! {
            @for (index, point) in self.points.iter().enumerate() {
                @if let Some(value) = point.value.filter(|value| *value > 0) {
                    @let height = height(value, top);
                    rect.plot-bar x=(STEP * index as u64 + 3) y=(HEIGHT - height) width=(STEP - 6) height=(height) {
                        title { (point.label) ": " (words::count(value, self.unit.0, self.unit.1)) }
                    }
                }
            }
        }
    }

    fn area(&self, top: u64) -> Markup {
        let mut line = String::new();
        let right = STEP * self.points.len() as u64;
        for (index, point) in self.points.iter().enumerate() {
            let (left, y) = (STEP * index as u64, HEIGHT - height(point.value.unwrap_or(0), top));
            let start = if index == 0 { "M0 " } else { "V" };
            line.push_str(&format!("{start}{y}H{}", left + STEP));
        }
        html! {
            @if !line.is_empty() {
                path.plot-area d=(PreEscaped(format!("{line}V{HEIGHT}H0z"))) {}
                path.plot-edge d=(PreEscaped(line)) {}
            }
            @if right == 0 { path d="" {} }
        }
    }

    /// Some of the labels, evenly spread, the first and the last among them.
    fn labels(&self) -> Vec<&str> {
        let all = self.points.len();
        if all <= LABELS {
            return self.points.iter().map(|point| point.label.as_str()).collect();
        }
        let at = |index: usize| self.points[index * (all - 1) / (LABELS - 1)].label.as_str();
        (0..LABELS).map(at).collect()
    }

    fn table(&self) -> Markup {
        html! {
            details.note.plot-table {
                summary { span { "As a table" } }
                table.plain {
                    thead { tr { th scope="col" { "Time" } th.number scope="col" { (self.title) } } }
                    tbody {
                        @for point in self.points {
                            tr {
                                th scope="row" { (point.label) }
                                td.number { (point.value.map_or_else(|| "–".to_owned(), words::number)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// How high a value is drawn; something is never nothing.
fn height(value: u64, top: u64) -> u64 {
    let height = u128::from(value) * u128::from(HEIGHT) / u128::from(top.max(1));
    let height = u64::try_from(height).unwrap_or(HEIGHT).min(HEIGHT);
    if value > 0 { height.max(2) } else { 0 }
}

/// The upper end of an axis: a round, even number that is not below the largest value.
fn top(largest: u64) -> u64 {
    let mut power = 1_u64;
    loop {
        for step in [2, 4, 6, 8, 10, 12, 16] {
            let round = power.saturating_mul(step);
            if round >= largest {
                return round;
            }
        }
        power = power.saturating_mul(10);
    }
}

#[cfg(test)]
mod tests {
    use super::{HEIGHT, Plot, Point, Shape, height, top};

    fn plot(shape: Shape, values: &[Option<u64>]) -> String {
        let points: Vec<Point> = values
            .iter()
            .enumerate()
            .map(|(hour, value)| Point { label: format!("{hour}:00"), value: *value })
            .collect();
        let unit = ("message", "messages");
        Plot { name: "m", title: "Messages <an hour>", unit, shape, points: &points }
            .markup()
            .into_string()
    }

    #[test]
    fn axes_end_at_round_even_numbers() {
        let tops = [0, 1, 3, 5, 11, 40, 41, 1_999].map(top);
        assert_eq!(tops, [2, 2, 4, 6, 12, 40, 60, 2_000]);
        assert_eq!(top(u64::MAX), u64::MAX);
        assert_eq!((height(0, 10), height(1, 1_000), height(10, 10)), (0, 2, HEIGHT));
    }

    #[test]
    fn every_value_is_a_bar_and_a_row_of_the_table() {
        let page = plot(Shape::Bars, &[Some(0), Some(1), None, Some(7)]);
        assert_eq!(page.matches("plot-bar").count(), 2);
        assert!(page.contains("8 messages in all; the most at 3:00: 7 messages."));
        assert_eq!(page.matches("<tr>").count(), 5);
        assert!(page.contains("Messages &lt;an hour&gt;") && !page.contains("style="));
    }

    #[test]
    fn nothing_is_drawn_as_nothing_and_said_so() {
        assert!(plot(Shape::Bars, &[]).contains("Nothing yet."));
        let level = plot(Shape::Area, &[Some(2), Some(0)]);
        assert!(
            level.contains("M0 0H20V120H40") && level.contains("The most at 0:00: 2 messages.")
        );
    }
}
