import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Shape } from '../../../core/image/shape.ts';
import { alternatives, derived, display, hole, type Template } from '../../../core/image/template.ts';
import { interpret } from '../../../core/shell/interpret.ts';
import { script } from './script.ts';

// Whatever bash writes to the outputs of a script, the Template that the interpreter gives for it must admit: bash is the judge.

const at = { start: 0, end: 0 };
/** What the interpreter does not know of the environment, and what it is for bash. */
const environment: Readonly<Record<string, readonly [Shape | 'known', string]>> = {
  K: ['known', 'v1.2.3'],
  REF: ['gitRef', 'feature/some.thing'],
  SHA: ['sha40', '0123456789abcdef0123456789abcdef01234567'],
  U: ['unknown', 'some thing'],
};

const shapes: Partial<Record<Shape, string>> = {
  integer: '-?\\d+',
  sha40: '[0-9a-f]{40}',
  shortSha: '[0-9a-f]{1,40}',
  gitRef: '[^\\s:]*',
  branchTag: '[\\w.-]*',
  tagSafe: '[\\w.-]*',
};

function admits(template: Template, value: string): boolean {
  return alternatives(template).some(form => {
    const pattern = form.map(part =>
      part.kind === 'text'
        ? part.text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
        : part.kind === 'hole'
          ? (shapes[part.shape] ?? '[\\s\\S]*')
          : '',
    );
    return new RegExp(`^${pattern.join('')}$`).test(value);
  });
}

