//! Objects: their fields by name, and the macros that name them.

use std::borrow::Cow;

use super::{Fit, FromJson, Json};

/// An object whose fields are being read. What nobody asks for is passed over: it is the word of a
/// newer server.
#[derive(Clone, Copy, Debug)]
pub struct Object<'a>(&'a [(Cow<'a, str>, Json<'a>)]);

impl<'a> Object<'a> {
    /// The object; an empty one if it is none, which is noted.
    pub fn of(json: &'a Json<'a>, fit: &mut Fit) -> Self {
        match json {
            Json::Object(fields) => Self(fields),
            _ => {
                fit.misfit();
                Self(&[])
            }
        }
    }

    /// All fields, in the order of the text.
    pub fn iter(self) -> impl Iterator<Item = (&'a str, &'a Json<'a>)> {
        self.0.iter().map(|(name, value)| (&**name, value))
    }

    /// What stands under this name.
    pub fn get(self, name: &'static str, fit: &mut Fit) -> Option<&'a Json<'a>> {
        fit.field = name;
        self.iter().find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    /// What stands under this name; `null` if nothing does, which is noted.
    pub fn must(self, name: &'static str, fit: &mut Fit) -> &'a Json<'a> {
        self.get(name, fit).unwrap_or_else(|| {
            fit.misfit();
            &Json::Null
        })
    }

    /// A field that may be missing.
    pub fn may<T: FromJson + Default>(self, name: &'static str, fit: &mut Fit) -> T {
        self.get(name, fit).map(|json| T::from_json(json, fit)).unwrap_or_default()
    }
}

/// Reads and writes a struct as an object: `"nameOnTheWire" => field,` for each field, with
/// `= default` behind it if the field may be missing.
#[macro_export]
macro_rules! json_object {
    ($name:ident { $($wire:literal => $field:ident $(= $default:ident)?,)* }) => {
        impl $crate::json::FromJson for $name {
            fn from_json(json: &$crate::json::Json<'_>, fit: &mut $crate::json::Fit) -> Self {
                let object = $crate::json::Object::of(json, fit);
                Self { $($field: $crate::json_object!(@read object fit $wire $($default)?),)* }
            }
        }

        impl $crate::json::ToJson for $name {
            fn write_json(&self, writer: &mut $crate::json::Writer) {
                writer.open('{');
                $(writer.field($wire, &self.$field);)*
                writer.close('}');
            }
        }
    };
    (@read $object:ident $fit:ident $wire:literal) => {
        $crate::json::FromJson::from_json($object.must($wire, $fit), $fit)
    };
    (@read $object:ident $fit:ident $wire:literal default) => { $object.may($wire, $fit) };
}

/// Reads and writes an enum without data as one of the words it is given.
#[macro_export]
macro_rules! json_words {
    ($name:ident { $($word:literal => $variant:ident,)* }) => {
        impl $name {
            /// The words on the wire.
            const WORDS: &'static [(&'static str, Self)] = &[$(($word, Self::$variant),)*];
        }

        impl $crate::json::FromJson for $name {
            fn from_json(json: &$crate::json::Json<'_>, fit: &mut $crate::json::Fit) -> Self {
                let word = json.text(fit);
                let known = Self::WORDS.iter().find(|(known, _)| *known == word);
                let (_, value) = known.unwrap_or_else(|| {
                    fit.misfit();
                    &Self::WORDS[0]
                });
                *value
            }
        }

        impl $crate::json::ToJson for $name {
            fn write_json(&self, writer: &mut $crate::json::Writer) {
                writer.string(match self { $(Self::$variant => $word,)* });
            }
        }
    };
}

/// Declares the body of a frame or of an answer: `"nameOnTheWire" => field: Type,`, with `= default`
/// behind it if it may be missing. From this one list come the struct, its lean half, its half in
/// serde, and its schema for the docs.
macro_rules! wire {
    ($(
        $(#[$outer:meta])*
        $visible:vis struct $name:ident {
            $($(#[doc = $doc:literal])* $wire:literal => $field:ident: $type:ty $(= $default:ident)?,)*
        }
    )*) => {$(
        $(#[$outer])*
        #[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        $visible struct $name {
            $(
                $(#[doc = $doc])*
                #[cfg_attr(feature = "serde", serde(rename = $wire))]
                #[cfg_attr(feature = "openapi", schema(rename = $wire))]
                $(#[cfg_attr(feature = "serde", serde(
                    $default,
                    skip_serializing_if = "crate::json::ToJson::is_absent"
                ))])?
                pub $field: $type,
            )*
        }

        $crate::json_object!($name { $($wire => $field $(= $default)?,)* });
    )*};
}

/// Declares an enum without data: `"word" => Variant,`. From this one list come the enum, its lean
/// half, its half in serde, and its schema for the docs.
macro_rules! words {
    ($(
        $(#[$outer:meta])*
        $visible:vis enum $name:ident { $($(#[$inner:meta])* $word:literal => $variant:ident,)* }
    )*) => {$(
        $(#[$outer])*
        #[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        $visible enum $name {
            $(
                $(#[$inner])*
                #[cfg_attr(feature = "serde", serde(rename = $word))]
                #[cfg_attr(feature = "openapi", schema(rename = $word))]
                $variant,
            )*
        }

        $crate::json_words!($name { $($word => $variant,)* });
    )*};
}

/// Reads and writes a struct around one value as that value.
macro_rules! json_newtype {
    ($($name:ident),*) => {$(
        impl $crate::json::FromJson for $name {
            fn from_json(json: &$crate::json::Json<'_>, fit: &mut $crate::json::Fit) -> Self {
                Self($crate::json::FromJson::from_json(json, fit))
            }
        }

        impl $crate::json::ToJson for $name {
            fn write_json(&self, writer: &mut $crate::json::Writer) {
                self.0.write_json(writer);
            }
        }
    )*};
}

pub(crate) use {json_newtype, wire, words};
