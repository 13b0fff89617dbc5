//! Where someone comes from and goes back to: a path of this server, and nothing else.

/// Longer ones are nobody's address here.
const PATH_BYTES_MAX: usize = 2000;

/// The text, if it is a path of this server, as browsers read it: not `//host`, not `/\host`, and
/// nothing that they would leave out or turn around.
pub fn own_path(text: &str) -> Option<&str> {
    let is_plain = |byte: u8| byte.is_ascii_graphic() && byte != b'\\';
    let is_own = text.starts_with('/') && !text.starts_with("//");
    (is_own && text.len() <= PATH_BYTES_MAX && text.bytes().all(is_plain)).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_back_never_leads_to_another_site() {
        for own in ["/", "/d/lobby?at=2#m2", "/settings?done=account", "/%2F%2Fevil.example"] {
            assert_eq!(own_path(own), Some(own));
        }
        let long = format!("/{}", "x".repeat(PATH_BYTES_MAX));
        for other in [
            "",
            "d",
            "//evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "https://evil.example/",
            "/\t/evil.example",
            " /",
            "/a b",
            "/\r\nset-cookie: x=y",
            "javascript:alert(1)",
            "/ü",
            &long,
        ] {
            assert_eq!(own_path(other), None, "{other:?}");
        }
    }
}
