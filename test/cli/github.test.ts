import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { github } from '../../cli/formats/github.ts';
import { markdownSummary, summary } from '../../cli/formats/summary.ts';
import type { Finding, Severity } from '../../core/rules/rule.ts';
import { LineMap } from '../../core/text/lines.ts';
import { folderWith } from '../server/client.ts';
import { prTitle } from '../server/workflows.ts';
import { run } from './run.ts';

function finding(rule: string, severity: Severity, path = 'a.yml', message = 'It happens.'): Finding {
  return { rule, severity, message, path, span: { start: 4, end: 8 }, related: [] };
}

const lines = () => new LineMap('on: push\njobs: {}\n');

describe('annotations', () => {
  test('name file, line, columns and rule, the worst first, and then come the counts', () => {
    const findings = [finding('latest-from-any-tag', 'hint'), finding('deploy-moving-tag', 'error')];
    expect(github({ files: 1, findings, lines })).toBe(
      [
        '::error title=deploy-moving-tag (error),file=a.yml,line=1,endLine=1,col=5,endColumn=8::It happens.%0Ahttps://github.com/tallyman/tallyman/blob/main/docs/rules/deploy-moving-tag.md',
        '::notice title=latest-from-any-tag (hint),file=a.yml,line=1,endLine=1,col=5,endColumn=8::It happens.%0Ahttps://github.com/tallyman/tallyman/blob/main/docs/rules/latest-from-any-tag.md',
        '1 file checked: 1 error, 1 hint.',
        '',
      ].join('\n'),
    );
  });

  test('a place of several lines has no columns', () => {
    const [first] = github({ files: 1, findings: [{ ...finding('x', 'info'), span: { start: 0, end: 12 } }], lines }).split('\n');
    expect(first).toContain('file=a.yml,line=1,endLine=2::');
  });

  test('more than GitHub shows is said', () => {
    const findings = Array.from({ length: 12 }, () => finding('deploy-moving-tag', 'warning'));
    expect(github({ files: 1, findings, lines })).toContain('\nGitHub shows 10 of the 12 warning annotations; the log has all.\n');
  });

  test('nothing from a workflow ends a command, begins one, or adds a property', () => {
    const hostile = finding('x', 'warning', 'a,line=9::\n::set-output name=x::y%.yml', 'one\r\n::error::two %0A 100%');
    const text = github({ files: 1, findings: [hostile], lines });
    expect(text.split('\n').filter(line => line.startsWith('::'))).toHaveLength(1);
    expect(text).toContain('file=a%2Cline=9%3A%3A %3A%3Aset-output name=x%3A%3Ay%25.yml,line=1');
    expect(text).toContain('::one ::error::two %250A 100%25%0A');
  });
});

describe('the summary', () => {
  const many = Array.from({ length: 30 }, (_, index) =>
    finding(
      index % 3 === 0 ? 'cache-shared-with-pull-request' : 'pr-input-in-shell',
      index % 3 === 0 ? 'error' : 'info',
      `${index % 5}.yml`,
    ),
  );

  test('of many findings is a table of at most 80 columns, the worst first', () => {
    const report = { files: 1234, findings: many, fixed: 12, hidden: { hint: 345, info: 12 }, lines };
    expect(summary(report, { color: false })).toBe(
      [
        'error  cache-shared-with-pull-request     10  in 5 files',
        'info   pr-input-in-shell                  20  in 5 files',
        '',
        '1234 files checked: 10 errors, 20 info; 12 fixed; 12 info, 345 hints not shown.',
      ].join('\n'),
    );
    const long = summary(
      { ...report, findings: [...many, finding('x', 'warning'), finding('y', 'hint')], hidden: { hint: 34567 } },
      { color: true },
    );
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are written with a control character
    const plain = long.replaceAll(/\u001b\[\d+m/g, '').split('\n');
    expect(plain.every(line => line.length <= 80)).toBe(true);
    expect(plain.at(-1)).toBe('  34567 hints not shown.');
  });

  test('in Markdown has a row for each finding, in which nothing is markup', () => {
    const hostile = finding('x', 'warning', 'a|b.yml', 'Uses `a|<b>` of @someone, [x](http://evil) <img> #1.');
    const page = markdownSummary({ files: 1, findings: [hostile], lines });
    expect(page.split('\n').at(-2)).toBe(
      '| warning | [x](https://github.com/tallyman/tallyman/blob/main/docs/rules/x.md) | a&#124;b.yml&#58;1 | Uses <code>a&#124;&#60;b&#62;</code> of &#64;someone, &#91;x&#93;(http&#58;//evil) &#60;img&#62; &#35;1. |',
    );
    expect(markdownSummary({ files: 2, findings: [], lines })).toBe('### Tallyman\n\n2 files checked: no findings.\n');
    const rows = markdownSummary({ files: 1, findings: Array.from({ length: 500 }, () => hostile), lines });
    expect(rows).toContain('\n300 more in the log.\n');
  });
});

describe('on a runner', () => {
  let root: string;
  beforeEach(() => {
    root = folderWith({ '.github/workflows/a.yml': prTitle.replace('echo "', 'echo "##[set-output name=x;]y ') });
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  test('the summary is added to the file that is named, and to none that is not', async () => {
    const page = join(root, 'summary.md');
    writeFileSync(page, 'before\n');
    await run(['check', '--format', 'github'], { cwd: root, env: { GITHUB_STEP_SUMMARY: page } });
    expect(readFileSync(page, 'utf8')).toBe('before\n');
    const { stdout } = await run(['check', '--format', 'github', '--summary-file', page], { cwd: root });
    expect(stdout).toMatch(/^::(?:error|warning) title=pr-input-in-shell/);
    expect(readFileSync(page, 'utf8')).toMatch(/^before\n### Tallyman\n\n1 file checked: 1 \w+; 1 with a safe fix\.\n\n\| \| rule/);
  });

  test.each(['pretty', 'json', 'sarif', 'github'])('a command that a workflow quotes is not repeated by %s', async format => {
    appendFileSync(join(root, '.github/workflows/a.yml'), '      - run: echo "${{ github.head_ref }}"\n    "##[add-path]x": [\n');
    const args = ['check', '--format', format, '##[error]nowhere.yml', '.'];
    const { stdout, stderr } = await run(args, { cwd: root, env: { GITHUB_ACTIONS: 'true' } });
    expect(stdout + stderr).not.toContain('##[');
    expect((stdout + stderr).split('\n').filter(line => /^\s*::/.test(line) && format !== 'github')).toEqual([]);
    if (format === 'json' || format === 'sarif') JSON.parse(stdout);
  });
});
