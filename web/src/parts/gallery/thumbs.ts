import type { FieldDef } from "@/lib/collections";

/** The size that superusers may ask for of any picture, see docs/reference/files. */
const ours = "400x400";
const always = "100x100";

/** The sides of a size such as "300x200f"; a side of 0 follows the other one, undefined when it is no size. */
function sides(size: string): [number, number] | undefined {
  const m = /^(\d+)x(\d+)[tbf]?$/.exec(size);
  return m ? [Number(m[1]), Number(m[2])] : undefined;
}

/**
 * The thumb that fills a square of so many pixels, but for a quarter, and weighs least: one that the field has for
 * everybody, which caches keep, before the one that superusers may ask for.
 */
export function thumbFor(f: FieldDef, side: number): { size: string; secret: boolean } {
  const known = [always, ...((f["thumbs"] as string[] | undefined) ?? [])].flatMap((size) => {
    const s = sides(size);
    return s ? [{ size, least: Math.min(s[0] || s[1], s[1] || s[0]), fits: size.endsWith("f") }] : [];
  });
  // What is fitted in may be as narrow as one pixel: it does not fill a square.
  const fills = known.filter((k) => k.least * 1.25 >= side && k.least <= 2 * 400 && !k.fits).toSorted((a, b) => a.least - b.least)[0];
  return fills ? { size: fills.size, secret: false } : { size: ours, secret: true };
}
