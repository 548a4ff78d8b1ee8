/** A place on the earth, in degrees. PocketBase has no empty one: 0, 0 stands for it. */
export interface Point {
  lat: number;
  lon: number;
}

export const nowhere: Point = { lon: 0, lat: 0 };

/** Whether a value is a point, and not the empty one. */
export function isPlace(v: unknown): v is Point {
  const p = v as Point | null | undefined;
  return !!p && (!!p.lat || !!p.lon);
}

export const pointText = (v: unknown): string => (isPlace(v) ? `${v.lat}, ${v.lon}` : "");

const number = String.raw`(-?\d+(?:\.\d+)?)`;
const between = String.raw`(?:,|%2C)(?:\s|%20|\+)*`;

/** How the addresses of maps say a place; the pin goes before the middle of the map. */
const addresses = [
  `!3d${number}!4d${number}`,
  `[?&#;](?:q|query|ll|coordinate|destination|daddr|center)=(?:loc:)?${number}${between}${number}`,
  `[?&#]mlat=${number}&mlon=${number}`,
  `@${number},${number}`,
  `[#&]map=[\\d.]+/${number}/${number}`,
  `[?&]cp=${number}(?:~|%7E)${number}`,
  `^geo:${number},${number}`,
].map((s) => new RegExp(s, "i"));

const pair = new RegExp(`^\\(?${number}(?:\\s*[,;]\\s*|\\s+)${number}\\)?$`);

/** Degrees, with minutes and seconds as far as they are said, and the side of the earth. */
const angle = /([NSEW])?\s*(\d+(?:\.\d+)?)\s*[°º]\s*(?:(\d+(?:\.\d+)?)\s*['′’]\s*)?(?:(\d+(?:\.\d+)?)\s*(?:["″”]|''|′′)\s*)?([NSEW])?/gi;

/**
 * Reads "lat, lon", degrees with minutes and seconds, and the addresses of maps. Nothing is the empty point; undefined
 * when it cannot be read.
 */
export function readPoint(s: string): Point | undefined {
  const t = s.trim();
  if (!t) return nowhere;
  if (/^(https?|geo):/i.test(t)) return addresses.map((a) => decimal(a.exec(t))).find((p) => p);
  return decimal(pair.exec(t)) ?? inDegrees([...t.matchAll(angle)]);
}

const decimal = (m: RegExpExecArray | null) => (m ? within({ lat: Number(m[1]), lon: Number(m[2]) }) : undefined);

function inDegrees(angles: RegExpExecArray[]): Point | undefined {
  const found: Partial<Point> = {};
  for (const [, before, degrees, minutes = 0, seconds = 0, after] of angles) {
    const side = (before ?? after ?? "").toUpperCase();
    if (!side) return undefined;
    // To a centimetre: thirds have no end.
    const value = Number((Number(degrees) + Number(minutes) / 60 + Number(seconds) / 3600).toFixed(7));
    found[/[NS]/.test(side) ? "lat" : "lon"] = /[SW]/.test(side) ? -value : value;
  }
  const { lat, lon } = found;
  return angles.length === 2 && lat !== undefined && lon !== undefined ? within({ lat, lon }) : undefined;
}

const within = (p: Point) => (Math.abs(p.lat) <= 90 && Math.abs(p.lon) <= 180 ? p : undefined);
