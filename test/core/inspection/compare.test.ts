import { afterEach, beforeEach, expect, test } from 'vitest';
import { compareImages, runsTheSame } from '../../../core/inspection/compare.ts';
import { comparisonReport } from '../../../core/inspection/comparisonReport.ts';
import { markdown } from '../../../core/inspection/markdown.ts';
import { connect } from '../../../core/registry/providers/index.ts';
import type { BuiltImage } from '../../../demo/images/images.ts';
import { type RunningRegistry, startRegistry } from '../../../demo/registry/registry.ts';
import { commit, image, push } from '../promotion/team.ts';
import { withConfig } from './made.ts';

let running: RunningRegistry;
beforeEach(async () => {
  running = await startRegistry();
});
afterEach(() => running.stop());

function at(reference: string, repository = 'team/app', { host } = running) {
  return { registry: connect(host), repository, reference };
}

function pushed(...images: readonly BuiltImage[]) {
  const names = ['a', 'b'] as const;
  for (const [index, one] of images.entries()) push(running.store, 'team/app', one, [names[index] ?? 'c']);
  return compareImages(at('a'), at('b'));
}

test('labels, environment, settings and layers of one platform', async () => {
  const { images, same, platforms } = await pushed(
    withConfig({ config: { Labels: { x: '1', gone: 'y' }, Env: ['A=1', 'B=1'], Cmd: ['run'], User: 'app' } }, [
      { name: 'base', size: 1000 },
      { name: 'empty' },
      { name: 'old', size: 300 },
      { name: 'empty' },
    ]),
    withConfig({ config: { Labels: { x: '2', new: 'z' }, Env: ['A=1', 'B=2'], Entrypoint: ['/init'], Cmd: ['run'] } }, [
      { name: 'base', size: 1000 },
      { name: 'empty' },
      { name: 'new', size: 500 },
    ]),
  );
  expect(same).toBe(false);
  expect(platforms).toEqual({ both: ['linux/amd64'], onlyA: [], onlyB: [] });
  expect(images).toHaveLength(1);
  const [image] = images;
  expect(image?.labels).toEqual([
    { name: 'gone', a: 'y' },
    { name: 'x', a: '1', b: '2' },
    { name: 'new', b: 'z' },
  ]);
  expect(image?.env).toEqual([{ name: 'B', a: '1', b: '2' }]);
  expect(image?.settings).toEqual([
    { name: 'USER', a: 'app' },
    { name: 'ENTRYPOINT', b: '["/init"]' },
  ]);
  const sizes = (list: readonly { readonly size: number }[] = []) => list.map(({ size }) => size);
  expect(sizes(image?.layers.shared)).toEqual([1000, 5]);
  expect(sizes(image?.layers.removed)).toEqual([300, 5]);
  expect(sizes(image?.layers.added)).toEqual([500]);
});

test('one digest under two names, in two repositories', async () => {
  const one = image('one');
  push(running.store, 'team/app', one, ['a']);
  push(running.store, 'mirror/app', one, ['z']);
  const comparison = await compareImages(at('a'), at('z', 'mirror/app'));
  expect(comparison.same).toBe(true);
  expect(markdown(comparisonReport(comparison))).toContain('Both are the same image: one digest.');
});

test('two registries, platforms lost and gained', async () => {
  const other = await startRegistry();
  try {
    push(running.store, 'team/app', image('one'), ['a']);
    push(other.store, 'team/app', image('one', { architectures: ['amd64', 's390x'] }), ['b']);
    const comparison = await compareImages(at('a'), at('b', 'team/app', other));
    expect(comparison.platforms).toEqual({ both: ['linux/amd64'], onlyA: ['linux/arm64'], onlyB: ['linux/s390x'] });
    expect(comparison.images[0]?.a.digest).toBe(comparison.images[0]?.b.digest);
    expect(runsTheSame(comparison)).toBe(false);
    expect(markdown(comparisonReport(comparison))).toContain('the second one lacks `linux/arm64`');
  } finally {
    await other.stop();
  }
});

