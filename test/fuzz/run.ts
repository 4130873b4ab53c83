import { soundFixes, soundLint } from '../core/soundLint.ts';
import { inputs } from './inputs.ts';
import { Random } from './random.ts';

export interface Failure {
  readonly kind: string;
  readonly seed: number;
  readonly message: string;
  /** As short as it could be made. */
  readonly text: string;
}

export interface Outcome {
  readonly runs: number;
  readonly fixes: number;
  readonly failure?: Failure;
}

/** Tries inputs of every kind from `seed` on, for so many milliseconds or until one fails. */
export function fuzz(samples: readonly string[], seed: number, milliseconds: number): Outcome {
  const kinds = Object.entries(inputs(samples));
  const end = performance.now() + milliseconds;
  let fixes = 0;
  for (let runs = 0; ; runs++) {
    if (performance.now() > end) return { runs, fixes };
    const [kind, make] = kinds[runs % kinds.length] as (typeof kinds)[number];
    const text = make(new Random(seed + runs));
    const message = complaint(text, () => {
      fixes++;
    });
    if (message !== undefined) return { runs, fixes, failure: { kind, seed: seed + runs, message, text: shortened(text, message) } };
  }
}

/** What is wrong with the answer to a text, or nothing. */
function complaint(text: string, fixed: () => void = () => undefined): string | undefined {
  try {
    const findings = soundLint(text);
    // Each fix is linted by itself; a hundred of them show nothing that twenty do not.
    for (let count = soundFixes(text, findings, { most: 20, torn: true }); count > 0; count--) fixed();
    return undefined;
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  }
}

/** Leaves out lines as long as the complaint stays of the same kind. */
function shortened(text: string, message: string): string {
  const kind = (said: string | undefined) => said?.replace(/\d+/g, 'N').slice(0, 60);
  let lines = text.split('\n');
  const end = performance.now() + 10_000;
  for (let size = lines.length >> 1; size > 0; size >>= 1) {
    for (let at = 0; at < lines.length && performance.now() < end; ) {
      const fewer = [...lines.slice(0, at), ...lines.slice(at + size)];
      if (kind(complaint(fewer.join('\n'))) === kind(message)) lines = fewer;
      else at += size;
    }
  }
  return lines.join('\n');
}
