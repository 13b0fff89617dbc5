//! What the browser knows of languages.

use confab_app::{Category, Language};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::wasm_bindgen_test;

/// The browser knows the plural rules of every language; ours must be the same.
#[wasm_bindgen_test]
fn plural_rules_are_those_of_the_browser() {
    let intl = js_sys::Reflect::get(&js_sys::global(), &"Intl".into()).unwrap();
    let rules: js_sys::Function =
        js_sys::Reflect::get(&intl, &"PluralRules".into()).unwrap().unchecked_into();
    for language in Language::ALL {
        let arguments = js_sys::Array::of1(&language.code().into());
        let rules = js_sys::Reflect::construct(&rules, &arguments).unwrap();
        let select: js_sys::Function =
            js_sys::Reflect::get(&rules, &"select".into()).unwrap().unchecked_into();
        for number in 0..=1_200_u32 {
            let word = select.call1(&rules, &JsValue::from(number)).unwrap().as_string();
            let ours = match language.category(number.into()) {
                Category::One => "one",
                Category::Few => "few",
                Category::Many if language == Language::En => "other",
                Category::Many => "many",
            };
            assert_eq!(word.as_deref(), Some(ours), "{number} in {}", language.name());
        }
    }
}
