// MADE
/** A fact of an event: an id, a code, a date, a number, yes or no, a list of texts, or nothing. */
export type Fact = string | number | boolean | string[] | null;

// MADE HERE

/** The message of a record: `type` is its header `ce_type`, `value` its value. Throws where a field is missing. */
export function read(type: string, value: string): Message {
  if (!(type in NEEDED)) throw new Error("unknown_type");
  const known = type as Message["type"];
  const data = JSON.parse(value) as Record<string, unknown>;
  for (const name of NEEDED[known]) if (data[name] == null) throw new Error(`payload_malformed: ${name}`);
  return { type: known, data } as unknown as Message;
}
