import { useQuery } from "@tanstack/react-query";
import { Copy, Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import type { Collection } from "@/lib/collections";
import { apiBase, pb } from "@/lib/pb";
import { Section } from "@/parts/auth/methods";
import type { AuthOptions, Provider } from "@/parts/auth/model";
import { TestSignIn } from "@/parts/auth/testsignin";
import { Button, IconButton } from "@/parts/button";
import { Field, PasswordInput, Select, TextInput } from "@/parts/input";
import { Popover } from "@/parts/menu";
import { copy } from "@/parts/small";

/** Accounts of others: which providers, and what of a profile goes where. */
export function Providers({ collection: c, options: o, faults, saved, onChange }: { collection: Collection; options: AuthOptions; faults: Record<string, string>; saved: boolean; onChange: (o: AuthOptions) => void }) {
  const known = useQuery({ queryKey: ["oauth2-providers"], queryFn: () => pb.collections.getAllOAuth2Providers(), staleTime: Infinity });
  const [open, setOpen] = useState(!o.oauth2.providers.length);
  const [find, setFind] = useState("");
  const set = (oauth2: Partial<AuthOptions["oauth2"]>) => onChange({ ...o, oauth2: { ...o.oauth2, ...oauth2 } });
  const taken = new Set(o.oauth2.providers.map((p) => p.name));
  const offered = (known.data ?? []).filter((p) => !taken.has(p.name) && `${p.name} ${p.displayName}`.toLowerCase().includes(find.toLowerCase()));
  const add = (name: string | undefined) => {
    if (!name) return;
    setOpen(false);
    setFind("");
    onChange({ ...o, oauth2: { ...o.oauth2, enabled: true, providers: [...o.oauth2.providers, { name, clientId: "", clientSecret: "" }] } });
  };
  const texts = c.fields.filter((f) => ["text", "url", "file", "editor"].includes(f.type) && !f["primaryKey"]).map((f) => f.name);
  return (
    <>
      <div className="flex items-center gap-3">
        <Popover name="Providers" open={open} onOpenChange={setOpen} trigger={<Button icon={Plus}>Provider</Button>}>
          <form className="flex w-64 flex-col gap-2" onSubmit={(e) => (e.preventDefault(), e.stopPropagation(), add(offered[0]?.name))}>
            <TextInput aria-label="Find a provider" placeholder="Find" autoFocus value={find} onChange={(e) => setFind(e.target.value)} />
            <ul className="max-h-72 overflow-auto">
              {offered.map((p) => (
                <li key={p.name}>
                  <button type="button" className="flex min-h-7 w-full items-center gap-2 rounded-sm px-2 text-left hover:bg-hover" onClick={() => add(p.name)}>{p.displayName}</button>
                </li>
              ))}
            </ul>
          </form>
        </Popover>
      </div>
      <Section name="Accounts of others" on={o.oauth2.enabled} fault={faults["oauth2"]} onSwitch={(enabled) => set({ enabled })}>
        <Field label="Address to return to" help="Register it with each provider.">
          {(w) => (
            <div className="flex gap-1">
              <TextInput {...w} readOnly className="font-mono" value={`${apiBase}/api/oauth2-redirect`} />
              <IconButton name="Copy the address" icon={Copy} onClick={() => void copy(`${apiBase}/api/oauth2-redirect`)} />
            </div>
          )}
        </Field>
        {o.oauth2.providers.map((p, i) => (
          <OneProvider
            key={p.name}
            provider={p}
            name={known.data?.find((k) => k.name === p.name)?.displayName ?? p.name}
            faults={Object.fromEntries(Object.entries(faults).filter(([k]) => k.startsWith(`oauth2.providers.${i}.`)).map(([k, v]) => [k.split(".").at(-1)!, v]))}
            collection={c}
            saved={saved}
            onChange={(next) => set({ providers: o.oauth2.providers.map((q, at) => (at === i ? next : q)) })}
            onRemove={() => set({ providers: o.oauth2.providers.filter((_, at) => at !== i) })}
          />
        ))}
        <fieldset className="grid gap-4 sm:grid-cols-2">
          <legend className="pb-1 text-grid font-medium">What of a profile goes where, for new accounts</legend>
          {(["name", "username", "avatarURL", "id"] as const).map((key) => (
            <Field key={key} label={key}>
              {(w) => (
                <Select {...w} value={o.oauth2.mappedFields[key] ?? ""} onChange={(e) => set({ mappedFields: { ...o.oauth2.mappedFields, [key]: e.target.value } })}>
                  <option value="">nowhere</option>
                  {texts.map((t) => <option key={t}>{t}</option>)}
                </Select>
              )}
            </Field>
          ))}
        </fieldset>
      </Section>
    </>
  );
}

function OneProvider({ provider: p, name, faults, collection, saved, onChange, onRemove }: { provider: Provider; name: string; faults: Record<string, string>; collection: Collection; saved: boolean; onChange: (p: Provider) => void; onRemove: () => void }) {
  const isStored = ((collection["oauth2"] as AuthOptions["oauth2"])?.providers ?? []).some((q) => q.name === p.name);
  const [replacing, setReplacing] = useState(!isStored);
  const own = p.name.startsWith("oidc") || ["authURL", "tokenURL", "userInfoURL"].some((k) => p[k]);
  const [more, setMore] = useState(own);
  return (
    <section aria-label={name} className="flex flex-col gap-3 rounded-md border p-3">
      <div className="flex items-center gap-2">
        <h4 className="font-semibold">{name}</h4>
        <div className="ml-auto flex items-center gap-1">
          {isStored && saved && <TestSignIn collection={collection.name} provider={p.name} />}
          <IconButton name={`Remove ${name}`} icon={Trash2} onClick={onRemove} />
        </div>
      </div>
      <div className="grid gap-3 sm:grid-cols-2">
        <Field label="Client id" error={faults["clientId"]}>{(w) => <TextInput {...w} autoFocus={!isStored} autoComplete="off" className="font-mono" value={p.clientId} onChange={(e) => onChange({ ...p, clientId: e.target.value })} />}</Field>
        <Field label="Client secret" error={faults["clientSecret"]}>
          {(w) =>
            replacing ? (
              <PasswordInput {...w} autoComplete="off" value={p.clientSecret ?? ""} onChange={(e) => onChange({ ...p, clientSecret: e.target.value })} />
            ) : (
              <div className="flex items-center gap-2">
                <span id={w.id} className="text-muted">never shown</span>
                <Button className="h-7!" onClick={() => setReplacing(true)}>Replace</Button>
              </div>
            )
          }
        </Field>
        {more &&
          (["displayName", "authURL", "tokenURL", "userInfoURL"] as const).map((k) => (
            <Field key={k} label={{ displayName: "Label of the button", authURL: "Address to sign in at", tokenURL: "Address of tokens", userInfoURL: "Address of the profile" }[k]} optional error={faults[k]}>
              {(w) => <TextInput {...w} value={p[k] ?? ""} onChange={(e) => onChange({ ...p, [k]: e.target.value })} />}
            </Field>
          ))}
      </div>
      {!more && <div><Button look="quiet" className="h-6!" onClick={() => setMore(true)}>Other addresses</Button></div>}
    </section>
  );
}
