const day = 86_400_000;

/** A moment as "2026-03-01 14:05:09" in the zone. */
export function shownTime(d: Date, zone: "local" | "utc"): string {
  const at = zone === "utc" ? d : new Date(d.getTime() - d.getTimezoneOffset() * 60_000);
  return at.toISOString().slice(0, 19).replace("T", " ");
}

/** How long ago, or how soon. */
export function relative(d: Date, now = Date.now()): string {
  const ms = d.getTime() - now;
  const f = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
  const abs = Math.abs(ms);
  if (abs < 60_000) return f.format(Math.round(ms / 1000), "second");
  if (abs < 3_600_000) return f.format(Math.round(ms / 60_000), "minute");
  if (abs < day) return f.format(Math.round(ms / 3_600_000), "hour");
  if (abs < 60 * day) return f.format(Math.round(ms / day), "day");
  return f.format(Math.round(ms / (30 * day)), "month");
}

type Zone = "local" | "utc";
type Parts = readonly [year: number, month: number, day: number, h: number, m: number, s: number, ms: number];

/** A moment as the API writes it. */
export const stored = (d: Date): string => d.toISOString().replace("T", " ");

const inZone = (parts: Parts, zone: Zone): Date => (zone === "utc" ? new Date(Date.UTC(...parts)) : new Date(...parts));

/** A day counted from the one of now, at a time of the clock: days are not all 24 hours long. */
function dayFrom(now: Date, days: number, clock: readonly [number, number, number, number], zone: Zone): Date {
  const [y, m, d] = zone === "utc" ? [now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate()] : [now.getFullYear(), now.getMonth(), now.getDate()];
  return inZone([y, m, d + days, ...clock], zone);
}

const clockOf = (d: Date, zone: Zone) => (zone === "utc" ? ([d.getUTCHours(), d.getUTCMinutes(), d.getUTCSeconds(), d.getUTCMilliseconds()] as const) : ([d.getHours(), d.getMinutes(), d.getSeconds(), d.getMilliseconds()] as const));

/**
 * Reads what people type for a moment: "today 9:00", "tomorrow", "+2d", "-3h", "now", ISO, "2026-03-01",
 * "2026-03-01 14:05". A date without a time is 00:00 in the zone. Nothing is "", junk is undefined.
 */
export function parseTime(text: string, zone: Zone, now = new Date()): string | undefined {
  const s = text.trim().toLowerCase();
  if (!s) return "";
  const d = s === "now" ? now : (shifted(s, zone, now) ?? named(s, zone, now) ?? iso(s, zone));
  return d && !Number.isNaN(d.getTime()) ? stored(d) : undefined;
}

/** "+2d": so much from now. */
function shifted(s: string, zone: Zone, now: Date): Date | undefined {
  const [, by, unit] = /^([+-]\s*\d+)\s*([smhdw])$/.exec(s) ?? [];
  if (!by) return undefined;
  const n = Number(by.replace(/\s/g, ""));
  if (unit === "d" || unit === "w") return dayFrom(now, unit === "w" ? 7 * n : n, clockOf(now, zone), zone);
  return new Date(now.getTime() + n * { s: 1000, m: 60_000, h: 3_600_000 }[unit as "s"]);
}

/** "today 9:00": a day by its name, from its beginning unless a time is named as well. */
function named(s: string, zone: Zone, now: Date): Date | undefined {
  const [, name, h = "0", m = "0"] = /^(today|tomorrow|yesterday)(?:\s+(\d{1,2}):(\d{2}))?$/.exec(s) ?? [];
  if (!name || Number(h) > 23 || Number(m) > 59) return undefined;
  return dayFrom(now, { today: 0, tomorrow: 1, yesterday: -1 }[name as "today"], [Number(h), Number(m), 0, 0], zone);
}

/** A date with or without a time, as ISO writes it or nearly so. A day that no calendar has is none. */
function iso(s: string, zone: Zone): Date | undefined {
  const found = /^(\d{4})-(\d{2})-(\d{2})(?:[t ]\s*(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,3})\d*)?)?)?\s*(z|utc|[+-]\d{2}:?\d{2})?$/.exec(s);
  if (!found) return undefined;
  const [, y, mo, d, h = "0", mi = "0", sec = "0", ms = "0", off] = found;
  const parts: Parts = [Number(y), Number(mo) - 1, Number(d), Number(h), Number(mi), Number(sec), Number(ms.padEnd(3, "0"))];
  const utc = new Date(Date.UTC(...parts));
  if (utc.getUTCMonth() !== parts[1] || utc.getUTCDate() !== parts[2] || parts[3] > 23 || parts[4] > 59 || parts[5] > 59) return undefined;
  if (!off) return inZone(parts, zone);
  if (off === "z" || off === "utc") return utc;
  const min = Number(off.slice(1, 3)) * 60 + Number(off.slice(-2));
  return new Date(utc.getTime() - (off[0] === "-" ? -min : min) * 60_000);
}
