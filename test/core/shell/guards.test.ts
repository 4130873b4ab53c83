import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Fact } from '../../../core/image/facts.ts';
import type { Shape } from '../../../core/image/shape.ts';
import { alternatives, hole, literal, type Template } from '../../../core/image/template.ts';
import { interpret } from '../../../core/shell/interpret.ts';
import { shellOptions } from '../../../core/shell/options.ts';
import { script } from './script.ts';

// Scripts with right and wrong checks run in bash with hostile values. Whenever the interpreter says that what reaches a use has a shape,
// no value without that shape may have reached it. A longer run: TALLYMAN_GUARDS=20000, another start: TALLYMAN_SEED=7.

const runs = Number(process.env.TALLYMAN_GUARDS ?? 100);
const seed = Number(process.env.TALLYMAN_SEED ?? 20_251_121);

const hostile: readonly string[] = [
  '',
  'abc',
  '5',
  '42',
  'v1.2.3',
  '1.2.3',
  'v1.2.3-rc',
  'prod',
  'a-b.c_d',
  'a/b',
  '0123456789abcdef0123456789abcdef01234567',
  `sha256:${'0a'.repeat(32)}`,
  'a;id',
  '5;id',
  'v1;id',
  '$(id)',
  '`id`',
  '5\n;id',
  ';id\n5',
  '\n5',
  '5\n',
  'abc\n$(id)',
  'a\nb',
  '\n',
  'x,y',
  'a=b',
  'a b',
  ' 5',
  '5 ',
  'é',
  'aé',
  'É',
  '٣',
  '-e',
  '-n',
  '-E',
  '-x',
  '--help',
  '+5',
  '-5',
  '0x10',
  'a[$(id)]',
  'prod = prod -o x',
  '1 -o 1',
  '*',
  '?',
  '[a]',
  'a\\nb',
  '\\',
  '"',
  "'",
  '!',
  '(',
  'match',
  '../x',
  'https://x:y@z/',
  'ABC',
  'a\tb',
  'a\rb',
  'a'.repeat(300),
  `${'b'.repeat(200)};id`,
];

