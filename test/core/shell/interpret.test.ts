import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { alternatives, display, type Template } from '../../../core/image/template.ts';
import { run, script } from './script.ts';

const shown = (template: Template | undefined) => template && alternatives(template).map(display);
const commands = (value: string, env = {}) =>
  run(value, env).commands.map(({ words }) => words.map(({ template }) => alternatives(template).map(display).join('|')).join(' '));

describe('commands with their values', () => {
  test.each([
    ['a=1; b="x$a"; use "$b-${a}"', 'use x1-1'],
    ['use ${TAG:-latest}', 'use ${TAG:-latest}|latest'],
    ['TAG=; use ${TAG:-latest}', 'use latest'],
    ['v=v1.2; use ${v#v} ${v%.*} ${v//./-} ${v^^}', 'use 1.2 v1 v1-2 V1.2'],
    ['use ${GITHUB_SHA::7} $GITHUB_REF_NAME', 'use ${{ github.sha }} ${{ github.ref_name }}'],
    ['a=(-t one -t two); a+=(-t three); use "${a[@]}" .', 'use -t one -t two -t three .'],
    ['f="-t a -t b"; use $f; ', 'use -t a -t b'],
    ['for t in a b; do use $t; done', 'use b'],
    ['if [ x ]; then t=a; else t=b; fi; use $t', 'use a|b'],
    ['case $x in a) t=a;; *) t=b;; esac; use $t', 'use a|b'],
    ['[ x ] && t=a; use "$t"', 'use a|'],
    ['t=a; if [ x ]; then t=b; exit 1; fi; use $t', 'use a'],
    ['f() { use "$1" "$2"; }; f a b', 'use a b'],
    ['t=$(echo abc); use $t', 'use abc'],
    ['t=$(git rev-parse --short HEAD); use $t', 'use $(git rev-parse --short HEAD)'],
    ["use 'a $b' a\\ b", 'use a $b a b'],
    ['use a \\\n  --b', 'use a --b'],
    ['(t=inner); t2=x; use "$t2"', 'use x'],
    ['use ${{ github.sha }}-${{ inputs.x }}', 'use ${{ github.sha }}-${{ inputs.x }}'],
    ['use {a,b}', 'use a b'],
    ['unset t; t=1; t+=2; use $t', 'use 12'],
    ['export T=1 && use $T', 'use 1'],
  ])('%s', (value, expected) => {
    expect(commands(value)).toContain(expected);
  });

  test('what may not run is marked', () => {
    const found = run('a\nif x; then b; fi\nc || d\n').commands.map(({ words, conditional }) => [
      display(words[0]?.template ?? []),
      conditional,
    ]);
    expect(found).toEqual([
      ['a', false],
      ['x', false],
      ['b', true],
      ['c', false],
      ['d', true],
    ]);
  });

  test('a value that was sanitised can no longer hold what a branch name may', () => {
    const [use] = run('use "${REF//[^a-zA-Z0-9._-]/-}" "$REF"').commands;
    expect(use?.words.slice(1).map(({ template }) => template[0]?.kind === 'hole' && template[0].shape)).toEqual(['branchTag', 'gitRef']);
  });
});

describe('outputs', () => {
  test.each([
    ['echo "tag=v1" >> $GITHUB_OUTPUT', ['v1']],
    ['echo tag=v1 >> "${GITHUB_OUTPUT}"', ['v1']],
    ['{ echo a=1; echo "tag=v1"; } >> "$GITHUB_OUTPUT"', ['v1']],
    ['cat <<EOF >> $GITHUB_OUTPUT\na=1\ntag=$T\nEOF\n', ['v9']],
    ['echo "tag=v1" | tee -a "$GITHUB_OUTPUT"', ['v1']],
    ['printf \'tag=%s\\n\' "$T" >> $GITHUB_OUTPUT', ['v9']],
    ['echo "tag<<X" >> $GITHUB_OUTPUT\necho "a" >> $GITHUB_OUTPUT\necho "b" >> $GITHUB_OUTPUT\necho X >> $GITHUB_OUTPUT', ['a\nb']],
    ['if x; then echo tag=a >> $GITHUB_OUTPUT; else echo tag=b >> $GITHUB_OUTPUT; fi', ['a', 'b']],
    ['echo tag=a >> $GITHUB_OUTPUT\necho tag=b >> $GITHUB_OUTPUT', ['b']],
    ['echo tag=a >> other.txt', undefined],
  ])('%s', (value, expected) => {
    expect(shown(run(value, { T: 'v9' }).outputs.get('tag'))).toEqual(expected);
  });

  test('the environment of later steps', () => {
    expect(shown(run('echo "IMAGE=x:$T" >> $GITHUB_ENV', { T: 'v9' }).env.get('IMAGE'))).toEqual(['x:v9']);
  });
});

describe('where an expression lands', () => {
  test.each([
    ['echo ${{ x }}', 'plain', true],
    ['echo a${{ x }}', 'plain', false],
    ['a=${{ x }}', 'plain', false],
    ['echo "a ${{ x }}"', 'double', false],
    ["echo 'a ${{ x }}'", 'single', false],
    ['cat <<EOF\n${{ x }}\nEOF\n', 'heredoc', false],
    ["if a; then\ncat <<'EOF'\n${{ x }}\nEOF\nfi\n", 'quotedHeredoc', false],
    ['# ${{ x }}\ntrue', 'comment', false],
    ['echo "$(use ${{ x }})"', 'plain', true],
    ['a=$(( ${{ x }} + 1 ))', 'arithmetic', false],
    ['[[ "${{ x }}" =~ ^a$ ]]', 'double', false],
  ])('%s: %s', (value, quoting, standalone) => {
    expect(script(value).syntax.uses.map(use => [use.quoting, use.standalone])).toEqual([[quoting, standalone]]);
  });
});

test('no script crashes it or takes long, and every place lies in the script', () => {
  const token = fc.constantFrom(
    'a',
    '$a',
    '"',
    "'",
    '$(',
    ')',
    '{',
    '}',
    '(',
    ';',
    '\n',
    '|',
    '&&',
    '||',
    '>>',
    '$GITHUB_OUTPUT',
    '<<EOF',
    'EOF',
    'if',
    'then',
    'fi',
    'for',
    'in',
    'do',
    'done',
    'case',
    'esac',
    '=',
    ' ',
    ' ',
    '${{ x }}',
    '${a:-b}',
    '`',
    '\\',
    'f()',
    'f',
  );
  fc.assert(
    fc.property(fc.array(token, { maxLength: 40 }), tokens => {
      const value = tokens.join('');
      const started = performance.now();
      for (const { span, words } of run(value).commands) {
        for (const place of [span, ...words.map(word => word.span)])
          expect(place.start >= 0 && place.end <= value.length && place.start <= place.end).toBe(true);
      }
      expect(script(value).syntax.uses).toBeDefined();
      expect(performance.now() - started).toBeLessThan(1000);
    }),
    { numRuns: 2000, examples: [[['a', '<<EOF', '`', '\\']]] },
  );
});

test('a function that calls itself ends, and deep nesting is cut', () => {
  expect(commands('f() { f; f; use; }; f').length).toBeLessThan(5000);
  expect(() => run(`${'('.repeat(500)}a${')'.repeat(500)}`)).not.toThrow();
});
