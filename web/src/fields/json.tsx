import { Braces } from "lucide-react";
import { useState } from "react";
import type { FieldKind } from "@/fields/kind";
import { Button } from "@/parts/button";
import { CodeField } from "@/parts/code/field";
import type { Language } from "@/parts/code/language";

const one = (v: unknown) => (v === undefined ? "" : JSON.stringify(v));

const language: Language = { kind: "json" };

function read(s: string): unknown {
  if (s.trim() === "") return null;
  try {
    return JSON.parse(s);
  } catch {
    return undefined;
  }
}

export const json: FieldKind = {
  type: "json",
  word: "JSON",
  icon: Braces,
  width: 220,
  inline: "text",
  zero: () => null,
  text: one,
  parse: read,
  Cell: ({ value }) => <span className="font-mono">{one(value).slice(0, 256)}</span>,
  Editor: function Editor({ value, onChange, wired, disabled }) {
    const [typed, setTyped] = useState<string>();
    const shown = typed ?? (value === null ? "" : JSON.stringify(value, null, 2));
    const odd = typed !== undefined && read(typed) === undefined;
    return (
      <div>
        <CodeField
          wired={wired}
          language={language}
          disabled={disabled}
          value={shown}
          invalid={odd}
          onChange={(text) => {
            setTyped(text);
            const v = read(text);
            if (v !== undefined) onChange(v);
          }}
          onBlur={() => !odd && setTyped(undefined)}
        />
        <div className="flex items-center justify-between">
          {odd ? <p role="alert" className="text-grid text-danger">This is not JSON yet.</p> : <span />}
          {!disabled && <Button look="quiet" className="h-6! text-grid!" disabled={odd} onClick={() => setTyped(undefined)}>Format</Button>}
        </div>
      </div>
    );
  },
};