const shapes: Partial<Record<Shape, RegExp>> = {
  integer: /^\d+$/,
  number: /^\s*[+-]?\d+[ \t]*$/,
  sha40: /^[0-9a-f]{40}$/,
  shortSha: /^[0-9a-f]+$/,
  digest: /^sha256:[0-9a-f]{64}$/,
  semver: /^v?\d+\.\d+\.\d+[\w.+-]*$/,
  tagSafe: /^[\w.-]*$/,
  branchTag: /^[\w.-]*$/,
  path: /^[\w./-]*$/,
  plain: /^[\w./:@%+\u0080-\uffff-]*$/,
  gitRef: /^[^\s~^:?*[\\]*$/,
  line: /^[^\n]*$/,
};

function isOfShape(text: string, shape: Shape): boolean {
  // A JavaScript `$` is the end alone; `unknown` and `anything` say nothing.
  return shapes[shape]?.test(text) ?? true;
}

function admits(template: Template, text: string): boolean {
  return alternatives(template).some(form => {
    const known = literal(form);
    if (known !== undefined) return known === text;
    const [only] = form;
    return form.length !== 1 || only?.kind !== 'hole' || isOfShape(text, only.shape);
  });
}

function isTrue(fact: Fact, text: string): boolean {
  return fact.texts ? fact.texts.includes(text) : fact.shape === undefined || isOfShape(text, fact.shape);
}

const expressions = [
  '^[a-z0-9]+$',
  '^[0-9]+$',
  '[0-9]+',
  '^[a-f0-9]{40}$',
  '^v[0-9.]+$',
  '^v[0-9]+',
  '[0-9]$',
  '^a|b$',
  '^(a|b)$',
  '^(prod|staging)$',
  '^[[:alnum:]._-]+$',
  '^[[:digit:]]*$',
  '[^a-z]',
  '[^a-z0-9;]+',
  '^.+$',
  '^[^;]+$',
  '^[A-Za-z0-9][A-Za-z0-9._-]*$',
  '^\\w+$',
  '^[\\.a]+$',
  '^[a\\-z]+$',
  '^$',
  '^-',
  '[;&|]',
  '^[a-z]+(,[a-z]+)*$',
  '^sha256:[a-f0-9]{64}$',
  '^v?[0-9]+\\.[0-9]+\\.[0-9]+(-[a-z]+)?$',
  '^[^[:space:]]+$',
  '^[a-z./-]{1,128}$',
  '[[:space:]]',
];
const globs = [
  '[0-9a-f]*',
  '*[!0-9a-f]*',
  '*[^a-z0-9._-]*',
  'v*',
  '',
  '-*',
  '*',
  '?',
  'prod',
  '[a-z]',
  '*[[:space:]]*',
  '*[!0-9]*|""',
  'a\\*',
  '"*"',
  '*[![:alnum:]]*',
  'v[0-9].[0-9].[0-9]',
  '*,*',
];
const flags = ['-Eq', '-Eqx', '-Eqzx', '-qzE', '-q', '-qx', '-Eqv', '-Eqi', '-Eqxi', '-Fq', '-Fqx', '-Pq', '-Pqzx', '-E'];

const expression = fc.constantFrom(...expressions);
const quoted = (text: string) => `'${text}'`;
const plain = (text: string) => text.replace(/[ ;&|()<>]/g, character => (/[|()]/.test(character) ? character : `\\${character}`));

/** A condition on a variable. */
const single = (variable: string) =>
  fc.oneof(
    expression.map(one => `[[ "$${variable}" =~ ${plain(one)} ]]`),
    expression.map(one => `[[ ! $${variable} =~ ${plain(one)} ]]`),
    expression.map(one => `{ RE=${quoted(one)}; [[ "$${variable}" =~ $RE ]]; }`),
    fc.tuple(fc.constantFrom(...flags), expression).map(([flag, one]) => `grep ${flag} ${quoted(one)} <<< "$${variable}"`),
    fc
      .tuple(fc.constantFrom('echo', "printf '%s'", "printf '%s\\n'", 'echo -n', 'printf'), fc.constantFrom(...flags), expression)
      .map(([print, flag, one]) => `${print} "$${variable}" | grep ${flag} ${quoted(one)}`),
    expression.map(one => `echo $${variable} | grep -Eqx ${quoted(one)}`),
    expression.map(one => `expr "$${variable}" : ${quoted(one)} > /dev/null`),
    fc.constantFrom(...globs).map(glob => `[[ "$${variable}" == ${glob.split('|')[0] || '""'} ]]`),
    fc.constantFrom(
      `[ "$${variable}" -eq "$${variable}" ] 2> /dev/null`,
      `test "$${variable}" -gt 0`,
      `[ $${variable} -ge 5 ]`,
      `[[ "$${variable}" -eq 5 ]]`,
      `[ "$${variable}" = prod ]`,
      `[ $${variable} = prod ]`,
      `[ "$${variable}" != prod ]`,
      `[ -n "$${variable}" ]`,
      `[[ -z $${variable} ]]`,
      'true',
      'false',
    ),
  );
/** Right checks, so that what is done with their outcome matters. */
const right = (variable: string) =>
  fc.constantFrom(
    `[[ "$${variable}" =~ ^[a-z0-9]+$ ]]`,
    `printf '%s' "$${variable}" | grep -Eqzx '[a-z0-9.]+'`,
    `[[ ! "$${variable}" =~ [^a-z0-9_-] ]]`,
    `[ "$${variable}" -eq "$${variable}" ] 2> /dev/null`,
  );
const condition = (variable: string) =>
  fc.oneof(
    { weight: 5, arbitrary: right(variable) },
    { weight: 5, arbitrary: single(variable) },
    { weight: 2, arbitrary: right(variable).map(one => `! ${one}`) },
    { weight: 1, arbitrary: fc.tuple(single(variable), single(variable)).map(([one, other]) => `${one} && ${other}`) },
    { weight: 1, arbitrary: fc.tuple(single(variable), single(variable)).map(([one, other]) => `${one} || ${other}`) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(expression, expression, fc.constantFrom('&&', '||'))
        .map(([one, other, and]) => `[[ "$${variable}" =~ ${plain(one)} ${and} ! "$${variable}" =~ ${plain(other)} ]]`),
    },
  );
const variable = fc.constantFrom('V', 'V', 'V', 'W', 'Z');
const use = fc.constantFrom('docker tag app "$V"', 'docker tag app "$V"', 'docker tag app "$W"');
const refusal = fc.constantFrom(
  'exit 1',
  '{ echo bad; exit 1; }',
  '(exit 1)',
  'echo bad',
  'false',
  'exit',
  'exit 0',
  '{ echo bad >&2; false; }',
  'return 1 2> /dev/null',
  'fail',
);

const guard = fc.oneof(
  variable.chain(name => fc.tuple(condition(name), refusal)).map(([one, end]) => `${one} || ${end}`),
  variable.chain(name => fc.tuple(condition(name), refusal)).map(([one, end]) => `${one} && ${end}`),
  variable.chain(name => fc.tuple(condition(name), refusal)).map(([one, end]) => `if ! { ${one}; }; then\n${end}\nfi`),
  variable.chain(name => fc.tuple(condition(name), refusal)).map(([one, end]) => `if ${one}; then\n${end}\nfi`),
  variable.chain(name => fc.tuple(condition(name), refusal)).map(([one, end]) => `if ${one}; then\n:\nelse\n${end}\nfi`),
  variable.chain(name => fc.tuple(condition(name), use)).map(([one, then]) => `if ${one}; then\n${then}\nfi`),
  variable.chain(name => fc.tuple(condition(name), use)).map(([one, then]) => `${one} && ${then}`),
  variable.chain(condition),
  variable.map(name => `! [[ "$${name}" =~ [^a-z0-9_-] ]]`),
  variable.map(name => `true && ! [[ "$${name}" =~ [^a-z0-9_-] ]]`),
  variable.chain(condition).map(one => `( ${one} )`),
  variable.chain(condition).map(one => `( ${one} || exit 1 )`),
  variable.chain(condition).map(one => `${one} | cat`),
  variable.chain(condition).map(one => `x=$( ${one} || exit 1 )`),
  variable.chain(condition).map(one => `while ! { ${one}; }; do\nexit 1\ndone`),
  fc
    .tuple(variable, fc.constantFrom(...globs), fc.constantFrom(...globs), refusal)
    .map(([name, one, other, end]) => `case "$${name}" in\n${one || '""'}) ;;\n${other || '""'}) ;;\n*) ${end} ;;\nesac`),
  fc
    .tuple(variable, fc.constantFrom(...globs), fc.constantFrom(...globs), refusal)
    .map(([name, one, other, end]) => `case $${name} in\n${one || '""'}|${other || '""'}) ${end} ;;\nesac`),
  fc.tuple(variable, fc.constantFrom(...globs), use).map(([name, one, then]) => `case "$${name}" in ${one || '""'}) ${then} ;; esac`),
  fc
    .tuple(variable, condition('1'), fc.constantFrom('', ' || exit 1', ' || true', ' && true'))
    .map(([name, one, end]) => `ok() { ${one}; }\nok "$${name}"${end}`),
  fc
    .tuple(variable, condition('1'), fc.constantFrom('', ' || exit 1', ' && true', ' || echo bad'))
    .map(([name, one, end]) => `ok() { ${one} || return 1; echo fine; }\nok "$${name}"${end}`),
  fc
    .tuple(variable, condition('t'), fc.constantFrom('exit 1', 'return 1', 'return 0', 'echo bad'))
    .map(([name, one, end]) => `ok() { local t="$1"; if ${one}; then return 0; fi; ${end}; }\nif ! ok "$${name}"; then exit 1; fi`),
  fc.tuple(condition('V'), condition('V')).map(([one, other]) => `${one} && ${other} || exit 1`),
  fc.tuple(condition('V'), condition('V')).map(([one, other]) => `if ${one}; then :; elif ${other}; then :; else exit 1; fi`),
  variable.chain(name => condition(name)).map(one => `for t in a b; do ${one} || exit 1; done`),
  condition('t').map(one => `for t in "$V" "$W"; do ${one} || exit 1; done`),
  use,
);
const step = fc.oneof(
  { weight: 6, arbitrary: guard },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      'set +e',
      'set -e',
      'set -o pipefail',
      'shopt -s nocasematch',
      'ok() { [[ "$1" =~ ^[a-z]+$ ]]; }; ok "$V" && V="$W"',
      'exec 3> /dev/null',
      'if [ -n "${UNSET:-}" ]; then V=5; fi',
      'V="${V:-5}"',
      'W="$V"',
      'Z="$W"',
      'V="$W"',
      'V="x$V"',
      'W="${V//[^a-zA-Z0-9._-]/-}"',
      'W="${V//[^a-z]/}"',
      'W="${V//[^[:alnum:]]/_}"',
      'W="${V/[^a-z]/}"',
      'W=$(echo "$V" | tr -cd \'a-zA-Z0-9._-\')',
      "W=$(printf '%s' \"$V\" | tr -cd 'a-z0-9\\n')",
      "W=$(echo \"$V\" | tr -c 'a-z0-9' '-')",
      'W=$(echo "$V" | sed \'s/[^a-zA-Z0-9._-]/-/g\')',
      'W=$(echo "$V" | sed \'s/[^a-z]/-/\')',
      'W=$(tr -cd \'[:alnum:]\' <<< "$V")',
      'W=$(printf %d "$V" 2> /dev/null || true)',
      'W=$(printf %d "$V")',
      'printf -v W %d "$V" || true',
      'W="${V%%[^0-9]*}"',
      'W="${V,,}"',
      'W="${V:0:7}"',
      'W="${V#v}"',
      'W=$(echo "$V" | head -n1)',
      "trap 'exit 0' EXIT",
      'fail() { echo bad; exit 1; }',
      'fail() { echo bad; return 1; }',
      'W=$(echo "$V" | grep -Eo \'^[a-z]+\' || true)',
      'read -r W <<< "$V"',
    ),
  },
);
const options = fc.constantFrom('', '', 'set +e\n');
const scripts = fc
  .tuple(options, fc.array(step, { minLength: 1, maxLength: 3 }), use)
  .map(([first, steps, last]) => `${first}W=w\nZ=z\nfail() { exit 3; }\n${steps.join('\n')}\n${last}\n`);

