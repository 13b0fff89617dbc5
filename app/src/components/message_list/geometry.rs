//! Where elements stand on the screen.

use web_sys::Element;

/// The row before or after.
pub fn beside(row: Option<Element>, by: i32) -> Option<Element> {
    let row = row?;
    if by < 0 { row.previous_element_sibling() } else { row.next_element_sibling() }
}

/// The upper edge of an element, from the top of the screen.
pub fn top(element: &Element) -> f64 {
    element.get_bounding_client_rect().top()
}

/// The first row that begins below this line; the last one if none does.
pub fn first_below(rows: &Element, edge: f64) -> Option<Element> {
    let rows = rows.children();
    let above =
        partition(rows.length(), |place| rows.item(place).is_some_and(|row| top(&row) < edge));
    rows.item(above).or_else(|| rows.item(above.checked_sub(1)?))
}

/// How many of the first so many this holds for, if it holds for the first ones and not for the rest.
pub fn partition(count: u32, holds: impl Fn(u32) -> bool) -> u32 {
    let (mut low, mut high) = (0, count);
    while low < high {
        let middle = low + (high - low) / 2;
        if holds(middle) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}

/// Brings a row into the middle of the screen.
pub fn center(row: &Element) {
    let options = web_sys::ScrollIntoViewOptions::new();
    options.set_block(web_sys::ScrollLogicalPosition::Center);
    row.scroll_into_view_with_scroll_into_view_options(&options);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_border_is_found_wherever_it_is() {
        for count in 0..20 {
            for border in 0..=count {
                assert_eq!(partition(count, |place| place < border), border);
            }
        }
    }
}