const name = fc.constantFrom('A', 'B', 'C');
const known = fc.constantFrom('A', 'B', 'C', 'K', 'REF', 'SHA', 'U', '1');
const text = fc.constantFrom('a', 'v1.2', 'x/y/z', 'main', 'Foo-Bar', 'refs/heads/x', '7', 'a.b.c', 'one two');
const operations = [
  ':-d',
  '-d',
  ':+e',
  '#v',
  '#*/',
  '##*/',
  '%.*',
  '%%/*',
  '%%.*',
  ':0:2',
  ':1',
  ':2:3',
  '//./-',
  '/a/b',
  '//[^a-z]/-',
  ',,',
  '^^',
  '^',
  ',',
  '/#v/w',
  '/%c/d',
  '#[a-z]',
  '%?',
];
const filters = [
  'cut -d/ -f1',
  'cut -d. -f2',
  'cut -c1-3',
  'cut -c2-',
  'tr a-z A-Z',
  'tr / -',
  "tr -d '.'",
  "sed 's/a/b/'",
  "sed 's/a\\/b/-/g'",
  "sed 's/^v//'",
  "sed 's/^/-t /'",
  "sed 's/.*/<&>/'",
  "sed 's/$/,/'",
  "sed -e 's/a/b/g' -e 's|/|_|g'",
  "sed 's/ea/EA/; s/\\//x/'",
  "sed 's/e/s/:/g'",
  "sed 's/=v/=w/'",
  "tr -d '/='",
  "sed 's/[^a-z]/-/g'",
  'head -c 3',
  'head -n 1',
  'tail -1',
  "awk '{print $1}'",
  "awk -F/ '{print $2}'",
  'rev',
  "tr '/' '\\n' | tail -1",
  'sort',
  'xargs',
  'wc -c',
  "grep -o 'a'",
];
/** Filters whose last line ends: what is appended behind a line without an end is the same line for GitHub. */
const lineFilters = filters.filter(filter => !filter.startsWith('head -c'));
const value = fc.oneof(
  text.map(word => `"${word}"`),
  known.map(variable => `"$${variable}"`),
  known.map(variable => `$${variable}`),
  fc.tuple(known, fc.constantFrom(...operations)).map(([variable, operation]) => `"\${${variable}${operation}}"`),
  fc.tuple(known, known).map(([one, other]) => `"$${one}-\${${other}}x"`),
  known.map(variable => `"\${#${variable}}"`),
  fc.tuple(known, fc.constantFrom(...filters)).map(([variable, filter]) => `"$(echo "$${variable}" | ${filter})"`),
  fc.tuple(known, text).map(([variable, word]) => `"$(printf '%s_%s' "$${variable}" "${word}")"`),
  fc.tuple(known, text).map(([variable, word]) => `"$(f "$${variable}" "${word}")"`),
  fc.constantFrom(
    '$((1 + 2 * 3))',
    '"${l[*]}"',
    '"${#l[@]}"',
    '"${l[0]}"',
    '"${l[@]:1}"',
    '"${m[a]}"',
    '"$(basename "/$A")"',
    '"$(dirname "/$B")"',
    "$'a\\tb'",
    'a\\ b',
    '"\\$A"',
    '"$(echo "$A"; echo "$B")"',
    '"$(if [ -n "$A" ]; then echo yes; else echo no; fi)"',
    '"$(IFS=,; echo "${l[*]}")"',
    '{x,y}z',
  ),
);
const key = fc.constantFrom('k', 'l', 'm');
const condition = fc.oneof(
  fc.tuple(known, text).map(([variable, word]) => `[ "$${variable}" = "${word}" ]`),
  fc.tuple(known, text).map(([variable, word]) => `[[ "$${variable}" != ${JSON.stringify(word)} ]]`),
  known.map(variable => `[ -z "$${variable}" ]`),
  known.map(variable => `[[ -n $${variable} ]]`),
  fc.tuple(known, fc.constantFrom('v*', '*/*', '[a-m]*', '?')).map(([variable, glob]) => `[[ $${variable} == ${glob} ]]`),
  known.map(variable => `[[ "$${variable}" =~ ^[a-z]+$ ]]`),
  known.map(variable => `echo "$${variable}" | grep -q a`),
);
const { statements } = fc.letrec<{ statements: string; statement: string }>(tie => ({
  statements: fc.array(tie('statement'), { minLength: 1, maxLength: 4 }).map(list => list.join('\n')),
  statement: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.tuple(name, value).map(([variable, word]) => `${variable}=${word}`),
    fc.tuple(name, value).map(([variable, word]) => `${variable}+=${word}`),
    fc.tuple(key, value).map(([output, word]) => `echo "${output}="${word} >> "$GITHUB_OUTPUT"`),
    fc.tuple(key, known).map(([output, variable]) => `cat <<EOF >> $GITHUB_OUTPUT\n${output}=$${variable}\nEOF`),
    fc.tuple(key, known).map(([output, variable]) => `{ echo "${output}<<END"; echo "$${variable}"; echo END; } >> "$GITHUB_OUTPUT"`),
    fc.tuple(key, value).map(([output, word]) => `echo "${output}="${word} | tee -a "$GITHUB_OUTPUT" > /dev/null`),
    fc
      .tuple(key, value, fc.constantFrom(...lineFilters))
      .map(([output, word, filter]) => `echo "${output}="${word} | ${filter} >> "$GITHUB_OUTPUT"`),
    fc
      .tuple(key, value, fc.constantFrom(...lineFilters), fc.constantFrom(...lineFilters))
      .map(([output, word, one, other]) => `echo "${output}="${word} | ${one} | ${other} | tee -a $GITHUB_OUTPUT`),
    fc.constantFrom(
      'l=(a "$A")',
      'l+=("$B" c)',
      'l[1]=q',
      'm[a]=$A',
      'unset A',
      'set -- "$A" two',
      'shift || true',
      'B=$1',
      'export C="$A"',
      'g',
      'IFS=, read -r A B <<< "$K,x"',
      'read -r C <<< "$A"',
      'printf -v A %s-x "$B"',
      'IFS=, read -ra l <<< "$A,$B"',
      'IFS=\',\' read -ra l <<< "$C"',
      'IFS=/ read -r A B <<< "$REF"',
      'IFS=". " read -r A B C <<< "$B"',
      'C="${C:+$C,}$A"',
      'C="${C:+$C,}${B:-none}"',
      'mapfile -t l < <(printf "%s\\n" "$A" "$B")',
      'readarray -t l <<< "$C"',
      'n=(); for x in "${l[@]}"; do for y in "$A" "$B"; do n+=(-t "$x:$y"); done; done; l=("${n[@]}")',
      'for x in "${l[@]}"; do C="$C $x"; done',
      'while IFS= read -r x; do C="$C<$x>"; done <<< "$B"',
      'while IFS= read -r x || [ -n "$x" ]; do l+=("$x"); done < <(printf "%s\\n%s" "$A" "$B")',
      'A=${B:-$C}',
      'mapfile -t l <<< "$B"',
      'local_test() { local A=inner; B=$A; }; local_test',
    ),
    fc.tuple(condition, tie('statements'), tie('statements')).map(([test_, yes, no]) => `if ${test_}; then\n${yes}\nelse\n${no}\nfi`),
    fc.tuple(condition, tie('statements')).map(([test_, yes]) => `if ! ${test_}; then\n${yes}\nfi`),
    fc.tuple(condition, name, value).map(([test_, variable, word]) => `${test_} && ${variable}=${word}`),
    fc.tuple(condition, name, value).map(([test_, variable, word]) => `${test_} || ${variable}=${word}`),
    fc
      .tuple(known, text, tie('statements'), tie('statements'))
      .map(([variable, word, one, rest]) => `case "$${variable}" in\n"${word}")\n${one}\n;;\nv*|x/*)\n${rest}\n;;\n*) C=other ;;\nesac`),
    fc
      .tuple(name, value, value, tie('statements'))
      .map(([variable, one, two, body]) => `for ${variable} in ${one} ${two} z; do\n${body}\ndone`),
    fc
      .tuple(name, value, tie('statements'), fc.constantFrom('break', 'continue', ':'))
      .map(([variable, list, body, end]) => `for ${variable} in $(echo ${list}); do\n[ "$${variable}" = z ] && ${end}\n${body}\ndone`),
    fc.tuple(tie('statements')).map(([body]) => `i=0\nwhile [ $i -lt 2 ]; do\ni=$((i + 1))\n${body}\ndone`),
    fc.tuple(value, tie('statements')).map(([word, body]) => `while read -r A; do\n${body}\ndone <<< ${word}`),
    fc.tuple(tie('statements')).map(([body]) => `(\n${body}\n)`),
    fc.tuple(condition, tie('statements')).map(([test_, body]) => `h() {\n${test_} && return 0\n${body}\n}\nh "$A" || true`),
    fc.tuple(condition).map(([test_]) => `if ${test_}; then exit 0; fi`),
  ),
}));
const head =
  'declare -A m\nl=()\nset -- first\nf() { local x="$1"; [ "$x" = main ] && { echo "is-$2"; return; }; echo "${x%/*}.$2"; }\ng() { A="$A-g"; }\n';

