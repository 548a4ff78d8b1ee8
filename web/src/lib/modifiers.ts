import { listOf } from "@/fields/kind";
import { same } from "@/lib/same";
import type { Values } from "@/lib/writes";

/** Adds to what a field has, or takes from it: the API has it after the name of the field, as in "views+". */
export type Sign = "+" | "-";

/** What a value becomes when another one is added to it, or taken from it: numbers are counted, lists have each value once. */
export function joined(value: unknown, sign: Sign, part: unknown): unknown {
  if (typeof part === "number") return Number(value) + (sign === "+" ? part : -part);
  const [list, more] = [listOf(value), listOf(part)];
  return sign === "+" ? [...list, ...more.filter((v) => !list.includes(v))] : list.filter((v) => !more.includes(v));
}

/** What a field had before a write made it what it is now: what was seen, as far as nobody else has added to it meanwhile. */
export function valueBefore(name: string, values: Values, seen: unknown, now: unknown): unknown {
  if (Object.hasOwn(values, name)) return seen;
  const sign: Sign = Object.hasOwn(values, `${name}+`) ? "+" : "-";
  const part = values[name + sign];
  return same(joined(seen, sign, part), now) ? seen : joined(now, sign === "+" ? "-" : "+", part);
}
