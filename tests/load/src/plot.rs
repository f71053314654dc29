//! Draws latency over load as SVG.

use std::path::Path;

use plotters::prelude::*;

use crate::report::{Latency, Point};

type Percentile = (&'static str, RGBColor, fn(&Latency) -> f64);

const LINES: [Percentile; 3] = [
    ("p50", RGBColor(0x1b, 0x7a, 0x43), |latency| latency.p50),
    ("p99", RGBColor(0xb3, 0x5c, 0x00), |latency| latency.p99),
    ("p99.9", RGBColor(0xa0, 0x1c, 0x3f), |latency| latency.p999),
];

/// Draws the curve into `path`.
pub(crate) fn draw(points: &[Point], caption: &str, path: &Path) -> anyhow::Result<()> {
    let most = points.iter().map(|point| point.offered).fold(1.0, f64::max);
    let slowest = points.iter().map(|point| point.latency.p999).fold(1.0, f64::max);
    let area = SVGBackend::new(path, (900, 520)).into_drawing_area();
    area.fill(&WHITE)?;
    let mut chart = ChartBuilder::on(&area)
        .caption(caption, ("sans-serif", 18))
        .margin(16)
        .x_label_area_size(48)
        .y_label_area_size(64)
        .build_cartesian_2d(0.0..most * 1.02, (0.1..slowest * 1.5).log_scale())?;
    chart
        .configure_mesh()
        .x_desc("calls a second, at a fixed rate")
        .y_desc("milliseconds from when the call was due")
        .x_label_formatter(&|rate| format!("{rate:.0}"))
        .draw()?;
    for (name, colour, pick) in LINES {
        let line = points.iter().map(|point| (point.offered, pick(&point.latency).max(0.1)));
        chart
            .draw_series(LineSeries::new(line.clone(), colour.stroke_width(2)))?
            .label(name)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 20, y)], colour.stroke_width(2)));
        chart.draw_series(line.map(|at| Circle::new(at, 3, colour.filled())))?;
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperLeft)
        .background_style(WHITE.mix(0.9))
        .border_style(BLACK.mix(0.3))
        .draw()?;
    area.present()?;
    Ok(())
}
