import { useMutation } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import type { Collection } from "@/lib/collections";
import { pb, problem } from "@/lib/pb";
import { mails, mailsOf, type AuthOptions, type Template } from "@/parts/auth/model";
import { Button } from "@/parts/button";
import { CodeField } from "@/parts/code/field";
import type { Language } from "@/parts/code/language";
import { Field, Segmented, TextInput } from "@/parts/input";
import { Preview, type Ground } from "@/parts/preview";

/** The mails: their subject, their body, and how they look. */
export function Templates({ collection: c, options: o, faults, saved, onChange }: { collection: Collection; options: AuthOptions; faults: Record<string, string>; saved: boolean; onChange: (o: AuthOptions) => void }) {
  const [slug, setSlug] = useState(mails[0]!.slug);
  const all = mailsOf(o);
  const mail = all.find((m) => m.slug === slug) ?? mails[0]!;
  const t = mail.get(o);
  const set = (change: Partial<Template>) => onChange(mail.set(o, { ...t, ...change }));
  const words = useMemo(() => ["APP_NAME", "APP_URL", ...c.fields.filter((f) => !f.hidden).map((f) => `RECORD:${f.name}`), ...mail.words], [c, mail]);
  const language = useMemo((): Language => ({ kind: "html", words }), [words]);
  const fault = Object.entries(faults).filter(([k]) => /template/i.test(k));
  return (
    <>
      <Segmented label="Mail" value={mail.slug} onChange={setSlug} options={all.map((m) => ({ value: m.slug, name: m.name }))} />
      {fault.map(([k, v]) => <p key={k} role="alert" className="text-danger">{k}: {v}</p>)}
      <Field label="Subject">{(w) => <TextInput {...w} value={t.subject} onChange={(e) => set({ subject: e.target.value })} />}</Field>
      <Field label="Body, in HTML" help={<>Words in braces are filled in: {["APP_NAME", "APP_URL", "RECORD:name", ...mail.words].map((word) => <code key={word} className="mr-2 font-mono">{`{${word}}`}</code>)}</>}>
        {(w) => <CodeField key={mail.slug} wired={w} className="min-h-48" language={language} value={t.body} onChange={(body) => set({ body })} />}
      </Field>
      <Look template={t} />
      <SendTest collection={c.name} template={mail.test} saved={saved} />
    </>
  );
}

/** How a mail may look, in a frame in which nothing runs. */
function Look({ template: t }: { template: Template }) {
  const [width, setWidth] = useState<"wide" | "narrow">("wide");
  const [ground, setGround] = useState<Ground>("light");
  const sample = t.body.replaceAll("{APP_NAME}", "Your application").replaceAll("{OTP}", "12345678").replaceAll("{ALERT_INFO}", "Firefox on Linux, 203.0.113.7").replace(/\{RECORD:(\w+)\}/g, "$1");
  return (
    <section aria-label="Preview" className="flex flex-col gap-2">
      <div className="flex flex-wrap gap-2">
        <Segmented label="Width" value={width} onChange={setWidth} options={[{ value: "wide", name: "Wide" }, { value: "narrow", name: "Phone" }]} />
        <Segmented label="Ground" value={ground} onChange={setGround} options={[{ value: "light", name: "Light" }, { value: "dark", name: "Dark" }]} />
      </div>
      <Preview title="Preview of the mail" html={sample} ground={ground} width={width === "wide" ? undefined : 375} />
    </section>
  );
}

function SendTest({ collection, template, saved }: { collection: string; template: string; saved: boolean }) {
  const [to, setTo] = useState((pb.authStore.record?.["email"] as string) ?? "");
  const send = useMutation({ mutationFn: () => pb.settings.testEmail(collection, to, template) });
  return (
    <div className="flex flex-wrap items-end gap-2">
      <div className="min-w-60 flex-1"><Field label="Send it as a test to" help={saved ? undefined : "What is saved is sent."}>{(w) => <TextInput {...w} type="email" value={to} onChange={(e) => setTo(e.target.value)} />}</Field></div>
      <Button busy={send.isPending} onClick={() => send.mutate()}>Send</Button>
      {send.error && <p role="alert" className="w-full text-danger">{problem(send.error).message}</p>}
      {send.isSuccess && <p role="status" className="w-full text-success">It was handed over.</p>}
    </div>
  );
}
