// Shortens the names by which the WASM and its JavaScript know each other (docs/decisions/009).
//
// wasm-bindgen names each of almost two hundred functions in both files, with a hash that no
// compression can shrink: `__wbg_activeElement_6c30fe7fda33ef51`. Nobody else calls them, so after the
// release build they are called `a`, `b`, … . What the page's own script calls keeps its name.
//
// Usage: node frontend/shorten.mjs <site/pkg> <hash.txt>
//
// The files get the hash of what is in them now, and are compressed anew.

import { createHash } from "node:crypto";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const SECTION_IMPORT = 2;
const SECTION_EXPORT = 7;
const KIND_FUNCTION = 0;
const HEADER_BYTES = 8;
/** What wasm-bindgen has named, by its prefixes. */
const IS_GENERATED = /^(__wb|__externref_|wasm_bindgen__)/;
/** The module that the WASM imports from, as both files write it. */
const MODULE = "./confab_bg.js";

function main(folder, hashFile) {
  if (!hashFile) throw new Error("Usage: node frontend/shorten.mjs <site/pkg> <hash.txt>");
  const [js, wasm] = [found(folder, "js"), found(folder, "wasm")];
  const glue = readFileSync(join(folder, js), "utf8");
  // Twice is as good as once.
  if (!glue.includes(`"${MODULE}"`)) return;
  const names = new Map([[MODULE, "_"]]);
  const module = shortenModule(readFileSync(join(folder, wasm)), names);
  const replace = (file, content) => renew(join(folder, file), content, hashFile);
  const shortened = Buffer.from(shortenGlue(glue, names));
  replace(wasm, module);
  replace(js, shortened);
}

/** The release's file with this extension. */
function found(folder, extension) {
  const name = readdirSync(folder).find((file) => file.startsWith("confab.") && file.endsWith(`.${extension}`));
  if (!name) throw new Error(`There is no .${extension} of a release in ${folder}: bin/test --only release`);
  return name;
}

/** The short name for this one, the same in both files. */
function short(name, names) {
  if (!names.has(name) && IS_GENERATED.test(name)) names.set(name, letters(names.size));
  return names.get(name) ?? name;
}

/** a, b, … z, ba, bb, … */
function letters(number) {
  const last = String.fromCharCode(97 + (number % 26));
  return number < 26 ? last : letters(Math.floor(number / 26)) + last;
}

/** The WASM with short names in its lists of imports and exports; all else is copied. */
function shortenModule(bytes, names) {
  const parts = [bytes.subarray(0, HEADER_BYTES)];
  const reader = new Reader(bytes, HEADER_BYTES);
  while (!reader.isDone()) {
    const id = reader.byte();
    let content = reader.bytes(reader.number());
    if (id === SECTION_IMPORT) content = shortenImports(new Reader(content), names);
    if (id === SECTION_EXPORT) content = shortenExports(new Reader(content), names);
    parts.push(Buffer.from([id]), number(content.length), content);
  }
  return Buffer.concat(parts);
}

function shortenImports(reader, names) {
  const count = reader.number();
  const parts = [number(count)];
  for (let place = 0; place < count; place++) {
    const [from, name, kind] = [reader.text(), reader.text(), reader.byte()];
    if (kind !== KIND_FUNCTION) throw new Error(`${name} is imported, and is no function`);
    parts.push(text(short(from, names)), text(short(name, names)), Buffer.from([kind]), number(reader.number()));
  }
  return Buffer.concat(parts);
}

function shortenExports(reader, names) {
  const count = reader.number();
  const parts = [number(count)];
  for (let place = 0; place < count; place++) {
    const [name, kind] = [reader.text(), reader.byte()];
    parts.push(text(short(name, names)), Buffer.from([kind]), number(reader.number()));
  }
  return Buffer.concat(parts);
}

/** The JavaScript with the same names; each is a property there and nothing else. */
function shortenGlue(glue, names) {
  const known = glue.replace(`"${MODULE}"`, names.get(MODULE));
  return known.replace(/[\w$]+/g, (word) => names.get(word) ?? word);
}

/** Writes a file under the name of its new contents, and what is compressed beside it. */
function renew(before, content, hashFile) {
  const hash = before.split(".").at(-2);
  const now = createHash("sha256").update(content).digest("base64url").slice(0, hash.length);
  for (const ending of ["", ".br", ".gz"]) rmSync(before + ending, { force: true });
  const path = before.replace(hash, now);
  const brotli = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24 };
  writeFileSync(path, content);
  writeFileSync(`${path}.br`, brotliCompressSync(content, { params: brotli }));
  writeFileSync(`${path}.gz`, gzipSync(content, { level: 9 }));
  writeFileSync(hashFile, readFileSync(hashFile, "utf8").replace(hash, now));
}

/** A number as WASM writes it (LEB128). */
function number(value) {
  const bytes = [];
  for (; value > 127; value >>>= 7) bytes.push((value & 127) | 128);
  return Buffer.from([...bytes, value]);
}

function text(value) {
  const bytes = Buffer.from(value);
  return Buffer.concat([number(bytes.length), bytes]);
}

class Reader {
  #bytes;
  #at;

  constructor(bytes, at = 0) {
    this.#bytes = bytes;
    this.#at = at;
  }

  isDone() {
    return this.#at >= this.#bytes.length;
  }

  byte() {
    return this.#bytes[this.#at++];
  }

  bytes(length) {
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  number() {
    let [value, shift, byte] = [0, 0, 128];
    for (; byte & 128; shift += 7) {
      byte = this.byte();
      value |= (byte & 127) << shift;
    }
    return value >>> 0;
  }

  text() {
    return this.bytes(this.number()).toString();
  }
}

main(...process.argv.slice(2));
