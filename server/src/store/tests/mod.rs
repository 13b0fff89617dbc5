//! What the store promises as a whole, told by people who do things in it ([`rig`]). What a single
//! function computes stands beside the function.

mod accounts;
mod direct;
mod groups;
mod law;
mod lists;
mod messages;
mod pages;
mod plans;
mod privacy;
mod receipts;
mod rig;
mod search;
mod sessions;
