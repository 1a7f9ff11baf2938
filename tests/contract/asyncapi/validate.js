// node validate.js < document: what the official parser has against it, as JSON; [] when nothing.
import { text } from "node:stream/consumers";
import { Parser } from "@asyncapi/parser";

const { diagnostics } = await new Parser().parse(await text(process.stdin));
console.log(JSON.stringify(diagnostics.map(({ code, message, path }) => ({ code, message, path }))));
