import { useNavigate } from "@tanstack/react-router";
import { useEffect } from "react";
import { useSession } from "@/lib/session";
import { SignInPage } from "@/parts/signin";

/** The way in for superusers who had been in before: their session is over. */
export function Page() {
  const { signedIn } = useSession();
  const go = useNavigate();
  const at = location.hash.slice(1);
  const done = () => void (/^\/(login|request-password-reset)/.test(at) && go({ href: "/", replace: true }));
  useEffect(() => {
    if (signedIn && at.startsWith("/login")) void go({ href: "/", replace: true });
  }, [signedIn, at, go]);
  return <SignInPage onDone={done} />;
}
