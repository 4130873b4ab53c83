import { describe, expect, test } from 'vitest';
import { alternatives, display, type Template } from '../../../core/image/template.ts';
import { analyze } from '../../../core/usage/analyze.ts';
import { givenWith } from '../../../core/usage/given.ts';
import type { Usage } from '../../../core/usage/usage.ts';
import { parseWorkflow } from '../../../core/workflow/parse.ts';

const on = 'push:\n  branches: [main]\n  tags: [v*]\npull_request:\nschedule: [{cron: "0 0 * * *"}]';
const shown = (template: Template) => alternatives(template).map(display).join(' | ');

function usages(inputs: string, triggers = on, env = ''): readonly Usage[] {
  const meta = `- id: meta\n  uses: docker/metadata-action@v5\n${env}  with:\n${inputs.replace(/^(?=.)/gm, '    ')}\n`;
  const build = '- uses: docker/build-push-action@v6\n  with:\n    push: true\n    tags: ${{ steps.meta.outputs.tags }}\n';
  const text = `on:\n${triggers.replace(/^/gm, '  ')}\njobs:\n  j:\n    runs-on: x\n    steps:\n${(meta + build).replace(/^(?=.)/gm, '      ')}`;
  return analyze(parseWorkflow('.github/workflows/w.yml', text, 'workflow')).usages;
}

/** Each tag that the build pushes, with the runs in which it is given; `?` after one that an expression decides. */
function pushed(inputs: string, triggers?: string, env?: string): Readonly<Record<string, string>> {
  const build = usages(`images: a/b\n${inputs}`, triggers, env).find(usage => usage.kind === 'build');
  return Object.fromEntries(
    (build?.tags ?? []).map(({ template }) => {
      const { starts, perhaps } = givenWith(template, build?.starts ?? []);
      return [
        shown(template).replace('a/b:', ''),
        starts.map(({ event, on }) => (event === 'push' ? on : event)).join(' ') + (perhaps ? '?' : ''),
      ];
    }),
  );
}

const everyRun = 'branch tag pull_request schedule';

