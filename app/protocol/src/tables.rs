//! The tables of the README, made from the declarations they describe. A test of the server keeps
//! the README equal to them.

use std::fmt::Write;

use crate::{ClientFrame, CloseCode, ErrorCode, FrameRow, ServerFrame};

/// Frames in both directions, as Markdown.
pub fn frames() -> String {
    let mut table = String::from("| from | type | what it is for |\n|---|---|---|\n");
    frame_rows(&mut table, "client", ClientFrame::TABLE);
    frame_rows(&mut table, "server", ServerFrame::TABLE);
    table
}

fn frame_rows(table: &mut String, from: &str, rows: &[FrameRow]) {
    for FrameRow { name, about } in rows {
        let _ = writeln!(table, "| {from} | `{name}` | {} |", about.trim());
    }
}

/// Close codes, as Markdown.
pub fn close_codes() -> String {
    let mut table = String::from("| code | why | does the client come back |\n|---|---|---|\n");
    for (FrameRow { name, about }, back) in CloseCode::rows() {
        let _ = writeln!(table, "| {name} | {} | {back} |", about.trim());
    }
    table
}

/// Error codes, as Markdown.
pub fn error_codes() -> String {
    let mut table = String::from("| code | meaning |\n|---|---|\n");
    for (code, about) in ErrorCode::TABLE {
        let _ = writeln!(table, "| `{code}` | {} |", about.trim());
    }
    table
}
