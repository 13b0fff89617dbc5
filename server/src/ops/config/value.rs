//! The few kinds of value a setting can have, each read from plain text and written as TOML.

use std::{net::IpAddr, time::Duration};

/// A kind of value.
pub trait Value: Sized {
    /// What it looks like, for people.
    const KIND: &'static str;
    /// Reads it from the text of a file, a variable or a flag.
    fn read(text: &str) -> Option<Self>;
    /// Writes it as TOML.
    fn show(&self) -> String;
}

macro_rules! whole_numbers {
    ($($type:ty)*) => {$(
        impl Value for $type {
            const KIND: &'static str = "a whole number";
            fn read(text: &str) -> Option<Self> {
                text.trim().parse().ok()
            }
            fn show(&self) -> String {
                self.to_string()
            }
        }
    )*};
}

whole_numbers! { u32 usize }

impl Value for bool {
    const KIND: &'static str = "true or false";
    fn read(text: &str) -> Option<Self> {
        text.trim().parse().ok()
    }
    fn show(&self) -> String {
        self.to_string()
    }
}

impl Value for String {
    const KIND: &'static str = "text";
    fn read(text: &str) -> Option<Self> {
        Some(text.trim().to_owned())
    }
    fn show(&self) -> String {
        format!("{self:?}")
    }
}

impl Value for Duration {
    const KIND: &'static str = "a time like 300ms or 25s";
    fn read(text: &str) -> Option<Self> {
        humantime::parse_duration(text.trim()).ok()
    }
    fn show(&self) -> String {
        format!("{:?}", humantime::format_duration(*self).to_string())
    }
}

macro_rules! lists {
    ($($item:ty, $kind:literal;)*) => {$(
        impl Value for Vec<$item> {
            const KIND: &'static str = $kind;
            fn read(text: &str) -> Option<Self> {
                text.split(',').map(str::trim).filter(|item| !item.is_empty())
                    .map(<$item as ListItem>::read_item).collect()
            }
            fn show(&self) -> String {
                let items: Vec<String> = self.iter().map(ListItem::show_item).collect();
                format!("[{}]", items.join(", "))
            }
        }
    )*};
}

trait ListItem: Sized {
    fn read_item(text: &str) -> Option<Self>;
    fn show_item(&self) -> String;
}

impl ListItem for String {
    fn read_item(text: &str) -> Option<Self> {
        Some(text.to_owned())
    }
    fn show_item(&self) -> String {
        format!("{self:?}")
    }
}

impl ListItem for IpAddr {
    fn read_item(text: &str) -> Option<Self> {
        text.parse().ok()
    }
    fn show_item(&self) -> String {
        format!("{:?}", self.to_string())
    }
}

impl ListItem for Duration {
    fn read_item(text: &str) -> Option<Self> {
        Value::read(text)
    }
    fn show_item(&self) -> String {
        self.show()
    }
}

lists! {
    String, "a list of texts";
    IpAddr, "a list of addresses";
    Duration, "a list of times like 1s, 2s";
}
