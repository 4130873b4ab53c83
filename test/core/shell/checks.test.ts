import { describe, expect, test } from 'vitest';
import { hole } from '../../../core/image/template.ts';
import { interpret } from '../../../core/shell/interpret.ts';
import { shellOptions } from '../../../core/shell/options.ts';
import { script } from './script.ts';

const at = { start: 0, end: 0 };
const environment = new Map([
  ['V', hole('inputs.v', 'anything', at, 'stranger')],
  ['BRANCH', hole('github.head_ref', 'gitRef', at, 'stranger')],
]);

function read(text: string, shell?: string) {
  return interpret(script(text), environment, shellOptions(shell));
}

/** What the last word of each `use` may be. */
function used(text: string, shell?: string): readonly string[] {
  return read(text, shell).commands.flatMap(({ words }) => {
    const [first] = words[0]?.template ?? [];
    const last = words.at(-1)?.template ?? [];
    return first?.kind === 'text' && first.text === 'use'
      ? [last.map(part => (part.kind === 'hole' ? part.shape : part.kind)).join('+')]
      : [];
  });
}

describe('a right check is known as one', () => {
  test.each([
    ['an expression', '[[ "$V" =~ ^[0-9]+$ ]] || exit 1; use "$V"', 'integer'],
    ['an expression in a variable', "RE='^[0-9a-f]{40}$'; [[ $V =~ $RE ]] || exit 1; use $V", 'sha40'],
    ['with classes', '[[ "$V" =~ ^[[:digit:]]+\\.[[:digit:]]+\\.[[:digit:]]+$ ]] || exit 1; use "$V"', 'semver'],
    ['with letters of any alphabet', '[[ "$V" =~ ^[[:alnum:]._-]+$ ]] || exit 1; use "$V"', 'plain'],
    ['alternatives in a group', '[[ "$V" =~ ^([a-z]+|v[0-9]+)$ ]] || exit 1; use "$V"', 'tagSafe'],
    ['alternatives that are anchored each', '[[ "$V" =~ ^[a-z]+$|^[0-9]+$ ]] || exit 1; use "$V"', 'tagSafe'],
    ['what may not be in it', '[[ "$V" =~ [^a-zA-Z0-9._-] ]] && exit 1; use "$V"', 'tagSafe'],
    ['if with else', 'if [[ "$V" =~ ^[a-z/]+$ ]]; then echo ok; else echo no; exit 1; fi; use "$V"', 'path'],
    ['if not', 'if ! [[ "$V" =~ ^[a-z]+$ ]]; then echo "::error::bad"; exit 1; fi\nuse "$V"', 'tagSafe'],
    ['negated within', 'if [[ ! "$V" =~ ^[a-z]+$ ]]; then exit 1; fi\nuse "$V"', 'tagSafe'],
    ['one of several reasons', 'if [[ -z "$V" || ! "$V" =~ ^[a-z]+$ ]]; then exit 1; fi\nuse "$V"', 'tagSafe'],
    ['reasons joined by the shell', 'if [ -z "$V" ] || ! [[ "$V" =~ ^[a-z]+$ ]]; then exit 1; fi\nuse "$V"', 'tagSafe'],
    ['a block behind ||', '[[ "$V" =~ ^[a-z]+$ ]] || { echo "bad: $V" >&2; exit 1; }\nuse "$V"', 'tagSafe'],
    ['the status alone', '[[ "$V" =~ ^[a-z]+$ ]]\nuse "$V"', 'tagSafe'],
    ['a subshell whose failure counts', '[[ "$V" =~ ^[a-z]+$ ]] || (echo bad; exit 1)\nuse "$V"', 'tagSafe'],
    ['false', '[[ "$V" =~ ^[a-z]+$ ]] || false\nuse "$V"', 'tagSafe'],
    ['two in a list', '[[ -n "$V" ]] && [[ "$V" =~ ^[a-z]+$ ]] || exit 1\nuse "$V"', 'tagSafe'],
    ['only where it holds', 'if [[ "$V" =~ ^[a-z]+$ ]]; then use "$V"; fi', 'tagSafe'],
    ['case with what may not be in it', 'case "$V" in *[!0-9a-f]*|"") echo bad; exit 1 ;; esac; use "$V"', 'tagSafe'],
    ['case, branch by branch', 'case $V in "") exit 1 ;; *[^a-z0-9-]*) exit 1 ;; esac; use "$V"', 'tagSafe'],
    ['case with words', 'case "$V" in prod|staging) ;; *) exit 1 ;; esac; use "$V"', 'choice'],
    ['an extended pattern', '[[ "$V" == +([0-9]) ]] || exit 1; use "$V"', 'integer'],
    ['grep of a here-string', 'grep -Eqx \'[a-z]+\' <<< "$BRANCH" || exit 1; use "$BRANCH"', 'tagSafe'],
    ['grep of all of it', 'printf \'%s\' "$V" | grep -Eqzx \'[a-z]+\' || exit 1; use "$V"', 'tagSafe'],
    ['grep of one line', 'echo "$BRANCH" | grep -Eq \'^[a-z0-9-]+$\' || exit 1; use "$BRANCH"', 'tagSafe'],
    [
      'grep for what may not be in it',
      'if printf \'%s\' "$BRANCH" | grep -q \'[^a-zA-Z0-9_-]\'; then exit 1; fi; use "$BRANCH"',
      'tagSafe',
    ],
    ['grep with -P', 'echo "$BRANCH" | grep -qP \'^\\d+$\' || exit 1; use "$BRANCH"', 'integer'],
    ['a number', '[ "$V" -eq "$V" ] 2> /dev/null || exit 1; use "$V"', 'number'],
    ['test', 'test "$V" -gt 0 || exit 1; use "$V"', 'number'],
    ['expr', 'expr "$V" : \'[a-z0-9]*$\' > /dev/null || exit 1; use "$V"', 'tagSafe'],
    ['printf', 'N=$(printf %d "$V"); use "$N"', 'number'],
    ['a replacement', 'W="${V//[^a-zA-Z0-9._-]/-}"; use "$W"', 'tagSafe'],
    ['tr', 'W=$(printf \'%s\' "$V" | tr -cd \'a-zA-Z0-9._-\'); use "$W"', 'tagSafe'],
    ['tr of a branch', 'W=$(echo "$BRANCH" | tr -c \'a-zA-Z0-9\\n\' \'-\'); use "$W"', 'branchTag'],
    ['sed of one line', 'W=$(echo "$BRANCH" | sed \'s/[^a-zA-Z0-9]/-/g\'); use "$W"', 'branchTag'],
    ['a function that ends', 'check() { if ! [[ "$1" =~ ^[a-z]+$ ]]; then exit 1; fi; }; check "$V"; use "$V"', 'tagSafe'],
    ['a function that says', 'ok() { [[ "$1" =~ ^[a-z]+$ ]]; }; ok "$V" || exit 1; use "$V"', 'tagSafe'],
    [
      'a function that returns',
      'ok() { local t="$1"; [[ $t =~ ^[a-z]+$ ]] || return 1; echo fine; }; if ! ok "$V"; then exit 1; fi; use "$V"',
      'tagSafe',
    ],
    ['a function whose failure ends it', 'ok() { [[ "$1" =~ ^[a-z]+$ ]] || return 1; }\nok "$V"\nuse "$V"', 'tagSafe'],
    ['a copy that is checked', 'W="$V"; [[ $W =~ ^[a-z]+$ ]] || exit 1; use "$V"', 'tagSafe'],
    ['in a loop over them', 'for w in "$V" "$BRANCH"; do [[ $w =~ ^[a-z]+$ ]] || exit 1; done; use "$V"', 'tagSafe'],
    [
      'both ways are checked',
      'if [[ $V =~ ^v[0-9]+$ ]]; then echo v; elif [[ $V =~ ^[a-f]+$ ]]; then echo x; else exit 1; fi; use "$V"',
      'tagSafe',
    ],
  ])('%s', (_name, text, shape) => expect(used(text)).toEqual([shape]));
});

