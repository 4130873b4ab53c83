import type { Random } from './random.ts';

type Text = (random: Random) => string;

const noise =
  '|" |\'|${{|}}|\\||>|: |- |&a |*a |\t|\r\n|🚀|$(|`|{|]|#|<<EOF|\\|\\\\n|!|%|\u0000|\u2028|؀|,,|==|&&|;;|$((|"${{ github.head_ref }}"|\n\n|    |uses: docker/build-push-action@v6|<<: *a'.split(
    /(?<!\\)\|/,
  );

/** A real workflow with pieces lost, doubled, moved or replaced. */
export function mutated(samples: readonly string[]): Text {
  return random => {
    let text = random.one(samples);
    for (let count = 1 + random.below(4); count > 0; count--) {
      const from = random.below(text.length + 1);
      const to = Math.min(text.length, from + random.below(80));
      const other = random.one(samples);
      const start = random.below(other.length + 1);
      const insert = random.one([
        '',
        random.one(noise).replace(/\\(.)/g, '$1'),
        text.slice(from, to).repeat(1 + random.below(3)),
        other.slice(start, start + random.below(400)),
      ]);
      text = text.slice(0, from) + insert + text.slice(to);
    }
    return text;
  };
}

const scalars = [
  'a',
  '""',
  "''",
  '1',
  'true',
  'null',
  '~',
  '${{ github.sha }}',
  '|\n      x\n',
  '>-\n      y\n',
  '*a',
  '&a b',
  '[a, b]',
  '{a: b}',
  '"\\u0000"',
];
const keys =
  'on name env jobs runs-on needs if steps uses with run shell id strategy matrix include exclude permissions concurrency group cancel-in-progress outputs inputs default type options secrets container services image tags images flavor cache-to cache-from push build-args registry'.split(
    ' ',
  );

/** YAML that has our words in it and little sense. */
export const yaml: Text = random => {
  const node = (depth: number, indent: string): string => {
    if (depth === 0 || random.below(3) === 0) return ` ${random.one(scalars)}\n`;
    const items = random.some(4, () =>
      random.below(3) === 0
        ? `${indent}-${node(depth - 1, `${indent}  `)}`
        : `${indent}${random.one(keys)}:${node(depth - 1, `${indent}  `)}`,
    );
    return `\n${items.join('')}`;
  };
  return `on: push\njobs:\n  a:${node(6, '    ')}`;
};

const words =
  'docker build push tag pull login -t -p --push --cache-to type=registry,ref=a/b:c a/b:latest "$A" $B ${A:-x} ${B#v} ${A//x/y} "${a[@]}" $(git rev-parse HEAD) `date` skopeo copy crane kubectl set image helm upgrade --set image.tag=x aws ecr sed s/a/b/ jq -r .x cut -d: -f1 tr a b echo printf %s\\n x=1 A=b A+=c export set -e exit 1 true ${{ github.head_ref }} "${{ inputs.x }}" \\'.split(
    ' ',
  );
const joints = [
  ' ',
  ' ',
  ' ',
  ' ',
  '\n',
  '\n',
  ' | ',
  ' && ',
  ' || ',
  '; ',
  ' > /dev/null ',
  ' >> $GITHUB_OUTPUT\n',
  ' >> "$GITHUB_ENV"\n',
  '\n)',
  '\n}',
  '\n(',
  '\n{ ',
  "'",
  '"',
  '\nif ',
  '\nthen ',
  '\nfi\n',
  '\nfor x in ',
  '\ndo ',
  '\ndone\n',
  '\ncase $A in a) ',
  ';; ',
  '\nesac\n',
  '\nf() { ',
  ' <<EOF\n',
  '\nEOF\n',
  '[[ ',
  ' ]] ',
  ' # ',
];

/** A step whose script is made of a shell's words. */
export const shell: Text = random => {
  const script = random.some(60, () => random.one(words) + random.one(joints)).join('');
  const lines = script.split('\n').map(line => `          ${line}\n`);
  return `on: [push, pull_request_target]\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - id: s\n        run: |\n${lines.join('')}      - run: echo "\${{ steps.s.outputs.x }}"\n`;
};

const contexts = [
  'github.sha',
  'github.head_ref',
  'github.event.pull_request.title',
  'inputs.a',
  'env.B',
  'matrix.m',
  'needs.a.outputs.x',
  'steps.s.outputs.*',
  "'text'",
  '1',
  'true',
  'null',
  '-0x1F',
  "''",
];
const calls = ['format', 'join', 'toJSON', 'fromJSON', 'case', 'contains', 'startsWith', 'endsWith', 'hashFiles', 'success', 'nope'];

/** Tags, conditions and scripts with expressions of every form. */
export const expressions: Text = random => {
  const expression = (depth: number): string => {
    if (depth === 0) return random.one(contexts);
    switch (random.below(6)) {
      case 0:
        return `${random.one(calls)}(${random.some(4, () => expression(depth - 1)).join(', ')})`;
      case 1:
        return `(${expression(depth - 1)})`;
      case 2:
        return `!${expression(depth - 1)}`;
      case 3:
        return `${expression(depth - 1)}[${expression(depth - 1)}]`;
      default:
        return `${expression(depth - 1)} ${random.one(['&&', '||', '==', '!=', '<', '>='])} ${expression(depth - 1)}`;
    }
  };
  const written = () => `\${{ ${expression(random.below(6))} }}`;
  return [
    'on: [push, pull_request]\njobs:\n  a:\n    strategy: { matrix: { m: [x, y] } }\n    runs-on: ubuntu-latest\n',
    `    if: ${expression(3).replaceAll('#', '')}\n    env:\n      B: "${written().replaceAll('"', '')}"\n    steps:\n`,
    `      - uses: docker/build-push-action@v6\n        with:\n          push: ${written()}\n          tags: |\n`,
    ...random.some(6, () => `            ghcr.io/a/b:${written()}-${written()}\n`),
    `      - run: |\n          echo "${written()}" ${written()}\n`,
  ].join('');
};

/** What is built to be too deep, too long or too often aliased. */
export const extreme: Text = random => {
  const many = 1 + random.below(3000);
  const head = 'on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n';
  return random.one([
    () => `${'['.repeat(many)}${']'.repeat(random.below(many))}`,
    () => `${'{a: '.repeat(many % 400)}`,
    () => `${head}      - run: ${'$('.repeat(many)}\n`,
    () => `${head}      - run: |\n          ${'if a; then '.repeat(many % 800)}\n`,
    () => `${head}      - run: echo \${{ ${'('.repeat(many)}1${')'.repeat(many)} }}\n`,
    () => `${head}      - run: echo \${{ ${'!'.repeat(many)}1 }}\n`,
    () => `${head}      - run: echo ${'x'.repeat(many * 50)}\n`,
    () =>
      `x: &a [1]\n${Array.from({ length: many % 60 }, (_, index) => `y${index}: &b${index} [*a, *b${index - 1}, *b${index - 1}]\n`).join('')}${head}`,
    () =>
      `on: push\njobs:\n${Array.from({ length: many % 500 }, (_, index) => `  j${index}: { needs: [j${index + 1}], runs-on: x, steps: [{ run: docker push a/b }] }\n`).join('')}`,
    () =>
      `${head}      - uses: docker/build-push-action@v6\n        with:\n          push: true\n          tags: |\n${`            a/b:\${{ github.ref_name }}\n`.repeat(many % 900)}`,
  ])();
};

/** Every kind of input by its name. */
export function inputs(samples: readonly string[]): Readonly<Record<string, Text>> {
  return { mutated: mutated(samples), yaml, shell, expressions, extreme };
}
