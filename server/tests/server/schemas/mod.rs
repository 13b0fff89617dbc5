//! The OpenAPI document is the truth: every answer that it promises has been seen, and whatever is
//! asked, wisely or not, gets an answer that the document lists, in the shape that it says.

mod as_they_travel;
mod check;
mod generate;
mod whatever_is_asked;
