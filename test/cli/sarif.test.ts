import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import Ajv from 'ajv';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sarif } from '../../cli/formats/sarif.ts';
import type { Finding } from '../../core/rules/rule.ts';
import { LineMap } from '../../core/text/lines.ts';
import { corpusFolder } from '../core/corpus.ts';
import { folderWith } from '../server/client.ts';
import { ecrCache, prTitle } from '../server/workflows.ts';
import { run } from './run.ts';

const json = (path: string) => createRequire(import.meta.url)(path) as object;
// The schema is written in an older draft than the one that Ajv begins with.
const isSarif = new Ajv({ allErrors: true, schemaId: 'auto' })
  .addMetaSchema(json('ajv/lib/refs/json-schema-draft-04.json'))
  .compile(json('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json'));

interface Result {
  readonly ruleId: string;
  readonly level: string;
  readonly message: { readonly text: string };
  readonly locations: readonly Location[];
  readonly relatedLocations?: readonly Location[];
  readonly codeFlows?: readonly { readonly threadFlows: readonly { readonly locations: readonly { readonly location: Location }[] }[] }[];
  readonly partialFingerprints: Readonly<Record<string, string>>;
  readonly suppressions?: readonly object[];
  readonly fixes?: readonly object[];
}
interface Location {
  readonly physicalLocation: { readonly artifactLocation: { readonly uri: string; readonly uriBaseId?: string }; readonly region: object };
  readonly message?: { readonly text: string };
}
interface Run {
  readonly tool: { readonly driver: { readonly rules: readonly { readonly id: string; readonly help: { readonly markdown?: string } }[] } };
  readonly invocations: readonly { readonly executionSuccessful: boolean }[];
  readonly results: readonly Result[];
}

/** The run of a document, which must be what the schema says. */
function runOf(document: string): Run {
  const parsed = JSON.parse(document) as { readonly runs: readonly [Run] };
  isSarif(parsed);
  expect(isSarif.errors ?? []).toEqual([]);
  return parsed.runs[0];
}

const workflow = '.github/workflows/build.yml';
/** A title that goes through `env` into a script. */
const passedOn = prTitle
  .replace('    steps:', '    env:\n      TITLE: ${{ github.event.pull_request.title }}\n    steps:')
  .replace('"${{ github.event.pull_request.title }}"', '"${{ env.TITLE }}"');
let root: string;

beforeEach(() => {
  root = folderWith({ [workflow]: passedOn, '.github/workflows/cache ü.yml': ecrCache });
});

afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

async function checked(...args: string[]): Promise<Run> {
  const { stdout, stderr } = await run(['check', '--format', 'sarif', ...args], { cwd: root });
  expect(stderr).toBe('');
  return runOf(stdout);
}

test('holds place, level, rule with its page, the way of the value, and the fix', async () => {
  const { tool, results, invocations } = await checked();
  expect(invocations).toMatchObject([{ executionSuccessful: true }]);
  const taint = results.find(({ ruleId }) => ruleId === 'pr-input-in-shell');
  expect(taint).toMatchObject({
    level: expect.stringMatching(/^(?:error|warning|note)$/),
    locations: [
      { physicalLocation: { artifactLocation: { uri: workflow, uriBaseId: '%SRCROOT%' }, region: { startLine: 8, startColumn: 20 } } },
    ],
  });
  const [way = []] = taint?.codeFlows?.map(({ threadFlows }) => threadFlows.flatMap(({ locations }) => locations)) ?? [];
  expect(way.map(({ location }) => location.message?.text)).toEqual(['The value is set here, as env TITLE.', 'It is used here.']);
  expect(way[0]?.location.physicalLocation.region).toMatchObject({ startLine: 6 });
  const cache = results.find(({ ruleId }) => ruleId === 'cache-image-manifest');
  expect(cache?.locations[0]?.physicalLocation.artifactLocation.uri).toBe('.github/workflows/cache%20%C3%BC.yml');
  expect(cache?.fixes).toHaveLength(1);
  expect(cache).toMatchObject({ level: 'warning' });
  expect(tool.driver.rules.map(({ id }) => id)).toEqual(['cache-image-manifest', 'pr-input-in-shell']);
  for (const { id, help } of tool.driver.rules) {
    expect(help.markdown).toContain(`# ${id}\n`);
    expect(help.markdown).not.toMatch(/\]\((?!https?:)/);
  }
});

test('a finding keeps its fingerprint when its lines move, and two that are alike have different ones', async () => {
  const before = await checked();
  const step = passedOn.slice(passedOn.lastIndexOf('      - '));
  writeFileSync(join(root, workflow), `# moved\n\n${passedOn}${step}`);
  const after = await checked();
  const prints = ({ results }: Run) => results.map(one => `${one.ruleId} ${one.partialFingerprints['tallymanLines/v1']}`);
  expect(prints(after)).toEqual(expect.arrayContaining(prints(before)));
  expect(new Set(prints(after)).size).toBe(after.results.length);
});

