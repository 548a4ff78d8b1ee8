import { useState } from "react";
import { Button } from "@/parts/button";
import { box, Checkbox, Field, PasswordInput, Select, TextArea, TextInput } from "@/parts/input";
import { Rates, type RateRule } from "@/parts/settings/rates";
import type { Setting } from "@/parts/settings/table";

/** One setting as it is entered. A secret is shown as set or not, and replaced without the old one being seen. */
export function SettingInput({ setting: s, value, changed, faults, onChange }: { setting: Setting; value: unknown; changed: boolean; faults: Record<string, string>; onChange: (v: unknown) => void }) {
  const [replacing, setReplacing] = useState(false);
  const error = faults[s.path] ?? Object.entries(faults).find(([k]) => s.form !== "rates" && k.startsWith(s.path + "."))?.[1];
  const label = <>{s.label}{changed && <span className="text-warning"> · not saved</span>}</>;
  if (s.form === "flag")
    return (
      <div>
        <Checkbox label={label} checked={!!value} onChange={(e) => onChange(e.target.checked)} />
        {s.help && <p className="pl-6 text-grid text-muted">{s.help}</p>}
        {error && <p role="alert" className="text-grid text-danger">{error}</p>}
      </div>
    );
  if (s.form === "rates") return <Rates label={s.label} rules={(value ?? []) as RateRule[]} faults={faults} at={s.path} onChange={onChange} />;
  const help = [s.unit && `in ${s.unit}`, s.help].filter(Boolean).join("; ") || undefined;
  return (
    <Field label={label} help={help} error={error}>
      {(w) => {
        switch (s.form) {
          case "secret":
            return replacing ? (
              <PasswordInput {...w} autoComplete="off" autoFocus value={String(value ?? "")} onChange={(e) => onChange(e.target.value)} />
            ) : (
              <div className="flex items-center gap-2">
                <span id={w.id} className="text-muted">never shown</span>
                <Button className="h-7!" onClick={() => setReplacing(true)}>Replace</Button>
              </div>
            );
          case "choice":
            return (
              <Select {...w} value={String(value)} onChange={(e) => onChange(typeof value === "boolean" ? e.target.value === "true" : typeof value === "number" ? Number(e.target.value) : e.target.value)}>
                {s.choices!.map((c) => <option key={c.value} value={c.value}>{c.name}</option>)}
              </Select>
            );
          case "words":
            return <TextArea {...w} placeholder="parted by commas" value={((value as string[]) ?? []).join(", ")} onChange={(e) => onChange(e.target.value === "" ? [] : e.target.value.split(/,\s*/))} onBlur={(e) => onChange(e.target.value.split(",").map((t) => t.trim()).filter(Boolean))} />;
          case "colour":
            return <input type="color" {...w} className={`${box} h-8 w-16! p-0.5`} value={String(value || "#0b6e66")} onChange={(e) => onChange(e.target.value)} />;
          case "json":
            return <JSONText wired={w} value={value} onChange={onChange} />;
          default:
            return <TextInput {...w} inputMode={s.form === "number" ? "numeric" : undefined} value={String(value ?? "")} onChange={(e) => onChange(s.form === "number" ? Number(e.target.value.replace(/\D/g, "")) : e.target.value)} />;
        }
      }}
    </Field>
  );
}

function JSONText({ wired, value, onChange }: { wired: { id: string }; value: unknown; onChange: (v: unknown) => void }) {
  const [text, setText] = useState(() => JSON.stringify(value, null, 2));
  const [odd, setOdd] = useState(false);
  return (
    <>
      <TextArea
        {...wired}
        className="font-mono text-grid!"
        aria-invalid={odd || undefined}
        value={text}
        onChange={(e) => {
          setText(e.target.value);
          try {
            onChange(JSON.parse(e.target.value));
            setOdd(false);
          } catch {
            setOdd(true);
          }
        }}
      />
      {odd && <p role="alert" className="text-grid text-danger">This is not JSON yet.</p>}
    </>
  );
}
