import { MapPin } from "lucide-react";
import { useState } from "react";
import type { FieldKind } from "@/fields/kind";
import { TextInput } from "@/parts/input";

interface Point {
  lon: number;
  lat: number;
}

const shown = (v: unknown): string => {
  const p = v as Point | undefined;
  return p && (p.lat || p.lon) ? `${p.lat}, ${p.lon}` : "";
};

/** Reads "lat, lon", degrees with minutes and seconds, and the addresses of maps that hold "@lat,lon". */
export function readPoint(s: string): Point | undefined {
  const t = s.trim();
  if (!t) return { lon: 0, lat: 0 };
  const plain = /@?(-?\d+(?:\.\d+)?)\s*,\s*(-?\d+(?:\.\d+)?)/.exec(t);
  const dms = [...t.matchAll(/(\d+)°\s*(?:(\d+)['′]\s*)?(?:(\d+(?:\.\d+)?)["″]\s*)?([NSEW])/gi)];
  if (dms.length === 2) {
    const value = (m: RegExpMatchArray) => (Number(m[1]) + Number(m[2] ?? 0) / 60 + Number(m[3] ?? 0) / 3600) * (/[SW]/i.test(m[4]!) ? -1 : 1);
    return within({ lat: value(dms[0]!), lon: value(dms[1]!) });
  }
  return plain ? within({ lat: Number(plain[1]), lon: Number(plain[2]) }) : undefined;
}

const within = (p: Point) => (Math.abs(p.lat) <= 90 && Math.abs(p.lon) <= 180 ? p : undefined);

export const geoPoint: FieldKind = {
  type: "geoPoint",
  word: "Geo point",
  icon: MapPin,
  width: 180,
  inline: "text",
  zero: () => ({ lon: 0, lat: 0 }),
  text: shown,
  parse: readPoint,
  Cell: ({ value }) => <span className="tabular">{shown(value)}</span>,
  Editor: function Editor({ value, onChange, wired, disabled }) {
    const [typed, setTyped] = useState<string>();
    const odd = typed !== undefined && !readPoint(typed);
    return (
      <>
        <TextInput
          {...wired}
          disabled={disabled}
          placeholder="lat, lon"
          value={typed ?? shown(value)}
          aria-invalid={odd || wired["aria-invalid"]}
          onChange={(e) => {
            setTyped(e.target.value);
            const p = readPoint(e.target.value);
            if (p) onChange(p);
          }}
          onBlur={() => !odd && setTyped(undefined)}
        />
        {odd && <p role="alert" className="text-grid text-danger">Latitude and longitude are wanted: 47.5, 19.04.</p>}
      </>
    );
  },
};
