//! Texts in addresses.

/// A text as it stands in the query of an address.
pub fn escaped(text: &str) -> String {
    js_sys::encode_uri_component(text).into()
}
