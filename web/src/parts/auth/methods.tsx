import { Link } from "@tanstack/react-router";
import type { Collection } from "@/lib/collections";
import { signsInUnproved, suitsPrivateSignUp, type AuthOptions } from "@/parts/auth/model";
import { Checkbox, Field, Switch, TextInput } from "@/parts/input";

interface Props {
  collection: Collection;
  options: AuthOptions;
  faults: Record<string, string>;
  onChange: (o: AuthOptions) => void;
}

const digits = (text: string) => Number(text.replace(/\D/g, ""));

/** Fields that can name an account: their values are kept apart by an index. */
function identities(c: Collection): string[] {
  const alone = c.indexes.map((i) => /^CREATE UNIQUE INDEX[\s\S]*\(\s*[`"[]?(\w+)[`"\]]?\s*(?:COLLATE \w+)?\s*\)/i.exec(i)?.[1]).filter((n): n is string => !!n && n !== "tokenKey");
  return [...new Set(["email", ...alone])];
}

/** How people prove who they are: passwords, codes by mail, and both of two. */
export function Methods({ collection: c, options: o, faults, onChange }: Props) {
  const fields = identities(c);
  const toggle = (name: string) => {
    const list = o.passwordAuth.identityFields;
    onChange({ ...o, passwordAuth: { ...o.passwordAuth, identityFields: list.includes(name) ? list.filter((n) => n !== name) : [...list, name] } });
  };
  return (
    <>
      <Section name="Password" on={o.passwordAuth.enabled} fault={faults["passwordAuth"]} onSwitch={(enabled) => onChange({ ...o, passwordAuth: { ...o.passwordAuth, enabled } })}>
        <fieldset>
          <legend className="text-grid font-medium">An account is named by</legend>
          <div className="flex flex-wrap gap-x-4">
            {fields.map((f) => <Checkbox key={f} label={f} checked={o.passwordAuth.identityFields.includes(f)} onChange={() => toggle(f)} />)}
          </div>
          <p className="text-grid text-muted">Other fields join when they are unique.</p>
        </fieldset>
      </Section>
      {c.name !== "_superusers" && <PrivateSignUp collection={c} options={o} faults={faults} onChange={onChange} />}
      <Section name="One-time code by mail" on={o.otp.enabled} fault={faults["otp"]} onSwitch={(enabled) => onChange({ ...o, otp: { ...o.otp, enabled } })}>
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label="Good for" help="in seconds" error={faults["otp.duration"]}>{(w) => <TextInput {...w} inputMode="numeric" value={o.otp.duration} onChange={(e) => onChange({ ...o, otp: { ...o.otp, duration: digits(e.target.value) } })} />}</Field>
          <Field label="Digits" error={faults["otp.length"]}>{(w) => <TextInput {...w} inputMode="numeric" value={o.otp.length} onChange={(e) => onChange({ ...o, otp: { ...o.otp, length: digits(e.target.value) } })} />}</Field>
        </div>
      </Section>
      <Section name="Two factors" on={o.mfa.enabled} fault={faults["mfa"]} about="Two of the methods, one after the other." onSwitch={(enabled) => onChange({ ...o, mfa: { ...o.mfa, enabled } })}>
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label="The second within" help="in seconds" error={faults["mfa.duration"]}>{(w) => <TextInput {...w} inputMode="numeric" value={o.mfa.duration} onChange={(e) => onChange({ ...o, mfa: { ...o.mfa, duration: digits(e.target.value) } })} />}</Field>
          <Field label="For accounts where" optional help="a rule; empty: for all" error={faults["mfa.rule"]}>{(w) => <TextInput {...w} className="font-mono" value={o.mfa.rule} onChange={(e) => onChange({ ...o, mfa: { ...o.mfa, rule: e.target.value } })} />}</Field>
        </div>
      </Section>
      <Section name="Alert of new places" on={o.authAlert.enabled} fault={faults["authAlert"]} about="A mail when an account signs in from where it never has." onSwitch={(enabled) => onChange({ ...o, authAlert: { ...o.authAlert, enabled } })} />
    </>
  );
}

/** Whether signing up tells that an address is taken. */
function PrivateSignUp({ collection: c, options: o, faults, onChange }: Props) {
  const on = o.privateSignUp?.enabled ?? false;
  const known = c["privateSignUp"] as AuthOptions["privateSignUp"];
  return (
    <Section
      name="Private sign-up"
      on={on}
      fault={faults["privateSignUp"]}
      about={`Signing up with an address that is taken is answered as if it were free, and its owner gets a mail: nobody learns who has an account, and forms cannot say so.${!on && suitsPrivateSignUp(c, o) ? " Recommended here, where only the e-mail names an account." : ""}`}
      onSwitch={(enabled) => onChange({ ...o, privateSignUp: enabled || known ? { ...o.privateSignUp, enabled } : undefined })}
    >
      {signsInUnproved(c, o) && (
        <p className="text-muted">
          Accounts sign in by a password before their address is verified, which tells that a sign-up made one. Set the <Link to="/c/$name/rules/$action" params={{ name: c.name, action: "auth" }} className="text-accent underline">rule for signing in</Link> to <code className="font-mono">verified = true</code>.
        </p>
      )}
    </Section>
  );
}

export function Section({ name, on, about, fault, children, onSwitch }: { name: string; on: boolean; about?: string; fault?: string; children?: React.ReactNode; onSwitch: (on: boolean) => void }) {
  return (
    <section aria-label={name} className="flex flex-col gap-3 border-b pb-5">
      <div className="flex items-center gap-3">
        <h3 className="text-form font-semibold">{name}</h3>
        <Switch label={on ? "on" : "off"} checked={on} onChange={onSwitch} />
      </div>
      {about && <p className="text-muted">{about}</p>}
      {fault && <p role="alert" className="text-danger">{fault}</p>}
      {on && children}
    </section>
  );
}

const tokens = [
  ["authToken", "Sessions"],
  ["passwordResetToken", "Links to reset a password"],
  ["verificationToken", "Links to verify an address"],
  ["emailChangeToken", "Links to change an address"],
  ["fileToken", "Tokens for protected files"],
] as const;

/** How long each kind of token is good. */
export function Tokens({ options: o, faults, onChange }: Omit<Props, "collection">) {
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      {tokens.map(([key, label]) => (
        <Field key={key} label={label} help={`in seconds; now ${spell(o[key].duration)}`} error={faults[`${key}.duration`]}>
          {(w) => <TextInput {...w} inputMode="numeric" value={o[key].duration} onChange={(e) => onChange({ ...o, [key]: { ...o[key], duration: digits(e.target.value) } })} />}
        </Field>
      ))}
    </div>
  );
}

function spell(s: number): string {
  for (const [size, unit] of [[86_400, "day"], [3600, "hour"], [60, "minute"]] as const) if (s >= size && s % size === 0) return `${s / size} ${unit}${s === size ? "" : "s"}`;
  return `${s} seconds`;
}
