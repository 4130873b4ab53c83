import { githubValue } from '../expression/contexts.ts';
import { boundOf, isOneLine } from '../image/checked.ts';
import { commonFact, type Fact, type Facts, fixedSource, noFacts } from '../image/facts.ts';
import { narrowedTo } from '../image/shapeCharacters.ts';
import { alternatives, hole, type Template } from '../image/template.ts';
import { wholeOf } from '../text/patternTree.ts';
import { parseExpression } from '../text/regularExpression.ts';
import { type TextTest, wholeTest } from '../text/textTest.ts';
import type { Environment } from './environment.ts';

/** More checks than a script has. */
const maxChecks = 20;

/**
 * What a script of actions/github-script checks of its environment so that the step fails otherwise:
 * `if (!/^\d+$/.test(process.env.TAG)) core.setFailed(…)`, or `throw`, of a variable or of `context.payload.…`.
 */
export function checkedByScript(script: string, environment: Pick<Environment, 'get'>): Facts {
  if (!/setFailed|\bthrow\b/.test(script)) return noFacts;
  const found = new Map<string, Fact>();
  for (let at = script.indexOf('if (!'), count = 0; at >= 0 && count < maxChecks; at = script.indexOf('if (!', at + 5), count++) {
    // What an earlier branch leaves by is not checked.
    const before = script.slice(0, at);
    if (depthAt(before) !== 0 || /\breturn\b|\btry\b/.test(before)) break;
    const check = readCheck(script.slice(at + 5, at + 1000), before);
    const template = check && valueNamed(check.name, environment);
    const source = template?.length === 1 ? fixedSource(template[0]) : undefined;
    const fact = check && template && factOf(check.test, template);
    if (source !== undefined && fact) found.set(source, fact);
  }
  return found;
}

function valueNamed(name: string, environment: Pick<Environment, 'get'>): Template | undefined {
  if (!name.includes('.')) return environment.get(name);
  const { shape, author, events } = githubValue(name.split('.').slice(1));
  return hole(name, shape, { start: 0, end: 0 }, author, events);
}

/** How many braces are open. */
function depthAt(text: string): number {
  let depth = 0;
  for (const character of text) {
    if (character === '{') depth++;
    else if (character === '}') depth--;
  }
  return depth;
}

interface Check {
  readonly name: string;
  readonly test: TextTest;
}

/** `/^\d+$/.test(tag)) { core.setFailed('…') }`. */
function readCheck(rest: string, before: string): Check | undefined {
  const literal = regexAt(rest);
  const call = literal && /^\.test\(([\w.$]{1,80})\)\)/.exec(rest.slice(literal.end));
  if (!literal || !call?.[1] || !fails(rest.slice(literal.end + call[0].length))) return undefined;
  const pattern = parseExpression(literal.source, 'javascript');
  const name = named(call[1], before);
  return pattern && name !== undefined ? { name, test: wholeTest(wholeOf(pattern), literal.source) } : undefined;
}

/** A regular expression that stands at the start; with `m` its anchors are those of lines. */
function regexAt(text: string): { readonly source: string; readonly end: number } | undefined {
  if (text[0] !== '/') return undefined;
  let inSet = false;
  for (let at = 1; at < text.length && text[at] !== '\n'; at++) {
    const character = text[at];
    if (character === '\\') at++;
    else if (character === '[') inSet = true;
    else if (character === ']') inSet = false;
    else if (character === '/' && !inSet) {
      const flags = /^[a-z]{0,6}/.exec(text.slice(at + 1, at + 8))?.[0] ?? '';
      return /[^su]/.test(flags) ? undefined : { source: text.slice(1, at), end: at + 1 + flags.length };
    }
  }
  return undefined;
}

/** Whether what follows the condition is a failure of the step, whatever else it asks. */
function fails(text: string): boolean {
  const body = text.trimStart();
  const end = body.startsWith('{') ? body.indexOf('}') : body.search(/[;\n]/);
  for (const line of (end < 0 ? body : body.slice(0, end)).replace('{', '').split('\n')) {
    const statement = line.trim();
    if (/^(?:core\.setFailed\(|throw\b)/.test(statement)) return true;
    // What is only said before it does not matter; anything else may be a way around it.
    if (statement !== '' && !/^(?:core\.(?:error|warning|info|notice)|console\.\w+)\(/.test(statement)) return false;
  }
  return false;
}

/** The variable of the environment, or the path of the event, that a name in the script stands for. */
function named(written: string, before: string): string | undefined {
  if (/^process\.env\.\w+$/.test(written)) return written.slice('process.env.'.length);
  if (written.startsWith('context.payload.')) return `github.event.${written.slice('context.payload.'.length)}`;
  if (!/^\w+$/.test(written)) return undefined;
  const lines = before.split('\n').map(line => line.trim());
  for (const line of lines) {
    const [, name, value] = /^(?:const|let|var) (\w{1,60}) = ([\w.]{1,80});?$/.exec(line) ?? [];
    if (name === written && value?.includes('.')) return named(value, '');
    const taken = /^(?:const|let|var) \{ ?([\w, ]{1,200}?) ?\} = process\.env;?$/.exec(line)?.[1];
    if (taken?.split(',').some(one => one.trim() === written)) return written;
  }
  return undefined;
}

function factOf(test: TextTest, template: Template): Fact | undefined {
  const holes = alternatives(template).flatMap(([part, ...more]) => (part?.kind === 'hole' && more.length === 0 ? [part] : []));
  const shapes = holes.map(({ shape }) => narrowedTo(shape, boundOf(test, true, isOneLine(shape))));
  if (holes.length === 0 || shapes.some((shape, index) => shape === holes[index]?.shape)) return undefined;
  return commonFact(shapes.map(shape => ({ shape })));
}
