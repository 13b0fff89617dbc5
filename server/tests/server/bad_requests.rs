//! Requests that are wrong: each gets a status, a code and a sentence.
