import { describe, expect, test } from 'vitest';
import { candidates } from '../../../core/program/find.ts';

describe('where a program may be', () => {
  test('in the absolute folders of the PATH', () => {
    expect(candidates('git', { PATH: '/usr/bin:bin::.:/opt/x' }, 'linux')).toEqual(['/usr/bin/git', '/opt/x/git']);
    expect(candidates('git', {}, 'linux')).toEqual([]);
  });

  test('on Windows with the extensions of PATHEXT that run without a shell, however the variables are spelled', () => {
    const environment = { Path: 'C:\\docker;.;D:\\bin', PATHEXT: '.BAT;.EXE;.CMD;.COM' };
    expect(candidates('docker-credential-wincred', environment, 'win32')).toEqual([
      'C:\\docker\\docker-credential-wincred.exe',
      'C:\\docker\\docker-credential-wincred.com',
      'D:\\bin\\docker-credential-wincred.exe',
      'D:\\bin\\docker-credential-wincred.com',
    ]);
    expect(candidates('git', { PATH: 'C:\\git' }, 'win32')).toEqual(['C:\\git\\git.com', 'C:\\git\\git.exe']);
  });
});
