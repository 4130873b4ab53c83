import { expect, test } from 'vitest';
import { Workspace } from '../../../core/workspace/workspace.ts';

const workflow = (name: string) => `.github/workflows/${name}.yml`;
const job = (steps: string, on = 'push') => `on: ${on}\njobs:\n  one:\n    runs-on: ubuntu-latest\n    steps:\n      - ${steps}\n`;
const calls = (name: string) => `on: push\njobs:\n  one:\n    uses: ./${workflow(name)}\n`;

function counted(files: Readonly<Record<string, string>>): { workspace: Workspace; analysed: () => readonly string[] } {
  const paths: string[] = [];
  const workspace = new Workspace(path => paths.push(path));
  for (const [path, text] of Object.entries(files)) workspace.set(path, text);
  const analysed = () => {
    for (const path of workspace.paths()) workspace.usages(path);
    void workspace.flow.writes;
    return paths.splice(0).sort();
  };
  return { workspace, analysed };
}

test('an edit is felt by the file and by what depends on it', () => {
  const { workspace, analysed } = counted({
    [workflow('alone')]: job('run: docker push a:1'),
    [workflow('other')]: job('run: docker push b:1'),
    [workflow('caller')]: calls('callee'),
    [workflow('callee')]: job('uses: ./publish', 'workflow_call'),
    'publish/action.yml': 'runs: { using: composite, steps: [{ shell: bash, run: docker push c }] }\n',
  });
  // A file that only others start is analysed with them.
  expect(analysed()).toEqual([workflow('alone'), workflow('caller'), workflow('other')]);
  expect(analysed()).toEqual([]);

  workspace.set(workflow('alone'), job('run: docker push a:2'));
  expect(analysed()).toEqual([workflow('alone')]);
  workspace.set('publish/action.yml', 'runs: { using: composite, steps: [{ shell: bash, run: docker push d }] }\n');
  expect(analysed()).toEqual([workflow('caller')]);
  expect(workspace.flow.writes.map(({ path }) => path)).toContain('publish/action.yml');
  workspace.set(workflow('caller'), job('run: docker push a:3'));
  expect(analysed()).toEqual([workflow('callee'), workflow('caller')]);
  workspace.delete(workflow('callee'));
  expect(analysed()).toEqual(['publish/action.yml']);
});

test('the same text again, or a file that nobody reads, changes nothing', () => {
  const { workspace, analysed } = counted({ [workflow('a')]: job('run: docker push a:1') });
  analysed();
  workspace.set(workflow('a'), job('run: docker push a:1'));
  workspace.setOther('Dockerfile', 'FROM scratch');
  expect(analysed()).toEqual([]);
});

test('a file that appears is found by those who looked for it', () => {
  const { workspace, analysed } = counted({ [workflow('a')]: job('uses: ./publish'), [workflow('b')]: job('run: docker push b') });
  analysed();
  expect(workspace.takeWanted()).toEqual(['publish/action.yml', 'publish/action.yaml']);
  workspace.setOther('publish/action.yml', 'runs: { using: composite, steps: [{ shell: bash, run: docker push c }] }\n');
  expect(analysed()).toEqual([workflow('a')]);
  expect(workspace.flow.writes.map(({ reference }) => reference.length)).toEqual([1, 1]);
});

test('thousands of edits leave nothing behind', () => {
  const workspace = new Workspace();
  workspace.set(workflow('b'), calls('a'));
  const edit = (index: number) => {
    workspace.set(
      workflow('a'),
      job(`run: docker push acme/a${index % 7}:${index}\n      - uses: ./action${index}`, '[push, workflow_call]'),
    );
    workspace.usages(workflow('b'));
    void workspace.flow.writes;
    for (const path of workspace.takeWanted()) workspace.setOther(path, undefined);
  };
  for (let index = 0; index < 600; index++) edit(index);
  const before = workspace.size;
  for (let index = 600; index < 600 + 9 * 256; index++) edit(index);
  expect(workspace.size).toBeLessThanOrEqual(before + 10);
});

test('checking many files is linear, though each may call each', () => {
  const { analysed } = counted(
    Object.fromEntries([
      ...Array.from({ length: 400 }, (_, index) => [workflow(`w${index}`), calls(`c${index % 3}`)] as const),
      ...Array.from({ length: 3 }, (_, index) => [workflow(`c${index}`), job('run: docker push a', 'workflow_call')] as const),
    ]),
  );
  const start = performance.now();
  expect(analysed()).toHaveLength(400);
  expect(performance.now() - start).toBeLessThan(3000);
});
