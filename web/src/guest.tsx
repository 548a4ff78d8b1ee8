import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { SignInPage } from "@/parts/signin";
import "@/style.css";

// What somebody without a token loads: the sign-in page alone. The dashboard comes while the password is typed.
const app = document.getElementById("app")!;
const root = createRoot(app);
const dashboard = () => import("@/app/begin");

async function enter(): Promise<void> {
  if (/^#\/(login|request-password-reset)/.test(location.hash)) history.replaceState(null, "", "#/");
  const { begin } = await dashboard();
  root.unmount();
  await begin(app);
}

app.addEventListener("input", () => void dashboard().catch(() => {}), { once: true });
root.render(
  <StrictMode>
    <SignInPage onDone={() => void enter()} />
  </StrictMode>,
);
