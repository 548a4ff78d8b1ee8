import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { pb, problem } from "@/lib/pb";
import { Button } from "@/parts/button";
import { Field, PasswordInput, TextInput } from "@/parts/input";
import { Banner } from "@/parts/small";

const superusers = () => pb.collection("_superusers");

/** Password, then a code when the second factor is on, by the methods that are enabled. */
export function SignInForm({ onDone }: { onDone: () => void }) {
  const methods = useQuery({ queryKey: ["auth-methods", "_superusers"], queryFn: () => superusers().listAuthMethods(), staleTime: 60_000 });
  const [email, setEmail] = useState((pb.authStore.record?.["email"] as string) ?? "");
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const [second, setSecond] = useState<{ mfaId?: string; otpId: string }>();
  const enter = useMutation({
    mutationFn: async () => {
      if (second) return superusers().authWithOTP(second.otpId, code.trim(), second.mfaId ? { mfaId: second.mfaId } : {});
      if (methods.data?.password.enabled === false) return void setSecond(await superusers().requestOTP(email));
      try {
        return await superusers().authWithPassword(email, password);
      } catch (err) {
        const mfaId = (err as { response?: { mfaId?: string } }).response?.mfaId;
        if (!mfaId) throw err;
        setSecond({ mfaId, ...(await superusers().requestOTP(email)) });
      }
    },
    onSuccess: (answer) => answer && onDone(),
  });
  const withPassword = methods.data?.password.enabled !== false;
  return (
    <form className="flex flex-col gap-3" onSubmit={(e) => (e.preventDefault(), enter.mutate())}>
      {enter.error && <Banner kind="danger">{explain(problem(enter.error), !!second)}</Banner>}
      <Field label="E-mail">{(w) => <TextInput {...w} type="email" name="email" autoComplete="username" autoFocus={!email} required readOnly={!!second} value={email} onChange={(e) => setEmail(e.target.value)} />}</Field>
      {withPassword && !second && (
        <Field label="Password" aside={<a className="text-grid text-accent underline" href="#/request-password-reset">Forgotten?</a>}>
          {(w) => <PasswordInput {...w} name="password" autoComplete="current-password" required value={password} onChange={(e) => setPassword(e.target.value)} />}
        </Field>
      )}
      {second && (
        <Field label="Code" help={`It was sent to ${email}.`}>
          {(w) => <TextInput {...w} name="code" inputMode="numeric" autoComplete="one-time-code" autoFocus required value={code} onChange={(e) => setCode(e.target.value)} />}
        </Field>
      )}
      <Button type="submit" look="primary" busy={enter.isPending}>{second ? "Confirm the code" : withPassword ? "Sign in" : "Send a code"}</Button>
      {second && <Button look="quiet" onClick={() => (setSecond(undefined), setCode(""), enter.reset())}>Begin again</Button>}
    </form>
  );
}

function explain(p: ReturnType<typeof problem>, second: boolean): string {
  if (p.status === 400) return second ? "This code is wrong or has expired." : "The e-mail or the password is wrong.";
  if (p.status === 429) return "Too many tries. Wait a minute, then try again.";
  if (p.status === 403) return `${p.message} If addresses of superusers are bound, run “holdall superuser ips” on the server.`;
  return p.message;
}
