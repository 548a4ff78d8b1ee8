import { useState, type ReactNode } from "react";
import { Button } from "@/parts/button";
import { Dialog } from "@/parts/dialog";
import { runTests, type Run, type Tested } from "@/parts/rules/tests";
import { TestResult } from "@/parts/rules/testlist";

interface Asking {
  tests: Tested[];
  answer: (goOn: boolean) => void;
}

/** Runs the tests of rules before something is saved. When one fails, whoever saves decides; the dialog is to be shown. */
export function useTestGuard(): { passes: (run: Run) => Promise<boolean>; dialog: ReactNode } {
  const [asking, ask] = useState<Asking>();
  const passes = async (run: Run): Promise<boolean> => {
    const { failed, tests } = await runTests(run);
    return failed ? new Promise((answer) => ask({ tests, answer })) : true;
  };
  const end = (goOn: boolean) => {
    ask(undefined);
    asking?.answer(goOn);
  };
  const failing = asking?.tests.filter((t) => !t.passed) ?? [];
  const dialog = asking && (
    <Dialog
      open
      onClose={() => end(false)}
      title={`${failing.length} of ${asking.tests.length} ${asking.tests.length === 1 ? "test" : "tests"} would fail`}
      about="Nothing is saved yet. Either what you changed is not what was meant, or the tests no longer are."
      foot={<><Button onClick={() => end(false)}>Cancel</Button><Button look="danger" onClick={() => end(true)}>Save anyway</Button></>}
    >
      <ul aria-label="Tests that would fail" className="flex flex-col gap-2">{failing.map((t) => <li key={t.id}><TestResult test={t} /></li>)}</ul>
    </Dialog>
  );
  return { passes, dialog };
}