/** The outputs that bash leaves, by name: of each script in turn. */
function inBash(scripts: readonly string[]): readonly ReadonlyMap<string, string>[] {
  const folder = mkdtempSync(join(tmpdir(), 'tallyman-shell-'));
  try {
    for (const [index, one] of scripts.entries()) writeFileSync(join(folder, `${index}.sh`), one);
    const env = { PATH: process.env.PATH, ...Object.fromEntries(Object.entries(environment).map(([key_, [, value_]]) => [key_, value_])) };
    const all = `for n in $(seq 0 ${scripts.length - 1}); do : > $n.out; GITHUB_OUTPUT=$PWD/$n.out timeout 5 bash --noprofile --norc -e $n.sh > /dev/null 2>&1 < /dev/null; echo $? > $n.status; done`;
    spawnSync('bash', ['-c', all], { cwd: folder, env, stdio: 'ignore' });
    return scripts.map((_, index) => {
      const failed = readFileSync(join(folder, `${index}.status`), 'utf8').trim() !== '0';
      return failed ? new Map() : outputs(readFileSync(join(folder, `${index}.out`), 'utf8'));
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** As GitHub's runner reads the file; one that it rejects has no outputs. */
function outputs(file: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const lines = file.split('\n');
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] ?? '';
    if (line === '') continue;
    const opened = /^(\w+)<<(\w+)$/.exec(line);
    if (opened) {
      const end = lines.indexOf(opened[2] ?? '', index + 1);
      if (end < 0) return new Map();
      found.set(opened[1] ?? '', lines.slice(index + 1, end).join('\n'));
      index = end;
    } else if (line.indexOf('=') > 0) found.set(line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1));
    else return new Map();
  }
  return found;
}

const outer = new Map<string, Template>(
  Object.entries(environment).map(([variable, [shape, real]]) => [
    variable,
    shape === 'known' ? derived(real, at) : hole(`env.${variable}`, shape, at),
  ]),
);

// `SHELL_SCRIPTS=5000 SHELL_SEED=7` looks at more, and at others.
test('what bash writes is admitted by what the interpreter says of it', { timeout: 600_000 }, () => {
  const scripts = fc
    .sample(statements, { numRuns: Number(process.env.SHELL_SCRIPTS ?? 150), seed: Number(process.env.SHELL_SEED ?? 1) })
    .map(body => head + body);
  const real = inBash(scripts);
  const wrong: string[] = [];
  for (const [index, one] of scripts.entries()) {
    const said = interpret(script(one), outer).outputs;
    for (const [output, written] of real[index] ?? []) {
      const template = said.get(output);
      // A line that nobody knows may be of this name.
      if (!template || !admits(template, written)) {
        if (said.has('')) continue;
        wrong.push(
          `${one.slice(head.length)}\n# ${output} is ${JSON.stringify(written)}, said: ${template ? alternatives(template).map(display).join(' | ') : 'nothing'}`,
        );
      }
    }
  }
  const shortest = wrong.sort((a, b) => a.length - b.length).slice(0, Number(process.env.SHELL_SHOWN ?? 3));
  expect(shortest.join('\n\n'), `${wrong.length} of ${scripts.length}`).toBe('');
});
