import { useNavigate } from "@tanstack/react-router";
import { useEffect } from "react";
import { useSession } from "@/lib/session";
import { SignInForm } from "@/parts/signin";

/** The way in for superusers. */
export function Page() {
  const { signedIn } = useSession();
  const go = useNavigate();
  const at = location.hash.slice(1);
  useEffect(() => {
    document.title = "Sign in · Holdall";
    if (signedIn && at.startsWith("/login")) void go({ href: "/", replace: true });
  }, [signedIn, at, go]);
  return (
    <main className="flex min-h-full items-center justify-center bg-panel p-4">
      <div className="flex w-full max-w-90 flex-col gap-4 rounded-lg border bg-bg p-6">
        <h1 className="flex items-center gap-2 text-page font-semibold">
          <img src="./icon.svg" alt="" className="size-7" />
          Sign in
        </h1>
        <SignInForm onDone={() => at.startsWith("/login") && void go({ href: "/", replace: true })} />
      </div>
    </main>
  );
}
