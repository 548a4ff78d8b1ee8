import { KeyRound } from "lucide-react";
import type { FieldKind } from "@/fields/kind";
import { Button } from "@/parts/button";
import { PasswordInput } from "@/parts/input";

/** A password that nobody guesses, in letters that nobody mixes up. */
export function makePassword(length = 20): string {
  const letters = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
  return Array.from(crypto.getRandomValues(new Uint32Array(length)), (n) => letters[n % letters.length]).join("");
}

export const password: FieldKind = {
  type: "password",
  word: "Password",
  icon: KeyRound,
  width: 100,
  inline: "panel",
  zero: () => "",
  text: () => "",
  parse: () => undefined,
  Cell: () => "",
  Editor: ({ value, onChange, wired, disabled, row }) => (
    <div className="flex gap-1">
      <div className="flex-1">
        <PasswordInput {...wired} autoComplete="new-password" disabled={disabled} placeholder={row ? "Leave empty to keep it" : undefined} value={String(value ?? "")} onChange={(e) => onChange(e.target.value)} />
      </div>
      {!disabled && <Button look="quiet" onClick={() => onChange(makePassword())}>Make one</Button>}
    </div>
  ),
};