describe('each tag is given with the runs that its row is for', () => {
  test.each([
    [
      '',
      {
        nightly: 'schedule',
        '${{ the branch }}': 'branch schedule',
        '${{ the git tag }}': 'tag',
        'pr-${{ github.event.number }}': 'pull_request',
        latest: 'tag',
      },
    ],
    ['tags: type=sha', { 'sha-${{ github.sha }}': everyRun }],
    ["tags: type=schedule,pattern={{date 'YYYYMMDD'}}", { '${{ the date }}': 'schedule' }],
    ['tags: type=edge', { edge: 'branch schedule?' }],
    ['tags: type=edge,branch=main', { edge: 'branch schedule?' }],
    ['tags: type=edge,branch=develop', { edge: 'schedule?' }],
    ['tags: type=raw,value=latest,enable={{is_default_branch}}', { latest: 'branch schedule?' }],
    ["tags: type=raw,value=latest,enable=${{ github.ref == 'refs/heads/main' }}", { latest: 'branch schedule?' }],
    ["tags: type=raw,value=latest,enable=${{ github.ref == 'refs/heads/main' && github.event_name == 'push' }}", { latest: 'branch' }],
    ["tags: type=raw,value=latest,enable=${{ startsWith(github.ref, 'refs/tags/v') }}", { latest: 'tag' }],
    ["tags: type=raw,value=latest,enable=${{ github.event_name != 'pull_request' }}", { latest: 'branch tag schedule' }],
    ['tags: type=raw,value=x,enable=${{ vars.X }}', { x: `${everyRun}?` }],
    ["tags: ${{ github.event_name == 'push' && 'type=raw,value=x' || '' }}", { x: 'branch tag' }],
    [
      'tags: |\n  type=raw,value=a\n  type=semver,pattern={{version}}',
      { '${{ the version of the git tag }}': 'tag', a: everyRun, latest: 'tag' },
    ],
    ['flavor: latest=true\ntags: type=raw,value=a', { a: everyRun, latest: everyRun }],
    ['flavor: latest=true\ntags: type=ref,event=branch', { '${{ the branch }}': 'branch schedule', latest: 'branch schedule' }],
    [
      'flavor: |\n  prefix=x-,onlatest=true\n  suffix=-alpine\ntags: type=ref,event=tag',
      { 'x-${{ the git tag }}-alpine': 'tag', 'x-latest': 'tag' },
    ],
    ['flavor: |\n  prefix=x-\ntags: type=sha', { 'sha-${{ github.sha }}': everyRun }],
    ['tags: type=raw,value=v1,priority=1000\n', { v1: everyRun }],
    [
      'tags: |\n  type=raw,value=v1,priority=1000\n  type=semver,pattern={{version}}',
      { v1: everyRun, '${{ the version of the git tag }}': 'tag' },
    ],
    ['tags: type=semver,pattern=v{{major}}.{{minor}},value=v1.2.3', { 'v1.2': everyRun, latest: everyRun }],
    ['tags: type=match,pattern=v(\\d+).\\d+.\\d+,group=1', { '${{ the part of the git tag that matches }}': 'tag', latest: 'tag' }],
    ['tags: TYPE=raw,value=a=b', { a: everyRun }],
    ['tags: type=raw,value={{branch}}-x', { '${{ github.ref_name }}-x': 'branch schedule', '-x': 'tag pull_request' }],
  ])('%s', (inputs, expected) => {
    expect(pushed(inputs)).toEqual(expected);
  });

  test('pull_request_target counts as its pull request', () => {
    expect(pushed('', 'pull_request_target:')).toEqual({ 'pr-${{ github.event.number }}': 'pull_request_target' });
  });

  test('the commit of a pull request is its head where that is asked for', () => {
    const env = '  env:\n    DOCKER_METADATA_PR_HEAD_SHA: "true"\n';
    expect(Object.keys(pushed('tags: type=sha', 'pull_request:', env))).toEqual(['sha-${{ github.event.pull_request.head.sha }}']);
  });
});

describe('the usage', () => {
  const metadata = (inputs: string) => usages(inputs).find(usage => usage.kind === 'metadata');

  test('has rows, images and what the flavor adds', () => {
    const usage = metadata(
      'images: |\n  name=GHCR.io/Acme/App\n  a/b,enable=false\ntags: |\n  type=sha\n  type=raw,value=x,enable=false\n  type=semver,pattern={{version}}',
    );
    expect(usage?.images.map(({ template }) => shown(template))).toEqual(['ghcr.io/acme/app']);
    expect(usage?.rows.map(({ type, tag, starts }) => [type, shown(tag), starts.length])).toEqual([
      ['sha', 'sha-${{ github.sha }}', 4],
      ['semver', '${{ the version of the git tag }}', 1],
    ]);
    expect([usage?.latest, usage?.addsLatest, usage?.defaultRows]).toEqual(['auto', true, false]);
    expect(metadata('images: a/b')?.defaultRows).toBe(true);
  });
});

test('the JSON output is read by name', () => {
  const text = `on: push\njobs:\n  j:\n    steps:\n      - id: m\n        uses: docker/metadata-action@v5\n        with: { images: a/b, tags: type=sha }\n      - run: docker push \${{ fromJSON(steps.m.outputs.json).tags[0] }}\n      - run: docker push x:\${{ fromJSON(steps.m.outputs.json).labels['org.opencontainers.image.version'] }}\n`;
  const found = analyze(parseWorkflow('.github/workflows/w.yml', text, 'workflow')).usages;
  expect(found.flatMap(usage => (usage.kind === 'push' ? [shown(usage.reference.template)] : []))).toEqual([
    'a/b:sha-${{ github.sha }}',
    'x:sha-${{ github.sha }}',
  ]);
});
