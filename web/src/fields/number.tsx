import { Hash } from "lucide-react";
import { useState } from "react";
import type { FieldKind } from "@/fields/kind";
import { TextInput } from "@/parts/input";

/** Reads "12", "-1.5e3" and sums such as "=3*12". */
export function readNumber(s: string): number | undefined {
  const t = s.trim();
  if (t === "") return 0;
  if (t.startsWith("=")) return calculate(t.slice(1));
  const n = Number(t);
  return Number.isFinite(n) ? n : undefined;
}

/** Calculates + - * / and brackets, by descent; nothing of it is run as a program. */
function calculate(s: string): number | undefined {
  const tokens = s.match(/\d+(?:\.\d+)?(?:e[+-]?\d+)?|[-+*/()]/gi) ?? [];
  if (tokens.join("") !== s.replace(/\s/g, "")) return undefined;
  let at = 0;
  const atom = (): number => {
    const t = tokens[at++];
    if (t === "-") return -atom();
    if (t === "(") {
      const v = sum();
      return tokens[at++] === ")" ? v : NaN;
    }
    return Number(t);
  };
  const product = (): number => {
    let v = atom();
    while (tokens[at] === "*" || tokens[at] === "/") v = tokens[at++] === "*" ? v * atom() : v / atom();
    return v;
  };
  const sum = (): number => {
    let v = product();
    while (tokens[at] === "+" || tokens[at] === "-") v = tokens[at++] === "+" ? v + product() : v - product();
    return v;
  };
  const v = sum();
  return at === tokens.length && Number.isFinite(v) ? v : undefined;
}

export const number: FieldKind = {
  type: "number",
  word: "Number",
  icon: Hash,
  width: 120,
  right: true,
  inline: "text",
  zero: () => 0,
  text: (v) => String(v ?? ""),
  parse: readNumber,
  Cell: ({ value }) => <span className="tabular">{String(value ?? "")}</span>,
  Editor: function Editor({ value, onChange, wired, disabled, field }) {
    const [typed, setTyped] = useState<string>();
    const commit = (s: string) => {
      const n = readNumber(s);
      if (n !== undefined) onChange(n);
    };
    const step = (by: number) => (setTyped(undefined), onChange(Number(value ?? 0) + by));
    return (
      <TextInput
        {...wired}
        inputMode="decimal"
        className="tabular"
        disabled={disabled}
        value={typed ?? String(value ?? "")}
        aria-invalid={wired["aria-invalid"] ?? (typed !== undefined && readNumber(typed) === undefined ? true : undefined)}
        onChange={(e) => (setTyped(e.target.value), e.target.value.startsWith("=") || commit(e.target.value))}
        onBlur={() => (typed !== undefined && commit(typed), setTyped(undefined))}
        onKeyDown={(e) => {
          if (e.key !== "ArrowUp" && e.key !== "ArrowDown") return;
          e.preventDefault();
          step((e.key === "ArrowUp" ? 1 : -1) * (field["onlyInt"] || !e.altKey ? 1 : 0.1));
        }}
      />
    );
  },
};
