import { githubValue } from '../../expression/contexts.ts';
import { hole, type Template } from '../../image/template.ts';
import type { ActionAdapter } from '../stepReader.ts';

/** What the program asks GitHub for, or is told, by the words in which people write that. */
const kinds: readonly (readonly [string, RegExp])[] = [
  ['pull_request', /\bpulls\.(?:get|list)\b|\bpayload\.pull_request\b|GET \/repos\/\{owner\}\/\{repo\}\/pulls/],
  ['issue', /\bissues\.get\b|\bpayload\.issue\b/],
];
/** It looks at what the values are like, in a way that is not read here. */
const looks = /\.(?:test|match|matchAll|replace|replaceAll|includes|startsWith)\(/;

/** actions/github-script: outputs that hold what people outside have written, `core.setOutput('branch', pull.data.head.ref)`. */
export const githubScript: ActionAdapter = {
  names: ['actions/github-script'],
  read(step) {
    const script = step.step.with?.entries.get('script')?.value.value ?? '';
    const kind = kinds.find(([, words]) => words.test(script))?.[0];
    if (kind === undefined || looks.test(script)) return { facts: [] };
    const outputs = new Map<string, Template>();
    const seen = new Set<string>();
    for (const call of script.split('setOutput(').slice(1)) {
      const [, name, path] = /^\s*['"]([\w-]+)['"]\s*,\s*[A-Za-z_$][\w$?]*((?:\.[A-Za-z_]\w*\??)+)\s*\)/.exec(call) ?? [];
      if (name === undefined) continue;
      // Written in several ways: none is sure.
      if (seen.has(name)) outputs.delete(name);
      else if (path !== undefined) give(name, field(kind, path.replaceAll('?', '')), outputs, step.step.id?.value ?? '?', step.at);
      seen.add(name);
    }
    return { facts: [], outputs };
  },
};

/** The end of `data.head.ref`, as the event calls it. */
function field(kind: string, path: string): ReturnType<typeof githubValue> | undefined {
  const known = /\.(?:head\.(?:ref|label|sha)|base\.(?:ref|sha)|title|body|number|user\.login)$/.exec(path)?.[0];
  return known === undefined ? undefined : githubValue(['event', kind, ...known.slice(1).split('.')]);
}

function give(
  name: string,
  found: ReturnType<typeof githubValue> | undefined,
  outputs: Map<string, Template>,
  id: string,
  at: Parameters<typeof hole>[2],
): void {
  if (found && found.shape !== 'unknown') outputs.set(name, hole(`steps.${id}.outputs.${name}`, found.shape, at, found.author));
}