describe('a wrong check is none', () => {
  test.each([
    ['no anchors', '[[ "$V" =~ [0-9]+ ]] || exit 1; use "$V"'],
    ['an anchor at the start', '[[ "$V" =~ ^v[0-9]+ ]] || exit 1; use "$V"'],
    ['alternatives with one anchor each', '[[ "$V" =~ ^a|b$ ]] || exit 1; use "$V"'],
    ['any characters', '[[ "$V" =~ ^v.*$ ]] || exit 1; use "$V"'],
    ['the start of a pattern', 'case "$V" in [0-9a-f]*) ;; *) exit 1 ;; esac; use "$V"'],
    ['what the other branch lets pass', 'case "$V" in [0-9]) ;; v*) ;; *) exit 1 ;; esac; use "$V"'],
    ['grep of several lines', 'echo "$V" | grep -Eq \'^[a-z]+$\' || exit 1; use "$V"'],
    ['grep -v of several lines', 'echo "$V" | grep -qv \'[^a-z]\' || exit 1; use "$V"'],
    ['it only says so', '[[ "$V" =~ ^[a-z]+$ ]] || echo "::error::bad"; use "$V"'],
    ['nothing ends', 'set +e\n[[ "$V" =~ ^[a-z]+$ ]]\nuse "$V"'],
    ['only the subshell ends', 'set +e\n[[ "$V" =~ ^[a-z]+$ ]] || (exit 1)\nuse "$V"'],
    ['-e does not hear', '[[ "$V" =~ ^[a-z]+$ ]] && echo ok\nuse "$V"'],
    ['-e does not hear of a negation', '! [[ "$V" =~ [^a-z] ]]\nuse "$V"'],
    ['arithmetic', '[[ "$V" -eq "$V" ]] || exit 1; use "$V"'],
    ['another variable', '[[ "$BRANCH" =~ ^[a-z]+$ ]] || exit 1; use "$V"'],
    ['the use comes first', 'use "$V"; [[ "$V" =~ ^[a-z]+$ ]] || exit 1'],
    ['one of two ways', 'if [ -n "$X" ]; then [[ "$V" =~ ^[a-z]+$ ]] || exit 1; fi; use "$V"'],
    ['a function nobody asks', 'ok() { [[ "$1" =~ ^[a-z]+$ ]] || return 1; }; ok "$V" || true; use "$V"'],
    ['what is split is an expression', '[ $V = prod ] || exit 1; use "$V"'],
    ['only the first is replaced', 'V="${V/[^a-z]/-}"; use "$V"'],
    ['sed knows lines', 'V=$(echo "$V" | sed \'s/[^a-z]/-/g\'); use "$V"'],
    ['tr keeps line breaks', 'V=$(echo "$V" | tr -cd \'a-z\\n\'); use "$V"'],
    ['a pipe in the middle', 'set +o pipefail\n[[ "$V" =~ ^[a-z]+$ ]] | cat\nuse "$V"'],
  ])('%s', (_name, text) => expect(used(text)).toEqual(['anything']));
});

test('what a script checked holds where it ended with success', () => {
  const fact = (text: string) => read(text).facts.get('inputs.v')?.shape;
  expect(fact('[[ "$V" =~ ^[a-z]+$ ]]')).toBe('tagSafe');
  expect(fact('[[ "$V" =~ ^[a-z]+$ ]] || exit 1')).toBe('tagSafe');
  expect(fact('[[ "$V" =~ ^[a-z]+$ ]] || exit 0')).toBeUndefined();
  expect(fact('[ -n "$V" ] || exit 0; [[ "$V" =~ ^[a-z]+$ ]] || exit 1')).toBeUndefined();
  expect(fact('trap \'exit 0\' EXIT; [[ "$V" =~ ^[a-z]+$ ]] || exit 1')).toBeUndefined();
});

test('a case that is not finished, with a branch without a pattern, is read all the same', () => {
  expect(() => read('case $V in a) use x || .x; y\n)pull')).not.toThrow();
});
