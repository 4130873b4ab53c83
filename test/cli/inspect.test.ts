import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { blocksText } from '../../cli/formats/blocks.ts';
import { displayWidth } from '../../cli/formats/cells.ts';
import { compareImages } from '../../core/inspection/compare.ts';
import { comparisonReport } from '../../core/inspection/comparisonReport.ts';
import { connect } from '../../core/registry/providers/index.ts';
import { type RunningRegistry, startRegistry } from '../../demo/registry/registry.ts';
import { commit, image, push } from '../core/promotion/team.ts';
import { tallyman } from './cli.ts';

let running: RunningRegistry;
let name: string;
beforeEach(async () => {
  running = await startRegistry();
  name = `${running.host}/team/app`;
  push(running.store, 'team/app', image('one'), ['prod']);
  push(running.store, 'team/app', image('two'), ['staging']);
});
afterEach(() => running.stop());

describe('tallyman inspect', () => {
  test('shows digest, platforms, layers and what is attached', async () => {
    const { code, stdout, stderr } = await tallyman(['inspect', `${name}:prod`]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(`digest    ${image('one').digest}\n`);
    expect(stdout).toMatch(/^linux\/arm64 {2}[0-9a-f]{12} {2}1 layer/m);
    expect(stdout).toMatch(/^provenance {2}[0-9a-f]{12} {2}linux\/amd64 {2}https:\/\/slsa.dev\/provenance\/v1$/m);
  });

  test('--format json has all of it, by digest too', async () => {
    const { stdout } = await tallyman(['inspect', `${name}@${image('one').digest}`, '--format', 'json']);
    const document: { image: { images: { config: { labels: Record<string, string> } }[] } } = JSON.parse(stdout);
    expect(document).toMatchObject({ version: 1, image: { repository: 'team/app', content: 'index', revision: commit('one') } });
    expect(document.image.images[0]?.config.labels['org.opencontainers.image.title']).toBe('one');
  });

  test('a part that cannot be read is 3, and the rest is shown', async () => {
    running.faults.add({ kind: 'wrongDigest', method: 'GET', path: new RegExp(image('one').children[0]?.digest ?? 'none') });
    const { code, stdout } = await tallyman(['inspect', `${name}:prod`]);
    expect(code).toBe(3);
    expect(stdout).toMatch(/^! .*something else/m);
    expect(stdout).toContain('linux/arm64');
  });

  test.each([
    ['no such tag', (): string => `${name}:nope`, 3, /has no image team\/app:nope/],
    ['no tag is latest', (): string => name, 3, /has no image team\/app:latest/],
    ['no reference', (): string => 'Foo Bar', 2, /is no image\. An image is written as/],
  ] as const)('%s is one sentence', async (_, reference, expected, sentence) => {
    const { code, stdout, stderr } = await tallyman(['inspect', reference()]);
    expect({ code, stdout }).toEqual({ code: expected, stdout: '' });
    expect(stderr).toMatch(sentence);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});

describe('tallyman compare', () => {
  test('shows what differs', async () => {
    const { code, stdout, stderr } = await tallyman(['compare', `${name}:prod`, `${name}:staging`]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('org.opencontainers.image.title     first   one');
    expect(stdout).toContain('0 layers shared');
  });

  test('--format json has both sides and the difference', async () => {
    const { stdout } = await tallyman(['compare', `${name}:prod`, `${name}:staging`, '--format', 'json']);
    expect(JSON.parse(stdout)).toMatchObject({
      version: 1,
      same: false,
      a: { reference: 'prod', revision: commit('one') },
      b: { reference: 'staging', revision: commit('two') },
      platforms: { both: ['linux/amd64', 'linux/arm64'], onlyA: [], onlyB: [] },
      history: { direction: 'unknown' },
    });
  });

  test('trouble with the second registry names that one', async () => {
    const { code, stderr } = await tallyman(['compare', `${name}:prod`, '127.0.0.1:9/team/app:prod']);
    expect(code).toBe(3);
    expect(stderr).toContain('127.0.0.1:9');
  });

  test('fits a terminal of 80 columns, or 40, and loses nothing there', async () => {
    const at = (reference: string) => ({ registry: connect(running.host), repository: 'team/app', reference });
    const blocks = comparisonReport(await compareImages(at('prod'), at('staging')));
    const joined = (text: string) => text.replace(/\s+/g, '');
    for (const width of [80, 40]) {
      const lines = blocksText(blocks, { color: false, width }).split('\n');
      expect(Math.max(...lines.map(displayWidth))).toBeLessThanOrEqual(width);
    }
    expect(joined(blocksText(blocks, { color: false }))).toContain(commit('two'));
  });
});
