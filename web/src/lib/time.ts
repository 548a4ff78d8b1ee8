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

/**
 * Reads what people type for a moment: "today 9:00", "tomorrow", "+2d", "-3h", "now", ISO, "2026-03-01",
 * "2026-03-01 14:05". A date without a time is 00:00 in the zone. Nothing is "", junk is undefined.
 */
export function parseTime(text: string, zone: "local" | "utc", now = new Date()): string | undefined {
  const s = text.trim().toLowerCase();
  if (!s) return "";
  const stamp = (d: Date) => (Number.isNaN(d.getTime()) ? undefined : d.toISOString().replace("T", " "));
  if (s === "now") return stamp(now);
  const shift = /^([+-])\s*(\d+)\s*([smhdw])$/.exec(s);
  if (shift) {
    const unit = { s: 1000, m: 60_000, h: 3_600_000, d: day, w: 7 * day }[shift[3] as "s"];
    return stamp(new Date(now.getTime() + Number(shift[1] + shift[2]!) * unit));
  }
  const named = /^(today|tomorrow|yesterday)(?:\s+(\d{1,2}):(\d{2}))?$/.exec(s);
  if (named) {
    const at = new Date(now.getTime() + { today: 0, tomorrow: day, yesterday: -day }[named[1] as "today"]);
    const h = Number(named[2] ?? 0);
    const m = Number(named[3] ?? 0);
    if (zone === "utc") at.setUTCHours(h, m, 0, 0);
    else at.setHours(h, m, 0, 0);
    return stamp(at);
  }
  const iso = /^(\d{4})-(\d{2})-(\d{2})(?:[t ](\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,3}))?)?)?\s*(z|[+-]\d{2}:?\d{2})?$/.exec(s);
  if (!iso) return undefined;
  const [, y, mo, d, h = "0", mi = "0", sec = "0", ms = "0", off] = iso;
  const parts = [Number(y), Number(mo) - 1, Number(d), Number(h), Number(mi), Number(sec), Number(ms.padEnd(3, "0"))] as const;
  if (off && off !== "z") {
    const min = Number(off.slice(1, 3)) * 60 + Number(off.slice(-2));
    return stamp(new Date(Date.UTC(...parts) - (off[0] === "-" ? -min : min) * 60_000));
  }
  return stamp(off === "z" || zone === "utc" ? new Date(Date.UTC(...parts)) : new Date(...parts));
}