test('a rebuild that changes only labels runs the same', async () => {
  const comparison = await pushed(
    withConfig({ config: { Labels: { x: '1' } } }, [{ name: 'base' }]),
    withConfig({ config: { Labels: { x: '2' } } }, [{ name: 'base' }]),
  );
  expect(runsTheSame(comparison)).toBe(true);
});

test('commits come from the clone, asked with both revisions', async () => {
  push(running.store, 'team/app', image('one'), ['a']);
  push(running.store, 'team/app', image('two'), ['b']);
  const asked: string[] = [];
  const { history } = await compareImages(at('a'), at('b'), {
    commitsBetween: async (from, to) => {
      asked.push(from, to);
      return { direction: 'forward', total: 60, commits: [{ id: commit('two'), subject: '<b>Fix</b>', author: 'Mara', time: '' }] };
    },
  });
  expect(asked).toEqual([commit('one'), commit('two')]);
  expect(history.total).toBe(60);
});

test('the page says what is the same on every platform once, and layers for each', async () => {
  push(running.store, 'team/app', image('one'), ['a']);
  push(running.store, 'team/app', image('two'), ['b']);
  const page = markdown(comparisonReport(await compareImages(at('a'), at('b'))));
  expect(page.match(/^## Labels/gm)).toHaveLength(1);
  expect(page.match(/^## Layers of /gm)).toHaveLength(2);
  // Long values stand below each other.
  expect(page).toContain(`| \`org.opencontainers.image.revision\` | first | \`${commit('one')}\` |\n|  | second | \`${commit('two')}\` |`);
});

test('what a registry has lost is not taken for a difference, nor for sameness', async () => {
  const config = { config: { Cmd: ['run'], Env: ['A=1'] } };
  const a = withConfig(config, [{ name: 'base', size: 1000 }]);
  const b = withConfig({ ...config, created: '2026-11-14T09:30:00Z' }, [{ name: 'base', size: 1000 }]);
  push(running.store, 'team/app', a, ['a']);
  push(running.store, 'team/app', b, ['b']);
  expect(runsTheSame(await compareImages(at('a'), at('b')))).toBe(true);
  const blob = /\/blobs\/sha256/;
  running.faults.add({ kind: 'status', status: 404, method: 'GET', path: blob });
  const lost = await compareImages(at('a'), at('b'));
  expect(lost.a.troubles).toEqual([expect.stringMatching(/^The config [0-9a-f]{12} of [0-9a-f]{12} is lost\.$/)]);
  expect(runsTheSame(lost)).toBe(false);
  running.faults.clear();
  running.faults.add({ kind: 'status', status: 404, method: 'GET', path: blob, count: 1 });
  const half = await compareImages(at('a'), at('b'));
  expect(half.images).toMatchObject([{ configs: false, settings: [], env: [], labels: [] }]);
  expect(markdown(comparisonReport(half))).toContain('could not both be read');
});

test('a platform that a registry has lost is named so, and compared with nothing', async () => {
  const [one, two] = [image('one'), image('two')];
  push(running.store, 'team/app', one, ['a']);
  push(running.store, 'team/app', two, ['b']);
  running.store.remove('team/app', two.children[0]?.digest ?? '');
  const comparison = await compareImages(at('a'), at('b'));
  expect(comparison.images.map(({ platform }) => platform)).toEqual(['linux/arm64']);
  expect(runsTheSame(comparison)).toBe(false);
  expect(markdown(comparisonReport(comparison))).toMatch(/linux\/amd64.*there.*lost/);
});

test('why commits are not known', async () => {
  const labelled = (name: string, label?: string) =>
    withConfig({ config: { Cmd: [name], ...(label && { Labels: { 'org.opencontainers.image.revision': label } }) } });
  const page = async (a: BuiltImage, b: BuiltImage) => markdown(comparisonReport(await pushed(a, b)));
  expect(await page(labelled('x'), labelled('y'))).toContain('neither image says');
  expect(await page(labelled('x', commit('one')), labelled('y'))).toContain('the second one does not say');
  expect(await page(labelled('x', commit('one')), labelled('y', commit('two')))).toContain('no clone here has the commits of both');
});
