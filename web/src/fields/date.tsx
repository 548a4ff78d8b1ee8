import { CalendarClock, X } from "lucide-react";
import { useState } from "react";
import type { FieldKind } from "@/fields/kind";
import { prefs, usePrefs } from "@/lib/prefs";
import { parseTime, shownTime } from "@/lib/time";
import { Button, IconButton } from "@/parts/button";
import { TextInput } from "@/parts/input";
import { Moment, TimeText } from "@/parts/small";

/** A stored moment as it is shown and typed in a zone. */
function shown(v: unknown, zone: "local" | "utc"): string {
  const d = new Date(String(v ?? ""));
  return v && !Number.isNaN(d.getTime()) ? shownTime(d, zone) : "";
}

export const date: FieldKind = {
  type: "date",
  word: "Date",
  icon: CalendarClock,
  width: 160,
  inline: "text",
  zero: () => "",
  text: (v) => String(v ?? ""),
  parse: (s) => parseTime(s, prefs().zone),
  Cell: ({ value }) => <Moment value={String(value)} />,
  Editor: function Editor({ field, row, value, onChange, wired, disabled }) {
    const { zone } = usePrefs();
    const [typed, setTyped] = useState<string>();
    const [odd, setOdd] = useState(false);
    // What can be read is the value at once: saving does not wait until the field is left. What cannot changes nothing.
    const type = (text: string) => {
      setTyped(text);
      setOdd(false);
      onChange(parseTime(text, zone) ?? row?.[field.name] ?? "");
    };
    const end = () => {
      const junk = typed !== undefined && parseTime(typed, zone) === undefined;
      setOdd(junk);
      if (!junk) setTyped(undefined);
    };
    const put = (to: unknown) => (setTyped(undefined), setOdd(false), onChange(to));
    return (
      <div>
        <div className="flex items-center gap-1">
          <TextInput
            {...wired}
            className="tabular"
            disabled={disabled}
            placeholder="2026-03-01 14:05, today 9:00, +2d"
            value={typed ?? shown(value, zone)}
            onChange={(e) => type(e.target.value)}
            onBlur={end}
            onKeyDown={(e) => e.key === "Enter" && end()}
          />
          <span className="text-label text-muted">{zone === "utc" ? "UTC" : Intl.DateTimeFormat().resolvedOptions().timeZone}</span>
          {!disabled && <Button look="quiet" onClick={() => put(parseTime("now", zone))}>Now</Button>}
          {!disabled && !!value && <IconButton name="Clear" icon={X} onClick={() => put("")} />}
        </div>
        {odd && <p role="alert" className="text-grid text-danger">This is no time. Try 2026-03-01 14:05, today 9:00 or +2d.</p>}
        {!!value && <p className="text-grid text-muted"><TimeText value={String(value)} /></p>}
      </div>
    );
  },
};

export const autodate: FieldKind = {
  ...date,
  type: "autodate",
  word: "Autodate",
  inline: "panel",
  Editor: ({ value, wired }) => <p id={wired.id} className="flex min-h-8 items-center text-form text-muted">{value ? <TimeText value={String(value)} /> : "The server sets this."}</p>,
};
