import { SignInForm } from "@/parts/signin";
import { queries } from "@/lib/query";
import { Dialog } from "@/parts/dialog";

/** Asks for the password over the page when the token is refused; what was on the page stays. */
export function Again() {
  return (
    <Dialog open onClose={() => {}} title="Sign in again" about="Your session has ended. Nothing on this page is lost.">
      <SignInForm onDone={() => void queries.invalidateQueries()} />
    </Dialog>
  );
}
