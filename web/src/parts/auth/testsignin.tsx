import PocketBase, { BaseAuthStore } from "pocketbase";
import { useState } from "react";
import { apiBase, problem } from "@/lib/pb";
import { Button } from "@/parts/button";
import { Dialog } from "@/parts/dialog";

/**
 * Signs in with the provider in a window, as an application would, and shows what it says. It is a real sign-in: the
 * account is made or linked as the collection's rules have it, which the dialog says before.
 */
export function TestSignIn({ collection, provider }: { collection: string; provider: string }) {
  const [open, setOpen] = useState(false);
  const [busy, setBusy] = useState(false);
  const [said, setSaid] = useState<{ fault?: string; profile?: unknown }>();
  const run = async () => {
    setBusy(true);
    setSaid(undefined);
    const visitor = new PocketBase(apiBase, new BaseAuthStore());
    try {
      const { meta } = await visitor.collection(collection).authWithOAuth2({ provider });
      const profile = Object.entries((meta ?? {}) as Record<string, unknown>).filter(([k]) => !/token/i.test(k));
      setSaid({ profile: Object.fromEntries(profile) });
    } catch (err) {
      setSaid({ fault: problem(err).message });
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <Button className="h-7!" onClick={() => setOpen(true)}>Test</Button>
      <Dialog open={open} onClose={() => setOpen(false)} title={`Sign in with ${provider}`} about="It is a real sign-in, as an application does it: an account may be made or linked." foot={<Button look="primary" busy={busy} onClick={() => void run()}>Sign in in a window</Button>}>
        {said?.fault && <p role="alert" className="text-danger">{said.fault}</p>}
        {said?.profile !== undefined && <pre tabIndex={0} className="overflow-auto rounded-md border bg-panel p-3 font-mono text-grid">{JSON.stringify(said.profile, null, 2)}</pre>}
      </Dialog>
    </>
  );
}
