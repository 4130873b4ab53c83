import { expect, test } from 'vitest';
import { remoteRepositories } from '../../../core/workspace/remotes.ts';

const remote = (url: string, name = 'origin') => `[remote "${name}"]\n\turl = ${url}\n\tfetch = +refs/heads/*:refs/remotes/origin/*\n`;

test.each([
  ['https://github.com/Acme/CI.git', ['acme/ci']],
  ['https://github.com/acme/ci', ['acme/ci']],
  ['https://user@github.com/acme/ci/', ['acme/ci']],
  ['git@github.com:acme/ci.git', ['acme/ci']],
  ['ssh://git@ssh.github.com:443/acme/ci.git', ['acme/ci']],
  ['https://gitlab.com/group/sub/ci.git', []],
  ['../ci', []],
  ['/srv/git/acme/ci', []],
  ['file:///srv/acme', []],
  ['git@github.com:/acme', []],
  ['', []],
])('%s', (url, expected) => {
  expect(remoteRepositories(remote(url))).toEqual(expected);
});

test('a fork has two, and what is no remote has none', () => {
  const text = `[core]\n\tbare = false\n${remote('git@github.com:me/ci.git')}${remote('https://github.com/acme/ci', 'upstream')}[submodule "x"]\n\turl = https://github.com/acme/x\n`;
  expect(remoteRepositories(text)).toEqual(['me/ci', 'acme/ci']);
});
