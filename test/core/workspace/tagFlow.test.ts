import { describe, expect, test } from 'vitest';
import { derived, display, type Template } from '../../../core/image/template.ts';
import { Workspace } from '../../../core/workspace/workspace.ts';

function workspace(files: Readonly<Record<string, string>>): Workspace {
  const made = new Workspace();
  for (const [name, steps] of Object.entries(files)) made.set(path(name), workflow(steps));
  return made;
}

const path = (name: string) => `.github/workflows/${name}.yml`;
const workflow = (steps: string) =>
  `on: push\njobs:\n  one:\n    runs-on: ubuntu-latest\n    steps:\n${steps.trim().replace(/^/gm, '      ')}\n`;
const name = (text: string): Template => derived(text, { start: 0, end: 0 });
const shown = (uses: readonly { readonly reference: Template }[]) => uses.map(({ reference }) => display(reference)).sort();

describe('who writes a repository', () => {
  const files = workspace({
    build: `
- uses: docker/build-push-action@v6
  with: { push: true, tags: "ghcr.io/Acme/App:main,docker.io/acme/app:1" }
- run: docker build -t ghcr.io/acme/other:x .`,
    repository: '- run: docker push ghcr.io/${{ github.repository }}:latest',
    secret: '- run: docker push ${{ secrets.REGISTRY }}/app:latest',
    tags: '- run: |\n    docker tag a ghcr.io/acme/all:1\n    docker tag a ghcr.io/acme/all:2\n    docker push ghcr.io/acme/none',
  });

  test('names compare as registries compare them', () => {
    expect(shown(files.flow.writesTo(name('ghcr.io/acme/app')))).toEqual(['ghcr.io/Acme/App:main']);
    expect(shown(files.flow.writesTo(name('acme/app')))).toEqual(['docker.io/acme/app:1']);
    expect(files.flow.writesTo(name('ghcr.io/acme/other'))).toEqual([]);
  });

  test('what may be the repository is told apart from what is it', () => {
    expect(shown(files.flow.writesTo(name('ghcr.io/acme/app'), 'maybe'))).toEqual([
      '${{ secrets.REGISTRY }}/app:latest',
      'ghcr.io/${{ github.repository }}:latest',
      'ghcr.io/Acme/App:main',
    ]);
    expect(shown(files.flow.writesTo(name('ghcr.io/acme/lib'), 'maybe'))).toEqual(['ghcr.io/${{ github.repository }}:latest']);
  });

  test('a change replaces what its file did, a deletion takes it away', () => {
    const changing = workspace({ a: '- run: docker push acme/a:1', b: '- run: docker push acme/a:2' });
    expect(shown(changing.flow.writesTo(name('acme/a')))).toEqual(['acme/a:1', 'acme/a:2']);
    const kept = changing.flow.writesTo(name('acme/a')).find(({ path: of }) => of === path('b'));
    changing.set(path('a'), workflow('- run: docker push acme/a:3'));
    expect(shown(changing.flow.writesTo(name('acme/a')))).toEqual(['acme/a:2', 'acme/a:3']);
    expect(changing.flow.writesTo(name('acme/a'))).toContain(kept);
    changing.delete(path('b'));
    expect(shown(changing.flow.writes)).toEqual(['acme/a:3']);
    changing.delete(path('a'));
    expect(changing.flow.writesTo(name('acme/a'), 'maybe')).toEqual([]);
  });
});

test('a push knows what it pushes', () => {
  const { flow } = workspace({
    a: '- run: docker build -t app .\n- run: docker tag app ghcr.io/acme/app:1\n- run: docker push ghcr.io/acme/app:1\n- run: docker push ghcr.io/acme/app:2',
  });
  const [first, second] = flow.writes.map(write => flow.origin(write).map(({ kind }) => kind));
  expect(first).toEqual(['retag', 'build']);
  expect(second).toEqual([]);
});

test('in a large workspace a question about one repository stays cheap', () => {
  const files = Object.fromEntries(
    Array.from({ length: 1500 }, (_, index) => [
      `w${index}`,
      `- run: docker push ghcr.io/acme/app-${index}:1\n- run: docker push \${{ secrets.R${index % 9} }}/x:1`,
    ]),
  );
  const { flow } = workspace(files);
  const start = performance.now();
  for (let index = 0; index < 1500; index++) expect(flow.writesTo(name(`ghcr.io/acme/app-${index}`), 'maybe')).toHaveLength(1);
  expect(performance.now() - start).toBeLessThan(1500);
});