test('paths are the repository’s, whichever folder it is run from', async () => {
  execFileSync('git', ['init', '--quiet'], { cwd: root });
  mkdirSync(join(root, 'deep'));
  const { stdout } = await run(['check', '--format', 'sarif', '..'], { cwd: join(root, 'deep') });
  const uris = runOf(stdout).results.map(({ locations }) => locations[0]?.physicalLocation.artifactLocation.uri);
  expect(uris).toEqual(['.github/workflows/build.yml', '.github/workflows/cache%20%C3%BC.yml']);
});

test('what comments and a baseline leave out is left out, or marked where that is asked for', async () => {
  await run(['check', '--write-baseline', 'known.json', '.github/workflows/cache ü.yml'], { cwd: root });
  writeFileSync(join(root, workflow), passedOn.replace('TITLE }}"\n', 'TITLE }}" # tallyman: ignore[pr-input-in-shell] nobody reads it\n'));
  const quiet = await run(['check', '--format', 'sarif', '--baseline', 'known.json'], { cwd: root });
  expect(runOf(quiet.stdout).results).toEqual([]);
  const marked = await run(['check', '--format', 'sarif', '--baseline', 'known.json', '--suppressed'], { cwd: root });
  expect(marked.code).toBe(0);
  expect(runOf(marked.stdout).results.map(({ ruleId, suppressions }) => [ruleId, suppressions])).toEqual([
    ['pr-input-in-shell', [{ kind: 'inSource', status: 'accepted', justification: 'nobody reads it' }]],
    ['cache-image-manifest', [{ kind: 'external', status: 'accepted' }]],
  ]);
});

test('--sarif-file writes it beside another format; a place that cannot be written is a mistake of usage', async () => {
  const { stdout, code } = await run(['check', '--sarif-file', 'out.sarif'], { cwd: root });
  expect(code).toBe(1);
  expect(stdout).toContain('2 files checked');
  expect(runOf(readFileSync(join(root, 'out.sarif'), 'utf8')).results).toHaveLength(2);
  const nowhere = await run(['check', '--sarif-file', 'no/such/out.sarif'], { cwd: root });
  expect(nowhere).toMatchObject({ code: 2, stderr: 'Cannot write no/such/out.sarif: it does not exist.\n' });
});

test('what could not be read is told in the document too', async () => {
  const { stdout, code } = await run(['check', '--format', 'sarif', '.', 'nowhere.yml'], { cwd: root });
  expect(code).toBe(2);
  expect(runOf(stdout).invocations).toMatchObject([
    {
      executionSuccessful: false,
      toolExecutionNotifications: [{ level: 'error', message: { text: 'Cannot read nowhere.yml: it does not exist.' } }],
    },
  ]);
});

test('text from a workflow makes no link, no control character and no URI that leads elsewhere', () => {
  const finding: Finding = {
    rule: 'deploy-moving-tag',
    severity: 'hint',
    message: 'See [here](https://evil.example)\u001b[2J ${{ x }}.',
    path: 'https://evil.example/%2e%2e/x?#.yml',
    span: { start: 0, end: 0 },
    related: [{ path: '../outside.yml', span: { start: 0, end: 0 }, message: 'Outside.' }],
  };
  const [result] = runOf(sarif({ files: 1, findings: [finding], lines: () => new LineMap('') }, new Map())).results;
  expect(result).toMatchObject({ level: 'note', message: { text: 'See [here] (https://evil.example)[2J ${{ x }}.' } });
  expect(result?.locations[0]?.physicalLocation.artifactLocation.uri).toBe('https%3A//evil.example/%252e%252e/x%3F%23.yml');
  expect(result?.relatedLocations?.[0]?.physicalLocation.artifactLocation.uri).toMatch(/^file:\/\/\//);
});

test.runIf(corpusFolder())('the findings of real workflows are SARIF, each with a fingerprint of its own in its file', async () => {
  const { stdout } = await run(['check', '--format', 'sarif', '--suppressed', '.'], { cwd: corpusFolder() as string });
  const { results } = runOf(stdout);
  expect(results.length).toBeGreaterThan(50);
  const identity = ({ ruleId, locations, partialFingerprints }: Result) =>
    `${ruleId} ${locations[0]?.physicalLocation.artifactLocation.uri} ${partialFingerprints['tallymanLines/v1']}`;
  expect(new Set(results.map(identity)).size).toBe(results.length);
});
