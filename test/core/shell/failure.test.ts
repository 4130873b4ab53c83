import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { literal } from '../../../core/image/template.ts';
import { run } from './script.ts';

/** What becomes of the first command `push` when it fails. */
function failure(value: string, shell?: string): string | undefined {
  return run(value, {}, shell).commands.find(({ words }) => literal(words[0]?.template ?? []) === 'push')?.failure;
}

const fatal = [
  'push a\necho done',
  'push a || exit 1',
  'push a || { echo "::error::no"; exit 1; }',
  'die() { echo "$1" >&2; exit 1; }\npush a || die "no"',
  'push a || exit $?',
  'push a || false',
  'if x; then\n  push a\nfi\necho done',
  'for t in a b; do push $t; done\necho done',
  'x=$(push a)\necho done',
  'login && push a\necho done',
  'false || push a\necho done',
  'echo x | push a\necho done',
  'set -o pipefail\npush a | tee log\necho done',
  'set -euo pipefail\npush a | tee log\necho done',
  'f() { push a; }\nf\necho done',
  'set +e\npush a',
  'set +e\nset -e\npush a\necho done',
  'set +e\n(set -e; push a; echo x)',
  '{ push a; }\necho done',
  '(push a; echo x)\necho done',
  'timeout 5m push a\necho done',
  'bash -c "push a"\necho done',
  'bash -ec "push a; echo x"\necho done',
  'ssh host "push a"\necho done',
  'f() { push a || return 1; echo x; }\nf\necho done',
  'case x in *) push a;; esac\necho done',
  'push a && echo ok',
];

const ignored = [
  'push a || true',
  'push a || :',
  'push a || echo failed',
  'push a || { echo "::warning::failed"; }',
  'status=0\nx=$(push a || status=$?)\nexit $status',
  'push a || exit 0',
  'push a | tee log\necho done',
  'set +e\npush a\necho done',
  'echo "$(push a)"',
  'f() { local x=$(push a); }\nf',
  'export x=$(push a)\necho done',
  'push a &\nwait',
  'f() { push a; push b; }\nif f; then echo ok; fi',
  'f() { push a; push b; }\nf || exit 1',
  '{ push a; push b; } || exit 1',
  'x=$(push a; echo b)',
  'if push a; push b; then echo; fi',
  'bash -c "push a; push b"',
  'ssh host "push a; push b"',
  'ssh host <<EOF\npush a\npush b\nEOF',
  'set +e\nfor t in a b; do push $t; done\necho done',
  'for t in a b; do push $t || continue; done',
];

const tested = [
  'if push a; then echo ok; fi',
  'if ! push a; then exit 1; fi',
  'while ! push a; do sleep 1; done',
  'until push a; do sleep 1; done',
  '! push a\necho done',
  'for i in 1 2; do push a && break || sleep 1; done',
  'push a | tee log\nexit ${PIPESTATUS[0]}',
  'push a || failed=1\nexit $failed',
  'push a || push b',
  'push a || rc=$?\nexit $rc',
  'set +e\npush a\nrc=$?\nset -e',
  'set +e\npush a\nif [ $? -ne 0 ]; then exit 1; fi',
  'push a && echo ok\necho done',
  'push a &\npid=$!\nwait $pid',
  '[ -n "$x" ] && push a && echo ok || { retry; }',
];

describe('what becomes of a failure', () => {
  test.each(fatal)('it ends the step: %s', value => expect(failure(value)).toBe('fatal'));
  test.each(ignored)('nobody sees it: %s', value => expect(failure(value)).toBe('ignored'));
  test.each(tested)('something asks about it: %s', value => expect(failure(value)).toBe('tested'));

  // `bash -e` says the same of each script, with a `push` that fails, of those whose outcome is told.
  test.each([...fatal.map(value => [value, true] as const), ...ignored.map(value => [value, false] as const)])(
    'as bash has it: %s',
    (value, ends) => {
      const stubs =
        'push() { [ "$1" != a ]; }; login() { :; }; x() { :; }; ssh() { shift; if [ $# -gt 0 ]; then bash -c "$*"; else bash; fi; }; timeout() { shift; "$@"; }; export -f push\n';
      const { status } = spawnSync('bash', ['--noprofile', '--norc', '-e', '-c', stubs + value], { cwd: '/tmp', stdio: 'ignore' });
      expect(status !== 0).toBe(ends);
    },
  );
});

test.each([
  [undefined, 'push | tee log\necho', 'ignored'],
  ['bash', 'push | tee log\necho', 'fatal'],
  ['sh', 'push | tee log\necho', 'ignored'],
  ['bash {0}', 'push\necho', 'ignored'],
  ['bash -e {0}', 'push\necho', 'fatal'],
  ['bash -euxo pipefail {0}', 'push | tee log\necho', 'fatal'],
  ['/usr/bin/env bash -eo pipefail {0}', 'push | tee log\necho', 'fatal'],
  ['nix develop -c bash -e {0}', 'push\necho', 'fatal'],
  ['bash -l {0}', 'push\necho', 'ignored'],
  ['sh', 'x=$(push; echo a)\necho', 'fatal'],
])('shell %s: %j', (shell, value, expected) => {
  expect(failure(value, shell)).toBe(expected);
});
