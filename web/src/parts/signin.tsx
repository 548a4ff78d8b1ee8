import { useEffect, useState } from "react";
import { pb, problem, type Problem } from "@/lib/pb";
import { Banner } from "@/parts/banner";
import { Field, PasswordInput, TextInput } from "@/parts/input";
import { Button } from "@/parts/plainbutton";

const superusers = () => pb.collection("_superusers");
const forgotten = "#/request-password-reset";

/** The page for those who are not signed in. It stands alone: it needs neither the router nor what shows data. */
export function SignInPage({ onDone }: { onDone: () => void }) {
  const hash = useHash();
  useEffect(() => {
    document.title = "Sign in · Holdall";
  }, []);
  return (
    <main className="flex min-h-full items-center justify-center bg-panel p-4">
      <div className="flex w-full max-w-90 flex-col gap-4 rounded-lg border bg-bg p-6">
        <h1 className="flex items-center gap-2 text-page font-semibold">
          <img src="./icon.svg" alt="" width={28} height={28} />
          {hash === forgotten ? "New password" : "Sign in"}
        </h1>
        {hash === forgotten ? <Forgotten /> : <SignInForm onDone={onDone} />}
      </div>
    </main>
  );
}

function useHash(): string {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const look = () => setHash(location.hash);
    addEventListener("hashchange", look);
    return () => removeEventListener("hashchange", look);
  }, []);
  return hash;
}

/** Work that can be waited for and can fail. */
function useWork(work: () => Promise<void>) {
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<Problem>();
  const run = async () => {
    setBusy(true);
    setFault(undefined);
    await work().catch((err: unknown) => setFault(problem(err)));
    setBusy(false);
  };
  return { busy, fault, run, reset: () => setFault(undefined) };
}

/** Password, then a code when the second factor is on, by the methods that are enabled. */
export function SignInForm({ onDone }: { onDone: () => void }) {
  const [withPassword, setWithPassword] = useState(true);
  const [email, setEmail] = useState((pb.authStore.record?.["email"] as string) ?? "");
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const [second, setSecond] = useState<{ mfaId?: string; otpId: string }>();
  useEffect(() => {
    // Who cannot be asked is asked for a password: the server has the last word.
    superusers().listAuthMethods().then((m) => setWithPassword(m.password.enabled), () => {});
  }, []);
  const enter = useWork(async () => {
    if (second) return void (await superusers().authWithOTP(second.otpId, code.trim(), second.mfaId ? { mfaId: second.mfaId } : {}), onDone());
    if (!withPassword) return setSecond(await superusers().requestOTP(email));
    try {
      await superusers().authWithPassword(email, password);
      onDone();
    } catch (err) {
      const mfaId = (err as { response?: { mfaId?: string } }).response?.mfaId;
      if (!mfaId) throw err;
      setSecond({ mfaId, ...(await superusers().requestOTP(email)) });
    }
  });
  return (
    <form className="flex flex-col gap-3" onSubmit={(e) => (e.preventDefault(), void enter.run())}>
      {enter.fault && <Banner kind="danger">{explain(enter.fault, !!second)}</Banner>}
      <Field label="E-mail">{(w) => <TextInput {...w} type="email" name="email" autoComplete="username" autoFocus={!email} required readOnly={!!second} value={email} onChange={(e) => setEmail(e.target.value)} />}</Field>
      {withPassword && !second && (
        <Field label="Password" aside={<a className="text-grid text-accent underline" href={forgotten}>Forgotten?</a>}>
          {(w) => <PasswordInput {...w} name="password" autoComplete="current-password" required value={password} onChange={(e) => setPassword(e.target.value)} />}
        </Field>
      )}
      {second && (
        <Field label="Code" help={`It was sent to ${email}.`}>
          {(w) => <TextInput {...w} name="code" inputMode="numeric" autoComplete="one-time-code" autoFocus required value={code} onChange={(e) => setCode(e.target.value)} />}
        </Field>
      )}
      <Button type="submit" look="primary" busy={enter.busy}>{second ? "Confirm the code" : withPassword ? "Sign in" : "Send a code"}</Button>
      {second && <Button look="quiet" onClick={() => (setSecond(undefined), setCode(""), enter.reset())}>Begin again</Button>}
    </form>
  );
}

/** Asks for the mail by which a superuser sets a new password. */
function Forgotten() {
  const [email, setEmail] = useState("");
  const [sent, setSent] = useState(false);
  const ask = useWork(async () => {
    await superusers().requestPasswordReset(email);
    setSent(true);
  });
  return (
    <form className="flex flex-col gap-3" onSubmit={(e) => (e.preventDefault(), void ask.run())}>
      {ask.fault && <Banner kind="danger">{explain(ask.fault, false)}</Banner>}
      {sent && <Banner>If there is such a superuser, a mail is on its way to {email}.</Banner>}
      <Field label="E-mail">{(w) => <TextInput {...w} type="email" name="email" autoComplete="username" autoFocus required value={email} onChange={(e) => setEmail(e.target.value)} />}</Field>
      <Button type="submit" look="primary" busy={ask.busy}>Send a mail</Button>
      <a className="text-grid text-accent underline" href="#/login">Back to signing in</a>
    </form>
  );
}

function explain(p: Problem, second: boolean): string {
  if (p.status === 400) return second ? "This code is wrong or has expired." : "The e-mail or the password is wrong.";
  if (p.status === 429) return "Too many tries. Wait a minute, then try again.";
  if (p.status === 403) return `${p.message} If addresses of superusers are bound, run “holdall superuser ips” on the server.`;
  return p.message;
}
