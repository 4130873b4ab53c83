import { display, literal } from '../image/template.ts';
import type { StepScript } from './scriptUse.ts';

const names = new WeakMap<StepScript, ReadonlySet<string>>();

/**
 * Whether a script runs one of the programs (as named in its commands, with or without a path). Most scripts run few, so a rule asks
 * here before it looks at each command.
 */
export function runsAny(script: StepScript, programs: ReadonlySet<string>): boolean {
  const before = names.get(script);
  const known = before ?? programsOf(script);
  if (!before) names.set(script, known);
  // Scripts run fewer programs than rules ask for.
  for (const program of known) if (programs.has(program)) return true;
  return false;
}

function programsOf({ commands }: StepScript): ReadonlySet<string> {
  const found = new Set<string>();
  for (const { words } of commands) {
    if (!words[0]) continue;
    const path = literal(words[0].template) ?? display(words[0].template);
    found.add(path);
    const slash = path.lastIndexOf('/');
    if (slash >= 0) found.add(path.slice(slash + 1));
  }
  return found;
}
