// Makes ../src/staffui/static: one style sheet, one script, fonts, and manifest.json with the names they got.
// A name holds a digest of the content, so that a browser may keep the file for ever.

import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { transform } from "esbuild";
import { compile, NodePackageImporter } from "sass";
import subsetFont from "subset-font";

const here = dirname(fileURLToPath(import.meta.url));
const to = join(here, "..", "src", "staffui", "static");
const making = `${to}.making`;
const require = createRequire(import.meta.url);
const manifest = {};

function write(name, content) {
  const digest = createHash("sha256").update(content).digest("hex").slice(0, 12);
  const hashed = `${name.slice(0, -extname(name).length)}.${digest}${extname(name)}`;
  writeFileSync(join(making, hashed), content);
  manifest[name] = hashed;
  return hashed;
}

function range(first, last) {
  return String.fromCodePoint(...Array.from({ length: last - first + 1 }, (_, n) => first + n));
}

// Which letters each file has, and the range that makes a browser load it.
const PARTS = {
  latin: { letters: range(0x20, 0x7e) + range(0xa0, 0xff) + "ıŒœ–—‘’“”„…•‹›−", range: "U+0-FF,U+131,U+152-153,U+2013-203A,U+2212" },
  "latin-ext": { letters: range(0x100, 0x17f) + "ƏəȘșȚț₼€", range: "U+100-130,U+132-151,U+154-2FF,U+20A0-20BF" },
  cyrillic: { letters: range(0x400, 0x45f) + "ҐґӘә№", range: "U+400-4FF,U+2116" },
};

async function fonts() {
  let faces = "";
  for (const weight of [400, 700]) {
    for (const [part, { letters, range: unicode }] of Object.entries(PARTS)) {
      const source = require.resolve(`@fontsource/noto-sans/files/noto-sans-${part}-${weight}-normal.woff2`);
      const font = await subsetFont(readFileSync(source), letters, { targetFormat: "woff2" });
      const name = write(`noto-sans-${part}-${weight}.woff2`, font);
      faces += `@font-face{font-family:"Noto Sans";font-weight:${weight};font-display:swap;`;
      faces += `src:url(${name}) format("woff2");unicode-range:${unicode}}`;
    }
  }
  return faces;
}

// The same letters in one file a weight, for papers: a PDF is drawn from whole fonts, without ranges.
async function fontsOfPapers() {
  const letters = Object.values(PARTS).map((part) => part.letters).join("");
  write("paper-letters.txt", letters);
  for (const [weight, style] of [[400, "Regular"], [700, "Bold"]]) {
    const source = require.resolve(`@expo-google-fonts/noto-sans/${weight}${style}/NotoSans_${weight}${style}.ttf`);
    write(`paper-${weight}.ttf`, await subsetFont(readFileSync(source), letters, { targetFormat: "truetype" }));
  }
}

rmSync(making, { recursive: true, force: true });
mkdirSync(making, { recursive: true });
const faces = await fonts();
await fontsOfPapers();
const { css } = compile(join(here, "styles", "staff.scss"), { importers: [new NodePackageImporter(here)] });
const minified = await transform(faces + css, { loader: "css", minify: true, target: ["chrome109", "firefox115"] });
write("staff.css", minified.code);
const script = readFileSync(join(here, "staff.js"), "utf8");
write("staff.js", (await transform(script, { minify: true, format: "esm", target: "es2020" })).code);
writeFileSync(join(making, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
rmSync(to, { recursive: true, force: true });
renameSync(making, to);
