//! Figures of a bucket that are made of several buckets': rolling ones, and trends.

use serde::Serialize;
use utoipa::ToSchema;

/// How what is asked for becomes the figure of a bucket, where it is not the bucket's own. Such figures have no total.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// The figure of several buckets, of which the bucket is the last.
    Rolling(Rolling),
    /// Where the bucket is on the straight line that is nearest to the figures of all complete buckets (least squares).
    Trend,
}

/// Over how many buckets, and what of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Rolling {
    /// How many, the bucket itself included. Those before the range are read too.
    #[schema(minimum = 2, maximum = 366)]
    pub buckets: usize,
    /// What of them; the average unless given.
    pub figure: RollingFigure,
}

/// What a rolling figure is of its buckets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RollingFigure {
    /// Of what adds up, the figure of all of them together over the number of those that the source tells of. Of what does not (ratios,
    /// averages, least and greatest) the figure of all of them together.
    #[default]
    Average,
    /// The figure of all of them together.
    Total,
}

impl Shape {
    /// Buckets before a bucket that its figure is made of.
    pub(crate) fn lead(self) -> usize {
        match self {
            Self::Rolling(rolling) => rolling.buckets - 1,
            Self::Trend => 0,
        }
    }

    /// What it makes of a figure that adds up, or of one that does not, for people.
    pub(super) fn title(self, adds_up: bool) -> String {
        match self {
            Self::Rolling(Rolling { buckets, .. }) if !adds_up => format!("rolling over {buckets}"),
            Self::Rolling(Rolling { buckets, figure: RollingFigure::Average }) => {
                format!("rolling average of {buckets}")
            }
            Self::Rolling(Rolling { buckets, figure: RollingFigure::Total }) => format!("rolling total of {buckets}"),
            Self::Trend => "trend".to_owned(),
        }
    }
}