interface Outcome {
  readonly script: number;
  readonly value: number;
  readonly line: number;
  readonly text: string;
}

/** Runs all scripts with all values in one bash; what reached `docker`, and (line 0) which script ended with success. */
function inBash(all: readonly string[], shells: readonly string[]): readonly Outcome[] {
  const folder = mkdtempSync(join(tmpdir(), 'guards-'));
  try {
    for (const [index, text] of all.entries()) writeFileSync(join(folder, `${index}.sh`), text);
    const values = hostile.map(text => `$'${[...text].map(one => (/[\w ]/.test(one) ? one : escaped(one))).join('')}'`);
    const driver = [
      'docker() { printf \'%s %s %s %s\\0\' "$S" "$N" "${BASH_LINENO[0]}" "$3" >&9; }',
      'exec 9> report',
      `values=(${values.join(' ')})`,
      `options=(${shells.map(shell => (shell === 'bash' ? 'pipefail' : 'nolog')).join(' ')})`,
      `for ((S = 0; S < ${all.length}; S++)); do`,
      '  body=$(< $S.sh)',
      '  for N in "${!values[@]}"; do',
      '    ( set -e -o "${options[S]}"; V="${values[N]}"; trap - EXIT; . ./$S.sh ) > /dev/null 2>&1 < /dev/null 9>&9',
      '    [ $? -ne 0 ] || printf \'%s %s 0 \\0\' "$S" "$N" >&9',
      '  done',
      'done',
    ].join('\n');
    writeFileSync(join(folder, 'driver.sh'), driver);
    const { status, stderr } = spawnSync('bash', ['driver.sh'], {
      cwd: folder,
      env: { PATH: process.env.PATH, LC_ALL: 'C.UTF-8' },
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    expect(status).toBe(0);
    return readFileSync(join(folder, 'report'), 'utf8')
      .split('\0')
      .filter(entry => entry !== '')
      .map(entry => {
        const [, scriptIndex, value, line, text] = /^(\d+) (\d+) (\d+) ([\s\S]*)$/.exec(entry) ?? [];
        return { script: Number(scriptIndex), value: Number(value), line: Number(line), text: text ?? '' };
      });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function escaped(character: string): string {
  return [...Buffer.from(character)].map(byte => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
}

function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

test(
  'what is called checked was checked: no other value reaches a use',
  () => {
    const all = fc.sample(scripts, { numRuns: runs, seed });
    const shells = all.map((_, index) => (index % 2 === 0 ? 'bash' : ''));
    const at = { start: 0, end: 0 };
    const environment = new Map([['V', hole('inputs.v', 'anything', at, 'stranger')]]);
    const readings = all.map((text, index) => interpret(script(text), environment, shellOptions(shells[index] || undefined)));
    const uses = readings.map(({ commands }) => commands.filter(({ words }) => literal(words[0]?.template ?? []) === 'docker'));
    let checked = 0;
    for (const found of uses)
      for (const { words } of found)
        if (words[3]?.template.some(part => part.kind === 'hole' && part.shape !== 'anything' && part.shape !== 'unknown')) checked++;
    const wrong = inBash(all, shells).flatMap(({ script: index, value, line, text }) => {
      const source = all[index] ?? '';
      const input = hostile[value] ?? '';
      if (line === 0) {
        const fact = readings[index]?.facts.get('inputs.v');
        return !fact || isTrue(fact, input) ? [] : [`${source}\nends well with ${JSON.stringify(input)}: ${JSON.stringify(fact)}`];
      }
      const here = (uses[index] ?? []).filter(({ span }) => lineOf(source, span.start) === line);
      if (here.length === 0 || here.some(({ words }) => admits(words[3]?.template ?? [], text))) return [];
      const shown = here.map(({ words }) => words[3]?.template.map(part => (part.kind === 'hole' ? part.shape : part.kind)).join());
      return [`${source}\nline ${line} gets ${JSON.stringify(text)} from ${JSON.stringify(input)}: ${shown.join(' or ')}`];
    });
    expect(wrong.slice(0, 8).join('\n----\n')).toBe('');
    // The test would be idle if nothing were ever understood.
    expect(checked).toBeGreaterThan(runs / 8);
  },
  Number.POSITIVE_INFINITY,
);
