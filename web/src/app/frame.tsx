import { Outlet, useRouterState } from "@tanstack/react-router";
import { lazy, Suspense, useEffect } from "react";
import { Shell } from "@/app/shell";
import { useSession } from "@/lib/session";
import { Boundary } from "@/parts/boundary";
import { Skeleton } from "@/parts/states";
import { Toasts } from "@/parts/toast";

const SignIn = lazy(() => import("@/pages/login").then((m) => ({ default: m.Page })));

/** The outermost frame: the sign-in page for guests, the shell for superusers. */
export function Frame() {
  const { signedIn } = useSession();
  const path = useRouterState({ select: (s) => s.location.pathname });
  useEffect(() => {
    document.querySelector("main")?.scrollTo(0, 0);
  }, [path]);
  return (
    <>
      <Suspense fallback={<Skeleton />}>{signedIn && path !== "/login" ? <Shell><Boundary what="This screen"><Outlet /></Boundary></Shell> : <SignIn />}</Suspense>
      <Toasts />
    </>
  );
}
