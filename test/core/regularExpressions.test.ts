import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Node, Parser } from 'acorn';
import { transformSync } from 'esbuild';
import { analyse } from 'scslre';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..', '..');

interface Found {
  readonly file: string;
  readonly expression: RegExp;
}

/** Every regular expression that is written out in our sources, and each call that makes one of a string. */
function collect(): { readonly literals: readonly Found[]; readonly made: readonly string[] } {
  const literals: Found[] = [];
  const made: string[] = [];
  for (const file of globSync('{core,protocol,server,client,cli}/**/*.ts', { cwd: root })) {
    const { code } = transformSync(readFileSync(join(root, file), 'utf8'), { loader: 'ts', target: 'es2024' });
    walk(Parser.parse(code, { ecmaVersion: 'latest', sourceType: 'module' }), node => {
      const { type, regex, callee } = node as Node & {
        regex?: { pattern: string; flags: string };
        callee?: { name?: string };
      };
      if (type === 'Literal' && regex) literals.push({ file, expression: new RegExp(regex.pattern, regex.flags) });
      if ((type === 'NewExpression' || type === 'CallExpression') && callee?.name === 'RegExp')
        made.push(`${file}: ${code.slice(node.start, node.end)}`);
    });
  }
  return { literals, made };
}

function walk(value: unknown, visit: (node: Node) => void): void {
  if (Array.isArray(value)) for (const item of value) walk(item, visit);
  else if (value !== null && typeof value === 'object') {
    if ('type' in value) visit(value as Node);
    for (const inner of Object.values(value)) walk(inner, visit);
  }
}

const { literals, made } = collect();

describe('regular expressions', () => {
  test('there are some to check', () => {
    expect(literals.length).toBeGreaterThan(200);
  });

  test('none can be made to backtrack more than its input is long', () => {
    const found = literals.flatMap(({ file, expression }) =>
      analyse(expression, { reportTypes: { Move: true, Self: true, Trade: true } }).reports.map(
        ({ type, exponential }) => `${file}: ${expression} ${type}${exponential ? ', exponential' : ''}`,
      ),
    );
    expect(found).toEqual([]);
  });

  test('each is done with long hostile text at once', () => {
    const slow = literals.filter(({ expression }) => {
      const unit = new Set([...expression.source.replace(/\\./g, ''), ...'a0 \n\t-/.:=,"\'$({[<\\']);
      return [...unit].some(character => {
        const started = process.cpuUsage();
        // Twice: the beginning of a match over and over, and such a text with an end that does not match.
        `${character.repeat(20_000)}\u0000`.replace(expression, '');
        `a${character}`.repeat(10_000).replace(expression, '');
        const { user, system } = process.cpuUsage(started);
        return user + system > 100_000;
      });
    });
    expect(slow.map(({ file, expression }) => `${file}: ${expression}`)).toEqual([]);
  });

  test('none is made of a string that comes with a file', () => {
    // Made of our own words, or of a name that was matched by `\w+`.
    expect(made.filter(call => !/words\(|\$\{name\d*\}/.test(call))).toEqual([]);
  });
});
