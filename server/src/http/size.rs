//! Sizes as people read them.

/// Bytes in the largest unit of which there is one, `64 GiB` or `1.5 MiB`, rounded down.
#[must_use]
pub fn in_words(bytes: u64) -> String {
    const UNITS: [&str; 6] = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    let power = bytes.checked_ilog2().unwrap_or(0) / 10;
    let Some(unit) = power.checked_sub(1).and_then(|place| UNITS.get(place as usize)) else {
        return format!("{bytes} bytes");
    };
    let tenths = (u128::from(bytes) * 10) >> (10 * power);
    match tenths % 10 {
        0 => format!("{} {unit}", tenths / 10),
        tenth => format!("{}.{tenth} {unit}", tenths / 10),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_said_in_the_largest_unit() {
        let said = [0, 1_023, 1_024, 1_500_000, 3 << 29, 4 << 30, 64 << 30, u64::MAX].map(in_words);
        assert_eq!(said, ["0 bytes", "1023 bytes", "1 KiB", "1.4 MiB", "1.5 GiB", "4 GiB", "64 GiB", "15.9 EiB"]);
    }
}
